from __future__ import annotations

import base64
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
    return forge.project(f"grup/p{next(NUMBERS)}", members=PEOPLE, files={"a.txt": "satu\n"})


def refused(action: Any, *arguments: Any, **named: Any) -> gitlab.GitlabError:
    with pytest.raises(gitlab.GitlabError) as refusal:
        action(*arguments, **named)
    return refusal.value


# -- groups, projects, members -----------------------------------------------------------------------


def test_groups_nest_and_are_found_by_full_path(forge: World) -> None:
    top = forge.group("induk")
    below = forge.root.groups.create({"name": "Anak", "path": "anak", "parent_id": top.id})
    found = forge.root.groups.get("induk/anak")
    assert (found.id, found.full_path, found.parent_id) == (below.id, "induk/anak", top.id)
    made = forge.root.projects.create({"name": "App", "path": "app", "namespace_id": below.id})
    assert forge.root.projects.get("induk/anak/app").id == made.id
    assert [row.id for row in found.projects.list()] == [made.id]
    assert top.projects.list() == []
    assert [row.id for row in top.projects.list(include_subgroups=True)] == [made.id]


def test_a_new_project_is_private_and_empty(forge: World) -> None:
    made = forge.project("grup/kosong")
    assert (made.visibility, made.empty_repo, made.default_branch) == ("private", True, None)
    assert made.http_url_to_repo == f"{forge.forge.url}/grup/kosong.git"
    assert commit(made, {"x": "1"})
    again = forge.root.projects.get(made.id)
    assert (again.empty_repo, again.default_branch) == (False, "main")


def test_a_taken_path_is_refused_and_a_renamed_project_is_not_found_by_its_old_path(forge: World) -> None:
    made = forge.project("grup/nama")
    namespace = made.namespace["id"]
    again = refused(forge.root.projects.create, {"name": "nama", "path": "nama", "namespace_id": namespace})
    assert again.response_code == 400
    made.path = "baru"
    made.save()
    assert forge.root.projects.get("grup/baru").id == made.id
    assert refused(forge.root.projects.get, "grup/nama").response_code == 404


def test_a_private_project_does_not_exist_for_strangers(forge: World, project: Any) -> None:
    stranger = forge.account("orang-luar")
    for reference in (project.id, project.path_with_namespace):
        assert refused(stranger.projects.get, reference).response_code == 404
    assert project.id not in {row.id for row in stranger.projects.list(get_all=True)}
    lazy = stranger.projects.get(project.id, lazy=True)
    assert refused(lazy.issues.create, {"title": "T"}).response_code == 404
    anonymous = gitlab.Gitlab(forge.forge.url)
    assert refused(anonymous.projects.get, project.id).response_code == 404


def test_members_of_a_group_are_members_of_its_projects_with_the_higher_level(
    forge: World, project: Any
) -> None:
    group = forge.root.groups.get(project.namespace["id"])
    group.members.create({"user_id": forge.id_of("atasan"), "access_level": 20})
    everyone = {row.username: row.access_level for row in project.members_all.list(get_all=True)}
    assert everyone["atasan"] == 20
    assert "atasan" not in {row.username for row in project.members.list(get_all=True)}
    project.members.create({"user_id": forge.id_of("atasan"), "access_level": 40})
    assert project.members_all.get(forge.id_of("atasan")).access_level == 40
    group.members.delete(forge.id_of("atasan"))


def test_levels_change_in_place_and_nobody_gives_more_than_he_has(forge: World, project: Any) -> None:
    member = project.members.get(forge.id_of("pelapor"))
    member.access_level = 30
    member.save()
    assert project.members.get(member.id).access_level == 30
    again = refused(project.members.create, {"user_id": member.id, "access_level": 30})
    assert again.response_code == 409
    maintained = forge.seen("pemelihara", project)
    new = forge.id_of("baru")
    assert refused(maintained.members.create, {"user_id": new, "access_level": 50}).response_code == 403
    below = forge.seen("vendor", project)
    assert refused(below.members.create, {"user_id": new, "access_level": 10}).response_code == 403


