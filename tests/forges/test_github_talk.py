"""The GitHub adapter's talk and merge side, over PyGithub against the embedded forge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import github
import pytest
import requests

import automation.forges.github as adapter
from automation.core.errors import ForgeRefused, ForgeUnreachable, HeadMoved
from automation.forges.base import (
    Access,
    Annotation,
    FileWrite,
    Label,
    Milestone,
    Project,
    Status,
    StatusDetails,
    StatusState,
)
from automation.forges.github import convertwork
from automation.localforge import githubboards, githubpulls, githubreports
from automation.localforge.githubprotection import protect
from automation.localforge.issues import delete_issue, get_issue
from automation.localforge.projects import project_by_id

from .githubtalk import QuickForge, TalkWorld, talking
from .world import board_shows

PHASES = ["fase::permohonan", "fase::analisis", "fase::selesai"]
URL = "https://laik.contoh.go.id/kasus"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TalkWorld]:
    with talking(tmp_path_factory.mktemp("github")) as made:
        yield made


@pytest.fixture
def project(world: TalkWorld) -> Project:
    return world.project()


def _settle(forge: QuickForge, world: TalkWorld, project: Project, **settings: Any) -> None:
    """Change a repository's settings as its page does."""
    engine = world.engine
    kept = json.loads(engine.store.value("SELECT settings FROM projects WHERE id = ?", project.id))
    engine.store.update("projects", project.id, settings=json.dumps({**kept, **settings}))


# -- issues ------------------------------------------------------------------------------------------


def test_pull_requests_are_left_out_of_the_issues_though_they_share_numbers(
    world: TalkWorld, project: Project
) -> None:
    first = world.bot.create_issue(project.id, "satu", "")
    request = world.request(project)
    second = world.bot.create_issue(project.id, "dua", "")
    assert (first.iid, request.iid, second.iid) == (1, 2, 3)
    assert [issue.iid for issue in world.bot.list_issues(project.id, state="all")] == [1, 3]
    assert world.bot.get_issue(project.id, request.iid) is None
    assert world.bot.get_merge_request(project.id, first.iid) is None


def test_comments_are_told_apart_by_what_they_stand_under(world: TalkWorld, project: Project) -> None:
    issue, request = world.bot.create_issue(project.id, "isu", ""), world.request(project)
    world.bot.add_comment(project.id, "issue", issue.iid, "pada isu")
    world.bot.add_comment(project.id, "merge_request", request.iid, "pada permintaan")
    found = world.bot.list_comments(project.id, "merge_request", request.iid)
    assert [one.body for one in found] == ["pada permintaan"]
    assert list(world.bot.list_comments(project.id, "issue", request.iid)) == []


def test_rule_13_issues_disabled_410_is_a_no_with_a_remedy_and_never_a_missing_issue(
    world: TalkWorld, project: Project
) -> None:
    issue = world.bot.create_issue(project.id, "isu", "")
    _settle(world.bot, world, project, has_issues=False)
    with pytest.raises(ForgeRefused, match="Issues") as refused:
        world.bot.create_issue(project.id, "lagi", "")
    assert refused.value.status == 410
    with pytest.raises(ForgeRefused):
        world.bot.get_issue(project.id, issue.iid)
    assert list(world.bot.list_issues(project.id)) == []


def test_rule_13_closing_sets_the_reason_completed_and_a_closing_keyword_too(
    world: TalkWorld, project: Project
) -> None:
    first, second = (world.bot.create_issue(project.id, title, "") for title in ("satu", "dua"))
    world.bot.close_issue(first)
    world.bot.commit_files(project.id, "usul", "u", [FileWrite("u", b"1")])
    request = world.bot.create_merge_request(project.id, "usul", "main", "Usul", f"Closes #{second.iid}")
    world.bot.merge(request, sha=request.head_sha, message="Gabung")
    for issue in (first, second):
        shown = world.raw(world.bot, "GET", f"/repositories/{project.id}/issues/{issue.iid}")
        assert (shown["state"], shown["state_reason"]) == ("closed", "completed")


def test_a_deleted_issue_is_gone(world: TalkWorld, project: Project) -> None:
    issue = world.bot.create_issue(project.id, "isu", "")
    engine = world.engine
    home = project_by_id(engine, project.id)
    delete_issue(engine, world.owner, home, get_issue(engine, world.owner, home, issue.iid))
    assert world.bot.get_issue(project.id, issue.iid) is None


