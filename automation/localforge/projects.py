"""Projects."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from typing import Any

from automation.localforge.engine import Engine
from automation.localforge.gitrecords import is_branch_name
from automation.localforge.groups import check_path, require_free
from automation.localforge.members import set_member
from automation.localforge.permissions import (
    DEVELOPER,
    MAINTAINER,
    OWNER,
    group_level,
    project_level,
    project_visible,
)
from automation.localforge.records import Namespace, Project, User
from automation.localforge.refusals import forbidden, not_found, refused

VISIBILITIES = ("private", "internal", "public")


def create_project(
    engine: Engine,
    user: User,
    namespace: Namespace,
    path: str,
    *,
    name: str = "",
    facts: Mapping[str, Any],
    needs: int = DEVELOPER,
) -> Project:
    """A new, empty project, private unless said otherwise; its maker becomes Maintainer or keeps more.

    ``needs``: the level in the namespace from which on an account may make one.
    """
    check_path(path)
    if group_level(engine, user, namespace.id) < needs:
        raise forbidden()
    full = f"{namespace.full_path}/{path}"
    require_free(engine, full, {"name": ["has already been taken"], "path": ["has already been taken"]})
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
    "merge_pipelines_enabled",
    "merge_trains_enabled",
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
    check_path(path)
    full = f"{project.full_path.rpartition('/')[0]}/{path}"
    require_free(engine, full, {"path": ["has already been taken"]})
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
    ("events", "protections", "counters", "forks", "approval_rules"),
    ("github_hooks", "github_protections", "github_rulesets", "github_statuses", "github_check_runs"),
)
_DELIVERED = (
    "DELETE FROM github_deliveries WHERE hook_id IN (SELECT id FROM github_hooks WHERE project_id = ?)"
)


def delete_project(engine: Engine, user: User, project: Project) -> None:
    """Delete a project with everything in it (Owner)."""
    if project_level(engine, user, project) < OWNER:
        raise forbidden()
    engine.store.run(_DELIVERED, project.id)
    sql, *groups = _OWNED
    for table in (name for group in groups for name in group):
        engine.store.run(sql.format(table=table), project.id)
    engine.store.run("DELETE FROM members WHERE source = 'project' AND source_id = ?", project.id)
    engine.store.run("DELETE FROM projects WHERE id = ?", project.id)
    path = engine.repository_path(project.id)
    engine.store.afterwards(lambda: shutil.rmtree(path, ignore_errors=True))


def touch(engine: Engine, project_id: int) -> None:
    """Note that something happened in the project just now."""
    engine.store.update("projects", project_id, last_activity_at=engine.now())
