"""What the embedded forge's repositories speak in: records, errors and the rules for names and paths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from automation.core.errors import LaikError, UnsafePath, Where
from automation.core.text import Bilingual

__all__ = [
    "ZERO",
    "CommitRecord",
    "DiffEntry",
    "FileChange",
    "GitFailed",
    "MergeConflict",
    "RefMoved",
    "TreeEntry",
    "check_path",
    "is_branch_name",
    "parse_diff",
    "parse_log",
    "parse_tree",
    "unsafe",
]

ZERO = "0" * 40
"""The object id that stands for "no such ref" in ref updates."""

LOG_FORMAT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%cn%x00%ce%x00%at%x00%ct%x00%B"
_LOG_FIELDS = 10

_BAD_IN_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class GitFailed(LaikError):
    """The git program ended with an error that no rule here foresees."""


class MergeConflict(LaikError):
    """Two histories cannot be merged without a person (or not by fast-forward when only that is allowed)."""


class RefMoved(LaikError):
    """A ref was not where the writer believed it to be; nothing was written."""


@dataclass(frozen=True, slots=True)
class CommitRecord:
    """One commit. Times are aware UTC; names and addresses are what the author wrote, so untrusted."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    committer_name: str
    committer_email: str
    authored_at: datetime
    committed_at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One entry of a tree; ``path`` is from the root, ``size`` in bytes and None for trees and submodules."""

    mode: str
    type: Literal["blob", "tree", "commit"]
    id: str
    path: str
    size: int | None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a commit: ``content`` None deletes it."""

    path: str
    content: bytes | None
    executable: bool = False


@dataclass(frozen=True, slots=True)
class DiffEntry:
    """One changed file; ``patch`` holds the hunks alone, as GitLab's ``diff`` field does."""

    old_path: str
    new_path: str
    new_file: bool
    renamed: bool
    deleted: bool
    old_mode: str
    new_mode: str
    patch: str


def is_branch_name(name: str) -> bool:
    """Whether git takes ``name`` as a branch name (the rules of ``git check-ref-format --branch``).

    A name that starts with ``-`` would be read as an option by the git program, so it is refused here
    before any argument list is made.
    """
    if not name or name == "@" or name.startswith(("-", "/")) or name.endswith(("/", ".")):
        return False
    if name == "HEAD" or len(name.encode()) > 240 or _BAD_IN_REF.search(name):
        return False
    return not any(part.startswith(".") or part.endswith(".lock") for part in name.split("/"))


def check_path(path: str) -> None:
    """Refuse a path that would leave the repository, hide in ``.git`` or break a checkout.

    The attack: a commit over the API with ``../../hooks/post-receive`` or ``.GIT/config`` is harmless in
    a bare repository and takes over the machine of whoever checks it out.

    Raises:
        UnsafePath: the path is not a plain relative file path.
    """
    parts = path.split("/")
    if not path or _CONTROL.search(path) or "\\" in path or len(path.encode()) > 4096:
        raise unsafe(path)
    if any(part in {"", ".", ".."} or _is_dot_git(part) or len(part.encode()) > 255 for part in parts):
        raise unsafe(path)


def _is_dot_git(part: str) -> bool:
    """Whether a file system may take ``part`` for ``.git`` (case, NTFS names and streams)."""
    plain = part.split(":", 1)[0].rstrip(". ").lower()
    # HFS+ ignores these code points inside a name.
    plain = re.sub("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]", "", plain)
    return plain in {".git", "git~1"}


def unsafe(path: str) -> UnsafePath:
    """The error for a path that is refused; the path is shown escaped and shortened."""
    shown = ascii(path[:120])
    return UnsafePath(
        Bilingual(f"Jalur berkas {shown} tidak aman.", f"The file path {shown} is not safe."),
        remedy=Bilingual(
            "Pakai jalur relatif biasa tanpa '..', '.git' atau karakter kendali.",
            "Use a plain relative path without '..', '.git' or control characters.",
        ),
        where=Where(file=shown),
    )


def parse_log(out: bytes) -> list[CommitRecord]:
    """The records of ``git log -z --format=LOG_FORMAT``."""
    fields = out.decode("utf-8", "replace").split("\0")
    rows = [fields[i : i + _LOG_FIELDS] for i in range(0, len(fields) - _LOG_FIELDS + 1, _LOG_FIELDS)]
    return [_commit(row) for row in rows]


def _commit(row: list[str]) -> CommitRecord:
    sha, tree, parents, author, author_mail, committer, committer_mail, authored, committed, message = row
    return CommitRecord(
        sha,
        tree,
        tuple(parents.split()),
        author,
        author_mail,
        committer,
        committer_mail,
        _moment(authored),
        _moment(committed),
        message,
    )


def _moment(seconds: str) -> datetime:
    """A commit's own time; a hostile one outside Python's range becomes the epoch."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def parse_tree(out: bytes) -> list[TreeEntry]:
    """The records of ``git ls-tree -z -l``."""
    entries = []
    for row in out.split(b"\0"):
        if row:
            facts, _, path = row.partition(b"\t")
            mode, kind, sha, size = facts.decode().split()
            kinds: dict[str, Literal["blob", "tree", "commit"]] = {"blob": "blob", "tree": "tree"}
            entries.append(
                TreeEntry(
                    mode,
                    kinds.get(kind, "commit"),
                    sha,
                    path.decode("utf-8", "replace"),
                    None if size == "-" else int(size),
                )
            )
    return entries


def parse_diff(out: bytes) -> list[DiffEntry]:
    """The records of ``git diff-tree -r -z --raw --patch``: raw rows first, then one patch a row."""
    rows, rest = _raw_rows(out)
    patches = _patches(rest)
    if len(patches) != len(rows):
        patches = [""] * len(rows)
    return [_diff_entry(row, patch) for row, patch in zip(rows, patches, strict=True)]


def _raw_rows(out: bytes) -> tuple[list[list[str]], bytes]:
    rows: list[list[str]] = []
    while out.startswith(b":"):
        head, _, out = out.partition(b"\0")
        facts = head[1:].decode().split()
        path, _, out = out.partition(b"\0")
        paths = [path.decode("utf-8", "replace")]
        if facts[4][0] in "RC":
            path, _, out = out.partition(b"\0")
            paths.append(path.decode("utf-8", "replace"))
        rows.append([*facts, paths[0], paths[-1]])
    return rows, out.lstrip(b"\0")


def _patches(text: bytes) -> list[str]:
    """One text a file. Every content line of a patch has a prefix, so no content can fake the header."""
    parts = re.split(r"^diff --git .*\n", text.decode("utf-8", "replace"), flags=re.MULTILINE)
    return [_hunks(part) for part in parts[1:]]


def _hunks(part: str) -> str:
    found = re.search(r"^(@@ |Binary files )", part, flags=re.MULTILINE)
    return part[found.start() :] if found else ""


def _diff_entry(row: list[str], patch: str) -> DiffEntry:
    old_mode, new_mode, _old, _new, state, old_path, new_path = row
    return DiffEntry(
        old_path,
        new_path,
        state == "A",
        state[0] == "R",
        state == "D",
        old_mode,
        new_mode,
        patch,
    )
