"""Branch moves, whoever made them: may it be, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence

from automation.localforge import forks, noteables
from automation.localforge.engine import Engine
from automation.localforge.events import Pushed
from automation.localforge.git import ZERO, CommitRecord
from automation.localforge.permissions import DEVELOPER, MAINTAINER, may_push, project_level, rules_for
from automation.localforge.projects import touch
from automation.localforge.records import MergeRequest, Project, PushEvent, User

__all__ = ["ZERO", "catch_up", "list_pushes", "push_refusal", "pushed"]

Update = tuple[str, str, str]
"""A ref's full name, the commit it was at and the one it is at now (ZERO: none)."""


def push_refusal(
    engine: Engine,
    project: Project,
    user: User,
    ref: str,
    *,
    forced: bool,
    deleted: bool,
    new: str | None = None,
) -> str | None:
    """Why the account may not move this ref so, or None when it may; ``new``: the commit it would be at."""
    if project.archived:
        return "You are not allowed to push code to this project."
    if ref.startswith("refs/tags/"):
        return None if _may_tag(engine, project, user, changing=forced or deleted) else _NO_CODE
    if not ref.startswith("refs/heads/"):
        return "You can only push to branches and tags."
    branch = ref.removeprefix("refs/heads/")
    if engine.guard is not None:
        return engine.guard.push_refusal(user, project, branch, new=new, forced=forced, deleted=deleted)
    return _level_refusal(engine, project, user, branch, forced=forced, deleted=deleted)


def _level_refusal(
    engine: Engine, project: Project, user: User, branch: str, *, forced: bool, deleted: bool
) -> str | None:
    rules = rules_for(engine, project.id, branch)
    if deleted and (rules or branch == project.default_branch):
        return "You can not delete a protected or the default branch by a push."
    # An owner, too, passes only where the rule itself was changed to allow it.
    if forced and rules and not all(rule.allow_force_push for rule in rules):
        return "You are not allowed to force push code to a protected branch on this project."
    if not may_push(engine, user, project, branch):
        return (
            "You are not allowed to push code to protected branches on this project." if rules else _NO_CODE
        )
    return None


_NO_CODE = "You are not allowed to push code to this project."


def _may_tag(engine: Engine, project: Project, user: User, *, changing: bool) -> bool:
    return project_level(engine, user, project) >= (MAINTAINER if changing else DEVELOPER)


def pushed(engine: Engine, project: Project, user: User, updates: Sequence[Update]) -> None:
    """Record what moved, carry merge requests along and tell the webhooks."""
    with engine.store.transaction():
        for ref, old, new in updates:
            commits = _new_commits(engine, project, ref, old, new)
            _record(engine, project, user, (ref, old, new), commits)
            engine.announce(project.id, Pushed(user, project, ref, old, new, commits))
            if ref.startswith("refs/heads/") and new != ZERO:
                branch = ref.removeprefix("refs/heads/")
                _move_requests(engine, project, user, branch, new)
                _notice_merged(engine, project, user, branch, old, new)
        touch(engine, project.id)


def _new_commits(engine: Engine, project: Project, ref: str, old: str, new: str) -> list[CommitRecord]:
    """What the move brought, newest first: for a new branch, what the default branch has not."""
    if new == ZERO:
        return []
    default = f"refs/heads/{project.default_branch}"
    before = old if old != ZERO else None if ref == default else default
    return engine.repository(project.id).log(new, limit=100, exclude=before)


def _record(
    engine: Engine, project: Project, user: User, update: Update, commits: Sequence[CommitRecord]
) -> None:
    ref, old, new = update
    tag = ref.startswith("refs/tags/")
    engine.store.insert(
        "events",
        project_id=project.id,
        user_id=user.id,
        action="removed" if new == ZERO else "created" if old == ZERO else "pushed",
        ref_type="tag" if tag else "branch",
        ref=ref.removeprefix("refs/tags/" if tag else "refs/heads/"),
        commit_from=None if old == ZERO else old,
        commit_to=None if new == ZERO else new,
        commit_count=len(commits),
        commit_title=commits[0].message.split("\n", 1)[0] if commits else None,
        created_at=engine.now(),
    )


_FROM = "coalesce(source_project_id, project_id) = ? AND source_branch = ?"
_INTO = "project_id = ? AND target_branch = ?"


def _open_requests(engine: Engine, where: str, project_id: int, branch: str) -> list[MergeRequest]:
    return engine.store.all(
        MergeRequest,
        f"SELECT * FROM merge_requests WHERE {where} AND state = 'opened'",  # noqa: S608 - own names
        project_id,
        branch,
    )


def _move_requests(engine: Engine, project: Project, user: User, branch: str, new: str) -> None:
    """Let the open merge requests from this branch show its new head."""
    for request in _open_requests(engine, _FROM, project.id, branch):
        if request.head_sha == new:
            continue
        if request.source_project_id is not None:
            forks.bring_head(engine, project.id, request.project_id, request.iid, new)
        now = engine.now()
        engine.store.update("merge_requests", request.id, head_sha=new, head_at=now, updated_at=now)
        noteables.remark(engine, user, request, f"added commits up to {new[:8]}")
        fresh = noteables.reload(engine, request)
        noteables.announce(engine, user, fresh, "update", old_head=request.head_sha)


def _notice_merged(engine: Engine, project: Project, user: User, branch: str, old: str, new: str) -> None:
    """Mark open merge requests whose head came into the target by a push as merged, as GitLab does."""
    if old == ZERO:
        return
    for request in _open_requests(engine, _INTO, project.id, branch):
        arrived = engine.is_ancestor(project.id, request.head_sha, new)
        if not arrived or engine.is_ancestor(project.id, request.head_sha, old):
            continue
        now = engine.now()
        engine.store.update(
            "merge_requests",
            request.id,
            state="merged",
            base_sha=engine.merge_base(project.id, request.head_sha, old),
            start_sha=old,
            merge_user_id=user.id,
            merged_at=now,
            updated_at=now,
        )
        noteables.announce(engine, user, noteables.reload(engine, request), "merge")


def catch_up(engine: Engine) -> None:
    """After a start: let open merge requests show heads that moved just before the last stop."""
    rows = engine.store.all(MergeRequest, "SELECT * FROM merge_requests WHERE state = 'opened'")
    for project_id in {row.project_id for row in rows if row.source_project_id is None}:
        heads = dict(engine.repository(project_id).branches())
        for row in rows:
            head = heads.get(row.source_branch, row.head_sha)
            if (row.project_id, row.source_project_id) == (project_id, None) and head != row.head_sha:
                engine.store.update("merge_requests", row.id, head_sha=head, updated_at=engine.now())


def list_pushes(engine: Engine, project_id: int, *, sort: str = "desc") -> list[PushEvent]:
    """The push events of a project, newest first unless ``sort`` is ``asc``."""
    rows = engine.store.all(PushEvent, "SELECT * FROM events WHERE project_id = ? ORDER BY id", project_id)
    return rows if sort == "asc" else rows[::-1]
