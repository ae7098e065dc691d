"""Labels, milestones, boards and the labels on things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from automation.localforge.engine import Engine
from automation.localforge.records import Board, BoardList, Label, Milestone, Target
from automation.localforge.refusals import not_found, refused

DEFAULT_COLOR = "#6699cc"
_COLOR = re.compile(r"#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3}|[a-z]{3,30}")


# -- labels ------------------------------------------------------------------------------------------


def create_label(
    engine: Engine,
    project_id: int,
    name: str,
    *,
    color: str,
    description: str = "",
    priority: int | None = None,
) -> Label:
    """A new label; 409 when it exists, 400 for a color that is none."""
    if not _COLOR.fullmatch(color):
        raise refused(400, {"color": ["must be a valid color code"]})
    if not name.strip() or "," in name:
        raise refused(400, {"title": ["is invalid"]})
    if find_label(engine, project_id, name) is not None:
        raise refused(409, "Label already exists")
    label_id = engine.store.insert(
        "labels", project_id=project_id, name=name, color=color, description=description, priority=priority
    )
    return get_label(engine, project_id, label_id)


def find_label(engine: Engine, project_id: int, name: str) -> Label | None:
    """The label of that name, or None."""
    return engine.store.one(Label, "SELECT * FROM labels WHERE project_id = ? AND name = ?", project_id, name)


def get_label(engine: Engine, project_id: int, reference: int | str) -> Label:
    """The label by id or name; 404 when there is none."""
    if isinstance(reference, int):
        found = engine.store.one(
            Label, "SELECT * FROM labels WHERE project_id = ? AND id = ?", project_id, reference
        )
    else:
        found = find_label(engine, project_id, reference)
    if found is None:
        raise not_found("Label")
    return found


def list_labels(engine: Engine, project_id: int, *, search: str | None = None) -> list[Label]:
    """All labels by name."""
    return engine.store.all(
        Label,
        "SELECT * FROM labels WHERE project_id = ? AND name LIKE ? ORDER BY name",
        project_id,
        f"%{search or ''}%",
    )


def update_label(engine: Engine, label: Label, changes: Mapping[str, Any]) -> Label:
    """Rename, recolor or describe a label."""
    columns = {key: changes[key] for key in ("color", "description", "priority") if key in changes}
    if changes.get("new_name"):
        columns["name"] = changes["new_name"]
    if not _COLOR.fullmatch(columns.get("color", label.color)):
        raise refused(400, {"color": ["must be a valid color code"]})
    engine.store.update("labels", label.id, **columns)
    return get_label(engine, label.project_id, label.id)


def delete_label(engine: Engine, label: Label) -> None:
    """Delete a label; it falls off everything that carried it."""
    engine.store.run("DELETE FROM labels WHERE id = ?", label.id)


def labels_on(engine: Engine, target: Target, target_id: int) -> list[Label]:
    """The labels on an issue or merge request, by name."""
    return engine.store.all(
        Label,
        "SELECT l.* FROM labels l JOIN label_links k ON k.label_id = l.id"
        " WHERE k.target = ? AND k.target_id = ? ORDER BY l.name",
        target,
        target_id,
    )


def put_on(
    engine: Engine, project_id: int, target: Target, target_id: int, names: Iterable[str]
) -> list[Label]:
    """Put labels on a thing, making unknown ones on the fly; the labels that were named."""
    labels = []
    for name in names:
        label = find_label(engine, project_id, name) or create_label(
            engine, project_id, name, color=DEFAULT_COLOR
        )
        engine.store.run("INSERT OR IGNORE INTO label_links VALUES (?, ?, ?)", target, target_id, label.id)
        labels.append(label)
    return labels


def take_off(
    engine: Engine, project_id: int, target: Target, target_id: int, names: Iterable[str]
) -> list[Label]:
    """Take labels off a thing; unknown names are passed over."""
    labels = []
    for name in names:
        label = find_label(engine, project_id, name)
        if label is not None:
            engine.store.run(
                "DELETE FROM label_links WHERE target = ? AND target_id = ? AND label_id = ?",
                target,
                target_id,
                label.id,
            )
            labels.append(label)
    return labels


def clear(engine: Engine, target: Target, target_id: int) -> None:
    """Take all labels off a thing."""
    engine.store.run("DELETE FROM label_links WHERE target = ? AND target_id = ?", target, target_id)


# -- milestones --------------------------------------------------------------------------------------


def _check_dates(facts: Mapping[str, Any]) -> dict[str, str | None]:
    dates: dict[str, str | None] = {}
    for key in ("due_date", "start_date"):
        if key in facts:
            try:
                dates[key] = date.fromisoformat(str(facts[key])[:10]).isoformat() if facts[key] else None
            except ValueError:
                raise refused(400, {key: ["is invalid"]}) from None
    return dates


def create_milestone(engine: Engine, project_id: int, title: str, facts: Mapping[str, Any]) -> Milestone:
    """A new milestone; 400 when the title is taken."""
    if find_milestone(engine, project_id, title) is not None:
        raise refused(400, {"title": ["has already been taken"]})
    now = engine.now()
    milestone_id = engine.store.insert(
        "milestones",
        project_id=project_id,
        iid=engine.store.next_number(project_id, "milestone"),
        title=title,
        description=facts.get("description") or "",
        created_at=now,
        updated_at=now,
        **_check_dates(facts),
    )
    return get_milestone(engine, project_id, milestone_id)


def find_milestone(engine: Engine, project_id: int, title: str) -> Milestone | None:
    """The milestone of that title, or None."""
    return engine.store.one(
        Milestone, "SELECT * FROM milestones WHERE project_id = ? AND title = ?", project_id, title
    )


def get_milestone(engine: Engine, project_id: int, milestone_id: int) -> Milestone:
    """The milestone with that id; 404 when it is not this project's."""
    found = engine.store.one(
        Milestone, "SELECT * FROM milestones WHERE project_id = ? AND id = ?", project_id, milestone_id
    )
    if found is None:
        raise not_found()
    return found


