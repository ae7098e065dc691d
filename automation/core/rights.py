"""What laik's token or App may do on a forge: the one list that setting up, the doctor and the demo hold.

The guide (``automation/SETUP.md``) and ``SECURITY.md`` name the same, and tests hold them to it. Sources:
docs.gitlab.com/user/profile/personal_access_tokens, docs.github.com "Permissions required for GitHub Apps"
and "Scopes for OAuth apps".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

GITLAB_SCOPES = ("api",)
CLASSIC_SCOPES = ("repo", "workflow", "read:org", "project")
"""Of a classic token on GitHub; one of the wider scopes that hold ``read:org`` is as good for working."""

LIVE_SCOPE = "delete_repo"
"""Of a classic token, and only for ``laik doctor --live``: nothing else removes a repository."""

APP_PERMISSIONS: Mapping[str, str] = {
    "administration": "write",
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "members": "read",
    "metadata": "read",
    "organization_projects": "write",
    "pull_requests": "write",
    "repository_hooks": "write",
    "statuses": "write",
    "workflows": "write",
}
"""Of a GitHub App, and of a fine-grained token, of which GitHub does not tell."""

TOO_MUCH = frozenset({"sudo", "admin_mode", "site_admin", "admin:enterprise", "admin:org"})
"""Scopes over a whole server or organisation, which laik never needs."""

_LEVELS = ("read", "write", "admin")
_HELD_BY: Mapping[str, frozenset[str]] = {"read:org": frozenset({"write:org", "admin:org"})}


def lacking(kind: Literal["gitlab", "github"], token: str, scopes: Sequence[str] | None) -> tuple[str, ...]:
    """The rights that a token lacks, as far as the forge tells what it has (None: it does not).

    Args:
        kind: the forge.
        token: ``app`` for a GitHub App, else a token of an account.
        scopes: what it has; of an App ``name:level`` each.
    """
    if scopes is None:
        return ()
    if token == "app":  # noqa: S105 - a kind of token, not one
        given = dict(one.partition(":")[::2] for one in scopes)
        wanted = APP_PERMISSIONS.items()
        return tuple(f"{name}:{level}" for name, level in wanted if not _covers(given.get(name), level))
    classic = GITLAB_SCOPES if kind == "gitlab" else CLASSIC_SCOPES
    return tuple(one for one in classic if not {one, *_HELD_BY.get(one, ())} & set(scopes))


def _covers(given: str | None, wanted: str) -> bool:
    return given in _LEVELS and _LEVELS.index(given) >= _LEVELS.index(wanted)
