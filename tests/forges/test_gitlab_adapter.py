"""What only the GitLab adapter must bear: a server that stumbles or redirects, and odd payloads."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from automation.core.errors import ForgeRefused, ForgeUnreachable
from automation.forges.base import Access, Hook, Protection, StatusState, TokenFacts, User
from automation.forges.gitlab import GitLabForge, convert

ME = {"id": 5, "username": "bot-laik", "name": "Bot", "bot": True}
ISSUE = {
    "project_id": 1,
    "iid": 3,
    "title": "judul",
    "author": ME,
    "state": "opened",
    "created_at": "2026-03-01T08:00:00.000Z",
    "updated_at": "2026-03-01T15:00:00.000+07:00",
    "web_url": "http://x/3",
}

Answer = tuple[int, Any, dict[str, str]]


@dataclass
class Stumbling:
    """A real HTTP server that gives prepared answers in order, and keeps what it was asked."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def then(self, status: int, body: Any = None, **headers: str) -> None:
        self.answers.append(
            (status, body, {name.replace("_", "-"): value for name, value in headers.items()})
        )


@pytest.fixture
def serve() -> Iterator[Callable[[], Stumbling]]:
    servers: list[ThreadingHTTPServer] = []

    def begin() -> Stumbling:
        script = Stumbling()

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                script.bodies.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
                script.asked.append((self.command, self.path, self.headers.get("PRIVATE-TOKEN")))
                status, body, headers = script.answers.pop(0)
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the base class's names

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        script.url = f"http://127.0.0.1:{server.server_port}"
        return script

    yield begin
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def gitlab(serve: Callable[[], Stumbling]) -> Stumbling:
    return serve()


@pytest.fixture
def forge(gitlab: Stumbling) -> Iterator[GitLabForge]:
    made = GitLabForge(gitlab.url, "glpat-rahasia")
    yield made
    made.close()


def test_a_read_is_tried_again_after_a_server_error(gitlab: Stumbling, forge: GitLabForge) -> None:
    gitlab.then(502)
    gitlab.then(200, ME)
    assert forge.whoami().username == "bot-laik"
    assert (forge.calls, forge.writes) == (2, 0)


def test_a_write_is_never_repeated_after_a_server_error(gitlab: Stumbling, forge: GitLabForge) -> None:
    gitlab.then(502)
    gitlab.then(201, ISSUE)
    with pytest.raises(ForgeUnreachable):
        forge.create_issue(1, "judul", "")
    assert forge.writes == 1


def test_a_write_that_was_only_put_off_is_repeated(gitlab: Stumbling, forge: GitLabForge) -> None:
    gitlab.then(429, {"message": "Retry later"}, Retry_After="0")
    gitlab.then(201, ISSUE)
    assert forge.create_issue(1, "judul", "").iid == 3
    assert forge.writes == 2


def test_the_token_does_not_follow_a_redirect(
    gitlab: Stumbling, forge: GitLabForge, serve: Callable[[], Stumbling]
) -> None:
    elsewhere = serve()
    gitlab.then(301, {}, Location=f"{elsewhere.url}/api/v4/projects/9")
    assert forge.find_project("grup/lama") is None
    assert elsewhere.asked == []
    assert gitlab.asked[0][2] == "glpat-rahasia"


def test_further_pages_are_asked_of_our_address_whatever_the_link_says(
    gitlab: Stumbling, forge: GitLabForge, serve: Callable[[], Stumbling]
) -> None:
    elsewhere = serve()
    link = f'<{elsewhere.url}/api/v4/projects/1/issues?page=2&per_page=100>; rel="next"'
    gitlab.then(200, [ISSUE], Link=link)
    gitlab.then(200, [{**ISSUE, "iid": 4}])
    assert [issue.iid for issue in forge.list_issues(1, state="all")] == [3, 4]
    assert elsewhere.asked == []


