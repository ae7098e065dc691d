"""Comments on issues and merge requests."""

from __future__ import annotations

from dataclasses import dataclass

from automation.localforge import noteables, quickactions
from automation.localforge.engine import Engine
from automation.localforge.events import Commented
from automation.localforge.noteables import Noteable
from automation.localforge.permissions import MAINTAINER, project_level
from automation.localforge.projects import project_by_id
from automation.localforge.quickactions import Outcome
from automation.localforge.records import Note, User
from automation.localforge.refusals import forbidden, invalid, not_found

LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Written:
    """The note, or None when the text held nothing but commands; and what those did."""

    note: Note | None
    outcome: Outcome


def write(engine: Engine, user: User, thing: Noteable, body: str) -> Written:
    """A new comment; commands in it run as ``user`` and are taken out of it."""
    if not body.strip():
        raise invalid("body is empty")
    if len(body) > LONGEST:
        raise invalid("body is too long (maximum is 1000000 characters)")
    outcome = quickactions.run(engine, user, thing, body)
    if outcome.found and not outcome.text:
        return Written(None, outcome)
    now = engine.now()
    note_id = engine.store.insert(
        "notes",
        project_id=thing.project_id,
        target=noteables.target_of(thing),
        target_id=thing.id,
        author_id=user.id,
        body=outcome.text,
        created_at=now,
        updated_at=now,
    )
    noteables.touch(engine, thing)
    note = get_note(engine, thing, note_id)
    _announce(engine, user, note, thing, "create")
    return Written(note, outcome)


def _announce(engine: Engine, user: User, note: Note, thing: Noteable, action: str) -> None:
    engine.announce(note.project_id, Commented(user, note, thing, action))


def get_note(engine: Engine, thing: Noteable, note_id: int) -> Note:
    """The note with that id under that thing; 404 otherwise."""
    found = engine.store.one(
        Note,
        "SELECT * FROM notes WHERE target = ? AND target_id = ? AND id = ?",
        noteables.target_of(thing),
        thing.id,
        note_id,
    )
    if found is None:
        raise not_found()
    return found


def list_notes(
    engine: Engine, thing: Noteable, *, order_by: str = "created_at", sort: str = "desc"
) -> list[Note]:
    """All notes, newest first unless ``sort`` is ``asc``."""
    rows = noteables.notes_on(engine, thing)
    if order_by == "updated_at":
        rows.sort(key=lambda note: (note.updated_at, note.id))
    return rows if sort == "asc" else rows[::-1]


def edit(
    engine: Engine, user: User, thing: Noteable, note: Note, body: str, *, least: int = MAINTAINER
) -> Written:
    """Change a comment's text (its author, or who is ``least``); commands in the new text run too."""
    _require_control(engine, user, note, least)
    if not body.strip():
        raise invalid("body is empty")
    outcome = quickactions.run(engine, user, thing, body)
    if outcome.found and not outcome.text:
        engine.store.run("DELETE FROM notes WHERE id = ?", note.id)
        return Written(None, outcome)
    if outcome.text != note.body:
        now = engine.now()
        engine.store.update("notes", note.id, body=outcome.text, updated_at=now, last_edited_at=now)
        noteables.touch(engine, thing)
    fresh = get_note(engine, thing, note.id)
    _announce(engine, user, fresh, thing, "update")
    return Written(fresh, outcome)


def delete(engine: Engine, user: User, thing: Noteable, note: Note, *, least: int = MAINTAINER) -> None:
    """Delete a comment (its author, or who is ``least``)."""
    _require_control(engine, user, note, least)
    engine.store.run("DELETE FROM notes WHERE id = ?", note.id)
    noteables.touch(engine, thing)


def _require_control(engine: Engine, user: User, note: Note, least: int) -> None:
    project = project_by_id(engine, note.project_id)
    level = project_level(engine, user, project)
    if project.archived or note.system or (note.author_id != user.id and level < least):
        raise forbidden()
