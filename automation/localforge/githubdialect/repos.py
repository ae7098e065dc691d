"""Routes: repositories."""

from __future__ import annotations

import json
from typing import Any

from automation.localforge import members, projects
from automation.localforge.githubdialect import render
from automation.localforge.githubdialect.call import (
    ADMIN,
    Call,
    Reply,
    Route,
    Rows,
    invalid,
    not_found,
    refused,
)
from automation.localforge.githubdialect.newrepo import (
    create_repository,
    repository_facts,
    repository_settings,
)
from automation.localforge.githubdialect.orgs import organisation_named
from automation.localforge.githubdialect.users import account_named
from automation.localforge.groups import check_path, require_free
from automation.localforge.permissions import GUEST, OWNER, group_level
from automation.localforge.records import Namespace, Project
from automation.localforge.refusals import Refusal


def _get(call: Call) -> Any:
    return render.repository(call.engine, call.user, call.project(), full=True)


def _own_place(call: Call, username: str) -> Namespace:
    found = call.engine.store.one(
        Namespace, "SELECT * FROM namespaces WHERE kind = 'user' AND full_path = ?", username
    )
    if found is None:
        raise not_found()
    return found


def _create_own(call: Call) -> Any:
    return create_repository(call, _own_place(call, call.actor.username))


def _mine(call: Call) -> Any:
    rows = projects.list_projects(call.engine, call.actor)
    if call.actor.admin:
        rows = [row for row in rows if _belongs(call, row)]
    return Rows(rows, lambda row: render.repository(call.engine, call.user, row))


def _belongs(call: Call, project: Project) -> bool:
    direct = members.direct_member(call.engine, "project", project.id, call.actor.id)
    above = members.direct_member(call.engine, "group", project.namespace_id, call.actor.id)
    return direct is not None or above is not None


def _of_user(call: Call) -> Any:
    place = _own_place(call, account_named(call).username)
    rows = projects.list_projects(call.engine, call.user, namespace=place)
    return Rows(rows, lambda row: render.repository(call.engine, call.user, row))


def _update(call: Call) -> Any:
    project = call.project(ADMIN)
    archived = call.flag("archived")
    if project.archived and archived is not False:
        raise refused(403, "Repository was archived so is read-only.")
    columns = repository_facts(call)
    name = call.text("name")
    if name and name != project.path:
        _move(call, project, f"{project.full_path.rpartition('/')[0]}/{name}")
        columns |= {"path": name, "full_path": f"{project.full_path.rpartition('/')[0]}/{name}", "name": name}
    branch = call.text("default_branch")
    if branch is not None:
        _set_default(call, project, branch)
        columns["default_branch"] = branch
    if archived is not None:
        columns["archived"] = archived
    settings = {**json.loads(project.settings), **repository_settings(call)}
    changes = {**columns, "settings": json.dumps(settings), "last_activity_at": call.engine.now()}
    call.engine.store.update("projects", project.id, **changes)
    return render.repository(
        call.engine, call.user, projects.project_by_id(call.engine, project.id), full=True
    )


def _set_default(call: Call, project: Project, branch: str) -> None:
    if call.engine.branch_head(project.id, branch) is None:
        message = "The branch was not found. Please push that ref first or create it via the Git Data API."
        raise invalid("Repository", "default_branch", "invalid", message)
    call.engine.repository(project.id).set_default_branch(branch)


def _move(call: Call, project: Project, full: str) -> None:
    """Leave the old name to point at the repository, until someone takes it."""
    check_path(full.rpartition("/")[2])
    try:
        require_free(call.engine, full, "taken")
    except Refusal:
        raise invalid("Repository", "name", "custom", "name already exists on this account") from None
    call.engine.store.run("DELETE FROM moved WHERE full_path = ?", full)
    call.engine.store.run("INSERT OR REPLACE INTO moved VALUES (?, ?)", project.full_path, project.id)


def _transfer(call: Call) -> Any:
    """To another organisation; GitHub does it a moment later and answers 202."""
    project = call.project(ADMIN)
    place = organisation_named(call.engine, call.needed("new_owner"))
    if group_level(call.engine, call.actor, place.id) < GUEST:
        raise refused(403, "You must be able to create repositories there.")
    full = f"{place.full_path}/{call.text('new_name') or project.path}"
    _move(call, project, full)
    path = full.rpartition("/")[2]
    call.engine.store.update("projects", project.id, full_path=full, path=path, namespace_id=place.id)
    moved = projects.project_by_id(call.engine, project.id)
    return Reply(202, render.repository(call.engine, call.user, moved))


def _delete(call: Call) -> None:
    project = call.project(ADMIN)
    if call.scopes is not None and not set(call.scopes) & {"delete_repo", "api"}:
        raise refused(403, "Must have admin rights to Repository.")
    projects.delete_project(call.engine, call.actor, project)
    for table in ("invitations", "moved"):
        call.engine.store.run(f"DELETE FROM {table} WHERE project_id = ?", project.id)  # noqa: S608 - own names


def _topics(call: Call) -> Any:
    return {"names": json.loads(call.project().settings).get("topics", [])}


def _set_topics(call: Call) -> Any:
    project = call.project(OWNER)
    names = call.texts("names") or []
    settings = {**json.loads(project.settings), "topics": [name.lower() for name in names]}
    call.engine.store.update("projects", project.id, settings=json.dumps(settings))
    return {"names": settings["topics"]}


ROUTES: tuple[Route, ...] = (
    Route("GET", "/repos/{owner}/{repo}", _get, ("metadata", "read")),
    Route("PATCH", "/repos/{owner}/{repo}", _update, ("administration", "write")),
    Route("DELETE", "/repos/{owner}/{repo}", _delete, ("administration", "write")),
    Route("POST", "/repos/{owner}/{repo}/transfer", _transfer, ("administration", "write")),
    Route("GET", "/repos/{owner}/{repo}/topics", _topics, ("metadata", "read")),
    Route("PUT", "/repos/{owner}/{repo}/topics", _set_topics, ("administration", "write")),
    Route("GET", "/user/repos", _mine),
    Route("POST", "/user/repos", _create_own),
    Route("GET", "/users/{username}/repos", _of_user),
)
