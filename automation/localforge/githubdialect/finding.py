"""What the routes of issues and comments look up: the thing of a number, and parts of the body."""

from __future__ import annotations

import json
from datetime import datetime

from automation.localforge.engine import stamp
from automation.localforge.githubdialect.call import PULL, Call, invalid, not_found, refused
from automation.localforge.records import Issue, MergeRequest, Project

LONGEST_BODY = 65_536
Noteable = Issue | MergeRequest


def has_issues(project: Project) -> bool:
    """Whether the repository has its issues switched on."""
    return bool(json.loads(project.settings).get("has_issues", True))


def thing_of(call: Call, project: Project) -> Noteable:
    """The issue or pull request of a number.

    Raises:
        Refusal: 410 for a deleted issue or while issues are switched off; 404 for a number never given.
    """
    number, store = call.number("number"), call.engine.store
    request = store.one(
        MergeRequest, "SELECT * FROM merge_requests WHERE project_id = ? AND iid = ?", project.id, number
    )
    if request is not None:
        return request
    if not has_issues(project):
        raise refused(410, "Issues are disabled for this repo")
    found = store.one(Issue, "SELECT * FROM issues WHERE project_id = ? AND iid = ?", project.id, number)
    if found is None:
        given = store.value("SELECT value FROM counters WHERE project_id = ? AND kind = 'issue'", project.id)
        raise refused(410, "This issue was deleted") if number <= int(given or 0) else not_found()
    return found


def target(call: Call, level: int = PULL) -> tuple[Project, Noteable]:
    """The repository and the issue or pull request that a path names."""
    project = call.project(level)
    return project, thing_of(call, project)


def moment_of(told: str) -> str:
    """A caller's time in the tables' form; 422 for none."""
    try:
        moment = datetime.fromisoformat(told.replace(" ", "+"))
    except ValueError:
        raise refused(422, "Validation Failed: since is invalid") from None
    return stamp(moment)


def body_of(call: Call, resource: str) -> str | None:
    """The text of a body; 422 for one above GitHub's 65,536 characters."""
    body = call.text("body")
    if body is not None and len(body) > LONGEST_BODY:
        raise invalid(resource, "body", "custom", "body is too long (maximum is 65536 characters)")
    return body
