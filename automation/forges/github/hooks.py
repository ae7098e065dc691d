"""Webhooks on GitHub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import github

from automation.forges.base import Hook, HookFacts
from automation.forges.github.accounts import AccountsPart
from automation.forges.github.session import asks, status_of, word_of

Data = Mapping[str, Any]

_EVENTS: Mapping[str, tuple[str, ...]] = {
    "push": ("push",),
    "issue": ("issues",),
    "comment": ("issue_comment",),
    "merge_request": ("pull_request", "pull_request_review"),
    "status": ("status", "check_run", "check_suite"),
}


class HooksPart(AccountsPart):
    """Where a repository's events go."""

    @asks("memasang webhook", "set a webhook")
    def ensure_hook(self, project_id: int, hook: Hook) -> bool:
        """A webhook to that address; True when it was made or mended.

        Mended: events that it does not tell of, one that is not active, a body that is no JSON, certificates
        that are not looked at. Events beyond ours stay. The secret cannot be read back, so a changed one is
        not noticed here; whenever the configuration is written, the secret is written with it, for GitHub
        removes one that is left out.
        """
        wanted = [event for name in hook.events for event in _EVENTS[name]]
        config = {"url": hook.url, "content_type": "json", "insecure_ssl": "0", "secret": hook.secret}
        at = f"{self._at(project_id)}/hooks"
        for row in self._rows(at):
            if row["config"].get("url") == hook.url:
                return self._mend(at, row, wanted, config)
        body = {"name": "web", "active": True, "events": wanted, "config": config}
        try:
            self._raw("POST", at, body=body)
        except github.GithubException as problem:
            if status_of(problem) == 422 and "already exists" in word_of(problem):
                # Somebody was faster; what it lacks is mended the next time.
                return False
            raise
        return True

    def _mend(self, at: str, row: Data, wanted: list[str], config: Data) -> bool:
        told = row["config"]
        missing = [] if "*" in row["events"] else [one for one in wanted if one not in row["events"]]
        settled = told.get("content_type") == "json" and str(told.get("insecure_ssl", "0")) == "0"
        if row["active"] and settled and not missing and told.get("secret"):
            return False
        body: dict[str, Any] = {"active": True, "config": dict(config)}
        if missing:
            body["add_events"] = missing
        self._raw("PATCH", f"{at}/{row['id']}", body=body)
        return True

    @asks("mendaftar webhook", "list the webhooks")
    def list_hooks(self, project_id: int) -> list[HookFacts]:
        """The webhooks; GitHub switches none off, so ``why`` is its word on the last delivery."""
        return [_facts(row) for row in self._rows(f"{self._at(project_id)}/hooks")]

    @asks("menghapus webhook", "remove a webhook")
    def delete_hook(self, project_id: int, hook_id: int) -> None:
        """Remove one webhook; one that is gone already is no error."""
        try:
            self._raw("DELETE", f"{self._at(project_id)}/hooks/{int(hook_id)}")
        except github.GithubException as problem:
            if status_of(problem) != 404:
                raise


def _facts(row: Data) -> HookFacts:
    last = row.get("last_response") or {}
    code = last.get("code")
    failed = code is not None and not 200 <= int(code) < 300
    why = " ".join(str(part) for part in (code, last.get("message")) if part) if failed else ""
    known = {event: name for name, events in _EVENTS.items() for event in events}
    return HookFacts(
        id=row["id"],
        url=str(row["config"].get("url", "")),
        events=tuple(dict.fromkeys(known.get(event, event) for event in row["events"])),
        enabled=bool(row["active"]),
        why=why[:300],
        verifies_tls=str(row["config"].get("insecure_ssl", "0")) == "0",
    )
