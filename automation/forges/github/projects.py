"""Organisations, repositories and their collaborators on GitHub."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import github

from automation.core.errors import ForgeRefused
from automation.core.text import Bilingual
from automation.forges.base import Access, Group, Member, Project, User
from automation.forges.github import convert
from automation.forges.github.accounts import AccountsPart
from automation.forges.github.session import PAGE, asks, is_absent, status_of

# What GitHub's own names are made of. Anything else would be another address: "..", a slash, a query.
_NAME = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_LONGEST_DESCRIPTION = 350


class ProjectsPart(AccountsPart):
    """Organisations as groups, repositories as projects, collaborators as members."""

    @asks("mencari organisasi", "find an organisation")
    def find_group(self, path: str) -> Group | None:
        """The organisation of that name, or None; GitHub has no groups within groups."""
        if not _NAME.fullmatch(path):
            return None
        try:
            found = convert.group(self._raw("GET", f"/orgs/{path}"))
        except github.GithubException as problem:
            if is_absent(problem):
                return None
            raise
        return found if found.path.casefold() == path.casefold() else None

    def ensure_group(self, path: str, name: str) -> Group:
        """The organisation of that name; a GHES site administrator's token makes it where absent.

        Raises:
            ForgeRefused: it is absent and this token may not make it (on github.com nobody's may), or the
                path has more than one level.
        """
        if not _NAME.fullmatch(path):
            raise _one_level(path)
        return self.find_group(path) or self._make_group(path, name)

    @asks("membuat organisasi", "make an organisation")
    def _make_group(self, path: str, name: str) -> Group:
        body = {"login": path, "admin": self.whoami().username, "profile_name": name}
        try:
            return convert.group(self._raw("POST", "/admin/organizations", body=body))
        except github.GithubException as problem:
            if status_of(problem) in {403, 404}:
                raise _by_hand(path, self.url, status_of(problem)) from None
            raise

    def find_project(self, path: str) -> Project | None:
        """The repository at ``owner/name``, or None; a renamed one is not found by its old name."""
        owner, _, name = path.partition("/")
        if not _NAME.fullmatch(owner) or not _NAME.fullmatch(name):
            return None
        found = self._find(f"/repos/{owner}/{name}")
        return found if found is not None and found.path.casefold() == path.casefold() else None

    def get_project(self, project_id: int) -> Project | None:
        """The repository with this id, or None when it is gone."""
        return self._find(self._at(project_id))

    @asks("mencari repositori", "find a repository")
    def _find(self, address: str) -> Project | None:
        try:
            return self._project(self._raw("GET", address))
        except github.GithubException as problem:
            if is_absent(problem):
                return None
            raise

    def _project(self, data: convert.Data) -> Project:
        return convert.project(data, empty=self._is_empty(data))

    def _is_empty(self, data: convert.Data) -> bool:
        """Whether the repository has no branch. Its size is counted late, so a 0 is asked about."""
        if data.get("size"):
            return False
        try:
            return not self._raw("GET", f"{self._at(data['id'])}/branches", parameters={"per_page": PAGE})
        except github.GithubException as problem:
            if is_absent(problem) or status_of(problem) == 409:
                return True
            raise

    @asks("mendaftar repositori organisasi", "list an organisation's repositories")
    def list_group_projects(self, group: Group) -> Sequence[Project]:
        """All repositories of an organisation, oldest first."""
        rows = self._rows(f"/orgs/{group.path}/repos", parameters={"sort": "created", "direction": "asc"})
        # Paging while repositories come and go may show one twice.
        found = {row["id"]: row for row in rows}
        return [self._project(row) for row in found.values()]

    @asks("mendaftar repositori yang berubah", "list the repositories that changed")
    def list_changed_projects(self, group: Group, since: datetime) -> Sequence[Project]:
        """Repositories pushed to since then, newest push first; the listing ends at the first older one."""
        found = {}
        latest_first = {"sort": "pushed", "direction": "desc"}
        for row in self._rows(f"/orgs/{group.path}/repos", parameters=latest_first):
            # Whole seconds on GitHub's side: a push within the second of ``since`` counts as after it.
            if convert.moment(row.get("pushed_at") or row["created_at"]) < since.replace(microsecond=0):
                break
            found[row["id"]] = row
        return [self._project(row) for row in found.values()]

    @asks("mendaftar pull request yang berubah", "list the pull requests that changed")
    def list_changed_requests(self, group: Group, since: datetime) -> frozenset[int]:
        """Ids of the repositories with a pull request updated since then.

        GitHub lists pull requests among issues, and an organisation's issues in one listing.
        """
        asked = {"filter": "all", "state": "all", "since": convert.iso(since)}
        rows = self._rows(f"/orgs/{group.path}/issues", parameters=asked)
        return frozenset(int(row["repository"]["id"]) for row in rows if row.get("pull_request"))

    @asks("membuat repositori", "make a repository")
    def create_project(self, group: Group, slug: str, *, name: str, description: str) -> Project:
        """A new private, empty repository. GitHub knows one name only, the slug."""
        body = {
            "name": slug,
            "description": description_of(description),
            "private": True,
            "has_issues": True,
            "has_wiki": False,
            "auto_init": False,
        }
        return convert.project(self._raw("POST", f"/orgs/{group.path}/repos", body=body), empty=True)

    # ---- collaborators

    @asks("mengatur anggota", "set a member")
    def ensure_member(self, project_id: int, user: User, access: Access) -> bool:
        """Give ``user`` exactly this direct access; True when something was written.

        Who does not belong to the organisation is invited. An invitation that offers just this counts as
        set: until it is accepted nobody can do more, and inviting again would only send another letter.
        """
        standing = self._direct_access(project_id, user)
        if standing is not None:
            return self._change_member(project_id, user, standing, access)
        invited = self._invitation(project_id, user)
        if invited is not None:
            return self._change_invitation(project_id, invited, access)
        if access is Access.NONE:
            return False
        self._give(project_id, user, access)
        return True

    def _direct_access(self, project_id: int, user: User) -> Access | None:
        rows = self._rows(f"{self._at(project_id)}/collaborators", parameters={"affiliation": "direct"})
        return next((convert.access(row["role_name"]) for row in rows if row["id"] == user.id), None)

    def _invitation(self, project_id: int, user: User) -> Mapping[str, Any] | None:
        for row in self._rows(f"{self._at(project_id)}/invitations"):
            if (row.get("invitee") or {}).get("id") == user.id and not row.get("expired"):
                return row
        return None

    def _change_member(self, project_id: int, user: User, standing: Access, access: Access) -> bool:
        if standing == access or (standing > access and self._owns(project_id, user)):
            return False
        if access is Access.NONE:
            self._raw("DELETE", f"{self._at(project_id)}/collaborators/{self._login(user)}")
        else:
            self._give(project_id, user, access)
        return True

    def _owns(self, project_id: int, user: User) -> bool:
        """Whether the account owns the organisation: GitHub then lists it as administrator of everything."""
        owner = self._raw("GET", self._at(project_id))["owner"]
        if owner["type"] != "Organization":
            return bool(owner["id"] == user.id)
        try:
            found = self._raw("GET", f"/orgs/{owner['login']}/memberships/{self._login(user)}")
        except github.GithubException as problem:
            if is_absent(problem) or status_of(problem) == 403:
                return False
            raise
        return bool(found["role"] == "admin" and found["state"] == "active")

    def _change_invitation(self, project_id: int, invited: Mapping[str, Any], access: Access) -> bool:
        if convert.access(invited["permissions"]) == access:
            return False
        address = f"{self._at(project_id)}/invitations/{int(invited['id'])}"
        if access is Access.NONE:
            self._raw("DELETE", address)
        else:
            self._raw("PATCH", address, body={"permissions": convert.ROLE_BY_ACCESS[access]})
        return True

    def _give(self, project_id: int, user: User, access: Access) -> None:
        address = f"{self._at(project_id)}/collaborators/{self._login(user)}"
        self._raw("PUT", address, body={"permission": convert.PERMISSION_BY_ACCESS[access]})

    def _login(self, user: User) -> str:
        """The account's name now, for an address: a name given up meanwhile may be another's already."""
        return quote(str(self._raw("GET", f"/user/{user.id}")["login"]), safe="")

    @asks("mendaftar anggota", "list the members")
    def list_members(self, project_id: int) -> Sequence[Member]:
        """Collaborators, those by way of the organisation or a team and those who are invited included.

        Who is invited can let himself in at any moment: were he left out, somebody taken off a case would
        come into its file days later.
        """
        rows = self._rows(f"{self._at(project_id)}/collaborators", parameters={"affiliation": "all"})
        found = [Member(convert.user(row), convert.access(row["role_name"])) for row in rows]
        inside = {one.user.id for one in found}
        for row in self._rows(f"{self._at(project_id)}/invitations"):
            invitee = row.get("invitee")
            if invitee and not row.get("expired") and invitee["id"] not in inside:
                found.append(Member(convert.user(invitee), convert.access(row["permissions"])))
        return found


def description_of(text: str) -> str:
    """A text as GitHub takes it for a description: one line, at most 350 characters."""
    return " ".join(_CONTROL.sub(" ", text).split())[:_LONGEST_DESCRIPTION]


def _one_level(path: str) -> ForgeRefused:
    return ForgeRefused(
        Bilingual(
            f"{path!r} bukan nama organisasi GitHub: GitHub tidak mengenal grup di dalam grup.",
            f"{path!r} is no name of a GitHub organisation: GitHub has no groups within groups.",
        ),
        remedy=Bilingual("Pakai satu nama tanpa garis miring.", "Use one name without a slash."),
    )


def _by_hand(path: str, url: str, status: int) -> ForgeRefused:
    return ForgeRefused(
        Bilingual(
            f"Organisasi {path} belum ada, dan token laik tidak boleh membuatnya.",
            f"The organisation {path} does not exist, and laik's token may not make it.",
        ),
        remedy=Bilingual(
            f"Buat organisasi itu di {url}/organizations/new, lalu jadikan akun laik pemiliknya atau pasang"
            " GitHub App laik di sana.",
            f"Make it at {url}/organizations/new, then make laik's account an owner or install laik's"
            " GitHub App there.",
        ),
        status=status,
    )
