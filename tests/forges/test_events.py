"""What happens on the embedded forge reaches a real receiver, through the adapter's own hook."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from automation.forges.base import Access, FileWrite, Hook, Project

from .world import GitLabWorld

# GitHub's deliveries are tested in tests/localforge/test_github_webhooks.py.
pytestmark = pytest.mark.parametrize("world", ["gitlab"], indirect=True)

Got = list[tuple[str, str, dict[str, Any]]]


@pytest.fixture
def receiver() -> Iterator[tuple[str, Got]]:
    got: Got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            got.append((self.headers["X-Gitlab-Event"], self.headers["X-Gitlab-Token"], body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/kait", got
    server.shutdown()
    server.server_close()


@pytest.fixture
def project(world: GitLabWorld, receiver: tuple[str, Got]) -> Project:
    made = world.project()
    assert world.bot.ensure_hook(made.id, Hook(receiver[0], "rahasia-kait"))
    return made


def test_every_kind_of_event_names_its_project_and_thing(
    world: GitLabWorld, project: Project, receiver: tuple[str, Got]
) -> None:
    forge = world.bot
    forge.commit_files(project.id, "main", "awal", [FileWrite("a", b"1")])
    issue = forge.create_issue(project.id, "judul", "")
    forge.add_comment(project.id, "issue", issue.iid, "halo")
    forge.commit_files(project.id, "usul", "usul", [FileWrite("b", b"1")])
    request = forge.create_merge_request(project.id, "usul", "main", "usul", "")
    forge.merge(request, sha=request.head_sha, message="gabung")
    assert world.running.sender.wait_until_idle()
    kinds = [kind for kind, _, _ in receiver[1]]
    assert kinds[:5] == ["Push Hook", "Issue Hook", "Note Hook", "Push Hook", "Merge Request Hook"]
    assert sorted(kinds[5:]) == ["Merge Request Hook", "Push Hook"]
    assert {token for _, token, _ in receiver[1]} == {"rahasia-kait"}
    assert {body["project"]["id"] for _, _, body in receiver[1]} == {project.id}
    by_kind = {kind: body for kind, _, body in receiver[1]}
    assert by_kind["Issue Hook"]["object_attributes"]["iid"] == issue.iid
    assert by_kind["Note Hook"]["issue"]["iid"] == issue.iid
    assert by_kind["Merge Request Hook"]["object_attributes"]["iid"] == request.iid


def test_a_git_push_is_told_with_its_branch_and_head(
    world: GitLabWorld, project: Project, receiver: tuple[str, Got]
) -> None:
    clone = world.clone(project, "vendor-maju", Access.DEVELOPER)
    sha = clone.commit("a", b"1")
    clone.git("push", "-q", "origin", "HEAD:usul")
    assert world.running.sender.wait_until_idle()
    ((kind, _, body),) = receiver[1]
    assert (kind, body["ref"], body["after"]) == ("Push Hook", "refs/heads/usul", sha)
    assert body["user_username"] == "vendor-maju"
