"""Key files: a folder with the root key, the signing key and the key ring; and what a checker has seen.

``akar.pem``   the root's private key: to be taken off the machine as soon as it was made
``tanda.pem``  the signing key whose turn it is
``kunci.json`` the key ring: public, to be handed to everybody who checks
``puncak.json`` how far the signer has signed (made by him)

Private keys have mode 0600 and are never written over; a private key that others may read is refused.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import asdict
from pathlib import Path

from automation.core.attest import key_statement
from automation.core.errors import LaikError, Where
from automation.core.keyring import KeyRing, make_ring, read_ring
from automation.core.text import Bilingual
from automation.core.verified import Mark, memory_of
from automation.signing.ed25519 import PrivateKey, check

ROOT, SIGNING, RING, MEMORY = "akar.pem", "tanda.pem", "kunci.json", "puncak.json"
MAX_FILE = 4 * 1024 * 1024  # bytes
SECRET, PUBLIC, PRIVATE_FOLDER = 0o600, 0o644, 0o700
STRANGERS = 0o077


class KeyFileUnusable(LaikError):
    """A key file that is missing, unreadable, open to others, or not what it should be."""


def make_keys(folder: Path) -> KeyRing:
    """A root key, the first signing key and their ring in a folder that holds none yet.

    Raises:
        KeyFileUnusable: one of the files is there already, or the folder cannot be written.
    """
    there = [name for name in (ROOT, SIGNING, RING) if (folder / name).exists()]
    if there:
        raise _unusable(folder / there[0], "sudah ada; tidak ditimpa", "is there already; it is not replaced")
    root, first = PrivateKey.make(), PrivateKey.make()
    payload = key_statement(first.public, ledger=root.id, number=1, first=1, before="")
    where = Where(file=str(folder / RING))
    ring = make_ring(root.public, (root.envelope(payload),), check, where=where)
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        _write_new(folder / ROOT, root.pem(), SECRET)
        _write_new(folder / SIGNING, first.pem(), SECRET)
        _write_new(folder / RING, ring.text().encode(), PUBLIC)
    except OSError as problem:
        raise _unusable(folder, f"tidak dapat ditulis ({problem.strerror})", "cannot be written") from None
    return ring


def rotate(folder: Path, *, first: int, root: Path | None = None) -> KeyRing:
    """A new signing key from serial ``first`` on, named by the key before, or by the root.

    The old key file is kept beside it, as ``tanda-<number>.pem``, until it is destroyed by hand.

    Raises:
        KeyFileUnusable: a file cannot be read or written.
        BadSignature: the key that names the new one may not.
    """
    ring = load_ring(folder / RING)
    namer = load_private(root or folder / SIGNING)
    fresh = PrivateKey.make()
    payload = key_statement(
        fresh.public,
        ledger=ring.ledger,
        number=len(ring.keys) + 1,
        first=first,
        before=ring.statements[-1].digest,
    )
    where = Where(file=str(folder / RING))
    grown = make_ring(ring.root, (*ring.statements, namer.envelope(payload)), check, where=where)
    try:
        _change_keys(folder, fresh, grown, old=f"tanda-{len(ring.keys)}.pem")
    except OSError as problem:
        raise _unusable(folder, f"tidak dapat ditulis ({problem.strerror})", "cannot be written") from None
    return grown


def _change_keys(folder: Path, fresh: PrivateKey, ring: KeyRing, *, old: str) -> None:
    """The new key first, then the ring: cut off in between, the next rotation begins from the old ring."""
    new = folder / f"{SIGNING}.baru"
    new.unlink(missing_ok=True)
    _write_new(new, fresh.pem(), SECRET)
    replacing = folder / f"{RING}.baru"
    replacing.unlink(missing_ok=True)
    _write_new(replacing, ring.text().encode(), PUBLIC)
    if (folder / SIGNING).exists():
        (folder / SIGNING).replace(folder / old)
    new.replace(folder / SIGNING)
    replacing.replace(folder / RING)


def load_private(path: Path) -> PrivateKey:
    """The private key in a file.

    Raises:
        KeyFileUnusable: with the file's name and never with its content.
    """
    try:
        mode = path.stat().st_mode
        pem = path.read_bytes() if path.stat().st_size <= MAX_FILE else b""
    except OSError as problem:
        raise _unusable(
            path, f"tidak terbaca ({problem.strerror})", f"cannot be read ({problem.strerror})"
        ) from None
    if stat.S_IMODE(mode) & STRANGERS:
        raise _unusable(
            path,
            f"dapat dibaca akun lain ({stat.S_IMODE(mode):04o}); jalankan chmod 0600",
            f"may be read by other accounts ({stat.S_IMODE(mode):04o}); run chmod 0600",
        )
    try:
        return PrivateKey.from_pem(pem)
    except ValueError:
        raise _unusable(path, "bukan kunci privat Ed25519 (PEM)", "is no Ed25519 private key (PEM)") from None


def load_ring(path: Path) -> KeyRing:
    """The key ring in a file.

    Raises:
        KeyFileUnusable: it cannot be read.
        BadSignature: it does not hold together.
    """
    try:
        text = path.read_bytes()[: MAX_FILE + 1].decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise _unusable(path, "tidak terbaca", "cannot be read") from None
    return read_ring(text, check, path=str(path))


def load_mark(path: Path) -> Mark | None:
    """How far was seen; None while nothing was.

    Raises:
        KeyFileUnusable: the file is there and says nothing: taking it for none would forget what was seen.
    """
    try:
        return memory_of(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise _unusable(path, "tidak terbaca", "cannot be read") from None


def save_mark(path: Path, mark: Mark) -> None:
    """Remember; by rename, so that a cut leaves the old one."""
    new = path.with_name(f"{path.name}.baru")
    new.write_text(json.dumps(asdict(mark)) + "\n", "utf-8")
    new.replace(path)


def _write_new(path: Path, content: bytes, mode: int) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(file, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _unusable(path: Path, what: str, english: str) -> KeyFileUnusable:
    return KeyFileUnusable(
        Bilingual(f"Berkas kunci {what}.", f"The key file {english}."),
        remedy=Bilingual(
            "Periksa alamat dan haknya; kunci dibuat dengan `laik ledger key new`.",
            "Check its path and rights; keys are made with `laik ledger key new`.",
        ),
        where=Where(file=str(path)),
    )