def test_a_page_that_is_no_gitlab_is_unreachable(gitlab: Stumbling, forge: GitLabForge) -> None:
    gitlab.then(200, b"<html>masuk dulu</html>")
    with pytest.raises(ForgeUnreachable):
        forge.list_issues(1)
    gitlab.then(200, b"<html>masuk dulu</html>", Content_Type="text/html")
    with pytest.raises(ForgeUnreachable):
        forge.get_issue(1, 1)
    gitlab.then(200, b"<html>masuk dulu</html>", Content_Type="text/html")
    with pytest.raises(ForgeUnreachable):
        forge.whoami()


def test_a_status_conflict_about_another_state_is_a_refusal(gitlab: Stumbling, forge: GitLabForge) -> None:
    gitlab.then(200, [])
    gitlab.then(400, {"message": "Cannot transition status via :run from :success"})
    with pytest.raises(ForgeRefused) as refused:
        _post(forge)
    assert refused.value.status == 400


def test_statuses_go_into_the_pipeline_that_has_ours(gitlab: Stumbling, forge: GitLabForge) -> None:
    rows = [
        {"id": 1, "name": "laik/uat", "status": "success", "author": ME, "pipeline_id": 70},
        {"id": 2, "name": "ci", "status": "success", "author": {**ME, "id": 9}, "pipeline_id": 71},
    ]
    gitlab.then(200, rows)
    gitlab.then(200, ME)
    gitlab.then(201, rows[0])
    _post(forge)
    assert gitlab.asked[-1][:2] == ("POST", "/api/v4/projects/1/statuses/" + "a" * 40)
    sent = json.loads(gitlab.bodies[-1])
    assert (sent["pipeline_id"], len(sent["description"])) == (70, 255)


def _rule(name: str, level: int) -> dict[str, Any]:
    levels = [{"access_level": level, "user_id": None, "group_id": None}]
    return {"id": 1, "name": name, "push_access_levels": levels, "merge_access_levels": levels}


def test_a_branch_is_covered_while_its_rule_is_made_anew(gitlab: Stumbling, forge: GitLabForge) -> None:
    gitlab.then(200, [_rule("main", 30)])
    gitlab.then(201, _rule("main*", 40))
    gitlab.then(204, b"")
    gitlab.then(201, _rule("main", 40))
    gitlab.then(204, b"")
    assert forge.ensure_protection(1, Protection("main", Access.MAINTAINER, Access.MAINTAINER))
    rules = "/api/v4/projects/1/protected_branches"
    asked = [(verb, path.partition("?")[0]) for verb, path, _ in gitlab.asked[1:]]
    assert asked == [
        ("POST", rules),
        ("DELETE", f"{rules}/main"),
        ("POST", rules),
        ("DELETE", f"{rules}/main%2A"),
    ]
    assert [json.loads(body)["name"] for body in (gitlab.bodies[1], gitlab.bodies[3])] == ["main*", "main"]


def test_a_cover_left_by_a_broken_attempt_is_taken_away(gitlab: Stumbling, forge: GitLabForge) -> None:
    gitlab.then(200, [_rule("main*", 40), _rule("main", 40)])
    gitlab.then(204, b"")
    assert forge.ensure_protection(1, Protection("main", Access.MAINTAINER, Access.MAINTAINER))
    assert gitlab.asked[-1][0] == "DELETE"


def test_protection_for_owners_alone_is_refused_and_not_loosened(
    forge: GitLabForge, gitlab: Stumbling
) -> None:
    gitlab.then(200, [])
    with pytest.raises(ForgeRefused):
        forge.ensure_protection(1, Protection("main", Access.OWNER, Access.MAINTAINER))
    assert forge.writes == 0


def _post(forge: GitLabForge) -> None:
    forge.set_status(
        1, "a" * 40, context="laik/sop", state=StatusState.RUNNING, description="x" * 999, target_url=""
    )


@pytest.mark.parametrize(
    "url", ["", "gitlab.contoh.go.id", "file:///x", "https://akun:sandi@gitlab.contoh.go.id"]
)
def test_an_address_that_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(ForgeRefused):
        GitLabForge(url, "t")


def _person(data: convert.Data) -> User:
    return convert.user(data)


def test_accounts_of_tokens_count_as_bots() -> None:
    names = ["project_12_bot_0a1b", "group_3_bot", "service_account_group_1_ab"]
    assert all(convert.user({"id": 1, "username": name}).bot for name in names)
    assert not convert.user({"id": 1, "username": "kepala-dinkes"}).bot


