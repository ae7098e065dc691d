"""Issues, comments, labels and milestones as GitHub's JSON."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from automation.localforge import githubpulls, labels, noteables
from automation.localforge.engine import Engine
from automation.localforge.githubdialect import render
from automation.localforge.githubdialect.rendergit import api, node_id, page, short
from automation.localforge.permissions import GUEST, OWNER, project_level
from automation.localforge.records import Issue, Label, MergeRequest, Milestone, Note, Project, User
from automation.localforge.users import get_user

__all__ = ["association", "comment", "due_on", "issue", "label", "milestone", "pacific_day", "shared"]

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


def shared(engine: Engine, project: Project, thing: Noteable) -> dict[str, Any]:
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
        **shared(engine, project, thing),
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
    """A comment. Times are whole seconds, as on GitHub: an edit in the second of writing does not show."""
    place = "pull" if isinstance(thing, MergeRequest) else "issues"
    author = get_user(engine, note.author_id)
    root = f"{api(engine, project)}/issues/comments/{note.id}"
    return {
        "url": root,
        "html_url": f"{page(engine, project)}/{place}/{thing.iid}#issuecomment-{note.id}",
        "issue_url": f"{api(engine, project)}/issues/{thing.iid}",
        "id": note.id,
        "node_id": node_id("IssueComment", note.id),
        "user": render.user(engine, author),
        "created_at": short(note.created_at),
        "updated_at": short(note.updated_at),
        "author_association": association(engine, author, project),
        "body": note.body,
        "reactions": _reactions(root),
        "performed_via_github_app": None,
    }
