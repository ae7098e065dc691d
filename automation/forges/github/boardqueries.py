"""The GraphQL documents of boards (Projects v2), and their answers as records.

GitHub Enterprise Server has no REST for Projects v2, so GraphQL serves both. Every document is written out
whole: what is sent can be read, and checked against GitHub's schema, as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LANE = "Fase"
"""The field that holds the phase: its options are the board's columns. ``Status`` is left to GitHub, whose
own workflows write it when an issue is closed."""
DUE = "Tenggat"
"""The field that holds the due date."""

_STANDS = f"""
lane: fieldValueByName(name: "{LANE}") {{ ... on ProjectV2ItemFieldSingleSelectValue {{ name optionId }} }}
"""

_FIELDS = """
fields(first: 100) { nodes {
  ... on ProjectV2FieldCommon { id name dataType }
  ... on ProjectV2SingleSelectField { options { id name color description } }
} }
"""

LINKED = f"""
query Linked($repository: ID!) {{ node(id: $repository) {{ ... on Repository {{
  owner {{ id }}
  projectsV2(first: 100) {{ nodes {{ id title closed {_FIELDS} }} }}
}} }} }}
"""

OWNED = f"""
query Owned($owner: ID!, $after: String) {{ node(id: $owner) {{ ... on ProjectV2Owner {{
  projectsV2(first: 20, after: $after) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ id title closed {_FIELDS} }}
  }}
}} }} }}
"""

CARDS = f"""
query Cards($project: ID!, $after: String) {{ node(id: $project) {{ ... on ProjectV2 {{
  items(first: 100, after: $after) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{
      id
      {_STANDS}
    }}
  }}
}} }} }}
"""

PLACE = f"""
query Place($repository: ID!, $number: Int!) {{ node(id: $repository) {{ ... on Repository {{
  projectsV2(first: 100) {{ nodes {{ id title closed {_FIELDS} }} }}
  issue(number: $number) {{
    id
    projectItems(first: 100) {{ nodes {{
      id
      project {{ id }}
      {_STANDS}
      due: fieldValueByName(name: "{DUE}") {{ ... on ProjectV2ItemFieldDateValue {{ date }} }}
    }} }}
  }}
}} }} }}
"""

CREATE = f"""
mutation Create($input: CreateProjectV2Input!) {{
  createProjectV2(input: $input) {{ projectV2 {{ id title closed {_FIELDS} }} }}
}}
"""

LINK = """
mutation Link($input: LinkProjectV2ToRepositoryInput!) {
  linkProjectV2ToRepository(input: $input) { repository { id } }
}
"""

ADD_FIELD = """
mutation AddField($input: CreateProjectV2FieldInput!) {
  createProjectV2Field(input: $input) { projectV2Field {
    ... on ProjectV2FieldCommon { id name dataType }
    ... on ProjectV2SingleSelectField { options { id name color description } }
  } }
}
"""

SET_OPTIONS = """
mutation SetOptions($input: UpdateProjectV2FieldInput!) {
  updateProjectV2Field(input: $input) { projectV2Field {
    ... on ProjectV2FieldCommon { id name dataType }
    ... on ProjectV2SingleSelectField { options { id name color description } }
  } }
}
"""

ADD_CARD = """
mutation AddCard($input: AddProjectV2ItemByIdInput!) {
  addProjectV2ItemById(input: $input) { item { id } }
}
"""

SET_VALUE = """
mutation SetValue($input: UpdateProjectV2ItemFieldValueInput!) {
  updateProjectV2ItemFieldValue(input: $input) { projectV2Item { id } }
}
"""

CLEAR_VALUE = """
mutation ClearValue($input: ClearProjectV2ItemFieldValueInput!) {
  clearProjectV2ItemFieldValue(input: $input) { projectV2Item { id } }
}
"""

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lanes:
    """The single-select field of a board: its id, and its options as GitHub shows them, in order."""

    id: str
    options: tuple[Data, ...]

    @property
    def names(self) -> list[str]:
        """The options' names in order."""
        return [option["name"] for option in self.options]

    def option(self, name: str | None) -> str | None:
        """The id of the option of that name."""
        return next((option["id"] for option in self.options if option["name"] == name), None)


@dataclass(frozen=True, slots=True)
class Board:
    """A Projects v2 board as far as laik knows it."""

    id: str
    title: str
    lanes: Lanes | None
    due: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """An issue's item on a board: the option it stands at, and its due date as text."""

    id: str
    lane: str | None
    due: str | None


def lanes(data: Data) -> Lanes:
    """The field of an answer."""
    return Lanes(data["id"], tuple(data["options"]))


def board(data: Data) -> Board:
    """A board of an answer. A field of the right name and another type is not ours."""
    by_name = {one["name"]: one for one in data["fields"]["nodes"] if one}
    lane, due = by_name.get(LANE), by_name.get(DUE)
    return Board(
        id=data["id"],
        title=data["title"],
        lanes=lanes(lane) if lane and lane["dataType"] == "SINGLE_SELECT" else None,
        due=due["id"] if due and due["dataType"] == "DATE" else None,
    )


def boards(connection: Data) -> list[Board]:
    """The open boards of an answer; null stands for one that may not be seen."""
    return [board(one) for one in connection["nodes"] if one and not one["closed"]]


def card(data: Data) -> Card:
    """An item of an answer."""
    lane, due = data.get("lane") or {}, data.get("due") or {}
    return Card(data["id"], lane.get("optionId"), due.get("date"))
