"""Groups, projects and their members."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from automation.localforge.engine import Engine
from automation.localforge.gitrecords import is_branch_name
from automation.localforge.permissions import (
    ADMIN,
    DEVELOPER,
    LEVELS,
    MAINTAINER,
    OWNER,
    group_level,
    group_visible,
    project_level,
    project_visible,
)
from automation.localforge.records import Membership, Namespace, Project, User
from automation.localforge.refusals import forbidden, not_found, refused

_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
VISIBILITIES = ("private", "internal", "public")


def _check_path(path: str) -> None:
    if not _PATH.fullmatch(path) or path.endswith((".", ".git", ".atom")) or path == "-" or len(path) > 255:
        raise refused(400, {"path": ["can contain only letters, digits, '_', '-' and '.'."]})


# -- groups ------------------------------------------------------------------------------------------


def create_group(
    engine: Engine, user: User, path: str, *, name: str = "", parent_id: int | None = None, **facts: Any
) -> Namespace:
    """A new group, private unless said otherwise; its maker becomes Owner."""
    _check_path(path)
    full = path
    if parent_id is not None:
        parent = get_group(engine, user, parent_id)
        if group_level(engine, user, parent.id) < MAINTAINER:
            raise forbidden()
        full = f"{parent.full_path}/{path}"
    _require_free(engine, full, 'Failed to save group {:path=>["has already been taken"]}')
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


def _require_free(engine: Engine, full_path: str, message: Any) -> None:
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


# -- projects ----------------------------------------------------------------------------------------


def create_project(
    engine: Engine, user: User, namespace: Namespace, path: str, *, name: str = "", facts: Mapping[str, Any]
) -> Project:
    """A new, empty project, private unless said otherwise; its maker becomes Maintainer or keeps more."""
    _check_path(path)
    if group_level(engine, user, namespace.id) < DEVELOPER:
        raise forbidden()
    full = f"{namespace.full_path}/{path}"
    _require_free(engine, full, {"name": ["has already been taken"], "path": ["has already been taken"]})
    now = engine.now()
    columns = {"default_branch": "main", **_columns(facts)}
    project_id = engine.store.insert(
        "projects",
        namespace_id=namespace.id,
        path=path,
        full_path=full,
        name=name or path,
        creator_id=user.id,
        settings=json.dumps(_settings(facts)),
        created_at=now,
        last_activity_at=now,
        **columns,
    )
    engine.repository(project_id).init(columns["default_branch"])
    project = project_by_id(engine, project_id)
    if project_level(engine, user, project) < MAINTAINER:
        set_member(engine, "project", project_id, user.id, MAINTAINER)
    return project


def _columns(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that have a column of their own, checked."""
    chosen = {
        key: facts[key]
        for key in ("description", "visibility", "default_branch", "merge_method")
        if facts.get(key) is not None
    }
    if chosen.get("visibility", "private") not in VISIBILITIES:
        raise refused(400, {"visibility_level": ["is not included in the list"]})
    if chosen.get("merge_method", "merge") not in {"merge", "rebase_merge", "ff"}:
        raise refused(400, "merge_method does not have a valid value")
    if not is_branch_name(chosen.get("default_branch", "main")):
        raise refused(400, {"default_branch": ["is not a valid branch name"]})
    if "only_allow_merge_if_pipeline_succeeds" in facts:
        chosen["pipeline_must_succeed"] = bool(facts["only_allow_merge_if_pipeline_succeeds"])
    return chosen


_ECHOED = [
    "issues_access_level",
    "merge_requests_access_level",
    "repository_access_level",
    "wiki_access_level",
    "snippets_access_level",
    "builds_access_level",
    "container_registry_access_level",
    "pages_access_level",
    "forking_access_level",
    "issues_enabled",
    "merge_requests_enabled",
    "wiki_enabled",
    "snippets_enabled",
    "jobs_enabled",
    "only_allow_merge_if_all_discussions_are_resolved",
    "allow_merge_on_skipped_pipeline",
    "topics",
    "remove_source_branch_after_merge",
    "squash_option",
    "request_access_enabled",
    "shared_runners_enabled",
    "auto_devops_enabled",
    "lfs_enabled",
    "printing_merge_request_link_enabled",
]


def _settings(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: facts[key] for key in _ECHOED if key in facts}


def project_by_id(engine: Engine, project_id: int) -> Project:
    """The project with that id, whoever asks."""
    found = engine.store.one(Project, "SELECT * FROM projects WHERE id = ?", project_id)
    if found is None:
        raise not_found("Project")
    return found


def get_project(engine: Engine, user: User | None, reference: int | str) -> Project:
    """The project by id or full path, if the account may know of it; 404 otherwise."""
    column = "id" if isinstance(reference, int) else "full_path"
    found = engine.store.one(Project, f"SELECT * FROM projects WHERE {column} = ?", reference)  # noqa: S608 - own names
    if found is None or not project_visible(engine, user, found):
        raise not_found("Project")
    return found


