"""The key ring: which public key may sign which part of a ledger, and who says so.

Theory of operation. A ledger has one *root* key, kept offline; its id names the ledger. Signing keys are
numbered. The first is named by a statement that the root signed; each later one by the key before it
(an orderly rotation) or by the root (recovery). A statement says from which serial its key signs; that ends
the turn of all keys before. So a key is valid for serials ``first .. next.first - 1``, by position and not by
clock: whoever sets a clock wrong, or sets it back, changes nothing.

A stolen signing key can name a successor of the thief's. That helps him nowhere: a ring is a file that each
checker was given by hand, and no ring is ever taken from a ledger or a dossier. After a theft the root names
a new key from the first serial that is in doubt; what the stolen key signed from there on counts as unsigned.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from automation.core.attest import (
    KEY_TYPE,
    BadSignature,
    Envelope,
    key_id,
    key_statement,
    predicate_of,
    read_envelope,
)
from automation.core.canonical import JSON, canonical
from automation.core.errors import Where
from automation.core.text import Bilingual

FORMAT = "laik/kunci/1"
PUBLIC_BYTES = 32
MAX_KEYS = 1000
MAX_RING = 2 * 1024 * 1024  # bytes

Check = Callable[[bytes, bytes, bytes], bool]
"""(public key, signature, message) -> whether the signature is that key's, by Ed25519."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One public key and its turn: serials ``first`` to ``last``; ``last`` None while it goes on.

    ``by_root``: whether the root named it, not the key before.
    """

    id: str
    public: bytes
    number: int
    first: int
    last: int | None
    by_root: bool

    def covers(self, serial: int) -> bool:
        """Whether a signature with that number is within its turn."""
        return self.first <= serial and (self.last is None or serial <= self.last)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """A ring that holds together: every statement in it is signed by whom it must be."""

    root: bytes
    statements: tuple[Envelope, ...]
    keys: tuple[SigningKey, ...]

    @property
    def ledger(self) -> str:
        """The ledger's name: id of the root key."""
        return key_id(self.root)

    @property
    def current(self) -> SigningKey:
        """The key whose turn it is."""
        return self.keys[-1]

    def find(self, key: str) -> SigningKey | None:
        """The key of that id; the last of its turns, should it have several."""
        return next((one for one in reversed(self.keys) if one.id == key), None)

    def text(self) -> str:
        """The ring as its file."""
        value: JSON = {
            "format": FORMAT,
            "root": base64.b64encode(self.root).decode("ascii"),
            "keys": [json.loads(one.text()) for one in self.statements],
        }
        return canonical(value) + "\n"


def read_ring(text: str, check: Check, *, path: str) -> KeyRing:
    """A key ring from its file.

    Raises:
        BadSignature: it does not hold together; the message names the key.
    """
    where = Where(file=path)
    value = _parsed(text)
    root, listed = _public(value.get("root")), value.get("keys")
    if value.get("format") != FORMAT or root is None or not isinstance(listed, list) or not listed:
        raise _no_ring(where)
    if len(listed) > MAX_KEYS:
        raise _no_ring(where)
    envelopes = tuple(read_envelope(canonical(one), where=where) for one in listed)
    return make_ring(root, envelopes, check, where=where)


def make_ring(root: bytes, statements: tuple[Envelope, ...], check: Check, *, where: Where) -> KeyRing:
    """The ring of a root and its statements.

    Raises:
        BadSignature: a statement is not what its place in the ring asks for.
    """
    keys: list[SigningKey] = []
    before = ""
    for number, envelope in enumerate(statements, start=1):
        keys.append(_next_key(root, envelope, number, before, keys, check, where))
        before = envelope.digest
    return KeyRing(root, statements, _with_turns(keys))


def _next_key(
    root: bytes,
    envelope: Envelope,
    number: int,
    before: str,
    keys: list[SigningKey],
    check: Check,
    where: Where,
) -> SigningKey:
    said = predicate_of(envelope, KEY_TYPE)
    public, first = _public(said.get("public")), said.get("first")
    if public is None or isinstance(first, bool) or not isinstance(first, int) or first < 1:
        raise _wrong_key(number, where)
    wanted = key_statement(public, ledger=key_id(root), number=number, first=first, before=before)
    by_root = envelope.key == key_id(root)
    signer = root if by_root else keys[-1].public if keys and keys[-1].id == envelope.key else None
    # A key that hands over can only shorten its own turn from now on; taking back is the root's alone.
    orderly = by_root or (bool(keys) and first > keys[-1].first)
    if envelope.payload != wanted or signer is None or not orderly:
        raise _wrong_key(number, where)
    if not check(signer, envelope.signature, envelope.signed_bytes):
        raise _wrong_key(number, where)
    return SigningKey(key_id(public), public, number, first, None, by_root)


def _with_turns(keys: list[SigningKey]) -> tuple[SigningKey, ...]:
    turned: list[SigningKey] = []
    end: int | None = None
    for key in reversed(keys):
        turned.append(SigningKey(key.id, key.public, key.number, key.first, end, key.by_root))
        end = key.first - 1 if end is None else min(end, key.first - 1)
    return tuple(reversed(turned))


def _parsed(text: str) -> Mapping[str, object]:
    try:
        value = json.loads(text) if len(text) <= MAX_RING else None
        # Compared in the one spelling: doubled keys, floats or stray bytes make it another file.
        whole = isinstance(value, dict) and canonical(value) + "\n" == text
    except (ValueError, RecursionError):
        return {}
    return value if whole and isinstance(value, dict) else {}


def _public(value: object) -> bytes | None:
    try:
        public = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        return None
    return public if len(public) == PUBLIC_BYTES else None


def _no_ring(where: Where) -> BadSignature:
    return BadSignature(
        Bilingual("Ini bukan gelang kunci laik yang utuh.", "This is no whole key ring of laik's."),
        remedy=Bilingual(
            "Minta berkas kunci.json sekali lagi dari pemegang kunci akar; jangan menyuntingnya.",
            "Ask the holder of the root key for the file kunci.json once more; do not edit it.",
        ),
        where=where,
    )


def _wrong_key(number: int, where: Where) -> BadSignature:
    return BadSignature(
        Bilingual(
            f"Kunci nomor {number} pada gelang kunci tidak ditunjuk oleh kunci sebelumnya maupun kunci akar.",
            f"Key number {number} of the key ring is named neither by the key before nor by the root.",
        ),
        remedy=Bilingual(
            "Minta berkas kunci.json sekali lagi dari pemegang kunci akar.",
            "Ask the holder of the root key for the file kunci.json once more.",
        ),
        where=where,
    )
