"""A repository that remembers what cannot change, so that few requests need the git program.

A commit never changes under its id and is never collected here (``gc.auto=0``), and a loose ref file is
what git itself would read. Everything else is asked of git each time.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from pathlib import Path

from automation.localforge.git import CommitRecord, Repository, is_branch_name

Commits = MutableMapping[str, CommitRecord]
"""Commits seen so far, by full id, of one repository."""

_FULL = re.compile(r"[0-9a-f]{40}")
_MOST = 20_000


class RememberingRepository(Repository):
    """The repository at ``path``; ``seen`` is shared by all who open it."""

    def __init__(self, path: Path, seen: Commits) -> None:
        super().__init__(path)
        self._seen = seen

    def resolve(self, ref: str) -> str | None:
        """As in git; a known commit id and a loose branch are answered without it."""
        if _FULL.fullmatch(ref):
            return ref if ref in self._seen else super().resolve(ref)
        return self._loose(ref.removeprefix("refs/heads/")) or super().resolve(ref)

    def _loose(self, branch: str) -> str | None:
        if branch.startswith("refs/") or not is_branch_name(branch):
            return None
        try:
            text = (self.path / "refs" / "heads" / branch).read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return text if _FULL.fullmatch(text) else None

    def commit(self, ref: str) -> CommitRecord | None:
        """The commit at a ref, or None."""
        sha = self.resolve(ref)
        if sha is None:
            return None
        return self._seen.get(sha) or super().commit(sha)

    def _log(self, sha: str, *options: str, path: str | None = None) -> list[CommitRecord]:
        records = super()._log(sha, *options, path=path)
        if len(self._seen) > _MOST:
            self._seen.clear()
        self._seen.update((record.sha, record) for record in records)
        return records
