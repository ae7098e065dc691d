"""The one layer under the forge clients: counts, caches by ETag, tries again, keeps to rate limits.

python-gitlab and PyGithub send through :class:`Wire` with their own retries switched off: two layers would
multiply. Sources: docs.gitlab.com/security/rate_limits/ (429, ``Retry-After``, ``RateLimit-Reset``),
docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api and
/rate-limits-for-the-rest-api (403 or 429, ``x-ratelimit-*``, secondary limits, a second between writes).
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NoReturn

import requests
from requests.adapters import BaseAdapter

from automation.core.errors import ForgeUnreachable
from automation.core.text import Bilingual
from automation.forges.wirecache import cached_adapter

_TRIES = 5
# Doubled at each try. A limit without a word on its length is waited for longer than a stumbling server.
_STUMBLE_SECONDS = 0.1
_LIMIT_SECONDS = 1.0
# GitHub: "wait for at least one minute before retrying", and longer each time it is still refused.
_SECONDARY_SECONDS = 60.0
_PASSING = frozenset({500, 502, 503, 504, *range(520, 531)})
_LOST = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
_CREDENTIALS = ("Authorization", "PRIVATE-TOKEN", "JOB-TOKEN")
_SECONDARY = re.compile(r"secondary rate limit|abuse detection", re.IGNORECASE)
# A moment in seconds since 1970, not a number of seconds to wait.
_EPOCH = 1_000_000_000.0


_rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)
# Signing in as an App makes a token and changes nothing people see.
_SIGN_IN = re.compile(r"/app/installations/[0-9]+/access_tokens")


class WouldWrite(Exception):
    """A write was about to be sent during a rehearsal; nothing was sent."""


@contextmanager
def rehearsal() -> Iterator[None]:
    """Within the block, in this thread, no write leaves: :class:`WouldWrite` is raised in its place.

    So an ``ensure_*`` tells whether it would write by the very code that writes.
    """
    token = _rehearsing.set(True)
    try:
        yield
    finally:
        _rehearsing.reset(token)


def about_to_write() -> None:
    """Called where something is written past the wire (git, files): a rehearsal ends here.

    Raises:
        WouldWrite: during a rehearsal.
    """
    if _rehearsing.get():
        raise WouldWrite


class Wire(requests.Session):
    """A session for one forge; safe to use from several threads.

    * Redirects are not followed: requests drops only Authorization when another host is named, so one would
      hand PRIVATE-TOKEN to whoever the answer points at. Cookies and ``.netrc`` play no part either: both
      could mix accounts.
    * GET answers with an ETag are kept (bounded) and asked for again with ``If-None-Match``, always: what a
      server calls fresh may still have changed. Each account has its own.
    * Any request is tried again after 429 or a secondary limit, since nothing was done. Only reading is tried
      again after 5xx or a lost connection: nobody knows whether a write happened, so the caller must look.

    Args:
        write_spacing: seconds between the starts of two writes.
        longest_wait: a longer wait, in seconds, is not slept but raised as :class:`ForgeUnreachable`.
        cache_entries: how many answers are kept at most.
        sleep: for tests.
        now: seconds since 1970; for tests.
    """

    def __init__(
        self,
        *,
        write_spacing: float = 0.0,
        longest_wait: float = 60.0,
        cache_entries: int = 4096,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self.calls = 0
        self.writes = 0
        self.unmodified = 0
        self.auth = _as_it_is
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._spacing = write_spacing
        self._longest = longest_wait
        self._sleep = sleep
        self._now = now
        self._lock = threading.Lock()
        self._next_write = 0.0
        self._limited: dict[str, float] = {}
        self._adapter = cached_adapter(cache_entries, account_of)

    def pause(self, seconds: float) -> None:
        """Sleep, for a caller that must look again a little later."""
        self._sleep(seconds)

    def get_adapter(self, url: str | bytes) -> BaseAdapter:
        """The one adapter, whatever a client library has mounted."""
        return self._adapter

    def close(self) -> None:
        """Close the kept connections."""
        self._adapter.close()
        super().close()

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send as often as the rules allow.

        Raises:
            ForgeUnreachable: the forge wants a longer pause than ``longest_wait``.
            requests.RequestException: no answer came; for a write nobody knows whether it happened.
        """
        reading = is_reading(request)
        if not reading and not _SIGN_IN.search(_path(request)):
            about_to_write()
        for tried in range(_TRIES):
            self._keep_limits(request)
            if not reading:
                self._keep_spacing()
            try:
                response = self._once(request, reading, kwargs)
            except _LOST as problem:
                if not reading or tried == _TRIES - 1 or isinstance(problem, requests.exceptions.SSLError):
                    raise
                self._sleep(_STUMBLE_SECONDS * 2**tried)
                continue
            pause = self._limit_pause(request, response, tried)
            if pause is not None:
                self._put_off(request, pause, last=tried == _TRIES - 1)
            elif reading and response.status_code in _PASSING and tried < _TRIES - 1:
                self._wait(_told_pause(response, self._now()) or _STUMBLE_SECONDS * 2**tried)
            else:
                return response
        raise AssertionError("the last try returns or raises")

    def _once(
        self, request: requests.PreparedRequest, reading: bool, kwargs: Mapping[str, Any]
    ) -> requests.Response:
        with self._lock:
            self.calls += 1
            self.writes += not reading
        # The cache under this sets it anew from what it holds now.
        request.headers.pop("If-None-Match", None)
        response = super().send(request, **{**kwargs, "allow_redirects": False})
        if getattr(response, "from_cache", False):
            with self._lock:
                self.unmodified += 1
        elif response.status_code == 304:
            # Other threads' answers have pushed the content out meanwhile, so it is asked for again.
            return self._once(request, reading, kwargs)
        return response

    def _keep_spacing(self) -> None:
        """Wait for the next free moment to write. Each caller takes one, so threads queue up."""
        if self._spacing <= 0:
            return
        with self._lock:
            now = self._now()
            # A clock that was set back must not hold up writing for as long.
            turn = min(max(now, self._next_write), now + self._longest)
            self._next_write = turn + self._spacing
        if turn > now:
            self._sleep(turn - now)

    def _keep_limits(self, request: requests.PreparedRequest) -> None:
        """Ask nothing while this account is limited: going on is what gets accounts barred."""
        until = self._limited.get(account_of(request), 0.0)
        if until > self._now():
            self._wait(until - self._now())

    def _limit_pause(
        self, request: requests.PreparedRequest, response: requests.Response, tried: int
    ) -> float | None:
        """Seconds to wait when the answer is a rate limit, else None."""
        kind = _limit_kind(request, response)
        if kind is None:
            return None
        told = _told_pause(response, self._now())
        if told is not None:
            return told
        return (_SECONDARY_SECONDS if kind == "secondary" else _LIMIT_SECONDS) * float(2**tried)

    def _put_off(self, request: requests.PreparedRequest, pause: float, *, last: bool) -> None:
        now = self._now()
        with self._lock:
            self._limited = {account: until for account, until in self._limited.items() if until > now}
            self._limited[account_of(request)] = now + pause
        if last:
            self._too_long(pause)
        # What is left of the pause is waited for before the next try.
        self._wait(max(0.0, min(pause, now + pause - self._now())))
        with self._lock:
            self._limited.pop(account_of(request), None)

    def _wait(self, pause: float) -> None:
        if pause > self._longest:
            self._too_long(pause)
        self._sleep(pause)

    def _too_long(self, pause: float) -> NoReturn:
        until = datetime.fromtimestamp(self._now() + pause, UTC).isoformat(timespec="seconds")
        raise ForgeUnreachable(
            Bilingual(
                f"Forge membatasi laju permintaan sampai {until}.",
                f"The forge limits the rate of requests until {until}.",
            ),
            remedy=Bilingual(
                "laik mencoba lagi sesudahnya. Bila sering terjadi, naikkan batas laju akun laik"
                " atau LAIK_WRITE_SPACING.",
                "laik tries again after that. Should it happen often, raise the rate limit of laik's account"
                " or LAIK_WRITE_SPACING.",
            ),
        )


