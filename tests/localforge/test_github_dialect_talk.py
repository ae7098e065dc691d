"""The GitHub dialect's issues, pull requests, reviews, checks and boards, as PyGithub sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import github
import pytest
from github.Repository import Repository

from automation.forges.base import Access, FileWrite, Project
from automation.localforge.githubdialect.graphqlrun import Thing, connection, run
from automation.localforge.githubdialect.graphqltext import NotUnderstood, parse
from automation.localforge.githubdialect.renderwork import due_on, pacific_day
from tests.forges.githubtalk import QuickForge, TalkWorld, talking


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TalkWorld]:
    with talking(tmp_path_factory.mktemp("github")) as made:
        yield made


@pytest.fixture
def project(world: TalkWorld) -> Project:
    return world.project()


def _as(forge: QuickForge, project: Project) -> Repository:
    """PyGithub's own repository object, as other programs use it."""
    client = github.Github(
        base_url=f"{forge.url}/api/v3",
        auth=github.Auth.Token(forge.git_token()),
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
    return client.get_repo(project.path)


def _refusal(problem: pytest.ExceptionInfo[github.GithubException]) -> tuple[int, str]:
    return problem.value.status, json.dumps(problem.value.data)


# -- issues ------------------------------------------------------------------------------------------


def test_issues_and_pull_requests_share_one_counter_and_one_list(world: TalkWorld, project: Project) -> None:
    repository = _as(world.bot, project)
    first = repository.create_issue("satu", body="uraian", labels=["kasus"])
    request = world.request(project)
    listed = list(repository.get_issues(state="all", sort="created", direction="asc"))
    assert [one.number for one in listed] == [first.number, request.iid] == [1, 2]
    assert [one.pull_request is not None for one in listed] == [False, True]
    assert repository.get_issue(2).title == request.title
    with pytest.raises(github.UnknownObjectException):
        repository.get_pull(first.number)


def test_who_may_only_read_sets_no_labels_and_changes_no_issue_of_others(
    world: TalkWorld, project: Project
) -> None:
    issue = _as(world.bot, project).create_issue("kasus")
    reader = world.member(project, "kepala-dinkes", Access.GUEST)
    guest = _as(reader, project)
    written = guest.create_issue("usul", labels=["fase::selesai"])
    assert written.labels == []
    with pytest.raises(github.GithubException) as problem:
        guest.get_issue(issue.number).edit(state="closed")
    assert problem.value.status == 403
    path = f"/repositories/{project.id}/issues/{issue.number}/labels"
    with pytest.raises(github.GithubException) as problem:
        world.raw(reader, "POST", path, {"labels": ["fase::selesai"]})
    assert problem.value.status == 403


def test_a_stranger_sees_nothing_of_a_private_repository(world: TalkWorld, project: Project) -> None:
    stranger = world.login("orang-luar")
    for tail in ("issues", "pulls", "labels", "milestones", "issues/1/comments"):
        with pytest.raises(github.UnknownObjectException):
            world.raw(stranger, "GET", f"/repositories/{project.id}/{tail}")


def test_comments_are_changed_by_their_writer_or_who_may_push(world: TalkWorld, project: Project) -> None:
    issue = _as(world.bot, project).create_issue("kasus")
    guest = world.member(project, "kepala-dinkes", Access.GUEST)
    mine = _as(guest, project).get_issue(issue.number).create_comment("setuju")
    ours = issue.create_comment("kartu")
    path = f"/repositories/{project.id}/issues/comments/{ours.id}"
    with pytest.raises(github.GithubException) as problem:
        world.raw(guest, "PATCH", path, {"body": "diubah"})
    assert problem.value.status == 403
    mine.edit("tidak setuju")
    pusher = world.member(project, "teknis-1", Access.DEVELOPER)
    _as(pusher, project).get_issue(issue.number).get_comment(ours.id).edit("kartu lain")
    ours.delete()
    assert [one.body for one in issue.get_comments()] == ["tidak setuju"]


def test_a_comment_that_is_empty_or_too_long_is_refused(world: TalkWorld, project: Project) -> None:
    issue = _as(world.bot, project).create_issue("kasus")
    for body in ("", "x" * 65_537):
        with pytest.raises(github.GithubException) as problem:
            issue.create_comment(body)
        assert problem.value.status == 422


def test_labels_are_taken_off_one_by_one_and_a_missing_one_is_named(
    world: TalkWorld, project: Project
) -> None:
    issue = _as(world.bot, project).create_issue("kasus", labels=["fase::a", "hosting"])
    issue.remove_from_labels("FASE::A")
    assert [one.name for one in issue.get_labels()] == ["hosting"]
    with pytest.raises(github.GithubException) as problem:
        issue.remove_from_labels("fase::a")
    assert _refusal(problem)[0] == 404
    assert "Label does not exist" in _refusal(problem)[1]


def test_a_second_label_of_one_name_already_exists(world: TalkWorld, project: Project) -> None:
    repository = _as(world.bot, project)
    repository.create_label("hosting", "aabbcc", "uraian")
    with pytest.raises(github.GithubException) as problem:
        repository.create_label("Hosting", "aabbcc")
    assert problem.value.status == 422
    assert "already_exists" in _refusal(problem)[1]
    with pytest.raises(github.GithubException):
        repository.create_label("lain", "#aabbcc")


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2026-07-15T06:59:59+00:00", "2026-07-14"),
        ("2026-07-15T07:00:00+00:00", "2026-07-15"),
        ("2026-01-15T07:59:59+00:00", "2026-01-14"),
        ("2026-01-15T08:00:00+00:00", "2026-01-15"),
        ("2026-07-15T12:00:00+00:00", "2026-07-15"),
    ],
)
def test_a_due_moment_becomes_a_day_of_the_pacific_time_zone(told: str, day: str) -> None:
    assert pacific_day(datetime.fromisoformat(told)).isoformat() == day


