"""Delivery of webhooks, with GitLab's headers and its habit of giving up on deaf receivers.

The queue is in memory: a webhook only says where to look, and the reader's sweep finds what a lost one
would have told. One thread delivers in order, one attempt each, like GitLab.
"""

from __future__ import annotations

import http.client
import json
import logging
import ssl
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from automation.localforge.engine import Engine, stamp
from automation.localforge.records import Hook

__all__ = ["Delivery", "Sender", "is_hook_url"]

_log = logging.getLogger(__name__)

# GitLab: "temporarily disabled" after 4 consecutive failures, 1 minute doubling to a day; for good after 40.
FAILURES_BEFORE_PAUSE = 4
FAILURES_BEFORE_END = 40
LONGEST_PAUSE = timedelta(days=1)
_NEVER = "9999-12-31T00:00:00.000Z"
_MOST_WAITING = 10_000

_TITLES = {
    "push": "Push Hook",
    "issue": "Issue Hook",
    "note": "Note Hook",
    "merge_request": "Merge Request Hook",
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


def is_hook_url(url: str) -> bool:
    """Whether webhooks may be sent there: http or https with a host, no account, no control characters.

    The attack: ``file:``, ``gopher:`` or a line break in the address, which makes the forge speak another
    protocol to a machine that only the forge can reach.
    """
    if not url.isascii() or any(character <= " " or character == "\x7f" for character in url):
        return False
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and port_is_fine
    )


class Sender:
    """Delivers the engine's events to the hooks of their project, from one background thread."""

    def __init__(self, engine: Engine, *, timeout_seconds: float = 5.0) -> None:
        self._engine = engine
        self._timeout_seconds = timeout_seconds
        self._waiting: deque[_Letter] = deque(maxlen=_MOST_WAITING)
        self._changed = threading.Condition()
        self._busy = False
        self._closed = False
        self.deliveries: deque[Delivery] = deque(maxlen=200)
        self._thread = threading.Thread(target=self._work, name="laik-webhooks", daemon=True)
        self._thread.start()

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
        with self._changed:
            self._waiting.extend(_Letter(hook.id, event, key, body) for hook in wanted)
            self._changed.notify_all()

    def wait_until_idle(self, timeout_seconds: float = 10.0) -> bool:
        """Wait until everything queued has been tried; False when the time ran out first."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, timeout_seconds)

    def close(self) -> None:
        """Stop; what still waits is dropped."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
        self._thread.join(2 * self._timeout_seconds)

    def _work(self) -> None:
        while (letter := self._take()) is not None:
            try:
                self._handle(letter)
            finally:
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()

    def _take(self) -> _Letter | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._waiting))
            if self._closed:
                return None
            self._busy = True
            return self._waiting.popleft()

    def _handle(self, letter: _Letter) -> None:
        # Read anew: an earlier letter of this queue may have disabled the hook, or someone deleted it.
        hook = self._engine.store.one(Hook, "SELECT * FROM hooks WHERE id = ?", letter.hook_id)
        if hook is None or (hook.disabled_until or "") > self._engine.now():
            return
        key = str(uuid.uuid4())
        started = time.monotonic()
        status = self._post(hook, letter, key)
        self.deliveries.append(
            Delivery(hook.id, letter.event, key, status, round(time.monotonic() - started, 4))
        )
        self._remember(hook, fine=200 <= status < 300)

    def _remember(self, hook: Hook, *, fine: bool) -> None:
        """Count consecutive failures on the hook itself."""
        if fine:
            if hook.failures or hook.disabled_until:
                self._engine.store.update("hooks", hook.id, failures=0, disabled_until=None)
            return
        failures = hook.failures + 1
        until = _disabled_until(failures, self._engine.clock())
        self._engine.store.update("hooks", hook.id, failures=failures, disabled_until=until)

    def _post(self, hook: Hook, letter: _Letter, key: str) -> int:
        """Send one letter; the receiver's status, 0 for none. Redirects are not followed."""
        if not is_hook_url(hook.url):
            return 0
        parts = urlsplit(hook.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = self._connection(hook)
        try:
            connection.request("POST", target, letter.body, self._headers(hook, letter, key))
            return connection.getresponse().status
        except (OSError, http.client.HTTPException, ValueError) as problem:
            # Neither the address (its query may hold a secret) nor the token belongs in a log.
            _log.warning("webhook %d was not delivered: %s", hook.id, type(problem).__name__)
            return 0
        finally:
            connection.close()

    def _connection(self, hook: Hook) -> http.client.HTTPConnection:
        parts = urlsplit(hook.url)
        host = parts.hostname or ""
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=self._timeout_seconds)
        context = ssl.create_default_context()
        if not hook.enable_ssl_verification:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection(host, parts.port, timeout=self._timeout_seconds, context=context)

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
        return {**headers, "X-Gitlab-Token": hook.token} if hook.token else headers


def _wants(hook: Hook, event: str) -> bool:
    return {
        "push": hook.push_events,
        "issue": hook.issues_events,
        "note": hook.note_events,
        "merge_request": hook.merge_requests_events,
    }[event]


def _disabled_until(failures: int, now: datetime) -> str | None:
    """Until when a hook with so many consecutive failures is left alone; None: not at all."""
    if failures < FAILURES_BEFORE_PAUSE:
        return None
    if failures >= FAILURES_BEFORE_END:
        return _NEVER
    doublings = min(failures - FAILURES_BEFORE_PAUSE, 12)
    return stamp(now + min(timedelta(minutes=1) * 2**doublings, LONGEST_PAUSE))
