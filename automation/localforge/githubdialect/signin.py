"""Who asks: a token's account, an App's installation, the App itself, or nobody."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from automation.localforge import apps, users
from automation.localforge.engine import Engine
from automation.localforge.githubdialect.call import Install, refused
from automation.localforge.records import Token, User

_APP_ONLY = "A JSON web token could not be decoded"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, and what the token lets them do.

    ``scopes`` None: the token is no classic one (an installation's, or fine-grained), so none are told.
    """

    user: User | None = None
    token: int | None = None
    scopes: tuple[str, ...] | None = None
    expires_at: str | None = None
    install: Install | None = None
    app_id: int | None = None

    @property
    def limited(self) -> str:
        """Under which name the requests are counted."""
        if self.install is not None:
            return f"installation {self.install.installation_id}"
        return f"user {self.user.id}" if self.user else f"app {self.app_id}"

    def headers(self) -> dict[str, str]:
        """What GitHub tells of the token in every answer."""
        told = {}
        if self.scopes is not None:
            told["X-OAuth-Scopes"] = ", ".join(self.scopes)
        if self.expires_at is not None and self.install is None:
            moment = self.expires_at.replace("T", " ")[:19]
            told["GitHub-Authentication-Token-Expiration"] = (
                f"{moment} UTC" if len(moment) > 10 else f"{moment} 00:00:00 UTC"
            )
        return told

    def require(self, permission: tuple[str, Literal["read", "write"]] | None, *, reading: bool) -> None:
        """Refuse what the token's kind does not allow.

        An App needs the permission that the route names; a classic token needs ``repo`` to change anything.
        """
        if self.install is not None and permission is not None:
            name, level = permission
            held = self.install.permissions.get(name)
            if held is None or (level == "write" and held == "read"):
                raise refused(403, "Resource not accessible by integration")
        if self.scopes is not None and not reading and not set(self.scopes) & {"repo", "api"}:
            raise refused(404, "Not Found")


def visitor(engine: Engine, headers: Mapping[str, str]) -> Visitor:
    """Who sent a request with these headers.

    Raises:
        Refusal: 401 for credentials that open nothing.
    """
    scheme, _, given = headers.get("authorization", "").partition(" ")
    given = given.strip()
    if not scheme:
        return Visitor()
    if scheme.lower() == "basic":
        given = _basic_password(given)
    elif scheme.lower() not in {"token", "bearer"}:
        raise refused(401, "Bad credentials")
    found = users.authenticate(engine, given)
    if found is not None:
        return _of_token(engine, *found)
    app = apps.app_of_jwt(engine, given)
    if app is None:
        raise refused(401, _APP_ONLY if given.startswith("eyJ") else "Bad credentials")
    return Visitor(app_id=app.id)


def _basic_password(given: str) -> str:
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        raise refused(401, "Bad credentials") from None


def _of_token(engine: Engine, user: User, token: Token) -> Visitor:
    install = apps.installation_of_token(engine, token.id)
    if install is None:
        # A fine-grained token names no scopes to anyone.
        scopes = None if token.scopes == "fine-grained" else tuple(token.scopes.split())
        return Visitor(user, token.id, scopes, token.expires_at)
    app = apps.app_by_id(engine, install.app_id)
    permissions = Install(install.id, app.id, install.namespace_id, apps.permissions_of(app))
    return Visitor(user, token.id, None, token.expires_at, permissions)
