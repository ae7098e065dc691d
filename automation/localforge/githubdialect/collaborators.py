"""Routes: who works on a repository, and who is invited to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automation.localforge import members
from automation.localforge.githubdialect import render
from automation.localforge.githubdialect.call import ADMIN, PUSH, Call, Reply, Route, Rows, invalid, not_found
from automation.localforge.githubdialect.rendergit import node_id, short
from automation.localforge.githubdialect.users import account_named
from automation.localforge.permissions import GUEST, memberships, project_level
from automation.localforge.projects import project_by_id
from automation.localforge.records import Project, User

_GIVEN = {"pull": 10, "triage": 20, "push": 30, "maintain": 40, "admin": 50}
_GIVEN_BY_ROLE = {name: level for level, name in render.ROLES.items()}


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody who may join a repository and has not yet said so."""

    id: int
    project_id: int
    user_id: int
    inviter_id: int
    level: int
    created_at: str


def _person(call: Call, account: User, level: int) -> dict[str, Any]:
    level = min(level, 50)
    return {
        **render.user(call.engine, account),
        "permissions": render.permissions(level),
        "role_name": render.ROLES[level],
    }


def _everyone(call: Call, project: Project) -> list[tuple[User, int]]:
    found = [(call.account(row.user_id), row.level) for row in memberships(call.engine, project)]
    return [(account, level) for account, level in found if not account.username.endswith("[bot]")]


def _direct(call: Call, project: Project) -> list[tuple[User, int]]:
    rows = members.direct_members(call.engine, "project", project.id)
    return [(call.account(row.user_id), row.level) for row in rows]


def _list(call: Call) -> Any:
    project = call.project(PUSH)
    affiliation = call.asked("affiliation", "all")
    rows = _everyone(call, project) if affiliation == "all" else _direct(call, project)
    if affiliation == "outside":
        rows = [row for row in rows if not _in_organisation(call, project, row[0])]
    return Rows(rows, lambda row: _person(call, *row))


def _in_organisation(call: Call, project: Project, account: User) -> bool:
    return members.direct_member(call.engine, "group", project.namespace_id, account.id) is not None


def _is_one(call: Call) -> None:
    project, account = call.project(PUSH), account_named(call)
    if project_level(call.engine, account, project) < GUEST:
        raise not_found()


def _permission(call: Call) -> Any:
    project, account = call.project(), account_named(call)
    level = min(project_level(call.engine, account, project), 50)
    if level < GUEST and project.visibility == "public":
        level = GUEST
    role = render.ROLES.get(level, "none")
    coarse = {"triage": "read", "maintain": "write"}.get(role, role)
    person = {
        **render.user(call.engine, account),
        "permissions": render.permissions(level),
        "role_name": role,
    }
    return {"permission": coarse, "role_name": role, "user": person}


def _add(call: Call) -> Any:
    """Members of the organisation join at once (204); others are invited (201)."""
    project, account = call.project(ADMIN), account_named(call)
    name = call.text("permission") or "push"
    level = _GIVEN.get(name) or _GIVEN_BY_ROLE.get(name)
    if level is None:
        raise invalid("Repository", "permission", "invalid")
    standing = members.direct_member(call.engine, "project", project.id, account.id)
    if standing is not None or _in_organisation(call, project, account):
        members.set_member(call.engine, "project", project.id, account.id, level)
        return None
    call.engine.store.run(
        "INSERT INTO invitations (project_id, user_id, inviter_id, level, created_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (project_id, user_id) DO UPDATE SET level = excluded.level",
        project.id,
        account.id,
        call.actor.id,
        level,
        call.engine.now(),
    )
    found = call.engine.store.one(
        Invitation,
        "SELECT * FROM invitations WHERE project_id = ? AND user_id = ?",
        project.id,
        account.id,
    )
    return Reply(201, _invitation(call, found)) if found else None


