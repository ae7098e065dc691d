"""Pull requests, their files and reviews as GitHub's JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from automation.localforge import githubpulls, merging
from automation.localforge.engine import Engine
from automation.localforge.git import CommitRecord, DiffEntry
from automation.localforge.githubdialect import render
from automation.localforge.githubdialect.rendergit import api, node_id, page, short
from automation.localforge.githubdialect.renderwork import association, shared
from automation.localforge.githubprotection import Move
from automation.localforge.githubpulls import Review
from automation.localforge.githubreports import guard_of
from automation.localforge.projects import project_by_id
from automation.localforge.records import MergeRequest, Project, User
from automation.localforge.users import get_user

__all__ = ["changes", "commits", "file", "pull", "review"]


def pull(
    engine: Engine, project: Project, request: MergeRequest, viewer: User | None, *, full: bool = False
) -> dict[str, Any]:
    """A pull request; ``full`` adds what only one alone tells, and counts as asking for mergeability."""
    root, web = f"{api(engine, project)}/pulls/{request.iid}", f"{page(engine, project)}/pull/{request.iid}"
    about = f"{api(engine, project)}/issues/{request.iid}"
    both = shared(engine, project, request)
    count = both.pop("comments")
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
        **both,
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


def commits(engine: Engine, project: Project, request: MergeRequest) -> Sequence[CommitRecord]:
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
