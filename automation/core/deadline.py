"""Deadlines in working days, from the durations a SOP states.

The sources say "1 Hari" without saying which days; laik reads working days, Monday to Friday without the
given holidays. A blank duration stays None: no deadline is ever made up. One working day has 450 minutes
(37.5 hours over five days, Perpres 21/2023).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from automation.core.errors import InvalidProcedure
from automation.core.procedure import Procedure
from automation.core.text import Bilingual

MINUTES_A_DAY = 450
MAX_DAYS = 3660  # ten years; also keeps a mistyped duration from counting past the calendar's end

_ISO = re.compile(r"P(?=.)(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A duration in working ``days`` and further ``minutes`` of working time."""

    days: int
    minutes: int

    @property
    def whole_days(self) -> int:
        """Working days until it is over; what fits into the day of the start adds none."""
        return self.days + self.minutes // MINUTES_A_DAY


def parse_duration(duration: str | None) -> WorkingTime | None:
    """An ISO 8601 duration (``P7D``, ``PT450M``, ``P1DT2H``) as working time; None stays None.

    Raises:
        InvalidProcedure: no such duration, or one beyond ``MAX_DAYS``.
    """
    if duration is None:
        return None
    found = _ISO.fullmatch(duration)
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (MAX_DAYS + 1, 0, 0)
    time = WorkingTime(days, hours * 60 + minutes)
    if time.whole_days > MAX_DAYS:
        raise InvalidProcedure(
            Bilingual(
                f"Durasi '{duration}' tidak dapat dibaca.", f"The duration '{duration}' cannot be read."
            ),
            remedy=Bilingual("Tulis seperti P7D atau PT2H30M.", "Write it like P7D or PT2H30M."),
        )
    return time


def due_date(start: date, duration: str | None, holidays: frozenset[date]) -> date | None:
    """The working day on which work that started on ``start`` is due; None for a blank duration.

    The day of the start is not counted: ``P1D`` from a Monday is due on Tuesday. Less than a working day
    is due on the day of the start itself, or the first working day after it.
    """
    time = parse_duration(duration)
    if time is None:
        return None
    day = start
    left = time.whole_days
    while left or not _is_working(day, holidays):
        day += timedelta(days=1)
        if left and _is_working(day, holidays):
            left -= 1
    return day


def phase_dues(
    procedure: Procedure, start: date, holidays: frozenset[date] = frozenset()
) -> Mapping[str, date]:
    """When each phase is due at the earliest, one step after the other from ``start``, by phase key.

    Steps without a duration, waits and repeated loops add nothing, since the source gives no time for
    them; a phase without any duration is left out.
    """
    dues: dict[str, date] = {}
    at = start
    for step in procedure.steps:
        due = due_date(at, step.duration.iso, holidays)
        if due is not None:
            at = dues[step.phase] = due
    return dues


def _is_working(day: date, holidays: frozenset[date]) -> bool:
    return day.weekday() < 5 and day not in holidays
