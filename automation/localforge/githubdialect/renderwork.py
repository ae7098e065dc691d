"""Issues, comments, labels, milestones, pull requests and reviews as GitHub's JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from automation.localforge import githubpulls, labels, merging, noteables
from automation.localforge.engine import Engine
from automation.localforge.git import DiffEntry
from automation.localforge.githubdialect import render
from automation.localforge.githubdialect.rendergit import api, moment, node_id, page, short
from automation.localforge.githubprotection import Move
from automation.localforge.githubpulls import Review
from automation.localforge.githubreports import guard_of
from automation.localforge.permissions import GUEST, OWNER, project_level
from automation.localforge.projects import project_by_id
from automation.localforge.records import Issue, Label, MergeRequest, Milestone, Note, Project, User
from automation.localforge.users import get_user

__all__ = [
    "association",
    "comment",
    "due_on",
    "file",
    "issue",
    "label",
    "milestone",
    "pacific_day",
    "pull",
    "review",
]

Noteable = Issue | MergeRequest


def association(engine: Engine, user: User, project: Project) -> str:
    """How an account stands to a repository."""
    level = project_level(engine, user, project)
    return "OWNER" if level >= OWNER else "MEMBER" if level >= GUEST else "NONE"


def label(engine: Engine, project: Project, one: Label) -> dict[str, Any]:
    """A label; its colour without ``#``."""
    return {
        "id": one.id,
        "node_id": node_id("Label", one.id),
        "url": f"{api(engine, project)}/labels/{quote(one.name)}",
        "name": one.name,
        "description": one.description or None,
        "color": one.color.removeprefix("#").lower(),
        "default": False,
    }


# -- milestones: GitHub keeps a due date as midnight Pacific time ------------------------------------


def _is_summer(day: date) -> bool:
    """Whether daylight saving time holds in the Pacific time zone at midnight of that day.

    From the second Sunday of March to the first Sunday of November, at 02:00; the days of change themselves
    begin with the time of the day before.
    """
    march, november = date(day.year, 3, 8), date(day.year, 11, 1)
    begins = march + timedelta(days=(6 - march.weekday()) % 7)
    ends = november + timedelta(days=(6 - november.weekday()) % 7)
    return begins < day <= ends


def pacific_day(told: datetime) -> date:
    """The day in the Pacific time zone that a moment falls on, which is all that is kept of it."""
    shifted = told - timedelta(hours=8)
    later = told - timedelta(hours=7)
    return later.date() if _is_summer(later.date()) else shifted.date()


def due_on(due: str | None) -> str | None:
    """A due date as it is told: 07:00 UTC in summer, 08:00 UTC in winter."""
    if due is None:
        return None
    return f"{due}T0{7 if _is_summer(date.fromisoformat(due)) else 8}:00:00Z"


def milestone(engine: Engine, project: Project, one: Milestone) -> dict[str, Any]:
    """A milestone."""
    root = f"{api(engine, project)}/milestones/{one.iid}"
    creator = engine.store.value("SELECT creator_id FROM projects WHERE id = ?", project.id)
    counts = [_count(engine, one, state) for state in ("opened", "closed")]
    return {
        "url": root,
        "html_url": f"{page(engine, project)}/milestone/{one.iid}",
        "labels_url": f"{root}/labels",
        "id": one.id,
        "node_id": node_id("Milestone", one.id),
        "number": one.iid,
        "state": "open" if one.state == "active" else "closed",
        "title": one.title,
        "description": one.description or None,
        "creator": render.user(engine, get_user(engine, creator)),
        "open_issues": counts[0],
        "closed_issues": counts[1],
        "created_at": short(one.created_at),
        "updated_at": short(one.updated_at),
        "closed_at": None if one.state == "active" else short(one.updated_at),
        "due_on": due_on(one.due_date),
    }


def _count(engine: Engine, one: Milestone, state: str) -> int:
    return int(
        engine.store.value(
            "SELECT (SELECT count(*) FROM issues WHERE milestone_id = ? AND state = ?)", one.id, state
        )
    )


