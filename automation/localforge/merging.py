"""Whether a merge request can be merged, approvals, and the merge itself."""

from __future__ import annotations

import json
import re
from datetime import datetime

from automation.localforge import approvalrules, noteables, pushes, threads
from automation.localforge.engine import Engine
from automation.localforge.forks import source_of
from automation.localforge.git import MergeConflict, RefMoved
from automation.localforge.permissions import DEVELOPER, may_merge, project_level
from automation.localforge.projects import project_by_id
from automation.localforge.records import Approval, Issue, MergeRequest, Pipeline, Project, User
from automation.localforge.refusals import not_found, refused

_DRAFT = re.compile(r"^\s*(\[draft\]|\(draft\)|draft:|draft\s+-)", re.IGNORECASE)
_CLOSES = re.compile(
    r"\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)):?\s+#(\d+)", re.IGNORECASE
)


def is_draft(request: MergeRequest) -> bool:
    """Whether the title marks it as a draft."""
    return bool(_DRAFT.match(request.title))


def head_pipeline(engine: Engine, request: MergeRequest) -> Pipeline | None:
    """The newest pipeline of the head commit on the source branch."""
    return engine.store.one(
        Pipeline,
        "SELECT * FROM pipelines WHERE project_id = ? AND sha = ? AND ref IN (?, ?) ORDER BY id DESC LIMIT 1",
        source_of(request),
        request.head_sha,
        request.source_branch,
        # A fork's merge request follows the fork's pipeline, whatever is posted to the target's project.
        f"refs/merge-requests/{request.iid}/head" if request.source_project_id is None else "",
    )


def target_head(engine: Engine, request: MergeRequest) -> str | None:
    """The target branch's head: now for an open one, as it was at the end otherwise."""
    if request.state != "opened" and request.start_sha:
        return request.start_sha
    return engine.branch_head(request.project_id, request.target_branch)


def base_of(engine: Engine, request: MergeRequest, target: str | None) -> str | None:
    """The merge base of head and target."""
    if request.state != "opened" and request.base_sha:
        return request.base_sha
    return engine.merge_base(request.project_id, request.head_sha, target) if target else None


def detailed_status(engine: Engine, request: MergeRequest, target: str | None) -> str:
    """GitLab's ``detailed_merge_status``: the first thing that stands in the way, or ``mergeable``."""
    project = project_by_id(engine, request.project_id)
    if request.state != "opened":
        return "not_open"
    if is_draft(request):
        return "draft_status"
    if target is None or engine.is_ancestor(project.id, request.head_sha, target):
        return "commits_status"
    if project.merge_method == "ff" and not engine.is_ancestor(project.id, target, request.head_sha):
        return "need_rebase"
    if not engine.mergeable(project.id, request.head_sha, target):
        return "conflict"
    settings = json.loads(project.settings)
    all_resolved = settings.get("only_allow_merge_if_all_discussions_are_resolved", False)
    if all_resolved and not threads.all_resolved(engine, request):
        return "discussions_not_resolved"
    if approvalrules.missing(engine, request):
        return "not_approved"
    return _pipeline_status(engine, project, request)


def shown_status(engine: Engine, request: MergeRequest, target: str | None) -> str:
    """The same as it is shown: for a while after a push it is not known yet, though a merge may be tried."""
    late = engine.quirks.mergeability_seconds
    if late <= 0 or request.state != "opened" or request.head_at is None:
        return detailed_status(engine, request, target)
    age = (engine.clock() - datetime.fromisoformat(request.head_at)).total_seconds()
    if age >= late:
        return detailed_status(engine, request, target)
    return ("preparing", "unchecked", "checking")[min(2, max(0, int(3 * age / late)))]


def has_conflicts(engine: Engine, request: MergeRequest, target: str | None) -> bool:
    """Whether an open one has conflicts; one without any difference counts as having some, as on GitLab."""
    if request.state != "opened":
        return False
    if target is None or engine.is_ancestor(request.project_id, request.head_sha, target):
        return True
    return not engine.mergeable(request.project_id, request.head_sha, target)


def _pipeline_status(engine: Engine, project: Project, request: MergeRequest) -> str:
    if not project.pipeline_must_succeed:
        return "mergeable"
    pipeline = head_pipeline(engine, request)
    if pipeline is None:
        return "ci_must_pass"
    if pipeline.status in {"created", "pending", "running"}:
        return "ci_still_running"
    skipped = json.loads(project.settings).get("allow_merge_on_skipped_pipeline", False)
    passed = pipeline.status == "success" or (pipeline.status == "skipped" and skipped)
    return "mergeable" if passed else "ci_must_pass"


def merge(
    engine: Engine,
    user: User,
    request: MergeRequest,
    *,
    sha: str | None = None,
    message: str | None = None,
    remove_source: bool | None = None,
) -> MergeRequest:
    """Merge, in GitLab's order of refusals.

    Raises:
        Refusal: 401 without the right to merge into the target; 405 for every blocker, without a reason;
            409 when ``sha`` is not exactly the head (a shortened right one is refused as well).
    """
    project = project_by_id(engine, request.project_id)
    if not may_merge(engine, user, project, request.target_branch):
        raise refused(401, "401 Unauthorized")
    target = target_head(engine, request)
    if target is None or detailed_status(engine, request, target) != "mergeable":
        raise refused(405, "405 Method Not Allowed")
    if sha is not None and sha != request.head_sha:
        raise refused(409, f"SHA does not match HEAD of source branch: {request.head_sha}")
    return carry_out(engine, user, request, message=message, remove_source=remove_source)


