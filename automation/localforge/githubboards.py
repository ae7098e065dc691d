"""Projects v2: an organisation's boards, their fields, and the issues on them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from automation.localforge.engine import Engine

MOST_OPTIONS = 50


@dataclass(frozen=True, slots=True)
class Board:
    """A board of an organisation or person."""

    id: int
    namespace_id: int
    number: int
    title: str
    closed: bool


@dataclass(frozen=True, slots=True)
class BoardField:
    """A field; ``options`` is a JSON list of the options of a single select one, in order."""

    id: int
    board_id: int
    name: str
    data_type: str
    options: str

    @property
    def choices(self) -> list[dict[str, str]]:
        """The options: id, name, color, description."""
        found: list[dict[str, str]] = json.loads(self.options)
        return found


@dataclass(frozen=True, slots=True)
class Item:
    """An issue on a board."""

    id: int
    board_id: int
    issue_id: int


def create_board(engine: Engine, namespace_id: int, title: str) -> Board:
    """A new board with the fields that GitHub gives every one."""
    number = engine.store.value("SELECT max(number) FROM github_boards WHERE namespace_id = ?", namespace_id)
    board_id = engine.store.insert(
        "github_boards", namespace_id=namespace_id, number=int(number or 0) + 1, title=title
    )
    for name, kind in (("Title", "TITLE"), ("Assignees", "ASSIGNEES"), ("Labels", "LABELS")):
        create_field(engine, board_id, name, kind, ())
    usual = [{"name": name, "color": "GRAY", "description": ""} for name in ("Todo", "In Progress", "Done")]
    create_field(engine, board_id, "Status", "SINGLE_SELECT", usual)
    found = get_board(engine, board_id)
    assert found is not None  # noqa: S101 - written a moment ago
    return found


def get_board(engine: Engine, board_id: int) -> Board | None:
    """The board with that id."""
    return engine.store.one(Board, "SELECT * FROM github_boards WHERE id = ?", board_id)


def boards_of(engine: Engine, namespace_id: int) -> list[Board]:
    """All boards of an owner, newest first as GitHub lists them."""
    sql = "SELECT * FROM github_boards WHERE namespace_id = ? ORDER BY number DESC"
    return engine.store.all(Board, sql, namespace_id)


def boards_linked_to(engine: Engine, project_id: int) -> list[Board]:
    """The boards that a repository shows, newest first."""
    return engine.store.all(
        Board,
        "SELECT b.* FROM github_boards b JOIN github_board_links k ON k.board_id = b.id"
        " WHERE k.project_id = ? ORDER BY b.number DESC",
        project_id,
    )


def link(engine: Engine, board_id: int, project_id: int) -> None:
    """Let a repository show a board."""
    engine.store.run("INSERT OR IGNORE INTO github_board_links VALUES (?, ?)", board_id, project_id)


def fields_of(engine: Engine, board_id: int) -> list[BoardField]:
    """The fields of a board."""
    sql = "SELECT * FROM github_fields WHERE board_id = ? ORDER BY id"
    return engine.store.all(BoardField, sql, board_id)


def get_field(engine: Engine, field_id: int) -> BoardField | None:
    """The field with that id."""
    return engine.store.one(BoardField, "SELECT * FROM github_fields WHERE id = ?", field_id)


def create_field(
    engine: Engine, board_id: int, name: str, data_type: str, options: Sequence[Mapping[str, str]]
) -> int:
    """A new field; its id."""
    return engine.store.insert(
        "github_fields", board_id=board_id, name=name, data_type=data_type, options=_with_ids(options)
    )


def replace_options(engine: Engine, field: BoardField, options: Sequence[Mapping[str, str]]) -> None:
    """Write a field's options anew, as GitHub does it: all get new ids, and no item keeps its value."""
    engine.store.update("github_fields", field.id, options=_with_ids(options))
    engine.store.run("DELETE FROM github_values WHERE field_id = ?", field.id)


def _with_ids(options: Sequence[Mapping[str, str]]) -> str:
    return json.dumps([{"id": secrets.token_hex(4), **option} for option in options])


def add_item(engine: Engine, board_id: int, issue_id: int) -> Item:
    """The issue's item on the board, made where absent."""
    engine.store.run(
        "INSERT OR IGNORE INTO github_items (board_id, issue_id) VALUES (?, ?)", board_id, issue_id
    )
    sql = "SELECT * FROM github_items WHERE board_id = ? AND issue_id = ?"
    found = engine.store.one(Item, sql, board_id, issue_id)
    assert found is not None  # noqa: S101 - written a moment ago
    return found


def get_item(engine: Engine, item_id: int) -> Item | None:
    """The item with that id."""
    return engine.store.one(Item, "SELECT * FROM github_items WHERE id = ?", item_id)


def items_on(engine: Engine, board_id: int) -> list[Item]:
    """What is on a board, oldest first."""
    return engine.store.all(Item, "SELECT * FROM github_items WHERE board_id = ? ORDER BY id", board_id)


def items_of(engine: Engine, issue_id: int) -> list[Item]:
    """Where an issue stands."""
    return engine.store.all(Item, "SELECT * FROM github_items WHERE issue_id = ? ORDER BY id", issue_id)


def value_of(engine: Engine, item_id: int, field_id: int) -> str | None:
    """An item's value of a field: a date, a text, or the id of an option."""
    sql = "SELECT value FROM github_values WHERE item_id = ? AND field_id = ?"
    found = engine.store.value(sql, item_id, field_id)
    return None if found is None else str(found)


def set_value(engine: Engine, item_id: int, field_id: int, value: str | None) -> None:
    """Set an item's value of a field, or clear it."""
    if value is None:
        sql = "DELETE FROM github_values WHERE item_id = ? AND field_id = ?"
        engine.store.run(sql, item_id, field_id)
    else:
        engine.store.run("INSERT OR REPLACE INTO github_values VALUES (?, ?, ?)", item_id, field_id, value)
