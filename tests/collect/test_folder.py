from __future__ import annotations

import subprocess

import pytest

from automation.collect.documents import collect_document
from automation.collect.folder import FolderTree
from automation.core.errors import UnsafePath
from automation.core.evidence import State
from tests.checks.worlds import DOCUMENTS


def git(folder, *arguments: str) -> str:
    identity = ["-c", "user.name=uji", "-c", "user.email=uji@contoh.go.id"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def write(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "klon"
    write(folder, {"dokumen/a.md": "A", "dokumen/b/c.md": "C", "dokumenlain/d.md": "D"})
    return folder


def test_files_are_listed_under_a_folder_and_one_by_name(root):
    tree = FolderTree(root)
    assert [fact.path for fact in tree.files("dokumen/")] == ["dokumen/a.md", "dokumen/b/c.md"]
    assert [fact.path for fact in tree.files("dokumen/a.md")] == ["dokumen/a.md"]
    assert tree.files("dokumen/tidak-ada.md") == tree.files("tidak-ada/") == tree.files("dokumen") == ()
    assert len(tree.files("")) == 3


def test_a_file_has_the_id_git_gives_it(root):
    git(root, "init", "-q")
    (fact,) = FolderTree(root).files("dokumen/a.md")
    assert (fact.blob, fact.size) == (git(root, "hash-object", "dokumen/a.md").strip(), 1)


def test_in_a_clone_ignored_files_and_those_of_git_are_left_out(root):
    git(root, "init", "-q")
    write(root, {".gitignore": "build/\n", "build/x.md": "X"})
    paths = {fact.path for fact in FolderTree(root).files("")}
    assert "build/x.md" not in paths
    assert not any(path.startswith(".git/") for path in paths)
    assert "dokumen/a.md" in paths


def test_a_tracked_file_that_was_deleted_is_not_there(root):
    git(root, "init", "-q")
    git(root, "add", ".")
    (root / "dokumen/a.md").unlink()
    assert [fact.path for fact in FolderTree(root).files("dokumen/")] == ["dokumen/b/c.md"]


@pytest.mark.parametrize(
    "path", ["../rahasia", "/etc/passwd", "dokumen/../../rahasia", "a//b", "./a", "a\0b"]
)
def test_a_path_out_of_the_folder_is_refused(root, path):
    write(root.parent, {"rahasia": "sandi"})
    with pytest.raises(UnsafePath):
        FolderTree(root).read(path)
    with pytest.raises(UnsafePath):
        FolderTree(root).files(path)


def test_a_link_out_of_the_folder_is_refused_and_never_followed(root):
    write(root.parent, {"luar/rahasia.md": "sandi"})
    (root / "dokumen/tautan.md").symlink_to(root.parent / "luar/rahasia.md")
    (root / "folder").symlink_to(root.parent / "luar")
    tree = FolderTree(root)
    for path in ("dokumen/tautan.md", "folder/rahasia.md"):
        with pytest.raises(UnsafePath):
            tree.read(path)
    with pytest.raises(UnsafePath):
        tree.files("dokumen/")


def test_a_link_inside_the_folder_is_no_file_of_its_own(root):
    (root / "dokumen/tautan.md").symlink_to(root / "dokumen/a.md")
    assert "dokumen/tautan.md" not in [fact.path for fact in FolderTree(root).files("dokumen/")]


def test_a_document_behind_a_link_is_unreadable_evidence(root):
    write(root.parent, {"luar.md": "# Latar Belakang"})
    (root / "kak").mkdir()
    (root / "kak/kak.md").symlink_to(root.parent / "luar.md")
    evidence = collect_document("kak", DOCUMENTS["kak"], FolderTree(root))
    assert (evidence.state, evidence.value) == (State.UNREADABLE, None)