def _remove(call: Call) -> None:
    account = account_named(call)
    project = call.project(ADMIN) if call.actor.id != account.id else call.project()
    if members.direct_member(call.engine, "project", project.id, account.id) is not None:
        members.remove_member(call.engine, "project", project.id, account.id)
    call.engine.store.run(
        "DELETE FROM invitations WHERE project_id = ? AND user_id = ?", project.id, account.id
    )


# ---- invitations


def _invitation(call: Call, one: Invitation) -> dict[str, Any]:
    project = project_by_id(call.engine, one.project_id)
    return {
        "id": one.id,
        "node_id": node_id("RepositoryInvitation", one.id),
        "repository": render.repository(call.engine, call.user, project),
        "invitee": render.user(call.engine, call.account(one.user_id)),
        "inviter": render.user(call.engine, call.account(one.inviter_id)),
        "permissions": render.ROLES[one.level],
        "created_at": short(one.created_at),
        "expired": False,
        "url": f"{call.engine.url}/api/v3/repos/{project.full_path}/invitations/{one.id}",
        "html_url": f"{call.engine.url}/{project.full_path}/invitations",
    }


def _invitations(call: Call) -> Any:
    project = call.project(ADMIN)
    rows = call.engine.store.all(
        Invitation, "SELECT * FROM invitations WHERE project_id = ? ORDER BY id", project.id
    )
    return Rows(rows, lambda one: _invitation(call, one))


def _invitation_here(call: Call) -> Invitation:
    project = call.project(ADMIN)
    return _one(call, "project_id", project.id)


def _one(call: Call, column: str, value: int) -> Invitation:
    sql = f"SELECT * FROM invitations WHERE id = ? AND {column} = ?"  # noqa: S608 - own names
    found = call.engine.store.one(Invitation, sql, call.number("invitation_id"), value)
    if found is None:
        raise not_found()
    return found


def _change_invitation(call: Call) -> Any:
    one = _invitation_here(call)
    level = _GIVEN_BY_ROLE.get(call.needed("permissions"))
    if level is None:
        raise invalid("RepositoryInvitation", "permissions", "invalid")
    call.engine.store.update("invitations", one.id, level=level)
    return _invitation(call, _invitation_here(call))


def _withdraw(call: Call) -> None:
    call.engine.store.run("DELETE FROM invitations WHERE id = ?", _invitation_here(call).id)


def _mine(call: Call) -> Any:
    rows = call.engine.store.all(
        Invitation, "SELECT * FROM invitations WHERE user_id = ? ORDER BY id", call.actor.id
    )
    return Rows(rows, lambda one: _invitation(call, one))


def _accept(call: Call) -> None:
    one = _one(call, "user_id", call.actor.id)
    members.set_member(call.engine, "project", one.project_id, one.user_id, one.level)
    call.engine.store.run("DELETE FROM invitations WHERE id = ?", one.id)


def _decline(call: Call) -> None:
    one = _one(call, "user_id", call.actor.id)
    call.engine.store.run("DELETE FROM invitations WHERE id = ?", one.id)


_REPO = "/repos/{owner}/{repo}"
ROUTES: tuple[Route, ...] = (
    Route("GET", f"{_REPO}/collaborators", _list, ("metadata", "read")),
    Route("GET", _REPO + "/collaborators/{username}", _is_one, ("metadata", "read")),
    Route("PUT", _REPO + "/collaborators/{username}", _add, ("administration", "write")),
    Route("DELETE", _REPO + "/collaborators/{username}", _remove, ("administration", "write")),
    Route("GET", _REPO + "/collaborators/{username}/permission", _permission, ("metadata", "read")),
    Route("GET", f"{_REPO}/invitations", _invitations, ("administration", "read")),
    Route("PATCH", _REPO + "/invitations/{invitation_id}", _change_invitation, ("administration", "write")),
    Route("DELETE", _REPO + "/invitations/{invitation_id}", _withdraw, ("administration", "write")),
    Route("GET", "/user/repository_invitations", _mine),
    Route("PATCH", "/user/repository_invitations/{invitation_id}", _accept),
    Route("DELETE", "/user/repository_invitations/{invitation_id}", _decline),
)
