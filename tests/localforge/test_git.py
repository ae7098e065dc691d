from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from automation.core.errors import UnsafePath
from automation.localforge.git import (
    FileChange,
    GitFailed,
    MergeConflict,
    RefMoved,
    Repository,
    is_branch_name,
)

WHO = {"author_name": "Bot Laik", "author_email": "bot@contoh.go.id"}


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "r.git")
    made.init()
    return made


def _commit(
    repo: Repository,
    files: dict[str, bytes | None],
    *,
    branch: str = "main",
    parent: str | None = None,
    start: str | None = None,
) -> str:
    changes = [FileChange(path, content) for path, content in files.items()]
    return repo.commit_files(branch, parent=parent, message="ubah", changes=changes, start=start, **WHO)


def test_a_new_repository_is_empty_and_answers_every_question(repo: Repository) -> None:
    assert repo.is_empty()
    assert repo.resolve("main") is None
    assert repo.resolve("HEAD") is None
    assert repo.commit("main") is None
    assert repo.tree("main") == []
    assert repo.log("main") == []
    assert repo.branches() == []
    assert repo.read("main", "README.md") is None


def test_the_first_commit_makes_the_branch(repo: Repository) -> None:
    when = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    sha = repo.commit_files(
        "main", parent=None, message="Awal\n\nisi", changes=[FileChange("a", b"1")], when=when, **WHO
    )
    found = repo.commit("main")
    assert found is not None
    assert (found.sha, found.parents, found.message) == (sha, (), "Awal\n\nisi")
    assert (found.author_name, found.author_email, found.committed_at) == (
        "Bot Laik",
        "bot@contoh.go.id",
        when,
    )
    assert not repo.is_empty()


def test_one_commit_creates_changes_and_deletes(repo: Repository) -> None:
    first = _commit(repo, {"a": b"1", "b/c": b"2", "b/d": b"3"})
    second = _commit(repo, {"a": None, "b/c": b"22", "baru/x": b"4"}, parent=first)
    assert [e.path for e in repo.tree(second, recursive=True)] == ["b", "b/c", "b/d", "baru", "baru/x"]
    assert [e.path for e in repo.tree(second, "b")] == ["b/c", "b/d"]
    assert [(e.type, e.size) for e in repo.tree(second)] == [("tree", None), ("tree", None)]
    assert repo.read(second, "b/c") == b"22"
    assert repo.read(first, "b/c") == b"2"


def test_names_and_contents_survive_whatever_they_hold(repo: Repository) -> None:
    names = ["dokumen/surat \"resmi\" 'x'.pdf", "é/ü.txt", "-rf", "a*[b]?"]
    content = bytes(range(256)) * 3
    sha = _commit(repo, dict.fromkeys(names, content))
    for name in names:
        assert repo.read(sha, name) == content
        assert [c.sha for c in repo.log(sha, path=name)] == [sha]
    assert sorted(e.path for e in repo.tree(sha, recursive=True) if e.type == "blob") == sorted(names)


def test_the_executable_bit_is_kept(repo: Repository) -> None:
    change = FileChange("run", b"#!/bin/sh\n", executable=True)
    sha = repo.commit_files("main", parent=None, message="m", changes=[change], **WHO)
    assert [entry.mode for entry in repo.tree(sha)] == ["100755"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a/./b",
        "a//b",
        "a/",
        ".git/config",
        "x/.GIT/hooks/pre-commit",
        "git~1/config",
        ".git./config",
        ".git::$INDEX_ALLOCATION/config",
        ".g\u200cit/config",
        "a\nb",
        "a\0b",
        "a\\b",
        "x" * 300,
    ],
)
def test_an_unsafe_path_is_refused_and_nothing_is_written(repo: Repository, path: str) -> None:
    with pytest.raises(UnsafePath):
        _commit(repo, {"fine": b"1", path: b"2"})
    assert repo.is_empty()


def test_a_hostile_author_cannot_forge_header_lines(repo: Repository) -> None:
    sha = repo.commit_files(
        "main",
        parent=None,
        message="m",
        author_name="A <x@y> 0 +0000\ncommitter B",
        author_email="a@b>\nparent 1",
        changes=[FileChange("a", b"1")],
    )
    found = repo.commit(sha)
    assert found is not None
    assert found.parents == ()
    assert "\n" not in found.author_name + found.author_email
    assert found.author_name == found.committer_name


