"""Routes: projects and their push events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automation.localforge import forks, groups, projects, pushes
from automation.localforge.git import FileChange
from automation.localforge.gitlabdialect import render, renderwork
from automation.localforge.gitlabdialect.call import Call, Handler, Keyset, Reply, Route, Rows
from automation.localforge.gitlabdialect.groups import filtered
from automation.localforge.issues import normal_time
from automation.localforge.permissions import memberships, project_level, require_code
from automation.localforge.records import Namespace, Project
from automation.localforge.refusals import invalid, not_found

_FLAGS = (
    "only_allow_merge_if_pipeline_succeeds",
    "initialize_with_readme",
    "issues_enabled",
    "merge_requests_enabled",
    "remove_source_branch_after_merge",
    "wiki_enabled",
    "snippets_enabled",
    "only_allow_merge_if_all_discussions_are_resolved",
    "allow_merge_on_skipped_pipeline",
    "merge_pipelines_enabled",
    "merge_trains_enabled",
)


_KEYSET = Keyset("Project", {"id": lambda row: (row.id,)}, parameter="id_after")


def _list_projects(call: Call) -> Any:
    rows = projects.list_projects(call.engine, call.user)
    if call.flag("membership") and call.user is not None:
        user = call.user
        rows = [row for row in rows if project_level(call.engine, user, row) > 0 and _is_member(call, row)]
    after = call.text("last_activity_after")
    if after:
        rows = [row for row in rows if row.last_activity_at >= normal_time(after)]
    return Rows(filtered(call, rows), lambda row: render.project(call.engine, row), _KEYSET)


def _is_member(call: Call, project: Project) -> bool:
    return any(one.user_id == call.actor.id for one in memberships(call.engine, project))


def _create_project(call: Call) -> Any:
    name, path = call.text("name"), call.text("path")
    if not name and not path:
        raise invalid("name, path are missing, at least one parameter must be provided")
    namespace_id = call.integer("namespace_id")
    project = projects.create_project(
        call.engine,
        call.actor,
        _namespace(call, namespace_id),
        path or str(name).strip().lower().replace(" ", "-"),
        name=name or "",
        facts=call.facts(*_FLAGS),
    )
    if call.flag("initialize_with_readme"):
        sha = call.engine.repository(project.id).commit_files(
            project.default_branch,
            parent=None,
            message="Initial commit",
            author_name=call.actor.name,
            author_email=call.actor.email,
            changes=[_readme(project.name)],
        )
        pushes.pushed(
            call.engine, project, call.actor, [(f"refs/heads/{project.default_branch}", pushes.ZERO, sha)]
        )
    return render.project(call.engine, project)


def _fork(call: Call) -> Any:
    parent = call.project()
    path = call.text("namespace_path") or call.text("namespace")
    if path and not path.isdigit():
        namespace = groups.get_group(call.engine, call.actor, path)
    else:
        namespace = _namespace(call, call.integer("namespace_id") or (int(path) if path else None))
    made = forks.create_fork(
        call.engine, call.actor, parent, namespace, path=call.text("path") or "", name=call.text("name") or ""
    )
    return render.project(call.engine, made)


def _list_forks(call: Call) -> Any:
    rows = forks.forks_of(call.engine, call.project().id)
    seen = [row for row in rows if project_level(call.engine, call.user, row) > 0]
    return Rows(seen, lambda row: render.project(call.engine, row))


def _readme(name: str) -> FileChange:
    return FileChange("README.md", f"# {name}\n".encode())


def _namespace(call: Call, namespace_id: int | None) -> Namespace:
    if namespace_id is None:
        own = call.engine.store.one(
            Namespace, "SELECT * FROM namespaces WHERE kind = 'user' AND owner_id = ?", call.actor.id
        )
        if own is None:
            raise not_found("Namespace")
        return own
    found = groups.group_by_id(call.engine, namespace_id)
    return groups.get_group(call.engine, call.actor, found.id) if found.kind == "group" else found


def _get_project(call: Call) -> Any:
    project = call.project()
    level = project_level(call.engine, call.user, project)
    access = {"access_level": min(level, 50), "notification_level": 3} if level else None
    return {
        **render.project(call.engine, project),
        "permissions": {"project_access": access, "group_access": None},
    }


def _update_project(call: Call) -> Any:
    project = projects.update_project(call.engine, call.actor, call.project(), call.facts(*_FLAGS))
    return render.project(call.engine, project)


def _delete_project(call: Call) -> Any:
    projects.delete_project(call.engine, call.actor, call.project())
    return Reply(202, {"message": "202 Accepted"})


def _archive(archived: bool) -> Handler:
    def act(call: Call) -> Any:
        project = projects.archive_project(call.engine, call.actor, call.project(), archived=archived)
        return render.project(call.engine, project)

    return act


def _events(call: Call) -> Any:
    project = call.project()
    require_code(call.engine, call.user, project)
    rows = pushes.list_pushes(call.engine, project.id, sort=call.text("sort") or "desc")
    if call.text("action") not in (None, "pushed", "pushed to"):
        rows = []
    return Rows(rows, lambda row: renderwork.push_event(call.engine, row))


ROUTES: Sequence[Route] = [
    ("GET", "/projects", _list_projects),
    ("POST", "/projects", _create_project),
    ("GET", "/projects/{id}", _get_project),
    ("PUT", "/projects/{id}", _update_project),
    ("DELETE", "/projects/{id}", _delete_project),
    ("POST", "/projects/{id}/fork", _fork),
    ("GET", "/projects/{id}/forks", _list_forks),
    ("POST", "/projects/{id}/archive", _archive(True)),
    ("POST", "/projects/{id}/unarchive", _archive(False)),
    ("GET", "/projects/{id}/events", _events),
]
