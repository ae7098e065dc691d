"""Writing rendered files into a folder on disk: whole or not at all, and never through a link."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from automation.core.errors import UnsafePath, Where
from automation.core.render import RenderedFile
from automation.core.text import Bilingual

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class TreeWriter:
    """Writes files below ``root`` and can take back everything it wrote.

    A repository being updated was filled by others: a folder or file in it that is a symbolic link could
    lead anywhere on this machine, so a path through one is refused.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders: set[Path] = set()
        self._undo: list[tuple[Path, tuple[bytes, int] | None]] = []

    def write_all(self, files: Iterable[RenderedFile]) -> None:
        """Write all ``files``; after any failure the folder is as it was before."""
        try:
            for file in files:
                self._write(file)
        except BaseException:
            self.take_back()
            raise

    def take_back(self) -> None:
        """Remove what was made here and restore what was replaced, newest first."""
        for path, before in reversed(self._undo):
            if before is None:
                path.rmdir() if path.is_dir() else path.unlink()
            else:
                path.write_bytes(before[0])
                path.chmod(before[1])
        self._undo.clear()
        self._folders.clear()

    def _write(self, file: RenderedFile) -> None:
        target = self._root / file.path
        self._make_folder(target.parent)
        mode = 0o755 if file.executable else 0o644
        if target.is_symlink() or target.is_dir():
            raise refused_link(file.path)
        if target.exists():
            self._undo.append((target, (target.read_bytes(), target.stat().st_mode & 0o777)))
            target.write_bytes(file.content)
            target.chmod(mode)
            return
        descriptor = os.open(target, _NEW, mode)
        self._undo.append((target, None))
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(file.content)

    def _make_folder(self, folder: Path) -> None:
        if folder in self._folders:
            return
        if folder != self._root:
            self._make_folder(folder.parent)
            if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
                raise refused_link(folder.relative_to(self._root).as_posix())
        if not folder.exists():
            if folder == self._root:
                folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir()
            self._undo.append((folder, None))
        self._folders.add(folder)


def read_plain(root: Path, path: str) -> bytes | None:
    """A file below ``root``, None when absent.

    Raises:
        UnsafePath: the path leads through a symbolic link or is a folder.
    """
    at = root
    for part in path.split("/"):
        at = at / part
        if at.is_symlink():
            raise refused_link(path)
    if at.is_dir():
        raise refused_link(path)
    return at.read_bytes() if at.is_file() else None


def refused_link(path: str) -> UnsafePath:
    """The refusal of a path that is a link, or a folder where a file should be."""
    return UnsafePath(
        Bilingual(
            f"'{path}' adalah tautan simbolik, atau folder di tempat berkas.",
            f"'{path}' is a symbolic link, or a folder in a file's place.",
        ),
        remedy=Bilingual(
            "Singkirkan dari folder tujuan; tidak ada yang ditulis.",
            "Remove it from the target folder; nothing was written.",
        ),
        where=Where(file=path),
    )