def list_projects(
    engine: Engine, user: User | None, *, namespace: Namespace | None = None, below: bool = False
) -> list[Project]:
    """Projects the account may know of: all, directly in a namespace, or anywhere ``below`` it."""
    if namespace is None:
        rows = engine.store.all(Project, "SELECT * FROM projects ORDER BY id DESC")
    elif below:
        prefix = namespace.full_path + "/"
        rows = engine.store.all(
            Project,
            "SELECT * FROM projects WHERE substr(full_path, 1, ?) = ? ORDER BY id DESC",
            len(prefix),
            prefix,
        )
    else:
        rows = engine.store.all(
            Project, "SELECT * FROM projects WHERE namespace_id = ? ORDER BY id DESC", namespace.id
        )
    return [row for row in rows if project_visible(engine, user, row)]


def update_project(engine: Engine, user: User, project: Project, changes: Mapping[str, Any]) -> Project:
    """Change a project's attributes (Maintainer); a new ``path`` renames it (Owner)."""
    if project_level(engine, user, project) < MAINTAINER:
        raise forbidden()
    columns = _columns(changes)
    if changes.get("name"):
        columns["name"] = changes["name"]
    if changes.get("path") and changes["path"] != project.path:
        columns.update(_rename(engine, user, project, str(changes["path"])))
    settings = {**json.loads(project.settings), **_settings(changes)}
    engine.store.update("projects", project.id, settings=json.dumps(settings), **columns)
    if "default_branch" in columns:
        engine.repository(project.id).set_default_branch(columns["default_branch"])
    return project_by_id(engine, project.id)


def _rename(engine: Engine, user: User, project: Project, path: str) -> dict[str, str]:
    if project_level(engine, user, project) < OWNER:
        raise forbidden()
    _check_path(path)
    full = f"{project.full_path.rpartition('/')[0]}/{path}"
    _require_free(engine, full, {"path": ["has already been taken"]})
    return {"path": path, "full_path": full}


def archive_project(engine: Engine, user: User, project: Project, *, archived: bool) -> Project:
    """Archive a project (nothing in it changes any more) or bring it back (Owner)."""
    if project_level(engine, user, project) < OWNER:
        raise forbidden()
    engine.store.update("projects", project.id, archived=archived)
    return project_by_id(engine, project.id)


_OWNED = (
    "DELETE FROM {table} WHERE project_id = ?",
    ("labels", "milestones", "boards", "issues", "merge_requests", "notes", "pipelines", "statuses", "hooks"),
    ("events", "protections", "counters"),
)


def delete_project(engine: Engine, user: User, project: Project) -> None:
    """Delete a project with everything in it (Owner)."""
    if project_level(engine, user, project) < OWNER:
        raise forbidden()
    sql, first, second = _OWNED
    for table in (*first, *second):
        engine.store.run(sql.format(table=table), project.id)
    engine.store.run("DELETE FROM members WHERE source = 'project' AND source_id = ?", project.id)
    engine.store.run("DELETE FROM projects WHERE id = ?", project.id)
    path = engine.repository_path(project.id)
    engine.store.afterwards(lambda: shutil.rmtree(path, ignore_errors=True))


def touch(engine: Engine, project_id: int) -> None:
    """Note that something happened in the project just now."""
    engine.store.update("projects", project_id, last_activity_at=engine.now())


# -- members -----------------------------------------------------------------------------------------


def set_member(engine: Engine, source: str, source_id: int, user_id: int, level: int) -> Membership:
    """Give an account this direct level, replacing another."""
    engine.store.run(
        "INSERT INTO members VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (source, source_id, user_id) DO UPDATE SET level = excluded.level",
        source,
        source_id,
        user_id,
        level,
        engine.now(),
    )
    found = direct_member(engine, source, source_id, user_id)
    if found is None:  # pragma: no cover - written just above under the same lock
        raise not_found("Member")
    return found


def direct_member(engine: Engine, source: str, source_id: int, user_id: int) -> Membership | None:
    """The account's direct membership, or None."""
    return engine.store.one(
        Membership,
        "SELECT * FROM members WHERE source = ? AND source_id = ? AND user_id = ?",
        source,
        source_id,
        user_id,
    )


def direct_members(engine: Engine, source: str, source_id: int) -> Sequence[Membership]:
    """All direct members, by account id."""
    return engine.store.all(
        Membership,
        "SELECT * FROM members WHERE source = ? AND source_id = ? ORDER BY user_id",
        source,
        source_id,
    )


def remove_member(engine: Engine, source: str, source_id: int, user_id: int) -> None:
    """Take a direct membership away; 404 when there is none."""
    if direct_member(engine, source, source_id, user_id) is None:
        raise not_found()
    engine.store.run(
        "DELETE FROM members WHERE source = ? AND source_id = ? AND user_id = ?", source, source_id, user_id
    )


def check_level(level: int, giver: int) -> None:
    """Refuse a level that is none, or one above the giver's own."""
    if level not in LEVELS:
        raise refused(400, {"access_level": ["is not included in the list"]})
    if giver < ADMIN and level > giver:
        raise forbidden()
