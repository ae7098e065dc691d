"""One request in GitHub's dialect and its answer, without any web framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from automation.localforge import users
from automation.localforge.engine import Engine
from automation.localforge.noteables import whole_number
from automation.localforge.permissions import (
    DEVELOPER,
    GUEST,
    MAINTAINER,
    OWNER,
    REPORTER,
    project_level,
    project_visible,
)
from automation.localforge.records import Project, User
from automation.localforge.refusals import Refusal

DOCS = "https://docs.github.com/rest"
VERSION = "3.19.0"
"""The version of GitHub Enterprise Server that is spoken."""

PULL, TRIAGE, PUSH, MAINTAIN, ADMIN = GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER
"""GitHub's roles as the engine's levels."""

_LACKING = {
    MAINTAIN: "Must have maintain rights to Repository.",
    ADMIN: "Must have admin rights to Repository.",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is not simply JSON with the method's usual status; ``raw`` has its own type."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    media: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Rows:
    """A list to be paginated; only the rows of the asked page are rendered.

    ``key``: the list lies in an object beside ``total_count`` (check runs, installations, searches).
    """

    rows: Sequence[Any]
    render: Callable[[Any], Any]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Install:
    """The installation of an App that a token belongs to: what it may do and see."""

    installation_id: int
    app_id: int
    namespace_id: int
    permissions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """A request: who, where (``path`` parts decoded) and with what.

    Attributes:
        user: the account; an App's bot account for installation tokens; None for nobody.
        token: the token's id, None without one.
        install: the App's installation whose token this is.
        app_id: set when the App itself asks (JWT); ``user`` is None then.
        query: the query string's values, the last of each name.
        body: the JSON object of the body (empty without one).
        scopes: those of a classic token; None for every other.
        accept: the ``Accept`` header, for the few answers that have several shapes.
    """

    engine: Engine
    user: User | None
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    accept: str = ""
    token: int | None = None
    install: Install | None = None
    app_id: int | None = None
    scopes: tuple[str, ...] | None = None

    # ---- who

    @property
    def actor(self) -> User:
        """The account; 401 where nobody is signed in."""
        if self.user is None:
            raise refused(401, "Requires authentication")
        return self.user

    def site_admin(self) -> User:
        """The account if it administers the server; 404 otherwise, as GHES hides these addresses."""
        if not self.actor.admin:
            raise not_found()
        return self.actor

    # ---- where

    def number(self, name: str) -> int:
        """A number in the path; 404 for anything else."""
        text = self.path[name]
        if not text.isascii() or not text.isdigit() or len(text) > 15:
            raise not_found()
        return int(text)

    def project(self, level: int = PULL) -> Project:
        """The repository that the path names, if the account may see it and has at least ``level``.

        Raises:
            Refusal: 404 for what may not be seen; 301 for a name that it had before; 403 below ``level``.
        """
        found = self._named_project()
        if level > PULL and project_level(self.engine, self.actor, found) < level:
            raise refused(403, _LACKING.get(level, "Must have push access to repository"))
        return found

    def _named_project(self) -> Project:
        if "repository_id" in self.path:
            found = self.engine.store.one(
                Project, "SELECT * FROM projects WHERE id = ?", self.number("repository_id")
            )
        else:
            full = f"{self.path['owner']}/{self.path['repo']}"
            found = self.engine.store.one(Project, "SELECT * FROM projects WHERE full_path = ?", full)
            if found is None:
                self._refuse_moved(full)
        if found is None or not self.sees(found):
            raise not_found()
        return found

    def sees(self, project: Project) -> bool:
        """Whether the account may know of the repository; an installation sees its own organisation's."""
        if self.install is not None and project.visibility != "public":
            return project.namespace_id == self.install.namespace_id
        return project_visible(self.engine, self.user, project)

    def _refuse_moved(self, full: str) -> None:
        """A name that a repository had is answered with the way to its id, to who may see it."""
        moved = self.engine.store.one(
            Project,
            "SELECT p.* FROM projects p JOIN moved m ON m.project_id = p.id WHERE m.full_path = ?",
            full,
        )
        if moved is not None and self.sees(moved):
            raise Moved(moved.id)

    def account(self, user_id: int) -> User:
        """An account by id."""
        return users.get_user(self.engine, user_id)

    # ---- with what

    def text(self, name: str) -> str | None:
        """A text of the body, or None; 422 for another type."""
        value = self.body.get(name)
        if value is None or isinstance(value, str):
            return value
        raise mistyped(name, value, "a string")

    def needed(self, name: str) -> str:
        """A text of the body that must be there and not empty; 422 otherwise."""
        value = self.text(name)
        if not value:
            raise refused(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        return value

    def flag(self, name: str, default: bool | None = None) -> bool | None:
        """A boolean of the body, or ``default``; 422 for another type."""
        value = self.body.get(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        raise mistyped(name, value, "a boolean")

    def integer(self, name: str) -> int | None:
        """A whole number of the body, or None; 422 for another type."""
        value = self.body.get(name)
        if value is None:
            return None
        number = whole_number(value) if not isinstance(value, bool) else None
        if number is None:
            raise mistyped(name, value, "an integer")
        return number

    def texts(self, name: str) -> list[str] | None:
        """A list of texts of the body, or None; 422 for anything else."""
        value = self.body.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise mistyped(name, value, "an array of strings")
        return value

    def asked(self, name: str, default: str = "") -> str:
        """A value of the query string."""
        return self.query.get(name, default)


Handler = Callable[[Call], Any]


class Route(NamedTuple):
    """Method, path below ``/api/v3`` with ``{names}``, handler.

    A path below ``/repos/{owner}/{repo}`` answers at ``/repositories/{repository_id}`` as well.
    ``permission``: what a GitHub App (or fine-grained token) needs, e.g. ``("issues", "write")``.
    """

    method: str
    path: str
    handler: Handler
    permission: tuple[str, Literal["read", "write"]] | None = None


class Moved(Exception):
    """The repository has another name now: 301 to its address by id."""

    def __init__(self, project_id: int) -> None:
        self.project_id = project_id
        super().__init__(str(project_id))


def refused(status: int, message: str, errors: Sequence[Any] | None = None, *, docs: str = DOCS) -> Refusal:
    """A refusal in GitHub's shape."""
    body: dict[str, Any] = {"message": message}
    if errors is not None:
        body["errors"] = list(errors)
    return Refusal(status, {**body, "documentation_url": docs, "status": str(status)})


def not_found() -> Refusal:
    """404: not there, or not for this account to know."""
    return refused(404, "Not Found")


def forbidden(message: str = "Resource not accessible by personal access token") -> Refusal:
    """403: it may be seen, the act is not allowed."""
    return refused(403, message)


def invalid(resource: str, field_name: str, code: str, message: str = "") -> Refusal:
    """422 about one field; ``code``: missing, missing_field, invalid, already_exists or custom."""
    error = {"resource": resource, "code": code, "field": field_name}
    return refused(422, "Validation Failed", [{**error, "message": message} if message else error])


def mistyped(name: str, value: Any, wanted: str) -> Refusal:
    """422 as GitHub's schema check answers."""
    shown = repr(value)[:60]
    return refused(422, f"Invalid request.\n\nFor 'properties/{name}', {shown} is not {wanted}.")
