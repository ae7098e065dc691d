"""Routes: groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automation.localforge import groups, projects
from automation.localforge.gitlabdialect import render
from automation.localforge.gitlabdialect.call import Call, Reply, Route, Rows
from automation.localforge.records import Namespace


def group_of(call: Call) -> Namespace:
    """The group the path names, if the account may know of it."""
    return groups.get_group(call.engine, call.user, call.reference())


def _list_groups(call: Call) -> Any:
    rows = groups.list_groups(call.engine, call.user)
    search = (call.text("search") or "").lower()
    wanted = [row for row in rows if search in row.full_path.lower()]
    if call.flag("top_level_only"):
        wanted = [row for row in wanted if row.parent_id is None]
    return Rows(wanted, lambda row: render.group(call.engine, row))


def _create_group(call: Call) -> Any:
    call.needed("name")
    group = groups.create_group(
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
    group = group_of(call)
    shown = render.group(call.engine, group)
    if call.flag("with_projects", True):
        inside = projects.list_projects(call.engine, call.user, namespace=group)
        shown["projects"] = [render.project(call.engine, one) for one in inside[:100]]
    return shown


def _update_group(call: Call) -> Any:
    return render.group(
        call.engine, groups.update_group(call.engine, call.actor, group_of(call), call.arguments)
    )


def _delete_group(call: Call) -> Any:
    groups.delete_group(call.engine, call.actor, group_of(call))
    return Reply(202, {"message": "202 Accepted"})


def _subgroups(call: Call) -> Any:
    rows = groups.list_groups(call.engine, call.user, parent_id=group_of(call).id)
    return Rows(rows, lambda row: render.group(call.engine, row))


def _group_projects(call: Call) -> Any:
    below = call.flag("include_subgroups")
    rows = projects.list_projects(call.engine, call.user, namespace=group_of(call), below=below)
    return Rows(filtered(call, rows), lambda row: render.project(call.engine, row))


def filtered(call: Call, rows: list[Any]) -> list[Any]:
    """Of these projects the ones a list request asks for, in its order."""
    search = (call.text("search") or "").lower()
    wanted = [row for row in rows if search in row.name.lower() or search in row.path.lower()]
    if call.text("archived") is not None or call.arguments.get("archived") is not None:
        wanted = [row for row in wanted if row.archived == call.flag("archived")]
    if call.text("order_by") == "last_activity_at":
        wanted.sort(key=lambda row: (row.last_activity_at, row.id), reverse=True)
    return wanted[::-1] if call.text("sort") == "asc" else wanted


ROUTES: Sequence[Route] = [
    ("GET", "/groups", _list_groups),
    ("POST", "/groups", _create_group),
    ("GET", "/groups/{id}", _get_group),
    ("PUT", "/groups/{id}", _update_group),
    ("DELETE", "/groups/{id}", _delete_group),
    ("GET", "/groups/{id}/subgroups", _subgroups),
    ("GET", "/groups/{id}/projects", _group_projects),
]
