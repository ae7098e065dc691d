"""Webhooks on GitLab."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from typing import Any

from gitlab.exceptions import GitlabDeleteError

from automation.forges.base import Hook
from automation.forges.gitlab.accounts import AccountsPart
from automation.forges.gitlab.listing import whole
from automation.forges.gitlab.session import asks, is_absent

EVENT_FIELDS = {
    "push": "push_events",
    "issue": "issues_events",
    "comment": "note_events",
    "merge_request": "merge_requests_events",
    # Statuses posted from outside hang on pipelines, and those tell of a change.
    "status": "pipeline_events",
}
SIGNING_PREFIX = "whsec_"


class HooksPart(AccountsPart):
    """Webhooks."""

    @asks("memasang webhook", "set a webhook")
    def ensure_hook(self, project_id: int, hook: Hook) -> bool:
        """One working webhook to that address with these events and this secret; True when one was written.

        A secret that begins with ``whsec_`` becomes the hook's signing token, any other its secret token.
        GitLab shows neither again, so the hook's description carries a fingerprint of it; a hook without
        description (GitLab before 17.1) is believed. A hook that GitLab switched off is made anew, as
        nothing but a successful test delivery would switch it on again
        (docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks); first the new one, then
        the old one goes, and doubles left by a broken attempt go too.
        """
        manager = self._project(project_id).hooks
        rows = [row for row in whole(lambda: manager.list(iterator=True)) if row.url == hook.url]
        working = [
            row for row in rows if (row.attributes.get("alert_status") or "executable") == "executable"
        ]
        wrote = True
        if not working:
            manager.create(_wanted(hook))
        elif not _stands(working[0].attributes, hook):
            manager.update(working[0].id, _wanted(hook))
        else:
            wrote = False
        for row in rows:
            if not working or row is not working[0]:
                wrote = True
                _remove(manager, row.id)
        return wrote


def is_enabled(data: Mapping[str, Any]) -> bool:
    """Whether GitLab delivers to a hook; it leaves out those that failed too often."""
    return (data.get("alert_status") or "executable") == "executable"


def _wanted(hook: Hook) -> dict[str, Any]:
    key = "signing_token" if hook.secret.startswith(SIGNING_PREFIX) else "token"
    return {
        "url": hook.url,
        "name": "laik",
        "description": _label(hook),
        key: hook.secret,
        **{field: name in hook.events for name, field in EVENT_FIELDS.items()},
    }


def _stands(data: dict[str, Any], hook: Hook) -> bool:
    """Whether a hook has just the wanted events and, as far as GitLab shows it, the secret."""
    if any(bool(data.get(field)) != (name in hook.events) for name, field in EVENT_FIELDS.items()):
        return False
    present = "signing_token_present" if hook.secret.startswith(SIGNING_PREFIX) else "token_present"
    if data.get(present) is False:
        return False
    return "description" not in data or data["description"] == _label(hook)


def _label(hook: Hook) -> str:
    return f"laik: {_fingerprint(hook.secret, hook.url)}"


@functools.lru_cache(maxsize=16)
def _fingerprint(secret: str, url: str) -> str:
    """Tells a changed secret. Slow to make, as maintainers see it and might try words that people choose."""
    made = hashlib.scrypt(secret.encode(), salt=f"laik {url}".encode(), n=2**14, r=8, p=1, dklen=8)
    return made.hex()


def _remove(manager: Any, hook_id: int) -> None:
    try:
        manager.delete(hook_id)
    except GitlabDeleteError as problem:
        if not is_absent(problem):
            raise
