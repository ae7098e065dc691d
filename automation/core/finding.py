"""Findings: the answer of one check, with what was seen, what was expected and what to do.

"Could not find out" is never "no", and never "yes": see :class:`Outcome`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from automation.core.errors import Where
from automation.core.text import Bilingual


class Outcome(StrEnum):
    """What a check can answer."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    PENDING = "pending"  # the evidence is not there yet
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"  # failed, and someone in authority lifted it for a time
    ERROR = "error"  # could not be judged: closed, like FAIL


HOLDS = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.WAIVED})


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of ``check`` about one thing.

    Attributes:
        check: the check's id, a sentence that is true or false (``uat_is_attached``).
        outcome: see :class:`Outcome`.
        seen: what was seen, in two languages; request text in it is still raw (the output port escapes).
        remedy: what to do and who can do it; empty when there is nothing to do.
        where: file, line and column, where known.
        key: a stable word telling several findings of one check apart (a rule id, a section name).
    """

    check: str
    outcome: Outcome
    seen: Bilingual
    remedy: Bilingual = Bilingual("", "")
    where: Where = Where()
    key: str = ""

    @property
    def holds(self) -> bool:
        """Whether this finding lets a gate open."""
        return self.outcome in HOLDS


def worst(findings: tuple[Finding, ...]) -> Outcome:
    """The outcome a set of findings amounts to; an empty set is an ERROR, never a PASS."""
    if not findings:
        return Outcome.ERROR
    order = [
        Outcome.ERROR,
        Outcome.FAIL,
        Outcome.PENDING,
        Outcome.WAIVED,
        Outcome.PASS,
        Outcome.NOT_APPLICABLE,
    ]
    return min((finding.outcome for finding in findings), key=order.index)
