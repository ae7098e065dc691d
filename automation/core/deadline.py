"""Deadlines: the durations a SOP states, laid on the working calendar.

The sources say "7 Hari" without saying which days; laik reads working days unless the policy says calendar
days. Hours and minutes are always working time. A range ("1- 2 Jam") has an earliest target and a latest
time; due is the latest. A blank duration stays None: no deadline is ever made up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from automation.core.errors import InvalidProcedure
from automation.core.text import Bilingual
from automation.core.workcalendar import DAY, NOTHING, WorkCalendar

if TYPE_CHECKING:  # a SOP's durations are held to this module while the SOP is loaded
    from automation.core.procedure import Procedure
    from automation.core.procedure_model import Duration

MINUTES_A_DAY = 450  # 37.5 hours over five days, Perpres 21/2023
MAX_DAYS = 3660  # ten years; also keeps a mistyped duration from counting past the calendar's end

DayKind = Literal["kerja", "kalender"]
_ISO = re.compile(r"P(?=.)(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A duration in ``days`` and further ``minutes`` of working time."""

    days: int
    minutes: int

    @property
    def whole_days(self) -> int:
        """About how many working days it is."""
        return self.days + self.minutes // MINUTES_A_DAY


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due: at the latest, and the earliest target where the source gives a range."""

    latest: datetime
    earliest: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch of time in which a clock stood still."""

    start: datetime
    end: datetime


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


def due_moment(
    calendar: WorkCalendar,
    start: datetime,
    duration: str | None,
    *,
    days: DayKind = "kerja",
    pauses: tuple[Pause, ...] = (),
) -> datetime | None:
    """When work that started at ``start`` is due; None for a blank duration.

    The day of the start is not counted: ``P1D`` from a Monday is due when Tuesday's office hours end.
    Calendar days end with the day, also on a day off. What a pause cost is given back in the duration's own
    unit: the working time in it, or the days that ended in it.
    """
    time = parse_duration(duration)
    return None if time is None else _over(calendar, start, time, days, pauses)


def _over(
    calendar: WorkCalendar, start: datetime, time: WorkingTime, days: DayKind, pauses: tuple[Pause, ...]
) -> datetime:
    """When that much time is over since ``start``; see :func:`due_moment`."""
    minutes = timedelta(minutes=time.minutes)
    if not time.days:
        lost = sum((calendar.between(one.start, one.end) for one in pauses), NOTHING)
        due = calendar.add(calendar.next_working(start), minutes + lost)
        return due if minutes + lost else calendar.end_of(calendar.day_of(due))
    first = calendar.day_of(start)
    if days == "kalender":
        lost_days = sum((calendar.day_of(one.end) - calendar.day_of(one.start)).days for one in pauses)
        end = calendar.day_end(first + DAY * (time.days + lost_days))
    else:
        lost_days = sum(calendar.ends_between(one.start, one.end) for one in pauses)
        end = calendar.end_of(calendar.day_after(first, time.days + lost_days))
    return calendar.add(end, minutes)


def due_of(
    calendar: WorkCalendar,
    start: datetime,
    duration: Duration,
    *,
    days: DayKind = "kerja",
    pauses: tuple[Pause, ...] = (),
) -> Due | None:
    """When a step's work is due by the duration it has; a range gives both ends."""
    first = due_moment(calendar, start, duration.iso, days=days, pauses=pauses)
    last = due_moment(calendar, start, duration.iso_max, days=days, pauses=pauses) or first
    if last is None:
        return None
    first = first or last
    return Due(max(first, last), min(first, last))


def longest(duration: Duration) -> int:
    """About how many days a step's duration has at most; 0 where the source gives none."""
    times = map(parse_duration, (duration.iso, duration.iso_max))
    return max((one.whole_days for one in times if one is not None), default=0)


def share_left(
    calendar: WorkCalendar,
    start: datetime,
    duration: Duration,
    share: int,
    *,
    days: DayKind = "kerja",
    pauses: tuple[Pause, ...] = (),
) -> datetime | None:
    """When one ``share``-th of a step's duration is left (10: a tenth); None for a blank duration.

    Whole days are counted as the duration counts them: of 90 days nine are left once the 81st is over, in
    working days from the next office hours on. The rest of a day is working time of ``MINUTES_A_DAY``. Of a
    range it is the longer end.
    """
    times = [one for one in map(parse_duration, (duration.iso, duration.iso_max)) if one is not None]
    return max((_left(calendar, start, one, share, days, pauses) for one in times), default=None)


def _left(
    calendar: WorkCalendar,
    start: datetime,
    time: WorkingTime,
    share: int,
    days: DayKind,
    pauses: tuple[Pause, ...],
) -> datetime:
    whole, rest = divmod(time.days, share)
    over = _over(calendar, start, WorkingTime(time.days - whole, time.minutes), days, pauses)
    minutes = timedelta(minutes=rest * MINUTES_A_DAY + time.minutes) / share
    left = calendar.subtract(over, minutes)
    return left if days == "kalender" else calendar.next_working(left)


def phase_dues(
    calendar: WorkCalendar, procedure: Procedure, start: datetime, *, days: DayKind = "kerja"
) -> Mapping[str, datetime]:
    """When each phase is due at the latest, one step after the other from ``start``, by phase key.

    Steps without a duration, waits and repeated loops add nothing, since the source gives no time for
    them; a phase without any duration is left out.
    """
    dues: dict[str, datetime] = {}
    at = start
    for step in procedure.steps:
        due = due_of(calendar, at, step.duration, days=days)
        if due is not None:
            at = dues[step.phase] = due.latest
    return dues
