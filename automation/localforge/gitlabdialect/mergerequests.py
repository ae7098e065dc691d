"""Routes: merge requests, approvals, merging, commit statuses, pipelines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automation.localforge import mergerequests, merging, projects, statuses
from automation.localforge.events import PipelineChanged
from automation.localforge.gitlabdialect import renderwork
from automation.localforge.gitlabdialect.call import Call, Route, Rows
from automation.localforge.gitlabdialect.groups import group_of
from automation.localforge.gitlabdialect.repository import diff_entry
from automation.localforge.permissions import OWNER, code_readable, may_merge, project_level, require_code
from automation.localforge.records import MergeRequest, Project
from automation.localforge.refusals import forbidden, not_found, refused


def _project(call: Call) -> Project:
    project = call.project()
    require_code(call.engine, call.user, project)
    return project


def _found(call: Call) -> tuple[Project, MergeRequest]:
    project = _project(call)
    return project, mergerequests.get_merge_request(call.engine, project, call.number("iid"))


def _shown(call: Call, project: Project, request: MergeRequest) -> Any:
    return {
        **renderwork.merge_request(call.engine, request, project.full_path),
        "user": {"can_merge": may_merge(call.engine, call.user, project, request.target_branch)},
        "subscribed": False,
    }


def _list(call: Call) -> Any:
    project = _project(call)
    rows = mergerequests.list_merge_requests(call.engine, project, call.arguments)
    return Rows(rows, lambda row: renderwork.merge_request(call.engine, row, project.full_path))


def _list_in_group(call: Call) -> Any:
    """Those of a group's projects, subgroups included; ``scope`` is ``created_by_me`` by default."""
    inside = projects.list_projects(call.engine, call.user, namespace=group_of(call), below=True)
    paths = {row.id: row.full_path for row in inside if code_readable(call.engine, call.user, row)}
    rows = mergerequests.list_in_projects(call.engine, list(paths), call.arguments)
    if (call.text("scope") or "created_by_me") != "all":
        rows = [row for row in rows if call.user is not None and row.author_id == call.user.id]
    return Rows(rows, lambda row: renderwork.merge_request(call.engine, row, paths[row.project_id]))


def _create(call: Call) -> Any:
    project, user = call.project(), call.actor
    call.needed("title")
    made = mergerequests.create_merge_request(
        call.engine,
        user,
        project,
        call.needed("source_branch"),
        call.needed("target_branch"),
        call.facts("remove_source_branch"),
    )
    # From a fork it belongs to the project that was forked.
    return _shown(call, projects.project_by_id(call.engine, made.project_id), made)


def _get(call: Call) -> Any:
    return _shown(call, *_found(call))


def _update(call: Call) -> Any:
    user = call.actor
    project, request = _found(call)
    changes = call.facts("remove_source_branch")
    return _shown(call, project, mergerequests.edit_merge_request(call.engine, user, request, changes))


def _delete(call: Call) -> Any:
    user = call.actor
    project, request = _found(call)
    if project_level(call.engine, user, project) < OWNER:
        raise forbidden()
    call.engine.store.run("DELETE FROM approvals WHERE merge_request_id = ?", request.id)
    call.engine.store.run("DELETE FROM notes WHERE target = 'merge_request' AND target_id = ?", request.id)
    call.engine.store.run("DELETE FROM merge_requests WHERE id = ?", request.id)


def _merge(call: Call) -> Any:
    user = call.actor
    project, request = _found(call)
    merged = merging.merge(
        call.engine,
        user,
        request,
        sha=call.text("sha"),
        message=call.text("merge_commit_message"),
        remove_source=call.flag("should_remove_source_branch")
        if "should_remove_source_branch" in call.arguments
        else None,
    )
    return _shown(call, project, merged)


def _ends(call: Call) -> tuple[Project, MergeRequest, str | None]:
    project, request = _found(call)
    base = merging.base_of(call.engine, request, merging.target_head(call.engine, request))
    return project, request, base


def _commits(call: Call) -> Any:
    project, request, base = _ends(call)
    rows = call.engine.repository(project.id).log(request.head_sha, limit=1000, exclude=base)
    return Rows(rows, lambda row: renderwork.commit(call.engine, row, project.full_path))


def _diff_rows(call: Call) -> list[Any]:
    project, request, base = _ends(call)
    return call.engine.repository(project.id).diff(base, request.head_sha) if base else []


def _diffs(call: Call) -> Any:
    return Rows(_diff_rows(call), diff_entry)


def _changes(call: Call) -> Any:
    project, request = _found(call)
    shown = renderwork.merge_request(call.engine, request, project.full_path)
    return {**shown, "changes": [diff_entry(row) for row in _diff_rows(call)], "overflow": False}


def _approvals(call: Call) -> Any:
    return renderwork.approvals(call.engine, _found(call)[1], call.user)