# -- what issues and pull requests share -------------------------------------------------------------


def _shared(engine: Engine, project: Project, thing: Noteable) -> dict[str, Any]:
    """The keys that both have in the shape of an issue, with the same meaning."""
    root = f"{api(engine, project)}/issues/{thing.iid}"
    author = get_user(engine, thing.author_id)
    on = labels.labels_on(engine, noteables.target_of(thing), thing.id)
    stone = labels.milestone_by_id(engine, thing.milestone_id)
    assigned = [render.user(engine, one) for one in noteables.assignees(engine, thing)]
    return {
        "number": thing.iid,
        "state": "open" if thing.state == "opened" else "closed",
        "locked": False,
        "active_lock_reason": None,
        "title": thing.title,
        "body": thing.description or None,
        "user": render.user(engine, author),
        "labels": [label(engine, project, one) for one in on],
        "milestone": milestone(engine, project, stone) if stone else None,
        "assignee": assigned[0] if assigned else None,
        "assignees": assigned,
        "created_at": short(thing.created_at),
        "updated_at": short(thing.updated_at),
        "closed_at": _closed_at(thing),
        "author_association": association(engine, author, project),
        "comments": _comments(engine, thing),
        "comments_url": f"{root}/comments",
    }


def _closed_at(thing: Noteable) -> str | None:
    told = thing.closed_at or (thing.merged_at if isinstance(thing, MergeRequest) else None)
    return short(told) if told else None


def _comments(engine: Engine, thing: Noteable) -> int:
    return sum(not note.system for note in noteables.notes_on(engine, thing))


def issue(engine: Engine, project: Project, thing: Noteable) -> dict[str, Any]:
    """An issue, or a pull request in an issue's shape: then with the key ``pull_request``."""
    root = f"{api(engine, project)}/issues/{thing.iid}"
    is_pull = isinstance(thing, MergeRequest)
    kind, place = ("PullRequest", "pull") if is_pull else ("Issue", "issues")
    closer = get_user(engine, thing.closed_by_id) if thing.closed_by_id else None
    shown = {
        "url": root,
        "repository_url": api(engine, project),
        "labels_url": root + "/labels{/name}",
        "events_url": f"{root}/events",
        "html_url": f"{page(engine, project)}/{place}/{thing.iid}",
        "id": _issue_id(thing),
        "node_id": node_id(kind, thing.id),
        **_shared(engine, project, thing),
        "closed_by": render.user(engine, closer) if closer else None,
        "timeline_url": f"{root}/timeline",
        "performed_via_github_app": None,
        "state_reason": _reason(engine, thing),
        "reactions": _reactions(root),
    }
    return shown | _pull_part(engine, project, thing) if isinstance(thing, MergeRequest) else shown


def _issue_id(thing: Noteable) -> int:
    """Ids of issues and of pull requests in an issue's shape are of one kind, and differ."""
    return 2 * thing.id + isinstance(thing, MergeRequest)


def _reason(engine: Engine, thing: Noteable) -> str | None:
    if isinstance(thing, MergeRequest):
        return None
    kept = engine.store.value("SELECT reason FROM github_issues WHERE issue_id = ?", thing.id)
    if thing.state == "opened":
        return "reopened" if kept == "reopened" else None
    return str(kept) if kept not in (None, "reopened") else "completed"


def _pull_part(engine: Engine, project: Project, request: MergeRequest) -> dict[str, Any]:
    web = f"{page(engine, project)}/pull/{request.iid}"
    return {
        "draft": githubpulls.facts_of(engine, request).draft,
        "pull_request": {
            "url": f"{api(engine, project)}/pulls/{request.iid}",
            "html_url": web,
            "diff_url": f"{web}.diff",
            "patch_url": f"{web}.patch",
            "merged_at": short(request.merged_at) if request.merged_at else None,
        },
    }


def _reactions(root: str) -> dict[str, Any]:
    kinds = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
    return {"url": f"{root}/reactions", "total_count": 0, **dict.fromkeys(kinds, 0)}


