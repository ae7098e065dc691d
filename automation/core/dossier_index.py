"""The index and the seal of a dossier read back: strictly, since whoever made them may be anybody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from automation.core.attest import Envelope, read_envelope
from automation.core.canonical import canonical
from automation.core.dossier import FORMAT, SEAL_FORMAT
from automation.core.errors import LaikError, Where


def index_facts(content: bytes) -> Mapping[str, Any] | None:
    """The index as values; every part that is read later is there and of its kind."""
    try:
        facts = json.loads(content)
        whole = (canonical(facts) + "\n").encode() == content
    except (ValueError, RecursionError):
        return None
    return facts if whole and _well_formed(facts) else None


_ROWS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "members": {"name": str, "sha256": str, "size": int},
    "files": {"member": str, "home": str, "path": str, "sha256": str, "blob": str, "size": int},
    "documents": {
        "id": str, "name": str, "kind": str, "home": str, "path": str, "digest": str, "bound": list,
    },
    "steps": {"key": str, "closed": str},
    "acts": {
        "seq": int, "act": str, "step": str, "ruling": str, "account": int, "comment": str,
        "comment_now": str,
    },
}  # fmt: skip


def _well_formed(facts: object) -> bool:
    if not isinstance(facts, dict) or facts.get("format") != FORMAT or not isinstance(facts.get("case"), str):
        return False
    if not all(isinstance(facts.get(name), int) for name in ("entries", "signatures")):
        return False
    return all(_rows_hold(facts.get(name), kinds) for name, kinds in _ROWS.items())


def _rows_hold(rows: object, kinds: Mapping[str, type | tuple[type, ...]]) -> bool:
    return isinstance(rows, list) and all(
        isinstance(row, dict) and all(isinstance(row.get(name), kind) for name, kind in kinds.items())
        for row in rows
    )


def sealed_digest(content: bytes) -> str | None:
    """The index's digest that a seal speaks of."""
    text = content.decode("utf-8", "replace")
    envelope = envelope_in(text)
    try:
        value = json.loads(envelope.payload if envelope else text)
        if envelope:
            return str(value["subject"][0]["digest"]["sha256"])
        whole = value == {"format": SEAL_FORMAT, "sha256": value["sha256"]} and canonical(value) == text
    except (ValueError, RecursionError, TypeError, KeyError, IndexError):
        return None
    return str(value["sha256"]) if whole else None


def envelope_in(text: str) -> Envelope | None:
    """The envelope that a text is; None where it is none."""
    try:
        return read_envelope(text, where=Where())
    except LaikError:
        return None
