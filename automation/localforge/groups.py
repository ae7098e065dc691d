"""Groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from automation.localforge.engine import Engine
from automation.localforge.members import set_member
from automation.localforge.permissions import MAINTAINER, OWNER, group_level, group_visible
from automation.localforge.records import Namespace, User
from automation.localforge.refusals import forbidden, not_found, refused

_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def check_path(path: str) -> None:
    """Refuse what cannot be one part of a group's or project's address."""
    if not _PATH.fullmatch(path) or path.endswith((".", ".git", ".atom")) or path == "-" or len(path) > 255:
        raise refused(400, {"path": ["can contain only letters, digits, '_', '-' and '.'."]})


def create_group(
    engine: Engine, user: User, path: str, *, name: str = "", parent_id: int | None = None, **facts: Any
) -> Namespace:
    """A new group, private unless said otherwise; its maker becomes Owner."""
    check_path(path)
    full = path
    if parent_id is not None:
        parent = get_group(engine, user, parent_id)
        if group_level(engine, user, parent.id) < MAINTAINER:
            raise forbidden()
        full = f"{parent.full_path}/{path}"
    require_free(engine, full, 'Failed to save group {:path=>["has already been taken"]}')
    group_id = engine.store.insert(
        "namespaces",
        kind="group",
        parent_id=parent_id,
        path=path,
        full_path=full,
        name=name or path,
        description=facts.get("description") or "",
        visibility=facts.get("visibility") or "private",
        created_at=engine.now(),
    )
    set_member(engine, "group", group_id, user.id, OWNER)
    return group_by_id(engine, group_id)


def require_free(engine: Engine, full_path: str, message: Any) -> None:
    """Refuse a full path that a group or project has already."""
    taken = engine.store.value(
        "SELECT 1 FROM namespaces WHERE full_path = ? UNION ALL SELECT 1 FROM projects WHERE full_path = ?",
        full_path,
        full_path,
    )
    if taken is not None:
        raise refused(400, message)


def group_by_id(engine: Engine, group_id: int) -> Namespace:
    """The group or user namespace with that id."""
    found = engine.store.one(Namespace, "SELECT * FROM namespaces WHERE id = ?", group_id)
    if found is None:
        raise not_found("Group")
    return found


def get_group(engine: Engine, user: User | None, reference: int | str) -> Namespace:
    """The group by id or full path, if the account may know of it; 404 otherwise."""
    by_id = isinstance(reference, int)
    found = engine.store.one(
        Namespace,
        f"SELECT * FROM namespaces WHERE kind = 'group' AND {'id' if by_id else 'full_path'} = ?",  # noqa: S608 - own names
        reference,
    )
    if found is None or not group_visible(engine, user, found):
        raise not_found("Group")
    return found


def list_groups(engine: Engine, user: User | None, *, parent_id: int | None = None) -> list[Namespace]:
    """Groups the account may know of: all, or those directly under one."""
    if parent_id is None:
        rows = engine.store.all(Namespace, "SELECT * FROM namespaces WHERE kind = 'group' ORDER BY full_path")
    else:
        rows = engine.store.all(
            Namespace, "SELECT * FROM namespaces WHERE parent_id = ? ORDER BY full_path", parent_id
        )
    return [row for row in rows if group_visible(engine, user, row)]


def update_group(engine: Engine, user: User, group: Namespace, changes: Mapping[str, Any]) -> Namespace:
    """Change name, description or visibility (Owner)."""
    if group_level(engine, user, group.id) < OWNER:
        raise forbidden()
    allowed = {key: changes[key] for key in ("name", "description", "visibility") if key in changes}
    engine.store.update("namespaces", group.id, **allowed)
    return group_by_id(engine, group.id)


def delete_group(engine: Engine, user: User, group: Namespace) -> None:
    """Delete an empty group (Owner)."""
    if group_level(engine, user, group.id) < OWNER:
        raise forbidden()
    inside = engine.store.value(
        "SELECT 1 FROM namespaces WHERE parent_id = ?"
        " UNION ALL SELECT 1 FROM projects WHERE namespace_id = ?",
        group.id,
        group.id,
    )
    if inside is not None:
        raise refused(409, "Group is not empty")
    engine.store.run("DELETE FROM members WHERE source = 'group' AND source_id = ?", group.id)
    engine.store.run("DELETE FROM namespaces WHERE id = ?", group.id)
