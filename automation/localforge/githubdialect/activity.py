"""Routes: who pushed what (docs.github.com/rest/repos/repos#list-repository-activities)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from automation.localforge.engine import Engine
from automation.localforge.git import ZERO
from automation.localforge.githubdialect import render, rendergit
from automation.localforge.githubdialect.call import PULL, Call, Reply, Route, invalid, not_found
from automation.localforge.permissions import code_readable
from automation.localforge.pushes import list_pushes
from automation.localforge.records import Project, PushEvent

_TYPES = {"created": "branch_creation", "removed": "branch_deletion"}
_MOST = 100


def _type(engine: Engine, project: Project, event: PushEvent, merged: frozenset[str]) -> str:
    if event.action in _TYPES:
        return _TYPES[event.action]
    if event.commit_to in merged:
        return "pr_merge"
    forced = not engine.is_ancestor(project.id, event.commit_from or ZERO, event.commit_to or ZERO)
    return "force_push" if forced else "push"


def _activity_json(call: Call, event: PushEvent, kind: str) -> Any:
    return {
        "id": event.id,
        "node_id": rendergit.node_id("PSH", event.id),
        "before": event.commit_from or ZERO,
        "after": event.commit_to or ZERO,
        "ref": f"refs/heads/{event.ref}",
        "timestamp": rendergit.short(event.created_at),
        "activity_type": kind,
        "actor": render.user(call.engine, call.account(event.user_id)),
    }


def _list_activity(call: Call) -> Any:
    """Paged by cursor: ``after`` and ``before`` are ids here, opaque to clients, who follow ``Link``."""
    project = call.project(PULL)
    if not code_readable(call.engine, call.user, project):
        raise not_found()
    merged = frozenset(
        call.engine.store.column(
            "SELECT merge_commit_sha FROM merge_requests WHERE project_id = ? AND state = 'merged'",
            project.id,
        )
    )
    direction = call.asked("direction") or "desc"
    if direction not in {"asc", "desc"}:
        raise invalid("Activity", "direction", "invalid")
    rows = [row for row in list_pushes(call.engine, project.id, sort=direction) if _wanted(call, row)]
    kinds = {row.id: _type(call.engine, project, row, merged) for row in rows}
    if call.asked("activity_type"):
        rows = [row for row in rows if kinds[row.id] == call.asked("activity_type")]
    shown, following = _cut(call, rows)
    headers = {"Link": f'<{_next(call, project, following)}>; rel="next"'} if following else {}
    return Reply(200, [_activity_json(call, row, kinds[row.id]) for row in shown], headers)


def _wanted(call: Call, row: PushEvent) -> bool:
    ref = call.asked("ref").removeprefix("refs/heads/")
    if row.ref_type != "branch" or (ref and row.ref != ref):
        return False
    actor = call.asked("actor")
    return not actor or call.account(row.user_id).username.casefold() == actor.casefold()


def _cut(call: Call, rows: list[PushEvent]) -> tuple[list[PushEvent], int | None]:
    """The rows behind the cursor, and the cursor of the next page when there is one."""
    size = call.asked("per_page") or "30"
    if not size.isdigit():
        raise invalid("Activity", "per_page", "invalid")
    after = call.asked("after")
    if after:
        places = [place for place, row in enumerate(rows) if str(row.id) == after]
        rows = rows[places[0] + 1 :] if places else []
    limit = max(1, min(int(size), _MOST))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def _next(call: Call, project: Project, cursor: int) -> str:
    others = {key: value for key, value in call.query.items() if key not in {"after", "before"}}
    place = f"{call.engine.url}/api/v3/repositories/{project.id}/activity"
    return f"{place}?{urlencode({**others, 'after': cursor})}"


ROUTES: tuple[Route, ...] = (
    Route("GET", "/repos/{owner}/{repo}/activity", _list_activity, ("contents", "read")),
)
