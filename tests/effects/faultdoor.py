"""Faults on the way to the forge: a door before its application that answers, cuts or loses by a script.

The forge, its sockets and the clients are real. A script says which requests meet what: :class:`Nth` the n-th
that matches, :class:`EachOnce` every write the first time it is sent, so that a case that is run again and
again meets its fault at one write after the other.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from automation.localforge import server

_QUIET = {"GET", "HEAD", "OPTIONS"}


class Fault(StrEnum):
    """What a request meets. Only the first two let the forge do what was asked."""

    DONE_THEN_500 = "500 after the write"
    DONE_THEN_CUT = "cut after the write"
    CUT = "cut before the write"
    LIMIT_TOLD = "429 with Retry-After"
    LIMIT = "429 without a word"
    SECONDARY = "403 secondary limit"
    CONFLICT = "409"
    UNSIGNED = "401"
    GONE = "404"
    ERROR = "500 and nothing done"


ANSWERS: dict[Fault, tuple[int, dict[str, str], str]] = {
    Fault.DONE_THEN_500: (500, {}, "Internal Server Error"),
    Fault.ERROR: (500, {}, "Internal Server Error"),
    Fault.LIMIT_TOLD: (429, {"Retry-After": "1"}, "Too Many Requests"),
    Fault.LIMIT: (429, {}, "Too Many Requests"),
    Fault.SECONDARY: (403, {}, "You have exceeded a secondary rate limit. Please wait a few minutes."),
    Fault.CONFLICT: (409, {}, "Conflict"),
    Fault.GONE: (404, {}, "Not Found"),
    Fault.UNSIGNED: (401, {}, "401 Unauthorized"),
}


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    body: bytes

    @property
    def writes(self) -> bool:
        """Whether it may change something; a fetch by git and a GraphQL query are POSTs that do not."""
        if self.method in _QUIET or self.path.endswith("/git-upload-pack"):
            return False
        return not self.path.endswith("/graphql") or b"mutation" in self.body

    @property
    def shape(self) -> str:
        """Method and path without numbers and names; for GraphQL the mutation."""
        if self.path.endswith("/graphql"):
            found = re.search(rb"mutation[^{]*\{\s*(\w+)", self.body)
            return f"graphql {found[1].decode() if found else ''}"
        return f"{self.method} " + re.sub(r"[0-9a-f]{40}|(?<=/)(?:\d+|[^/]*-[^/]*\d[^/]*)", "…", self.path)


class Script:
    """Says what a request meets; None for nothing."""

    def meets(self, asked: Asked) -> Fault | None:
        raise NotImplementedError


@dataclass
class Nth(Script):
    """The requests from the ``first`` to the ``last`` (counted from 1) that match meet ``fault``."""

    fault: Fault
    method: str = ""
    path: str = ""
    body: bytes = b""
    first: int = 1
    last: int = 1
    seen: int = 0

    def meets(self, asked: Asked) -> Fault | None:
        if self.method and asked.method != self.method:
            return None
        if not re.search(self.path, asked.path) or self.body not in asked.body:
            return None
        self.seen += 1
        return self.fault if self.first <= self.seen <= self.last else None


@dataclass
class EachOnce(Script):
    """Every write meets a fault the first time it is sent: the faults in turn, at most ``shapes`` of a kind.

    Writes are told apart by method, path and body; a push by its path, for its pack holds the time.
    """

    faults: Sequence[Fault]
    shapes: int = 2
    pardon: Callable[[Asked, Fault], bool] = lambda asked, fault: False
    met: list[tuple[str, Fault]] = field(default_factory=list)
    _seen: set[tuple[str, str, str]] = field(default_factory=set)
    _shapes: Counter[str] = field(default_factory=Counter)
    _turn: Iterator[int] = field(default_factory=itertools.count)

    def meets(self, asked: Asked) -> Fault | None:
        if not asked.writes:
            return None
        body = "" if asked.path.endswith("/git-receive-pack") else hashlib.sha256(asked.body).hexdigest()
        name = (asked.method, asked.path, body)
        if name in self._seen or self._shapes[asked.shape] >= self.shapes:
            return None
        self._seen.add(name)
        fault = self.faults[next(self._turn) % len(self.faults)]
        if self.pardon(asked, fault):
            return None
        self._shapes[asked.shape] += 1
        self.met.append((asked.shape, fault))
        return fault


class Door:
    """The application behind its faults; with no scripts everything passes."""

    def __init__(self) -> None:
        self.scripts: list[Script] = []
        self.before: Callable[[Asked], None] | None = None

    def wrapped(self, app: ASGIApp) -> ASGIApp:
        """The application with this door before it."""

        async def door(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not (self.scripts or self.before):
                await app(scope, receive, send)
                return
            asked = Asked(scope["method"], scope["path"], await _body(receive))
            if self.before is not None:
                await asyncio.to_thread(self.before, asked)
            found = (script.meets(asked) for script in list(self.scripts))
            fault = next((one for one in found if one is not None), None)
            await _passed(app, scope, _again(asked.body, receive), send, fault)

        return door

    @contextmanager
    def meeting(self, *scripts: Script) -> Iterator[None]:
        """These scripts hold for as long as the block lasts."""
        self.scripts = list(scripts)
        try:
            yield
        finally:
            self.scripts = []


@contextmanager
def faulty_door() -> Iterator[Door]:
    """Every forge that is started in the block has this door."""
    door, real = Door(), server.forge_app
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "forge_app", lambda *args, **more: door.wrapped(real(*args, **more)))
        yield door


async def _passed(app: ASGIApp, scope: Scope, receive: Receive, send: Send, fault: Fault | None) -> None:
    if fault is None:
        await app(scope, receive, send)
        return
    if fault in {Fault.DONE_THEN_500, Fault.DONE_THEN_CUT}:
        await app(scope, receive, _unheard)
    if fault in {Fault.DONE_THEN_CUT, Fault.CUT}:
        await _cut(send)
        return
    status, headers, words = ANSWERS[fault]
    content = json.dumps({"message": words}).encode()
    told = {"content-type": "application/json", "content-length": str(len(content)), **headers}
    rows = [(key.lower().encode(), value.encode()) for key, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": rows})
    await send({"type": "http.response.body", "body": content})


async def _unheard(message: Message) -> None:
    """The forge's answer, which gets lost."""


async def _cut(send: Any) -> None:
    """End the connection without a word, as a proxy or cable does."""
    send.__self__.transport.abort()
    while not send.__self__.disconnected:
        await asyncio.sleep(0)


async def _body(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """The body once more, for the application behind."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def told() -> Message:
        return left.pop() if left else await receive()

    return told
