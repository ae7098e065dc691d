"""One request and its answer, without any web framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from automation.localforge import projects, users
from automation.localforge.engine import Engine
from automation.localforge.noteables import whole_number
from automation.localforge.records import Project, Token, User
from automation.localforge.refusals import forbidden, invalid, refused

_TRUE = {"true", "1", "t", "yes", "on"}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is not simply JSON with the method's usual status."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Keyset:
    """How a list may be paged by keyset: what it is of, and by ``order_by`` each row's position (a tuple).

    ``parameter`` carries the position on: ``id_after`` (or ``id_before``), ``cursor`` or ``page_token``.
    """

    kind: str
    orders: Mapping[str, Callable[[Any], tuple[Any, ...]]]
    parameter: str = "cursor"


@dataclass(frozen=True, slots=True)
class Rows:
    """A list to be paginated; only the rows of the asked page are rendered."""

    rows: Sequence[Any]
    render: Callable[[Any], Any]
    keyset: Keyset | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request: who, where (``path`` parts decoded) and with what.

    ``arguments`` are the query string's and the body's together, the body's first, as GitLab reads them:
    python-gitlab sends ``sha`` of a merge in the query string, others send it in the body.
    """

    engine: Engine
    user: User | None
    path: Mapping[str, str]
    arguments: Mapping[str, Any]
    token: Token | None = None

    @property
    def actor(self) -> User:
        """The account; 401 where nobody is signed in."""
        if self.user is None:
            raise refused(401, "401 Unauthorized")
        return self.user

    def sign_in(self) -> None:
        """Refuse a request without an account (401)."""
        if self.user is None:
            raise refused(401, "401 Unauthorized")

    def admin(self) -> User:
        """The account if it is an administrator; 403 otherwise."""
        if not self.actor.admin:
            raise forbidden()
        return self.actor

    def number(self, name: str) -> int:
        """A number in the path; 404 for anything else."""
        text = self.path[name]
        if not text.isascii() or not text.isdigit() or len(text) > 15:
            raise refused(404, "404 Not Found")
        return int(text)

    def reference(self, name: str = "id") -> int | str:
        """An id or a full path in the path."""
        text = self.path[name]
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else text

    def project(self) -> Project:
        """The project the path names, if the account may know of it."""
        return projects.get_project(self.engine, self.user, self.reference())

    def account(self, user_id: int) -> User:
        """An account by id."""
        return users.get_user(self.engine, user_id)

    def text(self, name: str) -> str | None:
        """A text argument, or None."""
        value = self.arguments.get(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int | float):
            return str(value)
        raise invalid(f"{name} is invalid")

    def needed(self, name: str) -> str:
        """A text argument that must be there; 400 otherwise."""
        value = self.text(name)
        if value is None:
            raise invalid(f"{name} is missing")
        return value

    def integer(self, name: str) -> int | None:
        """A whole number argument, or None; 400 for anything else."""
        value = self.arguments.get(name)
        if value is None or value == "":
            return None
        number = whole_number(value)
        if number is None:
            raise invalid(f"{name} is invalid")
        return number

    def needed_integer(self, name: str) -> int:
        """A whole number that must be there; 400 otherwise."""
        value = self.integer(name)
        if value is None:
            raise invalid(f"{name} is missing")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes or no argument."""
        value = self.arguments.get(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value).lower() in _TRUE

    def facts(self, *flags: str) -> dict[str, Any]:
        """All arguments, with those named in ``flags`` as booleans."""
        return {
            key: self.flag(key) if key in flags and value is not None else value
            for key, value in self.arguments.items()
        }


Handler = Callable[[Call], Any]
Route = tuple[str, str, Handler]
"""Method, path below ``/api/v4`` with ``{names}``, handler."""
