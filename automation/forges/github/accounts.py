"""Who is who on GitHub."""

from __future__ import annotations

from urllib.parse import quote

import github

from automation.forges.base import User
from automation.forges.github import convert
from automation.forges.github.auth import InstallationToken
from automation.forges.github.session import Part, asks, is_absent


class AccountsPart(Part):
    """Accounts."""

    _me: User | None

    @asks("menanyakan akun token", "tell whose token this is")
    def whoami(self) -> User:
        """The account the adapter writes as: the token's, or the App's own ``<slug>[bot]``."""
        if self._me is None:
            self._me = convert.user(self._raw("GET", self._own_address()))
        return self._me

    def _own_address(self) -> str:
        if isinstance(self._credentials, InstallationToken):
            # GET /user is refused to installations; the App's name is asked with its own JWT.
            slug = self._credentials.as_app("GET", "/app")["slug"]
            return f"/users/{quote(f'{slug}[bot]')}"
        return "/user"

    @asks("mencari akun", "find an account")
    def find_user(self, username: str) -> User | None:
        """The account of that name, or None; an organisation is no account."""
        try:
            found = self._raw("GET", f"/users/{quote(username, safe='')}")
        except github.GithubException as problem:
            if is_absent(problem):
                return None
            raise
        return convert.user(found) if found.get("type") != "Organization" else None
