"""The term of a served name: until when it was given, when its case is told, and what follows at its end.

A name that nobody answers for any more is how subdomains are taken over years later, so a name is given for a
time. But a government's site must not go dark by a date alone: what the policy says by default is that an
expired name is *marked*: on the card, in the lists and once to its people, while it stays served.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from automation.core.memory import Memory
from automation.core.policy import HostingPolicy, digest_of

Stage = Literal["notice", "expired"]


def day_of(text: str) -> date | None:
    """A day written ``2027-03-01``; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def term_of(asked: str, today: date, days: int | None) -> str:
    """The last day of a name admitted today (ISO): what the file asks for, never beyond the policy's term."""
    ends = [day for day in (day_of(asked),) if day is not None]
    if days is not None:
        ends.append(today + timedelta(days=days))
    return min(ends).isoformat() if ends else ""


def stage_of(until: str, today: date, notice_days: int) -> Stage | None:
    """Whether a term is about to end or has ended; None while neither, or where it has no end."""
    end = day_of(until)
    if end is None:
        return None
    if today > end:
        return "expired"
    return "notice" if today >= end - timedelta(days=notice_days) else None


def due_names(memory: Memory, today: date, notice_days: int) -> Iterator[tuple[str, str, Stage]]:
    """(path, last day, stage) of each name of a case whose term is about to end or has ended."""
    for path, held in memory.names.items():
        stage = stage_of(held.until, today, notice_days)
        if stage is not None:
            yield path, held.until, stage


def notice_key(path: str, until: str, stage: Stage) -> str:
    """Under what a notice is remembered as given: once for each name, term and stage."""
    name = path.rpartition("/")[2].removesuffix(".yaml")
    return f"masa:{name}:{until}:{stage}"


def falls_on(memory: Memory, path: str, until: str, notice_days: int) -> date | None:
    """The first day on which an ended name may be taken down; None before its end was announced.

    Nothing goes dark by surprise: a whole notice period lies after whichever notice came first, and the term
    itself is given to its last day.
    """
    family, end = notice_key(path, until, "expired").rpartition(":")[0], day_of(until)
    first = [at for about, at in memory.noticed.items() if about.rpartition(":")[0] == family]
    if not first or end is None:
        return None
    return max(min(first).date() + timedelta(days=notice_days), end + timedelta(days=1))


def taken_down_now(memory: Memory, path: str, until: str, today: date, hosting: HostingPolicy) -> bool:
    """Whether the policy has the name at ``path`` taken down today, since its term ended."""
    falls = falls_on(memory, path, until, hosting.pemberitahuan_hari)
    return hosting.saat_kedaluwarsa == "cabut" and falls is not None and falls <= today


def revocation_of(memory: Memory, path: str, until: str) -> dict[str, object]:
    """The ``revoked`` entry at the end of a term.

    The same as the ICT head's, so that a name comes back by the same way and no other.
    """
    blob = memory.names[path].blob
    act = notice_key(path, until, "expired").removesuffix("expired") + "cabut"
    decision = digest_of([act, path, blob])
    return {"act": act, "account": 0, "body": "", "path": path, "blob": blob, "decision": decision}
