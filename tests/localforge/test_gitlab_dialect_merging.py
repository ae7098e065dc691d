from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import gitlab
import pytest

from tests.localforge.forgeworld import World, commit, world

NUMBERS = count(1)
PEOPLE = {"vendor": 30, "pelapor": 20, "pemohon": 10, "pemelihara": 40}


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("forge")) as made:
        yield made


@pytest.fixture
def project(forge: World) -> Any:
    """A fresh project with a protected main: Maintainers merge."""
    made = forge.project(f"grup/p{next(NUMBERS)}", members=PEOPLE, files={"a.txt": "satu\n"})
    made.protectedbranches.create({"name": "main"})
    return made


def request_by(forge: World, name: str, project: Any, branch: str = "fitur", **more: Any) -> Any:
    """A merge request by an account, adding one file on a new branch."""
    seen = forge.seen(name, project)
    commit(seen, {f"{branch}.txt": "isi\n"}, branch, start_branch="main")
    return seen.mergerequests.create(
        {"source_branch": branch, "target_branch": "main", "title": "Judul", **more}
    )


def refused(action: Any, *arguments: Any, **named: Any) -> gitlab.GitlabError:
    with pytest.raises(gitlab.GitlabError) as refusal:
        action(*arguments, **named)
    return refusal.value


def test_a_merge_pinned_to_the_head_is_done_and_recorded(forge: World, project: Any) -> None:
    request = request_by(forge, "vendor", project)
    project.mergerequests.get(request.iid).merge(sha=request.sha)
    merged = project.mergerequests.get(request.iid)
    assert (merged.state, merged.detailed_merge_status) == ("merged", "not_open")
    assert merged.merged_by["username"] == merged.merge_user["username"] == "root"
    assert project.branches.get("main").commit["id"] == merged.merge_commit_sha
    assert project.files.get("fitur.txt", ref="main").decode() == b"isi\n"
    assert merged.diff_refs["head_sha"] == request.sha


def test_a_merge_pinned_to_another_commit_is_409_through_the_real_client(forge: World, project: Any) -> None:
    request = project.mergerequests.get(request_by(forge, "vendor", project).iid)
    for wrong in ("0" * 40, request.sha[:12]):
        problem = refused(request.merge, sha=wrong)
        assert problem.response_code == 409
        assert problem.error_message == f"SHA does not match HEAD of source branch: {request.sha}"
    address = f"/projects/{project.id}/merge_requests/{request.iid}/merge"
    assert refused(forge.root.http_put, address, post_data={"sha": "0" * 40}).response_code == 409
    assert project.mergerequests.get(request.iid).state == "opened"


def test_only_who_may_merge_into_the_target_merges(forge: World, project: Any) -> None:
    request = request_by(forge, "vendor", project)
    assert refused(request.merge, sha=request.sha).response_code == 401
    theirs = forge.seen("pemelihara", project).mergerequests.get(request.iid)
    theirs.merge(sha=request.sha)
    assert project.mergerequests.get(request.iid).merged_by["username"] == "pemelihara"


def test_every_blocker_is_405_without_a_reason(forge: World, project: Any) -> None:
    draft = project.mergerequests.get(request_by(forge, "vendor", project, "draf", title="Draft: x").iid)
    assert draft.detailed_merge_status == "draft_status"
    problem = refused(draft.merge, sha=draft.sha)
    assert (problem.response_code, problem.error_message) == (405, "405 Method Not Allowed")
    closed = project.mergerequests.get(request_by(forge, "vendor", project, "tutup").iid)
    closed.state_event = "close"
    closed.save()
    assert closed.detailed_merge_status == "not_open"
    assert refused(closed.merge, sha=closed.sha).response_code == 405


def test_a_conflict_is_named_and_not_merged(forge: World, project: Any) -> None:
    request = request_by(forge, "vendor", project)
    commit(project, {"fitur.txt": "lain\n"})
    stuck = project.mergerequests.get(request.iid)
    assert (stuck.detailed_merge_status, stuck.has_conflicts) == ("conflict", True)
    assert refused(stuck.merge, sha=stuck.sha).response_code == 405


