from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import gitlab
import pytest

from tests.localforge.forgeworld import World, commit, world

NUMBERS = count(1)
PEOPLE = {"vendor": 30, "pelapor": 20, "pemohon": 10}


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("forge")) as made:
        yield made


@pytest.fixture
def project(forge: World) -> Any:
    return forge.project(f"grup/p{next(NUMBERS)}", members=PEOPLE, files={"a.txt": "satu\n"})


def request_in(project: Any, **more: Any) -> Any:
    commit(project, {"b.txt": "x"}, "fitur", start_branch="main")
    return project.mergerequests.create(
        {"source_branch": "fitur", "target_branch": "main", "title": "Judul", **more}
    )


def refused(action: Any, *arguments: Any, **named: Any) -> gitlab.GitlabError:
    with pytest.raises(gitlab.GitlabError) as refusal:
        action(*arguments, **named)
    return refusal.value


# -- notes -------------------------------------------------------------------------------------------


def test_an_untouched_note_was_never_edited_and_an_edited_one_says_when(forge: World, project: Any) -> None:
    issue = project.issues.create({"title": "T"})
    note = issue.notes.create({"body": "pertama"})
    assert (note.updated_at, note.system) == (note.created_at, False)
    note.body = "kedua"
    note.save()
    fresh = issue.notes.get(note.id)
    assert fresh.body == "kedua"
    assert fresh.created_at == note.created_at
    assert fresh.updated_at > fresh.created_at


def test_notes_are_listed_in_the_order_asked_for(forge: World, project: Any) -> None:
    issue = project.issues.create({"title": "T"})
    for text in ("a", "b", "c"):
        issue.notes.create({"body": text})
    assert [note.body for note in issue.notes.list(sort="asc", order_by="created_at")] == ["a", "b", "c"]
    assert [note.body for note in issue.notes.list()] == ["c", "b", "a"]


def test_only_the_writer_and_maintainers_change_or_delete_a_note(forge: World, project: Any) -> None:
    issue = project.issues.create({"title": "T"})
    note = forge.seen("pemohon", project).issues.get(issue.iid).notes.create({"body": "saya"})
    other = forge.seen("vendor", project).issues.get(issue.iid).notes
    assert refused(other.update, note.id, {"body": "bukan"}).response_code == 403
    assert refused(other.delete, note.id).response_code == 403
    issue.notes.delete(note.id)
    assert issue.notes.list() == []


# -- quick actions -----------------------------------------------------------------------------------


def test_a_note_of_commands_alone_makes_no_note_but_acts(forge: World, project: Any) -> None:
    issue = project.issues.create({"title": "T"})
    answer = issue.notes.create({"body": "/close"})
    assert answer.attributes["commands_changes"] == {"state_event": "close"}
    assert "id" not in answer.attributes
    assert project.issues.get(issue.iid).state == "closed"
    assert issue.notes.list() == []


def test_commands_amid_text_act_and_are_taken_out_of_it(forge: World, project: Any) -> None:
    project.labels.create({"name": "laik::uat", "color": "#112233"})
    issue = project.issues.create({"title": "T"})
    note = issue.notes.create({"body": 'Baik.\n/label ~"laik::uat"\n/title Baru\nTerima kasih.'})
    assert note.body == "Baik.\nTerima kasih."
    assert set(note.commands_changes) == {"add_label_ids", "title"}
    fresh = project.issues.get(issue.iid)
    assert (fresh.title, fresh.labels) == ("Baru", ["laik::uat"])


@pytest.mark.parametrize(
    "body",
    [
        "```\n/close\n```",
        "~~~~\n/close\n~~~\n/close\n~~~~",
        ">>>\n/close\n>>>",
        "ketik /close di sini",
        " /close",
        "> /close",
        "`/close`",
        "/closed",
        "/tidak_dikenal",
    ],
)
def test_what_only_looks_like_a_command_does_nothing(forge: World, project: Any, body: str) -> None:
    issue = project.issues.create({"title": "T"})
    note = issue.notes.create({"body": body})
    assert note.body.strip() == body.strip()
    assert note.commands_changes == {}
    assert project.issues.get(issue.iid).state == "opened"


def test_commands_run_as_who_wrote_them_and_a_guest_may_not_label_or_close_others_issues(
    forge: World, project: Any
) -> None:
    project.labels.create({"name": "x", "color": "#112233"})
    issue = project.issues.create({"title": "T"})
    theirs = forge.seen("pemohon", project).issues.get(issue.iid)
    assert refused(theirs.notes.create, {"body": "/close\n/label ~x"}).response_code == 400
    fresh = project.issues.get(issue.iid)
    assert (fresh.state, fresh.labels) == ("opened", [])


def test_an_approval_by_a_note_counts_and_leaves_no_trace_but_the_missing_line(
    forge: World, project: Any
) -> None:
    request = request_in(project)
    note = request.notes.create({"body": "Kasus X\r\n/approve\r\nselesai"})
    assert (note.body, note.commands_changes) == ("Kasus X\nselesai", {})
    approved = project.mergerequests.get(request.iid).approvals.get().approved_by
    assert [row["user"]["username"] for row in approved] == ["root"]


