"""laik's own web door on a loopback port, in a thread of the demonstration."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

START_SECONDS = 20.0
LOOK = threading.Event()


class _Later:
    """An application that is named after its address is known; until then it is not ready."""

    def __init__(self) -> None:
        self.app: Starlette | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.app is not None:
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse("belum siap", status_code=503)(scope, receive, send)


@contextmanager
def serve() -> Iterator[tuple[str, Callable[[Starlette], None]]]:
    """Listen on a free loopback port; gives the address, and how to put the application behind it."""
    later = _Later()
    config = uvicorn.Config(
        later, host="127.0.0.1", port=0, log_level="error", access_log=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="laik-web", daemon=True)
    thread.start()
    for _ in range(int(START_SECONDS * 100)):
        if server.started:
            break
        LOOK.wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]

    def mount(app: Starlette) -> None:
        later.app = app

    try:
        yield f"http://127.0.0.1:{port}", mount
    finally:
        server.should_exit = True
        thread.join(timeout=10)
