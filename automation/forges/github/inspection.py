"""What the health check asks of GitHub."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

import github

from automation.core.text import Bilingual
from automation.forges.base import Access, ProjectFacts, TokenFacts
from automation.forges.github import convert
from automation.forges.github.accounts import AccountsPart
from automation.forges.github.auth import InstallationToken
from automation.forges.github.session import asks, is_absent, refused

_FRESH = {"Cache-Control": "no-cache"}


class InspectionPart(AccountsPart):
    """What the health check asks; nothing here writes but the removal after its own smoke test."""

    @asks("menanyakan versi", "tell its version")
    def version(self) -> str:
        """``GitHub Enterprise Server`` and its version; github.com tells none."""
        told = self._raw("GET", "/meta").get("installed_version")
        return f"GitHub Enterprise Server {told}" if told else "GitHub"

    @asks("menanyakan waktu", "tell the time")
    def server_time(self) -> datetime:
        """The Date header of an answer that no cache gave."""
        headers, _ = self._requester.requestJsonAndCheck("GET", "/meta", headers=dict(_FRESH))
        try:
            return parsedate_to_datetime(str(headers["date"])).astimezone(UTC)
        except (KeyError, ValueError, TypeError):
            raise refused(Bilingual("menanyakan waktu", "tell the time"), 0, "no Date header") from None

    @asks("menanyakan token", "tell about the token")
    def token_facts(self) -> TokenFacts:
        """What the token may do and until when.

        A classic token's scopes stand in ``X-OAuth-Scopes``; a fine-grained one names none to anybody. An
        App's permissions are listed as ``issues:write``; its hourly tokens are renewed, so none expires.
        """
        if isinstance(self._credentials, InstallationToken):
            return TokenFacts("app", permissions_told(self._app_permissions()), None)
        headers, _ = self._requester.requestJsonAndCheck("GET", "/user", headers=dict(_FRESH))
        scopes = headers.get("x-oauth-scopes")
        ends = headers.get("github-authentication-token-expiration")
        return TokenFacts(
            "personal",
            None if scopes is None else tuple(one for one in str(scopes).replace(" ", "").split(",") if one),
            date.fromisoformat(str(ends)[:10]) if ends else None,
        )

    @asks("membaca setelan repositori", "read a repository's settings")
    def project_facts(self, project_id: int, branch: str) -> ProjectFacts:
        """Whether it has issues, and whether a ruleset puts a merge queue before the branch."""
        told = self._raw("GET", self._at(project_id))
        try:
            rules = list(self._rows(f"{self._at(project_id)}/rules/branches/{quote(branch, safe='')}"))
        except github.GithubException as problem:
            if not is_absent(problem):
                raise
            rules = []
        queued = any(rule["type"] == "merge_queue" for rule in rules)
        return ProjectFacts(issues=bool(told.get("has_issues", True)), queued=queued)

    @asks("menanyakan peran akun laik", "tell the role of laik's account")
    def own_access(self, project_id: int) -> Access:
        """The access of the token's account to a repository, or what the App's permissions amount to."""
        try:
            found = self._raw("GET", self._at(project_id))
        except github.GithubException as problem:
            if is_absent(problem):
                return Access.NONE
            raise
        if isinstance(self._credentials, InstallationToken):
            return convert.access_of_app(self._app_permissions())
        return convert.access_of_permissions(found.get("permissions") or {})

    def _app_permissions(self) -> Mapping[str, str]:
        """What the installation was given; it may be less than the App asks for, until an owner accepts."""
        assert isinstance(self._credentials, InstallationToken)  # noqa: S101 - asked before
        return self._credentials.permissions()

    @asks("menghapus repositori", "delete a repository")
    def delete_project(self, project_id: int) -> None:
        """Remove a repository; a classic token needs the scope ``delete_repo`` for it."""
        self._raw("DELETE", self._at(project_id))


def permissions_told(permissions: Mapping[str, str]) -> tuple[str, ...]:
    """An App's permissions as scopes, in order."""
    return tuple(f"{name}:{level}" for name, level in sorted(permissions.items()))
