"""Routes: groups, projects, members, events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automation.localforge import projects, pushes
from automation.localforge.git import FileChange
from automation.localforge.gitlabdialect import render
from automation.localforge.gitlabdialect.call import Call, Handler, Reply, Route, Rows
from automation.localforge.permissions import (
    ADMIN,
    MAINTAINER,
    OWNER,
    group_level,
    group_memberships,
    memberships,
    project_level,
    require_code,
)
from automation.localforge.records import Membership, Namespace, Project
from automation.localforge.refusals import forbidden, invalid, not_found, refused

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
)


# -- groups ------------------------------------------------------------------------------------------


def _group(call: Call) -> Namespace:
    return projects.get_group(call.engine, call.user, call.reference())


def _list_groups(call: Call) -> Any:
    rows = projects.list_groups(call.engine, call.user)
    search = (call.text("search") or "").lower()
    wanted = [row for row in rows if search in row.full_path.lower()]
    if call.flag("top_level_only"):
        wanted = [row for row in wanted if row.parent_id is None]
    return Rows(wanted, lambda row: render.group(call.engine, row))


def _create_group(call: Call) -> Any:
    call.needed("name")
    group = projects.create_group(
        call.engine,
        call.actor,
        call.needed("path"),
        name=call.needed("name"),
        parent_id=call.integer("parent_id"),
        description=call.text("description"),
        visibility=call.text("visibility"),
    )
    return render.group(call.engine, group)


def _get_group(call: Call) -> Any:
    group = _group(call)
    shown = render.group(call.engine, group)
    if call.flag("with_projects", True):
        inside = projects.list_projects(call.engine, call.user, namespace=group)
        shown["projects"] = [render.project(call.engine, one) for one in inside[:100]]
    return shown


def _update_group(call: Call) -> Any:
    return render.group(
        call.engine, projects.update_group(call.engine, call.actor, _group(call), call.arguments)
    )


def _delete_group(call: Call) -> Any:
    projects.delete_group(call.engine, call.actor, _group(call))
    return Reply(202, {"message": "202 Accepted"})


def _subgroups(call: Call) -> Any:
    rows = projects.list_groups(call.engine, call.user, parent_id=_group(call).id)
    return Rows(rows, lambda row: render.group(call.engine, row))


def _group_projects(call: Call) -> Any:
    below = call.flag("include_subgroups")
    rows = projects.list_projects(call.engine, call.user, namespace=_group(call), below=below)
    return Rows(_filtered(call, rows), lambda row: render.project(call.engine, row))


def _filtered(call: Call, rows: list[Any]) -> list[Any]:
    search = (call.text("search") or "").lower()
    wanted = [row for row in rows if search in row.name.lower() or search in row.path.lower()]
    if call.text("archived") is not None or call.arguments.get("archived") is not None:
        wanted = [row for row in wanted if row.archived == call.flag("archived")]
    return wanted[::-1] if call.text("sort") == "asc" else wanted


# -- projects ----------------------------------------------------------------------------------------


def _list_projects(call: Call) -> Any:
    rows = projects.list_projects(call.engine, call.user)
    if call.flag("membership") and call.user is not None:
        user = call.user
        rows = [row for row in rows if project_level(call.engine, user, row) > 0 and _is_member(call, row)]
    return Rows(_filtered(call, rows), lambda row: render.project(call.engine, row))


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
    found = projects.group_by_id(call.engine, namespace_id)
    return projects.get_group(call.engine, call.actor, found.id) if found.kind == "group" else found


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
    return Rows(rows, lambda row: render.push_event(call.engine, row))


# -- members -----------------------------------------------------------------------------------------


def _place(call: Call, source: str) -> tuple[int, int]:
    """The id of the group or project and the caller's level in it."""
    if source == "group":
        group = _group(call)
        return group.id, group_level(call.engine, call.user, group.id)
    project = call.project()
    return project.id, project_level(call.engine, call.user, project)


def _members(source: str) -> Handler:
    def act(call: Call) -> Any:
        place, _ = _place(call, source)
        rows = projects.direct_members(call.engine, source, place)
        return Rows(rows, lambda row: render.member(call.engine, row))

    return act


