"""The look at the door: every exchange with an embedded forge of this process, and every webhook it sends.

The forge itself is left as it is. Its application is wrapped as it is made, and the connections of its
webhook sender are wrapped as they are opened, so what is held is what went over the wire.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from automation.localforge import courier, server
from tests.specgate.exchange import Exchange, Letter

DOORS = ("/api/v3/", "/api/v4/", "/api/graphql", "/graphql")

Seen = Exchange | Letter


class Watcher:
    """Keeps what was seen until someone takes it."""

    def __init__(self) -> None:
        self._seen: deque[Seen] = deque()

    def see(self, one: Seen) -> None:
        """Remember one; from any thread."""
        self._seen.append(one)

    def take(self) -> list[Seen]:
        """What was seen since the last time, oldest first."""
        taken = []
        while self._seen:
            taken.append(self._seen.popleft())
        return taken

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """From now on every forge that this process starts is watched."""
        make_app: Callable[..., ASGIApp] = server.forge_app
        connect: Callable[..., Any] = courier.Courier._connection
        patch.setattr(server, "forge_app", lambda *args, **more: self.watched(make_app(*args, **more)))
        patch.setattr(
            courier.Courier,
            "_connection",
            lambda sender, *args, **more: _Wire(connect(sender, *args, **more), self.see),
        )

    def watched(self, app: ASGIApp) -> ASGIApp:
        """The application with a look at each exchange of its API."""

        async def door(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not scope["path"].startswith(DOORS):
                await app(scope, receive, send)
                return
            look = _Look(scope, receive, send, self.see)
            await app(scope, look.receive, look.send)

        return door


class _Look:
    """One exchange as it passes."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, see: Callable[[Seen], None]) -> None:
        self._scope, self._receive, self._send, self._see = scope, receive, send, see
        self._asked: list[bytes] = []
        self._answered: list[bytes] = []
        self._start: Message = {}

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._asked.append(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._answered.append(message.get("body", b""))
            if not message.get("more_body", False):
                # Before the last part goes out: the asker can never be ahead of what is remembered.
                self._see(self._exchange())
        await self._send(message)

    def _exchange(self) -> Exchange:
        scope, asked = self._scope, _headers(self._scope["headers"])
        answered = _headers(self._start.get("headers", ()))
        return Exchange(
            method=scope["method"],
            path=scope.get("raw_path", scope["path"].encode()).decode("latin-1").split("?", 1)[0],
            query=scope.get("query_string", b"").decode("latin-1"),
            kind=asked.get("content-type", "").split(";")[0].strip(),
            body=b"".join(self._asked),
            status=self._start["status"],
            answer_kind=answered.get("content-type", "").split(";")[0].strip(),
            answer=b"".join(self._answered),
            conditional="if-none-match" in asked or "if-modified-since" in asked,
        )


def _headers(pairs: Any) -> dict[str, str]:
    return {bytes(name).decode("latin-1").lower(): bytes(value).decode("latin-1") for name, value in pairs}


class _Wire:
    """The sender's connection; ``request`` is looked at, everything else passes."""

    def __init__(self, connection: Any, see: Callable[[Seen], None]) -> None:
        self._connection, self._see = connection, see

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def request(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> None:
        names = {name.lower(): value for name, value in headers.items()}
        for forge in ("github", "gitlab"):
            if event := names.get(f"x-{forge}-event"):
                self._see(Letter(forge, event, bytes(body)))
        self._connection.request(method, target, body, headers)
