"""Routes: comments on issues and pull requests (they are part of the theme ``issues``)."""

from __future__ import annotations

from typing import Any

from automation.localforge import noteables, notes
from automation.localforge.githubdialect import renderwork
from automation.localforge.githubdialect.call import (
    PUSH,
    Call,
    Route,
    Rows,
    forbidden,
    invalid,
    not_found,
    refused,
)
from automation.localforge.githubdialect.finding import Noteable, body_of, moment_of, target
from automation.localforge.permissions import project_level
from automation.localforge.records import Issue, MergeRequest, Note, Project


def _list_comments(call: Call) -> Any:
    project, thing = target(call)
    rows = [row for row in noteables.notes_on(call.engine, thing) if not row.system]
    since = call.asked("since")
    if since:
        rows = [row for row in rows if row.updated_at >= moment_of(since)]
    return Rows(rows, lambda row: renderwork.comment(call.engine, project, thing, row))


def _write_comment(call: Call) -> Any:
    project, thing = target(call)
    body = _comment_body(call)
    if project.archived:
        raise refused(403, "Repository was archived so is read-only.")
    note = notes.write(call.engine, call.actor, thing, body).note
    if note is None:  # pragma: no cover - nothing is taken out of a text on GitHub
        raise invalid("IssueComment", "body", "missing_field")
    return renderwork.comment(call.engine, project, thing, note)


def _comment_body(call: Call) -> str:
    body = body_of(call, "IssueComment")
    if body is None or not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    return body


def _comment(call: Call) -> tuple[Project, Noteable, Note]:
    project, store = call.project(), call.engine.store
    note = store.one(
        Note,
        "SELECT * FROM notes WHERE project_id = ? AND id = ? AND system = 0",
        project.id,
        call.number("id"),
    )
    if note is None:
        raise not_found()
    if note.target == "issue":
        thing: Noteable | None = store.one(Issue, "SELECT * FROM issues WHERE id = ?", note.target_id)
    else:
        thing = store.one(MergeRequest, "SELECT * FROM merge_requests WHERE id = ?", note.target_id)
    if thing is None:
        raise not_found()
    return project, thing, note


def _get_comment(call: Call) -> Any:
    project, thing, note = _comment(call)
    return renderwork.comment(call.engine, project, thing, note)


def _may_change(call: Call, project: Project, note: Note) -> None:
    """The writer, or who may push."""
    if note.author_id != call.actor.id and project_level(call.engine, call.actor, project) < PUSH:
        raise forbidden("Must have admin rights to Repository.")


def _edit_comment(call: Call) -> Any:
    project, thing, note = _comment(call)
    body = _comment_body(call)
    _may_change(call, project, note)
    written = notes.edit(call.engine, call.actor, thing, note, body, least=PUSH).note or note
    return renderwork.comment(call.engine, project, thing, written)


def _delete_comment(call: Call) -> Any:
    project, thing, note = _comment(call)
    _may_change(call, project, note)
    notes.delete(call.engine, call.actor, thing, note, least=PUSH)


_I = "/repos/{owner}/{repo}/issues"
ROUTES: tuple[Route, ...] = (
    Route("GET", f"{_I}/comments/{{id}}", _get_comment, ("issues", "read")),
    Route("PATCH", f"{_I}/comments/{{id}}", _edit_comment, ("issues", "write")),
    Route("DELETE", f"{_I}/comments/{{id}}", _delete_comment, ("issues", "write")),
    Route("GET", f"{_I}/{{number}}/comments", _list_comments, ("issues", "read")),
    Route("POST", f"{_I}/{{number}}/comments", _write_comment, ("issues", "write")),
)