def test_a_fast_forward_project_leaves_no_merge_commit_and_wants_a_rebase(forge: World, project: Any) -> None:
    project.merge_method = "ff"
    project.save()
    first = project.mergerequests.get(request_by(forge, "vendor", project, "satu").iid)
    second = request_by(forge, "vendor", project, "dua")
    first.merge(sha=first.sha)
    merged = project.mergerequests.get(first.iid)
    assert merged.merge_commit_sha is None
    assert project.branches.get("main").commit["id"] == merged.sha
    assert project.mergerequests.get(second.iid).detailed_merge_status == "need_rebase"


def test_a_second_request_for_the_same_branches_is_409_and_a_missing_source_400(
    forge: World, project: Any
) -> None:
    request = request_by(forge, "vendor", project)
    facts = {"source_branch": "fitur", "target_branch": "main", "title": "Lagi"}
    problem = refused(project.mergerequests.create, facts)
    assert problem.response_code == 409
    assert problem.error_message == [
        f"Another open merge request already exists for this source branch: !{request.iid}"
    ]
    missing = refused(project.mergerequests.create, {**facts, "source_branch": "tidak-ada"})
    assert missing.response_code == 400
    assert missing.error_message == {"source_branch": ["does not exist"]}


def test_a_request_without_a_difference_is_accepted_and_reads_commits_status(
    forge: World, project: Any
) -> None:
    project.branches.create({"branch": "sama", "ref": "main"})
    request = project.mergerequests.create({"source_branch": "sama", "target_branch": "main", "title": "T"})
    assert (request.detailed_merge_status, request.has_conflicts) == ("commits_status", True)


def test_new_commits_move_the_head_and_keep_earlier_approvals(forge: World, project: Any) -> None:
    request = request_by(forge, "vendor", project)
    project.mergerequests.get(request.iid).approve(sha=request.sha)
    newer = commit(forge.seen("vendor", project), {"lagi.txt": "x"}, "fitur")
    fresh = project.mergerequests.get(request.iid)
    assert fresh.sha == newer
    assert len(fresh.approvals.get().approved_by) == 1
    assert refused(fresh.merge, sha=request.sha).response_code == 409
    assert {row.id for row in fresh.commits()} == {request.sha, newer}
    assert {row["new_path"] for row in fresh.changes()["changes"]} == {"fitur.txt", "lagi.txt"}


def test_a_push_that_brings_the_head_into_the_target_marks_the_request_merged(
    forge: World, project: Any
) -> None:
    request = request_by(forge, "vendor", project)
    other = project.mergerequests.create(
        {"source_branch": "fitur", "target_branch": "lain", "title": "ke cabang lain"}
    )
    assert other.state == "opened"
    commit(project, {"lewat.txt": "x"}, "langsung", start_branch="fitur")
    project.merge_method = "ff"
    project.save()
    direct = project.mergerequests.create(
        {"source_branch": "langsung", "target_branch": "main", "title": "L"}
    )
    direct.merge(sha=direct.sha)
    assert project.mergerequests.get(request.iid).state == "merged"
    assert project.mergerequests.get(other.iid).state == "opened"


def test_closing_words_close_issues_only_from_requests_into_the_default_branch(
    forge: World, project: Any
) -> None:
    issue = project.issues.create({"title": "Masalah"})
    request = request_by(forge, "vendor", project, description=f"Closes #{issue.iid}")
    project.mergerequests.get(request.iid).merge(sha=request.sha)
    assert project.issues.get(issue.iid).state == "closed"


# -- approvals ---------------------------------------------------------------------------------------


def test_an_author_may_approve_his_own_request_once(forge: World, project: Any) -> None:
    request = request_by(forge, "vendor", project)
    request.approve()
    again = forge.seen("vendor", project).mergerequests.get(request.iid)
    assert refused(again.approve).response_code == 401
    approvals = again.approvals.get()
    assert [row["user"]["username"] for row in approvals.approved_by] == ["vendor"]
    assert approvals.approvals_required == 0


def test_an_approval_of_another_commit_is_409(forge: World, project: Any) -> None:
    request = request_by(forge, "vendor", project)
    assert refused(project.mergerequests.get(request.iid).approve, sha="0" * 40).response_code == 409


def test_an_approval_taken_back_twice_is_404(forge: World, project: Any) -> None:
    request = request_by(forge, "vendor", project)
    request.approve()
    again = forge.seen("vendor", project).mergerequests.get(request.iid)
    again.unapprove()
    assert again.approvals.get().approved_by == []
    assert refused(again.unapprove).response_code == 404