def test_a_due_day_is_told_as_midnight_there() -> None:
    assert due_on("2026-07-15") == "2026-07-15T07:00:00Z"
    assert due_on("2026-01-15") == "2026-01-15T08:00:00Z"


# -- pull requests -----------------------------------------------------------------------------------


def test_a_pull_request_needs_branches_that_are_there_and_differ(world: TalkWorld, project: Project) -> None:
    repository = _as(world.bot, project)
    world.bot.commit_files(project.id, "usul", "u", [FileWrite("u", b"1")])
    wrong = [("tidak-ada", "main"), ("usul", "tidak-ada"), ("main", "main"), ("orang-luar:usul", "main")]
    for head, base in wrong:
        with pytest.raises(github.GithubException) as problem:
            repository.create_pull(base, head, title="t", body="")
        assert problem.value.status == 422
    repository.create_pull("main", "usul", title="t", body="")
    with pytest.raises(github.GithubException) as problem:
        repository.create_pull("main", "usul", title="lagi", body="")
    assert "A pull request already exists for berkas:usul." in _refusal(problem)[1]


def test_mergeable_is_null_at_first_and_known_at_the_second_look(world: TalkWorld, project: Project) -> None:
    repository = _as(world.bot, project)
    number = world.request(project).iid
    world.bot.commit_files(project.id, "usul", "lagi", [FileWrite("lagi", b"1")])
    first = repository.get_pull(number)
    assert (first.raw_data["mergeable"], first.mergeable_state) == (None, "unknown")
    second = repository.get_pull(number)
    assert (second.mergeable, second.mergeable_state) == (True, "clean")
    assert [one.filename for one in second.get_files()] == ["lagi", "usul.md"]
    assert second.commits == 2


def test_a_conflict_is_dirty_and_a_report_that_failed_unstable(world: TalkWorld, project: Project) -> None:
    repository = _as(world.bot, project)
    request = world.request(project)
    world.bot.commit_files(project.id, "main", "beda", [FileWrite("usul.md", b"lain sama sekali\n")])
    repository.get_pull(request.iid)
    assert repository.get_pull(request.iid).mergeable_state == "dirty"
    other = world.request(project, "lain")
    repository.get_commit(other.head_sha).create_status("failure", context="uji")
    repository.get_pull(other.iid)
    assert repository.get_pull(other.iid).mergeable_state == "unstable"


