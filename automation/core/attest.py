"""Signed statements: one in-toto Statement v1 in a DSSE v1 envelope for each ledger entry.

Sources: in-toto Attestation Framework, Statement v1; DSSE v1 protocol (pre-authentication encoding) and its
JSON envelope. Payloads and envelopes are canonical JSON, so that each statement has one spelling: whoever
checks a signature makes the expected statement from the ledger himself and compares bytes. Nothing is ever
believed because a payload says so.

A statement about an entry names the ledger (its root key), the entry whole, its ``serial`` (signatures are
numbered from 1 over all cases) and the digest of the payload ``before``. So an envelope fits one entry of
one ledger at one place in one order: copied onto another case, number or ledger it does not verify, and
signatures left out or cut off and replaced show.

The URIs are names of ours in the reserved domain ``.invalid``; nothing is ever fetched from them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from automation.core.canonical import JSON, canonical
from automation.core.chain import Link
from automation.core.errors import LaikError, Where
from automation.core.text import Bilingual

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
ENTRY_TYPE = "https://laik.invalid/pernyataan/entri/v1"
KEY_TYPE = "https://laik.invalid/pernyataan/kunci/v1"
DOSSIER_TYPE = "https://laik.invalid/pernyataan/berkas/v1"
MAX_ENVELOPE = 256 * 1024  # characters; an entry's body is 64 KiB at most


class BadSignature(LaikError):
    """A statement, envelope or key that does not say what it must, or is not signed by whom it must be."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A DSSE envelope with one signature. ``key`` names who is said to have signed; a hint, never proof."""

    payload: bytes
    key: str
    signature: bytes

    @property
    def signed_bytes(self) -> bytes:
        """What the signature covers."""
        return pre_authentication(PAYLOAD_TYPE, self.payload)

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the payload."""
        return hashlib.sha256(self.payload).hexdigest()

    def text(self) -> str:
        """The envelope in its one spelling."""
        return canonical(
            {
                "payload": _encoded(self.payload),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"keyid": self.key, "sig": _encoded(self.signature)}],
            }
        )


def pre_authentication(kind: str, payload: bytes) -> bytes:
    """DSSE's PAE: ``DSSEv1 <len> <type> <len> <payload>``, lengths in bytes as decimals."""
    name = kind.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(payload), payload)


def read_envelope(text: str, *, where: Where) -> Envelope:
    """An envelope in its one spelling.

    Raises:
        BadSignature: anything else, also the same content written otherwise: two spellings of one envelope
            would be two files with one meaning, and a changed byte could go unseen.
    """
    try:
        envelope = _envelope_of(json.loads(text) if len(text) <= MAX_ENVELOPE else None)
    except (ValueError, RecursionError, binascii.Error):
        envelope = None
    if envelope is None or envelope.text() != text:
        raise _no_envelope(where)
    return envelope


def _envelope_of(value: object) -> Envelope | None:
    match value:
        case {
            "payload": str(payload),
            "payloadType": str(kind),
            "signatures": [{"keyid": str(key), "sig": str(signature)}],
        } if kind == PAYLOAD_TYPE:
            return Envelope(_decoded(payload), key, _decoded(signature))
    return None


def statement(kind: str, subjects: list[JSON], predicate: Mapping[str, JSON]) -> bytes:
    """An in-toto statement as the bytes that are signed."""
    return canonical(
        {"_type": STATEMENT_TYPE, "subject": subjects, "predicateType": kind, "predicate": predicate}
    ).encode("ascii")


def entry_statement(link: Link, *, ledger: str, serial: int, before: str) -> bytes:
    """The statement about one ledger entry.

    Args:
        link: the entry as it is kept.
        ledger: id of the ledger's root key.
        serial: the signature's number over all cases, from 1.
        before: hex SHA-256 of the payload with the number before; empty for the first.

    Raises:
        ValueError: the entry's body is no canonical JSON.
    """
    predicate: dict[str, JSON] = {
        "ledger": ledger,
        "serial": serial,
        "before": before,
        "case": link.case,
        "seq": link.seq,
        "kind": link.kind,
        "body": link.body,
        "at": link.at,
        "previous": link.previous,
    }
    return statement(ENTRY_TYPE, [subject(f"{link.case}/{link.seq}", "sha256", link.digest)], predicate)


def key_statement(public: bytes, *, ledger: str, number: int, first: int, before: str) -> bytes:
    """The statement that names a signing key: it signs from serial ``first`` on.

    ``number`` counts the ledger's signing keys from 1; ``before`` is the digest of the statement before.
    """
    predicate: dict[str, JSON] = {
        "ledger": ledger,
        "number": number,
        "first": first,
        "public": _encoded(public),
        "before": before,
    }
    return statement(KEY_TYPE, [subject("kunci", "sha256", key_id(public))], predicate)


def subject(name: str, algorithm: str, digest: str) -> dict[str, JSON]:
    """One subject of a statement."""
    return {"name": name, "digest": {algorithm: digest}}


def key_id(public: bytes) -> str:
    """A key's name: hex SHA-256 of its 32 raw public bytes."""
    return hashlib.sha256(public).hexdigest()


def predicate_of(envelope: Envelope, kind: str) -> Mapping[str, object]:
    """What an envelope says, not yet believed; nothing where it is no statement of that kind."""
    try:
        value = json.loads(envelope.payload)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict) or value.get("predicateType") != kind:
        return {}
    predicate = value.get("predicate")
    return predicate if isinstance(predicate, dict) else {}


def bad(message: Bilingual, where: Where) -> BadSignature:
    """A refusal with what to do about it."""
    return BadSignature(
        message,
        remedy=Bilingual(
            "Jangan percayai catatan ini. Bandingkan dengan cadangan, dan cari siapa yang dapat mengubahnya.",
            "Do not trust this record. Compare it with a backup, and find who could change it.",
        ),
        where=where,
    )


def _no_envelope(where: Where) -> BadSignature:
    return bad(
        Bilingual(
            "Amplop tanda tangan tidak berbentuk sebagaimana mestinya.",
            "The signature's envelope is not in its proper form.",
        ),
        where,
    )


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
