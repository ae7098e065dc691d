"""The board of a SOP: an organisation's Projects v2 board with the phase as columns, and a due date."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ParamSpec, TypeVar

import github

from automation.core.errors import ForgeRefused
from automation.core.text import Bilingual
from automation.forges.base import Issue
from automation.forges.github import boardqueries as queries
from automation.forges.github.boardqueries import Board, Card, Lanes
from automation.forges.github.planning import PlanningPart
from automation.forges.github.session import asks, status_of, word_of

P = ParamSpec("P")
R = TypeVar("R")


def _with_projects(function: Callable[P, R]) -> Callable[P, R]:
    """Say which permission is missing when GitHub lets the token see no projects."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except github.GithubException as problem:
            if _is_forbidden(problem):
                raise _no_projects(word_of(problem)) from None
            raise

    return wrapped


class BoardPart(PlanningPart):
    """Boards and the cards on them."""

    _nodes: dict[int, str]

    @asks("menyusun papan", "arrange a board")
    @_with_projects
    def ensure_board_lists(self, project_id: int, board: str, labels: Sequence[str]) -> int:
        """A board of that name, linked to the repository, with one column a label; the number written.

        The board belongs to the organisation and serves all its repositories. Columns that others made stay,
        behind those of ``labels``. GitHub can only replace all options of a field at once: the cards lose
        their column by that, and are put back into it here.
        """
        repository = self._node_of(project_id)
        found, written = self._linked_board(repository, board)
        if found.lanes is None:
            self._graphql(queries.ADD_FIELD, {"input": _lane_field(found.id, labels)})
            written += len(labels)
        elif not _in_order(found.lanes.names, labels):
            missing = set(labels) - set(found.lanes.names)
            self._replace_options(found.id, found.lanes, labels)
            written += max(1, len(missing))
        if found.due is None:
            field = {"projectId": found.id, "dataType": "DATE", "name": queries.DUE}
            self._graphql(queries.ADD_FIELD, {"input": field})
            written += 1
        return written

    @asks("menaruh isu di papan", "place an issue on the board")
    @_with_projects
    def place_on_board(self, issue: Issue, board: str, lane: str | None, due: date | None) -> bool:
        """Put an issue's card into that column with that due date; True when something was written.

        A board without that column shows the card in none.
        """
        node, places = self._places(issue)
        ours = [(found, card) for found, card in places if found.title == board]
        written = [self._put(found, card, node, lane, due) for found, card in ours]
        return any(written)

    def _put(self, board: Board, card: Card | None, node: str, lane: str | None, due: date | None) -> bool:
        """Make one card show ``lane`` and ``due``; an issue that is not on the board yet is added to it."""
        changes = list(_changes(board, card, lane, due))
        if not changes:
            return False
        if card is None:
            added = self._graphql(queries.ADD_CARD, {"input": {"projectId": board.id, "contentId": node}})
            item = added["addProjectV2ItemById"]["item"]["id"]
        else:
            item = card.id
        for field, value in changes:
            self._write_value(board.id, item, field, value)
        return True

    def _write_value(self, board: str, item: str, field: str, value: Mapping[str, Any] | None) -> None:
        told: dict[str, Any] = {"projectId": board, "itemId": item, "fieldId": field}
        if value is None:
            self._graphql(queries.CLEAR_VALUE, {"input": told})
        else:
            self._graphql(queries.SET_VALUE, {"input": {**told, "value": value}})

    def _node_of(self, project_id: int) -> str:
        """GraphQL's id of a repository, asked for once: it never changes, unlike the rest of the answer."""
        if project_id not in self._nodes:
            self._nodes[project_id] = str(self._raw("GET", self._at(project_id))["node_id"])
        return self._nodes[project_id]

    def _linked_board(self, repository: str, title: str) -> tuple[Board, int]:
        """The board of that title, made and linked where absent; how much was written.

        GitHub's search for titles is an index that comes late, so it is not asked: a board made a moment ago
        would be made again.
        """
        seen = self._graphql(queries.LINKED, {"repository": repository})["node"]
        for found in queries.boards(seen["projectsV2"]):
            if found.title == title:
                return found, 0
        owner = seen["owner"]["id"]
        for found in self._boards_of(owner):
            if found.title == title:
                link = {"projectId": found.id, "repositoryId": repository}
                self._graphql(queries.LINK, {"input": link})
                return found, 1
        wish = {"ownerId": owner, "repositoryId": repository, "title": title}
        made = self._graphql(queries.CREATE, {"input": wish})["createProjectV2"]["projectV2"]
        return queries.board(made), 1

    def _boards_of(self, owner: str) -> Iterator[Board]:
        after: str | None = None
        while True:
            page = self._graphql(queries.OWNED, {"owner": owner, "after": after})["node"]["projectsV2"]
            yield from queries.boards(page)
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def _replace_options(self, board: str, lanes: Lanes, labels: Sequence[str]) -> None:
        """Write the columns anew and put the cards back: the options get new ids, the old values are void."""
        stood = {card["id"]: card["lane"] for card in self._cards(board) if card["lane"]}
        told = {"fieldId": lanes.id, "singleSelectOptions": _options(lanes, labels)}
        answer = self._graphql(queries.SET_OPTIONS, {"input": told})
        now = queries.lanes(answer["updateProjectV2Field"]["projectV2Field"])
        for card, lane in stood.items():
            option = now.option(lane["name"])
            if option is not None and option != lane["optionId"]:
                self._write_value(board, card, lanes.id, {"singleSelectOptionId": option})

    def _cards(self, board: str) -> Iterator[Mapping[str, Any]]:
        after: str | None = None
        while True:
            page = self._graphql(queries.CARDS, {"project": board, "after": after})["node"]["items"]
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def _places(self, issue: Issue) -> tuple[str, list[tuple[Board, Card | None]]]:
        """The issue's GraphQL id, and laik's boards of its repository, each with the issue's card there."""
        told = {"repository": self._node_of(issue.project_id), "number": issue.iid}
        seen = self._graphql(queries.PLACE, told)["node"]
        cards = {
            one["project"]["id"]: queries.card(one) for one in seen["issue"]["projectItems"]["nodes"] if one
        }
        ours = [found for found in queries.boards(seen["projectsV2"]) if found.lanes is not None]
        return seen["issue"]["id"], [(found, cards.get(found.id)) for found in ours]


