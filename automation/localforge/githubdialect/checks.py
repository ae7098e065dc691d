"""Routes: check runs. GitHub Apps alone may write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from automation.localforge import apps
from automation.localforge.events import CheckRunChanged
from automation.localforge.githubdialect.call import (
    PUSH,
    Call,
    Install,
    Route,
    Rows,
    invalid,
    mistyped,
    not_found,
    refused,
)
from automation.localforge.githubdialect.installed import app_json
from automation.localforge.githubdialect.rendergit import api, node_id, page, short
from automation.localforge.githubdialect.statuses import commit_of
from automation.localforge.githubreports import CheckRun, check_runs, get_check_run, latest
from automation.localforge.records import Project
from automation.localforge.refusals import Refusal

_STATUSES = ("queued", "in_progress", "completed", "waiting", "requested", "pending")
_CONCLUSIONS = (
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "success",
    "skipped",
    "stale",
    "timed_out",
)
_LONGEST_TEXT = 65_535
_MOST_ANNOTATIONS = 50
_LEVELS = ("notice", "warning", "failure")


# -- rendering ---------------------------------------------------------------------------------------


def shown(call: Call, project: Project, run: CheckRun) -> dict[str, Any]:
    """A check run."""
    root = f"{api(call.engine, project)}/check-runs/{run.id}"
    web = f"{page(call.engine, project)}/runs/{run.id}"
    return {
        "id": run.id,
        "head_sha": run.sha,
        "node_id": node_id("CheckRun", run.id),
        "external_id": run.external_id,
        "url": root,
        "html_url": web,
        "details_url": run.details_url or web,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": short(run.started_at) if run.started_at else None,
        "completed_at": short(run.completed_at) if run.completed_at else None,
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(json.loads(run.annotations)),
            "annotations_url": f"{root}/annotations",
        },
        "name": run.name,
        # One suite for each app and commit; its number is of no use here.
        "check_suite": {"id": run.app_id},
        "app": app_json(call, apps.app_by_id(call.engine, run.app_id)),
        "pull_requests": [],
    }


# -- writing -----------------------------------------------------------------------------------------


def _install(call: Call) -> Install:
    """The App that asks; 403 for everybody else."""
    call.actor  # noqa: B018 - 401 for nobody
    if call.install is None:
        raise refused(403, "You must authenticate via a GitHub App.")
    return call.install


def _create(call: Call) -> Any:
    project, install = call.project(PUSH), _install(call)
    sha = commit_of(call, project, call.needed("head_sha"))
    facts = _facts(call, None)
    run_id = call.engine.store.insert(
        "github_check_runs",
        project_id=project.id,
        sha=sha,
        app_id=install.app_id,
        **{"name": call.needed("name"), "external_id": "", "status": "queued", **facts},
    )
    return _told(call, project, run_id, "created")


def _update(call: Call) -> Any:
    project, install = call.project(PUSH), _install(call)
    run = _found(call, project)
    if run.app_id != install.app_id:
        raise refused(
            403,
            f"Invalid app_id `{install.app_id}` - check run can only be modified by the GitHub App that"
            " created it.",
        )
    facts = _facts(call, run)
    call.engine.store.update("github_check_runs", run.id, **facts)
    return _told(call, project, run.id, "completed" if facts.get("conclusion") else "created")


def _told(call: Call, project: Project, run_id: int, action: str) -> dict[str, Any]:
    run = get_check_run(call.engine, project.id, run_id)
    assert run is not None  # noqa: S101 - written a moment ago
    answer = shown(call, project, run)
    action = "completed" if run.status == "completed" else action
    call.engine.announce(project.id, CheckRunChanged(call.actor, project, action, answer))
    return answer


def _facts(call: Call, run: CheckRun | None) -> dict[str, Any]:
    """The columns that a body sets."""
    texts = ("name", "details_url", "external_id", "started_at", "completed_at")
    facts: dict[str, Any] = {name: call.text(name) for name in texts if call.text(name) is not None}
    facts |= _state(call, run)
    output = call.body.get("output")
    if output is not None:
        if not isinstance(output, Mapping):
            raise mistyped("output", output, "an object")
        facts |= _output(output, run)
    return facts


def _state(call: Call, run: CheckRun | None) -> dict[str, Any]:
    """Status and conclusion; the one makes the other, and both set the times."""
    status, conclusion = call.text("status"), call.text("conclusion")
    if status is not None and status not in _STATUSES:
        raise invalid("CheckRun", "status", "invalid")
    if conclusion is not None and conclusion not in _CONCLUSIONS:
        raise invalid("CheckRun", "conclusion", "invalid")
    if status == "completed" and conclusion is None:
        raise invalid("CheckRun", "conclusion", "missing_field")
    now = call.engine.now()
    facts: dict[str, Any] = {}
    if conclusion is not None:
        # The first end stays when a finished run is judged anew.
        ended = run.completed_at if run else None
        facts = {"status": "completed", "conclusion": conclusion, "completed_at": ended or now}
    elif status is not None:
        facts = {"status": status, "conclusion": None, "completed_at": None}
    if run is None:
        facts["started_at"] = call.text("started_at") or now
    return {**facts, **({"completed_at": call.text("completed_at")} if call.text("completed_at") else {})}


def _output(output: Mapping[str, Any], run: CheckRun | None) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name in ("title", "summary", "text"):
        value = output.get(name)
        if value is not None and not isinstance(value, str):
            raise mistyped(f"output/{name}", value, "a string")
        if value is not None:
            facts[name] = value
    if not facts.get("summary") or (run is None and not facts.get("title")):
        raise refused(422, "Invalid request.\n\nFor 'properties/output', title and summary must be given.")
    for name in ("summary", "text"):
        if len(facts.get(name, "").encode()) > _LONGEST_TEXT:
            raise _too_long(name)
    # What comes is added to what is there.
    standing = json.loads(run.annotations) if run else []
    return {**facts, "annotations": json.dumps(standing + _annotations(output.get("annotations")))}


def _too_long(name: str) -> Refusal:
    return refused(
        422, f"Invalid request.\n\nOnly 65535 characters are allowed; more were supplied for {name}."
    )


def _annotations(value: Any) -> list[Mapping[str, Any]]:
    rows = value if value is not None else []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise mistyped("output/annotations", value, "an array of objects")
    if len(rows) > _MOST_ANNOTATIONS:
        raise refused(
            422, f"Invalid request.\n\nNo more than 50 items are allowed; {len(rows)} were supplied."
        )
    for row in rows:
        lines = (row.get("start_line"), row.get("end_line"))
        good = all(isinstance(line, int) and line > 0 for line in lines)
        if not good or row.get("annotation_level") not in _LEVELS or not row.get("path"):
            raise refused(422, "Invalid request.\n\nInvalid annotation was supplied.")
        if not isinstance(row.get("message"), str) or not row["message"]:
            raise refused(422, "Invalid request.\n\nAn annotation's message wasn't supplied.")
    return rows


# -- reading -----------------------------------------------------------------------------------------


def _found(call: Call, project: Project) -> CheckRun:
    run = get_check_run(call.engine, project.id, call.number("check_run_id"))
    if run is None:
        raise not_found()
    return run


def _get(call: Call) -> Any:
    project = call.project()
    return shown(call, project, _found(call, project))


def _list(call: Call) -> Any:
    project = call.project()
    rows = check_runs(call.engine, project.id, commit_of(call, project, call.path["ref"]))
    rows = rows if call.asked("filter", "latest") == "all" else latest(rows)
    name, status, app_id = call.asked("check_name"), call.asked("status"), call.asked("app_id")
    rows = [
        row
        for row in rows
        if (not name or row.name == name)
        and (not status or row.status == status)
        and (not app_id or str(row.app_id) == app_id)
    ]
    return Rows(rows, lambda row: shown(call, project, row), key="check_runs")


def _list_annotations(call: Call) -> Any:
    project = call.project()
    run = _found(call, project)
    href = f"{page(call.engine, project)}/blob/{run.sha}/"
    rows = json.loads(run.annotations)
    return Rows(rows, lambda row: {**_BLANK, **row, "blob_href": href + row["path"]})


_BLANK = {"start_column": None, "end_column": None, "title": None, "raw_details": None}
_R = "/repos/{owner}/{repo}"
ROUTES: tuple[Route, ...] = (
    Route("POST", f"{_R}/check-runs", _create, ("checks", "write")),
    Route("GET", f"{_R}/check-runs/{{check_run_id}}", _get, ("checks", "read")),
    Route("PATCH", f"{_R}/check-runs/{{check_run_id}}", _update, ("checks", "write")),
    Route("GET", f"{_R}/check-runs/{{check_run_id}}/annotations", _list_annotations, ("checks", "read")),
    Route("GET", f"{_R}/commits/{{ref}}/check-runs", _list, ("checks", "read")),
)
