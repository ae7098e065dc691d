"""Webhooks of the GitHub dialect, delivered to a real receiver."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests

from automation.forges.base import Access, FileWrite, Hook, Project, StatusState
from automation.localforge.events import CheckRunChanged
from automation.localforge.githubhooks import GitHubSender, hook_by_id
from automation.localforge.projects import project_by_id
from automation.localforge.server import start
from automation.localforge.users import get_user
from tests.forges.world import GitHubWorld

SECRET = "rahasia-kait"


@dataclass
class Receiver:
    """A real HTTP server that remembers what it got and answers with ``status``."""

    url: str = ""
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def events(self) -> list[tuple[str, Any]]:
        return [(headers["X-GitHub-Event"], json.loads(body)) for headers, body in self.got]

    def last(self, name: str) -> Any:
        return [body for event, body in self.events() if event == name][-1]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    seen = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.got.append((dict(self.headers), body))
            self.send_response(seen.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    seen.url = f"http://127.0.0.1:{server.server_port}/kait"
    yield seen
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitHubWorld]:
    folder: Path = tmp_path_factory.mktemp("forge")
    with start(folder / "data", dialect="github") as running:
        made = GitHubWorld(running, folder)
        yield made
        made.close()


@pytest.fixture
def project(world: GitHubWorld, receiver: Receiver) -> Project:
    made = world.project()
    assert world.bot.ensure_hook(made.id, Hook(receiver.url, SECRET))
    _settle(world)
    return made


def _settle(world: GitHubWorld) -> None:
    assert world.running.sender.wait_until_idle()


def _ask(world: GitHubWorld, verb: str, project: Project, below: str, body: Any = None) -> Any:
    return world.asks(verb, f"/repos/{project.path}{below}", body, token=world.token("bot-laik"))


def _hook_id(world: GitHubWorld, project: Project) -> int:
    (facts,) = world.bot.list_hooks(project.id)
    return facts.id


def test_rule_11_a_delivery_carries_githubs_headers_and_a_signature_over_the_raw_body(
    world: GitHubWorld, project: Project, receiver: Receiver
) -> None:
    ((headers, body),) = receiver.got
    assert headers["X-GitHub-Event"] == "ping"
    assert str(uuid.UUID(headers["X-GitHub-Delivery"])) == headers["X-GitHub-Delivery"]
    assert headers["X-GitHub-Hook-ID"] == str(_hook_id(world, project))
    assert headers["X-GitHub-Hook-Installation-Target-Type"] == "repository"
    assert headers["X-GitHub-Hook-Installation-Target-ID"] == str(project.id)
    assert headers["User-Agent"].startswith("GitHub-Hookshot/")
    assert headers["Content-Type"] == "application/json"
    wanted = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={wanted}"
    told = json.loads(body)
    assert (told["hook_id"], told["repository"]["id"]) == (_hook_id(world, project), project.id)
    assert SECRET.encode() not in body


def test_every_kind_of_event_names_its_repository_thing_and_sender(
    world: GitHubWorld, project: Project, receiver: Receiver
) -> None:
    forge = world.bot
    first = forge.commit_files(project.id, "main", "awal", [FileWrite("a", b"1")])
    issue = forge.create_issue(project.id, "judul", "")
    comment = forge.add_comment(project.id, "issue", issue.iid, "halo")
    head = forge.commit_files(project.id, "usul", "usul", [FileWrite("b", b"1"), FileWrite("a", None)])
    request = forge.create_merge_request(project.id, "usul", "main", "usul", "")
    forge.set_status(
        project.id, head, context="laik/sop", state=StatusState.SUCCESS, description="baik", target_url=""
    )
    merged = forge.merge(request, sha=head, message="gabung")
    _settle(world)
    for name, body in receiver.events():
        assert body["repository"]["full_name"] == project.path, name
        assert body["organization"]["login"] == "berkas", name
        assert body["sender"]["login"] == "bot-laik", name
    pushes = [body for name, body in receiver.events() if name == "push"]
    assert (pushes[0]["before"], pushes[0]["after"], pushes[0]["created"]) == ("0" * 40, first, True)
    assert pushes[0]["pusher"]["name"] == "bot-laik"
    branch = next(body for body in pushes if body["ref"] == "refs/heads/usul" and body["after"] == head)
    assert (branch["commits"][0]["added"], branch["commits"][0]["removed"]) == (["b"], ["a"])
    assert receiver.last("issues")["issue"]["number"] == issue.iid
    told = receiver.last("issue_comment")
    assert (told["action"], told["comment"]["id"], told["issue"]["number"]) == (
        "created",
        comment.id,
        issue.iid,
    )
    status = receiver.last("status")
    assert (status["sha"], status["context"], status["state"]) == (head, "laik/sop", "success")
    pull = receiver.last("pull_request")
    assert (pull["action"], pull["number"], pull["pull_request"]["merged"]) == ("closed", request.iid, True)
    assert pull["pull_request"]["merge_commit_sha"] == merged.merge_sha


def test_a_push_onto_a_pull_requests_branch_is_told_as_synchronize(
    world: GitHubWorld, project: Project, receiver: Receiver
) -> None:
    forge = world.bot
    forge.commit_files(project.id, "main", "awal", [FileWrite("a", b"1")])
    old = forge.commit_files(project.id, "usul", "usul", [FileWrite("b", b"1")])
    forge.create_merge_request(project.id, "usul", "main", "usul", "")
    new = forge.commit_files(project.id, "usul", "lagi", [FileWrite("b", b"2")])
    _settle(world)
    told = receiver.last("pull_request")
    assert (told["action"], told["before"], told["after"]) == ("synchronize", old, new)
    assert told["pull_request"]["head"]["sha"] == new


def test_a_force_push_and_a_deletion_say_so(world: GitHubWorld, project: Project, receiver: Receiver) -> None:
    world.bot.commit_files(project.id, "main", "awal", [FileWrite("a", b"1")])
    clone = world.clone(project, "tim-dinkes", Access.DEVELOPER)
    clone.git("checkout", "-q", "-b", "usul")
    clone.commit("b", b"1")
    clone.git("push", "-q", "origin", "usul")
    clone.git("commit", "-q", "--amend", "-m", "ulang")
    clone.git("push", "-q", "--force", "origin", "usul")
    clone.git("push", "-q", "origin", ":usul")
    _settle(world)
    rows = [body for name, body in receiver.events() if name == "push" and body["ref"] == "refs/heads/usul"]
    assert [(row["created"], row["forced"], row["deleted"]) for row in rows] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert rows[-1]["head_commit"] is None
    assert {row["sender"]["login"] for row in rows} == {"tim-dinkes"}


def test_a_check_run_is_told_as_its_dialect_shows_it(
    world: GitHubWorld, project: Project, receiver: Receiver
) -> None:
    engine = world.running.engine
    user = engine.store.value("SELECT id FROM users WHERE username = 'bot-laik'")
    told = {"id": 7, "name": "laik/sop", "status": "completed", "conclusion": "success"}
    event = CheckRunChanged(get_user(engine, user), project_by_id(engine, project.id), "completed", told)
    engine.announce(project.id, event)
    _settle(world)
    got = receiver.last("check_run")
    assert (got["action"], got["check_run"]) == ("completed", told)


def test_rule_11_nothing_is_redelivered_by_itself_and_a_failing_hook_is_never_switched_off(
    world: GitHubWorld, project: Project, receiver: Receiver
) -> None:
    receiver.status = 500
    receiver.got.clear()
    for number in range(45):
        world.bot.create_issue(project.id, f"isu {number}", "")
    _settle(world)
    assert len(receiver.got) == 45
    hook = _ask(world, "GET", project, f"/hooks/{_hook_id(world, project)}")
    assert (hook["active"], hook["last_response"]["code"]) == (True, 500)
    receiver.status = 200
    world.bot.create_issue(project.id, "lagi", "")
    _settle(world)
    assert len(receiver.got) == 46


def test_rule_11_a_delivery_sent_again_by_hand_has_its_guid_and_is_marked(
    world: GitHubWorld, project: Project, receiver: Receiver
) -> None:
    world.bot.create_issue(project.id, "isu", "")
    _settle(world)
    place = f"/hooks/{_hook_id(world, project)}/deliveries"
    first, ping = _ask(world, "GET", project, place)
    assert (first["event"], first["action"], first["redelivery"], first["status"]) == (
        "issues",
        "opened",
        False,
        "OK",
    )
    assert ping["event"] == "ping"
    _ask(world, "POST", project, f"{place}/{first['id']}/attempts")
    _settle(world)
    again = _ask(world, "GET", project, place)[0]
    assert (again["guid"], again["redelivery"]) == (first["guid"], True)
    assert again["id"] != first["id"]
    assert receiver.got[-1][1] == receiver.got[-2][1]
    whole = _ask(world, "GET", project, f"{place}/{again['id']}")
    assert whole["request"]["payload"]["issue"]["title"] == "isu"
    assert SECRET not in json.dumps(whole)


def test_a_hook_hears_only_what_it_asked_for_and_nothing_while_inactive(
    world: GitHubWorld, receiver: Receiver
) -> None:
    project = world.project()
    assert world.bot.ensure_hook(project.id, Hook(receiver.url, SECRET, events=("issue",)))
    world.bot.commit_files(project.id, "main", "awal", [FileWrite("a", b"1")])
    world.bot.create_issue(project.id, "isu", "")
    _settle(world)
    assert [name for name, _ in receiver.events()] == ["ping", "issues"]
    _ask(world, "PATCH", project, f"/hooks/{_hook_id(world, project)}", {"active": False})
    world.bot.create_issue(project.id, "isu", "")
    _settle(world)
    assert len(receiver.got) == 2


@pytest.mark.off_spec("the examples are JSON alone")
def test_a_form_hook_is_signed_over_its_form(world: GitHubWorld, receiver: Receiver) -> None:
    project = world.project()
    config = {"url": receiver.url, "content_type": "form", "secret": SECRET}
    _ask(world, "POST", project, "/hooks", {"config": config, "events": ["*"]})
    _settle(world)
    ((headers, body),) = receiver.got
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    wanted = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={wanted}"
    assert json.loads(parse_qs(body.decode())["payload"][0])["zen"]


def test_a_hook_without_a_secret_is_not_signed(world: GitHubWorld, receiver: Receiver) -> None:
    project = world.project()
    _ask(world, "POST", project, "/hooks", {"config": {"url": receiver.url, "content_type": "json"}})
    _settle(world)
    ((headers, _),) = receiver.got
    assert "X-Hub-Signature-256" not in headers


def test_a_second_hook_with_one_address_is_refused_in_githubs_words(
    world: GitHubWorld, project: Project, receiver: Receiver
) -> None:
    answer = _raw(world, project, {"config": {"url": receiver.url}, "events": ["push"]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"] == "Hook already exists on this repository"


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://a:b@c/", "http://c/\r\nX: y", "", "gopher://x/"]
)
@pytest.mark.off_spec("hostile addresses")
def test_a_hook_to_no_web_address_is_refused(world: GitHubWorld, project: Project, url: str) -> None:
    assert _raw(world, project, {"config": {"url": url}}).status_code == 422


@pytest.mark.parametrize(
    "body", [{}, {"config": 5}, {"config": {"url": 7}}, {"config": {"url": "http://x/"}, "events": 3}]
)
@pytest.mark.off_spec("mistyped on purpose")
def test_a_mistyped_hook_is_refused(world: GitHubWorld, project: Project, body: Any) -> None:
    assert _raw(world, project, body).status_code == 422


def test_hooks_are_not_shown_to_who_does_not_administer(world: GitHubWorld, project: Project) -> None:
    world.join(project, "tim-dinkes", Access.MAINTAINER)
    headers = {"Authorization": f"Bearer {world.token('tim-dinkes')}"}
    place = f"{world.running.url}/api/v3/repos/{project.path}/hooks"
    assert requests.get(place, headers=headers, timeout=10).status_code == 404


def test_a_payload_above_25_megabytes_is_not_sent(
    world: GitHubWorld, project: Project, receiver: Receiver
) -> None:
    engine, sender = world.running.engine, world.running.sender
    assert isinstance(sender, GitHubSender)
    hook = hook_by_id(engine, _hook_id(world, project))
    assert hook is not None
    sender.ping(hook, {"zen": "x" * (25 * 1024 * 1024)})
    _settle(world)
    assert len(receiver.got) == 1


def _raw(world: GitHubWorld, project: Project, body: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {world.token('bot-laik')}"}
    place = f"{world.running.url}/api/v3/repos/{project.path}/hooks"
    return requests.post(place, json=body, headers=headers, timeout=10)
