"""Waivers (pengecualian): someone in authority lifts a failing check at one step, for a time, with a reason.

A waiver covers the findings that stood when it was given and no others: what fails anew is not waived. It
ends with its last day, and with it everything that was complete only because of it. The organisation's floor
and what guards laik itself cannot be lifted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from automation.core.finding import Finding, Outcome
from automation.core.memory import Memory, RuledAct, Waiver
from automation.core.text import Bilingual

NEVER = frozenset(
    {"mockup_is_presented", "security_scan_passed", "uat_is_attached", "uat_passed_for_code"}
    | {"hosting_request_is_valid", "request_form_is_complete", "subject_is_readable"}
)
"""Checks that nobody may lift: the floor for hosting, and what says whether anything could be judged."""

MAX_DAYS = 366
LIFTS = frozenset({Outcome.FAIL, Outcome.PENDING})

_TEXT = re.compile(r"([a-z0-9_]{3,80})\s+(?:sampai|until)\s+(\d{4}-\d{2}-\d{2})\s+(\S.*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a waiving line asks for: ``<check> sampai <YYYY-MM-DD> <reason>``."""

    check: str
    until: date
    reason: str


def read(text: str) -> Asked | None:
    """The words after the code; None when they do not say check, day and reason."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    try:
        return Asked(found[1], date.fromisoformat(found[2]), found[3])
    except ValueError:  # 2026-02-30
        return None


def finding_hash(finding: Finding) -> str:
    """A finding as the ledger keeps it: keys come from documents, and the ledger holds no text of theirs."""
    return hashlib.sha256(f"{finding.check}\n{finding.key}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def covers(asked: Asked, findings: Iterable[Finding]) -> frozenset[str]:
    """The findings a waiver would lift; empty when there is nothing of that check to lift."""
    return frozenset(
        finding_hash(one) for one in findings if one.check == asked.check and one.outcome in LIFTS
    )


def lifted(
    step: str, findings: tuple[Finding, ...], memory: Memory, today: date | None
) -> tuple[Finding, ...]:
    """The findings with those in force lifted; without a day no waiver is known to be in force."""
    standing = [
        act.waiver
        for act in memory.acts
        if act.step == step and act.ruling == "waived" and act.waiver is not None
    ]
    if today is None or not standing:
        return findings
    return tuple(_lift(one, standing, today) for one in findings)


def _lift(finding: Finding, standing: Iterable[Waiver], today: date) -> Finding:
    if finding.outcome not in LIFTS or finding.check in NEVER:
        return finding
    for waiver in standing:
        if waiver.check == finding.check and today <= waiver.until and finding_hash(finding) in waiver.covers:
            until = waiver.until.isoformat()
            return replace(
                finding,
                outcome=Outcome.WAIVED,
                remedy=Bilingual(f"Dikecualikan sampai {until}.", f"Waived until {until}."),
            )
    return finding


def in_force(step: str, memory: Memory, today: date) -> tuple[RuledAct, ...]:
    """The waivers of a step that are in force."""
    return tuple(
        act
        for act in memory.acts
        if act.step == step and act.ruling == "waived" and act.waiver and today <= act.waiver.until
    )