def _changes(
    board: Board, card: Card | None, lane: str | None, due: date | None
) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """The fields to write: id and value, None to clear it."""
    if board.lanes is not None:
        option = board.lanes.option(lane)
        if option != (card.lane if card else None):
            yield board.lanes.id, {"singleSelectOptionId": option} if option else None
    if board.due is not None:
        day = due.isoformat() if due else None
        if day != (card.due if card else None):
            yield board.due, {"date": day} if day else None


def _lane_field(board: str, labels: Sequence[str]) -> dict[str, Any]:
    return {
        "projectId": board,
        "dataType": "SINGLE_SELECT",
        "name": queries.LANE,
        "singleSelectOptions": _options(None, labels),
    }


def _options(standing: Lanes | None, labels: Sequence[str]) -> list[dict[str, str]]:
    """The wanted columns in order, then those that others made; colours and texts of all are kept."""
    known = {option["name"]: option for option in standing.options} if standing else {}
    return [
        {
            "name": name,
            "color": known[name]["color"] if name in known else "GRAY",
            "description": known[name]["description"] if name in known else "",
        }
        for name in dict.fromkeys([*labels, *known])
    ]


def _in_order(names: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether all labels are there in their order; others may stand between them."""
    wanted = set(labels)
    return [name for name in names if name in wanted] == list(labels)


def _is_forbidden(problem: github.GithubException) -> bool:
    """Whether a GraphQL answer says that the token may not use projects.

    GitHub answers with status 200 and an error of one of these types, or, to an App without the permission,
    as if there were no such thing.
    """
    data = problem.data if isinstance(problem.data, Mapping) else {}
    kinds = {str(one.get("type")) for one in data.get("errors") or () if isinstance(one, Mapping)}
    return bool(kinds & {"FORBIDDEN", "INSUFFICIENT_SCOPES"}) or status_of(problem) == 403


def _no_projects(word: str) -> ForgeRefused:
    return ForgeRefused(
        Bilingual(
            f"GitHub menolak papan (Projects) bagi laik: {word}",
            f"GitHub refuses laik the board (Projects): {word}",
        ),
        remedy=Bilingual(
            "Beri GitHub App izin organisasi Projects: Read and write, lalu pemilik organisasi menyetujuinya;"
            " untuk token classic, cakupan project; untuk token fine-grained, izin organisasi Projects.",
            "Give the GitHub App the organisation permission Projects: Read and write, which an organisation"
            " owner then accepts; a classic token needs the scope project, a fine-grained one the"
            " organisation permission Projects.",
        ),
        status=403,
    )
