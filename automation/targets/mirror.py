"""Reading the hosting project from a bare git mirror: admitted blobs by id, the branch tip by path.

Blobs are asked for by their id and never by a path at a branch, so what stands on the branch cannot change
what is read. Each content is held against its id again, and kept in ``folder/isi/<id>``: after a force push
and a garbage collection the admitted blob may be gone from the forge, and it must still be served.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from automation.core.errors import LaikError, Where
from automation.core.hosting import FOLDER
from automation.core.hosting_request import MAX_BYTES
from automation.core.text import Bilingual
from automation.targets.checkers import find_program

TIMEOUT_SECONDS = 120
LISTING_BYTES = 32 * 1024 * 1024  # a few small trees pushed around laik can spell a listing of terabytes
# An environment of our own: GIT_* of the caller could point git to another repository.
_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "PATH": "/usr/bin:/bin",
}
_ID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


class MirrorUnreadable(LaikError):
    """The mirror is not there, or git could not read it; nothing is known, so nothing is changed."""


def read_branch(mirror: Path, branch: str) -> Mapping[str, str] | None:
    """Blob id by path of everything under ``permohonan/`` at the tip; None when the branch is gone.

    Raises:
        MirrorUnreadable: no mirror at that place, or a branch name git would take for something else.
    """
    if _BRANCH.fullmatch(branch) is None:
        raise _unreadable(mirror, f"branch {branch!a}")
    ref = f"refs/heads/{branch}"
    _git(mirror, "rev-parse", "--git-dir")
    code, _ = _run(mirror, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if code != 0:
        return None
    listing = _listing(mirror, "ls-tree", "-r", "-z", "--full-tree", ref, "--", FOLDER)
    found = {}
    for line in listing.decode("utf-8", "backslashreplace").split("\0"):
        if line:
            meta, _, path = line.partition("\t")
            found[path] = meta.split()[2]
    return found


def read_blobs(mirror: Path, blobs: Iterable[str], *, kept: Path) -> Mapping[str, bytes]:
    """The contents of ``blobs`` by id; one that is nowhere, too large or not what its id says is left out.

    Args:
        mirror: the bare repository.
        blobs: full blob ids, from the ledger.
        kept: the folder where contents once read are kept by id.
    """
    wanted = sorted({blob for blob in blobs if _ID.fullmatch(blob)})
    found = {blob: text for blob in wanted if (text := _kept(kept / blob, blob)) is not None}
    missing = [blob for blob in wanted if blob not in found]
    fresh = _cat(mirror, missing) if missing else {}
    if fresh:
        kept.mkdir(parents=True, exist_ok=True)
    for blob, text in fresh.items():
        # Written beside and renamed: a half-written copy would only be read anew, but never be trusted.
        beside = kept / f".{blob}"
        beside.write_bytes(text)
        beside.replace(kept / blob)
    return found | fresh


def _kept(file: Path, blob: str) -> bytes | None:
    try:
        text = file.read_bytes()
    except OSError:
        return None
    return text if _is(blob, text) else None


def _is(blob: str, text: bytes) -> bool:
    """Whether ``text`` is the content with that id (git's SHA-1 or SHA-256 object format)."""
    algorithm = "sha1" if len(blob) == 40 else "sha256"
    head = f"blob {len(text)}\0".encode()
    return hashlib.new(algorithm, head + text, usedforsecurity=False).hexdigest() == blob


def _cat(mirror: Path, blobs: list[str]) -> dict[str, bytes]:
    """Several blobs by one ``git cat-file --batch``; sizes are asked first, so no giant is ever read."""
    asked = "".join(f"{blob}\n" for blob in blobs).encode()
    small = []
    for line in _git(mirror, "cat-file", "--batch-check", stdin=asked).decode().splitlines():
        words = line.split()
        if len(words) == 3 and words[1] == "blob" and int(words[2]) <= MAX_BYTES:
            small.append(words[0])
    if not small:
        return {}
    output = _git(mirror, "cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in small).encode())
    found = {}
    at = 0
    for blob in small:
        line_end = output.index(b"\n", at)
        size = int(output[at:line_end].split()[2])
        text = output[line_end + 1 : line_end + 1 + size]
        at = line_end + 1 + size + 1
        if _is(blob, text):
            found[blob] = text
    return found


def _git(mirror: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    code, output = _run(mirror, *arguments, stdin=stdin)
    if code != 0:
        raise _unreadable(mirror, f"git {arguments[0]}: {code}")
    return output


def _listing(mirror: Path, *arguments: str) -> bytes:
    """As :func:`_git`, ended when there is more than :data:`LISTING_BYTES`."""
    with subprocess.Popen(  # noqa: S603 - an argument list of our own, no shell
        [_program(mirror), f"--git-dir={mirror}", *arguments],
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        output = process.stdout.read(LISTING_BYTES + 1) if process.stdout else b""
        if len(output) > LISTING_BYTES:
            process.kill()
            raise _unreadable(mirror, f"git {arguments[0]}: > {LISTING_BYTES}")
    if process.returncode != 0:
        raise _unreadable(mirror, f"git {arguments[0]}: {process.returncode}")
    return output


def _run(mirror: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes]:
    try:
        done = subprocess.run(  # noqa: S603 - an argument list of our own, no shell
            [_program(mirror), f"--git-dir={mirror}", *arguments],
            env=_ENVIRONMENT,
            input=stdin,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise _unreadable(mirror, type(problem).__name__) from problem
    return done.returncode, done.stdout


def _unreadable(mirror: Path, detail: str) -> MirrorUnreadable:
    return MirrorUnreadable(
        Bilingual(
            f"Cermin git proyek hosting tidak dapat dibaca ({detail}).",
            f"The git mirror of the hosting project could not be read ({detail}).",
        ),
        remedy=Bilingual(
            "Periksa folder cermin dan cabangnya; yang tersaji tidak diubah.",
            "Look at the mirror's folder and branch; what is served was not changed.",
        ),
        where=Where(file=mirror.name),
    )


def _program(mirror: Path) -> str:
    git = find_program("git")
    if git is None:
        raise _unreadable(mirror, "git")
    return git