def milestone_by_id(engine: Engine, milestone_id: int | None) -> Milestone | None:
    """The milestone a thing is on, or None."""
    if milestone_id is None:
        return None
    return engine.store.one(Milestone, "SELECT * FROM milestones WHERE id = ?", milestone_id)


def list_milestones(
    engine: Engine, project_id: int, *, state: str | None, title: str | None
) -> list[Milestone]:
    """Milestones, oldest first; of one state or title when given."""
    rows = engine.store.all(
        Milestone, "SELECT * FROM milestones WHERE project_id = ? ORDER BY id", project_id
    )
    wanted = [row for row in rows if state in (None, "all", row.state)]
    return [row for row in wanted if title in (None, row.title)]


def update_milestone(engine: Engine, milestone: Milestone, changes: Mapping[str, Any]) -> Milestone:
    """Change title, description, dates or state (``state_event`` close or activate)."""
    columns: dict[str, Any] = {key: changes[key] for key in ("title", "description") if key in changes}
    columns.update(_check_dates(changes))
    events = {"close": "closed", "activate": "active"}
    if changes.get("state_event") in events:
        columns["state"] = events[changes["state_event"]]
    engine.store.update("milestones", milestone.id, updated_at=engine.now(), **columns)
    return get_milestone(engine, milestone.project_id, milestone.id)


def delete_milestone(engine: Engine, milestone: Milestone) -> None:
    """Delete a milestone; what was on it is on none."""
    for table in ("issues", "merge_requests"):
        engine.store.run(f"UPDATE {table} SET milestone_id = NULL WHERE milestone_id = ?", milestone.id)  # noqa: S608 - own names
    engine.store.run("DELETE FROM milestones WHERE id = ?", milestone.id)


# -- boards ------------------------------------------------------------------------------------------


def create_board(engine: Engine, project_id: int, name: str) -> Board:
    """A new board."""
    board_id = engine.store.insert("boards", project_id=project_id, name=name)
    return get_board(engine, project_id, board_id)


def get_board(engine: Engine, project_id: int, board_id: int) -> Board:
    """The board with that id; 404 when it is not this project's."""
    found = engine.store.one(
        Board, "SELECT * FROM boards WHERE project_id = ? AND id = ?", project_id, board_id
    )
    if found is None:
        raise not_found("Board")
    return found


def list_boards(engine: Engine, project_id: int) -> list[Board]:
    """All boards, oldest first."""
    return engine.store.all(Board, "SELECT * FROM boards WHERE project_id = ? ORDER BY id", project_id)


def delete_board(engine: Engine, board: Board) -> None:
    """Delete a board with its lists."""
    engine.store.run("DELETE FROM boards WHERE id = ?", board.id)


def board_lists(engine: Engine, board: Board) -> list[BoardList]:
    """The lists of a board in order."""
    return engine.store.all(
        BoardList, "SELECT * FROM lists WHERE board_id = ? ORDER BY position, id", board.id
    )


def get_list(engine: Engine, board: Board, list_id: int) -> BoardList:
    """One list of a board; 404 when it is not there."""
    found = engine.store.one(
        BoardList, "SELECT * FROM lists WHERE board_id = ? AND id = ?", board.id, list_id
    )
    if found is None:
        raise not_found("List")
    return found


def create_list(engine: Engine, board: Board, label: Label) -> BoardList:
    """A new list at the end of a board; 400 when the label has one already."""
    lists = board_lists(engine, board)
    if any(item.label_id == label.id for item in lists):
        raise refused(400, {"label": ["has already been taken"]})
    list_id = engine.store.insert("lists", board_id=board.id, label_id=label.id, position=len(lists))
    return get_list(engine, board, list_id)


def move_list(engine: Engine, board: Board, moved: BoardList, position: int) -> BoardList:
    """Put a list at another position, counted from 0; the others make room."""
    others = [item for item in board_lists(engine, board) if item.id != moved.id]
    others.insert(max(0, position), moved)
    for place, item in enumerate(others):
        engine.store.update("lists", item.id, position=place)
    return get_list(engine, board, moved.id)


def delete_list(engine: Engine, moved: BoardList) -> None:
    """Take a list off its board."""
    engine.store.run("DELETE FROM lists WHERE id = ?", moved.id)
