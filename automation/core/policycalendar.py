"""The section ``kalender`` of ``laik.yaml``: the office's own hours and days, reminders and escalation.

Everything in it is optional: without it, hours are those of Perpres 21/2023, days off those of the nation.
National holidays, cuti bersama and Ramadan are read outside and handed in as :class:`NationalDays`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from automation.core.deadline import DayKind, parse_duration
from automation.core.errors import InvalidProcedure
from automation.core.workcalendar import (
    PERPRES_21_2023,
    PERPRES_21_2023_RAMADAN,
    Hours,
    Season,
    Span,
    Week,
    WorkCalendar,
    weekly,
)

Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
DayName = Literal["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"]
DAYS: tuple[DayName, ...] = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
SHORTEST_WEEK = timedelta(hours=5)  # less would put a deadline of some days decades away
SAME_RAMADAN = timedelta(days=180)  # two of them begin 354 or 355 days apart
MAX_NAMED = 400  # days off or worked, in one policy

_SPAN = re.compile(r"([01]\d|2[0-3])[:.]([0-5]\d)\s*-\s*([01]\d|2[0-3]|24)[:.]([0-5]\d)", re.ASCII)


def read_hours(text: str) -> Hours:
    """``07:30-12:00, 13:00-16:00`` as spans; ``libur`` as none.

    Raises:
        ValueError: no such hours, or spans that overlap or do not follow each other.
    """
    if text.strip() == "libur":
        return ()
    spans: list[Span] = []
    for part in text.split(","):
        found = _SPAN.fullmatch(part.strip())
        if found is None:
            raise ValueError(
                f"jam '{part.strip()}' tidak terbaca, tulis 07:30-12:00 / hours are written 07:30-12:00"
            )
        hour, minute, last_hour, last_minute = map(int, found.groups())
        span = Span(hour * 60 + minute, last_hour * 60 + last_minute)
        if span.start >= span.end or span.end > 24 * 60 or (spans and span.start <= spans[-1].end):
            raise ValueError(f"jam '{text}' tidak berurutan / hours do not follow each other")
        spans.append(span)
    return tuple(spans)


def _as_written(text: str) -> str:
    read_hours(text)
    return text


HoursText = Annotated[str, AfterValidator(_as_written)]


@dataclass(frozen=True, slots=True)
class NationalDays:
    """What the nation decrees, by day.

    Attributes:
        off: national holidays and cuti bersama, with their names.
        years: the years whose decree is known, cuti bersama included.
        ramadan: first and last day of each Ramadan.
        estimated: years whose Islamic days, Ramadan among them, are reckoned ahead and may move by a day.
    """

    off: Mapping[date, str] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    ramadan: tuple[tuple[date, date], ...] = ()
    estimated: frozenset[int] = frozenset()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fasting(_Strict):
    """One Ramadan as the region announced it; both days included."""

    mulai: date
    akhir: date

    @model_validator(mode="after")
    def _is_a_month(self) -> Fasting:
        if not 27 <= (self.akhir - self.mulai).days <= 30:
            raise ValueError("Ramadan lamanya 29 atau 30 hari / Ramadan has 29 or 30 days")
        return self


class Reminders(_Strict):
    """When people are reminded: ``dekat`` is the least working time before the due moment.

    Of long work a tenth of its duration is more, and counts (``automation.core.clock``). With None there is
    no word beforehand at all.
    """

    dekat: str | None = "PT450M"
    lewat: bool = True

    @field_validator("dekat")
    @classmethod
    def _is_working_time(cls, value: str | None) -> str | None:
        try:
            time = parse_duration(value)
        except InvalidProcedure:
            time = None
        if value is not None and (time is None or time.days or not time.minutes):
            raise ValueError("tulis jam kerja seperti PT450M / write working time like PT450M")
        return value


class CalendarPolicy(_Strict):
    """The whole section. ``jam`` and ``jam_ramadan`` replace the days they name and leave the others."""

    jam: Mapping[DayName, HoursText] = Field(default_factory=dict)
    jam_ramadan: Mapping[DayName, HoursText] = Field(default_factory=dict)
    ramadan: tuple[Fasting, ...] = ()
    libur: Mapping[date, Line] = Field(default_factory=dict, max_length=MAX_NAMED)
    masuk: Mapping[date, Line] = Field(default_factory=dict, max_length=MAX_NAMED)
    hari: DayKind = "kerja"
    hari_sop: Mapping[Role, DayKind] = Field(default_factory=dict)
    pengingat: Reminders = Reminders()
    eskalasi: tuple[Role, ...] = Field(default=(), max_length=10)

    @model_validator(mode="after")
    def _office_works(self) -> CalendarPolicy:
        for week in (self.week(), self.fasting_week()):
            if weekly(week) < SHORTEST_WEEK:
                raise ValueError(
                    "satu minggu harus punya paling sedikit 5 jam kerja / a week must have at least 5 hours"
                )
        both = sorted(self.libur.keys() & self.masuk.keys())
        if both:
            raise ValueError(f"{both[0]} ada pada libur dan masuk / is both off and worked")
        return self

    def week(self) -> Week:
        """The hours of an ordinary week."""
        return _replaced(PERPRES_21_2023, self.jam)

    def fasting_week(self) -> Week:
        """The hours of a week in Ramadan."""
        return _replaced(PERPRES_21_2023_RAMADAN, self.jam_ramadan)

    def days_of(self, sop: str) -> DayKind:
        """Which days a SOP counts."""
        return self.hari_sop.get(sop, self.hari)


def work_calendar(section: CalendarPolicy, zone: str, national: NationalDays) -> WorkCalendar:
    """The office's calendar: the nation's days, with the region's own over them."""
    announced = [(one.mulai, one.akhir) for one in section.ramadan]
    reckoned = [
        (first, last)
        for first, last in national.ramadan
        if all(abs(first - named) > SAME_RAMADAN for named, _ in announced)
    ]
    week = section.fasting_week()
    return WorkCalendar(
        zone=zone,
        week=section.week(),
        seasons=tuple(Season(first, last, week) for first, last in sorted([*announced, *reckoned])),
        off={**national.off, **section.libur},
        extra=section.masuk,
    )


def announced_years(section: CalendarPolicy) -> frozenset[int]:
    """The years whose Ramadan the policy itself names."""
    return frozenset(one.mulai.year for one in section.ramadan)


def _replaced(week: Week, named: Mapping[DayName, str]) -> Week:
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        read_hours(named[day]) if day in named else hours for day, hours in zip(DAYS, week, strict=True)
    )
    return (monday, tuesday, wednesday, thursday, friday, saturday, sunday)
