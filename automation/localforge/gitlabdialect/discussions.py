"""Routes: discussions on merge requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automation.localforge import discussions, issues, mergerequests, notes, threads
from automation.localforge.gitlabdialect import renderwork
from automation.localforge.gitlabdialect.call import Call, Route, Rows
from automation.localforge.permissions import require_code
from automation.localforge.records import MergeRequest, Note
from automation.localforge.refusals import forbidden, invalid, not_found

Group = tuple[str, list[Note]]


def _request(call: Call) -> MergeRequest:
    project = call.project()
    require_code(call.engine, call.user, project)
    return mergerequests.get_merge_request(call.engine, project, call.number("iid"))


def _groups(call: Call, request: MergeRequest) -> list[Group]:
    known = threads.threads_on(call.engine, request)
    found: dict[str, list[Note]] = {}
    for note in notes.list_notes(call.engine, request, sort="asc"):
        found.setdefault(threads.id_of(note, known.get(note.id)), []).append(note)
    return list(found.items())


def _shown(call: Call, request: MergeRequest, group: Group) -> Any:
    rows = [renderwork.note(call.engine, note, request.iid) for note in group[1]]
    return {"id": group[0], "individual_note": rows[0]["type"] is None, "notes": rows}


def _one(call: Call, request: MergeRequest, discussion: str) -> Any:
    for group in _groups(call, request):
        if group[0] == discussion:
            return _shown(call, request, group)
    raise not_found("Discussion")


def _list(call: Call) -> Any:
    request = _request(call)
    return Rows(_groups(call, request), lambda group: _shown(call, request, group))


def _get(call: Call) -> Any:
    return _one(call, _request(call), call.path["discussion_id"])


def _start(call: Call) -> Any:
    user, request = call.actor, _request(call)
    if not issues.may_open(call.engine, user, call.project()):
        raise forbidden()
    written = discussions.start(call.engine, user, request, call.needed("body"))
    if written.note is None:
        raise invalid("body holds commands alone")
    thread = threads.thread_of(call.engine, written.note)
    return _one(call, request, threads.id_of(written.note, thread))


def _reply(call: Call) -> Any:
    user, request = call.actor, _request(call)
    written = discussions.reply(call.engine, user, request, call.path["discussion_id"], call.needed("body"))
    if written.note is None:
        raise invalid("body holds commands alone")
    return renderwork.note(call.engine, written.note, request.iid)


def _resolve(call: Call) -> Any:
    user, request, discussion = call.actor, _request(call), call.path["discussion_id"]
    if "resolved" not in call.arguments:
        raise invalid("resolved is missing")
    discussions.resolve(call.engine, user, request, discussion, resolved=call.flag("resolved"))
    return _one(call, request, discussion)


_D = "/projects/{id}/merge_requests/{iid}/discussions"
ROUTES: Sequence[Route] = [
    ("GET", _D, _list),
    ("POST", _D, _start),
    ("GET", f"{_D}/{{discussion_id}}", _get),
    ("PUT", f"{_D}/{{discussion_id}}", _resolve),
    ("POST", f"{_D}/{{discussion_id}}/notes", _reply),
]
