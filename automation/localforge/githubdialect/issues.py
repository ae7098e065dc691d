"""Routes: issues, the labels on them, and comments. Pull requests are issues here, as on GitHub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automation.localforge import issues, labels, noteables
from automation.localforge.events import IssueChanged, RequestChanged
from automation.localforge.githubdialect import comments, renderwork
from automation.localforge.githubdialect.call import (
    TRIAGE,
    Call,
    Reply,
    Route,
    Rows,
    forbidden,
    invalid,
    mistyped,
    refused,
)
from automation.localforge.githubdialect.finding import (
    Noteable,
    body_of,
    has_issues,
    moment_of,
    target,
    thing_of,
)
from automation.localforge.permissions import project_level
from automation.localforge.records import Issue, Label, MergeRequest, Project, User
from automation.localforge.users import find_user

LONGEST_TITLE = 256
_REASONS = ("completed", "not_planned", "duplicate", "reopened")


# -- issues ------------------------------------------------------------------------------------------


def _list(call: Call) -> Any:
    project = call.project()
    rows = [row for row in all_in(call, project) if fits(call, row)]
    by = "updated_at" if call.asked("sort") == "updated" else "created_at"
    down = call.asked("direction", "desc") == "desc"
    rows.sort(key=lambda row: (getattr(row, by), row.iid), reverse=down)
    return Rows(rows, lambda row: renderwork.issue(call.engine, project, row))


def all_in(call: Call, project: Project) -> list[Noteable]:
    """Issues, where they are switched on, and pull requests of a repository."""
    store = call.engine.store
    pulls = store.all(MergeRequest, "SELECT * FROM merge_requests WHERE project_id = ?", project.id)
    if not has_issues(project):
        return list(pulls)
    return [*store.all(Issue, "SELECT * FROM issues WHERE project_id = ?", project.id), *pulls]


def fits(call: Call, row: Noteable) -> bool:
    """Whether the query string asks for it: ``state``, ``since``, ``labels``."""
    state = call.asked("state", "open")
    if state not in {"open", "closed", "all"}:
        raise invalid("Issue", "state", "invalid")
    if state != "all" and (row.state == "opened") != (state == "open"):
        return False
    since = call.asked("since")
    if since and row.updated_at < moment_of(since):
        return False
    wanted = {name for name in call.asked("labels").split(",") if name}
    if wanted:
        on = labels.labels_on(call.engine, noteables.target_of(row), row.id)
        return wanted <= {one.name for one in on}
    return True


def _create(call: Call) -> Any:
    project, user = call.project(), call.actor
    if not has_issues(project):
        raise refused(410, "Issues has been disabled in this repository.")
    facts = _facts(call, project, user)
    title = _title(call) or ""
    made = issues.create_issue(call.engine, user, project, title, facts)
    return renderwork.issue(call.engine, project, made)


def _title(call: Call) -> str | None:
    """The title of the body; 422 for an empty or overlong one."""
    value = call.body.get("title")
    title = str(value) if isinstance(value, int) and not isinstance(value, bool) else call.text("title")
    if title is not None and not title.strip():
        raise invalid("Issue", "title", "missing_field")
    if title is None and "number" not in call.path:
        raise refused(422, 'Invalid request.\n\n"title" wasn\'t supplied.')
    if title is not None and len(title) > LONGEST_TITLE:
        raise invalid("Issue", "title", "custom", "title is too long (maximum is 256 characters)")
    return title


def _facts(call: Call, project: Project, user: User) -> dict[str, Any]:
    """The body in the engine's words; who may not push sets no labels, milestone or assignees."""
    facts: dict[str, Any] = {}
    if "body" in call.body:
        facts["description"] = body_of(call, "Issue") or ""
    if project_level(call.engine, user, project) < TRIAGE:
        return facts
    if call.body.get("labels") is not None:
        facts["labels"] = _label_names(call.body["labels"], "labels")
    if "milestone" in call.body:
        facts["milestone_id"] = _milestone_id(call, project)
    if call.body.get("assignees") is not None:
        facts["assignee_ids"] = _assignees(call)
    return facts


def _label_names(value: Any, name: str) -> list[str]:
    """Names of labels, given as texts or as objects with a name."""
    if isinstance(value, list):
        found = [one.get("name") if isinstance(one, Mapping) else one for one in value]
        if all(isinstance(one, str) and one.strip() for one in found):
            return [str(one) for one in found]
    raise mistyped(name, value, "an array of labels")


def _milestone_id(call: Call, project: Project) -> int | None:
    number = call.integer("milestone")
    if number is None:
        return None
    sql = "SELECT id FROM milestones WHERE project_id = ? AND iid = ?"
    found = call.engine.store.value(sql, project.id, number)
    if found is None:
        raise invalid("Issue", "milestone", "invalid")
    return int(found)


def _assignees(call: Call) -> list[int]:
    found = [find_user(call.engine, name) for name in call.texts("assignees") or ()]
    if None in found:
        raise invalid("Issue", "assignees", "invalid")
    return [one.id for one in found if one is not None]


def _get(call: Call) -> Any:
    project = call.project()
    moved = _transferred(call, project)
    return moved or renderwork.issue(call.engine, project, thing_of(call, project))