def comment(engine: Engine, project: Project, thing: Noteable, note: Note) -> dict[str, Any]:
    """A comment. An edited one shows a later time than its creation even within the same second.

    GitHub tells whole seconds, and people take longer than one to edit; programs in tests do not.
    """
    place = "pull" if isinstance(thing, MergeRequest) else "issues"
    author = get_user(engine, note.author_id)
    created, updated = short(note.created_at), short(note.updated_at)
    if note.last_edited_at and updated <= created:
        updated = moment(datetime.fromisoformat(created) + timedelta(seconds=1))
    root = f"{api(engine, project)}/issues/comments/{note.id}"
    return {
        "url": root,
        "html_url": f"{page(engine, project)}/{place}/{thing.iid}#issuecomment-{note.id}",
        "issue_url": f"{api(engine, project)}/issues/{thing.iid}",
        "id": note.id,
        "node_id": node_id("IssueComment", note.id),
        "user": render.user(engine, author),
        "created_at": created,
        "updated_at": updated,
        "author_association": association(engine, author, project),
        "body": note.body,
        "reactions": _reactions(root),
        "performed_via_github_app": None,
    }


# -- pull requests -----------------------------------------------------------------------------------


def pull(
    engine: Engine, project: Project, request: MergeRequest, viewer: User | None, *, full: bool = False
) -> dict[str, Any]:
    """A pull request; ``full`` adds what only one alone tells, and counts as asking for mergeability."""
    root, web = f"{api(engine, project)}/pulls/{request.iid}", f"{page(engine, project)}/pull/{request.iid}"
    about = f"{api(engine, project)}/issues/{request.iid}"
    shared = _shared(engine, project, request)
    count = shared.pop("comments")
    links = {
        "self": root,
        "html": web,
        "issue": about,
        "comments": f"{about}/comments",
        "review_comments": f"{root}/comments",
        "review_comment": f"{api(engine, project)}/pulls/comments{{/number}}",
        "commits": f"{root}/commits",
        "statuses": f"{api(engine, project)}/statuses/{request.head_sha}",
    }
    shown = {
        "url": root,
        "id": request.id,
        "node_id": node_id("PullRequest", request.id),
        "html_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "issue_url": about,
        **{f"{name}_url": links[name] for name in _LINKED},
        **shared,
        "merged_at": short(request.merged_at) if request.merged_at else None,
        "merge_commit_sha": request.merge_commit_sha,
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _head(engine, project, viewer, request),
        "base": _end(engine, project, viewer, request.target_branch, _base_sha(engine, request)),
        "_links": {name: {"href": place} for name, place in links.items()},
        "auto_merge": None,
        "draft": githubpulls.facts_of(engine, request).draft,
    }
    return shown | _alone(engine, project, request, viewer, count) if full else shown


_LINKED = ("commits", "review_comments", "review_comment", "statuses")


def _base_sha(engine: Engine, request: MergeRequest) -> str:
    return merging.target_head(engine, request) or "0" * 40


def _head(engine: Engine, project: Project, viewer: User | None, request: MergeRequest) -> dict[str, Any]:
    """Where it comes from; a fork that was deleted leaves no repository and no account."""
    branch, sha = request.source_branch, request.head_sha
    fork = request.source_project_id
    if fork is None or fork == project.id:
        return _end(engine, project, viewer, branch, sha)
    found = engine.store.one(Project, "SELECT * FROM projects WHERE id = ?", fork)
    if found is None:
        return {"label": branch, "ref": branch, "sha": sha, "user": None, "repo": None}
    return _end(engine, found, viewer, branch, sha)


def _end(engine: Engine, project: Project, viewer: User | None, branch: str, sha: str) -> dict[str, Any]:
    owner = render.owner(engine, project)
    return {
        "label": f"{owner['login']}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": owner,
        "repo": render.repository(engine, viewer, project),
    }