def is_reading(request: requests.PreparedRequest) -> bool:
    """Whether a request changes nothing: GET, HEAD, and a GraphQL document without a mutation."""
    if request.method in {"GET", "HEAD"}:
        return True
    if request.method != "POST" or not _path(request).endswith("/graphql"):
        return False
    body = request.body
    try:
        document = json.loads(body if isinstance(body, str | bytes) else b"")["query"]
    except (ValueError, KeyError, TypeError):
        return False
    text = str(document).lstrip()
    return text.startswith(("query", "{", "fragment")) and re.search(r"\bmutation\b", text) is None


def account_of(request: requests.PreparedRequest) -> str:
    """A digest of the credentials that a request carries; tells accounts apart without keeping a token."""
    told = [request.headers.get(name, "") for name in _CREDENTIALS]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authentication that adds nothing: with none at all, requests would look into ``.netrc``."""
    return request


def _path(request: requests.PreparedRequest) -> str:
    return (request.url or "").partition("?")[0]


def _limit_kind(request: requests.PreparedRequest, response: requests.Response) -> str | None:
    """``primary`` or ``secondary`` for an answer that only puts the request off; nothing was done then."""
    if response.status_code == 200 and _path(request).endswith("/graphql"):
        return _graphql_limit(response)
    if response.status_code not in {403, 429}:
        return None
    if _SECONDARY.search(response.text[:4000]):
        return "secondary"
    if response.status_code == 429 or "Retry-After" in response.headers:
        return "primary"
    return "primary" if response.headers.get("x-ratelimit-remaining") == "0" else None


def _graphql_limit(response: requests.Response) -> str | None:
    """GitHub's GraphQL tells of its limits with status 200: an error of type ``RATE_LIMITED``."""
    try:
        errors = response.json().get("errors") or ()
    except (ValueError, AttributeError):
        return None
    for error in errors:
        if isinstance(error, Mapping):
            if error.get("type") == "RATE_LIMITED":
                return "primary"
            if "type" not in error and _SECONDARY.search(str(error.get("message"))):
                return "secondary"
    return None


def _told_pause(response: requests.Response, now: float) -> float | None:
    """Seconds that the answer asks to wait, or None. Moments are taken against the server's own clock."""
    headers = response.headers
    served = _moment(headers.get("Date", "")) or now
    after = headers.get("Retry-After", "").strip()
    if after.isdecimal():
        return float(after)
    until = _moment(after)
    if until is not None:
        return max(0.0, until - served)
    if response.status_code in _PASSING or headers.get("x-ratelimit-remaining", "0") != "0":
        # A secondary limit shows the reset of the primary one, which has nothing to do with it.
        return None
    reset = headers.get("RateLimit-Reset") or headers.get("x-ratelimit-reset") or ""
    if not reset.strip().isdecimal():
        return None
    seconds = float(reset)
    # At least a second: the window may close a little later than its rounded end.
    return max(1.0, seconds - served if seconds >= _EPOCH else seconds)


def _moment(text: str) -> float | None:
    """An HTTP date as seconds since 1970."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError):
        return None
