"""GitHub's JSON to the neutral records: people, organisations, repositories. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from automation.forges.base import Access, Group, Project, User

Data = Mapping[str, Any]

# Accounts that stand for nobody: GitHub puts them where an account was deleted.
_GHOST = "ghost"

ACCESS_BY_ROLE = {
    "read": Access.GUEST,
    "triage": Access.REPORTER,
    "write": Access.DEVELOPER,
    "maintain": Access.MAINTAINER,
    "admin": Access.OWNER,
}
"""GitHub's roles by the name that ``role_name`` gives them."""

PERMISSION_BY_ACCESS = {
    Access.GUEST: "pull",
    Access.REPORTER: "triage",
    Access.DEVELOPER: "push",
    Access.MAINTAINER: "maintain",
    Access.OWNER: "admin",
}
"""GitHub's roles by the name with which they are given."""


ROLE_BY_ACCESS = {access: role for role, access in ACCESS_BY_ROLE.items()}

_BY_PERMISSION = (
    ("admin", Access.OWNER),
    ("maintain", Access.MAINTAINER),
    ("push", Access.DEVELOPER),
    ("triage", Access.REPORTER),
    ("pull", Access.GUEST),
)


def moment(text: str) -> datetime:
    """GitHub's ISO time as aware UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def iso(when: datetime) -> str:
    """A time as GitHub's parameters take it: whole seconds, ``Z``."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def user(data: Data | None) -> User:
    """An account; null (a deleted account) is GitHub's ghost. Apps and mannequins are no persons."""
    if data is None:
        return User(id=0, username=_GHOST, bot=True)
    login = str(data["login"])
    return User(
        id=data["id"],
        username=login,
        name=data.get("name") or "",
        bot=data.get("type", "User") != "User" or login.endswith("[bot]") or login == _GHOST,
        email=data.get("email") or "",
    )


def group(data: Data) -> Group:
    """An organisation."""
    return Group(data["id"], data["login"])


def project(data: Data, *, empty: bool) -> Project:
    """A repository. GitHub tells only its size, in kB and late, so whether it is ``empty`` is asked."""
    return Project(
        id=data["id"],
        path=data["full_name"],
        name=data["name"],
        description=data.get("description") or "",
        default_branch=data.get("default_branch") or "main",
        web_url=data["html_url"],
        http_url=data["clone_url"],
        empty=empty,
        archived=bool(data.get("archived")),
    )


def access(role: str) -> Access:
    """The access that a role gives; a role of the organisation's own making counts as reading."""
    return ACCESS_BY_ROLE.get(role, Access.GUEST if role and role != "none" else Access.NONE)


def access_of_permissions(permissions: Mapping[str, bool]) -> Access:
    """The access in a repository's ``permissions``."""
    return next((level for name, level in _BY_PERMISSION if permissions.get(name)), Access.NONE)


def access_of_app(permissions: Mapping[str, str]) -> Access:
    """What an App's permissions on a repository amount to."""
    if permissions.get("administration") == "write":
        return Access.OWNER
    if permissions.get("contents") == "write":
        return Access.DEVELOPER
    return Access.GUEST if permissions.get("contents") == "read" else Access.NONE
