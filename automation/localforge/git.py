"""One bare repository through the git program: what the embedded forge writes into it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from automation.core.text import Bilingual
from automation.localforge.gitprogram import clean_environment, full_id, git_program
from automation.localforge.gitreading import RepositoryReader
from automation.localforge.gitrecords import (
    ZERO,
    CommitRecord,
    DiffEntry,
    FileChange,
    GitFailed,
    MergeConflict,
    RefMoved,
    TreeEntry,
    check_path,
    is_branch_name,
)

__all__ = [
    "ZERO",
    "CommitRecord",
    "DiffEntry",
    "FileChange",
    "GitFailed",
    "MergeConflict",
    "RefMoved",
    "Repository",
    "TreeEntry",
    "clean_environment",
    "git_program",
    "is_branch_name",
]

_CONFIG = """\
[gc]
\tauto = 0
[receive]
\tautogc = false
[http]
\treceivepack = true
[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
[transfer]
\thideRefs = refs/laik
\tfsckObjects = true
[core]
\tlogAllRefUpdates = false
"""


class Repository(RepositoryReader):
    """A bare repository, read and written."""

    def init(self, default_branch: str = "main") -> None:
        """Make the empty repository; its HEAD names ``default_branch``.

        Raises:
            RefMoved: ``default_branch`` is no branch name.
        """
        _need_branch_name(default_branch)
        self.path.mkdir(parents=True, exist_ok=True)
        self._run("init", "--quiet", "--bare", "--template=", f"--initial-branch={default_branch}")
        with (self.path / "config").open("a", encoding="utf-8") as config:
            config.write(_CONFIG)

    def create_branch(self, name: str, sha: str) -> None:
        """Make a branch at a commit.

        Raises:
            RefMoved: the branch exists already, or the name is none.
        """
        _need_branch_name(name)
        self._move(f"refs/heads/{name}", full_id(sha), ZERO)

    def delete_branch(self, name: str) -> None:
        """Delete a branch.

        Raises:
            RefMoved: there is no such branch, or the name is none.
        """
        self._delete("refs/heads/", name)

    def take(self, other: Path, sha: str, ref: str) -> None:
        """Bring a commit over from another repository of this forge, under the full name ``ref``."""
        self._run("fetch", "--quiet", "--no-tags", str(other), f"+{full_id(sha)}:{ref}")

    def create_tag(self, name: str, sha: str) -> None:
        """Make a lightweight tag at a commit.

        Raises:
            RefMoved: the tag exists already, or the name is none.
        """
        _need_branch_name(name)
        self._move(f"refs/tags/{name}", full_id(sha), ZERO)

    def delete_tag(self, name: str) -> None:
        """Delete a tag.

        Raises:
            RefMoved: there is no such tag, or the name is none.
        """
        self._delete("refs/tags/", name)

    def _delete(self, prefix: str, name: str) -> None:
        _need_branch_name(name)
        if self.resolve(prefix + name) is None:
            raise _moved(name)
        self._run("update-ref", "--stdin", stdin=f"delete {prefix}{name}\n".encode())

    def set_default_branch(self, name: str) -> None:
        """Let HEAD name another branch (which need not exist yet)."""
        _need_branch_name(name)
        self._run("symbolic-ref", "HEAD", f"refs/heads/{name}")

    def _move(self, ref: str, new: str, old: str, *, forget: str = "") -> None:
        """Compare and swap ``ref`` from ``old`` (ZERO: absent) to ``new``, dropping ``forget`` with it."""
        lines = [f"update {ref} {new} {old}"]
        if forget:
            lines.append(f"delete {forget} {new}")
        done = self._run("update-ref", "--stdin", stdin=("\n".join(lines) + "\n").encode(), fine=(0, 128))
        if done.returncode:
            raise _moved(ref.removeprefix("refs/heads/"))

    def commit_files(
        self,
        branch: str,
        *,
        parent: str | None,
        message: str,
        author_name: str,
        author_email: str,
        changes: Sequence[FileChange],
        start: str | None = None,
        when: datetime | None = None,
    ) -> str:
        """One commit on ``branch``, whose head must be ``parent`` (None: the branch must not exist yet).

        A new branch grows from the commit ``start`` where that is given. The objects are made by one
        fast-import; the branch moves afterwards by compare-and-swap, so a commit that lost the race leaves
        nothing visible.

        Returns:
            The new commit's full id.

        Raises:
            UnsafePath: a path would leave the repository or break a checkout.
            RefMoved: the branch is elsewhere; nothing was written to it.
        """
        _need_branch_name(branch)
        for change in changes:
            check_path(change.path)
        scratch = f"refs/laik/scratch/{uuid.uuid4().hex}"
        who = _signature(author_name, author_email, when)
        base = parent or start
        stream = _import_stream(scratch, base and full_id(base), who, message, changes)
        sha = (
            self._out("fast-import", "--quiet", "--done", "--date-format=raw", stdin=stream).decode().strip()
        )
        try:
            self._move(f"refs/heads/{branch}", sha, parent or ZERO, forget=scratch)
        except RefMoved:
            self._run("update-ref", "--stdin", stdin=f"delete {scratch}\n".encode())
            raise
        return sha

    def merge(
        self,
        source_sha: str,
        target_branch: str,
        *,
        message: str,
        author_name: str,
        author_email: str,
        fast_forward: bool = False,
        when: datetime | None = None,
    ) -> str:
        """Merge a commit into a branch by a merge commit, or by moving the branch when ``fast_forward``.

        Returns:
            The branch's new head.

        Raises:
            MergeConflict: there is a conflict, or the branch cannot be fast-forwarded.
            RefMoved: the branch is absent or moved meanwhile; nothing was written to it.
        """
        _need_branch_name(target_branch)
        target = self.resolve(f"refs/heads/{target_branch}")
        if target is None:
            raise _moved(target_branch)
        source = full_id(source_sha)
        if fast_forward:
            if not self.is_ancestor(target, source):
                raise _conflict(target_branch)
            new = source
        else:
            new = self._merge_commit(
                target, source, target_branch, message, _identity(author_name, author_email, when)
            )
        self._move(f"refs/heads/{target_branch}", new, target)
        return new

    def _merge_commit(
        self, target: str, source: str, branch: str, message: str, identity: Mapping[str, str]
    ) -> str:
        tree = self._merged_tree(target, source)
        if tree is None:
            raise _conflict(branch)
        arguments = ("commit-tree", tree, "-p", target, "-p", source, "-F", "-")
        return self._run(*arguments, stdin=message.encode(), env=identity).stdout.decode().strip()


def _need_branch_name(name: str) -> None:
    if not is_branch_name(name):
        raise RefMoved(
            Bilingual(f"{name[:120]!a} bukan nama cabang.", f"{name[:120]!a} is no branch name."),
            remedy=Bilingual("Pakai nama cabang yang sah.", "Use a valid branch name."),
        )


def _import_stream(
    ref: str, parent: str | None, who: str, message: str, changes: Sequence[FileChange]
) -> bytes:
    """The fast-import stream of one commit, which answers with the commit's id."""
    text = message.replace("\0", "").encode()
    parts = [
        f"commit {ref}\nmark :1\nauthor {who}\ncommitter {who}\ndata {len(text)}\n".encode(),
        text,
        b"\n",
    ]
    if parent:
        parts.append(f"from {parent}\n".encode())
    for change in changes:
        path = _quoted(change.path)
        if change.content is None:
            parts.append(f"D {path}\n".encode())
        else:
            mode = "100755" if change.executable else "100644"
            parts += [f"M {mode} inline {path}\ndata {len(change.content)}\n".encode(), change.content, b"\n"]
    return b"".join([*parts, b"\nget-mark :1\ndone\n"])


def _quoted(path: str) -> str:
    """The path as fast-import's C-style string (control characters and backslashes were refused before)."""
    return '"' + path.replace('"', '\\"') + '"'


def _signature(name: str, email: str, when: datetime | None) -> str:
    return (
        f"{_plain(name) or 'unknown'} <{_plain(email)}> {int((when or datetime.now(UTC)).timestamp())} +0000"
    )


def _identity(name: str, email: str, when: datetime | None) -> dict[str, str]:
    date = f"{int((when or datetime.now(UTC)).timestamp())} +0000"
    names = {"NAME": _plain(name) or "unknown", "EMAIL": _plain(email), "DATE": date}
    return {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in names.items()}


def _plain(text: str) -> str:
    """A name without what would end it early in a commit header (a forged second header line)."""
    return re.sub(r"[\x00-\x1f\x7f<>]", "", text).strip(" .,:;\"'\\")


def _moved(name: str) -> RefMoved:
    return RefMoved(
        Bilingual(f"Cabang {name} tidak lagi di tempatnya.", f"The branch {name} is not where it was."),
        remedy=Bilingual("Baca ulang lalu coba lagi.", "Read it anew and try again."),
    )


def _conflict(branch: str) -> MergeConflict:
    return MergeConflict(
        Bilingual(f"Tidak dapat digabung ke {branch}.", f"It cannot be merged into {branch}."),
        remedy=Bilingual(
            "Selesaikan konfliknya pada cabang sumber.", "Solve the conflict on the source branch."
        ),
    )
