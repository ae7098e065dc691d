"""Writing and resolving discussions on merge requests."""

from __future__ import annotations

import secrets

from automation.localforge import noteables, notes
from automation.localforge.engine import Engine
from automation.localforge.notes import Written
from automation.localforge.permissions import DEVELOPER, project_level
from automation.localforge.projects import project_by_id
from automation.localforge.records import MergeRequest, User
from automation.localforge.refusals import forbidden, not_found
from automation.localforge.threads import threads_on


def start(engine: Engine, user: User, request: MergeRequest, body: str) -> Written:
    """A new discussion that begins with ``body``."""
    return _write(engine, user, request, body, secrets.token_hex(20))


def reply(engine: Engine, user: User, request: MergeRequest, discussion: str, body: str) -> Written:
    """A further note in a discussion; 404 when there is none of that id here."""
    if not any(thread.discussion == discussion for thread in threads_on(engine, request).values()):
        raise not_found("Discussion")
    return _write(engine, user, request, body, discussion)


def _write(engine: Engine, user: User, request: MergeRequest, body: str, discussion: str) -> Written:
    written = notes.write(engine, user, request, body)
    if written.note is not None:
        engine.store.insert("threads", note_id=written.note.id, discussion=discussion)
    return written


def resolve(engine: Engine, user: User, request: MergeRequest, discussion: str, *, resolved: bool) -> None:
    """Resolve a discussion or open it again: Developers, and the merge request's author (rule 3)."""
    project = project_by_id(engine, request.project_id)
    if request.author_id != user.id and project_level(engine, user, project) < DEVELOPER:
        raise forbidden()
    found = [row for row in threads_on(engine, request).values() if row.discussion == discussion]
    if not found:
        raise not_found("Discussion")
    by = (user.id, engine.now()) if resolved else (None, None)
    engine.store.run(
        "UPDATE threads SET resolved = ?, resolved_by_id = ?, resolved_at = ? WHERE discussion = ?",
        resolved,
        *by,
        discussion,
    )
    noteables.touch(engine, request)
