"""The chain of a case's ledger entries, as text: what each digest covers, and where a chain breaks.

Every digest covers its entry's content and the digest before it. So a changed, swapped or missing entry in
the middle shows by itself; entries cut off at the end show only by the signatures (:mod:`.attest`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from automation.core.canonical import canonical

START = ""  # ``previous`` of a case's first entry


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as it is kept: ``body`` and ``at`` are the very texts that the digest covers.

    ``seq`` counts from 1 within the case; ``digest`` and ``previous`` are hex SHA-256.
    """

    case: str
    seq: int
    kind: str
    body: str
    at: str
    previous: str
    digest: str

    @property
    def content(self) -> Mapping[str, Any]:
        """The body as plain values; nothing where it is no JSON object."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def moment(self) -> datetime:
        """``at`` as an aware time."""
        return datetime.fromisoformat(self.at)


def link_digest(case: str, seq: int, kind: str, body: str, at: str, previous: str) -> str:
    """Over one JSON list, so that no field can run into its neighbour."""
    return hashlib.sha256(canonical([case, seq, kind, body, at, previous]).encode("ascii")).hexdigest()


def first_break(links: Iterable[Link], case: str) -> int | None:
    """The number of the first entry that breaks the chain of ``case``, or None when it is whole."""
    previous, expected = START, 1
    for link in links:
        wanted = link_digest(case, expected, link.kind, link.body, link.at, previous)
        if (link.case, link.seq, link.previous, link.digest) != (case, expected, previous, wanted):
            return expected
        previous, expected = link.digest, expected + 1
    return None