@pytest.mark.off_spec("a merge method that there is not")
def test_rule_5_merging_answers_405_409_and_422_apart(world: TalkWorld, project: Project) -> None:
    repository = _as(world.bot, project)
    number = world.request(project).iid
    pull = repository.get_pull(number)
    answers = []
    for told in ({"sha": "0" * 40}, {"merge_method": "squash"}, {"merge_method": "aneh"}):
        with pytest.raises(github.GithubException) as problem:
            world.raw(world.bot, "PUT", f"/repositories/{project.id}/pulls/{number}/merge", told)
        answers.append(problem.value.status)
    assert answers == [409, 405, 422]
    assert pull.merge(sha=pull.head.sha).merged
    with pytest.raises(github.GithubException) as problem:
        pull.merge()
    assert problem.value.status == 405
    assert repository.get_pull(number).merged_by.login == "bot-laik"


def test_who_may_not_push_may_not_merge(world: TalkWorld, project: Project) -> None:
    number = world.request(project).iid
    guest = world.member(project, "kepala-dinkes", Access.REPORTER)
    with pytest.raises(github.GithubException) as problem:
        _as(guest, project).get_pull(number).merge()
    assert problem.value.status == 403


def test_rule_6_nobody_approves_or_faults_his_own_pull_request(world: TalkWorld, project: Project) -> None:
    pull = _as(world.bot, project).get_pull(world.request(project).iid)
    for event, word in (("APPROVE", "approve"), ("REQUEST_CHANGES", "request changes on")):
        with pytest.raises(github.GithubException) as problem:
            pull.create_review(body="x", event=event)
        assert problem.value.status == 422
        assert f"Can not {word} your own pull request" in _refusal(problem)[1]
    assert pull.create_review(body="catatan", event="COMMENT").state == "COMMENTED"


def test_rule_6_one_account_has_one_pending_review_that_others_do_not_see(
    world: TalkWorld, project: Project
) -> None:
    number = world.request(project).iid
    reviewer = _as(world.member(project, "teknis-1", Access.DEVELOPER), project).get_pull(number)
    pending = reviewer.create_review(body="belum")
    with pytest.raises(github.GithubException) as problem:
        reviewer.create_review(body="lagi")
    assert problem.value.status == 422
    assert list(_as(world.bot, project).get_pull(number).get_reviews()) == []
    path = f"/repositories/{project.id}/pulls/{number}/reviews/{pending.id}/events"
    done = world.raw(world.login("teknis-1"), "POST", path, {"event": "APPROVE"})
    assert done["state"] == "APPROVED"
    seen = _as(world.bot, project).get_pull(number).get_reviews()[0]
    seen.dismiss("komit baru")
    assert [one.state for one in _as(world.bot, project).get_pull(number).get_reviews()] == ["DISMISSED"]


# -- checks ------------------------------------------------------------------------------------------


def test_rule_1_only_the_app_that_made_a_check_run_may_change_it(world: TalkWorld, project: Project) -> None:
    sha = _as(world.bot, project).get_branch("main").commit.sha
    run = _as(world.app, project).create_check_run("laik/sop", sha, status="in_progress")
    other = world.other_app("aplikasi-lain")
    with pytest.raises(github.GithubException) as problem:
        world.raw(
            other, "PATCH", f"/repositories/{project.id}/check-runs/{run.id}", {"conclusion": "success"}
        )
    assert problem.value.status == 403
    run.edit(conclusion="success", output={"title": "t", "summary": "s"})
    (seen,) = _as(world.bot, project).get_commit(sha).get_check_runs()
    assert (seen.status, seen.conclusion, seen.app.slug) == ("completed", "success", "laik")


@pytest.mark.off_spec("51 remarks")
def test_a_check_run_takes_fifty_remarks_and_65535_bytes_in_one_request(
    world: TalkWorld, project: Project
) -> None:
    sha = _as(world.bot, project).get_branch("main").commit.sha
    remark = {
        "path": "a",
        "start_line": 1,
        "end_line": 1,
        "annotation_level": "warning",
        "message": "m",
    }
    outputs: list[dict[str, Any]] = [
        {"title": "t", "summary": "s", "annotations": [remark] * 51},
        {"title": "t", "summary": "é" * 40_000},
    ]
    for output in outputs:
        with pytest.raises(github.GithubException) as problem:
            _as(world.app, project).create_check_run("laik/sop", sha, output=output)
        assert problem.value.status == 422