def test_below_developer_nobody_approves_and_guests_do_not_even_see_requests(
    forge: World, project: Any
) -> None:
    request = request_by(forge, "vendor", project)
    reporter = forge.seen("pelapor", project).mergerequests.get(request.iid)
    assert refused(reporter.approve).response_code == 401
    guest = forge.seen("pemohon", project)
    assert refused(guest.mergerequests.get, request.iid).response_code == 403


# -- statuses ----------------------------------------------------------------------------------------


def post(project: Any, sha: str, state: str, name: str = "laik/sop", **more: Any) -> Any:
    return project.commits.get(sha).statuses.create({"state": state, "name": name, **more})


def shown(project: Any, sha: str) -> dict[str, str]:
    return {row.name: row.status for row in project.commits.get(sha).statuses.list()}


def test_a_required_pipeline_gates_through_each_state(forge: World, project: Any) -> None:
    project.only_allow_merge_if_pipeline_succeeds = True
    project.save()
    request = request_by(forge, "vendor", project)
    expected = {None: "ci_must_pass", "pending": "ci_still_running", "failed": "ci_must_pass"}
    for state, detail in expected.items():
        if state:
            post(project, request.sha, state)
        current = project.mergerequests.get(request.iid)
        assert (current.detailed_merge_status, current.merge_status) == (detail, "can_be_merged")
        assert refused(current.merge, sha=request.sha).response_code == 405
    post(project, request.sha, "success")
    current = project.mergerequests.get(request.iid)
    assert current.detailed_merge_status == "mergeable"
    current.merge(sha=request.sha)


def test_the_same_open_state_twice_is_400_with_gitlabs_words(forge: World, project: Any) -> None:
    sha = commit(project, {"s.txt": "1"})
    post(project, sha, "pending")
    problem = refused(post, project, sha, "pending")
    assert (problem.response_code, problem.error_message) == (
        400,
        "Cannot transition status via :enqueue from :pending",
    )
    post(project, sha, "running")
    assert "Cannot transition status via :run from :running" in str(refused(post, project, sha, "running"))


def test_a_new_round_after_success_is_a_new_record_and_the_list_shows_one_row_a_name(
    forge: World, project: Any
) -> None:
    sha = commit(project, {"s.txt": "1"})
    first = post(project, sha, "success")
    second = post(project, sha, "pending")
    post(project, sha, "success", "laik/uat")
    assert first.id != second.id
    assert shown(project, sha) == {"laik/sop": "pending", "laik/uat": "success"}
    assert len(project.commits.get(sha).statuses.list(all=True, get_all=True)) == 2 + 1


def test_a_status_by_another_account_hides_the_first_and_names_its_author(forge: World, project: Any) -> None:
    request = request_by(forge, "vendor", project)
    post(project, request.sha, "failed")
    post(forge.seen("vendor", project), request.sha, "success")
    rows = project.commits.get(request.sha).statuses.list()
    assert [(row.status, row.author["username"]) for row in rows] == [("success", "vendor")]


def test_statuses_share_a_pipeline_and_a_wrong_pipeline_id_is_refused(forge: World, project: Any) -> None:
    request = request_by(forge, "vendor", project)
    first = post(project, request.sha, "pending", "satu")
    second = post(project, request.sha, "success", "dua", pipeline_id=first.pipeline_id)
    assert first.pipeline_id == second.pipeline_id
    assert project.pipelines.get(first.pipeline_id).status == "running"
    stray = refused(post, project, request.sha, "success", "tiga", pipeline_id=first.pipeline_id + 1000)
    assert stray.response_code == 404
    assert [row.id for row in project.pipelines.list(sha=request.sha)] == [first.pipeline_id]
    assert project.mergerequests.get(request.iid).head_pipeline["id"] == first.pipeline_id


def test_reporters_post_no_status_and_unknown_commits_have_none(forge: World, project: Any) -> None:
    sha = commit(project, {"s.txt": "1"})
    assert refused(post, forge.seen("pelapor", project), sha, "success").response_code == 403
    unknown = refused(
        forge.root.http_post, f"/projects/{project.id}/statuses/{'0' * 40}", post_data={"state": "success"}
    )
    assert unknown.response_code == 404
