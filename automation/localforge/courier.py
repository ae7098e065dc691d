"""Delivery of webhooks: one queue, one thread, one attempt each; dialects say what is sent and remembered.

The queue is in memory: a webhook only says where to look, and the reader's sweep finds what a lost one
would have told.
"""

from __future__ import annotations

import http.client
import logging
import ssl
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import urlsplit

__all__ = ["Answer", "Courier", "is_hook_url"]

_log = logging.getLogger(__name__)

_MOST_WAITING = 10_000
_LONGEST_ANSWER = 64 * 1024

Letter = TypeVar("Letter")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said: its HTTP ``status`` (0: nothing) after so many seconds."""

    status: int
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def fine(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.status < 300


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


class Courier(ABC, Generic[Letter]):
    """Takes letters from a queue and handles them in order, in a background thread."""

    def __init__(self, *, timeout_seconds: float = 5.0) -> None:
        self._timeout_seconds = timeout_seconds
        self._waiting: deque[Letter] = deque(maxlen=_MOST_WAITING)
        self._changed = threading.Condition()
        self._busy = False
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="laik-webhooks", daemon=True)
        self._thread.start()

    @abstractmethod
    def _handle(self, letter: Letter) -> None:
        """Deliver one letter."""

    def put(self, letters: Iterable[Letter]) -> None:
        """Put letters in the queue; never blocks."""
        with self._changed:
            self._waiting.extend(letters)
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

    def _take(self) -> Letter | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._waiting))
            if self._closed:
                return None
            self._busy = True
            return self._waiting.popleft()

    def _post(
        self, hook_id: int, url: str, body: bytes, headers: Mapping[str, str], *, verify: bool
    ) -> Answer:
        """Send one body; redirects are not followed."""
        started = time.monotonic()
        if not is_hook_url(url):
            return Answer(0, 0.0)
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = self._connection(url, verify=verify)
        try:
            connection.request("POST", target, body, dict(headers))
            response = connection.getresponse()
            said, status = response.read(_LONGEST_ANSWER), response.status
            heads = dict(response.getheaders())
        except (OSError, http.client.HTTPException, ValueError) as problem:
            # Neither the address (its query may hold a secret) nor the token belongs in a log.
            _log.warning("webhook %d was not delivered: %s", hook_id, type(problem).__name__)
            said, status, heads = b"", 0, {}
        finally:
            connection.close()
        return Answer(status, round(time.monotonic() - started, 4), heads, said)

    def _connection(self, url: str, *, verify: bool) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=self._timeout_seconds)
        context = ssl.create_default_context()
        if not verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection(host, parts.port, timeout=self._timeout_seconds, context=context)
