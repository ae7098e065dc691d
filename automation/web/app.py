"""The web application: ``POST /webhook/gitlab`` puts a case in the queue, ``GET /sehat`` tells how laik is.

The door judges in this order: secret, size, delivery seen before, shape, case. It looks at the secret before
it reads a byte of the body, and it answers as soon as the key is queued: the forge waits ten seconds at
most and switches off a hook that keeps failing, so whatever is wrong with a *case* is never the hook's
concern. Answers and logs hold neither secret nor anything from the body.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from automation.queue.base import WorkQueue
from automation.web.hooks import NotAnEvent, WebhookHint, read_hint
from automation.worker import frames

__all__ = ["BODY_LIMIT", "DeliveryLog", "WebhookHint", "create_app"]

BODY_LIMIT = 25 * 1024 * 1024  # bytes; GitLab's own limit for a payload
DELIVERY_HEADERS = ("idempotency-key", "webhook-id", "x-gitlab-event-uuid")
_KEY_LIMIT = 200

log = logging.getLogger("laik.web")


class DeliveryLog(Protocol):
    """Deliveries seen (``automation.store.deliveries``)."""

    def known(self, key: str) -> bool:
        """Whether this delivery was remembered before."""
        ...

    def remember(self, key: str, *, at: datetime) -> bool:
        """Remember a delivery; True when it was new."""
        ...


class TooLarge(Exception):
    """The body is over the limit."""


def create_app(
    *,
    secret: str,
    locate: Callable[[WebhookHint], str | None],
    queue: WorkQueue,
    deliveries: DeliveryLog,
    clock: Callable[[], datetime],
    body_limit: int = BODY_LIMIT,
) -> Starlette:
    """The application.

    Args:
        secret: what the forge sends as ``X-Gitlab-Token``; empty refuses every event.
        locate: the case a hint speaks of, or None when it is nobody's.
        queue: where the case's key is put.
        deliveries: repeated deliveries are known by it.
        clock: aware time now.
        body_limit: bytes of the largest body that is read.
    """
    door = _Door(secret, locate, queue, deliveries, clock, body_limit)
    return Starlette(
        routes=[
            Route("/webhook/gitlab", door.webhook, methods=["POST"]),
            Route("/sehat", door.health, methods=["GET"]),
        ]
    )


class _Door:
    def __init__(
        self,
        secret: str,
        locate: Callable[[WebhookHint], str | None],
        queue: WorkQueue,
        deliveries: DeliveryLog,
        clock: Callable[[], datetime],
        body_limit: int,
    ) -> None:
        self._secret = secret.encode()
        self._locate = locate
        self._queue = queue
        self._deliveries = deliveries
        self._clock = clock
        self._body_limit = body_limit
        self._last_event: datetime | None = None

    async def webhook(self, request: Request) -> Response:
        if not self._is_the_forge(request):
            log.warning("webhook refused: wrong or missing secret")
            return _answer(401, "rahasia salah / wrong secret")
        try:
            body = await _read(request, self._body_limit)
            return await run_in_threadpool(self._receive, body, _delivery_key(request))
        except TooLarge:
            log.warning("webhook refused: body over %d bytes", self._body_limit)
            return _answer(413, "terlalu besar / too large")
        except NotAnEvent:
            log.warning("webhook refused: no event of the forge")
            return _answer(400, "bukan kejadian GitLab / no GitLab event")
        except ClientDisconnect:
            return _answer(400, "terputus / disconnected")
        except Exception as defect:  # noqa: BLE001 - the web's edge; the sweep finds the case all the same
            log.error("webhook: unexpected %s\n%s", type(defect).__name__, frames(defect))
            return _answer(503, "coba lagi nanti / try again later")

    async def health(self, _request: Request) -> Response:
        state = self._queue.state()
        return JSONResponse(
            {
                "sehat": not state.stuck and not state.failing and not self._queue.closed,
                "antrean": {"menunggu": state.waiting, "ditunda": state.delayed, "dikerjakan": state.working},
                "kejadian_terakhir": _text(self._last_event),
                "gagal": list(state.failing),
                "macet": list(state.stuck),
            }
        )

    def _is_the_forge(self, request: Request) -> bool:
        """Compare in constant time: else the answer's delay would tell the secret byte by byte."""
        given = request.headers.get("x-gitlab-token", "").encode("utf-8", "surrogateescape")
        return hmac.compare_digest(given, self._secret) and bool(self._secret)

    def _receive(self, body: bytes, delivery: str) -> Response:
        """Queue first, remember after: a stop in between repeats an event and does not lose it."""
        self._last_event = now = self._clock()
        if delivery and self._deliveries.known(delivery):
            return _answer(202, "sudah diterima / already received")
        hint = read_hint(body)
        key = self._locate(hint) if hint else None
        if key is not None and not self._queue.put(key):
            return _answer(503, "sedang berhenti / shutting down")
        if delivery:
            self._deliveries.remember(delivery, at=now)
        if hint:
            log.info("webhook: %s in project %d -> %s", hint.kind, hint.project_id, key or "no case")
        return _answer(202, "diterima / accepted")


async def _read(request: Request, limit: int) -> bytes:
    """The body, given up as soon as it is known to be too large."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > limit:
        raise TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge
    return bytes(body)


def _delivery_key(request: Request) -> str:
    """The forge's own name for this delivery; empty when it gave none that can be stored."""
    for header in DELIVERY_HEADERS:
        value = request.headers.get(header, "")
        if value and len(value) <= _KEY_LIMIT and value.isascii() and value.isprintable():
            return value
    return ""


def _answer(status: int, text: str) -> Response:
    return JSONResponse({"pesan": text}, status_code=status)


def _text(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None
