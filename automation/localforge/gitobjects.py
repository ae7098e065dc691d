"""Single git objects of a bare repository, as GitHub's git data API makes and reads them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from automation.core.text import Bilingual
from automation.localforge.gitprogram import FULL_ID, GitProgram, full_id
from automation.localforge.gitrecords import ZERO, RefMoved, TreeEntry, check_path, is_branch_name, parse_tree

__all__ = ["BadObject", "GitObjects", "Signature", "TreeChange"]


_MOVED = Bilingual("Rujukan itu tidak lagi di tempatnya.", "The ref is not where it was.")
_AGAIN = Bilingual("Baca ulang lalu coba lagi.", "Read it anew and try again.")


class BadObject(Exception):
    """What was named is not there or not of the kind that it must be; the text says what."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who made a commit, and when."""

    name: str
    email: str
    when: datetime


@dataclass(frozen=True, slots=True)
class TreeChange:
    """One path of a new tree: ``sha`` None takes the path away."""

    path: str
    mode: str
    sha: str | None


class GitObjects(GitProgram):
    """Blobs, trees, commits and refs of the bare repository at ``path``."""

    def kind(self, sha: str) -> str | None:
        """``blob``, ``tree``, ``commit`` or ``tag``; None for what is not there or no full id."""
        if not FULL_ID.fullmatch(sha):
            return None
        answer = self._out("cat-file", "--batch-check=%(objecttype)", stdin=f"{sha}\n".encode())
        kind = answer.decode().strip()
        return None if kind.endswith("missing") else kind

    def put_blob(self, content: bytes) -> str:
        """Write a blob; its id."""
        return self._out("hash-object", "-w", "--stdin", stdin=content).decode().strip()

    def tree(self, name: str, *, recursive: bool) -> tuple[str, list[TreeEntry]] | None:
        """The id and entries of a tree, named by the full id of a tree or commit or by a full ref name."""
        asked = f"{name}^{{tree}}\n".encode()
        answer = self._out("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked).decode()
        sha, _, kind = answer.strip().rpartition(" ")
        if kind != "tree":
            return None
        options = ["-r", "-t"] if recursive else []
        return sha, parse_tree(self._out("ls-tree", "-z", "-l", "--full-tree", *options, sha))

    def make_tree(self, base: str | None, changes: Sequence[TreeChange]) -> str:
        """A tree from ``base`` (a tree's or commit's id; None: the empty one) with changes; its id.

        Raises:
            BadObject: the base or an object is not there, or a path to be taken away is not.
            UnsafePath: a path would leave the repository or break a checkout.
        """
        for change in changes:
            check_path(change.path)
            self._check_change(change)
        with tempfile.TemporaryDirectory(dir=self.path) as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            if base is not None:
                if self.kind(base) not in {"tree", "commit"}:
                    raise BadObject("base_tree is not a valid tree oid")
                self._run("read-tree", full_id(base), env=index)
            self._check_removals(changes, index)
            self._run("update-index", "-z", "--index-info", stdin=_index_info(changes), env=index)
            for change in changes:
                if change.mode == "040000" and change.sha is not None:
                    self._run("read-tree", f"--prefix={change.path}/", full_id(change.sha), env=index)
            return self._run("write-tree", env=index).stdout.decode().strip()

    def _check_change(self, change: TreeChange) -> None:
        kinds = {"040000": "tree", "160000": "commit"}
        if change.sha is None or change.mode == "160000":
            return
        if self.kind(change.sha) != kinds.get(change.mode, "blob"):
            raise BadObject(f"tree.sha {change.sha[:40]} is not a valid {kinds.get(change.mode, 'blob')}")

    def _check_removals(self, changes: Sequence[TreeChange], index: Mapping[str, str]) -> None:
        gone = [change.path for change in changes if change.sha is None]
        if not gone:
            return
        listed = self._run("ls-files", "-z", "--cached", env=index).stdout.decode("utf-8", "replace")
        if not set(gone) <= set(listed.split("\0")):
            raise BadObject("GitRPC::BadObjectState")

    def make_commit(
        self, tree: str, parents: Sequence[str], message: str, author: Signature, committer: Signature
    ) -> str:
        """A commit; its id.

        Raises:
            BadObject: the tree or a parent is not there.
        """
        if self.kind(tree) != "tree":
            raise BadObject("Tree SHA does not exist")
        for parent in parents:
            if self.kind(parent) != "commit":
                raise BadObject("Parent SHA does not exist or is not a commit object")
        named = [option for parent in parents for option in ("-p", full_id(parent))]
        environment = {**_identity("AUTHOR", author), **_identity("COMMITTER", committer)}
        text = message.replace("\0", "").encode("utf-8", "replace")
        done = self._run("commit-tree", full_id(tree), *named, "-F", "-", stdin=text, env=environment)
        return done.stdout.decode().strip()

    def refs(self, prefix: str) -> list[tuple[str, str, str]]:
        """Full name, object id and object type of every ref whose full name starts with ``prefix``."""
        out = self._out("for-each-ref", "--format=%(refname) %(objectname) %(objecttype)")
        rows = [line.split(" ") for line in out.decode("utf-8", "replace").splitlines()]
        return [
            (name, sha, kind)
            for name, sha, kind in rows
            if name.startswith(prefix) and not name.startswith("refs/laik/")
        ]

    def move(self, ref: str, new: str, old: str) -> None:
        """Compare and swap a full ref name from ``old`` to ``new`` (ZERO: absent).

        Raises:
            RefMoved: the ref is elsewhere, or its name is none.
            BadObject: ``new`` is not there.
        """
        if not ref.startswith(("refs/heads/", "refs/tags/")) or not is_branch_name(ref):
            raise BadObject("Reference name is not valid")
        if new != ZERO and self.kind(new) is None:
            raise BadObject("Object does not exist")
        line = f"delete {ref} {old}\n" if new == ZERO else f"update {ref} {new} {old}\n"
        done = self._run("update-ref", "--stdin", stdin=line.encode(), fine=(0, 128))
        if done.returncode:
            raise RefMoved(_MOVED, remedy=_AGAIN)


def _index_info(changes: Sequence[TreeChange]) -> bytes:
    """Input for ``update-index -z --index-info``; whole trees are read in afterwards."""
    rows = []
    for change in changes:
        if change.sha is None:
            rows.append(f"0 {ZERO} 0\t{change.path}\0")
        elif change.mode != "040000":
            rows.append(f"{change.mode} {change.sha} 0\t{change.path}\0")
    return "".join(rows).encode("utf-8", "surrogatepass")


def _identity(role: str, who: Signature) -> dict[str, str]:
    clean = {"NAME": who.name, "EMAIL": who.email}
    # Line ends and angle brackets would forge a second header line.
    plain = {
        key: "".join(ch for ch in text if ch >= " " and ch not in "<>\x7f") for key, text in clean.items()
    }
    plain["NAME"] = plain["NAME"].strip(" .,:;\"'\\") or "unknown"
    date = f"{max(0, int(who.when.timestamp()))} +0000"
    return {f"GIT_{role}_{key}": value for key, value in {**plain, "DATE": date}.items()}
