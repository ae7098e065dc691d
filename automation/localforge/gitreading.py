"""Reading a bare repository: refs, commits, trees, files, differences."""

from __future__ import annotations

import re
from pathlib import Path

from automation.localforge.gitprogram import FULL_ID, GitProgram, full_id
from automation.localforge.gitrecords import (
    LOG_FORMAT,
    CommitRecord,
    DiffEntry,
    TreeEntry,
    is_branch_name,
    parse_diff,
    parse_log,
    parse_tree,
)

__all__ = ["RepositoryReader"]

_HEX = re.compile(r"[0-9a-f]{4,40}")
_MOST_COMMITS = 10_000
# By full object id only: what an id names cannot change, what a branch names can.
_commits: dict[tuple[Path, str], CommitRecord] = {}


class RepositoryReader(GitProgram):
    """What can be asked of a repository."""

    def resolve(self, ref: str) -> str | None:
        """The full commit id of a branch, a tag, a full ref name, ``HEAD`` or an object id, in that order."""
        candidates = [name for name in _candidates(ref) if not self._surely_absent(name)]
        if not candidates:
            return None
        loose = self._loose_branch(candidates[0])
        if loose is not None:
            return loose
        asked = "".join(f"{name}^{{commit}}\n" for name in candidates)
        answers = self._out("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked.encode())
        for answer in answers.decode().splitlines():
            sha, _, kind = answer.rpartition(" ")
            if kind == "commit":
                return sha
        return None

    def _surely_absent(self, name: str) -> bool:
        """Whether a full ref name is neither a file nor packed; spares a process for most questions."""
        if not name.startswith("refs/") or (self.path / "packed-refs").exists():
            return False
        return not (self.path / name).is_file()

    def _loose_branch(self, name: str) -> str | None:
        """A branch's head from its own file, which git replaces atomically; None: ask git."""
        if not name.startswith("refs/heads/"):
            return None
        try:
            text = (self.path / name).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return text if FULL_ID.fullmatch(text) else None

    def branches(self) -> list[tuple[str, str]]:
        """Every branch with its head, by name."""
        return self._refs("refs/heads/")

    def tags(self) -> list[tuple[str, str]]:
        """Every tag with the commit that it names, by name."""
        return self._refs("refs/tags/")

    def _refs(self, prefix: str) -> list[tuple[str, str]]:
        out = self._out("for-each-ref", "--format=%(refname) %(objectname) %(*objectname)", prefix)
        rows = [line.split(" ") for line in out.decode("utf-8", "replace").splitlines()]
        return [(name.removeprefix(prefix), peeled or sha) for name, sha, peeled in rows]

    def is_empty(self) -> bool:
        """Whether there is no branch at all."""
        if any(file.is_file() and file.suffix != ".lock" for file in (self.path / "refs/heads").rglob("*")):
            return False
        return not self._out("for-each-ref", "--count=1", "--format=%(refname)", "refs/heads/")

    def commit(self, ref: str) -> CommitRecord | None:
        """The commit at a ref, or None."""
        known = _commits.get((self.path, ref))
        if known is not None:
            return known
        sha = self.resolve(ref)
        return self._read_commit(sha) if sha else None

    def _read_commit(self, sha: str) -> CommitRecord:
        """A commit that exists; it never changes, so it is remembered."""
        known = _commits.get((self.path, sha))
        if known is None:
            known = self._log(sha, "--max-count=1")[0]
            if len(_commits) >= _MOST_COMMITS:
                _commits.clear()
            _commits[self.path, sha] = known
        return known

    def log(
        self,
        ref: str,
        *,
        path: str | None = None,
        limit: int = 100,
        skip: int = 0,
        exclude: str | None = None,
    ) -> list[CommitRecord]:
        """Commits from ``ref`` backwards, newest first; without those reachable from ``exclude``."""
        sha = self.resolve(ref)
        if sha is None:
            return []
        without = self.resolve(exclude) if exclude else None
        ranges = [f"^{without}"] if without else []
        return self._log(sha, f"--max-count={limit}", f"--skip={skip}", *ranges, path=path)

    def _log(self, sha: str, *options: str, path: str | None = None) -> list[CommitRecord]:
        paths = [path] if path else []
        return parse_log(self._out("log", "-z", f"--format={LOG_FORMAT}", *options, sha, "--", *paths))

    def tree(self, ref: str, path: str = "", recursive: bool = False) -> list[TreeEntry]:
        """The entries under ``path`` (folders too when ``recursive``); empty when there is nothing there."""
        sha = self.resolve(ref)
        wanted = path.strip("/")
        if sha is None:
            return []
        options = ["-r", "-t"] if recursive else []
        paths = [f"{wanted}/"] if wanted else []
        entries = parse_tree(self._out("ls-tree", "-z", "-l", "--full-tree", *options, sha, "--", *paths))
        # With -t git also names the folders on the way down to the wanted one.
        return [entry for entry in entries if not wanted or entry.path.startswith(f"{wanted}/")]

    def read(self, ref: str, path: str) -> bytes | None:
        """A file's content at a ref, or None when either is not there."""
        sha = ref if FULL_ID.fullmatch(ref) else self.resolve(ref)
        if sha is None or not path or "\n" in path or "\0" in path:
            return None
        return self._blob(f"{sha}:{path}")

    def read_blob(self, sha: str) -> bytes | None:
        """A blob by its full object id, or None."""
        return self._blob(sha) if FULL_ID.fullmatch(sha) else None

    def _blob(self, name: str) -> bytes | None:
        out = self._out("cat-file", "--batch=%(objecttype) %(objectsize)", stdin=name.encode() + b"\n")
        head, _, body = out.partition(b"\n")
        return body[:-1] if re.fullmatch(rb"blob [0-9]+", head) else None

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two commits, or None."""
        done = self._run("merge-base", full_id(one), full_id(other), fine=(0, 1))
        return done.stdout.decode().strip() or None

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether ``old`` is reachable from ``new`` (a commit is its own ancestor)."""
        return (
            self._run("merge-base", "--is-ancestor", full_id(old), full_id(new), fine=(0, 1)).returncode == 0
        )

    def diff(self, base: str, head: str) -> list[DiffEntry]:
        """The changed files between two commits, renames found."""
        options = ["-r", "-z", "--raw", "--patch", "-M", "--full-index", "--no-ext-diff", "--no-textconv"]
        return parse_diff(self._out("diff-tree", *options, full_id(base), full_id(head), "--"))

    def mergeable(self, source_sha: str, target_sha: str) -> bool:
        """Whether the two commits merge without conflict."""
        return self._merged_tree(target_sha, source_sha) is not None

    def _merged_tree(self, target: str, source: str) -> str | None:
        """The tree of the merge, or None for a conflict (1) or histories without a common root (128)."""
        arguments = ("merge-tree", "--write-tree", "--no-messages", full_id(target), full_id(source))
        done = self._run(*arguments, fine=(0, 1, 128))
        return done.stdout.decode().split("\n", 1)[0] if done.returncode == 0 else None


def _candidates(ref: str) -> list[str]:
    """The full names that ``ref`` may mean, best first; a branch wins over a tag as on the real forges."""
    if ref == "HEAD":
        return [ref]
    if not is_branch_name(ref):
        return []
    names = [ref] if ref.startswith("refs/") else []
    if FULL_ID.fullmatch(ref):
        names.append(ref)
    names += [f"refs/heads/{ref}", f"refs/tags/{ref}"]
    return [*names, ref] if _HEX.fullmatch(ref) and len(ref) >= 7 else names
