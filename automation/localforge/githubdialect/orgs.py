"""Routes: organisations, who belongs to them, and their repositories."""

from __future__ import annotations

from typing import Any

from automation.localforge import groups, members, projects
from automation.localforge.engine import Engine
from automation.localforge.githubdialect import render
from automation.localforge.githubdialect.call import Call, Reply, Route, Rows, invalid, not_found, refused
from automation.localforge.githubdialect.newrepo import BELONGS, create_repository
from automation.localforge.githubdialect.users import account_named
from automation.localforge.permissions import GUEST, NONE, OWNER, group_level
from automation.localforge.records import Membership, Namespace, User
from automation.localforge.refusals import Refusal
from automation.localforge.users import find_user

__all__ = ["BASE_LEVELS", "is_member", "organisation_named", "organisation_of"]

BASE_LEVELS = {"none": BELONGS, "read": GUEST, "write": 30, "admin": OWNER}
"""An ordinary member's level by the organisation's base permission; 5 belongs to it and sees nothing."""


def organisation_named(engine: Engine, name: str) -> Namespace:
    """The organisation of that name; 404 for none. Organisations are known to everybody."""
    found = engine.store.one(
        Namespace, "SELECT * FROM namespaces WHERE kind = 'group' AND full_path = ?", name
    )
    if found is None:
        raise not_found()
    return found


def organisation_of(call: Call) -> Namespace:
    """The organisation that the path names."""
    return organisation_named(call.engine, call.path["org"])


def is_member(engine: Engine, user: User, place: Namespace) -> bool:
    """Whether the account belongs to the organisation."""
    return members.direct_member(engine, "group", place.id, user.id) is not None


def _owned(call: Call) -> Namespace:
    """The organisation, for its owners alone."""
    place = organisation_of(call)
    if group_level(call.engine, call.actor, place.id) < OWNER:
        raise refused(403, "You must be an admin to perform this action")
    return place


def _base(engine: Engine, place: Namespace) -> str:
    """The organisation's base permission; ``read`` on a new one."""
    kept = engine.store.value("SELECT base FROM organisations WHERE namespace_id = ?", place.id)
    return str(kept or "read")


def _create(call: Call) -> Any:
    """As a GHES site administrator; ``admin`` names the first owner."""
    maker = call.site_admin()
    owner = find_user(call.engine, call.needed("admin"))
    if owner is None:
        raise invalid("Organization", "admin", "invalid")
    login = call.needed("login")
    try:
        made = groups.create_group(call.engine, maker, login, name=call.text("profile_name") or login)
    except Refusal:
        raise invalid("Organization", "login", "already_exists") from None
    members.remove_member(call.engine, "group", made.id, maker.id)
    members.set_member(call.engine, "group", made.id, owner.id, OWNER)
    return render.organisation(call.engine, made)


def _get(call: Call) -> Any:
    place = organisation_of(call)
    shown = render.organisation_full(call.engine, place)
    if call.user is not None and group_level(call.engine, call.user, place.id) >= OWNER:
        shown["default_repository_permission"] = _base(call.engine, place)
        shown["members_can_create_repositories"] = True
    return shown


def _update(call: Call) -> Any:
    place = _owned(call)
    facts = {key: call.text(key) for key in ("name", "description") if call.text(key) is not None}
    call.engine.store.update("namespaces", place.id, **facts)
    base = call.text("default_repository_permission")
    if base is not None:
        _set_base(call, place, base)
    return _get(call)


def _set_base(call: Call, place: Namespace, base: str) -> None:
    if base not in BASE_LEVELS:
        raise invalid("Organization", "default_repository_permission", "invalid")
    level = BASE_LEVELS[base]
    for row in _ordinary(call.engine, place):
        members.set_member(call.engine, "group", place.id, row.user_id, level)
    call.engine.store.run(
        "INSERT INTO organisations VALUES (?, ?)"
        " ON CONFLICT (namespace_id) DO UPDATE SET base = excluded.base",
        place.id,
        base,
    )


def _owners_kept(engine: Engine, place: Namespace) -> frozenset[int]:
    """Who owns the organisation, told apart from members whose base permission is ``admin``."""
    marked = engine.store.column("SELECT user_id FROM plain_members WHERE namespace_id = ?", place.id)
    rows = members.direct_members(engine, "group", place.id)
    return frozenset(row.user_id for row in rows if row.user_id not in marked)


def _ordinary(engine: Engine, place: Namespace) -> list[Membership]:
    owners = _owners_kept(engine, place)
    return [row for row in members.direct_members(engine, "group", place.id) if row.user_id not in owners]


def _delete(call: Call) -> Any:
    groups.delete_group(call.engine, call.actor, _owned(call))
    return Reply(202, {})


def _my_orgs(call: Call) -> Any:
    found = call.engine.store.all(
        Namespace,
        "SELECT n.* FROM namespaces n JOIN members m ON m.source = 'group' AND m.source_id = n.id"
        " WHERE n.kind = 'group' AND m.user_id = ? ORDER BY n.id",
        call.actor.id,
    )
    return Rows(found, lambda one: render.organisation(call.engine, one))


# ---- members


