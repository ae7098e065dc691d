"""Routes: issues, and notes on issues and merge requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from automation.localforge import issues, mergerequests, notes, quickactions
from automation.localforge.gitlabdialect import renderwork
from automation.localforge.gitlabdialect.call import Call, Handler, Keyset, Reply, Route, Rows
from automation.localforge.noteables import Noteable
from automation.localforge.permissions import require_code
from automation.localforge.records import Issue, Note, Project
from automation.localforge.refusals import forbidden


def _found(call: Call) -> tuple[Project, Issue]:
    project = call.project()
    return project, issues.get_issue(call.engine, call.user, project, call.number("iid"))


# Since GitLab 18.3.
_KEYSET = Keyset(
    "Issue",
    {
        "id": lambda row: (row.id,),
        "created_at": lambda row: (row.created_at, row.id),
        "updated_at": lambda row: (row.updated_at, row.id),
        "title": lambda row: (row.title, row.id),
    },
)


def _list(call: Call) -> Any:
    project = call.project()
    rows = issues.list_issues(call.engine, call.user, project, call.arguments)
    return Rows(rows, lambda row: renderwork.issue(call.engine, row, project.full_path), _KEYSET)


def _create(call: Call) -> Any:
    project, user = call.project(), call.actor
    issue = issues.create_issue(call.engine, user, project, call.needed("title"), call.facts("confidential"))
    return renderwork.issue(call.engine, issue, project.full_path)


def _get(call: Call) -> Any:
    project, issue = _found(call)
    return renderwork.issue(call.engine, issue, project.full_path)


def _update(call: Call) -> Any:
    user = call.actor
    project, issue = _found(call)
    quickactions.edit(call.engine, user, issue, call.arguments)
    fresh = issues.get_issue(call.engine, user, project, issue.iid)
    return renderwork.issue(call.engine, fresh, project.full_path)


def _delete(call: Call) -> Any:
    user = call.actor
    project, issue = _found(call)
    issues.delete_issue(call.engine, user, project, issue)


# -- notes -------------------------------------------------------------------------------------------


def _issue_thing(call: Call) -> Noteable:
    return _found(call)[1]


def _request_thing(call: Call) -> Noteable:
    project = call.project()
    require_code(call.engine, call.user, project)
    return mergerequests.get_merge_request(call.engine, project, call.number("iid"))


Finder = Callable[[Call], Noteable]


def _note(call: Call, thing: Noteable) -> Note:
    return notes.get_note(call.engine, thing, call.number("note_id"))


def _list_notes(find: Finder) -> Handler:
    def act(call: Call) -> Any:
        thing = find(call)
        order, sort = call.text("order_by") or "created_at", call.text("sort") or "desc"
        rows = notes.list_notes(call.engine, thing, order_by=order, sort=sort)
        return Rows(rows, lambda row: renderwork.note(call.engine, row, thing.iid))

    return act


def _get_note(find: Finder) -> Handler:
    def act(call: Call) -> Any:
        thing = find(call)
        return renderwork.note(call.engine, _note(call, thing), thing.iid)

    return act


def _write_note(find: Finder) -> Handler:
    def act(call: Call) -> Any:
        user, thing = call.actor, find(call)
        if not issues.may_open(call.engine, user, call.project()):
            raise forbidden()
        return _answer(call, thing, notes.write(call.engine, user, thing, call.needed("body")))

    return act


def _edit_note(find: Finder) -> Handler:
    def act(call: Call) -> Any:
        user, thing = call.actor, find(call)
        written = notes.edit(call.engine, user, thing, _note(call, thing), call.needed("body"))
        return _answer(call, thing, written)

    return act


def _answer(call: Call, thing: Noteable, written: notes.Written) -> Any:
    """The note; or, for commands alone, 202 with what they did and 400 when none of them could run.

    The 400 is a reply, not a refusal: what did run stays done, as on GitLab.
    """
    outcome = written.outcome
    if written.note is not None:
        return renderwork.note(call.engine, written.note, thing.iid, outcome.changes)
    if outcome.summary:
        return Reply(202, {"commands_changes": outcome.changes, "summary": outcome.summary + outcome.failed})
    return Reply(
        400, {"message": f"400 Bad request - Note {{:commands_only=>{['Commands only', *outcome.failed]}}}"}
    )


def _delete_note(find: Finder) -> Handler:
    def act(call: Call) -> Any:
        user, thing = call.actor, find(call)
        notes.delete(call.engine, user, thing, _note(call, thing))

    return act


def _note_routes(kind: str, find: Finder) -> list[Route]:
    base = f"/projects/{{id}}/{kind}/{{iid}}/notes"
    return [
        ("GET", base, _list_notes(find)),
        ("POST", base, _write_note(find)),
        ("GET", f"{base}/{{note_id}}", _get_note(find)),
        ("PUT", f"{base}/{{note_id}}", _edit_note(find)),
        ("DELETE", f"{base}/{{note_id}}", _delete_note(find)),
    ]


_P = "/projects/{id}/issues"
ROUTES: Sequence[Route] = [
    ("GET", _P, _list),
    ("POST", _P, _create),
    ("GET", f"{_P}/{{iid}}", _get),
    ("PUT", f"{_P}/{{iid}}", _update),
    ("DELETE", f"{_P}/{{iid}}", _delete),
    *_note_routes("issues", _issue_thing),
    *_note_routes("merge_requests", _request_thing),
]