def _alone(
    engine: Engine, project: Project, request: MergeRequest, viewer: User | None, comments: int
) -> dict[str, Any]:
    able = githubpulls.mergeable(engine, request) if request.state == "opened" else None
    merger = get_user(engine, request.merge_user_id) if request.merge_user_id else None
    files = changes(engine, project, request)
    return {
        "merged": request.state == "merged",
        "mergeable": able,
        "rebaseable": able,
        "mergeable_state": _state(engine, project, request, viewer, able),
        "merged_by": render.user(engine, merger) if merger else None,
        "comments": comments,
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(commits(engine, project, request)),
        "additions": sum(_lines(one, "+") for one in files),
        "deletions": sum(_lines(one, "-") for one in files),
        "changed_files": len(files),
    }


def _state(
    engine: Engine, project: Project, request: MergeRequest, viewer: User | None, able: bool | None
) -> str:
    """``mergeable_state``: draft, dirty, blocked, unstable, clean, or unknown while nothing is known."""
    if request.state != "opened" or able is None:
        return "unknown"
    if not able:
        return "dirty"
    if githubpulls.facts_of(engine, request).draft:
        return "draft"
    move = Move(
        request.target_branch,
        new=request.head_sha,
        merging=True,
        approvals=githubpulls.approvals(engine, request),
    )
    if viewer is not None and guard_of(engine).violation(viewer, project, move) is not None:
        return "blocked"
    return "unstable" if githubpulls.unstable(engine, request) else "clean"


def _fork_point(engine: Engine, request: MergeRequest) -> str | None:
    return merging.base_of(engine, request, merging.target_head(engine, request))


def changes(engine: Engine, project: Project, request: MergeRequest) -> Sequence[DiffEntry]:
    """The changed files since the branches parted."""
    base = _fork_point(engine, request)
    return engine.repository(project.id).diff(base, request.head_sha) if base else []


def commits(engine: Engine, project: Project, request: MergeRequest) -> Sequence[Any]:
    """The commits of the head that the base has not, oldest first; GitHub lists 250 at most."""
    base = _fork_point(engine, request)
    return engine.repository(project.id).log(request.head_sha, limit=250, exclude=base)[::-1]


def _lines(entry: DiffEntry, sign: str) -> int:
    return len(re.findall(rf"^\{sign}", entry.patch, re.MULTILINE))


def file(engine: Engine, project: Project, request: MergeRequest, entry: DiffEntry) -> dict[str, Any]:
    """A changed file of a pull request."""
    plus, minus = _lines(entry, "+"), _lines(entry, "-")
    status = (
        "added"
        if entry.new_file
        else "removed"
        if entry.deleted
        else "renamed"
        if entry.renamed
        else "modified"
    )
    where = f"{page(engine, project)}/{{}}/{request.head_sha}/{quote(entry.new_path)}"
    shown = {
        "sha": None,
        "filename": entry.new_path,
        "status": status,
        "additions": plus,
        "deletions": minus,
        "changes": plus + minus,
        "blob_url": where.format("blob"),
        "raw_url": where.format("raw"),
        "contents_url": f"{api(engine, project)}/contents/{quote(entry.new_path)}?ref={request.head_sha}",
        "patch": entry.patch,
    }
    return {**shown, "previous_filename": entry.old_path} if entry.renamed else shown


def review(engine: Engine, request: MergeRequest, one: Review) -> dict[str, Any]:
    """A review; a pending one has not been submitted."""
    project = project_by_id(engine, request.project_id)
    author = get_user(engine, one.user_id)
    web = f"{page(engine, project)}/pull/{request.iid}#pullrequestreview-{one.id}"
    root = f"{api(engine, project)}/pulls/{request.iid}"
    shown = {
        "id": one.id,
        "node_id": node_id("PullRequestReview", one.id),
        "user": render.user(engine, author),
        "body": one.body,
        "state": one.state,
        "html_url": web,
        "pull_request_url": root,
        "author_association": association(engine, author, project),
        "_links": {"html": {"href": web}, "pull_request": {"href": root}},
        "commit_id": one.sha,
    }
    return {**shown, "submitted_at": short(one.submitted_at)} if one.submitted_at else shown
