"""What every adapter must do, whatever the forge: written against ``Forge`` alone."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

import pytest

from automation.core.errors import ForgeRefused, ForgeUnreachable, HeadMoved
from automation.forges.base import (
    Access,
    FileWrite,
    Forge,
    Hook,
    Label,
    MergeRequest,
    Milestone,
    Project,
    Protection,
    StatusState,
)

from .world import World


@pytest.fixture
def forge(world: World) -> Forge:
    return world.bot


@pytest.fixture
def project(world: World) -> Project:
    return world.project()


def _write(forge: Forge, project: Project, branch: str = "main", **files: bytes | None) -> str:
    changes = [FileWrite(name.replace("__", "/"), content) for name, content in files.items()]
    return forge.commit_files(project.id, branch, "ubah", changes)


def _request(forge: Forge, project: Project, branch: str = "usul") -> MergeRequest:
    """A merge request with one added file."""
    if forge.branch_head(project.id, "main") is None:
        _write(forge, project, README=b"halo\n")
    _write(forge, project, branch, **{branch: b"baru\n"})
    return forge.create_merge_request(project.id, branch, "main", f"Usul {branch}", "uraian")


# -- accounts, groups, projects --------------------------------------------------------------------


def test_the_token_knows_whose_it_is(world: World, forge: Forge) -> None:
    assert forge.whoami().username == "bot-laik"
    assert world.login("teknis-1").whoami().username == "teknis-1"


def test_an_account_is_found_by_its_exact_name_alone(world: World, forge: Forge) -> None:
    world.login("teknis-1")
    found = forge.find_user("teknis-1")
    assert found is not None
    assert (found.username, found.bot) == ("teknis-1", False)
    assert forge.find_user("teknis") is None
    assert forge.find_user("tidak-ada") is None


def test_a_group_is_made_once(forge: Forge) -> None:
    assert forge.find_group("grup-baru") is None
    made = forge.ensure_group("grup-baru", "Grup Baru")
    before = forge.writes
    assert forge.ensure_group("grup-baru", "Grup Baru") == made
    assert forge.find_group("grup-baru") == made
    assert forge.writes == before


def test_a_group_within_a_group_is_made_once_or_refused(world: World, forge: Forge) -> None:
    forge.ensure_group("grup-luar", "Grup Luar")
    if not world.nested_groups:
        with pytest.raises(ForgeRefused, match="grup-luar/dalam"):
            forge.ensure_group("grup-luar/dalam", "Dalam")
        return
    inner = forge.ensure_group("grup-luar/dalam", "Dalam")
    before = forge.writes
    assert forge.ensure_group("grup-luar/dalam", "Dalam") == inner
    assert inner.path == "grup-luar/dalam"
    assert forge.writes == before


def test_a_new_project_is_empty_and_found_by_path_and_id(world: World, forge: Forge) -> None:
    group = forge.ensure_group("aplikasi-a", "Aplikasi")
    made = forge.create_project(group, "antrian", name="Antrian", description="kunci: PA-2026-0001")
    assert made.path == "aplikasi-a/antrian"
    assert made.empty
    assert forge.find_project("aplikasi-a/antrian") == made
    assert forge.get_project(made.id) == made
    assert forge.list_group_projects(group) == [made]
    assert forge.find_project("aplikasi-a/lain") is None
    assert forge.get_project(10**9) is None


def test_an_empty_repository_answers_instead_of_failing(forge: Forge, project: Project) -> None:
    assert forge.branch_head(project.id, "main") is None
    assert forge.read_file(project.id, "README.md", "main") is None
    assert list(forge.list_merge_requests(project.id)) == []
    assert list(forge.pushes(project.id, "main")) == []


def test_a_private_project_is_not_seen_by_others(world: World, project: Project) -> None:
    outsider = world.login("vendor-luar")
    assert outsider.find_project(project.path) is None
    assert outsider.get_project(project.id) is None
    with pytest.raises(ForgeRefused) as refused:
        outsider.list_issues(project.id)
    assert refused.value.status == 404


def test_a_member_is_set_once_changed_and_removed(world: World, forge: Forge, project: Project) -> None:
    user = world.login("tim-dinkes").whoami()
    assert forge.ensure_member(project.id, user, Access.REPORTER)
    before = forge.writes
    assert not forge.ensure_member(project.id, user, Access.REPORTER)
    assert forge.writes == before
    world.join(project, "tim-dinkes", Access.REPORTER)
    assert forge.ensure_member(project.id, user, Access.DEVELOPER)
    levels = {member.user.username: member.access for member in forge.list_members(project.id)}
    assert levels["tim-dinkes"] is Access.DEVELOPER
    assert forge.ensure_member(project.id, user, Access.NONE)
    assert "tim-dinkes" not in {member.user.username for member in forge.list_members(project.id)}


# -- files and branches ----------------------------------------------------------------------------


def test_one_commit_creates_updates_and_deletes(forge: Forge, project: Project) -> None:
    first = _write(forge, project, a=b"1", b=b"2", c=b"3")
    second = _write(forge, project, a=b"11", b=None, d__e=b"4", tidak_ada=None)
    assert forge.branch_head(project.id, "main") == second
    assert forge.read_file(project.id, "a", "main") == b"11"
    assert forge.read_file(project.id, "b", "main") is None
    assert forge.read_file(project.id, "d/e", second) == b"4"
    assert forge.read_file(project.id, "b", first) == b"2"


def test_any_bytes_and_names_survive(forge: Forge, project: Project) -> None:
    content = bytes(range(256)) * 40
    name = "dokumen/surat permohonan #1 (é).pdf"
    forge.commit_files(project.id, "main", "Surat\n\nbaris dua", [FileWrite(name, content)])
    assert forge.read_file(project.id, name, "main") == content


def test_a_new_branch_grows_from_the_default_branch(forge: Forge, project: Project) -> None:
    head = _write(forge, project, a=b"1")
    _write(forge, project, "fitur", b=b"2")
    assert forge.read_file(project.id, "a", "fitur") == b"1"
    assert forge.branch_head(project.id, "main") == head


def test_a_commit_over_files_of_several_listing_pages_knows_them_all(forge: Forge, project: Project) -> None:
    files = {f"f{number:03}": b"1" for number in range(230)}
    _write(forge, project, **files)
    _write(forge, project, **dict.fromkeys(files, b"2"), baru=b"2")
    assert forge.read_file(project.id, "f229", "main") == b"2"
    assert forge.read_file(project.id, "baru", "main") == b"2"


def test_a_commit_that_would_delete_nothing_is_no_commit(forge: Forge, project: Project) -> None:
    head = _write(forge, project, a=b"1")
    before = forge.writes
    assert _write(forge, project, tidak_ada=None) == head
    assert forge.writes == before


def test_a_path_out_of_the_repository_is_refused(forge: Forge, project: Project) -> None:
    with pytest.raises(ForgeRefused):
        forge.commit_files(project.id, "main", "m", [FileWrite("../../etc/passwd", b"x")])
    assert forge.branch_head(project.id, "main") is None


def test_protection_is_set_once_and_corrected(forge: Forge, project: Project) -> None:
    _write(forge, project, a=b"1")
    wanted = Protection("main", push=Access.NONE, merge=Access.MAINTAINER)
    forge.ensure_protection(project.id, wanted)
    before = forge.writes
    assert not forge.ensure_protection(project.id, wanted)
    assert forge.writes == before
    with pytest.raises(ForgeRefused):
        _write(forge, project, a=b"2")
    assert forge.ensure_protection(project.id, Protection("main", Access.MAINTAINER, Access.MAINTAINER))
    _write(forge, project, a=b"2")


def test_pushes_name_the_account_and_not_the_author_field(
    world: World, forge: Forge, project: Project
) -> None:
    clone = world.clone(project, "tim-dinkes", Access.DEVELOPER)
    clone.git("checkout", "-q", "-b", "usul")
    clone.git("config", "user.name", "kepala-dinkes")
    sha = clone.commit("a", b"1")
    clone.git("push", "-q", "origin", "usul")
    (push,) = forge.pushes(project.id, "usul")
    assert (push.user.username, push.sha) == ("tim-dinkes", sha)
    assert list(forge.pushes(project.id, "lain")) == []


def test_a_force_push_to_a_protected_branch_is_refused(world: World, forge: Forge, project: Project) -> None:
    _write(forge, project, a=b"1")
    forge.ensure_protection(project.id, Protection("main", Access.MAINTAINER, Access.MAINTAINER))
    # GitHub knows no level here, only names: laik's own account is the one that may push on both.
    clone = world.own_clone(project)
    clone.commit("b", b"1")
    clone.git("push", "-q", "origin", "HEAD:main")
    standing = forge.branch_head(project.id, "main")
    clone.git("commit", "-q", "--amend", "-m", "ditulis ulang")
    assert clone.git("push", "--force", "origin", "HEAD:main", fine=False).returncode != 0
    assert forge.branch_head(project.id, "main") == standing


def test_a_builder_may_not_push_to_the_protected_branch(world: World, forge: Forge, project: Project) -> None:
    head = _write(forge, project, a=b"1")
    forge.ensure_protection(project.id, Protection("main", Access.MAINTAINER, Access.MAINTAINER))
    clone = world.clone(project, "tim-dinkes", Access.DEVELOPER)
    clone.commit("b", b"1")
    assert clone.git("push", "origin", "HEAD:main", fine=False).returncode != 0
    assert forge.branch_head(project.id, "main") == head


def test_a_push_of_30_megabytes_arrives(world: World, forge: Forge, project: Project) -> None:
    clone = world.clone(project, "tim-dinkes", Access.DEVELOPER)
    content = os.urandom(30 * 1024 * 1024)
    sha = clone.commit("besar.bin", content)
    clone.git("push", "-q", "origin", "HEAD:besar")
    assert forge.branch_head(project.id, "besar") == sha
    assert forge.read_file(project.id, "besar.bin", "besar") == content


# -- issues and comments ---------------------------------------------------------------------------


def test_an_issue_lives_from_opening_to_closing(forge: Forge, project: Project) -> None:
    forge.ensure_labels(project.id, [Label("langkah", "#112233"), Label("lama", "#445566")])
    forge.ensure_milestones(project.id, [Milestone("Langkah 1", date(2026, 3, 1))])
    issue = forge.create_issue(project.id, "Aplikasi antrian", "uraian", ["lama"])
    assert (issue.open, issue.author.username, issue.labels) == (True, "bot-laik", ("lama",))
    forge.relabel_issue(issue, add=["langkah"], remove=["lama"])
    forge.set_issue_milestone(issue, "Langkah 1")
    found = forge.get_issue(project.id, issue.iid)
    assert found is not None
    assert (found.labels, found.milestone) == (("langkah",), "Langkah 1")
    forge.set_issue_milestone(issue, None)
    forge.close_issue(issue)
    found = forge.get_issue(project.id, issue.iid)
    assert found is not None
    assert (found.open, found.milestone) == (False, None)
    forge.reopen_issue(issue)
    found = forge.get_issue(project.id, issue.iid)
    assert found is not None
    assert found.open
    assert forge.get_issue(project.id, 999) is None


def test_a_missing_milestone_is_said(forge: Forge, project: Project) -> None:
    issue = forge.create_issue(project.id, "judul", "")
    with pytest.raises(ForgeRefused, match="tidak-ada"):
        forge.set_issue_milestone(issue, "tidak-ada")


def test_issues_are_listed_oldest_first_over_all_pages(forge: Forge, project: Project) -> None:
    made = [forge.create_issue(project.id, f"isu {number}", "").iid for number in range(105)]
    first = forge.get_issue(project.id, made[0])
    assert first is not None
    forge.close_issue(first)
    assert [issue.iid for issue in forge.list_issues(project.id)] == made[1:]
    assert [issue.iid for issue in forge.list_issues(project.id, state="all")] == made
    soon = datetime.now(UTC) + timedelta(hours=1)
    assert list(forge.list_issues(project.id, updated_after=soon, state="all")) == []


def test_comments_keep_order_author_and_whether_they_were_edited(
    world: World, forge: Forge, project: Project
) -> None:
    issue = forge.create_issue(project.id, "judul", "")
    guest = world.join(project, "kepala-dinkes", Access.REPORTER)
    card = forge.add_comment(project.id, "issue", issue.iid, "kartu")
    guest.add_comment(project.id, "issue", issue.iid, "@laik setuju tim 7f3a")
    forge.close_issue(issue)
    forge.edit_comment(project.id, "issue", issue.iid, card.id, "kartu baru")
    first, second = forge.list_comments(project.id, "issue", issue.iid)
    assert (first.body, first.edited, first.author.username) == ("kartu baru", True, "bot-laik")
    assert first.author.bot == forge.whoami().bot
    assert (second.body, second.edited) == ("@laik setuju tim 7f3a", False)
    assert (second.author.username, second.author.bot) == ("kepala-dinkes", False)
    assert first.created_at.tzinfo is not None


def test_a_command_that_the_forge_ran_from_our_text_is_an_error(
    world: World, forge: Forge, project: Project
) -> None:
    issue = forge.create_issue(project.id, "judul", "")
    if not world.quick_actions:
        forge.add_comment(project.id, "issue", issue.iid, "catatan\n/close")
        after = forge.get_issue(project.id, issue.iid)
        assert after is not None
        assert after.open
        (comment,) = forge.list_comments(project.id, "issue", issue.iid)
        assert comment.body == "catatan\n/close"
        return
    with pytest.raises(ForgeRefused):
        forge.add_comment(project.id, "issue", issue.iid, "/close")
    with pytest.raises(ForgeRefused):
        forge.add_comment(project.id, "issue", issue.iid, "catatan\n/close")
    request = _request(forge, project)
    with pytest.raises(ForgeRefused):
        forge.add_comment(project.id, "merge_request", request.iid, "catatan\n/approve\nlagi")


def test_labels_and_milestones_are_made_once_and_due_dates_corrected(forge: Forge, project: Project) -> None:
    labels = [Label(f"label {number}", "#abcdef", "uraian") for number in range(3)]
    stones = [Milestone("Satu", date(2026, 3, 1)), Milestone("Dua", None)]
    assert forge.ensure_labels(project.id, labels) == 3
    assert forge.ensure_milestones(project.id, stones) == 2
    before = forge.writes
    assert forge.ensure_labels(project.id, labels) == 0
    assert forge.ensure_milestones(project.id, stones) == 0
    assert forge.writes == before
    moved = [Milestone("Satu", date(2026, 4, 1)), Milestone("Dua", None)]
    assert forge.ensure_milestones(project.id, moved) == 1
    assert forge.ensure_milestones(project.id, moved) == 0


def test_a_board_gets_its_lists_in_order_once(forge: Forge, project: Project) -> None:
    names = ["fase c", "fase a", "fase b"]
    forge.ensure_labels(project.id, [Label(name, "#abcdef") for name in names])
    assert forge.ensure_board_lists(project.id, "Papan SOP", names[:2]) > 0
    assert forge.ensure_board_lists(project.id, "Papan SOP", names) > 0
    before = forge.writes
    assert forge.ensure_board_lists(project.id, "Papan SOP", names) == 0
    assert forge.writes == before
    assert forge.ensure_board_lists(project.id, "Papan SOP", sorted(names)) > 0
    assert forge.ensure_board_lists(project.id, "Papan SOP", sorted(names)) == 0


def test_an_issue_gets_its_due_date_on_the_board_once_and_loses_it(
    world: World, forge: Forge, project: Project
) -> None:
    names = ["fase a", "fase b"]
    forge.ensure_labels(project.id, [Label(name, "#abcdef") for name in names])
    forge.ensure_board_lists(project.id, "Papan Tenggat", names)
    number = forge.create_issue(project.id, "judul", "").iid

    def place(lane: str | None, due: date | None) -> bool:
        issue = forge.get_issue(project.id, number)
        assert issue is not None
        return forge.place_on_board(issue, "Papan Tenggat", lane, due)

    assert place("fase a", date(2026, 3, 3))
    assert world.due_shown(project, number) == "2026-03-03"
    assert not place("fase a", date(2026, 3, 3))
    assert place("fase b", date(2026, 3, 4))
    assert world.due_shown(project, number) == "2026-03-04"
    assert place("fase b", None)
    assert world.due_shown(project, number) is None
    assert not place("fase b", None)


def test_a_hook_is_set_once_and_its_secret_is_never_shown(forge: Forge, project: Project) -> None:
    hook = Hook("http://127.0.0.1:9/kait", "sangat-rahasia")
    assert forge.ensure_hook(project.id, hook)
    before = forge.writes
    assert not forge.ensure_hook(project.id, hook)
    assert forge.writes == before
    assert "sangat-rahasia" not in repr(hook)


# -- merge requests and statuses -------------------------------------------------------------------


def test_a_merge_request_is_merged_at_the_sha_that_was_judged(forge: Forge, project: Project) -> None:
    request = _request(forge, project)
    assert (request.state, request.source_branch, request.target_branch) == ("open", "usul", "main")
    assert request.head_sha == forge.branch_head(project.id, "usul")
    merged = forge.merge(request, sha=request.head_sha, message="Gabung")
    assert merged.state == "merged"
    assert merged.merged_by is not None
    assert merged.merged_by.username == "bot-laik"
    assert merged.merge_sha == forge.branch_head(project.id, "main")
    assert forge.read_file(project.id, "usul", "main") == b"baru\n"
    assert [found.iid for found in forge.list_merge_requests(project.id, state="merged")] == [request.iid]
    assert list(forge.list_merge_requests(project.id)) == []


def test_an_approval_by_the_forges_button_is_listed_until_it_is_taken_back(
    world: World, forge: Forge, project: Project
) -> None:
    request = _request(forge, project, "ditimbang")
    reviewer = world.login("teknis-1").whoami()
    world.join(project, "teknis-1", Access.DEVELOPER)
    assert list(forge.list_approvals(project.id, request.iid)) == []
    world.press(project, request.iid, "teknis-1", approve=True)
    (approval,) = forge.list_approvals(project.id, request.iid)
    assert approval.user.id == reviewer.id
    # One forge keeps the commit an approval was given for, the other does not: never another commit.
    assert approval.sha in {request.head_sha, None}
    world.press(project, request.iid, "teknis-1", approve=False)
    assert list(forge.list_approvals(project.id, request.iid)) == []


def test_a_merge_pinned_to_another_sha_is_refused_as_moved(forge: Forge, project: Project) -> None:
    request = _request(forge, project)
    head = forge.branch_head(project.id, "main")
    _write(forge, project, "usul", lagi=b"1")
    with pytest.raises(HeadMoved):
        forge.merge(request, sha=request.head_sha, message="Gabung")
    assert forge.branch_head(project.id, "main") == head


def test_a_merge_that_the_forge_refuses_says_why(forge: Forge, project: Project) -> None:
    request = _request(forge, project)
    _write(forge, project, usul=b"lain sama sekali\n")
    with pytest.raises(ForgeRefused, match="conflict") as refused:
        forge.merge(request, sha=request.head_sha, message="Gabung")
    assert refused.value.status == 405
    assert not isinstance(refused.value, HeadMoved)


def test_merging_again_what_is_merged_at_that_sha_is_the_same_answer(forge: Forge, project: Project) -> None:
    request = _request(forge, project)
    once = forge.merge(request, sha=request.head_sha, message="Gabung")
    again = forge.merge(request, sha=request.head_sha, message="Gabung")
    assert again.merge_sha == once.merge_sha


def test_who_may_not_merge_is_refused(world: World, forge: Forge, project: Project) -> None:
    request = _request(forge, project)
    forge.ensure_protection(project.id, Protection("main", Access.MAINTAINER, Access.MAINTAINER))
    builder = world.join(project, "tim-dinkes", Access.DEVELOPER)
    with pytest.raises(ForgeRefused):
        builder.merge(request, sha=request.head_sha, message="Gabung")
    found = forge.get_merge_request(project.id, request.iid)
    assert found is not None
    assert found.state == "open"


def test_a_second_merge_request_for_one_branch_is_refused(forge: Forge, project: Project) -> None:
    _request(forge, project)
    with pytest.raises(ForgeRefused) as refused:
        forge.create_merge_request(project.id, "usul", "main", "lagi", "")
    assert refused.value.status == 409
    assert forge.get_merge_request(project.id, 999) is None


def test_comments_on_merge_requests_are_their_own(forge: Forge, project: Project) -> None:
    request = _request(forge, project)
    forge.create_issue(project.id, "isu dengan nomor yang sama", "")
    forge.add_comment(project.id, "merge_request", request.iid, "untuk permintaan")
    bodies = [note.body for note in forge.list_comments(project.id, "merge_request", request.iid)]
    assert bodies == ["untuk permintaan"]
    assert list(forge.list_comments(project.id, "issue", 1)) == []


def _post(forge: Forge, project: Project, sha: str, context: str, state: StatusState, text: str = "") -> None:
    forge.set_status(
        project.id,
        sha,
        context=context,
        state=state,
        description=text,
        target_url="https://laik.contoh.go.id/",
    )


def test_statuses_show_the_newest_of_each_context(forge: Forge, project: Project) -> None:
    sha = _write(forge, project, a=b"1")
    _post(forge, project, sha, "laik/sop", StatusState.PENDING, "langkah 3")
    _post(forge, project, sha, "laik/uat", StatusState.PENDING)
    _post(forge, project, sha, "laik/sop", StatusState.SUCCESS, "lengkap")
    found = {status.context: status for status in forge.list_statuses(project.id, sha)}
    assert set(found) == {"laik/sop", "laik/uat"}
    assert (found["laik/sop"].state, found["laik/sop"].description) == (StatusState.SUCCESS, "lengkap")
    assert found["laik/uat"].state is StatusState.PENDING
    assert found["laik/sop"].author.username == "bot-laik"


@pytest.mark.parametrize("state", list(StatusState))
def test_posting_what_already_stands_is_no_error(
    world: World, forge: Forge, project: Project, state: StatusState
) -> None:
    sha = _write(forge, project, a=state.encode())
    _post(forge, project, sha, "laik/sop", state)
    _post(forge, project, sha, "laik/sop", state)
    read = world.running_reads if state is StatusState.RUNNING else state
    assert [status.state for status in forge.list_statuses(project.id, sha)] == [read]


def test_a_status_forged_by_a_builder_is_seen_as_his(world: World, forge: Forge, project: Project) -> None:
    sha = _write(forge, project, a=b"1")
    _post(forge, project, sha, "laik/sop", StatusState.PENDING)
    builder = world.join(project, "vendor-maju", Access.DEVELOPER)
    _post(builder, project, sha, "laik/sop", StatusState.SUCCESS)
    (status,) = forge.list_statuses(project.id, sha)
    assert status.author.username == "vendor-maju"


# -- the wire --------------------------------------------------------------------------------------


def test_requests_and_writes_are_counted(forge: Forge, project: Project) -> None:
    calls, writes = forge.calls, forge.writes
    forge.get_issue(project.id, 1)
    assert (forge.calls - calls, forge.writes - writes) == (1, 0)
    forge.create_issue(project.id, "judul", "")
    assert forge.writes - writes == 1


def test_a_wrong_token_is_refused_and_never_shown(world: World) -> None:
    stranger = world.connect("token-yang-salah")
    with pytest.raises(ForgeRefused) as refused:
        stranger.whoami()
    assert refused.value.status == 401
    assert (
        "token-yang-salah" not in f"{refused.value.explain('id')} {refused.value.explain('en')} {stranger!r}"
    )


def test_a_forge_that_is_away_is_unreachable_and_not_a_no(world: World) -> None:
    away = world.connect("token", url="http://127.0.0.1:9")
    with pytest.raises(ForgeUnreachable):
        away.create_issue(1, "judul", "")
    assert away.writes == 1