def test_a_guest_of_a_private_project_talks_but_reads_no_code(forge: World, project: Any) -> None:
    guest = forge.seen("pemohon", project)
    assert guest.issues.create({"title": "T"}).iid == 1
    assert refused(guest.files.get, "a.txt", ref="main").response_code == 403
    assert refused(guest.repository_tree).response_code == 403
    assert refused(guest.labels.create, {"name": "x", "color": "#112233"}).response_code == 403


def test_an_archived_project_is_read_and_not_written(forge: World, project: Any) -> None:
    project.archive()
    assert project.files.get("a.txt", ref="main").decode() == b"satu\n"
    assert refused(project.issues.create, {"title": "T"}).response_code == 403
    assert refused(commit, project, {"b": "2"}).response_code == 403
    project.unarchive()
    assert commit(project, {"b": "2"})


def test_a_deleted_project_is_gone_with_its_repository(forge: World, project: Any) -> None:
    folder = forge.forge.engine.repository_path(project.id)
    assert folder.is_dir()
    forge.root.projects.delete(project.id)
    assert refused(forge.root.projects.get, project.id).response_code == 404
    assert not folder.exists()


# -- planning ----------------------------------------------------------------------------------------


def test_labels_milestones_and_boards_are_kept(forge: World, project: Any) -> None:
    label = project.labels.create({"name": "laik::kak", "color": "#112233", "description": "KAK"})
    assert project.labels.get("laik::kak").color == "#112233"
    assert refused(project.labels.create, {"name": "laik::kak", "color": "#000000"}).response_code == 409
    milestone = project.milestones.create({"title": "Langkah 1", "due_date": "2026-12-01"})
    milestone.due_date = "2026-12-05"
    milestone.save()
    assert project.milestones.list(title="Langkah 1")[0].due_date == "2026-12-05"
    board = project.boards.create({"name": "Papan"})
    column = board.lists.create({"label_id": label.id})
    assert [row.label["name"] for row in project.boards.get(board.id).lists.list()] == ["laik::kak"]
    assert refused(board.lists.create, {"label_id": label.id}).response_code == 400
    board.lists.delete(column.id)


def test_a_webhooks_token_is_never_shown(forge: World, project: Any) -> None:
    hook = project.hooks.create(
        {"url": "http://127.0.0.1:9/x", "token": "rahasia-sekali", "push_events": False}
    )
    assert "rahasia-sekali" not in str(hook.attributes)
    assert "rahasia-sekali" not in str([row.attributes for row in project.hooks.list()])
    assert hook.push_events is False
    assert refused(project.hooks.create, {"url": "file:///etc/passwd"}).response_code == 422
    assert refused(forge.seen("vendor", project).hooks.list).response_code == 403


# -- repository --------------------------------------------------------------------------------------


def test_one_commit_creates_updates_moves_deletes_and_marks_executable(forge: World, project: Any) -> None:
    commit(project, {"ubah.txt": "1", "pindah.txt": "isi", "hapus.txt": "x", "skrip.sh": "#!/bin/sh\n"})
    binary = base64.b64encode(b"\x00\xff").decode()
    actions = [
        {"action": "create", "file_path": "biner", "content": binary, "encoding": "base64"},
        {"action": "update", "file_path": "ubah.txt", "content": "2"},
        {"action": "move", "file_path": "baru/pindah.txt", "previous_path": "pindah.txt"},
        {"action": "delete", "file_path": "hapus.txt"},
        {"action": "chmod", "file_path": "skrip.sh", "execute_filemode": True},
    ]
    made = project.commits.create({"branch": "main", "commit_message": "Banyak", "actions": actions})
    tree = {row["path"]: row["mode"] for row in project.repository_tree(recursive=True, get_all=True)}
    assert set(tree) == {"a.txt", "biner", "ubah.txt", "baru", "baru/pindah.txt", "skrip.sh"}
    assert tree["skrip.sh"] == "100755"
    assert project.files.get("biner", ref=made.id).decode() == b"\x00\xff"
    assert project.files.raw("baru/pindah.txt", ref="main") == b"isi"
    assert project.files.get("ubah.txt", ref="main").decode() == b"2"
    assert project.files.get("skrip.sh", ref="main").execute_filemode is True


