"""A commit in a mirror as a tree of documents, and the digest of its code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from automation.collect.mirror_reading import Mirror, TreeEntry
from automation.core.documents import CodeSnapshot, FileFact
from automation.core.errors import UnreadableDocument, Where
from automation.core.text import Bilingual

DOCUMENTS = b"dokumen/"  # left out of the code digest


@dataclass(frozen=True, slots=True)
class GitTree:
    """The regular files of one commit below ``prefix`` (empty or ending with ``/``), as documents.

    Paths are relative to ``prefix``; git trees know no way out of it. Satisfies
    ``automation.collect.tree.Tree``.
    """

    mirror: Mirror
    sha: str
    prefix: str = ""

    def read(self, path: str) -> bytes | None:
        """The bytes of one file; None when there is no such file.

        Raises:
            UnreadableDocument: the file is too large, or the commit is not here.
        """
        return self.mirror.read(self.sha, self.prefix + path)

    def files(self, prefix: str) -> tuple[FileFact, ...]:
        """Files by path: those under ``prefix`` when it is empty or ends with ``/``, else that one file."""
        wanted = self.prefix + prefix
        whole = not wanted or wanted.endswith("/")
        return tuple(
            FileFact(fact.path.removeprefix(self.prefix), fact.blob, fact.size)
            for fact in self.mirror.tree(self.sha)
            if (fact.path.startswith(wanted) if whole else fact.path == wanted)
        )


def code_snapshot(mirror: Mirror, sha: str) -> CodeSnapshot:
    """The candidate commit with its code digest.

    Raises:
        UnreadableDocument: the commit is not here, or a file name breaks the digest's lines.
    """
    entries = mirror.entries(sha)
    commit = mirror.commit(sha)
    tree = commit.tree if commit else ""
    return CodeSnapshot(sha, tree, code_digest(entries), mirror.tree(sha), _own(mirror, sha))


def _own(mirror: Mirror, sha: str) -> tuple[FileFact, ...]:
    """What was written since the scaffold: regular files with another path or content than there."""
    origin = mirror.origin(sha)
    scaffold = {(fact.path, fact.blob) for fact in mirror.tree(origin)} if origin != sha else None
    if scaffold is None:
        return ()
    code = (fact for fact in mirror.tree(sha) if not fact.path.startswith(DOCUMENTS.decode()))
    return tuple(fact for fact in code if (fact.path, fact.blob) not in scaffold)


def code_digest(entries: Iterable[TreeEntry]) -> str:
    """Hex SHA-256 over the lines ``<mode> <blob id> <path>`` in order of path bytes, without ``dokumen/``.

    Raises:
        UnreadableDocument: a file name with a line break. It could spell a second line, so that a tested
            tree with one oddly named file had the digest of another tree with one file more.
    """
    digest = hashlib.sha256()
    for entry in sorted(entries, key=lambda one: one.path):
        if entry.path.startswith(DOCUMENTS):
            continue
        if b"\n" in entry.path:
            raise _unfit_name(entry)
        digest.update(f"{entry.mode} {entry.blob} ".encode("ascii") + entry.path + b"\n")
    return digest.hexdigest()


def _unfit_name(entry: TreeEntry) -> UnreadableDocument:
    return UnreadableDocument(
        Bilingual("Nama berkas memuat ganti baris.", "A file name contains a line break."),
        remedy=Bilingual("Ganti nama berkas itu.", "Rename that file."),
        where=Where(file=ascii(entry.path)[2:-1]),
    )