def _known(call: Call) -> Namespace:
    """The organisation, for those who belong to it: others see only who makes that public (nobody)."""
    place = organisation_of(call)
    if group_level(call.engine, call.actor, place.id) == NONE:
        raise refused(403, f"You must be a member of {place.path} to see membership information.")
    return place


def _members(call: Call) -> Any:
    place = organisation_of(call)
    role = call.asked("role", "all")
    if call.user is None or group_level(call.engine, call.user, place.id) == NONE:
        return Rows([], lambda row: row)
    owners = _owners_kept(call.engine, place)
    rows = [
        row
        for row in members.direct_members(call.engine, "group", place.id)
        if role == "all" or (role == "admin") == (row.user_id in owners)
    ]
    people = [one for one in (call.account(row.user_id) for row in rows) if not one.bot]
    return Rows(people, lambda one: render.user(call.engine, one))


def _membership(call: Call, place: Namespace, account: User) -> dict[str, Any]:
    if not is_member(call.engine, account, place):
        raise not_found()
    owner = account.id in _owners_kept(call.engine, place)
    base = f"{call.engine.url}/api/v3/orgs/{place.path}"
    return {
        "url": f"{base}/memberships/{account.username}",
        "state": "active",
        "role": "admin" if owner else "member",
        "organization_url": base,
        "organization": render.organisation(call.engine, place),
        "user": render.user(call.engine, account),
    }


def _get_membership(call: Call) -> Any:
    return _membership(call, _known(call), account_named(call))


def _own_membership(call: Call) -> Any:
    return _membership(call, organisation_of(call), call.actor)


def _set_membership(call: Call) -> Any:
    """GHES adds at once; github.com would invite and answer ``pending``."""
    place, account = _owned(call), account_named(call)
    role = call.text("role") or "member"
    if role not in {"admin", "member"}:
        raise invalid("OrganizationMembership", "role", "invalid")
    engine = call.engine
    engine.store.run("DELETE FROM plain_members WHERE namespace_id = ? AND user_id = ?", place.id, account.id)
    if role == "member":
        engine.store.run("INSERT INTO plain_members VALUES (?, ?)", place.id, account.id)
    level = OWNER if role == "admin" else BASE_LEVELS[_base(engine, place)]
    members.set_member(engine, "group", place.id, account.id, level)
    return Reply(200, _membership(call, place, account))


def _remove_membership(call: Call) -> None:
    place, account = _owned(call), account_named(call)
    if not is_member(call.engine, account, place):
        raise not_found()
    members.remove_member(call.engine, "group", place.id, account.id)
    call.engine.store.run(
        "DELETE FROM plain_members WHERE namespace_id = ? AND user_id = ?", place.id, account.id
    )


def _is_member(call: Call) -> None:
    if not is_member(call.engine, account_named(call), _known(call)):
        raise not_found()


# ---- repositories


_ORDERS = {
    "created": "p.created_at",
    "updated": "p.last_activity_at",
    "pushed": "coalesce((SELECT max(e.created_at) FROM events e WHERE e.project_id = p.id), p.created_at)",
    "full_name": "p.full_path",
}


def _repos(call: Call) -> Any:
    """Newest first by default; by name from A, like GitHub."""
    place = organisation_of(call)
    sort = call.asked("sort", "created")
    column = _ORDERS.get(sort, _ORDERS["created"])
    down = call.asked("direction", "asc" if sort == "full_name" else "desc") != "asc"
    order_by = f"{column} {'DESC' if down else ''}, p.id"
    sql = f"SELECT p.id FROM projects p WHERE p.namespace_id = ? ORDER BY {order_by}"  # noqa: S608 - own names
    order = {row: at for at, row in enumerate(call.engine.store.column(sql, place.id))}
    rows = [row for row in projects.list_projects(call.engine, call.user, namespace=place) if call.sees(row)]
    wanted = call.asked("type", "all")
    if wanted in {"public", "private"}:
        rows = [row for row in rows if (row.visibility == "public") == (wanted == "public")]
    rows.sort(key=lambda row: order[row.id])
    return Rows(rows, lambda row: render.repository(call.engine, call.user, row))


def _create_repo(call: Call) -> Any:
    return create_repository(call, organisation_of(call))


ROUTES: tuple[Route, ...] = (
    Route("POST", "/admin/organizations", _create),
    Route("GET", "/orgs/{org}", _get),
    Route("PATCH", "/orgs/{org}", _update, ("organization_administration", "write")),
    Route("DELETE", "/orgs/{org}", _delete, ("organization_administration", "write")),
    Route("GET", "/user/orgs", _my_orgs),
    Route("GET", "/orgs/{org}/members", _members, ("members", "read")),
    Route("GET", "/orgs/{org}/members/{username}", _is_member, ("members", "read")),
    Route("GET", "/orgs/{org}/memberships/{username}", _get_membership, ("members", "read")),
    Route("PUT", "/orgs/{org}/memberships/{username}", _set_membership, ("members", "write")),
    Route("DELETE", "/orgs/{org}/memberships/{username}", _remove_membership, ("members", "write")),
    Route("GET", "/user/memberships/orgs/{org}", _own_membership),
    Route("GET", "/orgs/{org}/repos", _repos, ("metadata", "read")),
    Route("POST", "/orgs/{org}/repos", _create_repo, ("administration", "write")),
)
