"""What GraphQL changes: boards, their fields, and the cards on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from automation.localforge import githubboards as boards
from automation.localforge.githubboards import BoardField, Item
from automation.localforge.githubdialect.graphqlboards import Nodes, parts_of, unresolved
from automation.localforge.githubdialect.graphqlrun import Arguments, Problem, Thing
from automation.localforge.githubdialect.rendergit import node_id
from automation.localforge.permissions import REPORTER, project_level
from automation.localforge.records import Project

_COLORS = ("GRAY", "BLUE", "GREEN", "YELLOW", "ORANGE", "RED", "PINK", "PURPLE")
_FIELD_TYPES = ("DATE", "NUMBER", "SINGLE_SELECT", "TEXT")


def mutations(nodes: Nodes) -> dict[str, Any]:
    """The changes that can be made; each takes one ``input``."""
    known: dict[str, Callable[[Nodes, Mapping[str, Any]], Mapping[str, Any]]] = {
        "createProjectV2": _create_board,
        "linkProjectV2ToRepository": _link,
        "createProjectV2Field": _create_field,
        "updateProjectV2Field": _update_field,
        "addProjectV2ItemById": _add_item,
        "updateProjectV2ItemFieldValue": _set_value,
        "clearProjectV2ItemFieldValue": _clear_value,
    }

    def act(name: str) -> Callable[[Arguments], Thing]:
        def carry_out(told: Arguments) -> Thing:
            given = told.get("input")
            if not isinstance(given, Mapping):
                raise Problem("INVALID", f"Argument 'input' on Field '{name}' is required.")
            nodes.allow(name, write=True)
            return Thing(f"{name[0].upper()}{name[1:]}Payload", known[name](nodes, given))

        return carry_out

    return {name: act(name) for name in known}


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Problem("UNPROCESSABLE", f"{name[0].upper()}{name[1:]} can't be blank")
    return value


def _create_board(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    space = nodes.namespace(given.get("ownerId"))
    made = boards.create_board(nodes.engine, space.id, _text(given, "title"))
    if given.get("repositoryId"):
        boards.link(nodes.engine, made.id, nodes.project(given["repositoryId"]).id)
    return {"projectV2": nodes.board_thing(made)}


def _link(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    project = nodes.project(given.get("repositoryId"))
    boards.link(nodes.engine, nodes.board(given.get("projectId")).id, project.id)
    return {"repository": nodes.repository(project)}


def _create_field(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    board, name, kind = nodes.board(given.get("projectId")), _text(given, "name"), given.get("dataType")
    if kind not in _FIELD_TYPES:
        raise Problem("UNPROCESSABLE", "Data type is not included in the list")
    if any(one.name.casefold() == name.casefold() for one in boards.fields_of(nodes.engine, board.id)):
        raise Problem("UNPROCESSABLE", "Name has already been taken")
    options = _options(given.get("singleSelectOptions")) if kind == "SINGLE_SELECT" else []
    field_id = boards.create_field(nodes.engine, board.id, name, kind, options)
    return {"projectV2Field": nodes.field(_field(nodes, field_id))}


def _options(value: Any) -> list[dict[str, str]]:
    """The options of an input: name, colour and description each, names once, 50 at most."""
    rows = value if isinstance(value, list) else []
    if not rows or len(rows) > boards.MOST_OPTIONS:
        raise Problem("UNPROCESSABLE", "Options must have between 1 and 50 values")
    found = []
    for row in rows:
        if not isinstance(row, Mapping) or row.get("color") not in _COLORS or "description" not in row:
            raise Problem("UNPROCESSABLE", "Each option needs a name, color and description")
        found.append({key: str(row[key]) for key in ("color", "description")} | {"name": _text(row, "name")})
    if len({row["name"] for row in found}) < len(found):
        raise Problem("UNPROCESSABLE", "Options must have unique names")
    return found


def _field(nodes: Nodes, field_id: int) -> BoardField:
    found = boards.get_field(nodes.engine, field_id)
    if found is None:
        raise unresolved(str(field_id))
    return found


def _own_field(nodes: Nodes, given: Any) -> BoardField:
    """The field of a global id on a board that the caller may change."""
    kind, number = parts_of(given)
    if kind not in {"ProjectV2Field", "ProjectV2SingleSelectField"} or not number.isdigit():
        raise unresolved(str(given))
    found = _field(nodes, int(number))
    nodes.board(node_id("ProjectV2", found.board_id))
    return found


def _update_field(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    field = _own_field(nodes, given.get("fieldId"))
    if given.get("name"):
        nodes.engine.store.update("github_fields", field.id, name=_text(given, "name"))
    if given.get("singleSelectOptions"):
        boards.replace_options(nodes.engine, field, _options(given["singleSelectOptions"]))
    return {"projectV2Field": nodes.field(_field(nodes, field.id))}


def _add_item(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    board, issue = nodes.board(given.get("projectId")), nodes.issue_record(given.get("contentId"))
    return {"item": nodes.item(boards.add_item(nodes.engine, board.id, issue.id))}


def _item_and_field(nodes: Nodes, given: Mapping[str, Any]) -> tuple[Item, BoardField]:
    board = nodes.board(given.get("projectId"))
    kind, number = parts_of(given.get("itemId"))
    found = boards.get_item(nodes.engine, int(number)) if kind == "ProjectV2Item" else None
    if found is None or found.board_id != board.id:
        raise unresolved(str(given.get("itemId")))
    field = _own_field(nodes, given.get("fieldId"))
    if field.board_id != board.id:
        raise unresolved(str(given.get("fieldId")))
    _require_triage(nodes, found)
    return found, field


def _require_triage(nodes: Nodes, item: Item) -> None:
    """Who moves a card must be able to label the issue."""
    project = nodes.engine.store.one(
        Project,
        "SELECT p.* FROM projects p JOIN issues i ON i.project_id = p.id WHERE i.id = ?",
        item.issue_id,
    )
    if project is None or project_level(nodes.engine, nodes.call.user, project) < REPORTER:
        user = nodes.call.actor.username
        raise Problem("FORBIDDEN", f"{user} does not have the correct permissions to execute this.")


def _set_value(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    item, field = _item_and_field(nodes, given)
    value = given.get("value")
    if not isinstance(value, Mapping) or len(value) != 1:
        raise Problem("VALIDATION", "Exactly one value must be given")
    boards.set_value(nodes.engine, item.id, field.id, _fitting(field, value))
    return {"projectV2Item": nodes.item(item)}


def _fitting(field: BoardField, value: Mapping[str, Any]) -> str:
    if field.data_type == "SINGLE_SELECT":
        option = value.get("singleSelectOptionId")
        if option not in {one["id"] for one in field.choices}:
            raise Problem("VALIDATION", "The single select option Id does not belong to the field")
        return str(option)
    if field.data_type == "DATE":
        try:
            return date.fromisoformat(str(value.get("date"))[:10]).isoformat()
        except ValueError:
            raise Problem(
                "VALIDATION", "Did not receive a date value to update a field of type date"
            ) from None
    return str(value.get("text"))


def _clear_value(nodes: Nodes, given: Mapping[str, Any]) -> Mapping[str, Any]:
    item, field = _item_and_field(nodes, given)
    boards.set_value(nodes.engine, item.id, field.id, None)
    return {"projectV2Item": nodes.item(item)}
