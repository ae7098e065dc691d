"""What webhooks carry, in GitHub's shapes (fields as in @octokit/webhooks-examples)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automation.localforge.engine import Engine
from automation.localforge.events import (
    CheckRunChanged,
    Commented,
    Event,
    IssueChanged,
    Pushed,
    RequestChanged,
    ReviewSubmitted,
    StatusPosted,
)
from automation.localforge.git import ZERO, CommitRecord
from automation.localforge.githubdialect import render as rendering
from automation.localforge.githubdialect import rendergit, renderpulls, renderwork
from automation.localforge.noteables import notes_on
from automation.localforge.projects import project_by_id
from automation.localforge.records import MergeRequest, Namespace, Project, User
from automation.localforge.users import get_user

__all__ = ["envelope", "ping", "render"]

Payload = dict[str, Any]

# The engine's words for what GitHub calls otherwise; a dialect's own finer words stay.
_ACTIONS = {
    "open": "opened",
    "update": "edited",
    "close": "closed",
    "reopen": "reopened",
    "merge": "closed",
    "create": "created",
    "delete": "deleted",
}
_SILENT = {"approved", "unapproved"}
_ZEN = "Design for failure."


def render(engine: Engine, event: Event) -> Sequence[tuple[str, Payload]]:
    """The webhook events that something makes: name and payload each."""
    if isinstance(event, Pushed):
        return [("push", _push(engine, event))]
    if isinstance(event, IssueChanged):
        return [("issues", _issue(engine, event))]
    if isinstance(event, RequestChanged):
        # An approval is a review here, told as such.
        return [] if event.action in _SILENT else [("pull_request", _pull_request(engine, event))]
    if isinstance(event, Commented):
        return [("issue_comment", _comment(engine, event))]
    if isinstance(event, ReviewSubmitted):
        return [("pull_request_review", _review(engine, event))]
    if isinstance(event, StatusPosted):
        return [("status", _status(engine, event))]
    if isinstance(event, CheckRunChanged):
        return [("check_run", _check_run(engine, event))]
    return []


def envelope(engine: Engine, project: Project, sender: User) -> Payload:
    """What every payload ends with: the repository, its organisation and who did it."""
    shown: Payload = {"repository": rendering.repository(engine, None, project)}
    shown["repository"].pop("permissions", None)
    place = engine.store.one(Namespace, "SELECT * FROM namespaces WHERE id = ?", project.namespace_id)
    if place is not None and place.kind == "group":
        shown["organization"] = rendering.organisation(engine, place)
    return {**shown, "sender": rendering.user(engine, sender)}


def ping(engine: Engine, project: Project, sender: User, hook: Mapping[str, Any]) -> Payload:
    """What a new hook is greeted with; ``hook`` is its JSON."""
    return {"zen": _ZEN, "hook_id": hook["id"], "hook": dict(hook), **envelope(engine, project, sender)}


def _push(engine: Engine, event: Pushed) -> Payload:
    project, old, new = event.project, event.old, event.new
    forced = ZERO not in {old, new} and not engine.is_ancestor(project.id, old, new)
    page = rendergit.page(engine, project)
    # Oldest first; of more than 2,048 commits GitHub lists none. The engine hands over at most 100.
    commits = [_commit(engine, project, one) for one in reversed(event.commits)]
    head = engine.repository(project.id).commit(new) if new != ZERO else None
    told = envelope(engine, project, event.user)
    told["repository"]["master_branch"] = project.default_branch
    return {
        "ref": event.ref,
        "before": old,
        "after": new,
        **told,
        "pusher": {"name": event.user.username, "email": event.user.email},
        "created": old == ZERO,
        "deleted": new == ZERO,
        "forced": forced,
        "base_ref": None,
        "compare": f"{page}/compare/{old[:12]}...{new[:12]}",
        "commits": commits,
        "head_commit": _commit(engine, project, head) if head else None,
    }


def _commit(engine: Engine, project: Project, one: CommitRecord) -> Payload:
    repository = engine.repository(project.id)
    parent = one.parents[0] if one.parents else None
    changed = repository.diff(parent, one.sha) if parent else []
    added = [entry.path for entry in repository.tree(one.sha, recursive=True) if entry.type == "blob"]
    return {
        "id": one.sha,
        "tree_id": one.tree,
        "distinct": True,
        "message": one.message.rstrip("\n"),
        "timestamp": one.committed_at.isoformat(),
        "url": f"{rendergit.page(engine, project)}/commit/{one.sha}",
        "author": {"name": one.author_name, "email": one.author_email},
        "committer": {"name": one.committer_name, "email": one.committer_email},
        # A renamed file is one removed and one added.
        "added": [row.new_path for row in changed if row.new_file or row.renamed] if parent else added,
        "removed": [row.old_path for row in changed if row.deleted or row.renamed],
        "modified": [row.new_path for row in changed if not (row.new_file or row.deleted or row.renamed)],
    }


def _issue(engine: Engine, event: IssueChanged) -> Payload:
    project = project_by_id(engine, event.issue.project_id)
    action = _ACTIONS.get(event.action, event.action)
    return {
        "action": action,
        "issue": renderwork.issue(engine, project, event.issue),
        **({"changes": {}} if action == "edited" else {}),
        **(event.details or {}),
        **envelope(engine, project, event.user),
    }


def _pull(engine: Engine, project: Project, request: MergeRequest) -> Payload:
    """A pull request as nobody in particular sees it: its repositories without anyone's permissions."""
    shown = renderpulls.pull(engine, project, request, None)
    for side in ("head", "base"):
        if shown[side].get("repo"):
            shown[side]["repo"].pop("permissions", None)
    files = renderpulls.changes(engine, project, request)
    merger = get_user(engine, request.merge_user_id) if request.merge_user_id else None
    lines = [line[:1] for one in files for line in one.patch.splitlines()]
    return {
        **shown,
        "merged": request.state == "merged",
        # Not known yet when the payload is made; who needs it asks for the pull request.
        "mergeable": None,
        "rebaseable": None,
        "mergeable_state": "unknown",
        "merged_by": rendering.user(engine, merger) if merger else None,
        "comments": sum(not note.system for note in notes_on(engine, request)),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(renderpulls.commits(engine, project, request)),
        "additions": lines.count("+"),
        "deletions": lines.count("-"),
        "changed_files": len(files),
    }