def _approve(call: Call) -> Any:
    user = call.actor
    project, request = _found(call)
    merging.approve(call.engine, user, request, sha=call.text("sha"))
    fresh = mergerequests.get_merge_request(call.engine, project, request.iid)
    return renderwork.approvals(call.engine, fresh, user)


def _unapprove(call: Call) -> Any:
    user = call.actor
    project, request = _found(call)
    merging.unapprove(call.engine, user, request)
    fresh = mergerequests.get_merge_request(call.engine, project, request.iid)
    return renderwork.approvals(call.engine, fresh, user)


def _request_pipelines(call: Call) -> Any:
    project, request = _found(call)
    rows = statuses.list_pipelines(call.engine, project, {"sha": request.head_sha})
    return Rows(rows, lambda row: renderwork.pipeline(call.engine, row, project.full_path))


# -- statuses ----------------------------------------------------------------------------------------


def _post_status(call: Call) -> Any:
    project, user = call.project(), call.actor
    if call.engine.quirks.busy_statuses > 0:
        call.engine.quirks.busy_statuses -= 1
        raise refused(409, "Another update to this commit status is in progress")
    coverage = call.arguments.get("coverage")
    wanted = statuses.Wanted(
        state=call.needed("state"),
        name=call.text("name") or call.text("context") or "default",
        description=call.text("description"),
        target_url=call.text("target_url"),
        coverage=float(coverage) if coverage is not None else None,
        ref=call.text("ref"),
        pipeline_id=call.integer("pipeline_id"),
    )
    made = statuses.post_status(call.engine, user, project, call.path["sha"], wanted)
    pipeline = statuses.get_pipeline(call.engine, project, made.pipeline_id)
    call.engine.announce(project.id, PipelineChanged(user, project, pipeline))
    return renderwork.status(call.engine, made)


def _requests_of_commit(call: Call) -> Any:
    project = _project(call)
    everything = mergerequests.list_merge_requests(call.engine, project, {})
    repository = call.engine.repository(project.id)
    sha = repository.resolve(call.path["sha"])
    if sha is None:
        raise not_found("Commit")
    rows = [row for row in everything if call.engine.is_ancestor(project.id, sha, row.head_sha)]
    return Rows(rows, lambda row: renderwork.merge_request(call.engine, row, project.full_path))


def _list_statuses(call: Call) -> Any:
    project = _project(call)
    sha = call.engine.repository(project.id).resolve(call.path["sha"])
    if sha is None:
        raise not_found("Commit")
    rows = statuses.list_statuses(
        call.engine, project, sha, everything=call.flag("all"), wanted=call.arguments
    )
    ordered = rows[::-1] if call.text("sort") == "desc" else rows
    return Rows(ordered, lambda row: renderwork.status(call.engine, row))


def _list_pipelines(call: Call) -> Any:
    project = _project(call)
    rows = statuses.list_pipelines(call.engine, project, call.arguments)
    ordered = rows[::-1] if call.text("sort") == "asc" else rows
    return Rows(ordered, lambda row: renderwork.pipeline(call.engine, row, project.full_path))


def _get_pipeline(call: Call) -> Any:
    project = _project(call)
    found = statuses.get_pipeline(call.engine, project, call.number("pipeline_id"))
    return renderwork.pipeline(call.engine, found, project.full_path)


_P = "/projects/{id}"
_M = f"{_P}/merge_requests"
ROUTES: Sequence[Route] = [
    ("GET", _M, _list),
    ("GET", "/groups/{id}/merge_requests", _list_in_group),
    ("POST", _M, _create),
    ("GET", f"{_M}/{{iid}}", _get),
    ("PUT", f"{_M}/{{iid}}", _update),
    ("DELETE", f"{_M}/{{iid}}", _delete),
    ("PUT", f"{_M}/{{iid}}/merge", _merge),
    ("GET", f"{_M}/{{iid}}/commits", _commits),
    ("GET", f"{_M}/{{iid}}/diffs", _diffs),
    ("GET", f"{_M}/{{iid}}/changes", _changes),
    ("GET", f"{_M}/{{iid}}/approvals", _approvals),
    ("POST", f"{_M}/{{iid}}/approve", _approve),
    ("POST", f"{_M}/{{iid}}/unapprove", _unapprove),
    ("GET", f"{_M}/{{iid}}/pipelines", _request_pipelines),
    ("POST", f"{_P}/statuses/{{sha}}", _post_status),
    ("GET", f"{_P}/repository/commits/{{sha}}/statuses", _list_statuses),
    ("GET", f"{_P}/repository/commits/{{sha}}/merge_requests", _requests_of_commit),
    ("GET", f"{_P}/pipelines", _list_pipelines),
    ("GET", f"{_P}/pipelines/{{pipeline_id}}", _get_pipeline),
]
