"""Merge requests: opening, finding, changing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automation.localforge import forks, noteables, quickactions
from automation.localforge.engine import Engine
from automation.localforge.issues import conditions
from automation.localforge.permissions import DEVELOPER, code_readable, require
from automation.localforge.records import MergeRequest, Project, User
from automation.localforge.refusals import forbidden, not_found, refused


def create_merge_request(
    engine: Engine, user: User, project: Project, source: str, target: str, facts: Mapping[str, Any]
) -> MergeRequest:
    """A new merge request from ``project`` (Developer), into it or (``target_project_id``) the one it forked.

    Raises:
        Refusal: 400 for a source branch that is not there or a title left empty, 409 when an open one
            goes from the same source to the same target.
    """
    require(engine, user, project, DEVELOPER)
    title = str(facts.get("title") or "").strip()
    head = engine.repository(project.id).resolve(f"refs/heads/{source}")
    if head is None:
        raise refused(400, {"source_branch": ["does not exist"]})
    if source == target and facts.get("target_project_id") in (None, project.id, str(project.id)):
        raise refused(400, ["You can't use same project/branch for source and target"])
    into = _target_project(engine, user, project, facts)
    if project.archived or into.archived:
        raise forbidden()
    noteables.check_text(title, str(facts.get("description") or ""))
    _refuse_second(engine, project, into, source, target)
    iid = engine.next_iid(into.id, "merge_request")
    if into.id != project.id:
        forks.bring_head(engine, project.id, into.id, iid, head)
    now = engine.now()
    request_id = engine.store.insert(
        "merge_requests",
        project_id=into.id,
        source_project_id=None if into.id == project.id else project.id,
        iid=iid,
        title=title,
        description=str(facts.get("description") or ""),
        author_id=user.id,
        source_branch=source,
        target_branch=target,
        head_sha=head,
        remove_source=bool(facts.get("remove_source_branch")),
        created_at=now,
        updated_at=now,
        head_at=now,
    )
    request = _by_id(engine, request_id)
    noteables.change_metadata(engine, request, facts)
    quickactions.run_in_description(engine, user, request)
    request = _by_id(engine, request_id)
    noteables.announce(engine, user, request, "open")
    return request


def _target_project(engine: Engine, user: User, project: Project, facts: Mapping[str, Any]) -> Project:
    wanted = noteables.whole_number(facts.get("target_project_id") or project.id)
    if wanted == project.id:
        return project
    parent = forks.parent_of(engine, project.id)
    if parent is None or parent.id != wanted or not code_readable(engine, user, parent):
        raise refused(422, {"base": ["Source project is not a fork of the target project"]})
    return parent


def _refuse_second(engine: Engine, project: Project, into: Project, source: str, target: str) -> None:
    other = engine.store.value(
        "SELECT iid FROM merge_requests WHERE project_id = ? AND source_branch = ? AND target_branch = ?"
        " AND state = 'opened' AND coalesce(source_project_id, project_id) = ?",
        into.id,
        source,
        target,
        project.id,
    )
    if other is not None:
        raise refused(409, [f"Another open merge request already exists for this source branch: !{other}"])


def _by_id(engine: Engine, request_id: int) -> MergeRequest:
    found = engine.store.one(MergeRequest, "SELECT * FROM merge_requests WHERE id = ?", request_id)
    if found is None:
        raise not_found()
    return found


def get_merge_request(engine: Engine, project: Project, iid: int) -> MergeRequest:
    """The merge request with that number; 404 when there is none."""
    found = engine.store.one(
        MergeRequest, "SELECT * FROM merge_requests WHERE project_id = ? AND iid = ?", project.id, iid
    )
    if found is None:
        raise not_found()
    return found


def list_merge_requests(engine: Engine, project: Project, wanted: Mapping[str, Any]) -> list[MergeRequest]:
    """Merge requests by state, branches, labels and time, newest first unless said otherwise."""
    return list_in_projects(engine, [project.id], wanted)


def list_in_projects(
    engine: Engine, project_ids: Sequence[int], wanted: Mapping[str, Any]
) -> list[MergeRequest]:
    """The same of several projects together."""
    marks = ",".join("?" * len(project_ids))
    sql, values = f"SELECT * FROM merge_requests i WHERE project_id IN ({marks})", [*project_ids]  # noqa: S608 - marks alone
    for condition, value in conditions(wanted, "merge_request"):
        sql += f" AND {condition}"
        values += value
    order = "updated_at" if wanted.get("order_by") == "updated_at" else "id"
    way = "ASC" if wanted.get("sort") == "asc" else "DESC"
    return engine.store.all(MergeRequest, f"{sql} ORDER BY {order} {way}, id {way}", *values)


def edit_merge_request(
    engine: Engine, user: User, request: MergeRequest, changes: Mapping[str, Any]
) -> MergeRequest:
    """Change text, state, labels or target branch; its author, or a Developer."""
    edited = quickactions.edit(engine, user, request, changes)
    target = str(changes.get("target_branch") or request.target_branch)
    if target != request.target_branch and request.state == "opened":
        engine.store.update("merge_requests", request.id, target_branch=target)
        noteables.remark(
            engine, user, request, f"changed target branch from `{request.target_branch}` to `{target}`"
        )
    if "remove_source_branch" in changes:
        engine.store.update("merge_requests", request.id, remove_source=bool(changes["remove_source_branch"]))
    fresh = noteables.reload(engine, edited)
    return fresh if isinstance(fresh, MergeRequest) else request
