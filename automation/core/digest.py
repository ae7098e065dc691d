"""The digest of plain values, in one canonical form."""

from __future__ import annotations

import hashlib
import json


def digest_of(values: object) -> str:
    """Hex SHA-256 of plain values in one canonical JSON form."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    # A path that is no UTF-8 reads as lone surrogates: it must give a digest, not end the case's run.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
