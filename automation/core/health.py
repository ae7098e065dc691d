"""What the health check says: one diagnosis a check and subject, judged from facts alone.

The themes are in ``health_machine``, ``health_forge``, ``health_office`` and ``health_project``; each takes
facts that somebody else has read (:mod:`automation.examine`) and answers with diagnoses. A fact that could
not be read is an :class:`Unread`, and what hangs on it is ``unknown``: never good, and never silently left
out, since whoever reads the list would take a missing line for a good one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from automation.core.errors import LaikError
from automation.core.text import Bilingual

State = Literal["ok", "warn", "fail", "unknown"]
STATES: tuple[State, ...] = ("fail", "unknown", "warn", "ok")
"""In the order in which people should read them."""

NOTHING_TO_DO = Bilingual("", "")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one check says.

    Attributes:
        id: the check, a stable name.
        state: ``fail`` laik does not work or does not protect; ``warn`` it does, but less than it could;
            ``unknown`` could not be judged.
        message: what was seen.
        remedy: what to do; empty when all is well.
        where: the project, file, setting or account it speaks of; may be empty.
        seconds: how long it took, where that is of interest (the live scene).
    """

    id: str
    state: State
    message: Bilingual
    remedy: Bilingual = NOTHING_TO_DO
    where: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A fact that could not be read, and why."""

    why: LaikError


@dataclass(frozen=True, slots=True)
class Check:
    """One check on one subject, ready to give its diagnosis."""

    id: str
    where: str = ""

    def ok(self, text: str, english: str) -> Diagnosis:
        """All is well."""
        return Diagnosis(self.id, "ok", Bilingual(text, english), where=self.where)

    def warn(self, message: Bilingual, remedy: Bilingual) -> Diagnosis:
        """Works, but less well than it could."""
        return Diagnosis(self.id, "warn", message, remedy, self.where)

    def fail(self, message: Bilingual, remedy: Bilingual) -> Diagnosis:
        """Does not work, or does not protect."""
        return Diagnosis(self.id, "fail", message, remedy, self.where)

    def unknown(self, message: Bilingual, remedy: Bilingual) -> Diagnosis:
        """Could not be judged."""
        return Diagnosis(self.id, "unknown", message, remedy, self.where)

    def unread(self, fact: Unread) -> Diagnosis:
        """Could not be judged, in the words of whoever could not read it."""
        return self.unknown(fact.why.message, fact.why.remedy)

    def failed(self, problem: LaikError) -> Diagnosis:
        """Does not work, in the words of the error."""
        return self.fail(problem.message, problem.remedy)

    def after(self, first: str) -> Diagnosis:
        """Not looked at, because another check has to be well before."""
        return self.unknown(
            Bilingual(f"Belum diperiksa: menunggu {first}.", f"Not looked at: waits for {first}."),
            Bilingual(f"Bereskan {first}, lalu ulangi.", f"Mend {first}, then run again."),
        )


def in_order(checks: Iterable[Diagnosis]) -> list[Diagnosis]:
    """The worst first; within a state as they came."""
    return sorted(checks, key=lambda one: STATES.index(one.state))


def folded(checks: Iterable[Diagnosis]) -> list[tuple[Diagnosis, ...]]:
    """In order, with those that say the very same thing in one place: one cause reads as one line."""
    said: dict[tuple[object, ...], list[Diagnosis]] = {}
    for one in in_order(checks):
        # What is well, or was timed, stands for itself.
        alone = id(one) if one.state == "ok" or one.seconds is not None else 0
        said.setdefault((one.state, one.message, one.remedy, alone), []).append(one)
    return [tuple(same) for same in said.values()]


def skipped(ids: Iterable[str], first: str, where: str = "") -> Iterator[Diagnosis]:
    """All of ``ids`` as not looked at."""
    for one in ids:
        yield Check(one, where).after(first)


def report(checks: Iterable[Diagnosis]) -> Mapping[str, Any]:
    """All of it as one JSON object: ``checks`` in order, and how many there are of each state."""
    listed = in_order(checks)
    counted = Counter(one.state for one in listed)
    return {
        "checks": [_row(one) for one in listed],
        **{state: counted[state] for state in ("ok", "warn", "fail", "unknown")},
    }


def _row(one: Diagnosis) -> Mapping[str, Any]:
    row: dict[str, Any] = {
        "id": one.id,
        "state": one.state,
        "where": one.where,
        "message": {"id": one.message.id, "en": one.message.en},
        "remedy": {"id": one.remedy.id, "en": one.remedy.en},
    }
    if one.seconds is not None:
        row["seconds"] = round(one.seconds, 3)
    return row


def listed(names: Iterable[str], most: int = 10) -> str:
    """Names for a message, shortened when there are many."""
    found = list(names)
    more = f" … (+{len(found) - most})" if len(found) > most else ""
    return ", ".join(found[:most]) + more