def _pull_request(engine: Engine, event: RequestChanged) -> Payload:
    project = project_by_id(engine, event.request.project_id)
    action = "synchronize" if event.old_head else _ACTIONS.get(event.action, event.action)
    moved = {"before": event.old_head, "after": event.request.head_sha} if event.old_head else {}
    return {
        "action": action,
        "number": event.request.iid,
        "pull_request": _pull(engine, project, event.request),
        **({"changes": {}} if action == "edited" else {}),
        **moved,
        **(event.details or {}),
        **envelope(engine, project, event.user),
    }


def _comment(engine: Engine, event: Commented) -> Payload:
    """A comment on a pull request comes as one on the issue that it is as well."""
    project = project_by_id(engine, event.note.project_id)
    action = "edited" if event.action == "update" else _ACTIONS.get(event.action, event.action)
    return {
        "action": action,
        "issue": renderwork.issue(engine, project, event.thing),
        "comment": renderwork.comment(engine, project, event.thing, event.note),
        **({"changes": {}} if action == "edited" else {}),
        **envelope(engine, project, event.user),
    }


def _review(engine: Engine, event: ReviewSubmitted) -> Payload:
    project = project_by_id(engine, event.request.project_id)
    return {
        "action": event.action,
        "review": dict(event.review),
        "pull_request": _pull(engine, project, event.request),
        **envelope(engine, project, event.user),
    }


def _status(engine: Engine, event: StatusPosted) -> Payload:
    project = event.project
    repository = engine.repository(project.id)
    found = repository.commit(event.sha)
    root = rendergit.api(engine, project)
    branches = [
        {
            "name": name,
            "commit": {"sha": sha, "url": f"{root}/commits/{sha}"},
            "protected": False,
        }
        for name, sha in repository.branches()
        if sha == event.sha
    ]
    return {
        "id": event.id,
        "sha": event.sha,
        "name": project.full_path,
        "target_url": event.target_url,
        "avatar_url": rendering.user(engine, event.user)["avatar_url"],
        "context": event.context,
        "description": event.description,
        "state": event.state,
        "commit": rendergit.commit(engine, project, found) if found else None,
        "branches": branches[:10],
        "created_at": rendergit.short(event.created_at),
        "updated_at": rendergit.short(event.updated_at),
        **envelope(engine, project, event.user),
    }


def _check_run(engine: Engine, event: CheckRunChanged) -> Payload:
    return {
        "action": event.action,
        "check_run": dict(event.check_run),
        **envelope(engine, event.project, event.user),
    }
