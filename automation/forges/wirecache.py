"""The ETag cache under :mod:`automation.forges.wire`, on CacheControl."""

from __future__ import annotations

import json
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from cachecontrol.adapter import CacheControlAdapter
from cachecontrol.cache import BaseCache
from cachecontrol.controller import CacheController
from requests import PreparedRequest
from urllib3 import HTTPResponse

_MOST_BYTES = 64 * 2**20
_LARGEST = 4 * 2**20
AccountOf = Callable[[PreparedRequest], str]


class BoundedCache(BaseCache):
    """The answers used last, in memory. Bounded in number and bytes; a very large answer is not kept."""

    def __init__(self, most: int, *, most_bytes: int = _MOST_BYTES, largest: int = _LARGEST) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._largest = largest
        self._bytes = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> bytes | None:
        """The entry, which becomes the one used last."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def set(self, key: str, value: bytes, expires: int | datetime | None = None) -> None:
        """Keep an entry and let go of the ones not used for longest. Nothing expires: all is revalidated."""
        with self._lock:
            self._drop(key)
            if len(value) > self._largest:
                return
            self._kept[key] = value
            self._bytes += len(value)
            while len(self._kept) > self._most or self._bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def delete(self, key: str) -> None:
        """Let an entry go."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: str) -> None:
        self._bytes -= len(self._kept.pop(key, b""))


class Revalidating(CacheController):
    """CacheControl's rules, except that the server is always asked and that each account has its own entries.

    The attack: an answer that a powerful token got is served for the request of another account.
    """

    account_of: AccountOf

    def cached_request(self, request: PreparedRequest) -> Literal[False]:
        """Nothing is served unasked, whatever ``max-age`` says; permanent redirects neither."""
        return False

    def conditional_headers(self, request: PreparedRequest) -> dict[str, str]:
        """``If-None-Match`` alone: a change within the second of ``Last-Modified`` would be missed.

        None for a request that says ``no-cache``: its answer must be the server's own.
        """
        if "no-cache" in str(request.headers.get("Cache-Control", "")):
            return {}
        found = super().conditional_headers(request)
        return {name: value for name, value in found.items() if name == "If-None-Match"}

    def _load_from_cache(self, request: PreparedRequest) -> HTTPResponse | None:
        data = self.cache.get(self._key(request))
        if data is None or "Range" in request.headers:
            return None
        return self.serializer.loads(request, data)

    def _cache_set(
        self,
        cache_url: str,
        request: PreparedRequest,
        response: HTTPResponse,
        body: bytes | None = None,
        expires_time: int | None = None,
    ) -> None:
        if "etag" not in response.headers:
            return
        if body is not None and _is_full_last_page(request, response, body):
            self.cache.delete(self._key(request))
        else:
            self.cache.set(self._key(request), self.serializer.dumps(request, response, body))

    def _key(self, request: PreparedRequest) -> str:
        return f"{self.account_of(request)} {request.url}"


def _is_full_last_page(request: PreparedRequest, response: HTTPResponse, body: bytes) -> bool:
    """Whether an answer is the last page of a list, with no room left on it.

    When the list grows, such a page stays as it is, and so does its entity tag; that there is a next page
    now stands in the ``Link`` header alone, which no tag covers (seen on GitHub: app-sre/github-mirror#113)
    and a 304 may leave out. All that came later would never be seen: laik would miss its own card, and write
    it again with every run.
    """
    size = parse_qs(urlsplit(request.url or "").query).get("per_page", [""])[0]
    if not str(size).isdecimal() or 'rel="next"' in response.headers.get("link", ""):
        return False
    try:
        rows = json.loads(_unpacked(body, response.headers.get("content-encoding", "")))
    except (ValueError, zlib.error):
        return True  # nobody can say: rather asked for anew than half believed
    return isinstance(rows, list) and len(rows) >= int(size)


def _unpacked(body: bytes, encoding: str) -> bytes:
    """The content as it was before it was packed for the way; answers are kept as they came."""
    # 32: zlib tells gzip and deflate apart by itself.
    return zlib.decompress(body, zlib.MAX_WBITS | 32) if encoding else bytes(body)


def cached_adapter(most: int, account_of: AccountOf) -> CacheControlAdapter:
    """An adapter that keeps at most ``most`` answers, apart by what ``account_of`` says of a request."""
    adapter = CacheControlAdapter(cache=BoundedCache(most))
    controller = Revalidating(adapter.cache, status_codes=(200,))
    controller.account_of = account_of
    adapter.controller = controller
    return adapter
