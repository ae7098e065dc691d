"""Read a bare mirror: commits, trees, files, and what differs between two commits.

Nothing is ever checked out. What stands in the repository is hostile: sizes are looked at before content,
and e-mails and paths are taken for what they are, words of the builder.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from automation.collect.gitcommand import GitAnswer, OutputTooLarge, run_git
from automation.core.documents import FileFact
from automation.core.errors import UnreadableDocument, Where
from automation.core.hosting import FileChange
from automation.core.text import Bilingual

FILE_LIMIT = 25 * 1024 * 1024  # bytes of one file that are read; larger ones show their size only
TREES_KEPT = 16
MAX_ENTRIES = 200_000  # files of one commit; a few small objects can spell a tree of millions
REFUSALS_KEPT = 1000

_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?", re.ASCII)
_REGULAR = ("100644", "100755", "100664")
_KINDS: dict[str, Literal["added", "modified", "deleted", "renamed"]] = {
    "A": "added",
    "M": "modified",
    "T": "modified",
    "D": "deleted",
    "R": "renamed",
}


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One entry of a commit's whole tree. ``size`` is 0 for a submodule; ``path`` as git stores it."""

    mode: str
    blob: str
    size: int
    path: bytes

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file (no symbolic link, no submodule)."""
        return self.mode in _REGULAR

    @property
    def fact(self) -> FileFact:
        """The entry for readers; bytes that are no UTF-8 stay recoverable (``surrogateescape``)."""
        return FileFact(self.path.decode("utf-8", "surrogateescape"), self.blob, self.size)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit. The e-mails are what its writer chose to say, never a proof of who he is."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author_email: str
    committer_email: str


class Mirror:
    """One project's mirror, as of its last fetch. Made by :class:`Mirrors`; safe between threads.

    Commit ids are full and lower case; for anything else methods answer as if it were not there.
    """

    def __init__(self, folder: Path, *, project_id: int, fetch: Callable[[Sequence[str]], GitAnswer]) -> None:
        self.folder = folder
        self.project_id = project_id
        self._fetch = fetch
        self._trees: OrderedDict[str, tuple[TreeEntry, ...]] = OrderedDict()
        self._too_large: dict[str, UnreadableDocument] = {}
        self._guard = threading.Lock()

    def head(self, branch: str) -> str | None:
        """The commit a branch is at, or None."""
        answer = self._git("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}^{{commit}}")
        return answer.output.decode().strip() if answer.ok else None

    def heads(self, limit: int) -> dict[str, str]:
        """Branches with the commits they are at, at most ``limit`` of them."""
        rows = self._must(
            "for-each-ref", f"--count={limit}", "--format=%(objectname) %(refname)", "refs/heads/"
        )
        split = (row.partition(" ") for row in rows.decode("utf-8", "surrogateescape").splitlines())
        return {name.removeprefix("refs/heads/"): sha for sha, _, name in split}

    def has(self, sha: str) -> bool:
        """Whether the commit is here, on a branch or not; the id of a tag that points to one is none."""
        return is_sha(sha) and self._git("cat-file", "-t", sha).output == b"commit\n"

    def commit(self, sha: str) -> Commit | None:
        """The commit, or None when it is not here."""
        if not self.has(sha):
            return None
        shown = self._must("log", "-1", "--format=%H%x00%T%x00%P%x00%ae%x00%ce", sha, "--")
        own, tree, parents, author, committer = shown.decode("utf-8", "replace").strip("\n").split("\0")
        return Commit(own, tree, tuple(parents.split()), author, committer)

    def fetch_commit(self, sha: str) -> bool:
        """Fetch one commit that no branch offers any more, and keep it; whether it is here now."""
        if not is_sha(sha):
            return False
        return self.has(sha) or (self._fetch([f"{sha}:refs/laik/fetched/{sha}"]).ok and self.has(sha))

    def pin(self, sha: str) -> None:
        """Keep an admitted commit for good, whatever happens to the branches.

        Raises:
            UnreadableDocument: the commit is not here.
        """
        if not self.has(sha):
            raise self._absent(sha)
        self._must("update-ref", f"refs/laik/admitted/{sha}", sha)

    def entries(self, sha: str) -> tuple[TreeEntry, ...]:
        """The commit's whole tree with links and submodules, in order of path bytes.

        Raises:
            UnreadableDocument: the commit is not here, or its tree is over the reading limit.
        """
        if not is_sha(sha):
            raise self._absent(sha)
        with self._guard:
            if sha in self._trees:
                self._trees.move_to_end(sha)
                return self._trees[sha]
            if sha in self._too_large:  # a commit never changes: it is not unfolded a second time
                raise self._too_large[sha]
        try:
            listed = tuple(sorted(self._listed(sha), key=lambda entry: entry.path))
        except OutputTooLarge as refusal:
            with self._guard:
                if len(self._too_large) < REFUSALS_KEPT:
                    self._too_large[sha] = refusal
            raise
        with self._guard:
            self._trees[sha] = listed
            while len(self._trees) > TREES_KEPT:
                self._trees.popitem(last=False)
        return listed

    def tree(self, sha: str) -> tuple[FileFact, ...]:
        """The commit's regular files by path; raises as :meth:`entries`."""
        return tuple(entry.fact for entry in self.entries(sha) if entry.is_file)

    def read(self, sha: str, path: str) -> bytes | None:
        """One regular file of a commit, or None when the commit has none of that path.

        Raises:
            UnreadableDocument: the file is over :data:`FILE_LIMIT`; else as :meth:`entries`.
        """
        wanted = path.encode("utf-8", "surrogateescape")
        for entry in self.entries(sha):
            if entry.path == wanted:
                return self.read_file(entry.fact) if entry.is_file else None
        return None

    def read_file(self, fact: FileFact) -> bytes:
        """The bytes of a file already listed; raises as :meth:`read`."""
        if fact.size > FILE_LIMIT:
            raise _file_too_large(fact)
        return self._must("cat-file", "blob", fact.blob)

    def read_blob(self, blob: str) -> bytes | None:
        """A blob by its id, on a branch or not; None when it is not here.

        Raises:
            UnreadableDocument: it is over :data:`FILE_LIMIT`.
        """
        if not is_sha(blob) or self._git("cat-file", "-t", blob).output != b"blob\n":
            return None
        size = int(self._must("cat-file", "-s", blob))
        return self.read_file(FileFact(blob, blob, size))

    def roots(self, branch: str) -> tuple[str, ...]:
        """The commits without parents that a branch grew from, oldest last; none while it is empty."""
        head = self.head(branch)
        if head is None:
            return ()
        return tuple(self._must("rev-list", "--max-parents=0", head, "--").decode().split())

    def origin(self, sha: str) -> str:
        """The commit without parents at the end of the first parents of ``sha``.

        A history merged in from elsewhere brings a root of its own, and never along first parents.

        Raises:
            UnreadableDocument: the commit is not here.
        """
        if not self.has(sha):
            raise self._absent(sha)
        return self._must("rev-list", "--first-parent", "--max-parents=0", sha, "--").decode().strip()

    def is_ancestor(self, sha: str, branch: str) -> bool:
        """Whether the commit is on the branch (or is its head)."""
        head = self.head(branch)
        return head is not None and self.has(sha) and self._git("merge-base", "--is-ancestor", sha, head).ok

    def is_on_a_branch(self, sha: str) -> bool:
        """Whether any branch holds the commit; a forge takes statuses for no other."""
        if not self.has(sha):
            return False
        answer = self._git("for-each-ref", "--count=1", "--contains", sha, "refs/heads/")
        return answer.ok and bool(answer.output)

    def merge_base(self, one: str, other: str) -> str | None:
        """The commit two others last had in common; None when they have none or one is not here."""
        if not (self.has(one) and self.has(other)):
            return None
        answer = self._git("merge-base", one, other)
        return answer.output.decode().split()[0] if answer.ok else None

    def changes(self, base: str, head: str) -> tuple[FileChange, ...]:
        """What differs between two commits, by path; a file that moved is one ``renamed``.

        For a merge request ``base`` is the merge base, not the target's tip. Both trees are listed first:
        listing is cheap to end, while comparing trees that unfold without end takes all the time there is.

        Raises:
            UnreadableDocument: one of them is not here, or its tree is over the reading limit.
        """
        for sha in (base, head):
            self.entries(sha)
        raw = self._must("diff-tree", "-r", "-z", "-M", "-l400", "--name-status", base, head, "--")
        changes = _changes(raw.decode("utf-8", "surrogateescape").split("\0"))
        return tuple(sorted(changes, key=lambda change: change.path))

    def committers(self, base: str, head: str) -> tuple[str, ...]:
        """E-mails (casefolded, sorted) of who wrote or committed what ``head`` has and ``base`` has not.

        Raises:
            UnreadableDocument: one of them is not here.
        """
        for sha in (base, head):
            if not self.has(sha):
                raise self._absent(sha)
        # %ae and not %aE: a .mailmap in the repository is the builder's own, and could rename him.
        raw = self._must("log", "--format=%ae%n%ce", head, f"^{base}", "--")
        lines = raw.decode("utf-8", "replace").splitlines()
        return tuple(sorted({line.strip().casefold() for line in lines} - {""}))

    def landed(self, branch: str, path: str) -> tuple[str, ...]:
        """The branch's own commits since a file last changed there, that commit first; none without one.

        Along first parents, so that a merge stands for all that it brought.
        """
        if self.head(branch) is None:
            return ()
        ref = f"refs/heads/{branch}"
        last = self._must("log", "-1", "--first-parent", "--format=%H", ref, "--", path).decode().strip()
        if not last:
            return ()
        after = self._must("rev-list", "--first-parent", "--reverse", ref, f"^{last}", "--").decode().split()
        return (last, *after)

    def count_after(self, sha: str, branch: str) -> int:
        """How many commits of ``branch`` come after ``sha``; 0 when ``sha`` is not in it."""
        head = self.head(branch)
        if head is None or not self.is_ancestor(sha, branch):
            return 0
        return int(self._must("rev-list", "--count", head, f"^{sha}", "--").strip() or 0)

    def _listed(self, sha: str) -> Iterator[TreeEntry]:
        answer = self._git("ls-tree", "-r", "-l", "-z", "--full-tree", sha)
        if not answer.ok:
            raise self._absent(sha)
        if answer.output.count(b"\0") > MAX_ENTRIES:
            raise _too_many_files()
        for line in answer.output.split(b"\0")[:-1]:
            facts, _, path = line.partition(b"\t")
            mode, _, blob, size = facts.decode("ascii").split()
            yield TreeEntry(mode, blob, 0 if size == "-" else int(size), path)

    def _git(self, *arguments: str) -> GitAnswer:
        return run_git(arguments, repository=self.folder)

    def _must(self, *arguments: str) -> bytes:
        answer = self._git(*arguments)
        if not answer.ok:
            raise broken(self.project_id, answer)
        return answer.output

    def _absent(self, sha: str) -> UnreadableDocument:
        shown = sha if is_sha(sha) else ascii(sha[:80])
        return UnreadableDocument(
            Bilingual(
                f"Commit {shown} tidak ada di proyek {self.project_id}.",
                f"Commit {shown} is not in project {self.project_id}.",
            ),
            remedy=Bilingual("Dorong commit itu ke forge.", "Push the commit to the forge."),
        )