def test_a_writer_who_lost_the_race_writes_nothing(repo: Repository) -> None:
    first = _commit(repo, {"a": b"1"})
    second = _commit(repo, {"a": b"2"}, parent=first)
    with pytest.raises(RefMoved):
        _commit(repo, {"a": b"3"}, parent=first)
    with pytest.raises(RefMoved):
        _commit(repo, {"a": b"3"})
    assert repo.branches() == [("main", second)]


def test_of_many_writers_at_once_exactly_one_wins(repo: Repository) -> None:
    first = _commit(repo, {"a": b"0"})
    won: list[str] = []

    def write(number: int) -> None:
        with contextlib.suppress(RefMoved):
            won.append(_commit(repo, {"a": b"%d" % number}, parent=first))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [repo.resolve("main")] == won


def test_thirty_files_are_committed_quickly(repo: Repository) -> None:
    files: dict[str, bytes | None] = {f"dir{n % 5}/file{n}.txt": b"isi %d\n" % n * 50 for n in range(30)}
    parent, times = None, []
    for turn in range(5):
        started = time.perf_counter()
        parent = _commit(repo, {**files, "turn": b"%d" % turn}, parent=parent)
        times.append(time.perf_counter() - started)
    # 50 ms on an idle machine; the bound is loose because the machine is shared.
    assert min(times) < 0.15


def test_a_branch_wins_over_a_tag_of_its_name_and_both_over_a_short_id(repo: Repository) -> None:
    first = _commit(repo, {"a": b"1"})
    second = _commit(repo, {"a": b"2"}, parent=first)
    repo.create_tag("rilis", first)
    assert repo.resolve("rilis") == first
    repo.create_branch("rilis", second)
    assert repo.resolve("rilis") == second
    assert repo.resolve("refs/tags/rilis") == first
    assert repo.resolve(first[:10]) == first
    assert repo.tags() == [("rilis", first)]


def test_packed_refs_are_found_too(repo: Repository) -> None:
    first = _commit(repo, {"a": b"1"})
    repo.create_tag("v1", first)
    repo.create_branch("lama", first)
    subprocess.run(["git", f"--git-dir={repo.path}", "pack-refs", "--all"], check=True, timeout=30)
    assert not repo.is_empty()
    assert (repo.resolve("main"), repo.resolve("v1"), repo.resolve("tidak-ada")) == (first, first, None)
    second = _commit(repo, {"a": b"2"}, parent=first)
    assert (repo.resolve("main"), repo.resolve("lama")) == (second, first)
    repo.delete_branch("lama")
    assert repo.resolve("lama") is None


def test_an_annotated_tag_names_its_commit(repo: Repository) -> None:
    sha = _commit(repo, {"a": b"1"})
    command = [
        "git",
        f"--git-dir={repo.path}",
        "-c",
        "user.name=a",
        "-c",
        "user.email=a",
        "tag",
        "-am",
        "x",
        "v1",
    ]
    subprocess.run([*command, sha], check=True, timeout=30)
    assert repo.resolve("v1") == sha
    assert repo.tags() == [("v1", sha)]


def test_a_commit_is_read_anew_by_branch_and_the_same_by_id(repo: Repository) -> None:
    first = _commit(repo, {"a": b"1"})
    before = repo.commit("main")
    second = _commit(repo, {"a": b"2"}, parent=first)
    after = repo.commit("main")
    assert before is not None
    assert after is not None
    assert (before.sha, after.sha) == (first, second)
    assert repo.commit(first) == before


@pytest.mark.parametrize("ref", ["", "--all", "-h", "main:a", "main^{tree}", "a..b", "x y", "a\nb", "@{-1}"])
def test_what_is_no_ref_resolves_to_nothing(repo: Repository, ref: str) -> None:
    _commit(repo, {"a": b"1"})
    assert repo.resolve(ref) is None
    assert repo.read(ref, "a") is None


def test_branch_names_follow_git() -> None:
    good = ["main", "fitur/kak-1", "a.b", "PA-2026-0001", "é"]
    bad = ["-x", "a..b", ".a", "a/.b", "a.lock", "a/", "/a", "a b", "a~1", "a:b", "@", "", "a\\b", "x" * 300]
    assert all(map(is_branch_name, good))
    assert not any(map(is_branch_name, bad))


def test_branches_are_made_once_and_deleted_once(repo: Repository) -> None:
    sha = _commit(repo, {"a": b"1"})
    repo.create_branch("fitur/a", sha)
    with pytest.raises(RefMoved):
        repo.create_branch("fitur/a", sha)
    with pytest.raises(RefMoved):
        repo.create_branch("--force", sha)
    repo.delete_branch("fitur/a")
    with pytest.raises(RefMoved):
        repo.delete_branch("fitur/a")
    assert repo.branches() == [("main", sha)]


