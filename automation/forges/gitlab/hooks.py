"""Webhooks on GitLab."""

from __future__ import annotations

from automation.forges.base import Hook
from automation.forges.gitlab.accounts import AccountsPart
from automation.forges.gitlab.session import asks

EVENT_FIELDS = {
    "push": "push_events",
    "issue": "issues_events",
    "comment": "note_events",
    "merge_request": "merge_requests_events",
    # Statuses posted from outside hang on pipelines, and those tell of a change.
    "status": "pipeline_events",
}


class HooksPart(AccountsPart):
    """Webhooks."""

    @asks("memasang webhook", "set a webhook")
    def ensure_hook(self, project_id: int, hook: Hook) -> bool:
        """A webhook to that address; True when it was made or its events were corrected.

        The secret cannot be read back, so a changed one is not noticed here.
        """
        manager = self._project(project_id).hooks
        events = {field: name in hook.events for name, field in EVENT_FIELDS.items()}
        for row in manager.list(iterator=True):
            if row.url == hook.url:
                if all(bool(row.attributes.get(field)) == on for field, on in events.items()):
                    return False
                manager.update(row.id, {"url": hook.url, "token": hook.secret, **events})
                return True
        manager.create({"url": hook.url, "token": hook.secret, **events})
        return True
