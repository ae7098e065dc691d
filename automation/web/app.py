"""The web's door: ``POST /webhook/gitlab`` and ``/webhook/github`` queue cases, ``GET /sehat`` is health.

The door judges in this order: what the headers prove, size, signature, delivery seen before, shape, case.
GitLab's secret token is judged before a byte of the body is read. A signature needs the body first, so what
is read without proof is bounded: in size, in time, and in the sum of all bodies that wait. The door answers
as soon as the key is queued: forges wait ten seconds at most, and GitLab switches off a hook that keeps
failing, so whatever is wrong with a *case* is never the hook's concern. Answers and logs hold neither secret
nor anything from the body.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from automation.queue.base import WorkQueue
from automation.web.githubhooks import PING, read_github_hint
from automation.web.hooks import NotAnEvent, WebhookHint, read_hint
from automation.web.seals import Headers, Seal, github_seal, gitlab_seal
from automation.web.silence import Silence
from automation.worker import frames

__all__ = ["BODY_LIMIT", "DeliveryLog", "Silence", "WebhookHint", "create_app"]

Forge = Literal["gitlab", "github"]
BODY_LIMIT = 25 * 1024 * 1024  # bytes; the forges' own limit for a payload
MOST_WAITING = 4 * BODY_LIMIT  # bytes of all bodies that are being read
BODY_SECONDS = 10.0  # neither forge waits longer for the whole of request and answer
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


class TooMany(Exception):
    """So many bodies are being read that another would take memory that laik has other use for."""


class NotTheForge(Exception):
    """Nothing proves that the forge sent this."""


def create_app(
    *,
    secrets: Sequence[str],
    locate: Callable[[WebhookHint], str | None],
    queue: WorkQueue,
    deliveries: DeliveryLog,
    clock: Callable[[], datetime],
    forges: Sequence[Forge] = ("gitlab", "github"),
    silence: Silence | None = None,
    body_limit: int = BODY_LIMIT,
    body_seconds: float = BODY_SECONDS,
) -> Starlette:
    """The application.

    Args:
        secrets: of the webhooks, several while one is being exchanged (see :mod:`automation.web.seals`);
            none refuses every event.
        locate: the case a hint speaks of, or None when it is nobody's.
        queue: where the case's key is put.
        deliveries: repeated deliveries are known by it.
        clock: aware time now.
        forges: whose door is open.
        silence: told of every event, and asked by ``/sehat``.
        body_limit: bytes of the largest body that is read.
        body_seconds: how long a body may take to arrive.

    Raises:
        UnusableSecret: a GitLab signing token that is none.
    """
    house = _House(
        locate,
        queue,
        deliveries,
        clock,
        silence or Silence(after=None, clock=clock),
        body_limit,
        body_seconds,
    )
    doors = {
        "gitlab": _Door(house, gitlab_seal(secrets) if "gitlab" in forges else gitlab_seal(()), _gitlab_hint),
        "github": _Door(house, github_seal(secrets), _github_hint, event_header="x-github-event"),
    }
    hooks = [Route(f"/webhook/{name}", doors[name].webhook, methods=["POST"]) for name in forges]
    return Starlette(routes=[*hooks, Route("/sehat", house.health, methods=["GET"])])


class _House:
    """What stands behind every door."""

    def __init__(
        self,
        locate: Callable[[WebhookHint], str | None],
        queue: WorkQueue,
        deliveries: DeliveryLog,
        clock: Callable[[], datetime],
        silence: Silence,
        body_limit: int,
        body_seconds: float,
    ) -> None:
        self._locate = locate
        self._queue = queue
        self._deliveries = deliveries
        self.clock = clock
        self._silence = silence
        self._body_limit = body_limit
        self._body_seconds = body_seconds
        self._waiting = 0  # bytes; touched by the event loop's thread only

    async def health(self, _request: Request) -> Response:
        state = self._queue.state()
        self._silence.tell()
        return JSONResponse(
            {
                "sehat": not state.stuck and not state.failing and not self._queue.closed,
                "antrean": {"menunggu": state.waiting, "ditunda": state.delayed, "dikerjakan": state.working},
                "kejadian_terakhir": _text(self._silence.last_event),
                "sunyi": self._silence.is_remarkable(),
                "gagal": list(state.failing),
                "macet": list(state.stuck),
            }
        )

    async def guarded(self, request: Request, receive: Callable[[bytes], Response]) -> Response:
        """Read the body within its bounds, hand it to ``receive`` in a thread, answer whatever happens."""
        body = bytearray()
        try:
            async with asyncio.timeout(self._body_seconds):
                await self._read(request, body)
            return await run_in_threadpool(receive, bytes(body))
        except NotTheForge:
            return refused("wrong signature")
        except TooLarge:
            log.warning("webhook refused: body over %d bytes", self._body_limit)
            return _answer(413, "terlalu besar / too large")
        except TooMany:
            log.warning("webhook refused: bodies of more than %d bytes are being read", MOST_WAITING)
            return _answer(503, "coba lagi nanti / try again later")
        except TimeoutError:
            log.warning("webhook refused: its body took over %g seconds", self._body_seconds)
            return _answer(408, "terlalu lambat / too slow")
        except NotAnEvent:
            log.warning("webhook refused: no event of the forge; its content type must be application/json")
            return _answer(400, "bukan kejadian forge / no event of the forge")
        except ClientDisconnect:
            return _answer(400, "terputus / disconnected")
        except Exception as defect:  # noqa: BLE001 - the web's edge; the sweep finds the case all the same
            log.error("webhook: unexpected %s\n%s", type(defect).__name__, frames(defect))
            return _answer(503, "coba lagi nanti / try again later")
        finally:
            self._waiting -= len(body)

    async def _read(self, request: Request, body: bytearray) -> None:
        """Fill ``body``, giving up as soon as it is known to be too large."""
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > self._body_limit:
            raise TooLarge
        async for chunk in request.stream():
            if len(body) + len(chunk) > self._body_limit:
                raise TooLarge
            if self._waiting + len(chunk) > MOST_WAITING:
                raise TooMany
            body += chunk
            self._waiting += len(chunk)

    def heard(self) -> None:
        """An event came that is the forge's."""
        self._silence.heard()

    def knows(self, delivery: str) -> bool:
        """Whether this delivery came before."""
        return bool(delivery) and self._deliveries.known(delivery)

    def take(self, hint: WebhookHint | None, delivery: str) -> Response:
        """Queue first, remember after: a stop in between repeats an event and does not lose it."""
        key = self._locate(hint) if hint else None
        if key is not None and not self._queue.put(key):
            return _answer(503, "sedang berhenti / shutting down")
        if delivery:
            self._deliveries.remember(delivery, at=self.clock())
        if hint:
            log.info("webhook: %s in project %d -> %s", hint.kind, hint.project_id, key or "no case")
        return _answer(202, "diterima / accepted")