def test_a_new_branch_may_grow_from_a_commit(repo: Repository) -> None:
    first = _commit(repo, {"a": b"1"})
    second = _commit(repo, {"b": b"2"}, branch="fitur", start=first)
    assert repo.merge_base(first, second) == first
    assert repo.read("fitur", "a") == b"1"
    assert repo.resolve("main") == first


def test_a_merge_has_both_parents_and_both_changes(repo: Repository) -> None:
    base = _commit(repo, {"a": b"1\n"})
    side = _commit(repo, {"b": b"2\n"}, branch="side", start=base)
    main = _commit(repo, {"c": b"3\n"}, parent=base)
    assert repo.mergeable(side, main)
    merged = repo.merge(side, "main", message="Gabung", **WHO)
    found = repo.commit("main")
    assert found is not None
    assert (found.sha, found.parents, found.message.strip()) == (merged, (main, side), "Gabung")
    assert [e.path for e in repo.tree("main")] == ["a", "b", "c"]
    assert repo.is_ancestor(side, merged)
    assert not repo.is_ancestor(merged, side)


def test_a_conflict_and_foreign_histories_are_not_merged(repo: Repository) -> None:
    base = _commit(repo, {"a": b"1\n"})
    side = _commit(repo, {"a": b"2\n"}, branch="side", start=base)
    main = _commit(repo, {"a": b"3\n"}, parent=base)
    foreign = _commit(repo, {"z": b"9"}, branch="asing")
    for source in (side, foreign):
        assert not repo.mergeable(source, main)
        with pytest.raises(MergeConflict):
            repo.merge(source, "main", message="m", **WHO)
    assert repo.resolve("main") == main
    assert repo.merge_base(foreign, main) is None


def test_a_fast_forward_moves_the_branch_or_is_refused(repo: Repository) -> None:
    base = _commit(repo, {"a": b"1"})
    side = _commit(repo, {"b": b"2"}, branch="side", start=base)
    assert repo.merge(side, "main", message="-", fast_forward=True, **WHO) == side
    other = _commit(repo, {"c": b"3"}, branch="other", start=base)
    with pytest.raises(MergeConflict):
        repo.merge(other, "main", message="-", fast_forward=True, **WHO)
    assert repo.resolve("main") == side


def test_a_diff_names_new_deleted_renamed_and_changed_files(repo: Repository) -> None:
    long = b"".join(b"baris %d\n" % n for n in range(30))
    base = _commit(
        repo, {"lama": long, "hapus": b"x\n", "ubah": b"1\ndiff --git a/x b/x\n", "biner": b"\0\1"}
    )
    head = _commit(
        repo,
        {"lama": None, "baru nama": long, "hapus": None, "ubah": b"2\n", "tambah": b"t\n", "biner": b"\0\2"},
        parent=base,
    )
    found = {entry.new_path: entry for entry in repo.diff(base, head)}
    assert set(found) == {"baru nama", "hapus", "ubah", "tambah", "biner"}
    assert found["baru nama"].renamed
    assert found["baru nama"].old_path == "lama"
    assert found["hapus"].deleted
    assert found["tambah"].new_file
    assert found["ubah"].patch == "@@ -1,2 +1 @@\n-1\n-diff --git a/x b/x\n+2\n"
    assert found["biner"].patch.startswith("Binary files")
    assert repo.diff(head, head) == []


def test_the_log_is_paged_and_can_leave_out_what_is_known(repo: Repository) -> None:
    shas: list[str] = []
    for number in range(5):
        shas.insert(0, _commit(repo, {f"f{number}": b"x"}, parent=shas[0] if shas else None))
    assert [c.sha for c in repo.log("main")] == shas
    assert [c.sha for c in repo.log("main", limit=2, skip=1)] == shas[1:3]
    assert [c.sha for c in repo.log("main", exclude=shas[2])] == shas[:2]
    assert [c.sha for c in repo.log("main", path="f1")] == [shas[3]]


def test_an_expression_in_place_of_an_object_id_is_refused(repo: Repository) -> None:
    sha = _commit(repo, {"a": b"1"})
    for call in (repo.diff, repo.merge_base, repo.is_ancestor, repo.mergeable):
        with pytest.raises(GitFailed):
            call("--output=/tmp/x", sha)
    assert repo.read_blob("HEAD") is None
    assert repo.read_blob(repo.tree(sha)[0].id) == b"1"
