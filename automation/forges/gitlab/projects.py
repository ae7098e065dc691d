"""Groups, projects and members on GitLab."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from gitlab.exceptions import GitlabGetError
from gitlab.v4.objects import Group as ApiGroup

from automation.forges.base import Access, Group, Member, Project, User
from automation.forges.gitlab import convert
from automation.forges.gitlab.accounts import AccountsPart
from automation.forges.gitlab.listing import by_time, whole
from automation.forges.gitlab.session import asks, is_absent

ACTIVITY_CLOCK = timedelta(hours=1)
_DIRECTLY: dict[str, Any] = {"iterator": True, "include_subgroups": False, "with_shared": False}


class ProjectsPart(AccountsPart):
    """Groups, projects, members."""

    @asks("mencari grup", "find a group")
    def find_group(self, path: str) -> Group | None:
        """The group at that full path, or None."""
        try:
            found = self._client.groups.get(path, with_projects=False)
        except GitlabGetError as problem:
            if is_absent(problem):
                return None
            raise
        group = convert.group(found.attributes)
        return group if group.path.casefold() == path.casefold() else None

    @asks("membuat grup", "make a group")
    def ensure_group(self, path: str, name: str) -> Group:
        """The group at that full path, made (private) where absent; its parent must exist."""
        found = self.find_group(path)
        if found is not None:
            return found
        above, _, slug = path.rpartition("/")
        data: dict[str, str | int] = {"path": slug, "name": name, "visibility": "private"}
        if above:
            data["parent_id"] = self._client.groups.get(above, with_projects=False).id
        return convert.group(self._client.groups.create(data).attributes)

    def find_project(self, path: str) -> Project | None:
        """The project at that full path, or None; a renamed project is not found by its old path."""
        found = self._find(path)
        return found if found is not None and found.path.casefold() == path.casefold() else None

    def get_project(self, project_id: int) -> Project | None:
        """The project with this id, or None when it is gone."""
        return self._find(project_id)

    @asks("mencari proyek", "find a project")
    def _find(self, key: str | int) -> Project | None:
        try:
            return convert.project(self._client.projects.get(key).attributes)
        except GitlabGetError as problem:
            if is_absent(problem):
                return None
            raise

    @asks("mendaftar proyek grup", "list a group's projects")
    def list_group_projects(self, group: Group) -> Sequence[Project]:
        """All projects directly in a group."""
        rows = whole(
            functools.partial(self._in_group(group).projects.list, **_DIRECTLY, order_by="id", sort="asc")
        )
        return [convert.project(row.attributes) for row in rows]

    @asks("mendaftar proyek yang berubah", "list the changed projects")
    def list_changed_projects(self, group: Group, since: datetime) -> Sequence[Project]:
        """Projects directly in a group with a push or other activity since then.

        GitLab moves ``last_activity_at`` once an hour at most, so an hour more is asked for. The list is
        read from the newest on, to the first that is older.
        """
        oldest = convert.iso(since - ACTIVITY_CLOCK)
        rows = whole(
            functools.partial(
                self._in_group(group).projects.list, **_DIRECTLY, order_by="last_activity_at", sort="desc"
            ),
            until=lambda row: convert.moment(row.last_activity_at) < convert.moment(oldest),
        )
        return [convert.project(row.attributes) for row in rows]

    @asks("mendaftar permintaan penggabungan yang berubah", "list the changed merge requests")
    def list_changed_requests(self, group: Group, since: datetime) -> frozenset[int]:
        """Ids of the projects in a group that have a merge request changed since then."""
        rows = by_time(
            functools.partial(
                self._in_group(group).mergerequests.list,
                iterator=True,
                scope="all",
                state="all",
                order_by="updated_at",
                sort="asc",
            ),
            time="updated_at",
            parameter="updated_after",
            start=convert.iso(since),
        )
        return frozenset(int(row.project_id) for row in rows)

    def _in_group(self, group: Group) -> ApiGroup:
        """A handle on a group; costs no request."""
        return self._client.groups.get(group.id, lazy=True)

    @asks("membuat proyek", "make a project")
    def create_project(self, group: Group, slug: str, *, name: str, description: str) -> Project:
        """A new private, empty project."""
        made = self._client.projects.create(
            {
                "name": name,
                "path": slug,
                "namespace_id": group.id,
                "description": description,
                "visibility": "private",
            }
        )
        return convert.project(made.attributes)

    @asks("mengatur anggota", "set a member")
    def ensure_member(self, project_id: int, user: User, access: Access) -> bool:
        """Give ``user`` exactly this direct access; True when something was written."""
        members = self._project(project_id).members
        try:
            standing = int(members.get(user.id).access_level)
        except GitlabGetError as problem:
            if not is_absent(problem):
                raise
            standing = int(Access.NONE)
        if standing == access:
            return False
        if access is Access.NONE:
            members.delete(user.id)
        elif standing == Access.NONE:
            members.create({"user_id": user.id, "access_level": int(access)})
        else:
            members.update(user.id, {"access_level": int(access)})
        return True

    @asks("mendaftar anggota", "list the members")
    def list_members(self, project_id: int) -> Sequence[Member]:
        """Direct and inherited members."""
        rows = whole(lambda: self._project(project_id).members_all.list(iterator=True))
        return [convert.member(row.attributes, self._person) for row in rows]