def test_a_transferred_issue_is_gone_and_not_followed(world: TalkWorld, project: Project) -> None:
    other = world.project()
    issue = world.bot.create_issue(project.id, "isu", "")
    world.engine.store.run(
        "INSERT INTO github_transfers VALUES (?, ?, ?, ?)", project.id, issue.iid, other.id, 1
    )
    assert world.bot.get_issue(project.id, issue.iid) is None


def test_relabelling_keeps_what_others_set_meanwhile(world: TalkWorld, project: Project) -> None:
    issue = world.bot.create_issue(project.id, "isu", "", ["lama"])
    world.bot.relabel_issue(issue, add=["orang lain"], remove=[])
    world.bot.relabel_issue(issue, add=["baru"], remove=["lama", "tidak-terpasang"])
    found = world.bot.get_issue(project.id, issue.iid)
    assert found is not None
    assert set(found.labels) == {"baru", "orang lain"}


def test_relabelling_an_issue_that_is_not_there_is_refused(world: TalkWorld, project: Project) -> None:
    issue = replace(world.bot.create_issue(project.id, "isu", ""), iid=999)
    with pytest.raises(ForgeRefused):
        world.bot.relabel_issue(issue, add=[], remove=["label"])


def test_changes_since_a_moment_are_listed_to_the_second(world: TalkWorld, project: Project) -> None:
    old = world.bot.create_issue(project.id, "lama", "")
    world.next_second()
    fresh = world.bot.create_issue(project.id, "baru", "")
    since = fresh.created_at + timedelta(microseconds=900_000)
    assert [one.iid for one in world.bot.list_issues(project.id, updated_after=since)] == [fresh.iid]
    assert old.iid != fresh.iid


def test_github_runs_no_commands_in_a_text(world: TalkWorld, project: Project) -> None:
    issue = world.bot.create_issue(project.id, "isu", "/close")
    written = world.bot.add_comment(project.id, "issue", issue.iid, "/close\n/label ~x")
    found = world.bot.get_issue(project.id, issue.iid)
    assert found is not None
    assert (found.open, found.labels, found.description) == (True, (), "/close")
    assert written.body == "/close\n/label ~x"


def test_a_comment_by_a_deleted_account_is_the_ghosts() -> None:
    told = {
        "id": 7,
        "user": None,
        "body": "halo",
        "created_at": "2026-03-01T00:00:00Z",
        "updated_at": "2026-03-01T00:00:00Z",
    }
    assert convertwork.comment(told).author.username == "ghost"
    assert convertwork.comment(told).author.bot


# -- labels and milestones ---------------------------------------------------------------------------


