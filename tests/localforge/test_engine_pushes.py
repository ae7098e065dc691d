"""Pushes by the real git program, and the webhooks that the forge sends from its own state."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.localforge.forgeworld import World, commit, world

NUMBERS = count(1)


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("forge")) as made:
        yield made


@pytest.fixture
def project(forge: World) -> Any:
    """A project with a protected main that nobody pushes to."""
    members = {"vendor": 30, "pemelihara": 40, "pemilik": 50, "pelapor": 20}
    made = forge.project(f"grup/p{next(NUMBERS)}", members=members, files={"a.txt": "satu\n"})
    made.protectedbranches.create({"name": "main", "push_access_level": 0, "merge_access_level": 40})
    return made


class Clone:
    """A clone by one account; git asks no terminal and reads no configuration of this machine."""

    def __init__(self, forge: World, name: str, project: Any, folder: Path) -> None:
        bare = project.http_url_to_repo
        self.address = bare.replace("://", f"://{name}:{forge.token(name)}@")
        self.folder = folder / name
        self.run("clone", "-q", self.address, str(self.folder), cwd=folder)

    def run(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        who = {
            f"GIT_{role}_{key}": "x@x.invalid"
            for role in ("AUTHOR", "COMMITTER")
            for key in ("NAME", "EMAIL")
        }
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            **who,
        }
        return subprocess.run(
            ["git", *arguments],
            cwd=cwd or self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def add(self, path: str, text: str = "x") -> str:
        (self.folder / path).write_text(text)
        self.run("add", "-A")
        self.run("commit", "-qm", f"tambah {path}")
        return self.head()

    def head(self) -> str:
        return self.run("rev-parse", "HEAD").stdout.strip()

    def push(self, *arguments: str) -> tuple[bool, str]:
        done = self.run("push", *arguments)
        return done.returncode == 0, done.stderr


def test_a_push_to_a_free_branch_moves_the_merge_request_and_is_recorded(
    forge: World, project: Any, tmp_path: Path
) -> None:
    clone = Clone(forge, "vendor", project, tmp_path)
    clone.run("checkout", "-qb", "fitur")
    first = clone.add("b.txt")
    assert clone.push("origin", "fitur")[0]
    request = project.mergerequests.create({"source_branch": "fitur", "target_branch": "main", "title": "T"})
    assert request.sha == first
    second = clone.add("c.txt")
    assert clone.push("origin", "fitur")[0]
    assert project.mergerequests.get(request.iid).sha == second
    events = project.events.list(action="pushed")
    assert [(row.author["username"], row.push_data["commit_to"]) for row in events[:2]] == [
        ("vendor", second),
        ("vendor", first),
    ]


def test_a_push_to_a_protected_branch_is_refused_for_everybody(
    forge: World, project: Any, tmp_path: Path
) -> None:
    before = project.branches.get("main").commit["id"]
    for name in ("vendor", "pemelihara", "pemilik"):
        clone = Clone(forge, name, project, tmp_path)
        clone.add("b.txt")
        pushed, said = clone.push("origin", "main")
        assert not pushed
        assert "protected" in said
    assert project.branches.get("main").commit["id"] == before


def test_an_owner_forces_a_push_only_after_switching_it_on(
    forge: World, project: Any, tmp_path: Path
) -> None:
    commit_before = project.branches.get("main").commit["id"]
    owner = Clone(forge, "pemilik", project, tmp_path)
    owner.run("checkout", "-q", "--orphan", "lain")
    forged = owner.add("palsu.txt")
    rule = f"/projects/{project.id}/protected_branches/main"
    forge.account("pemilik").http_patch(rule, post_data={"allowed_to_push": [{"access_level": 40}]})
    pushed, said = owner.push("--force", "origin", "HEAD:main")
    assert not pushed
    assert "force push" in said
    assert project.branches.get("main").commit["id"] == commit_before
    forge.account("pemilik").http_patch(rule, post_data={"allow_force_push": True})
    assert owner.push("--force", "origin", "HEAD:main")[0]
    assert project.branches.get("main").commit["id"] == forged
    event = project.events.list(action="pushed")[0]
    assert (event.author["username"], event.push_data["commit_from"]) == ("pemilik", commit_before)


def test_a_protected_branch_is_not_deleted_by_a_push(forge: World, project: Any, tmp_path: Path) -> None:
    assert not Clone(forge, "pemilik", project, tmp_path).push("origin", ":main")[0]
    assert project.branches.get("main").name == "main"


def test_reporters_clone_but_do_not_push_and_strangers_do_not_clone(
    forge: World, project: Any, tmp_path: Path
) -> None:
    reporter = Clone(forge, "pelapor", project, tmp_path)
    reporter.run("checkout", "-qb", "fitur")
    reporter.add("b.txt")
    assert not reporter.push("origin", "fitur")[0]
    stranger = Clone(forge, "orang-luar", project, tmp_path)
    assert not stranger.folder.exists()


def test_a_token_for_reading_repositories_does_not_push(forge: World, project: Any, tmp_path: Path) -> None:
    user = forge.root.users.get(forge.id_of("vendor"))
    token = user.personal_access_tokens.create({"name": "r", "scopes": ["read_repository"]}).token
    clone = Clone(forge, "vendor", project, tmp_path)
    clone.run("checkout", "-qb", "fitur")
    clone.add("b.txt")
    address = project.http_url_to_repo.replace("://", f"://vendor:{token}@")
    assert clone.run("fetch", address, "main").returncode == 0
    assert not clone.push(address, "fitur")[0]


# -- webhooks ----------------------------------------------------------------------------------------


class Listener:
    """A web server that keeps what it is sent."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                kind, token = self.headers["X-Gitlab-Event"], self.headers["X-Gitlab-Token"]
                outer.received.append((kind, token, body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *arguments: Any) -> None:
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/kait"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def test_webhooks_tell_what_happened_by_whom_with_the_secret(
    forge: World, project: Any, listener: Listener
) -> None:
    wanted = dict.fromkeys(("issues_events", "note_events", "merge_requests_events"), True)
    project.hooks.create({"url": listener.url, "token": "kait-rahasia", **wanted})
    vendor = forge.seen("vendor", project)
    issue = vendor.issues.create({"title": "Permohonan"})
    issue.notes.create({"body": "@laik bantuan"})
    issue.state_event = "close"
    issue.save()
    commit(vendor, {"b.txt": "x"}, "fitur", start_branch="main")
    request = vendor.mergerequests.create({"source_branch": "fitur", "target_branch": "main", "title": "T"})
    vendor.mergerequests.get(request.iid).approve()
    project.mergerequests.get(request.iid).merge(sha=request.sha)
    assert forge.forge.sender.wait_until_idle()
    seen = [
        (kind, body["object_attributes"].get("action") if "object_attributes" in body else body["ref"])
        for kind, _, body in listener.received
    ]
    assert seen == [
        ("Issue Hook", "open"),
        ("Note Hook", "create"),
        ("Issue Hook", "close"),
        ("Push Hook", "refs/heads/fitur"),
        ("Merge Request Hook", "open"),
        ("Merge Request Hook", "approved"),
        ("Merge Request Hook", "merge"),
        ("Push Hook", "refs/heads/main"),
    ]
    assert {token for _, token, _ in listener.received} == {"kait-rahasia"}
    note = listener.received[1][2]
    assert (note["user"]["username"], note["issue"]["iid"], note["project"]["id"]) == (
        "vendor",
        1,
        project.id,
    )
    assert note["object_attributes"]["note"] == "@laik bantuan"


def test_a_refused_request_sends_no_webhook(forge: World, project: Any, listener: Listener) -> None:
    project.hooks.create({"url": listener.url, "issues_events": True})
    with pytest.raises(Exception, match="400"):
        project.issues.create({"title": " "})
    assert forge.forge.sender.wait_until_idle()
    assert listener.received == []
