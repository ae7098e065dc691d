"""Routes: members of groups and projects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automation.localforge import members, projects
from automation.localforge.gitlabdialect import render
from automation.localforge.gitlabdialect.call import Call, Handler, Route, Rows
from automation.localforge.gitlabdialect.groups import group_of
from automation.localforge.permissions import (
    ADMIN,
    MAINTAINER,
    OWNER,
    group_level,
    group_memberships,
    memberships,
    project_level,
)
from automation.localforge.records import Membership
from automation.localforge.refusals import forbidden, not_found, refused


def _place(call: Call, source: str) -> tuple[int, int]:
    """The id of the group or project and the caller's level in it."""
    if source == "group":
        group = group_of(call)
        return group.id, group_level(call.engine, call.user, group.id)
    project = call.project()
    return project.id, project_level(call.engine, call.user, project)


def _members(source: str) -> Handler:
    def act(call: Call) -> Any:
        place, _ = _place(call, source)
        rows = members.direct_members(call.engine, source, place)
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
        found = members.direct_member(call.engine, source, place, call.number("user_id"))
        if found is None:
            raise not_found()
        return render.member(call.engine, found)

    return act


def controlled(call: Call, source: str) -> tuple[int, int]:
    """The place and the caller's level for who may rule it: Maintainers of projects, Owners of groups."""
    call.sign_in()
    place, level = _place(call, source)
    if level < (MAINTAINER if source == "project" else OWNER):
        raise forbidden()
    return place, level


def _add_member(source: str) -> Handler:
    def act(call: Call) -> Any:
        place, level = controlled(call, source)
        wanted = call.needed_integer("access_level")
        members.check_level(wanted, level)
        user = call.account(call.needed_integer("user_id"))
        if members.direct_member(call.engine, source, place, user.id) is not None:
            raise refused(409, "Member already exists")
        return render.member(call.engine, members.set_member(call.engine, source, place, user.id, wanted))

    return act


def _change_member(source: str) -> Handler:
    def act(call: Call) -> Any:
        place, level = controlled(call, source)
        wanted, user_id = call.needed_integer("access_level"), call.number("user_id")
        found = members.direct_member(call.engine, source, place, user_id)
        if found is None:
            raise not_found()
        members.check_level(max(wanted, 0), level)
        members.check_level(found.level, level)
        return render.member(call.engine, members.set_member(call.engine, source, place, user_id, wanted))

    return act


def _remove_member(source: str) -> Handler:
    def act(call: Call) -> Any:
        place, level = _place(call, source)
        user_id = call.number("user_id")
        if call.actor.id != user_id:
            controlled(call, source)
        found = members.direct_member(call.engine, source, place, user_id)
        if found is not None and level < ADMIN and found.level > level:
            raise forbidden()
        members.remove_member(call.engine, source, place, user_id)
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


ROUTES: Sequence[Route] = [*_member_routes("group"), *_member_routes("project")]