def _all_members(source: str) -> Handler:
    def act(call: Call) -> Any:
        return Rows(_everyone(call, source), lambda row: render.member(call.engine, row))

    return act


def _everyone(call: Call, source: str) -> list[Membership]:
    place, _ = _place(call, source)
    if source == "group":
        return group_memberships(call.engine, place)
    return memberships(call.engine, projects.project_by_id(call.engine, place))


def _inherited_member(source: str) -> Handler:
    def act(call: Call) -> Any:
        wanted = call.number("user_id")
        for row in _everyone(call, source):
            if row.user_id == wanted:
                return render.member(call.engine, row)
        raise not_found()

    return act


def _member(source: str) -> Handler:
    def act(call: Call) -> Any:
        place, _ = _place(call, source)
        found = projects.direct_member(call.engine, source, place, call.number("user_id"))
        if found is None:
            raise not_found()
        return render.member(call.engine, found)

    return act


def _controlled(call: Call, source: str) -> tuple[int, int]:
    call.sign_in()
    place, level = _place(call, source)
    if level < (MAINTAINER if source == "project" else OWNER):
        raise forbidden()
    return place, level


def _add_member(source: str) -> Handler:
    def act(call: Call) -> Any:
        place, level = _controlled(call, source)
        wanted = call.needed_integer("access_level")
        projects.check_level(wanted, level)
        user = call.account(call.needed_integer("user_id"))
        if projects.direct_member(call.engine, source, place, user.id) is not None:
            raise refused(409, "Member already exists")
        return render.member(call.engine, projects.set_member(call.engine, source, place, user.id, wanted))

    return act


def _change_member(source: str) -> Handler:
    def act(call: Call) -> Any:
        place, level = _controlled(call, source)
        wanted, user_id = call.needed_integer("access_level"), call.number("user_id")
        found = projects.direct_member(call.engine, source, place, user_id)
        if found is None:
            raise not_found()
        projects.check_level(max(wanted, 0), level)
        projects.check_level(found.level, level)
        return render.member(call.engine, projects.set_member(call.engine, source, place, user_id, wanted))

    return act


def _remove_member(source: str) -> Handler:
    def act(call: Call) -> Any:
        place, level = _place(call, source)
        user_id = call.number("user_id")
        if call.actor.id != user_id:
            _controlled(call, source)
        found = projects.direct_member(call.engine, source, place, user_id)
        if found is not None and level < ADMIN and found.level > level:
            raise forbidden()
        projects.remove_member(call.engine, source, place, user_id)
        return None

    return act


def _member_routes(source: str) -> list[Route]:
    base = f"/{source}s/{{id}}/members"
    return [
        ("GET", base, _members(source)),
        ("POST", base, _add_member(source)),
        ("GET", f"{base}/all", _all_members(source)),
        ("GET", f"{base}/all/{{user_id}}", _inherited_member(source)),
        ("GET", f"{base}/{{user_id}}", _member(source)),
        ("PUT", f"{base}/{{user_id}}", _change_member(source)),
        ("DELETE", f"{base}/{{user_id}}", _remove_member(source)),
    ]


ROUTES: Sequence[Route] = [
    ("GET", "/groups", _list_groups),
    ("POST", "/groups", _create_group),
    ("GET", "/groups/{id}", _get_group),
    ("PUT", "/groups/{id}", _update_group),
    ("DELETE", "/groups/{id}", _delete_group),
    ("GET", "/groups/{id}/subgroups", _subgroups),
    ("GET", "/groups/{id}/projects", _group_projects),
    ("GET", "/projects", _list_projects),
    ("POST", "/projects", _create_project),
    ("GET", "/projects/{id}", _get_project),
    ("PUT", "/projects/{id}", _update_project),
    ("DELETE", "/projects/{id}", _delete_project),
    ("POST", "/projects/{id}/archive", _archive(True)),
    ("POST", "/projects/{id}/unarchive", _archive(False)),
    ("GET", "/projects/{id}/events", _events),
    *_member_routes("group"),
    *_member_routes("project"),
]