@dataclass(frozen=True, slots=True)
class _Door:
    """One forge's door: how it proves itself, and how its events are read."""

    house: _House
    seal: Seal
    read: Callable[[Headers, bytes], WebhookHint | None]
    event_header: str = ""

    async def webhook(self, request: Request) -> Response:
        if not self.seal.may_read(request.headers, self.house.clock()):
            return refused("wrong, stale or missing proof of the sender")
        return await self.house.guarded(request, lambda body: self._receive(request.headers, body))

    def _receive(self, headers: Headers, body: bytes) -> Response:
        if not self.seal.holds(headers, body):
            raise NotTheForge
        self.house.heard()
        delivery = _delivery_key(headers, self.seal.delivery_headers())
        if self.house.knows(delivery):
            return _answer(202, "sudah diterima / already received")
        if headers.get(self.event_header) == PING:
            return _answer(200, "pong")
        return self.house.take(self.read(headers, body), delivery)


def refused(why: str) -> Response:
    """The answer to whoever is not the forge; ``why`` is laik's own text and goes to the log only."""
    log.warning("webhook refused: %s", why)
    return _answer(401, "rahasia salah / wrong secret")


def _gitlab_hint(_headers: Headers, body: bytes) -> WebhookHint | None:
    return read_hint(body)


def _github_hint(headers: Headers, body: bytes) -> WebhookHint | None:
    return read_github_hint(headers.get("x-github-event", ""), body)


def _delivery_key(headers: Headers, names: Sequence[str]) -> str:
    """The forge's own name for this delivery; empty when it gave none that can be stored."""
    for header in names:
        value = headers.get(header, "")
        if value and len(value) <= _KEY_LIMIT and value.isascii() and value.isprintable():
            return value
    return ""


def _answer(status: int, text: str) -> Response:
    return JSONResponse({"pesan": text}, status_code=status)


def _text(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None
