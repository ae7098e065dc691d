"""Webhooks as GitLab sends them: its headers, and its habit of giving up on deaf receivers."""

from __future__ import annotations

import base64
import hmac
import json
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from automation.localforge import payloads
from automation.localforge.courier import Courier, is_hook_url
from automation.localforge.engine import Engine, stamp
from automation.localforge.events import Event
from automation.localforge.records import Hook

__all__ = ["Delivery", "Sender", "is_hook_url"]

# GitLab: "temporarily disabled" after 4 consecutive failures, 1 minute doubling to a day; for good after 40.
FAILURES_BEFORE_PAUSE = 4
FAILURES_BEFORE_END = 40
LONGEST_PAUSE = timedelta(days=1)
NEVER = "9999-12-31T00:00:00.000Z"

_TITLES = {
    "push": "Push Hook",
    "issue": "Issue Hook",
    "note": "Note Hook",
    "merge_request": "Merge Request Hook",
    "pipeline": "Pipeline Hook",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt: ``status`` is the receiver's HTTP status, 0 when there was no answer."""

    hook_id: int
    event: str
    key: str
    status: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Letter:
    hook_id: int
    event: str
    event_key: str
    body: bytes


class Sender(Courier[_Letter]):
    """Delivers the engine's events to the hooks of their project, in GitLab's shapes."""

    def __init__(self, engine: Engine, *, timeout_seconds: float = 5.0) -> None:
        self._engine = engine
        self.deliveries: deque[Delivery] = deque(maxlen=200)
        super().__init__(timeout_seconds=timeout_seconds)

    def prepare(self, project_id: int, event: Event) -> Callable[[], None] | None:
        """The step that sends the event's payload, as it is now, to the hooks there are by then."""
        rendered = payloads.render(self._engine, event)
        return None if rendered is None else partial(self.enqueue, project_id, *rendered)

    def enqueue(self, project_id: int, event: str, payload: dict[str, Any]) -> None:
        """Put ``payload`` in the queue for every hook of the project that wants ``event``; never blocks."""
        if event not in _TITLES:
            return
        hooks = self._engine.store.all(
            Hook, "SELECT * FROM hooks WHERE project_id = ? ORDER BY id", project_id
        )
        wanted = [hook for hook in hooks if _wants(hook, event)]
        if not wanted:
            return
        body = json.dumps(payload, ensure_ascii=False).encode()
        key = str(uuid.uuid4())
        self.put(_Letter(hook.id, event, key, body) for hook in wanted)

    def _handle(self, letter: _Letter) -> None:
        # Read anew: an earlier letter of this queue may have disabled the hook, or someone deleted it.
        hook = self._engine.store.one(Hook, "SELECT * FROM hooks WHERE id = ?", letter.hook_id)
        if hook is None or (hook.disabled_until or "") > self._engine.now():
            return
        key = str(uuid.uuid4())
        headers = self._headers(hook, letter, key)
        answer = self._post(hook.id, hook.url, letter.body, headers, verify=hook.enable_ssl_verification)
        self.deliveries.append(Delivery(hook.id, letter.event, key, answer.status, answer.seconds))
        self._remember(hook, fine=answer.fine)

    def _remember(self, hook: Hook, *, fine: bool) -> None:
        """Count consecutive failures on the hook itself."""
        if fine:
            if hook.failures or hook.disabled_until:
                self._engine.store.update("hooks", hook.id, failures=0, disabled_until=None)
            return
        failures = hook.failures + 1
        until = _disabled_until(failures, self._engine.clock())
        self._engine.store.update("hooks", hook.id, failures=failures, disabled_until=until)

    def _headers(self, hook: Hook, letter: _Letter, key: str) -> dict[str, str]:
        """The headers of GitLab 19 (measured); the token only where the hook has one."""
        instance = self._engine.url
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitLab/19.5.0-laik",
            "X-Gitlab-Event": _TITLES[letter.event],
            "X-Gitlab-Event-UUID": letter.event_key,
            "X-Gitlab-Webhook-UUID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{instance}/hooks/{hook.id}")),
            "X-Gitlab-Instance": instance,
            "Idempotency-Key": key,
            "webhook-id": key,
            "webhook-timestamp": str(int(self._engine.clock().timestamp())),
        }
        if hook.token:
            headers["X-Gitlab-Token"] = hook.token
        if hook.signing_token:
            seal = f"{key}.{headers['webhook-timestamp']}.".encode() + letter.body
            headers["webhook-signature"] = signature(hook.signing_token, seal)
        return headers


def signature(signing_token: str, sealed: bytes) -> str:
    """GitLab's ``webhook-signature`` over ``{webhook-id}.{webhook-timestamp}.{body}``."""
    key = base64.b64decode(signing_token.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, sealed, "sha256")).decode()


def _wants(hook: Hook, event: str) -> bool:
    return {
        "push": hook.push_events,
        "issue": hook.issues_events,
        "note": hook.note_events,
        "merge_request": hook.merge_requests_events,
        "pipeline": hook.pipeline_events,
    }[event]


def _disabled_until(failures: int, now: datetime) -> str | None:
    """Until when a hook with so many consecutive failures is left alone; None: not at all."""
    if failures < FAILURES_BEFORE_PAUSE:
        return None
    if failures >= FAILURES_BEFORE_END:
        return NEVER
    doublings = min(failures - FAILURES_BEFORE_PAUSE, 12)
    return stamp(now + min(timedelta(minutes=1) * 2**doublings, LONGEST_PAUSE))