def test_a_push_event_without_names_counts_for_every_branch() -> None:
    event = {"author": ME, "created_at": "2026-03-01T08:00:00Z"}
    named = {**event, "push_data": {"ref_type": "branch", "ref": "usul", "commit_to": "a" * 40}}
    bulk = {**event, "push_data": {"ref_type": "branch", "ref": None, "ref_count": 9}}
    tag = {**event, "push_data": {"ref_type": "tag", "ref": "usul", "commit_to": "a" * 40}}
    assert convert.push(named, "usul", _person) is not None
    assert convert.push(named, "main", _person) is None
    assert convert.push(bulk, "main", _person) is not None
    assert convert.push(tag, "usul", _person) is None


def test_times_become_utc_and_a_skipped_job_is_no_success() -> None:
    issue = convert.issue(ISSUE, _person)
    assert issue.created_at == issue.updated_at
    row = {"name": "x", "status": "skipped", "author": ME}
    assert convert.status(row, _person).state is StatusState.FAILED
    assert convert.status({**row, "status": "manual"}, _person).state is StatusState.PENDING


def test_a_fast_forward_merge_names_the_head_as_the_merge() -> None:
    data = {**ISSUE, "source_branch": "a", "target_branch": "main", "sha": "b" * 40, "merge_commit_sha": None}
    merged = convert.merge_request({**data, "state": "merged", "merge_user": ME}, _person)
    assert (merged.merge_sha, merged.merged_by) == ("b" * 40, convert.user(ME))
    locked = convert.merge_request({**data, "state": "locked"}, _person)
    assert (locked.state, locked.merge_sha) == ("open", None)


def test_an_unknown_level_becomes_the_nearest_below() -> None:
    assert convert.member({**ME, "access_level": 15}, _person).access is Access.GUEST


def test_a_comment_without_the_servers_own_word_counts_as_edited_when_it_was_touched() -> None:
    note = {**ISSUE, "id": 1, "body": "x", "updated_at": ISSUE["created_at"]}
    assert not convert.comment(note, _person).edited
    touched = {**note, "updated_at": "2026-03-01T08:00:00.001Z"}
    assert convert.comment(touched, _person).edited
    assert not convert.comment({**touched, "last_edited_at": None}, _person).edited
    assert convert.comment({**note, "last_edited_at": "2026-03-01T08:00:00Z"}, _person).edited


def _status(pipeline: int) -> dict[str, Any]:
    return {"id": 1, "name": "laik/sop", "status": "running", "author": ME, "pipeline_id": pipeline}


def test_a_status_whose_answer_was_lost_stands_when_it_is_posted_again(
    gitlab: Stumbling, forge: GitLabForge
) -> None:
    gitlab.then(200, [])
    gitlab.then(500, {"message": "500 Internal Server Error"})
    with pytest.raises(ForgeUnreachable):
        _post(forge)
    gitlab.then(400, {"message": "Cannot transition status via :run from :running (Reason(s): ...)"})
    _post(forge)
    assert [verb for verb, _, _ in gitlab.asked].count("POST") == 2


def test_a_status_that_may_not_follow_is_refused(gitlab: Stumbling, forge: GitLabForge) -> None:
    gitlab.then(200, [])
    gitlab.then(400, {"message": "Cannot transition status via :run from :manual"})
    with pytest.raises(ForgeRefused):
        _post(forge)


def test_a_status_for_a_pipeline_that_is_gone_is_posted_without_it(
    gitlab: Stumbling, forge: GitLabForge
) -> None:
    gitlab.then(200, [{**_status(7), "status": "pending"}])
    gitlab.then(200, ME)
    gitlab.then(404, {"message": "404 Pipeline for pipeline_id, sha and ref Not Found"})
    gitlab.then(201, _status(8))
    _post(forge)
    assert [json.loads(body).get("pipeline_id") for body in gitlab.bodies[2:]] == [7, None]