def test_a_label_that_someone_makes_at_the_same_moment_is_no_error(
    world: TalkWorld, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.bot.ensure_labels(project.id, [Label("fase::analisis", "#112233")])
    # The list was read before the other's label was made.
    monkeypatch.setattr(QuickForge, "_rows", lambda *told, **more: iter(()))
    assert world.bot.ensure_labels(project.id, [Label("fase::analisis", "#112233")]) == 0


def test_labels_that_differ_in_case_alone_are_one_and_long_descriptions_are_cut(
    world: TalkWorld, project: Project
) -> None:
    wanted = [Label("Hosting", "#AABBCC", "x" * 300), Label("hosting", "#112233")]
    assert world.bot.ensure_labels(project.id, wanted) == 1
    (shown,) = world.raw(world.bot, "GET", f"/repositories/{project.id}/labels")
    assert (shown["name"], shown["color"], len(shown["description"])) == ("Hosting", "aabbcc", 100)


@pytest.mark.parametrize("due", [date(2026, 1, 15), date(2026, 7, 15), date(2026, 3, 8), date(2026, 11, 1)])
def test_a_due_date_is_the_day_that_was_meant_in_winter_and_summer(
    world: TalkWorld, project: Project, due: date
) -> None:
    stones = [Milestone("Langkah", due)]
    assert world.bot.ensure_milestones(project.id, stones) == 1
    (shown,) = world.raw(world.bot, "GET", f"/repositories/{project.id}/milestones")
    assert shown["due_on"][:10] == due.isoformat()
    before = world.bot.writes
    assert world.bot.ensure_milestones(project.id, stones) == 0
    assert world.bot.writes == before
    assert world.bot.ensure_milestones(project.id, [Milestone("Langkah", None)]) == 1
    assert world.bot.ensure_milestones(project.id, [Milestone("Langkah", None)]) == 0


def test_midnight_utc_would_be_the_day_before(world: TalkWorld, project: Project) -> None:
    path = f"/repositories/{project.id}/milestones"
    made = world.raw(world.bot, "POST", path, {"title": "Langkah", "due_on": "2026-07-15T00:00:00Z"})
    assert made["due_on"] == "2026-07-14T07:00:00Z"


def test_a_closed_milestone_is_not_made_again(world: TalkWorld, project: Project) -> None:
    world.bot.ensure_milestones(project.id, [Milestone("Langkah", None)])
    world.raw(world.bot, "PATCH", f"/repositories/{project.id}/milestones/1", {"state": "closed"})
    assert world.bot.ensure_milestones(project.id, [Milestone("Langkah", None)]) == 0


# -- boards ------------------------------------------------------------------------------------------


def _lane(world: TalkWorld, project: Project, iid: int) -> tuple[str | None, str | None]:
    """Column and due date of an issue's card, as GitHub shows them."""
    return board_shows(world.engine, project.id, iid)


def test_rule_12_the_board_is_a_project_of_the_organisation_with_phase_and_due_date(
    world: TalkWorld, project: Project
) -> None:
    assert world.app.ensure_board_lists(project.id, "Papan A", PHASES) > 0
    before = world.app.writes
    assert world.app.ensure_board_lists(project.id, "Papan A", PHASES) == 0
    assert world.app.writes == before
    (board,) = githubboards.boards_linked_to(world.engine, project.id)
    fields = {one.name: one for one in githubboards.fields_of(world.engine, board.id)}
    assert [one["name"] for one in fields["Fase"].choices] == PHASES
    assert fields["Tenggat"].data_type == "DATE"
    assert board.namespace_id == world.place.id


def test_two_repositories_of_an_organisation_share_the_board_of_one_title(
    world: TalkWorld, project: Project
) -> None:
    other = world.project()
    world.bot.ensure_board_lists(project.id, "Papan B", PHASES)
    assert world.bot.ensure_board_lists(other.id, "Papan B", PHASES) == 1
    boards = [one for one in githubboards.boards_of(world.engine, world.place.id) if one.title == "Papan B"]
    assert len(boards) == 1


def test_a_card_is_moved_and_only_a_difference_is_written(world: TalkWorld, project: Project) -> None:
    world.bot.ensure_board_lists(project.id, "Papan C", PHASES)
    issue = world.bot.create_issue(project.id, "kasus", "")
    assert not world.bot.place_on_board(issue, "Papan C", None, None)  # on the board not at all yet
    assert world.bot.place_on_board(issue, "Papan C", PHASES[0], None)
    assert _lane(world, project, issue.iid) == (PHASES[0], None)
    before = world.bot.writes
    assert world.bot.place_on_board(issue, "Papan C", PHASES[0], date(2026, 5, 1))
    assert world.bot.writes == before + 1  # the day alone
    assert world.bot.place_on_board(issue, "Papan C", "fase::tidak-ada", date(2026, 5, 1))
    assert _lane(world, project, issue.iid) == (None, "2026-05-01")
    assert world.bot.place_on_board(issue, "Papan C", None, None)
    assert _lane(world, project, issue.iid) == (None, None)


def test_labels_and_milestones_are_changed_without_a_look_at_the_board(
    world: TalkWorld, project: Project
) -> None:
    world.bot.ensure_board_lists(project.id, "Papan D", PHASES)
    world.bot.ensure_milestones(project.id, [Milestone("Langkah", date(2026, 7, 15))])
    issue = world.bot.create_issue(project.id, "kasus", "")
    world.bot.place_on_board(issue, "Papan D", PHASES[0], date(2026, 5, 1))
    before = world.bot.writes
    world.bot.relabel_issue(issue, add=["fase::analisis"], remove=[])
    world.bot.set_issue_milestone(issue, "Langkah")
    assert world.bot.writes == before + 2
    assert _lane(world, project, issue.iid) == (PHASES[0], "2026-05-01")


def test_an_issue_is_placed_on_one_board_with_column_and_date(world: TalkWorld, project: Project) -> None:
    world.bot.ensure_board_lists(project.id, "Papan E", PHASES)
    issue = world.bot.create_issue(project.id, "kasus", "")
    assert world.bot.place_on_board(issue, "Papan E", PHASES[1], date(2026, 5, 1))
    assert _lane(world, project, issue.iid) == (PHASES[1], "2026-05-01")
    before = world.bot.writes
    assert not world.bot.place_on_board(issue, "Papan E", PHASES[1], date(2026, 5, 1))
    assert not world.bot.place_on_board(issue, "Papan lain", PHASES[0], None)
    assert world.bot.writes == before


def test_new_columns_leave_every_card_in_its_column(world: TalkWorld, project: Project) -> None:
    """GitHub replaces all options of a field at once, and the cards lose their values by that."""
    world.bot.ensure_board_lists(project.id, "Papan F", PHASES[:2])
    issue = world.bot.create_issue(project.id, "kasus", "")
    world.bot.place_on_board(issue, "Papan F", PHASES[1], None)
    assert world.bot.ensure_board_lists(project.id, "Papan F", [PHASES[2], *PHASES[:2]]) > 0
    assert _lane(world, project, issue.iid) == (PHASES[1], None)


def test_columns_that_others_made_stay(world: TalkWorld, project: Project) -> None:
    world.bot.ensure_board_lists(project.id, "Papan G", ["fase::lain", *PHASES])
    assert world.bot.ensure_board_lists(project.id, "Papan G", PHASES) == 0


def test_a_token_that_may_not_use_projects_is_told_which_permission_is_missing(
    world: TalkWorld, project: Project
) -> None:
    world.bot.ensure_board_lists(project.id, "Papan H", PHASES)
    poor = world.login("bot-laik", scopes=("repo",))
    app = world.other_app("tanpa-papan", {"issues": "write", "metadata": "read", "contents": "write"})
    issue = world.bot.create_issue(project.id, "kasus", "")
    for forge, name in ((poor, "project"), (app, "Projects")):
        with pytest.raises(ForgeRefused, match=name) as refused:
            forge.ensure_board_lists(project.id, "Papan H", PHASES)
        assert refused.value.status == 403
        with pytest.raises(ForgeRefused, match=name) as refused:
            forge.place_on_board(issue, "Papan H", PHASES[0], None)
        assert refused.value.status == 403


def test_a_label_does_not_wait_for_a_board_that_the_token_may_not_use(
    world: TalkWorld, project: Project
) -> None:
    poor = world.login("bot-laik", scopes=("repo",))
    issue = poor.create_issue(project.id, "kasus", "")
    poor.relabel_issue(issue, add=["fase::analisis"], remove=[])
    found = poor.get_issue(project.id, issue.iid)
    assert found is not None
    assert found.labels == ("fase::analisis",)


# -- pull requests -----------------------------------------------------------------------------------


def test_rule_5_a_merge_is_pinned_to_the_head_that_was_judged(world: TalkWorld, project: Project) -> None:
    request = world.request(project)
    world.bot.commit_files(project.id, "usul", "lagi", [FileWrite("lagi", b"1")])
    with pytest.raises(HeadMoved):
        world.bot.merge(request, sha=request.head_sha, message="Gabung")
    found = world.bot.get_merge_request(project.id, request.iid)
    assert found is not None
    assert found.state == "open"


def test_rule_5_mergeability_that_comes_late_is_asked_for_again(world: TalkWorld, project: Project) -> None:
    request = world.request(project)
    githubpulls.delay(world.engine, world.record(request), 3)
    world.bot.pauses.clear()
    merged = world.bot.merge(request, sha=request.head_sha, message="Gabung\n\nisi")
    assert merged.state == "merged"
    assert world.bot.pauses


def test_rule_5_mergeability_that_never_comes_is_a_not_yet(world: TalkWorld, project: Project) -> None:
    request = world.request(project)
    githubpulls.delay(world.engine, world.record(request), 1000)
    with pytest.raises(ForgeUnreachable, match="belum selesai"):
        world.bot.merge(request, sha=request.head_sha, message="Gabung")
    assert 0 < sum(world.bot.pauses) < 60


def test_a_merge_whose_answer_was_lost_is_looked_up(
    world: TalkWorld, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = world.request(project)
    real = QuickForge._raw

    def losing(self: QuickForge, verb: str, path: str, **more: Any) -> Any:
        answer = real(self, verb, path, **more)
        if path.endswith("/merge"):
            raise requests.ConnectionError
        return answer

    monkeypatch.setattr(QuickForge, "_raw", losing)
    merged = world.bot.merge(request, sha=request.head_sha, message="Gabung")
    assert (merged.state, merged.merge_sha) == ("merged", world.bot.branch_head(project.id, "main"))


def test_a_merge_says_by_whom_and_its_message_is_ours(world: TalkWorld, project: Project) -> None:
    request = world.request(project)
    merged = world.bot.merge(request, sha=request.head_sha, message="Gabung PA-2026-0001\n\nLaik-Case: x")
    assert merged.merged_by is not None
    assert merged.merged_by.username == "bot-laik"
    commit = world.raw(world.bot, "GET", f"/repositories/{project.id}/git/commits/{merged.merge_sha}")
    assert commit["message"] == "Gabung PA-2026-0001\n\nLaik-Case: x"


def test_a_draft_is_shown_and_not_merged(world: TalkWorld, project: Project) -> None:
    world.bot.commit_files(project.id, "usul", "u", [FileWrite("u", b"1")])
    data = {"title": "Usul", "head": "usul", "base": "main", "draft": True}
    made = world.raw(world.bot, "POST", f"/repositories/{project.id}/pulls", data)
    request = world.bot.get_merge_request(project.id, made["number"])
    assert request is not None
    assert request.draft
    with pytest.raises(ForgeRefused, match="draft"):
        world.bot.merge(request, sha=request.head_sha, message="Gabung")


def test_rule_2_a_required_check_counts_only_from_the_app_it_is_bound_to(
    world: TalkWorld, project: Project
) -> None:
    request = world.request(project)
    checks = {"strict": False, "checks": [{"context": "laik/hosting", "app_id": world.app_id}]}
    _protect(world, project, required_status_checks=checks)
    builder = world.member(project, "vendor-maju", Access.DEVELOPER)
    _show(builder, project, request.head_sha, StatusState.SUCCESS)
    with pytest.raises(ForgeRefused, match="Required status check") as refused:
        world.app.merge(request, sha=request.head_sha, message="Gabung")
    assert refused.value.status == 405
    world.next_second()
    _show(world.app, project, request.head_sha, StatusState.FAILED)
    with pytest.raises(ForgeRefused):
        world.app.merge(request, sha=request.head_sha, message="Gabung")
    _show(world.app, project, request.head_sha, StatusState.SUCCESS)
    assert world.app.merge(request, sha=request.head_sha, message="Gabung").state == "merged"


def _protect(world: TalkWorld, project: Project, **facts: Any) -> None:
    whole = {
        "enforce_admins": True,
        "allow_deletions": False,
        "allow_force_pushes": False,
        "lock_branch": False,
        "restrictions": None,
        "required_pull_request_reviews": None,
        "required_status_checks": None,
    }
    protect(world.engine, project.id, "main", {**whole, **facts})


def test_rule_8_a_branch_with_a_merge_queue_is_refused_with_what_helps(
    world: TalkWorld, project: Project
) -> None:
    request = world.request(project)
    facts = {"conditions": {"ref_name": {"include": ["~ALL"]}}, "rules": [{"type": "merge_queue"}]}
    now = world.engine.now()
    world.engine.store.insert(
        "github_rulesets",
        project_id=project.id,
        name="antrean",
        target="branch",
        enforcement="active",
        facts=json.dumps(facts),
        created_at=now,
        updated_at=now,
    )
    with pytest.raises(ForgeRefused, match="merge queue") as refused:
        world.bot.merge(request, sha=request.head_sha, message="Gabung")
    assert "ruleset" in refused.value.remedy.id


def test_rule_7_auto_merge_is_never_asked_for() -> None:
    source = "".join(path.read_text() for path in Path(adapter.__file__).parent.glob("*.py"))
    for name in ("enablePullRequestAutoMerge", "enable_automerge", "enqueuePullRequest"):
        assert name not in source


def test_a_pull_request_from_a_deleted_fork_has_no_source_project() -> None:
    told = {
        "number": 4,
        "title": "usul",
        "body": None,
        "user": None,
        "state": "open",
        "draft": False,
        "head": {"ref": "usul", "sha": "a" * 40, "repo": None},
        "base": {"ref": "main", "sha": "b" * 40},
        "merged_at": None,
        "merge_commit_sha": "c" * 40,
        "created_at": "2026-03-01T00:00:00Z",
        "updated_at": "2026-03-01T00:00:00Z",
        "html_url": "https://github.com/o/r/pull/4",
    }
    request = convertwork.merge_request(told, 9)
    # The commit that GitHub tries the merge with is none on the target branch.
    assert (request.source_project_id, request.merge_sha, request.state) == (0, None, "open")


def test_a_closed_pull_request_is_not_listed_as_merged(world: TalkWorld, project: Project) -> None:
    first, second = world.request(project, "satu"), world.request(project, "dua")
    world.raw(world.bot, "PATCH", f"/repositories/{project.id}/pulls/{first.iid}", {"state": "closed"})
    world.bot.merge(second, sha=second.head_sha, message="Gabung")
    assert [one.iid for one in world.bot.list_merge_requests(project.id, state="merged")] == [second.iid]
    states = {one.iid: one.state for one in world.bot.list_merge_requests(project.id, state="all")}
    assert states == {first.iid: "closed", second.iid: "merged"}


def test_changed_pull_requests_are_listed_in_one_call_however_many_there_are(
    world: TalkWorld, project: Project
) -> None:
    old = world.request(project, "lama")
    world.next_second()
    fresh = world.request(project, "baru")
    before = world.bot.calls
    since = fresh.updated_at
    found = world.bot.list_merge_requests(project.id, state="all", updated_after=since)
    assert [one.iid for one in found] == [fresh.iid]
    assert old.iid < fresh.iid
    assert world.bot.calls == before + 1


# -- statuses and check runs -------------------------------------------------------------------------


def _show(
    forge: QuickForge, project: Project, sha: str, state: StatusState, text: str = "ok", **more: Any
) -> None:
    forge.set_status(
        project.id, sha, context="laik/hosting", state=state, description=text, target_url=URL, **more
    )


def _shown(forge: QuickForge, project: Project, sha: str) -> Status:
    (found,) = forge.list_statuses(project.id, sha)
    return found


def _head(world: TalkWorld, project: Project) -> str:
    return world.bot.branch_head(project.id, "main") or ""


def test_rule_1_an_app_reports_check_runs_and_a_token_commit_statuses(
    world: TalkWorld, project: Project
) -> None:
    sha = _head(world, project)
    _show(world.app, project, sha, StatusState.PENDING)
    assert _shown(world.bot, project, sha).author.username == "laik[bot]"
    assert githubreports.statuses(world.engine, project.id, sha) == []
    other = world.request(project).head_sha
    _show(world.bot, project, other, StatusState.PENDING)
    assert githubreports.check_runs(world.engine, project.id, other) == []
    assert _shown(world.app, project, other).author.username == "bot-laik"


def test_rule_1_check_runs_are_refused_to_tokens(world: TalkWorld, project: Project) -> None:
    body = {"name": "laik/hosting", "head_sha": _head(world, project)}
    with pytest.raises(github.GithubException, match="must authenticate via a GitHub App") as refused:
        world.raw(world.bot, "POST", f"/repositories/{project.id}/check-runs", body)
    assert refused.value.status == 403


@pytest.mark.parametrize("kind", ["bot", "app"])
def test_rule_1_what_stands_is_not_posted_again_since_a_thousand_are_the_end(
    world: TalkWorld, project: Project, kind: str
) -> None:
    forge, sha = getattr(world, kind), _head(world, project)
    for state in (StatusState.PENDING, StatusState.RUNNING, StatusState.FAILED, StatusState.SUCCESS):
        _show(forge, project, sha, state, f"kini {state}")
        before = forge.writes
        _show(forge, project, sha, state, f"kini {state}")
        assert forge.writes == before
        assert _shown(forge, project, sha).description == f"kini {state}"
    assert _shown(forge, project, sha).state is StatusState.SUCCESS


@pytest.mark.parametrize("kind", ["bot", "app"])
def test_a_status_forged_in_our_name_is_seen_and_overwritten(
    world: TalkWorld, project: Project, kind: str
) -> None:
    forge, sha = getattr(world, kind), _head(world, project)
    builder = world.member(project, "vendor-maju", Access.DEVELOPER)
    _show(forge, project, sha, StatusState.PENDING)
    world.next_second()
    _show(builder, project, sha, StatusState.SUCCESS)
    assert _shown(forge, project, sha).author.username == "vendor-maju"
    world.next_second()
    _show(forge, project, sha, StatusState.PENDING)
    found = _shown(forge, project, sha)
    assert (found.author.id, found.state) == (forge.whoami().id, StatusState.PENDING)


def test_a_forgery_within_the_same_second_is_not_hidden_by_our_own(
    world: TalkWorld, project: Project
) -> None:
    sha = _head(world, project)
    builder = world.member(project, "vendor-maju", Access.DEVELOPER)
    still = world.engine.clock()
    world.engine.clock = lambda: still
    try:
        _show(builder, project, sha, StatusState.SUCCESS)
        run = {"name": "laik/hosting", "head_sha": sha, "status": "queued"}
        world.raw(world.app, "POST", f"/repositories/{project.id}/check-runs", run)
        assert _shown(world.app, project, sha).author.username == "vendor-maju"
    finally:
        world.next_second()


def test_a_check_run_shows_a_summary_and_remarks_on_lines_in_batches_of_fifty(
    world: TalkWorld, project: Project
) -> None:
    sha = _head(world, project)
    remarks = tuple(
        Annotation("permohonan/antrian.yaml", line, "induk tidak dikenal", "Induk") for line in range(1, 121)
    )
    details = StatusDetails("## Hosting\n\n" + "x" * 70_000, remarks)
    before = world.app.writes
    _show(world.app, project, sha, StatusState.FAILED, "ditolak", details=details)
    assert world.app.writes == before + 3
    (run,) = githubreports.check_runs(world.engine, project.id, sha)
    assert (run.title, run.conclusion) == ("ditolak", "failure")
    assert len((run.summary or "").encode()) <= 65_535
    assert len(json.loads(run.annotations)) == 120
    _show(world.app, project, sha, StatusState.FAILED, "ditolak", details=details)
    assert world.app.writes == before + 3
    # Remarks of a run are only ever added to, so the next word is a new run of the same name.
    _show(world.app, project, sha, StatusState.SUCCESS, "diterima")
    assert len(githubreports.check_runs(world.engine, project.id, sha)) == 2
    assert _shown(world.app, project, sha).state is StatusState.SUCCESS


def test_a_listing_tells_with_which_details_a_check_run_was_shown(world: TalkWorld, project: Project) -> None:
    sha = _head(world, project)
    _show(world.app, project, sha, StatusState.FAILED)
    assert _shown(world.app, project, sha).details_digest == ""
    for digest in ("0a1b", "2c3d"):
        details = StatusDetails("Kurang.", (Annotation("a.yaml", 5, "Salah."),), digest)
        _show(world.app, project, sha, StatusState.FAILED, details=details)
        assert _shown(world.app, project, sha).details_digest == digest
    other = world.request(project).head_sha
    _show(world.bot, project, other, StatusState.FAILED, details=StatusDetails("Kurang.", (), "0a1b"))
    assert _shown(world.bot, project, other).details_digest is None


def test_a_check_run_is_changed_while_that_loses_nothing(world: TalkWorld, project: Project) -> None:
    sha = _head(world, project)
    for state in (StatusState.PENDING, StatusState.RUNNING, StatusState.FAILED, StatusState.SUCCESS):
        _show(world.app, project, sha, state)
    assert len(githubreports.check_runs(world.engine, project.id, sha)) == 1
    _show(world.app, project, sha, StatusState.PENDING)
    assert _shown(world.app, project, sha).state is StatusState.PENDING


def test_a_long_description_is_cut_to_what_github_takes(world: TalkWorld, project: Project) -> None:
    sha = _head(world, project)
    _show(world.bot, project, sha, StatusState.PENDING, "x" * 300)
    assert len(_shown(world.bot, project, sha).description) == 140


def test_skipped_is_not_passed(world: TalkWorld, project: Project) -> None:
    sha = _head(world, project)
    run = {"name": "laik/hosting", "head_sha": sha, "status": "completed", "conclusion": "skipped"}
    world.raw(world.app, "POST", f"/repositories/{project.id}/check-runs", run)
    assert _shown(world.app, project, sha).state is StatusState.FAILED
