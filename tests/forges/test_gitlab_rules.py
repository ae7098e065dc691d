"""The rules of GitLab that laik relies on, one test each, numbered as in the design's list of them.

Against the embedded forge, through the adapter where it has a part in the rule, else through python-gitlab.
"""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import gitlab
import pytest
from gitlab.exceptions import GitlabError

from automation.core.errors import ForgeRefused, HeadMoved
from automation.forges.base import (
    Access,
    FileWrite,
    Hook,
    Label,
    MergeRequest,
    Project,
    Protection,
    StatusState,
)
from automation.forges.gitlab import GitLabForge
from automation.forges.gitlab.merges import BLOCKERS
from automation.localforge.server import start

from .world import GitLabWorld

PENDING, SUCCESS, FAILED = StatusState.PENDING, StatusState.SUCCESS, StatusState.FAILED
DOCUMENTED = """approvals_syncing checking ci_must_pass ci_still_running commits_status conflict
discussions_not_resolved draft_status jira_association_missing locked_lfs_files locked_paths
merge_request_blocked merge_time mergeable need_rebase not_approved not_open preparing requested_changes
security_policy_pipeline_check security_policy_violations status_checks_must_pass title_regex unchecked"""
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitLabWorld]:
    folder = tmp_path_factory.mktemp("aturan")
    with start(folder / "data") as running:
        made = GitLabWorld(running, folder)
        yield made
        made.close()


@pytest.fixture
def bot(world: GitLabWorld) -> Iterator[GitLabForge]:
    """The bot, whose pauses pass at once."""
    slept: list[float] = []
    world.bot._session._sleep = slept.append
    quirks, usual = world.running.engine.quirks, type(world.running.engine.quirks)()
    yield world.bot
    for name in ("edition", "mergeability_seconds", "requests_per_minute", "busy_statuses"):
        setattr(quirks, name, getattr(usual, name))


def api(world: GitLabWorld, username: str = "bot-laik") -> gitlab.Gitlab:
    world.login(username) if username != "bot-laik" else None
    return gitlab.Gitlab(world.running.url, private_token=world._tokens[username])


def filled(world: GitLabWorld, **settings: Any) -> Project:
    """A new project with one commit on ``main`` and these settings."""
    project = world.project()
    world.bot.commit_files(project.id, "main", "Awal", [FileWrite("awal.txt", b"awal\n")])
    if settings:
        api(world).projects.update(project.id, settings)
    return project


def proposal(
    world: GitLabWorld, project: Project, *, title: str = "Usul", into: str = "main"
) -> MergeRequest:
    branch = f"usul-{next(_numbers)}"
    world.bot.commit_files(project.id, branch, "Usul", [FileWrite(f"{branch}.txt", b"isi\n")])
    return world.bot.create_merge_request(project.id, branch, into, title, "")


def post(forge: GitLabForge, request: MergeRequest, state: StatusState, context: str = "laik/sop") -> None:
    forge.set_status(
        request.project_id, request.head_sha, context=context, state=state, description="", target_url=""
    )


def detail(forge: GitLabForge, request: MergeRequest) -> str:
    found = forge.get_merge_request(request.project_id, request.iid)
    assert found is not None
    return found.detail


def why_not(forge: GitLabForge, request: MergeRequest) -> ForgeRefused:
    with pytest.raises(ForgeRefused) as refusal:
        forge.merge(request, sha=request.head_sha, message="Gabung")
    return refusal.value


def refused(call: Any, *args: Any, **kwargs: Any) -> int:
    with pytest.raises(GitlabError) as refusal:
        call(*args, **kwargs)
    return refusal.value.response_code or 0