def test_a_commit_that_nobody_knows_is_refused_and_not_posted_for_ever(
    gitlab: Stumbling, forge: GitLabForge
) -> None:
    gitlab.then(200, [])
    gitlab.then(404, {"message": "404 References for commit Not Found"})
    gitlab.then(200, [])
    with pytest.raises(ForgeRefused) as refusal:
        _post(forge)
    assert refusal.value.status == 404


def test_a_token_that_expires_on_the_way_is_named_as_the_cause(gitlab: Stumbling, forge: GitLabForge) -> None:
    gitlab.then(200, ME)
    assert forge.whoami().username == "bot-laik"
    gitlab.then(401, {"message": "401 Unauthorized"})
    with pytest.raises(ForgeRefused) as refusal:
        forge.get_issue(1, 3)
    assert refusal.value.status == 401
    assert "LAIK_TOKEN_FILE" in refusal.value.remedy.id
    assert "glpat-rahasia" not in str(refusal.value)


def test_a_project_whose_deletion_is_put_off_is_asked_to_go_at_once(
    gitlab: Stumbling, forge: GitLabForge
) -> None:
    path = "coba/uji-deletion_scheduled-9"
    left = {"id": 9, "path_with_namespace": path, "marked_for_deletion_on": "2026-03-08"}
    gitlab.then(202, {"message": "202 Accepted"})
    gitlab.then(200, left)
    gitlab.then(202, {"message": "202 Accepted"})
    forge.delete_project(9)
    assert "permanently_remove=True" in gitlab.asked[2][1]
    assert "full_path=coba%2Fuji-deletion_scheduled-9" in gitlab.asked[2][1]


def test_where_hastening_is_forbidden_the_project_waits_for_its_day(
    gitlab: Stumbling, forge: GitLabForge
) -> None:
    gitlab.then(202, {"message": "202 Accepted"})
    gitlab.then(200, {"id": 9, "path_with_namespace": "coba/uji", "marked_for_deletion_on": "2026-03-08"})
    gitlab.then(400, {"message": "Cannot immediately delete"})
    forge.delete_project(9)


def test_a_token_that_cannot_be_asked_about_is_unknown(gitlab: Stumbling, forge: GitLabForge) -> None:
    gitlab.then(200, ME)
    gitlab.then(404, {"message": "404 Not Found"})
    assert forge.token_facts() == TokenFacts("unknown", None, None)


def test_accounts_let_in_by_name_and_a_groups_rule_are_told(gitlab: Stumbling, forge: GitLabForge) -> None:
    named = {"access_level": 40, "user_id": 12, "access_level_description": "Kepala Dinas"}
    own = {**_rule("main", 40), "push_access_levels": [{"access_level": 0}, named]}
    gitlab.then(200, [own, {**_rule("*", 40), "inherited": True}, _rule("lain", 30)])
    gitlab.then(200, {"id": 1, "only_allow_merge_if_pipeline_succeeds": True})
    facts = forge.find_protection(1, "main")
    assert facts is not None
    assert (facts.push, facts.by_name) == (Access.MAINTAINER, ("user 12: Kepala Dinas",))


def test_a_groups_rule_is_neither_taken_for_the_projects_own_nor_touched(
    gitlab: Stumbling, forge: GitLabForge
) -> None:
    gitlab.then(200, [{**_rule("main", 30), "inherited": True}])
    gitlab.then(201, _rule("main", 40))
    assert forge.ensure_protection(1, Protection("main", Access.MAINTAINER, Access.MAINTAINER))
    assert [verb for verb, _, _ in gitlab.asked] == ["GET", "POST"]


def test_a_hook_of_an_old_gitlab_without_description_is_believed(
    gitlab: Stumbling, forge: GitLabForge
) -> None:
    fields = ("push", "issues", "note", "merge_requests", "pipeline")
    old = {"id": 4, "url": "https://laik.contoh.go.id/", **{f"{name}_events": True for name in fields}}
    gitlab.then(200, [old])
    assert not forge.ensure_hook(1, Hook("https://laik.contoh.go.id/", "rahasia"))
    gitlab.then(200, [{**old, "description": None, "token_present": False}])
    gitlab.then(200, old)
    assert forge.ensure_hook(1, Hook("https://laik.contoh.go.id/", "rahasia"))
