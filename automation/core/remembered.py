"""The records a memory is made of; what fills them is read in :mod:`automation.core.memory`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Ruling = Literal["approved", "detoured", "refused", "resumed", "waived", "migrated", "noted", "void", "told"]
RULINGS: Mapping[str, Ruling] = {
    "approved": "approved",
    "detoured": "detoured",
    "refused": "refused",
    "resumed": "resumed",
    "waived": "waived",
    "migrated": "migrated",
    "noted": "noted",
    "told": "told",
}

LIFE, REVOKED = "kasus!", "cabut!"
"""Under these words acts about the whole case, and revocations of a name, stand among the ruled acts."""
ORPHANED = "cabut-yatim!"
"""And under this one the revocation of a name of another case, whose issue was deleted."""
INVENTORY = "inventaris!"
"""And under this one the wish that the application's record be proposed for the inventory once more."""
MIGRATION = "!migrasi"
"""The word under which codes of offered migrations are shown and acts on them ruled; no step has it."""

CAPACITIES: Mapping[str, str] = {"plt": "Plt.", "plh": "Plh.", "pj": "Pj.", "an": "a.n."}
"""What an acting official is called, by the word that the policy and the ledger have for it."""


def capacity_words(capacity: str) -> str:
    """As what an acting official acted, to stand behind who it was: `` (Plh.)``; empty in one's own right."""
    return f" ({CAPACITIES.get(capacity, capacity)})" if capacity else ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A card showed ``digest`` for ``step``; ``subjects`` are the digests of what the step judges."""

    step: str
    digest: str
    subjects: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Waiver:
    """A check lifted for the findings in ``covers`` (hashes of their keys), until the end of a day."""

    check: str
    until: date
    covers: frozenset[str]


@dataclass(frozen=True, slots=True)
class RuledAct:
    """One act and its ruling.

    ``approved`` completes, ``detoured`` completes the other way, ``refused`` sends back, ``resumed`` takes up
    again, ``waived`` lifts a finding for a time, ``migrated`` accepts another version of the SOP, ``noted``
    was recorded, ``void`` did not count, ``told`` was a question. ``at`` is when the ruling was written, None
    until it is.

    Attributes:
        roles: the deciding roles its giver held then; empty in entries older than agreements.
        unit: the unit its giver acted for.
        capacity: plt, plh, pj or an, where its giver was an acting official.
        waiver: what a ``waived`` act lifts.
        voided: why it counts no more although it was ruled: ``komentar`` or ``peran``.
    """

    act: str
    step: str
    ruling: Ruling
    digest: str
    subjects: Mapping[str, str]
    account: int
    body: str
    seq: int
    at: datetime | None = None
    roles: tuple[str, ...] = ()
    unit: str = ""
    capacity: str = ""
    waiver: Waiver | None = None
    voided: str = ""

    def extras(self) -> Mapping[str, object]:
        """What an entry holds of it beyond the fields every act has."""
        held: dict[str, object] = {"roles": list(self.roles), "unit": self.unit, "capacity": self.capacity}
        if self.waiver is not None:
            held |= {
                "check": self.waiver.check,
                "until": self.waiver.until.isoformat(),
                "covers": sorted(self.waiver.covers),
            }
        return {key: value for key, value in held.items() if value}


@dataclass(frozen=True, slots=True)
class Closed:
    """A step that was complete, and what it judged then; ``seq`` is its entry's number."""

    step: str
    digest: str
    subjects: Mapping[str, str]
    at: datetime
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Admission:
    """A hosting file that laik admitted; ``until`` is the day its term ends (ISO), empty for no end."""

    path: str
    blob: str
    sha: str
    decision: str
    merge_request: int
    merge_sha: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Forged:
    """A status in laik's name that another account posted.

    ``context`` is the status's own where it looks like one of laik's, else a hash: a name may be any text.
    """

    project: int
    sha: str
    context: str
    account: int


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it was at a step from ``since`` on, until the next one; see ``automation.core.clock``.

    ``turn`` are roles with commas between, or one of the words of that module; ``due`` and ``near`` are None
    where no time runs; ``held`` is the refusal that held the step, ``seen`` what lay there as a wait began.
    ``half`` is when half the time of long work is over, None in a turn that began after it.
    """

    step: str
    turn: str
    since: datetime
    due: datetime | None = None
    near: datetime | None = None
    calendar: str = ""
    held: str = ""
    seen: str = ""
    half: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """Moving to another version of the SOP, as it was offered last."""

    version: str
    digest: str