def test_rule_01_a_posted_status_gates_the_merge_where_pipelines_must_succeed(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    project = filled(world, only_allow_merge_if_pipeline_succeeds=True)
    request = proposal(world, project)
    assert detail(bot, request) == "ci_must_pass"
    for state, said in ((PENDING, "ci_still_running"), (FAILED, "ci_must_pass")):
        post(bot, request, state)
        raw = api(world).projects.get(project.id).mergerequests.get(request.iid)
        assert (raw.detailed_merge_status, raw.merge_status) == (said, "can_be_merged")
        assert said in str(why_not(bot, request))
    post(bot, request, SUCCESS)
    assert bot.merge(request, sha=request.head_sha, message="Gabung").state == "merged"


def test_rule_02_reposting_a_standing_state_is_no_error(world: GitLabWorld, bot: GitLabForge) -> None:
    request = proposal(world, filled(world))
    for state in (PENDING, PENDING, SUCCESS, SUCCESS, PENDING):
        post(bot, request, state)
    (status,) = bot.list_statuses(request.project_id, request.head_sha)
    assert (status.context, status.state) == ("laik/sop", PENDING)
    commit = api(world).projects.get(request.project_id).commits.get(request.head_sha)
    assert refused(commit.statuses.create, {"state": "pending", "name": "laik/sop"}) == 400


def test_rule_02_what_runs_counts_as_waiting(world: GitLabWorld, bot: GitLabForge) -> None:
    request = proposal(world, filled(world))
    post(bot, request, StatusState.RUNNING)
    post(bot, request, PENDING)
    assert bot.list_statuses(request.project_id, request.head_sha)[0].state is StatusState.RUNNING


def test_rule_03_a_status_on_a_forks_request_is_taken_but_does_not_gate(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    project = filled(world, only_allow_merge_if_pipeline_succeeds=True)
    world.login("vendor")
    bot.ensure_member(project.id, world.login("vendor").whoami(), Access.REPORTER)
    vendor = api(world, "vendor")
    fork = vendor.projects.get(project.id).forks.create({})
    world.login("vendor").commit_files(fork.id, "usul", "Usul", [FileWrite("dari-fork.txt", b"isi\n")])
    made = vendor.projects.get(fork.id).mergerequests.create(
        {"source_branch": "usul", "target_branch": "main", "title": "Usul", "target_project_id": project.id}
    )
    request = bot.get_merge_request(project.id, made.iid)
    assert request is not None
    assert (request.source_project_id, request.project_id) == (fork.id, project.id)
    commit = api(world).projects.get(project.id).commits.get(request.head_sha, lazy=True)
    assert refused(commit.statuses.create, {"state": "pending"}) == 404
    post(bot, request, SUCCESS)
    (status,) = bot.list_statuses(project.id, request.head_sha)
    assert (status.context, status.state) == ("laik/sop", SUCCESS)
    assert detail(bot, request) == "ci_must_pass"


def test_rule_03_an_open_discussion_gates_and_its_author_may_resolve_it_but_a_plain_note_does_not(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    request = proposal(world, filled(world, only_allow_merge_if_all_discussions_are_resolved=True))
    bot.add_comment(request.project_id, "merge_request", request.iid, "Catatan biasa")
    assert detail(bot, request) == "mergeable"
    raw = api(world).projects.get(request.project_id).mergerequests.get(request.iid)
    thread = raw.discussions.create({"body": "Mohon diperbaiki"})
    assert "discussions_not_resolved" in str(why_not(bot, request))
    (row,) = [row for row in raw.discussions.list() if row.id == thread.id]
    assert row.attributes["notes"][0]["resolvable"] is True
    thread.resolved = True
    thread.save()
    assert bot.merge(request, sha=request.head_sha, message="Gabung").state == "merged"


def test_rule_04_all_statuses_of_a_commit_share_one_external_pipeline(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    request = proposal(world, filled(world))
    for context in ("laik/sop", "laik/keamanan", "laik/uat"):
        post(bot, request, SUCCESS, context)
    (pipeline,) = api(world).projects.get(request.project_id).pipelines.list(sha=request.head_sha)
    assert (pipeline.source, pipeline.status) == ("external", "success")


def test_rule_04_another_accounts_status_of_the_same_name_hides_the_older(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    request = proposal(world, filled(world))
    other = world.login("teknis-1")
    bot.ensure_member(request.project_id, other.whoami(), Access.DEVELOPER)
    post(bot, request, FAILED)
    post(other, request, SUCCESS)
    (status,) = bot.list_statuses(request.project_id, request.head_sha)
    assert (status.state, status.author.username) == (SUCCESS, "teknis-1")


def test_rule_04_two_posts_at_once_are_answered_409_and_posted_again(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    request = proposal(world, filled(world))
    world.running.engine.quirks.busy_statuses = 2
    post(bot, request, SUCCESS)
    assert [status.state for status in bot.list_statuses(request.project_id, request.head_sha)] == [SUCCESS]
    world.running.engine.quirks.busy_statuses = 9
    with pytest.raises(ForgeRefused) as refusal:
        post(bot, request, PENDING)
    assert refusal.value.status == 409


def test_rule_04_a_pipeline_that_is_gone_is_forgotten(world: GitLabWorld, bot: GitLabForge) -> None:
    request = proposal(world, filled(world))
    post(bot, request, PENDING)
    store = world.running.engine.store
    store.run("DELETE FROM statuses WHERE project_id = ?", request.project_id)
    store.run("DELETE FROM pipelines WHERE project_id = ?", request.project_id)
    post(bot, request, SUCCESS)
    assert [status.state for status in bot.list_statuses(request.project_id, request.head_sha)] == [SUCCESS]


def test_rule_05_a_skipped_pipeline_blocks_unless_the_project_lets_it_pass(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    project = filled(world, only_allow_merge_if_pipeline_succeeds=True)
    request = proposal(world, project)
    raw = api(world).projects.get(project.id)
    raw.commits.get(request.head_sha).statuses.create({"state": "skipped", "name": "laik/sop"})
    assert detail(bot, request) == "ci_must_pass"
    assert bot.list_statuses(project.id, request.head_sha)[0].state is FAILED
    api(world).projects.update(project.id, {"allow_merge_on_skipped_pipeline": True})
    assert detail(bot, request) == "mergeable"


def test_rule_06_every_word_for_a_blocker_is_a_documented_one(world: GitLabWorld, bot: GitLabForge) -> None:
    documented = set(DOCUMENTED.split())
    assert set(BLOCKERS) <= documented
    project = filled(world)
    draft = proposal(world, project, title="Draft: usul")
    assert detail(bot, draft) == "draft_status"
    refusal = why_not(bot, draft)
    assert "draft_status" in str(refusal)
    assert refusal.remedy == BLOCKERS["draft_status"]


def test_rule_07_mergeability_comes_late_and_a_merge_may_be_tried_all_the_same(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    request = proposal(world, filled(world))
    world.running.engine.quirks.mergeability_seconds = 3600
    raw = api(world).projects.get(request.project_id).mergerequests.get(request.iid)
    assert (raw.detailed_merge_status, raw.has_conflicts) == ("preparing", False)
    assert bot.merge(request, sha=request.head_sha, message="Gabung").state == "merged"


def test_rule_07_a_refusal_while_unchecked_is_tried_again_and_then_told(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    request = proposal(world, filled(world), title="Draft: usul")
    world.running.engine.quirks.mergeability_seconds = 3600
    before = bot.writes
    assert "preparing" in str(why_not(bot, request))
    assert bot.writes - before == 4


def test_rule_08_a_refused_merge_gives_no_reason_so_the_adapter_reads_it(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    project = filled(world)
    request = proposal(world, project)
    raw = api(world).projects.get(project.id).mergerequests.get(request.iid)
    assert refused(raw.merge, sha=request.head_sha[:12]) == 409
    with pytest.raises(HeadMoved):
        bot.merge(request, sha="0" * 40, message="Gabung")
    bot.commit_files(project.id, "main", "Lain", [FileWrite(f"{request.source_branch}.txt", b"lain\n")])
    assert refused(raw.merge, sha=request.head_sha) == 405
    assert "conflict" in str(why_not(bot, request))


def test_rule_08_a_fast_forward_names_no_merge_commit_so_the_head_counts(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    project = filled(world, merge_method="ff")
    late = proposal(world, project)
    request = proposal(world, project)
    merged = bot.merge(request, sha=request.head_sha, message="Gabung")
    raw = api(world).projects.get(project.id).mergerequests.get(request.iid)
    assert (raw.merge_commit_sha, merged.merge_sha) == (None, request.head_sha)
    assert "need_rebase" in str(why_not(bot, late))


def test_rule_09_what_a_new_request_is_refused_for_and_what_not(world: GitLabWorld, bot: GitLabForge) -> None:
    project = filled(world)
    with pytest.raises(ForgeRefused, match="does not exist") as absent:
        bot.create_merge_request(project.id, "tidak-ada", "main", "Usul", "")
    assert absent.value.status == 400
    request = proposal(world, project)
    with pytest.raises(ForgeRefused, match=f"!{request.iid}") as second:
        bot.create_merge_request(project.id, request.source_branch, "main", "Lagi", "")
    assert second.value.status == 409
    assert detail(bot, proposal(world, project, into="belum-ada")) == "commits_status"
    api(world).projects.get(project.id).branches.create({"branch": "kosong", "ref": "main"})
    empty = bot.create_merge_request(project.id, "kosong", "main", "Kosong", "")
    raw = api(world).projects.get(project.id).mergerequests.get(empty.iid)
    assert (raw.detailed_merge_status, raw.has_conflicts) == ("commits_status", True)
    assert bot.create_issue(project.id, "Isu", "", ["belum dikenal"]).labels == ("belum dikenal",)


def test_rule_10_only_a_required_pipeline_holds_back_a_merge_right_after_a_push(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    open_request = proposal(world, filled(world))
    assert bot.merge(open_request, sha=open_request.head_sha, message="Gabung").state == "merged"
    project = filled(world)
    bot.ensure_protection(project.id, Protection("main", Access.MAINTAINER, Access.MAINTAINER, ("laik/sop",)))
    assert "ci_must_pass" in str(why_not(bot, proposal(world, project)))


def test_rule_11_on_free_approvals_are_there_but_hold_nothing_back(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    request = proposal(world, filled(world))
    raw = api(world).projects.get(request.project_id).mergerequests.get(request.iid)
    assert refused(raw.approve, sha="0" * 40) == 409
    raw.approve(sha=request.head_sha)
    assert refused(raw.approve) == 401
    given = raw.approvals.get().attributes
    assert (given["approvals_required"], len(given["approved_by"])) == (0, 1)
    raw.unapprove()
    assert refused(raw.unapprove) == 404
    project = api(world).projects.get(request.project_id)
    assert refused(project.approvalrules.list) == 404
    assert bot.merge(request, sha=request.head_sha, message="Gabung").state == "merged"


def test_rule_11_on_premium_a_rule_holds_back_until_others_have_approved(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    world.running.engine.quirks.edition = "premium"
    request = proposal(world, filled(world))
    raw = api(world).projects.get(request.project_id)
    raw.approvalrules.create({"name": "Tim teknis", "approvals_required": 1})
    raw.mergerequests.get(request.iid).approve()
    assert "not_approved" in str(why_not(bot, request))
    other = world.login("teknis-2")
    bot.ensure_member(request.project_id, other.whoami(), Access.DEVELOPER)
    api(world, "teknis-2").projects.get(request.project_id).mergerequests.get(request.iid).approve()
    assert raw.mergerequests.get(request.iid).approvals.get().approvals_left == 0
    assert bot.merge(request, sha=request.head_sha, message="Gabung").state == "merged"


def test_rule_12_a_merge_after_an_approval_still_knows_its_commit(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    request = proposal(world, filled(world))
    raw = bot._project(request.project_id).mergerequests.get(request.iid)
    raw.approve()
    assert "sha" not in raw.attributes
    assert bot.merge(request, sha=request.head_sha, message="Gabung").merge_sha is not None


def test_rule_13_rules_that_match_a_branch_add_up(world: GitLabWorld, bot: GitLabForge) -> None:
    project = filled(world)
    assert bot.find_protection(project.id, "main") is None
    bot.ensure_protection(project.id, Protection("main", Access.NONE, Access.MAINTAINER, ("laik/sop",)))
    facts = bot.find_protection(project.id, "main")
    assert facts is not None
    assert (facts.push, facts.merge, facts.force_push) == (Access.NONE, Access.MAINTAINER, False)
    assert (dict(facts.checks), facts.by_name) == ({"pipeline": None}, ())
    rules = api(world).projects.get(project.id).protectedbranches
    rules.create({"name": "m*n", "push_access_level": 30, "merge_access_level": 40, "allow_force_push": True})
    rules.create({"name": "m?in", "push_access_level": 40, "merge_access_level": 30})
    facts = bot.find_protection(project.id, "main")
    assert facts is not None
    assert (facts.push, facts.merge, facts.force_push) == (Access.DEVELOPER, Access.MAINTAINER, True)


def test_rule_14_a_board_has_label_lists_in_their_order(world: GitLabWorld, bot: GitLabForge) -> None:
    project = filled(world)
    names = ["langkah: 1", "langkah: 2", "langkah: 3"]
    bot.ensure_labels(project.id, [Label(name, "#336699") for name in names])
    assert bot.ensure_board_lists(project.id, "SOP", names) == 4
    (board,) = api(world).projects.get(project.id).boards.list()
    assert [row["label"]["name"] for row in board.attributes["lists"]] == names
    assert bot.ensure_board_lists(project.id, "SOP", names) == 0


def test_rule_15_a_scoped_label_pushes_out_none_so_its_sibling_is_removed(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    project = filled(world)
    issue = bot.create_issue(project.id, "Isu", "", ["tahap::1", "tetap"])
    bot.relabel_issue(issue, add=["tahap::2"], remove=[])
    both = bot.get_issue(project.id, issue.iid)
    assert both is not None
    assert set(both.labels) == {"tahap::1", "tahap::2", "tetap"}
    bot.relabel_issue(issue, add=["tahap::3"], remove=["tahap::1", "tahap::2"])
    one = bot.get_issue(project.id, issue.iid)
    assert one is not None
    assert set(one.labels) == {"tahap::3", "tetap"}


@pytest.mark.parametrize("body", ["/close", "Teks\n/label ~lain", "/approve"])
def test_rule_16_a_command_in_a_posted_note_runs_and_the_adapter_raises(
    world: GitLabWorld, bot: GitLabForge, body: str
) -> None:
    request = proposal(world, filled(world))
    with pytest.raises(ForgeRefused):
        bot.add_comment(request.project_id, "merge_request", request.iid, body)


class Receiver:
    """A real receiver of webhooks; ``status`` is what it answers."""

    def __init__(self) -> None:
        self.letters: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.letters.append((dict(self.headers.items()), body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhook/gitlab"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


SIGNING = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def test_rule_17_a_delivery_carries_token_or_signature_and_names_itself(
    world: GitLabWorld, bot: GitLabForge, receiver: Receiver
) -> None:
    project = filled(world)
    assert bot.ensure_hook(project.id, Hook(receiver.url, "rahasia-lama"))
    bot.create_issue(project.id, "Satu", "")
    assert bot.ensure_hook(project.id, Hook(receiver.url, SIGNING))
    bot.create_issue(project.id, "Dua", "")
    assert world.running.sender.wait_until_idle()
    (old, _), (new, body) = receiver.letters
    assert (old["X-Gitlab-Token"], "webhook-signature" in old) == ("rahasia-lama", False)
    assert (new["X-Gitlab-Event"], new["webhook-id"]) == ("Issue Hook", new["Idempotency-Key"])
    sealed = f"{new['webhook-id']}.{new['webhook-timestamp']}.".encode() + body
    made = base64.b64encode(hmac.digest(bytes(range(32)), sealed, "sha256")).decode()
    assert new["webhook-signature"] == f"v1,{made}"


def test_rule_17_a_posted_status_tells_of_its_pipeline(
    world: GitLabWorld, bot: GitLabForge, receiver: Receiver
) -> None:
    request = proposal(world, filled(world))
    bot.ensure_hook(request.project_id, Hook(receiver.url, "s", ("status",)))
    post(bot, request, SUCCESS)
    assert world.running.sender.wait_until_idle()
    ((head, body),) = receiver.letters
    told = json.loads(body)
    assert (head["X-Gitlab-Event"], told["object_kind"]) == ("Pipeline Hook", "pipeline")
    assert (told["object_attributes"]["sha"], told["object_attributes"]["status"]) == (
        request.head_sha,
        "success",
    )


def test_rule_17_a_deaf_receiver_is_switched_off_and_its_hook_is_made_anew(
    world: GitLabWorld, bot: GitLabForge, receiver: Receiver
) -> None:
    project = filled(world)
    hook = Hook(receiver.url, "rahasia")
    bot.ensure_hook(project.id, hook)
    receiver.status = 500
    for number in range(4):
        bot.create_issue(project.id, f"Isu {number}", "")
    assert world.running.sender.wait_until_idle()
    (off,) = bot.list_hooks(project.id)
    assert (off.enabled, off.why.split()[0]) == (False, "temporarily_disabled")
    assert bot.ensure_hook(project.id, hook)
    (on,) = bot.list_hooks(project.id)
    assert (on.enabled, on.why, set(on.events)) == (True, "", set(hook.events))
    world.running.engine.store.update("hooks", on.id, failures=39)
    bot.create_issue(project.id, "Isu terakhir", "")
    assert world.running.sender.wait_until_idle()
    (gone,) = bot.list_hooks(project.id)
    assert (gone.enabled, gone.why) == (False, "disabled")


def test_rule_18_limits_are_told_and_an_unchanged_list_costs_no_content(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    project = filled(world)
    heads = bot.branch_heads(project.id)
    before = bot.unmodified
    assert bot.branch_heads(project.id) == heads
    assert bot.unmodified == before + 1
    answer = api(world).http_request("get", f"/projects/{project.id}/labels")
    assert answer.headers["RateLimit-Limit"] == "2000"
    assert answer.headers["RateLimit-Name"] == "throttle_authenticated_api"
    assert all(f"RateLimit-{name}" in answer.headers for name in ("Observed", "Remaining", "Reset"))
    assert answer.headers["ETag"].startswith('W/"')


def test_rule_18_a_limit_that_is_reached_is_waited_for(world: GitLabWorld, bot: GitLabForge) -> None:
    project = filled(world)
    engine = world.running.engine
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        engine.quirks.requests_per_minute = 0

    bot._session._sleep = sleep
    engine.quirks.requests_per_minute = 1
    assert bot.create_issue(project.id, "Isu", "").iid == 1
    assert len(slept) == 1
    assert 0 < slept[0] <= 60


def test_rule_18_above_ten_thousand_rows_there_are_no_totals_and_far_offsets_are_refused(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    project = filled(world)
    store = world.running.engine.store
    with store.transaction():
        for number in range(10_001):
            store.insert("labels", project_id=project.id, name=f"l{number}", color="#000000")
    root = world._admin
    answer = root.http_request("get", f"/projects/{project.id}/labels", query_data={"per_page": 100})
    assert "X-Total" not in answer.headers
    assert 'rel="last"' not in answer.headers["Link"]
    assert answer.headers["X-Next-Page"] == "2"
    assert refused(root.http_get, "/projects", query_data={"per_page": 100, "page": 502}) == 405
    pages = root.projects.list(iterator=True, pagination="keyset", order_by="id", sort="asc", per_page=2)
    ids = [row.id for row in pages]
    assert ids == sorted(set(ids))
    assert project.id in ids
    assert refused(root.http_get, "/groups", query_data={"pagination": "keyset"}) == 405


def test_rule_19_addresses_are_used_as_given_and_numbers_are_counted_apart(
    world: GitLabWorld, bot: GitLabForge
) -> None:
    project = filled(world)
    issue = bot.create_issue(project.id, "Isu", "")
    assert issue.web_url.endswith(f"/-/work_items/{issue.iid}")
    request = proposal(world, project, title=f"Closes #{issue.iid}")
    assert (issue.iid, request.iid) == (1, 1)
    bot.commit_files(project.id, "lain", "Lain", [FileWrite("lain.txt", b"1")])
    aside = proposal(world, project, title=f"Closes #{issue.iid}", into="lain")
    bot.merge(aside, sha=aside.head_sha, message="Gabung")
    still = bot.get_issue(project.id, issue.iid)
    assert still is not None
    assert still.open
    bot.merge(request, sha=request.head_sha, message="Gabung")
    closed = bot.get_issue(project.id, issue.iid)
    assert closed is not None
    assert not closed.open


def test_rule_20_a_scaffold_is_one_commit_into_an_empty_project(world: GitLabWorld, bot: GitLabForge) -> None:
    project = world.project()
    assert (project.empty, bot.branch_heads(project.id)) == (True, {})
    files = [FileWrite(f"isi/{number}.txt", b"x") for number in range(5)]
    sha = bot.commit_files(project.id, "main", "Kerangka", [*files, FileWrite("jalan.sh", b"#!", True)])
    raw = api(world).projects.get(project.id)
    assert raw.commits.get(sha).parent_ids == []
    assert dict(bot.branch_heads(project.id)) == {"main": sha}
    tree = raw.repository_tree(recursive=True, iterator=True, pagination="keyset", per_page=2)
    entries = [(row["path"], row["mode"]) for row in tree]
    assert entries == sorted(set(entries))
    assert ("jalan.sh", "100755") in entries
