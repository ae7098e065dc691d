"""What issues and merge requests have in common: text, state, labels, milestone, assignees, remarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from automation.localforge import labels
from automation.localforge.engine import Engine
from automation.localforge.events import IssueChanged, RequestChanged
from automation.localforge.permissions import DEVELOPER, REPORTER, project_level
from automation.localforge.projects import project_by_id
from automation.localforge.records import Issue, MergeRequest, Note, Target, User
from automation.localforge.refusals import forbidden, invalid, refused

Noteable = Issue | MergeRequest
LONGEST_TITLE = 255
LONGEST_DESCRIPTION = 1_048_576
STATES = {"close": "closed", "reopen": "opened"}


def target_of(thing: Noteable) -> Target:
    """Which kind of thing it is, in the tables' words."""
    return "issue" if isinstance(thing, Issue) else "merge_request"


def table_of(thing: Noteable) -> str:
    """The table a thing lives in."""
    return "issues" if isinstance(thing, Issue) else "merge_requests"


def reload(engine: Engine, thing: Noteable) -> Noteable:
    """The thing as it stands now."""
    if isinstance(thing, Issue):
        fresh: Noteable | None = engine.store.one(Issue, "SELECT * FROM issues WHERE id = ?", thing.id)
    else:
        fresh = engine.store.one(MergeRequest, "SELECT * FROM merge_requests WHERE id = ?", thing.id)
    return fresh or thing


def may_edit(engine: Engine, user: User, thing: Noteable) -> bool:
    """Whether the account may change text and state: its author, or who has the level for it."""
    project = project_by_id(engine, thing.project_id)
    return not project.archived and (thing.author_id == user.id or may_label(engine, user, thing))


def may_label(engine: Engine, user: User, thing: Noteable) -> bool:
    """Whether the account may change labels, milestone and assignees."""
    needed = REPORTER if isinstance(thing, Issue) else DEVELOPER
    return project_level(engine, user, project_by_id(engine, thing.project_id)) >= needed


def names_in(value: Any) -> list[str]:
    """Label names of a parameter: a list, or a text with commas."""
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return [name for name in (str(part).strip() for part in parts) if name]


def check_text(title: str, description: str) -> None:
    """Refuse a title or description that GitLab would not keep."""
    if not title:
        raise refused(400, {"title": ["can't be blank"]})
    if len(title) > LONGEST_TITLE:
        raise refused(400, {"title": [f"is too long (maximum is {LONGEST_TITLE} characters)"]})
    if len(description) > LONGEST_DESCRIPTION:
        raise refused(400, {"description": [f"is too long (maximum is {LONGEST_DESCRIPTION} characters)"]})


def change(engine: Engine, user: User, thing: Noteable, changes: Mapping[str, Any]) -> Noteable:
    """Apply an update request's fields, silently without those the account may not set (as GitLab does).

    Raises:
        Refusal: 403 when the account may change nothing of it, 400 for a title left empty.
    """
    if not may_edit(engine, user, thing):
        raise forbidden()
    before = thing
    if may_label(engine, user, thing):
        change_metadata(engine, thing, changes)
    thing = _change_text(engine, user, reload(engine, thing), changes)
    event = str(changes.get("state_event") or "")
    if event:
        thing = change_state(engine, user, thing, event)
    touch(engine, thing)
    thing = reload(engine, thing)
    if thing.state == before.state:
        announce(engine, user, thing, "update")
    return thing


def _change_text(engine: Engine, user: User, thing: Noteable, changes: Mapping[str, Any]) -> Noteable:
    title = str(changes["title"]).strip() if changes.get("title") is not None else thing.title
    text = str(changes["description"] or "") if "description" in changes else thing.description
    check_text(title, text)
    if (title, text) == (thing.title, thing.description):
        return thing
    engine.store.update(table_of(thing), thing.id, title=title, description=text, last_edited_at=engine.now())
    if title != thing.title:
        remark(engine, user, thing, f"changed title from **{thing.title}** to **{title}**")
    if text != thing.description:
        remark(engine, user, thing, "changed the description")
    return reload(engine, thing)