def carry_out(
    engine: Engine,
    user: User,
    request: MergeRequest,
    *,
    message: str | None = None,
    remove_source: bool | None = None,
) -> MergeRequest:
    """Merge what has been judged: git, record, events, named issues, source branch.

    Raises:
        Refusal: 405 when there is a conflict, or a branch moved meanwhile.
    """
    project = project_by_id(engine, request.project_id)
    target = target_head(engine, request)
    if target is None:
        raise refused(405, "405 Method Not Allowed")
    base = base_of(engine, request, target)
    merged = _merge_in_git(engine, user, project, request, message)
    now = engine.now()
    engine.store.update(
        "merge_requests",
        request.id,
        state="merged",
        base_sha=base,
        start_sha=target,
        merge_commit_sha=None if project.merge_method == "ff" else merged,
        merge_user_id=user.id,
        merged_at=now,
        updated_at=now,
    )
    fresh = _fresh(engine, request)
    noteables.announce(engine, user, fresh, "merge")
    _close_named_issues(engine, user, project, fresh)
    pushes.pushed(engine, project, user, [(f"refs/heads/{request.target_branch}", target, merged)])
    if request.remove_source if remove_source is None else remove_source:
        _remove_source(engine, user, project, request)
    return _fresh(engine, request)


def _fresh(engine: Engine, request: MergeRequest) -> MergeRequest:
    fresh = noteables.reload(engine, request)
    return fresh if isinstance(fresh, MergeRequest) else request


def _merge_in_git(
    engine: Engine, user: User, project: Project, request: MergeRequest, message: str | None
) -> str:
    default = (
        f"Merge branch '{request.source_branch}' into '{request.target_branch}'\n\n{request.title}\n\n"
        f"See merge request {project.full_path}!{request.iid}"
    )
    try:
        return engine.repository(project.id).merge(
            request.head_sha,
            request.target_branch,
            message=message or default,
            author_name=user.name,
            author_email=user.email,
            fast_forward=project.merge_method == "ff",
        )
    except (MergeConflict, RefMoved):
        raise refused(405, "405 Method Not Allowed") from None


def _close_named_issues(engine: Engine, user: User, project: Project, request: MergeRequest) -> None:
    """Close the issues that ``Closes #1`` names, for merge requests into the default branch alone."""
    if request.target_branch != project.default_branch:
        return
    for number in _CLOSES.findall(f"{request.title}\n{request.description}"):
        issue = engine.store.one(
            Issue,
            "SELECT * FROM issues WHERE project_id = ? AND iid = ? AND state = 'opened'",
            project.id,
            int(number),
        )
        if issue is not None:
            noteables.change_state(engine, user, issue, "close")


def _remove_source(engine: Engine, user: User, project: Project, request: MergeRequest) -> None:
    branch = request.source_branch
    project = project_by_id(engine, source_of(request))
    refused_why = pushes.push_refusal(
        engine, project, user, f"refs/heads/{branch}", forced=False, deleted=True
    )
    if refused_why is None and branch != project.default_branch:
        engine.repository(project.id).delete_branch(branch)
        pushes.pushed(engine, project, user, [(f"refs/heads/{branch}", request.head_sha, pushes.ZERO)])


# -- approvals ---------------------------------------------------------------------------------------


def approvals(engine: Engine, request: MergeRequest) -> list[Approval]:
    """Who approved, in order."""
    return engine.store.all(
        Approval,
        "SELECT * FROM approvals WHERE merge_request_id = ? ORDER BY created_at, user_id",
        request.id,
    )


def may_approve(engine: Engine, user: User, request: MergeRequest) -> bool:
    """Whether the account may approve now: Developers and above, the author too (GitLab Free), once."""
    project = project_by_id(engine, request.project_id)
    if project.archived or project_level(engine, user, project) < DEVELOPER:
        return False
    return all(one.user_id != user.id for one in approvals(engine, request))


def approve(engine: Engine, user: User, request: MergeRequest, *, sha: str | None = None) -> None:
    """Approve the head.

    Raises:
        Refusal: 409 for another ``sha`` than the head's; 401 without the right, or a second time.
    """
    if not may_approve(engine, user, request) or request.state != "opened":
        raise refused(401, "401 Unauthorized")
    if sha is not None and sha != request.head_sha:
        raise refused(409, f"SHA does not match HEAD of source branch: {request.head_sha}")
    engine.store.insert(
        "approvals",
        merge_request_id=request.id,
        user_id=user.id,
        sha=request.head_sha,
        created_at=engine.now(),
    )
    noteables.remark(engine, user, request, "approved this merge request")
    noteables.touch(engine, request)
    noteables.announce(engine, user, _fresh(engine, request), "approved")


def unapprove(engine: Engine, user: User, request: MergeRequest) -> None:
    """Take an approval back; 404 when there is none."""
    if all(one.user_id != user.id for one in approvals(engine, request)):
        raise not_found()
    engine.store.run("DELETE FROM approvals WHERE merge_request_id = ? AND user_id = ?", request.id, user.id)
    noteables.remark(engine, user, request, "unapproved this merge request")
    noteables.touch(engine, request)
    noteables.announce(engine, user, _fresh(engine, request), "unapproved")
