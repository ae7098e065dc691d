"""Routes: commit statuses."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from automation.localforge.events import StatusPosted
from automation.localforge.githubdialect import render
from automation.localforge.githubdialect.call import PUSH, Call, Route, Rows, invalid, refused
from automation.localforge.githubdialect.rendergit import api, node_id, short
from automation.localforge.githubreports import CommitStatus, statuses
from automation.localforge.records import Project
from automation.localforge.users import get_user

MOST = 1000
_STATES = ("error", "failure", "pending", "success")
_LONGEST_DESCRIPTION = 140
_LONGEST_CONTEXT = 255


def shown(call: Call, project: Project, row: CommitStatus) -> dict[str, Any]:
    """A commit status."""
    creator = get_user(call.engine, row.user_id)
    return {
        "url": f"{api(call.engine, project)}/statuses/{row.sha}",
        "avatar_url": f"{call.engine.url}/avatars/u/{row.user_id}",
        "id": row.id,
        "node_id": node_id("StatusContext", row.id),
        "state": row.state,
        "description": row.description,
        "target_url": row.target_url,
        "context": row.context,
        "created_at": short(row.created_at),
        "updated_at": short(row.created_at),
        "creator": render.user(call.engine, creator),
    }


def commit_of(call: Call, project: Project, ref: str) -> str:
    """The full commit id of a commit, branch or tag; 422 when there is none."""
    found = call.engine.repository(project.id).resolve(ref)
    if found is None:
        raise refused(422, f"No commit found for SHA: {ref[:80]}")
    return found


def _post(call: Call) -> Any:
    project, user = call.project(PUSH), call.actor
    sha = commit_of(call, project, call.path["sha"])
    context = call.text("context") or "default"
    facts = _checked(call, context)
    _refuse_too_many(call, project, sha, context)
    now = call.engine.now()
    status_id = call.engine.store.insert(
        "github_statuses",
        project_id=project.id,
        sha=sha,
        context=context,
        user_id=user.id,
        created_at=now,
        **facts,
    )
    event = StatusPosted(user, project, status_id, sha, context, **facts, created_at=now, updated_at=now)
    call.engine.announce(project.id, event)
    return shown(call, project, statuses(call.engine, project.id, sha)[0])


def _checked(call: Call, context: str) -> dict[str, Any]:
    """State, description and address of the body; 422 for what GitHub does not take."""
    state, text, target = call.needed("state"), call.text("description"), call.text("target_url")
    if state not in _STATES:
        raise invalid("Status", "state", "custom", "state is not included in the list")
    if len(context) > _LONGEST_CONTEXT:
        raise invalid("Status", "context", "custom", "context is too long (maximum is 255 characters)")
    if text is not None and len(text) > _LONGEST_DESCRIPTION:
        message = "description is too long (maximum is 140 characters)"
        raise invalid("Status", "description", "custom", message)
    if target and urlsplit(target).scheme not in {"http", "https"}:
        raise invalid("Status", "target_url", "custom", "target_url must use http(s) scheme")
    return {"state": state, "description": text, "target_url": target or None}


def _refuse_too_many(call: Call, project: Project, sha: str, context: str) -> None:
    sql = "SELECT count(*) FROM github_statuses WHERE project_id = ? AND sha = ? AND context = ?"
    if int(call.engine.store.value(sql, project.id, sha, context)) >= MOST:
        message = "This SHA and context has reached the maximum number of statuses."
        error = {"resource": "Status", "code": "custom", "message": message}
        raise refused(422, "Validation Failed", [error])


def _list(call: Call) -> Any:
    project = call.project()
    rows = statuses(call.engine, project.id, commit_of(call, project, call.path["ref"]))
    return Rows(rows, lambda row: shown(call, project, row))


def _combined(call: Call) -> Any:
    """The newest status of each context, and their sum."""
    project = call.project()
    sha = commit_of(call, project, call.path["ref"])
    newest: dict[str, CommitStatus] = {}
    for row in statuses(call.engine, project.id, sha):
        newest.setdefault(row.context, row)
    states = {row.state for row in newest.values()}
    bad = states & {"error", "failure"}
    root = api(call.engine, project)
    return {
        "state": "failure" if bad else "success" if states == {"success"} else "pending",
        "statuses": [_simple(shown(call, project, row)) for row in newest.values()],
        "sha": sha,
        "total_count": len(newest),
        "repository": render.repository(call.engine, call.user, project),
        "commit_url": f"{root}/commits/{sha}",
        "url": f"{root}/commits/{sha}/status",
    }


def _simple(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "creator"}


_R = "/repos/{owner}/{repo}"
ROUTES: tuple[Route, ...] = (
    Route("POST", f"{_R}/statuses/{{sha}}", _post, ("statuses", "write")),
    Route("GET", f"{_R}/commits/{{ref}}/statuses", _list, ("statuses", "read")),
    Route("GET", f"{_R}/commits/{{ref}}/status", _combined, ("statuses", "read")),
)
