"""Where documents are read from: a commit in a mirror or a folder on disk, seen the same way."""

from __future__ import annotations

from typing import Protocol

from automation.core.documents import FileFact


class Tree(Protocol):
    """The regular files of one commit or folder, by path with ``/``.

    Symbolic links and submodules are no files. Methods may raise ``UnsafePath`` (a path that leaves the
    tree), ``ForgeUnreachable`` or ``ForgeRefused`` (nothing is known).
    """

    def read(self, path: str) -> bytes | None:
        """The bytes of one file; None when there is no such file."""
        ...

    def files(self, prefix: str) -> tuple[FileFact, ...]:
        """Files by path: those under ``prefix`` when it is empty or ends with ``/``, else that one file."""
        ...
