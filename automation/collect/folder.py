"""A folder on disk as a tree of documents: a developer's clone, or an unpacked hand-over.

In a git clone the files are those git knows or would add (ignored ones are left out), with their content
as it lies on disk. Elsewhere the folder is walked.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from automation.core.documents import FileFact
from automation.core.errors import UnreadableDocument, UnsafePath, Where
from automation.core.text import Bilingual


class FolderTree:
    """The regular files under ``root``; nothing outside of it is ever opened."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def read(self, path: str) -> bytes | None:
        """The bytes of one file; None when there is none.

        Raises:
            UnsafePath: ``path`` leaves the folder or passes a symbolic link.
        """
        place = self._inside(path)
        try:
            return place.read_bytes() if place.is_file() else None
        except OSError as failure:
            raise _unreadable(path, failure) from None

    def files(self, prefix: str) -> tuple[FileFact, ...]:
        """See :class:`automation.collect.tree.Tree`.

        Raises:
            UnsafePath: the prefix, or a link below it, leaves the folder.
        """
        if prefix and not prefix.endswith("/"):
            return (self._fact(prefix),) if self._inside(prefix).is_file() else ()
        if prefix and not self._inside(prefix).is_dir():
            return ()
        return tuple(self._fact(path) for path in sorted(self._listed(prefix)))

    def _listed(self, prefix: str) -> list[str]:
        known = git_files(self.root)
        paths = known if known is not None else _walked(self.root)
        below = [path for path in paths if path.startswith(prefix)]
        return [path for path in below if self._is_regular(path)]

    def _is_regular(self, path: str) -> bool:
        place = self.root / path
        if place.is_symlink():
            if not place.resolve().is_relative_to(self.root):
                raise _leaves(path)
            return False
        return self._inside(path).is_file()

    def _inside(self, path: str) -> Path:
        """The place of ``path``; refuses links on the way, which could show any file of this machine."""
        parts = path.rstrip("/").split("/")
        if path.startswith("/") or any(part in {"", ".", ".."} for part in parts) or "\0" in path:
            raise _leaves(path)
        place = self.root
        for part in parts:
            place = place / part
            if place.is_symlink():
                raise _leaves(path)
        return place

    def _fact(self, path: str) -> FileFact:
        place = self.root / path
        try:
            size = place.stat().st_size
            return FileFact(path=path, blob=_blob_id(place, size), size=size)
        except OSError as failure:
            raise _unreadable(path, failure) from None


def git_files(root: Path) -> list[str] | None:
    """Paths git tracks or would add below ``root``, relative to it; None when it is no git work tree."""
    git = shutil.which("git")
    if git is None:
        return None
    listing = subprocess.run(  # noqa: S603 - fixed program and arguments, no shell
        # core.fsmonitor names a program to run; a clone from elsewhere must not choose it.
        [git, "-c", "core.fsmonitor=false", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    if listing.returncode:
        return None
    return sorted({os.fsdecode(name) for name in listing.stdout.split(b"\0") if name})


def _walked(root: Path) -> list[str]:
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name != ".git")
        here = Path(folder)
        links = [name for name in folders if (here / name).is_symlink()]
        found += [(here / name).relative_to(root).as_posix() for name in [*names, *links]]
    return found


def _blob_id(place: Path, size: int) -> str:
    """The id git gives this content, so that a clone and a commit name it alike."""
    hashed = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with place.open("rb") as file:
        while chunk := file.read(1 << 20):
            hashed.update(chunk)
    return hashed.hexdigest()


def _unreadable(path: str, failure: OSError) -> UnreadableDocument:
    reason = failure.strerror or type(failure).__name__
    return UnreadableDocument(
        Bilingual(f"Berkas tidak dapat dibaca: {reason}.", f"The file cannot be read: {reason}."),
        remedy=Bilingual("Periksa hak baca berkas itu.", "Check the file's read access."),
        where=Where(file=path),
    )


def _leaves(path: str) -> UnsafePath:
    return UnsafePath(
        Bilingual(
            "Jalur keluar dari folder atau lewat tautan simbolik.",
            "The path leaves the folder or passes a symbolic link.",
        ),
        remedy=Bilingual(
            "Simpan berkasnya sendiri pada jalur itu, bukan tautan.",
            "Store the file itself at that path, not a link.",
        ),
        where=Where(file=path),
    )