def change_metadata(engine: Engine, thing: Noteable, changes: Mapping[str, Any]) -> None:
    """Set labels (``labels``, ``add_labels``, ``remove_labels``), milestone and assignees."""
    target, project_id = target_of(thing), thing.project_id
    if changes.get("labels") is not None:
        labels.clear(engine, target, thing.id)
        labels.put_on(engine, project_id, target, thing.id, names_in(changes["labels"]))
    labels.put_on(engine, project_id, target, thing.id, names_in(changes.get("add_labels")))
    labels.take_off(engine, project_id, target, thing.id, names_in(changes.get("remove_labels")))
    if "milestone_id" in changes:
        _set_milestone(engine, thing, changes["milestone_id"])
    if isinstance(thing, Issue) and "due_date" in changes:
        engine.store.update("issues", thing.id, due_date=changes["due_date"] or None)
    if "assignee_ids" in changes:
        assign(engine, thing, _user_ids(changes["assignee_ids"]))
    elif "assignee_id" in changes:
        assign(engine, thing, _user_ids([changes["assignee_id"]]))


def _user_ids(value: Any) -> list[int]:
    """Account ids of a parameter; 0 and nothing stand for nobody."""
    numbers = [whole_number(one or 0) for one in (value if isinstance(value, list) else [value])]
    if None in numbers:
        raise invalid("assignee_ids is invalid")
    return [number for number in numbers if number]


def whole_number(value: Any) -> int | None:
    """A caller's number that fits SQLite's integers, or None when it is none."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 2**53 else None


def _set_milestone(engine: Engine, thing: Noteable, milestone_id: Any) -> None:
    wanted = whole_number(milestone_id or 0) or None
    if wanted is not None:
        labels.get_milestone(engine, thing.project_id, wanted)
    engine.store.update(table_of(thing), thing.id, milestone_id=wanted)


def assign(engine: Engine, thing: Noteable, user_ids: Iterable[int]) -> None:
    """Make these accounts, and no others, the assignees."""
    target = target_of(thing)
    engine.store.run("DELETE FROM assignees WHERE target = ? AND target_id = ?", target, thing.id)
    for user_id in user_ids:
        engine.store.run("INSERT OR IGNORE INTO assignees VALUES (?, ?, ?)", target, thing.id, user_id)


def assignees(engine: Engine, thing: Noteable) -> list[User]:
    """The assignees by id."""
    return engine.store.all(
        User,
        "SELECT u.* FROM users u JOIN assignees a ON a.user_id = u.id WHERE a.target = ? AND a.target_id = ?",
        target_of(thing),
        thing.id,
    )


def change_state(engine: Engine, user: User, thing: Noteable, event: str) -> Noteable:
    """Close or reopen; asking for the state that stands changes nothing."""
    if event not in STATES:
        raise refused(400, "state_event does not have a valid value")
    if thing.state in (STATES[event], "merged"):
        return thing
    if event == "close":
        closed = {"state": "closed", "closed_at": engine.now(), "closed_by_id": user.id}
        engine.store.update(table_of(thing), thing.id, **closed)
    else:
        engine.store.update(table_of(thing), thing.id, state="opened", closed_at=None, closed_by_id=None)
    touch(engine, thing)
    thing = reload(engine, thing)
    announce(engine, user, thing, event)
    return thing


def touch(engine: Engine, thing: Noteable) -> None:
    """Note that the thing changed just now."""
    engine.store.update(table_of(thing), thing.id, updated_at=engine.now())


def remark(engine: Engine, user: User, thing: Noteable, text: str) -> None:
    """Write the forge's own note under a thing."""
    now = engine.now()
    engine.store.insert(
        "notes",
        project_id=thing.project_id,
        target=target_of(thing),
        target_id=thing.id,
        author_id=user.id,
        body=text,
        system=True,
        created_at=now,
        updated_at=now,
    )


def notes_on(engine: Engine, thing: Noteable) -> list[Note]:
    """All notes under a thing, oldest first."""
    return engine.store.all(
        Note, "SELECT * FROM notes WHERE target = ? AND target_id = ? ORDER BY id", target_of(thing), thing.id
    )


def announce(
    engine: Engine, user: User, thing: Noteable, action: str, *, old_head: str | None = None
) -> None:
    """Tell the project's webhooks what happened to a thing."""
    if isinstance(thing, Issue):
        engine.announce(thing.project_id, IssueChanged(user, thing, action))
    else:
        engine.announce(thing.project_id, RequestChanged(user, thing, action, old_head))