def test_rule_1_the_thousand_and_first_status_of_a_context_is_refused(
    world: TalkWorld, project: Project
) -> None:
    commit = _as(world.bot, project).get_branch("main").commit
    facts = "(project_id, sha, context, state, user_id, created_at)"
    with world.engine.store.transaction():
        for _ in range(1000):
            world.engine.store.run(
                f"INSERT INTO github_statuses {facts} VALUES (?, ?, 'penuh', 'pending', ?, ?)",
                project.id,
                commit.sha,
                world.owner.id,
                world.engine.now(),
            )
    with pytest.raises(github.GithubException) as problem:
        commit.create_status("success", context="penuh")
    assert "maximum number of statuses" in _refusal(problem)[1]
    assert commit.create_status("success", context="lain").state == "success"


# -- GraphQL -----------------------------------------------------------------------------------------


def _ask(forge: QuickForge, document: str, **variables: Any) -> Any:
    body = {"query": document, "variables": variables}
    return forge._client.requester.requestJsonAndCheck(
        "POST", forge._client.requester.graphql_url, input=body
    )[1]


def test_what_is_selected_is_answered_and_an_unknown_field_is_an_error(
    world: TalkWorld, project: Project
) -> None:
    owner, name = project.path.split("/")
    document = (
        "query ($o: String!, $n: String!) { r: repository(owner: $o, name: $n) { nameWithOwner __typename } }"
    )
    answer = _ask(world.bot, document, o=owner, n=name)
    assert answer == {"data": {"r": {"nameWithOwner": project.path, "__typename": "Repository"}}}


@pytest.mark.parametrize(
    "document",
    [
        "query { tidakAda }",
        "mutation { enablePullRequestAutoMerge(input: {}) { clientMutationId } }",
        "query { viewer }",
        "query { viewer { login { x } } }",
        "subscription { x }",
        "query { ...Nama }",
        "{",
        'query { node(id: """a""") { id } }',
        "{a" * 100,
    ],
)
def test_what_is_not_understood_is_a_graphql_error_without_data(document: str) -> None:
    roots = {
        "query": Thing("Query", {"viewer": Thing("User", {"login": "a"})}),
        "mutation": Thing("Mutation", {}),
    }
    answer = run(document, {}, roots)
    assert "data" not in answer
    assert answer["errors"][0]["message"]


def test_a_document_is_read_with_variables_aliases_and_fragments() -> None:
    text = 'query Q($a: [ID!]! = ["x"]) { b: node(id: $a, n: -1.5) { ... on T { c(d: {e: true}) } } } # akhir'
    operation = parse(text)
    assert operation.defaults == {"a": ["x"]}
    (field,) = operation.selection
    assert getattr(field, "key", "") == "b"
    with pytest.raises(NotUnderstood):
        parse("query { a(")


def test_a_connection_wants_a_page_size_of_a_hundred_at_most() -> None:
    rows = list(range(150))

    def listed(told: Any) -> Thing:
        return connection("rows", "RowConnection", rows, told, lambda row: Thing("Row", {"id": row}))

    roots = {"query": Thing("Query", {"rows": listed})}
    for arguments, kind in (
        ("totalCount: 1", "MISSING_PAGINATION_BOUNDARIES"),
        ("first: 101", "EXCESSIVE_PAGINATION"),
    ):
        answer = run(f"{{ rows({arguments}) {{ totalCount }} }}", {}, roots)
        assert answer["data"] == {"rows": None}
        assert answer["errors"][0]["type"] == kind
    chosen = "{ nodes { id } pageInfo { endCursor hasNextPage } }"
    document = f"query ($a: String) {{ rows(first: 100, after: $a) {chosen} }}"
    first = run(document, {}, roots)["data"]["rows"]
    last = run(document, {"a": first["pageInfo"]["endCursor"]}, roots)["data"]["rows"]
    assert [row["id"] for row in first["nodes"] + last["nodes"]] == rows
    assert not last["pageInfo"]["hasNextPage"]


def test_a_stranger_sees_no_board_and_moves_no_card(world: TalkWorld, project: Project) -> None:
    world.bot.ensure_board_lists(project.id, "Rahasia", ["fase::a"])
    stranger = world.login("orang-luar")
    answer = _ask(
        stranger, 'query { organization(login: "berkas") { projectsV2(first: 10) { nodes { title } } } }'
    )
    assert answer["data"]["organization"]["projectsV2"]["nodes"] == []
    node = world.raw(world.bot, "GET", f"/repositories/{project.id}")["node_id"]
    answer = _ask(stranger, "query ($n: ID!) { node(id: $n) { id } }", n=node)
    assert answer["errors"][0]["type"] == "NOT_FOUND"
