from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from automation.localforge.engine import Engine, stamp
from automation.localforge.records import Hook
from automation.localforge.webhooks import Sender, is_hook_url

pytestmark = pytest.mark.off_spec("made-up letters: how they travel, not what they say")

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass
class Receiver:
    """A real HTTP server that remembers what it got and answers with ``status``."""

    url: str = ""
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    seen = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.got.append((dict(self.headers), body))
            self.send_response(seen.status)
            self.send_header("Location", "/lain")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    seen.url = f"http://127.0.0.1:{server.server_port}/kait?proyek=1"
    yield seen
    server.shutdown()
    server.server_close()


@dataclass
class World:
    engine: Engine
    sender: Sender
    moment: list[datetime]

    def hook(self, url: str, token: str | None = "rahasia-kait", **wanted: bool) -> int:
        events = {"push_events": True, "issues_events": True, **wanted}
        return self.engine.store.insert(
            "hooks", project_id=1, url=url, token=token, created_at=self.engine.now(), **events
        )

    def send(self, event: str, times: int = 1) -> None:
        for number in range(times):
            self.sender.enqueue(1, event, {"object_kind": event, "nomor": number})
        assert self.sender.wait_until_idle()

    def read(self, hook_id: int) -> Hook:
        found = self.engine.store.one(Hook, "SELECT * FROM hooks WHERE id = ?", hook_id)
        assert found is not None
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    moment = [START]
    engine = Engine(tmp_path, url="http://forge.contoh.go.id", clock=lambda: moment[0])
    sender = Sender(engine, timeout_seconds=1.0)
    yield World(engine, sender, moment)
    sender.close()
    engine.close()


def test_a_delivery_carries_the_payload_and_gitlabs_headers(world: World, receiver: Receiver) -> None:
    world.hook(receiver.url)
    world.send("issue")
    ((headers, body),) = receiver.got
    assert json.loads(body) == {"object_kind": "issue", "nomor": 0}
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Gitlab-Event"] == "Issue Hook"
    assert headers["X-Gitlab-Token"] == "rahasia-kait"
    assert headers["X-Gitlab-Instance"] == "http://forge.contoh.go.id"
    assert headers["Idempotency-Key"] == headers["webhook-id"]
    assert headers["webhook-timestamp"] == str(int(START.timestamp()))
    assert headers["X-Gitlab-Event-UUID"] != headers["webhook-id"]


def test_deliveries_keep_their_order_and_have_their_own_keys(world: World, receiver: Receiver) -> None:
    world.hook(receiver.url)
    world.send("push", times=5)
    assert [json.loads(body)["nomor"] for _, body in receiver.got] == [0, 1, 2, 3, 4]
    assert len({headers["Idempotency-Key"] for headers, _ in receiver.got}) == 5
    assert len({headers["X-Gitlab-Webhook-UUID"] for headers, _ in receiver.got}) == 1


def test_only_wanted_events_of_the_own_project_are_sent(world: World, receiver: Receiver) -> None:
    world.hook(receiver.url, push_events=False)
    world.send("push")
    world.send("note")
    world.sender.enqueue(2, "issue", {})
    assert world.sender.wait_until_idle()
    assert receiver.got == []


def test_a_hook_without_token_sends_no_token_header(world: World, receiver: Receiver) -> None:
    world.hook(receiver.url, token=None)
    world.send("push")
    assert "X-Gitlab-Token" not in receiver.got[0][0]


def test_four_failures_in_a_row_pause_a_hook_for_a_minute(world: World, receiver: Receiver) -> None:
    receiver.status = 500
    hook = world.hook(receiver.url)
    world.send("push", times=6)
    assert len(receiver.got) == 4
    assert world.read(hook).failures == 4
    assert world.read(hook).disabled_until == stamp(START + timedelta(minutes=1))


def test_a_paused_hook_is_tried_again_and_a_success_forgives(world: World, receiver: Receiver) -> None:
    receiver.status = 500
    hook = world.hook(receiver.url)
    world.send("push", times=4)
    world.moment[0] = START + timedelta(seconds=61)
    world.send("push")
    assert world.read(hook).disabled_until == stamp(world.moment[0] + timedelta(minutes=2))
    world.moment[0] += timedelta(minutes=3)
    receiver.status = 204
    world.send("push")
    assert (world.read(hook).failures, world.read(hook).disabled_until) == (0, None)


def test_after_forty_failures_it_is_over(world: World, receiver: Receiver) -> None:
    receiver.status = 404
    hook = world.hook(receiver.url)
    for _ in range(45):
        world.send("push")
        world.moment[0] += timedelta(days=2)
    assert len(receiver.got) == 40
    assert world.read(hook).failures == 40


def test_a_redirect_is_a_failure_and_is_not_followed(world: World, receiver: Receiver) -> None:
    receiver.status = 302
    hook = world.hook(receiver.url)
    world.send("push")
    assert len(receiver.got) == 1
    assert world.read(hook).failures == 1


def test_a_dead_receiver_does_not_stop_the_others(world: World, receiver: Receiver) -> None:
    dead = world.hook("http://127.0.0.1:9/")
    world.hook(receiver.url)
    world.send("push")
    assert len(receiver.got) == 1
    assert world.read(dead).failures == 1
    assert [delivery.status for delivery in world.sender.deliveries] == [0, 200]


def test_a_token_with_a_line_break_is_not_sent(world: World, receiver: Receiver) -> None:
    world.hook(receiver.url, token="a\r\nX-Gitlab-Token: b")
    world.send("push")
    assert receiver.got == []


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("http://127.0.0.1:8080/kait", True),
        ("https://laik.contoh.go.id/webhook?x=1", True),
        ("file:///etc/passwd", False),
        ("gopher://127.0.0.1:6379/_FLUSHALL", False),
        ("http://", False),
        ("http://user:pass@127.0.0.1/", False),
        ("http://127.0.0.1:99999/", False),
        ("http://127.0.0.1/a\r\nHost: b", False),
        ("//127.0.0.1/x", False),
        ("", False),
    ],
)
def test_webhooks_go_to_plain_web_addresses_alone(url: str, fine: bool) -> None:
    assert is_hook_url(url) is fine