def is_sha(text: str) -> bool:
    """Whether this is a full object id, lower case: safe to hand to git and naming one thing only."""
    return _SHA.fullmatch(text) is not None


def _changes(words: Sequence[str]) -> Iterator[FileChange]:
    """The pairs and triples that ``--name-status -z`` writes: letter, path (old path, new path)."""
    rest = iter(words)
    for letter in rest:
        if not letter:
            return
        kind = _KINDS[letter[0]]
        old = next(rest) if kind == "renamed" else ""
        yield FileChange(path=next(rest), kind=kind, old_path=old)


def _too_many_files() -> OutputTooLarge:
    return OutputTooLarge(
        Bilingual(
            f"Commit berisi lebih dari {MAX_ENTRIES} berkas.", f"The commit holds over {MAX_ENTRIES} files."
        ),
        remedy=Bilingual("Kurangi jumlah berkasnya.", "Keep fewer files."),
    )


def _file_too_large(fact: FileFact) -> UnreadableDocument:
    return UnreadableDocument(
        Bilingual(
            f"Berkas berukuran {fact.size} byte; paling besar {FILE_LIMIT} byte yang dibaca.",
            f"The file has {fact.size} bytes; at most {FILE_LIMIT} bytes are read.",
        ),
        remedy=Bilingual("Unggah berkas yang lebih kecil.", "Upload a smaller file."),
        where=Where(file=ascii(fact.path)[1:-1]),
    )


def broken(project_id: int, answer: GitAnswer) -> UnreadableDocument:
    """The error for a mirror that git cannot read."""
    return UnreadableDocument(
        Bilingual(
            f"Cermin proyek {project_id} tidak terbaca: {answer.complaint or 'melampaui batas waktu'}.",
            f"The mirror of project {project_id} cannot be read: {answer.complaint or 'out of time'}.",
        ),
        remedy=Bilingual(
            "Hapus folder cermin itu; ia diambil ulang, tetapi objek lama hanya ada di cadangan.",
            "Remove that mirror's folder; it is fetched anew, but old objects are only in the backup.",
        ),
    )
