"""Merge requests: opening, finding, changing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automation.localforge import noteables, quickactions
from automation.localforge.engine import Engine
from automation.localforge.issues import conditions
from automation.localforge.permissions import DEVELOPER, require
from automation.localforge.records import MergeRequest, Project, User
from automation.localforge.refusals import forbidden, not_found, refused


def create_merge_request(
    engine: Engine, user: User, project: Project, source: str, target: str, facts: Mapping[str, Any]
) -> MergeRequest:
    """A new merge request within one project (Developer).

    Raises:
        Refusal: 400 for a source branch that is not there or a title left empty, 409 when an open one
            goes from the same source to the same target.
    """
    require(engine, user, project, DEVELOPER)
    title = str(facts.get("title") or "").strip()
    head = engine.repository(project.id).resolve(f"refs/heads/{source}")
    if head is None:
        raise refused(400, {"source_branch": ["does not exist"]})
    if source == target:
        raise refused(400, ["You can't use same project/branch for source and target"])
    if project.archived:
        raise forbidden()
    noteables.check_text(title, str(facts.get("description") or ""))
    _refuse_second(engine, project, source, target)
    now = engine.now()
    request_id = engine.store.insert(
        "merge_requests",
        project_id=project.id,
        iid=engine.next_iid(project.id, "merge_request"),
        title=title,
        description=str(facts.get("description") or ""),
        author_id=user.id,
        source_branch=source,
        target_branch=target,
        head_sha=head,
        remove_source=bool(facts.get("remove_source_branch")),
        created_at=now,
        updated_at=now,
    )
    request = _by_id(engine, request_id)
    noteables.change_metadata(engine, request, facts)
    quickactions.run_in_description(engine, user, request)
    request = _by_id(engine, request_id)
    noteables.announce(engine, user, request, "open")
    return request


def _refuse_second(engine: Engine, project: Project, source: str, target: str) -> None:
    other = engine.store.value(
        "SELECT iid FROM merge_requests WHERE project_id = ? AND source_branch = ? AND target_branch = ?"
        " AND state = 'opened'",
        project.id,
        source,
        target,
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