@pytest.mark.off_spec("impossible actions")
@pytest.mark.parametrize(
    "action",
    [
        {"action": "create", "file_path": "a.txt", "content": "x"},
        {"action": "update", "file_path": "tidak-ada", "content": "x"},
        {"action": "delete", "file_path": "tidak-ada"},
        {"action": "create", "file_path": "../luar", "content": "x"},
        {"action": "create", "file_path": ".git/config", "content": "x"},
        {"action": "create", "file_path": "biner", "content": "!", "encoding": "base64"},
        {"action": "bakar", "file_path": "a.txt"},
    ],
)
def test_an_impossible_action_is_400_and_commits_nothing(
    forge: World, project: Any, action: dict[str, Any]
) -> None:
    before = project.branches.get("main").commit["id"]
    body = {"branch": "main", "commit_message": "x", "actions": [action]}
    assert refused(project.commits.create, body).response_code == 400
    assert project.branches.get("main").commit["id"] == before


def test_branches_tags_compare_and_merge_base(forge: World, project: Any) -> None:
    base = project.branches.get("main").commit["id"]
    head = commit(project, {"b/c.txt": "x"}, "fitur/satu", start_branch="main")
    ahead = commit(project, {"d.txt": "y"})
    assert project.branches.get("fitur/satu").commit["id"] == head
    assert project.repository_merge_base(["main", "fitur/satu"])["id"] == base
    compared = project.repository_compare("main", "fitur/satu")
    assert [row["id"] for row in compared["commits"]] == [head]
    assert [row["new_path"] for row in compared["diffs"]] == ["b/c.txt"]
    project.tags.create({"tag_name": "v1", "ref": "main"})
    assert project.tags.get("v1").commit["id"] == ahead
    project.branches.delete("fitur/satu")
    assert refused(project.branches.get, "fitur/satu").response_code == 404
    assert [row.id for row in project.commits.list(ref_name="main")] == [ahead, base]


def test_a_protected_branch_takes_no_api_commit_from_below_its_level(forge: World, project: Any) -> None:
    project.protectedbranches.create({"name": "main", "push_access_level": 0, "merge_access_level": 40})
    assert refused(commit, forge.seen("vendor", project), {"x": "1"}).response_code == 400
    assert refused(commit, project, {"x": "1"}).response_code == 400
    again = refused(project.protectedbranches.create, {"name": "main"})
    assert again.response_code == 409
    forge.root.http_patch(
        f"/projects/{project.id}/protected_branches/main",
        post_data={"allowed_to_push": [{"access_level": 40}], "allow_force_push": True},
    )
    rule = project.protectedbranches.get("main")
    assert rule.push_access_levels[0]["access_level"] == 40
    assert rule.allow_force_push is True
    assert commit(forge.seen("pemelihara", project), {"x": "1"})
    assert refused(project.branches.delete, "main").response_code == 403


def test_push_events_name_the_account_and_not_the_author_in_git(forge: World, project: Any) -> None:
    body = {
        "branch": "fitur",
        "start_branch": "main",
        "commit_message": "x",
        "author_name": "Kepala Dinas",
        "author_email": "kepala@contoh.invalid",
        "actions": [{"action": "create", "file_path": "z", "content": "z"}],
    }
    made = forge.seen("vendor", project).commits.create(body)
    assert made.author_name == "Kepala Dinas"
    event = project.events.list(action="pushed")[0]
    assert (event.author["username"], event.push_data["ref"]) == ("vendor", "fitur")
    assert event.push_data["commit_to"] == made.id


def test_a_push_event_counts_what_the_push_brought(forge: World, project: Any) -> None:
    commit(project, {"b": "2"})
    project.branches.create({"branch": "sama", "ref": "main"})
    commit(project, {"c": "3"}, "beda", start_branch="main")
    counted = [(row.push_data["ref"], row.push_data["commit_count"]) for row in project.events.list()]
    assert counted == [("beda", 1), ("sama", 0), ("main", 1), ("main", 1)]
