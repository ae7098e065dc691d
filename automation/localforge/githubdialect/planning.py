"""Routes: labels and milestones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from automation.localforge import labels
from automation.localforge.githubdialect import renderwork
from automation.localforge.githubdialect.call import (
    PUSH,
    Call,
    Route,
    Rows,
    invalid,
    mistyped,
    not_found,
    refused,
)
from automation.localforge.records import Label, Milestone, Project

_LONGEST_DESCRIPTION = 100
_COLOR_LENGTH = 6


# -- labels ------------------------------------------------------------------------------------------


def _label(call: Call, project: Project, name: str) -> Label | None:
    """The label of that name; letter case does not count."""
    return call.engine.store.one(
        Label, "SELECT * FROM labels WHERE project_id = ? AND name = ? COLLATE NOCASE", project.id, name
    )


def _named(call: Call, project: Project) -> Label:
    found = _label(call, project, call.path["name"])
    if found is None:
        raise not_found()
    return found


def _checked(call: Call) -> dict[str, Any]:
    """Colour and description of the body, in the engine's form."""
    facts: dict[str, Any] = {}
    color = call.text("color")
    if color is not None:
        if len(color) != _COLOR_LENGTH or set(color.lower()) - set("0123456789abcdef"):
            raise invalid("Label", "color", "invalid")
        facts["color"] = f"#{color}"
    text = call.text("description")
    if text is not None:
        if len(text) > _LONGEST_DESCRIPTION:
            message = "description is too long (maximum is 100 characters)"
            raise invalid("Label", "description", "custom", message)
        facts["description"] = text
    return facts


def _list_labels(call: Call) -> Any:
    project = call.project()
    rows = labels.list_labels(call.engine, project.id)
    return Rows(rows, lambda row: renderwork.label(call.engine, project, row))


def _get_label(call: Call) -> Any:
    project = call.project()
    return renderwork.label(call.engine, project, _named(call, project))


def _create_label(call: Call) -> Any:
    project, name = call.project(PUSH), call.needed("name")
    facts = {"color": "#ededed", **_checked(call)}
    if _label(call, project, name) is not None:
        raise invalid("Label", "name", "already_exists")
    label_id = call.engine.store.insert("labels", project_id=project.id, name=name, **facts)
    return renderwork.label(call.engine, project, labels.get_label(call.engine, project.id, label_id))


def _update_label(call: Call) -> Any:
    project = call.project(PUSH)
    found, facts = _named(call, project), _checked(call)
    renamed = call.text("new_name")
    if renamed:
        other = _label(call, project, renamed)
        if other is not None and other.id != found.id:
            raise invalid("Label", "name", "already_exists")
        facts["name"] = renamed
    call.engine.store.update("labels", found.id, **facts)
    return renderwork.label(call.engine, project, labels.get_label(call.engine, project.id, found.id))


def _delete_label(call: Call) -> Any:
    project = call.project(PUSH)
    labels.delete_label(call.engine, _named(call, project))


# -- milestones --------------------------------------------------------------------------------------


def _milestone(call: Call, project: Project) -> Milestone:
    found = call.engine.store.one(
        Milestone,
        "SELECT * FROM milestones WHERE project_id = ? AND iid = ?",
        project.id,
        call.number("number"),
    )
    if found is None:
        raise not_found()
    return found


def _facts(call: Call) -> dict[str, Any]:
    """The body in the engine's words; of the due moment only its day in the Pacific time zone is kept."""
    facts: dict[str, Any] = {}
    for name in ("title", "description"):
        if call.text(name) is not None:
            facts[name] = call.text(name)
    if "due_on" in call.body:
        facts["due_date"] = _due_day(call.text("due_on"))
    state = call.text("state")
    if state is not None:
        if state not in {"open", "closed"}:
            raise invalid("Milestone", "state", "invalid")
        facts["state_event"] = "activate" if state == "open" else "close"
    return facts


def _due_day(told: str | None) -> str | None:
    if told is None:
        return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise refused(422, f"Invalid request.\n\n{told[:60]!r} is not a valid `date-time`.")
    return renderwork.pacific_day(moment).isoformat()


def _refuse_title(call: Call, project: Project, title: str, *, besides: int = 0) -> None:
    other = labels.find_milestone(call.engine, project.id, title)
    if other is not None and other.id != besides:
        raise invalid("Milestone", "title", "already_exists")


def _list_milestones(call: Call) -> Any:
    project = call.project()
    state = {"open": "active", "closed": "closed", "all": "all"}.get(call.asked("state", "open"))
    if state is None:
        raise invalid("Milestone", "state", "invalid")
    rows = labels.list_milestones(call.engine, project.id, state=state, title=None)
    by_due = call.asked("sort", "due_on") == "due_on"
    rows.sort(key=lambda row: (row.due_date or "9999") if by_due else "", reverse=False)
    if call.asked("direction", "asc") == "desc":
        rows.reverse()
    return Rows(rows, lambda row: renderwork.milestone(call.engine, project, row))


def _get_milestone(call: Call) -> Any:
    project = call.project()
    return renderwork.milestone(call.engine, project, _milestone(call, project))


def _create_milestone(call: Call) -> Any:
    project, title = call.project(PUSH), call.needed("title")
    if call.body.get("due_on", "") is None:
        # A new milestone takes none; an old one is cleared by it.
        raise mistyped("due_on", None, "a string")
    facts = _facts(call)
    _refuse_title(call, project, title)
    made = labels.create_milestone(call.engine, project.id, title, facts)
    return renderwork.milestone(call.engine, project, made)


def _update_milestone(call: Call) -> Any:
    project = call.project(PUSH)
    found, facts = _milestone(call, project), _facts(call)
    if facts.get("title"):
        _refuse_title(call, project, facts["title"], besides=found.id)
    return renderwork.milestone(call.engine, project, labels.update_milestone(call.engine, found, facts))


def _delete_milestone(call: Call) -> Any:
    project = call.project(PUSH)
    labels.delete_milestone(call.engine, _milestone(call, project))


_L, _M = "/repos/{owner}/{repo}/labels", "/repos/{owner}/{repo}/milestones"
# GitHub counts both to the permission Issues.
ROUTES: tuple[Route, ...] = (
    Route("GET", _L, _list_labels, ("issues", "read")),
    Route("POST", _L, _create_label, ("issues", "write")),
    Route("GET", f"{_L}/{{name}}", _get_label, ("issues", "read")),
    Route("PATCH", f"{_L}/{{name}}", _update_label, ("issues", "write")),
    Route("DELETE", f"{_L}/{{name}}", _delete_label, ("issues", "write")),
    Route("GET", _M, _list_milestones, ("issues", "read")),
    Route("POST", _M, _create_milestone, ("issues", "write")),
    Route("GET", f"{_M}/{{number}}", _get_milestone, ("issues", "read")),
    Route("PATCH", f"{_M}/{{number}}", _update_milestone, ("issues", "write")),
    Route("DELETE", f"{_M}/{{number}}", _delete_milestone, ("issues", "write")),
)