def test_a_merge_by_a_note_merges(forge: World, project: Any) -> None:
    request = request_in(project)
    answer = request.notes.create({"body": "/merge"})
    assert answer.attributes["commands_changes"] == {"merge": request.sha}
    assert project.mergerequests.get(request.iid).state == "merged"


def test_commands_in_an_edited_note_run_too(forge: World, project: Any) -> None:
    issue = project.issues.create({"title": "T"})
    note = issue.notes.create({"body": "halo"})
    note.body = "halo lagi\n/close"
    note.save()
    assert issue.notes.get(note.id).body == "halo lagi"
    assert project.issues.get(issue.iid).state == "closed"


def test_commands_in_descriptions_run_on_creation_and_on_edit(forge: World, project: Any) -> None:
    project.milestones.create({"title": "M1"})
    issue = project.issues.create({"title": "T", "description": "Isi\n/milestone %M1\n/assign me"})
    assert issue.description == "Isi"
    assert (issue.milestone["title"], issue.assignees[0]["username"]) == ("M1", "root")
    issue.description = "Baru\n/close"
    issue.save()
    assert (issue.description, issue.state) == ("Baru", "closed")
    request = request_in(project, description="Isi\n/title Lain")
    assert (request.description, request.title) == ("Isi", "Lain")
    request.description = "Isi\n/approve"
    request.save()
    assert len(project.mergerequests.get(request.iid).approvals.get().approved_by) == 1


# -- issues ------------------------------------------------------------------------------------------


def test_unknown_labels_are_made_on_the_fly_and_added_and_removed_singly(forge: World, project: Any) -> None:
    issue = project.issues.create({"title": "T", "labels": ["a", "b"]})
    issue.add_labels, issue.remove_labels = "c,d", "a"
    issue.save()
    assert issue.labels == ["b", "c", "d"]
    assert {label.name for label in project.labels.list()} == {"a", "b", "c", "d"}


def test_a_guest_may_close_his_own_issue_and_his_labels_are_silently_dropped(
    forge: World, project: Any
) -> None:
    mine = forge.seen("pemohon", project).issues.create({"title": "T"})
    mine.title, mine.add_labels, mine.state_event = "Baru", "x", "close"
    mine.save()
    assert (mine.title, mine.labels, mine.state) == ("Baru", [], "closed")
    assert mine.attributes["closed_by"]["username"] == "pemohon"
    other = project.issues.create({"title": "T"})
    theirs = forge.seen("pemohon", project).issues.get(other.iid)
    theirs.title = "Rebut"
    assert refused(theirs.save).response_code == 403


def test_issues_are_found_by_state_label_time_and_order(forge: World, project: Any) -> None:
    old = project.issues.create({"title": "lama", "labels": "x"})
    middle = project.issues.create({"title": "tengah"})
    cut = datetime.now(UTC)
    old.notes.create({"body": "sentuh"})
    middle.state_event = "close"
    middle.save()
    assert [row.iid for row in project.issues.list(state="opened")] == [old.iid]
    assert [row.iid for row in project.issues.list(labels="x")] == [old.iid]
    after = project.issues.list(updated_after=cut.isoformat(), order_by="created_at", sort="asc")
    assert [row.iid for row in after] == [old.iid, middle.iid]
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert project.issues.list(updated_after=later) == []
    assert [row.iid for row in project.issues.list(order_by="updated_at")] == [middle.iid, old.iid]


def test_numbers_of_deleted_issues_are_not_given_again(forge: World, project: Any) -> None:
    first = project.issues.create({"title": "T"})
    project.issues.delete(first.iid)
    assert project.issues.create({"title": "T"}).iid == first.iid + 1


def test_a_confidential_issue_is_seen_by_its_author_and_reporters_alone(forge: World, project: Any) -> None:
    secret = project.issues.create({"title": "T", "confidential": True})
    assert refused(forge.seen("pemohon", project).issues.get, secret.iid).response_code == 404
    assert forge.seen("pelapor", project).issues.get(secret.iid).confidential is True


def test_a_guest_labels_his_new_issue_with_known_labels_only(forge: World, project: Any) -> None:
    project.labels.create({"name": "ada", "color": "#112233"})
    mine = forge.seen("pemohon", project).issues.create({"title": "T", "labels": "ada,karangan"})
    assert mine.labels == ["ada"]
    assert [label.name for label in project.labels.list()] == ["ada"]


def test_who_is_no_member_talks_in_an_open_project_but_sets_nothing(forge: World) -> None:
    public = forge.project(f"grup/terbuka{next(NUMBERS)}")
    public.visibility = "public"
    public.save()
    public.labels.create({"name": "ada", "color": "#112233"})
    stranger = forge.account("orang-luar").projects.get(public.id)
    issue = stranger.issues.create({"title": "T", "labels": "ada"})
    assert issue.labels == []
    assert issue.notes.create({"body": "halo\n/label ~ada"}).body == "halo"
    assert public.issues.get(issue.iid).labels == []
