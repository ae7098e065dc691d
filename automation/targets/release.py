"""Releases on disk: whole trees side by side, and one symlink that says which is served.

    <folder>/current -> releases/<digest>
    <folder>/releases/<digest>/manifest.json, zones/<parent>.zone, nginx/nginx.conf, nginx/vhosts/...

A release is written whole under another name, renamed, and only then becomes ``current`` by one rename of
a symlink: a reader sees the old tree or the new one, and a crash at any moment leaves the old one. A broken
zone in place would be worse than an old one: BIND keeps the old zone at a reload, and answers SERVFAIL
after the next cold start.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from automation.core.errors import LaikError, Where
from automation.core.text import Bilingual

CURRENT = "current"
MANIFEST = "manifest.json"
KEPT_RELEASES = 5
_CANDIDATE = ".calon-"
_FOLDER, _FILE = 0o755, 0o644


class ApplyBusy(LaikError):
    """Another apply has worked on the same folder for too long; nothing was changed."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Served(_Strict):
    """One name of a release: where it comes from, and what proves that it is served."""

    fqdn: str
    induk: str
    path: str
    kasus: str
    sha: str
    alamat: str
    bukti: str


class Manifest(_Strict):
    """What a release holds.

    ``contents`` is the digest of each zone without its serial; ``content`` that of everything without
    serials; ``digest`` that of all files as written. ``hari``, ``awal`` and ``dicabut`` count the day's
    removals (:mod:`automation.targets.limits`).
    """

    format: Literal["laik/rilis/1"] = "laik/rilis/1"
    digest: str
    content: str
    contents: Mapping[str, str]
    serials: Mapping[str, int]
    names: tuple[Served, ...]
    checkers: tuple[str, ...]
    hari: str
    awal: int
    dicabut: int


def digest_files(files: Mapping[str, str]) -> str:
    """Hex SHA-256 over paths and contents."""
    total = hashlib.sha256()
    for path in sorted(files):
        content = files[path].encode()
        total.update(f"{path}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of what is served now; None when there is none, or it cannot be read."""
    return _manifest_in(folder / CURRENT)


def newest_manifests(folder: Path) -> tuple[Manifest, ...]:
    """The readable manifests of all kept releases."""
    releases = sorted((folder / "releases").glob("*")) if folder.is_dir() else []
    found = (_manifest_in(release) for release in releases)
    return tuple(manifest for manifest in found if manifest is not None)


def is_intact(folder: Path, manifest: Manifest) -> bool:
    """Whether the files served now are, byte for byte, those the manifest speaks of."""
    root = folder / CURRENT
    try:
        files = {
            str(path.relative_to(root)): path.read_text(encoding="utf-8")
            for path in root.rglob("*")
            if path.is_file() and path.name != MANIFEST
        }
    except (OSError, UnicodeDecodeError):
        return False
    return digest_files(files) == manifest.digest


def write_tree(root: Path, files: Mapping[str, str]) -> None:
    """Write ``files`` below ``root``; their paths are laik's own and never from a request's text."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")


def publish(folder: Path, files: Mapping[str, str], manifest: Manifest) -> None:
    """Write a release and make it ``current`` in one rename; older releases beyond five are removed."""
    releases = folder / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    releases.chmod(_FOLDER)
    candidate = Path(tempfile.mkdtemp(prefix=_CANDIDATE, dir=folder))
    write_tree(candidate, files)
    text = manifest.model_dump_json(indent=1)
    (candidate / MANIFEST).write_text(text + "\n", encoding="utf-8")
    _let_in_servers(candidate)
    release = _free_place(releases, manifest.digest)
    candidate.rename(release)
    link = folder / f"{_CANDIDATE}{CURRENT}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release.name)
    link.replace(folder / CURRENT)
    _prune(folder, keep=release.name)


def _let_in_servers(root: Path) -> None:
    """The name server and the web server run as other users, and laik's own umask keeps others out."""
    root.chmod(_FOLDER)
    for path in root.rglob("*"):
        path.chmod(_FOLDER if path.is_dir() else _FILE)


@contextmanager
def locked(folder: Path, *, wait_seconds: float = 60.0) -> Iterator[None]:
    """Hold the folder for one apply; leftovers of a crashed one are cleared first.

    Raises:
        ApplyBusy: another holds it longer than ``wait_seconds``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".kunci").open("w") as handle:
        _lock(handle.fileno(), folder, time.monotonic() + wait_seconds)
        for leftover in folder.glob(f"{_CANDIDATE}*"):
            if leftover.is_dir() and not leftover.is_symlink():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()
        yield


def _lock(handle: int, folder: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise ApplyBusy(
                    Bilingual("Penerapan lain masih berjalan.", "Another apply is still running."),
                    remedy=Bilingual("Tunggu, lalu ulangi.", "Wait, then repeat."),
                    where=Where(file=folder.name),
                ) from None
            time.sleep(0.05)
        else:
            return


def _manifest_in(release: Path) -> Manifest | None:
    try:
        return Manifest.model_validate(json.loads((release / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError):
        return None


def _free_place(releases: Path, digest: str) -> Path:
    """``releases/<digest>``, or ``<digest>.2`` and on where that was tampered with after it was written.

    It may be what ``current`` points to, so it is never removed before the switch.
    """
    place, count = releases / digest, 1
    while place.exists():
        count += 1
        place = releases / f"{digest}.{count}"
    return place


def _prune(folder: Path, *, keep: str) -> None:
    releases = sorted((folder / "releases").iterdir(), key=os.path.getmtime, reverse=True)
    for old in [release for release in releases if release.name != keep][KEPT_RELEASES - 1 :]:
        shutil.rmtree(old)
