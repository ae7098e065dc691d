"""The files of one commit, straight from the object store: never a checkout.

A checkout would run the repository's filters (.gitattributes smudge, LFS), follow its symlinks and write
its names. ``ls-tree`` and ``cat-file`` do none of that. ``refs/replace/*`` can be pushed by anyone and
would quietly swap objects, so replacement is off; the user's and the machine's git settings are not read.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from automation.core.errors import ScanFailed, Where
from automation.core.text import Bilingual

FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
GIT_SECONDS = 120
LISTING_BYTES = 64 * 1024 * 1024  # a few small trees can spell a listing of terabytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a tree. ``mode`` as git writes it; ``size`` in bytes (0 for a submodule)."""

    mode: str
    blob: str
    size: int
    path: str

    @property
    def is_symlink(self) -> bool:
        """Whether the blob is a link's target."""
        return self.mode == "120000"

    @property
    def is_submodule(self) -> bool:
        """Whether this is a commit of another repository."""
        return self.mode == "160000"


@dataclass(frozen=True, slots=True)
class Tree:
    """All files of ``commit``; ``tree`` is its tree's object id."""

    commit: str
    tree: str
    entries: tuple[Entry, ...]


def resolve_commit(repository: Path, revision: str) -> str:
    """The full id of ``revision`` (a branch, a tag, an abbreviated id).

    Raises:
        ScanFailed: there is no such commit.
    """
    answer = _git(
        repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    return answer.decode().strip()


def list_tree(repository: Path, commit: str) -> Tree:
    """The tree of ``commit``, which must be a full object id.

    Raises:
        ScanFailed: no full id, no such commit, no repository.
    """
    if not FULL_ID.fullmatch(commit):
        raise _failed(
            Bilingual("Commit harus ditulis lengkap (40 heksadesimal).", "The commit must be a full id."),
            repository,
        )
    tree = resolve_commit_tree(repository, commit)
    raw = _listing(repository, commit)
    return Tree(commit, tree, tuple(_entry(line) for line in raw.split(b"\0") if line))


def _listing(repository: Path, commit: str) -> bytes:
    with subprocess.Popen(  # noqa: S603 - git with an argument list; the commit is a full object id
        [*_git_words(repository), "ls-tree", "-r", "-z", "-l", "--full-tree", commit],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_git_environment(),
    ) as process:
        raw = process.stdout.read(LISTING_BYTES + 1) if process.stdout else b""
        if len(raw) > LISTING_BYTES:
            process.kill()
            raise _failed(
                Bilingual("Commit berisi terlalu banyak berkas.", "The commit holds too many files."),
                repository,
            )
    if process.returncode != 0:
        raise _failed(Bilingual("Objek git hilang atau rusak.", "A git object is missing."), repository)
    return raw


def resolve_commit_tree(repository: Path, commit: str) -> str:
    """The tree id of ``commit``."""
    query = f"{commit}^{{tree}}"
    return _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", query).decode().strip()


def read_blobs(repository: Path, entries: Sequence[Entry]) -> Iterator[tuple[Entry, bytes]]:
    """The content of each entry, in order, through one ``git cat-file --batch``.

    Raises:
        ScanFailed: an object is missing or the answer breaks off.
    """
    if not entries:
        return
    with tempfile.TemporaryFile() as asked:
        asked.write(b"".join(entry.blob.encode() + b"\n" for entry in entries))
        asked.seek(0)
        with subprocess.Popen(  # noqa: S603 - git with fixed words; ids go through standard input
            [*_git_words(repository), "cat-file", "--batch"],
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_git_environment(),
        ) as process:
            try:
                for entry in entries:
                    yield entry, _one_blob(process, repository)
            finally:
                process.kill()


def _one_blob(process: subprocess.Popen[bytes], repository: Path) -> bytes:
    stream = process.stdout
    header = stream.readline().split() if stream else []
    if stream is None or len(header) != 3 or header[1] != b"blob":
        raise _failed(
            Bilingual("Objek git hilang atau rusak.", "A git object is missing or broken."), repository
        )
    size = int(header[2])
    content = stream.read(size)
    if len(content) != size or stream.read(1) != b"\n":
        raise _failed(Bilingual("Jawaban git terputus.", "git's answer broke off."), repository)
    return content


def _entry(line: bytes) -> Entry:
    head, _, path = line.partition(b"\t")
    mode, _kind, blob, size = head.split()
    number = 0 if size == b"-" else int(size)
    return Entry(mode.decode(), blob.decode(), number, path.decode("utf-8", "backslashreplace"))


def _git(repository: Path, *words: str) -> bytes:
    try:
        answer = subprocess.run(  # noqa: S603 - git with an argument list; revisions follow --end-of-options
            [*_git_words(repository), *words],
            capture_output=True,
            check=False,
            env=_git_environment(),
            timeout=GIT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise _failed(Bilingual("git tidak menjawab.", "git did not answer."), repository) from None
    if answer.returncode != 0:
        raise _failed(
            Bilingual(
                "Commit tidak ada, atau ini bukan repositori git.", "No such commit, or no git repository."
            ),
            repository,
        )
    return answer.stdout


def _git_words(repository: Path) -> list[str]:
    git = shutil.which("git")
    if git is None:
        raise _failed(
            Bilingual("Program git tidak terpasang.", "The git program is not installed."), repository
        )
    return [git, "-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-C", str(repository)]


def _git_environment() -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
    }


def _failed(message: Bilingual, repository: Path) -> ScanFailed:
    remedy = Bilingual(
        "Periksa folder repositori dan nama commit, lalu pindai lagi.",
        "Check the repository folder and the commit, then scan again.",
    )
    return ScanFailed(message, remedy=remedy, where=Where(file=repository.name))