def _transferred(call: Call, project: Project) -> Reply | None:
    """301 to where an issue was moved; nothing of it is told here."""
    sql = (
        "SELECT to_project_id || '/issues/' || to_iid FROM github_transfers WHERE project_id = ? AND iid = ?"
    )
    found = call.engine.store.value(sql, project.id, call.number("number"))
    if found is None:
        return None
    place = f"{call.engine.url}/api/v3/repositories/{found}"
    body = {"message": "Moved Permanently", "url": place, "documentation_url": "https://docs.github.com/rest"}
    return Reply(301, body, {"Location": place})


def _update(call: Call) -> Any:
    user = call.actor
    project, thing = target(call)
    if not noteables.may_edit(call.engine, user, thing):
        raise forbidden("Must have admin rights to Repository.")
    facts = _facts(call, project, user)
    title = _title(call)
    if title is not None:
        facts["title"] = title
    state = call.text("state")
    if state is not None:
        facts["state_event"] = _state_event(call, thing, state)
    changed = noteables.change(call.engine, user, thing, facts)
    return renderwork.issue(call.engine, project, changed)


def _state_event(call: Call, thing: Noteable, state: str) -> str:
    if state not in {"open", "closed"}:
        raise invalid("Issue", "state", "invalid")
    reason = call.text("state_reason")
    if reason is not None and reason not in _REASONS:
        raise invalid("Issue", "state_reason", "invalid")
    if isinstance(thing, Issue):
        kept = reason or ("reopened" if state == "open" else "completed")
        call.engine.store.run("INSERT OR REPLACE INTO github_issues VALUES (?, ?)", thing.id, kept)
    return "reopen" if state == "open" else "close"


# -- labels on issues --------------------------------------------------------------------------------


def _on(call: Call, thing: Noteable) -> list[Label]:
    return labels.labels_on(call.engine, noteables.target_of(thing), thing.id)


def _shown_labels(call: Call, project: Project, thing: Noteable) -> Reply:
    return Reply(200, [renderwork.label(call.engine, project, one) for one in _on(call, thing)])


def _list_labels(call: Call) -> Any:
    project, thing = target(call)
    return Rows(_on(call, thing), lambda row: renderwork.label(call.engine, project, row))


def _add_labels(call: Call) -> Any:
    project, thing = target(call, TRIAGE)
    names = _label_names(call.body.get("labels", call.body.get("")), "labels")
    before = {one.name for one in _on(call, thing)}
    labels.put_on(call.engine, project.id, noteables.target_of(thing), thing.id, _known(call, project, names))
    _label_events(call, project, thing, before)
    return _shown_labels(call, project, thing)


def _known(call: Call, project: Project, names: list[str]) -> list[str]:
    """The names as the labels have them: letter case does not tell labels apart."""
    by_fold = {one.name.casefold(): one.name for one in labels.list_labels(call.engine, project.id)}
    return [by_fold.get(name.casefold(), name) for name in names]


def _set_labels(call: Call) -> Any:
    project, thing = target(call, TRIAGE)
    names = _label_names(call.body.get("labels", call.body.get("", [])), "labels")
    before = {one.name for one in _on(call, thing)}
    labels.clear(call.engine, noteables.target_of(thing), thing.id)
    labels.put_on(call.engine, project.id, noteables.target_of(thing), thing.id, _known(call, project, names))
    _label_events(call, project, thing, before)
    return _shown_labels(call, project, thing)


def _remove_label(call: Call) -> Any:
    project, thing = target(call, TRIAGE)
    before = {one.name for one in _on(call, thing)}
    (name,) = _known(call, project, [call.path["name"]])
    if name not in before:
        raise refused(404, "Label does not exist")
    labels.take_off(call.engine, project.id, noteables.target_of(thing), thing.id, [name])
    _label_events(call, project, thing, before)
    return _shown_labels(call, project, thing)


def _label_events(call: Call, project: Project, thing: Noteable, before: set[str]) -> None:
    """One event for each label that was put on or taken off."""
    noteables.touch(call.engine, thing)
    now = {one.name for one in _on(call, thing)}
    fresh = noteables.reload(call.engine, thing)
    for action, names in (("labeled", now - before), ("unlabeled", before - now)):
        for name in sorted(names):
            found = labels.find_label(call.engine, project.id, name)
            details = {"label": renderwork.label(call.engine, project, found)} if found else None
            if isinstance(fresh, Issue):
                event: IssueChanged | RequestChanged = IssueChanged(
                    call.actor, fresh, action, details=details
                )
            else:
                event = RequestChanged(call.actor, fresh, action, details=details)
            call.engine.announce(project.id, event)


_I = "/repos/{owner}/{repo}/issues"
ROUTES: tuple[Route, ...] = (
    Route("GET", _I, _list, ("issues", "read")),
    Route("POST", _I, _create, ("issues", "write")),
    Route("GET", f"{_I}/{{number}}", _get, ("issues", "read")),
    Route("PATCH", f"{_I}/{{number}}", _update, ("issues", "write")),
    Route("GET", f"{_I}/{{number}}/labels", _list_labels, ("issues", "read")),
    Route("POST", f"{_I}/{{number}}/labels", _add_labels, ("issues", "write")),
    Route("PUT", f"{_I}/{{number}}/labels", _set_labels, ("issues", "write")),
    Route("DELETE", f"{_I}/{{number}}/labels/{{name}}", _remove_label, ("issues", "write")),
    *comments.ROUTES,
)
