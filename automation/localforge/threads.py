"""Which notes of a merge request belong to a discussion that can be resolved; plain comments cannot."""

from __future__ import annotations

import hashlib

from automation.localforge.engine import Engine
from automation.localforge.records import MergeRequest, Note, Thread


def threads_on(engine: Engine, request: MergeRequest) -> dict[int, Thread]:
    """The notes of a merge request that belong to a discussion, by note id."""
    rows = engine.store.all(
        Thread,
        "SELECT t.* FROM threads t JOIN notes n ON n.id = t.note_id"
        " WHERE n.target = 'merge_request' AND n.target_id = ? ORDER BY n.id",
        request.id,
    )
    return {row.note_id: row for row in rows}


def thread_of(engine: Engine, note: Note) -> Thread | None:
    """The discussion that a note belongs to, None for a plain comment."""
    return engine.store.one(Thread, "SELECT * FROM threads WHERE note_id = ?", note.id)


def id_of(note: Note, thread: Thread | None) -> str:
    """The id of a note's discussion; a plain comment is one by itself."""
    if thread is not None:
        return thread.discussion
    return hashlib.sha1(f"note {note.id}".encode(), usedforsecurity=False).hexdigest()


def all_resolved(engine: Engine, request: MergeRequest) -> bool:
    """Whether no discussion is open."""
    return all(row.resolved for row in threads_on(engine, request).values())
