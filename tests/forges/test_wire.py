"""The layer under the forge clients, against a real HTTP server that gives prepared answers."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from automation.core.errors import ForgeUnreachable
from automation.forges.wire import Wire
from automation.forges.wirecache import BoundedCache

TOKEN = "glpat-jangan-terlihat"
NOON = 1_772_000_000.0
CUT_BEFORE, CUT_AFTER = -1, -2


@dataclass
class Script:
    """Answers in order, the last one for ever; and what was asked."""

    url: str = ""
    answers: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def then(self, status: int, body: Any = "", **headers: str) -> Script:
        told = body if isinstance(body, str | bytes) else json.dumps(body)
        content = told.encode() if isinstance(told, str) else told
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, content, named))
        return self


class Handler(BaseHTTPRequestHandler):
    script: Script
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        script = self.script
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        script.asked.append((self.command, dict(self.headers.items())))
        status, body, headers = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
        if status in {CUT_BEFORE, CUT_AFTER}:
            if status == CUT_AFTER:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")
                self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        tag = headers.get("ETag")
        if tag and status == 200 and self.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the base class's names

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(NOON, usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@dataclass
class Clock:
    """Time that passes by sleeping alone."""

    now: float = NOON
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def script(server: ThreadingHTTPServer) -> Script:
    Handler.script = Script(f"http://127.0.0.1:{server.server_port}/api")
    return Handler.script


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wires(clock: Clock) -> Iterator[Callable[..., Wire]]:
    made: list[Wire] = []

    def make(**options: Any) -> Wire:
        made.append(Wire(sleep=clock.sleep, now=lambda: clock.now, **options))
        made[-1].headers["PRIVATE-TOKEN"] = TOKEN
        return made[-1]

    yield make
    for wire in made:
        wire.close()


@pytest.fixture
def wire(wires: Callable[..., Wire]) -> Wire:
    return wires()


def test_calls_and_writes_are_counted(wire: Wire, script: Script) -> None:
    script.then(200)
    wire.get(script.url)
    wire.head(script.url)
    wire.post(script.url, json={})
    wire.delete(script.url)
    assert (wire.calls, wire.writes, wire.unmodified) == (4, 2, 0)


def test_an_unchanged_answer_costs_no_content_and_comes_from_the_cache(wire: Wire, script: Script) -> None:
    script.then(200, {"a": 1}, ETag='W/"x"')
    answers = [wire.get(script.url, params={"page": 1}) for _ in range(3)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"a": 1})] * 3
    assert (wire.calls, wire.unmodified) == (3, 2)
    assert [headers.get("If-None-Match") for _, headers in script.asked] == [None, 'W/"x"', 'W/"x"']


def test_a_changed_answer_replaces_the_kept_one(wire: Wire, script: Script) -> None:
    script.then(200, "lama", ETag='"1"').then(200, "baru", ETag='"2"')
    assert [wire.get(script.url).text for _ in range(3)] == ["lama", "baru", "baru"]
    assert wire.unmodified == 1


def test_what_the_server_calls_fresh_is_asked_for_all_the_same(wire: Wire, script: Script) -> None:
    script.then(200, "lama", ETag='"1"', Cache_Control="max-age=3600").then(200, "baru", ETag='"2"')
    assert [wire.get(script.url).text for _ in range(2)] == ["lama", "baru"]


def test_an_answer_without_etag_is_never_kept(wire: Wire, script: Script) -> None:
    script.then(200, "a", Cache_Control="max-age=3600", Last_Modified=formatdate(NOON, usegmt=True))
    wire.get(script.url)
    wire.get(script.url)
    assert not any("If" in name for _, headers in script.asked for name in headers)


@pytest.mark.parametrize("packed", [False, True])
def test_a_last_page_that_is_full_is_asked_for_anew_as_the_list_may_have_grown(
    wire: Wire, script: Script, packed: bool
) -> None:
    """Its entity tag says nothing of the next page, and a 304 need not carry the link to it."""
    url, rows = f"{script.url}?per_page=2", json.dumps([1, 2])
    body, how = (gzip.compress(rows.encode()), {"Content_Encoding": "gzip"}) if packed else (rows, {})
    script.then(200, body, ETag='"1"', **how)
    assert [wire.get(url).json() for _ in range(2)] == [[1, 2], [1, 2]]
    assert wire.unmodified == 0


@pytest.mark.parametrize(
    ("rows", "link"), [([1], ""), ([1, 2], '<http://forge/api?page=2>; rel="next"'), ({"a": 1}, "")]
)
def test_a_page_with_room_or_with_another_behind_it_is_kept(
    wire: Wire, script: Script, rows: Any, link: str
) -> None:
    script.then(200, rows, ETag='"1"', Link=link)
    for _ in range(2):
        wire.get(f"{script.url}?per_page=2")
    assert wire.unmodified == 1


def test_another_account_gets_nothing_from_the_cache_of_this_one(wire: Wire, script: Script) -> None:
    script.then(200, "rahasia", ETag='"1"')
    wire.get(script.url)
    wire.get(script.url, headers={"PRIVATE-TOKEN": "lain"})
    wire.get(script.url, headers={"PRIVATE-TOKEN": "", "Authorization": "Bearer x"})
    assert wire.unmodified == 0
    assert not any("If-None-Match" in headers for _, headers in script.asked)


def test_an_error_is_not_kept(wire: Wire, script: Script) -> None:
    script.then(404, "", ETag='"1"').then(200, "ada", ETag='"1"')
    assert [wire.get(script.url).status_code for _ in range(2)] == [404, 200]


def test_the_cache_lets_go_of_what_was_used_longest_ago(script: Script, wires: Callable[..., Wire]) -> None:
    wire = wires(cache_entries=2)
    script.then(200, "x", ETag='"1"')
    for page in (1, 2, 1, 3, 1, 2):
        wire.get(script.url, params={"page": page})
    assert wire.unmodified == 2


def test_the_cache_is_bounded_in_bytes_and_keeps_no_giant() -> None:
    cache = BoundedCache(99, most_bytes=10, largest=8)
    cache.set("a", b"12345")
    cache.set("a", b"12345")
    cache.set("b", b"12345")
    assert (cache.get("a"), len(cache)) == (b"12345", 2)
    cache.set("c", b"1")
    assert (cache.get("b"), len(cache)) == (None, 2)
    cache.set("d", b"123456789")
    assert (cache.get("d"), len(cache)) == (None, 2)


def test_a_redirect_is_not_followed_and_not_remembered(wire: Wire, script: Script) -> None:
    script.then(301, "", Location=f"{script.url}/lain", ETag='"1"').then(200, "di sini")
    assert wire.get(script.url).status_code == 301
    assert wire.get(script.url, allow_redirects=True).text == "di sini"
    assert len(script.asked) == 2


def test_cookies_are_not_kept(wire: Wire, script: Script) -> None:
    script.then(200, "", Set_Cookie="sesi=1; Path=/")
    wire.get(script.url)
    wire.get(script.url)
    assert "Cookie" not in script.asked[1][1]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_any_request_that_was_put_off_is_sent_again(
    method: str, wire: Wire, script: Script, clock: Clock
) -> None:
    script.then(429, "Retry later", Retry_After="7").then(200, "ya")
    assert wire.request(method, script.url).text == "ya"
    assert (wire.calls, clock.slept) == (2, [7])


def test_a_date_to_wait_for_is_taken_against_the_servers_clock(
    wire: Wire, script: Script, clock: Clock
) -> None:
    clock.now = NOON - 86_400
    script.then(429, "", Retry_After=formatdate(NOON + 9, usegmt=True)).then(200)
    wire.get(script.url)
    assert clock.slept == [9]


@pytest.mark.parametrize("name", ["RateLimit-Reset", "X-RateLimit-Reset"])
def test_the_reset_of_the_limit_is_waited_for(name: str, wire: Wire, script: Script, clock: Clock) -> None:
    script.then(429, "", **{name: str(int(NOON) + 20)}).then(200)
    wire.get(script.url)
    assert clock.slept == [20]


def test_without_a_word_the_pauses_grow(wire: Wire, script: Script, clock: Clock) -> None:
    script.then(429).then(429).then(429, "", Retry_After="bukan angka").then(200)
    wire.post(script.url)
    assert clock.slept == [1, 2, 4]


def test_a_limit_that_does_not_end_is_raised_and_then_kept(wire: Wire, script: Script, clock: Clock) -> None:
    script.then(429)
    with pytest.raises(ForgeUnreachable):
        wire.get(script.url)
    assert (wire.calls, clock.slept) == (5, [1, 2, 4, 8])
    with pytest.raises(ForgeUnreachable):
        wire.get(script.url)
    assert clock.slept[4] == 16


def test_a_long_wait_is_raised_with_its_end_and_not_slept(wire: Wire, script: Script, clock: Clock) -> None:
    script.then(429, "", Retry_After="3600")
    with pytest.raises(ForgeUnreachable, match="2026-02-25T07:13:20"):
        wire.get(script.url)
    assert (wire.calls, clock.slept) == (1, [])


def test_nothing_is_asked_while_the_limit_lasts_and_other_accounts_are_free(
    wire: Wire, script: Script, clock: Clock
) -> None:
    script.then(429, "", Retry_After="3600").then(200)
    with pytest.raises(ForgeUnreachable):
        wire.get(script.url)
    with pytest.raises(ForgeUnreachable):
        wire.get(script.url)
    assert wire.calls == 1
    assert wire.get(script.url, headers={"PRIVATE-TOKEN": "lain"}).ok
    clock.now += 3601
    assert wire.get(script.url).ok


def test_a_secondary_limit_with_a_header_is_waited_for(wire: Wire, script: Script, clock: Clock) -> None:
    body = {"message": "You have exceeded a secondary rate limit."}
    script.then(403, body, Retry_After="30").then(201)
    assert wire.post(script.url).status_code == 201
    assert clock.slept == [30]


def test_a_secondary_limit_without_a_header_waits_a_minute_and_then_gives_up(
    wire: Wire, script: Script, clock: Clock
) -> None:
    body = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
    reset = str(int(NOON) + 3000)
    script.then(403, body, X_RateLimit_Remaining="4000", X_RateLimit_Reset=reset)
    with pytest.raises(ForgeUnreachable):
        wire.post(script.url)
    assert (wire.calls, clock.slept) == (2, [60])


def test_a_used_up_hour_is_a_limit_and_a_plain_no_is_not(wire: Wire, script: Script, clock: Clock) -> None:
    script.then(403, "", X_RateLimit_Remaining="0", X_RateLimit_Reset=str(int(NOON) + 5))
    script.then(403, {"message": "Resource not accessible"}, X_RateLimit_Remaining="12")
    assert wire.get(script.url).status_code == 403
    assert (wire.calls, clock.slept) == (2, [5])


def test_a_graphql_limit_in_a_good_answer_is_seen(wire: Wire, script: Script, clock: Clock) -> None:
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    script.then(200, limited, X_RateLimit_Remaining="0", X_RateLimit_Reset=str(int(NOON) + 5))
    script.then(200, {"data": {}, "errors": [{"type": "NOT_FOUND", "message": "secondary rate limit"}]})
    assert "data" in wire.post(f"{script.url}/graphql", json={"query": "{ viewer { login } }"}).json()
    assert clock.slept == [5]


def test_a_graphql_query_is_reading_and_a_mutation_is_writing(wire: Wire, script: Script) -> None:
    script.then(502).then(200)
    wire.post(f"{script.url}/graphql", json={"query": "query($n: Int!) { a(n: $n) }"})
    assert (wire.calls, wire.writes) == (2, 0)
    for text in ("mutation { x }", "query A { a } mutation B { b }"):
        wire.post(f"{script.url}/graphql", json={"query": text, "operationName": "B"})
    assert wire.writes == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504, 521])
def test_reading_is_tried_again_after_a_server_error(
    status: int, wire: Wire, script: Script, clock: Clock
) -> None:
    script.then(status).then(status).then(200)
    assert wire.get(script.url).ok
    assert clock.slept == [0.1, 0.2]


def test_a_server_error_that_stays_is_the_answer(wire: Wire, script: Script) -> None:
    script.then(500)
    assert wire.get(script.url).status_code == 500
    assert wire.calls == 5


def test_maintenance_with_a_time_is_waited_for(wire: Wire, script: Script, clock: Clock) -> None:
    script.then(503, "", Retry_After="12").then(200)
    assert wire.get(script.url).ok
    assert clock.slept == [12]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_is_not_repeated_after_a_server_error(status: int, wire: Wire, script: Script) -> None:
    script.then(status, "", Retry_After="1").then(201)
    assert wire.post(script.url).status_code == status
    assert wire.calls == 1


@pytest.mark.parametrize("cut", [CUT_BEFORE, CUT_AFTER])
def test_reading_is_tried_again_after_a_cut(cut: int, wire: Wire, script: Script) -> None:
    script.then(cut).then(200, "ya")
    assert wire.get(script.url).text == "ya"
    assert wire.calls == 2


@pytest.mark.parametrize("cut", [CUT_BEFORE, CUT_AFTER])
def test_a_write_is_not_repeated_after_a_cut(cut: int, wire: Wire, script: Script) -> None:
    script.then(cut).then(201)
    with pytest.raises(requests.RequestException):
        wire.post(script.url)
    assert (wire.calls, len(script.asked)) == (1, 1)


def test_half_an_answer_is_never_kept(wire: Wire, script: Script) -> None:
    script.then(CUT_AFTER).then(200, "ya", ETag='"1"')
    assert [wire.get(script.url).text for _ in range(2)] == ["ya", "ya"]


def test_writes_keep_their_distance_and_reads_do_not(
    script: Script, clock: Clock, wires: Callable[..., Wire]
) -> None:
    wire = wires(write_spacing=1.0)
    script.then(200)
    for method in ("POST", "GET", "GET", "PUT", "DELETE"):
        wire.request(method, script.url)
    assert clock.slept == [1, 1]
    clock.now += 5
    wire.post(script.url)
    assert clock.slept == [1, 1]


def test_a_clock_set_back_does_not_hold_up_writing(
    script: Script, clock: Clock, wires: Callable[..., Wire]
) -> None:
    wire = wires(write_spacing=1.0)
    script.then(200)
    wire.post(script.url)
    clock.now -= 86_400
    wire.post(script.url)
    assert clock.slept == [60]


def test_an_adapter_mounted_by_a_client_changes_nothing(wire: Wire, script: Script) -> None:
    wire.mount("http://", requests.adapters.HTTPAdapter(max_retries=9))
    script.then(200, "x", ETag='"1"')
    wire.get(script.url)
    wire.get(script.url)
    assert wire.unmodified == 1


def test_no_error_shows_the_token(wire: Wire, script: Script) -> None:
    script.then(429, TOKEN, Retry_After="9999").then(CUT_BEFORE)
    with pytest.raises(ForgeUnreachable) as limited:
        wire.get(script.url)
    other = {"Authorization": f"Bearer {TOKEN}"}
    with pytest.raises(requests.RequestException) as cut:
        wire.post(script.url, headers=other)
    for text in (
        str(limited.value),
        limited.value.explain("en"),
        str(cut.value),
        repr(cut.value),
        repr(wire),
    ):
        assert TOKEN not in text


def test_a_request_that_wants_no_cache_gets_the_servers_own_answer(wire: Wire, script: Script) -> None:
    script.then(200, "x", ETag='"1"')
    wire.get(script.url)
    wire.get(script.url, headers={"Cache-Control": "no-cache"})
    assert wire.unmodified == 0
    assert "If-None-Match" not in script.asked[1][1]


def test_many_threads_share_one_wire_and_every_call_is_counted(wire: Wire, script: Script) -> None:
    script.then(200, "x" * 2000, ETag='"1"')
    wrong: list[str] = []

    def read() -> None:
        texts = [wire.get(script.url, params={"page": page}).text for page in range(10)]
        wrong.extend(text for text in texts if text != "x" * 2000)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (wrong, wire.calls) == ([], 80)


def test_content_that_was_pushed_out_meanwhile_is_asked_for_again(
    script: Script, wires: Callable[..., Wire]
) -> None:
    wire = wires(cache_entries=1)
    script.then(200, "x", ETag='"1"')

    def read(page: int) -> None:
        for _ in range(30):
            assert wire.get(script.url, params={"page": page}).text == "x"

    threads = [threading.Thread(target=read, args=(page,)) for page in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wire.get(script.url, params={"page": 0}).status_code == 200
