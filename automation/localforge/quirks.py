"""Switches for what real forges do now and then, or only in some editions; all off to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Quirks:
    """Set on a running forge's engine, by tests and demonstrations.

    Attributes:
        edition: ``premium`` has approval rules.
        mergeability_seconds: for so long after a push a merge request's mergeability is not known yet.
        requests_per_minute: an account's requests before 429; 0 for no limit.
        busy_statuses: so many of the next posted statuses meet another one under way (409).
    """

    edition: Literal["free", "premium"] = "free"
    mergeability_seconds: float = 0.0
    requests_per_minute: int = 0
    busy_statuses: int = 0
