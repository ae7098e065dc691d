"""What webhooks carry, in GitLab's shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automation.localforge.engine import Engine, stamp
from automation.localforge.events import (
    Commented,
    Event,
    IssueChanged,
    PipelineChanged,
    Pushed,
    RequestChanged,
)
from automation.localforge.forks import source_of
from automation.localforge.git import CommitRecord
from automation.localforge.labels import labels_on
from automation.localforge.projects import project_by_id
from automation.localforge.records import Issue, Label, MergeRequest, Note, Pipeline, Project, User


def render(engine: Engine, event: Event) -> tuple[str, dict[str, Any]] | None:
    """The kind of hook that an event concerns and its payload; None for what these hooks do not tell."""
    if isinstance(event, Pushed):
        moved = (event.ref, event.old, event.new)
        return "push", push(engine, event.user, event.project, *moved, event.commits)
    if isinstance(event, IssueChanged):
        return "issue", issue(engine, event.user, event.issue, event.action)
    if isinstance(event, RequestChanged):
        return "merge_request", merge_request(
            engine, event.user, event.request, event.action, oldrev=event.old_head
        )
    if isinstance(event, Commented):
        return "note", note(engine, event.user, event.note, event.thing, event.action)
    if isinstance(event, PipelineChanged):
        return "pipeline", pipeline(engine, event.user, event.project, event.pipeline)
    return None


def project_facts(engine: Engine, project: Project) -> dict[str, Any]:
    """The ``project`` part."""
    return {
        "id": project.id,
        "name": project.name,
        "description": project.description,
        "web_url": f"{engine.url}/{project.full_path}",
        "git_http_url": f"{engine.url}/{project.full_path}.git",
        "namespace": project.full_path.rpartition("/")[0],
        "visibility_level": {"private": 0, "internal": 10, "public": 20}[project.visibility],
        "path_with_namespace": project.full_path,
        "default_branch": project.default_branch,
    }


def user_facts(user: User) -> dict[str, Any]:
    """The ``user`` part: who did it."""
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "avatar_url": None,
        "email": "[REDACTED]",
    }


def label_facts(labels: Sequence[Label]) -> list[dict[str, Any]]:
    """The ``labels`` part."""
    return [
        {"id": one.id, "title": one.name, "color": one.color, "project_id": one.project_id} for one in labels
    ]


def _issue_facts(engine: Engine, project: Project, issue_: Issue) -> dict[str, Any]:
    return {
        "id": issue_.id,
        "iid": issue_.iid,
        "title": issue_.title,
        "description": issue_.description,
        "state": issue_.state,
        "author_id": issue_.author_id,
        "project_id": issue_.project_id,
        "milestone_id": issue_.milestone_id,
        "created_at": issue_.created_at,
        "updated_at": issue_.updated_at,
        "labels": label_facts(labels_on(engine, "issue", issue_.id)),
        "url": f"{engine.url}/{project.full_path}/-/work_items/{issue_.iid}",
    }


def issue(engine: Engine, user: User, issue_: Issue, action: str) -> dict[str, Any]:
    """An issue was opened, updated, closed or reopened."""
    project = project_by_id(engine, issue_.project_id)
    facts = _issue_facts(engine, project, issue_)
    return {
        "object_kind": "issue",
        "event_type": "issue",
        "user": user_facts(user),
        "project": project_facts(engine, project),
        "object_attributes": {**facts, "action": action},
        "labels": facts["labels"],
        "changes": {},
    }


def _merge_request_facts(engine: Engine, project: Project, request: MergeRequest) -> dict[str, Any]:
    return {
        "id": request.id,
        "iid": request.iid,
        "title": request.title,
        "description": request.description,
        "state": request.state,
        "author_id": request.author_id,
        "source_branch": request.source_branch,
        "target_branch": request.target_branch,
        "source_project_id": source_of(request),
        "target_project_id": request.project_id,
        "merge_commit_sha": request.merge_commit_sha,
        "last_commit": {"id": request.head_sha},
        "created_at": request.created_at,
        "updated_at": request.updated_at,
        "labels": label_facts(labels_on(engine, "merge_request", request.id)),
        "url": f"{engine.url}/{project.full_path}/-/merge_requests/{request.iid}",
    }


def merge_request(
    engine: Engine, user: User, request: MergeRequest, action: str, *, oldrev: str | None = None
) -> dict[str, Any]:
    """A merge request was opened, updated (``oldrev``: by a push), approved, merged or closed."""
    project = project_by_id(engine, request.project_id)
    facts = {**_merge_request_facts(engine, project, request), "action": action}
    if oldrev:
        facts["oldrev"] = oldrev
    return {
        "object_kind": "merge_request",
        "event_type": "merge_request",
        "user": user_facts(user),
        "project": project_facts(engine, project),
        "object_attributes": facts,
        "labels": facts["labels"],
        "changes": {},
    }


def note(engine: Engine, user: User, note_: Note, thing: Issue | MergeRequest, action: str) -> dict[str, Any]:
    """A comment was written or edited."""
    project = project_by_id(engine, note_.project_id)
    attributes = {
        "id": note_.id,
        "note": note_.body,
        "noteable_type": "Issue" if isinstance(thing, Issue) else "MergeRequest",
        "noteable_id": thing.id,
        "author_id": note_.author_id,
        "project_id": note_.project_id,
        "system": note_.system,
        "created_at": note_.created_at,
        "updated_at": note_.updated_at,
        "action": action,
    }
    about = (
        {"issue": _issue_facts(engine, project, thing)}
        if isinstance(thing, Issue)
        else {"merge_request": _merge_request_facts(engine, project, thing)}
    )
    return {
        "object_kind": "note",
        "event_type": "note",
        "user": user_facts(user),
        "project_id": project.id,
        "project": project_facts(engine, project),
        "object_attributes": attributes,
        **about,
    }


def _commit_facts(engine: Engine, project: Project, commit: CommitRecord) -> dict[str, Any]:
    return {
        "id": commit.sha,
        "message": commit.message,
        "title": commit.message.split("\n", 1)[0],
        "timestamp": stamp(commit.committed_at),
        "url": f"{engine.url}/{project.full_path}/-/commit/{commit.sha}",
        "author": {"name": commit.author_name, "email": commit.author_email},
    }


def push(
    engine: Engine,
    user: User,
    project: Project,
    ref: str,
    old: str,
    new: str,
    commits: Sequence[CommitRecord],
) -> dict[str, Any]:
    """A branch or tag moved; ``commits`` are the new ones, newest first, at most 20 are listed."""
    return {
        "object_kind": "tag_push" if ref.startswith("refs/tags/") else "push",
        "event_name": "tag_push" if ref.startswith("refs/tags/") else "push",
        "before": old,
        "after": new,
        "ref": ref,
        "checkout_sha": None if set(new) == {"0"} else new,
        "user_id": user.id,
        "user_name": user.name,
        "user_username": user.username,
        "project_id": project.id,
        "project": project_facts(engine, project),
        "commits": [_commit_facts(engine, project, commit) for commit in commits[:20]],
        "total_commits_count": len(commits),
    }


def _request_of(engine: Engine, project: Project, pipeline_: Pipeline) -> dict[str, Any]:
    """The open merge request whose head the pipeline is of, left out when there is none."""
    found = engine.store.one(
        MergeRequest,
        "SELECT * FROM merge_requests WHERE project_id = ? AND head_sha = ? AND state = 'opened' ORDER BY id",
        project.id,
        pipeline_.sha,
    )
    if found is None:
        return {}
    facts = _merge_request_facts(engine, project, found)
    names = ("id", "iid", "title", "source_branch", "source_project_id", "target_branch", "target_project_id")
    return {"merge_request": {name: facts[name] for name in (*names, "state", "url")}}


def pipeline(engine: Engine, user: User, project: Project, pipeline_: Pipeline) -> dict[str, Any]:
    """A pipeline changed its status (docs.gitlab.com/user/project/integrations/webhook_events/)."""
    commit = engine.repository(project.id).commit(pipeline_.sha)
    return {
        "object_kind": "pipeline",
        "object_attributes": {
            "id": pipeline_.id,
            "iid": pipeline_.iid,
            "ref": pipeline_.ref,
            "tag": False,
            "sha": pipeline_.sha,
            "source": pipeline_.source,
            "status": pipeline_.status,
            "detailed_status": pipeline_.status,
            "stages": ["external"],
            "created_at": pipeline_.created_at,
            "url": f"{engine.url}/{project.full_path}/-/pipelines/{pipeline_.id}",
        },
        **_request_of(engine, project, pipeline_),
        "user": {**user_facts(user), "avatar_url": f"{engine.url}/{user.username}.png"},
        "project": project_facts(engine, project),
        "commit": _commit_facts(engine, project, commit) if commit else None,
        "builds": [],
    }
