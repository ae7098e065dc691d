"""What runners hand back before fingerprints are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SEVERITIES = ("kritis", "tinggi", "sedang", "rendah", "info")
GRAVE = frozenset({"kritis", "tinggi"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as people see it: severity, what is wrong, what to do."""

    id: str
    severity: str
    message_id: str
    message_en: str
    remedy_id: str


@dataclass(frozen=True, slots=True)
class RawFlaw:
    """One flaw. ``snippet`` is what stands there (secrets already covered); only its digest is kept."""

    rule: str
    severity: str
    path: str
    line: int
    snippet: str
    message_id: str
    message_en: str
    source: str = "laik"


@dataclass(frozen=True, slots=True)
class RunnerReport:
    """What one runner says of the copies it was given: flaws, and copies it did not really read."""

    flaws: tuple[RawFlaw, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Copy:
    """One scanned copy: its safe generated ``name``, the ``path`` in the tree it stands for.

    ``strict``: a parse error makes the file unscanned (not for scripts cut out of templates, where the
    template's own words stand between).
    """

    name: str
    path: str
    language: str
    text: str
    strict: bool = True
