"""The working calendar: when an office works, and working time added, subtracted and measured.

A calendar is data that is passed in (the core reads no clock and no holiday list). What its values are by
default is Perpres 21/2023: Monday to Friday, 37 hours 30 minutes a week without breaks, from 07:30; in
Ramadan 32 hours 30 minutes, from 08:00. The regulation names totals, first hour and length of the breaks; the
hours below are the ones that add up to them, and each region sets its own in ``laik.yaml``.

Two kinds of time are counted. *Minutes* run within office hours only: two hours from Thursday 15:00 end on
Friday 08:30. *Days* are whole: the day of the start is not counted, and the n-th working day after it is over
when its office hours are. A moment at which office hours end belongs to the span that ends there, so that
what is due at 16:00 is due then and not at 07:30 of the next morning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import cached_property

from automation.core.digest import digest_of

# Indonesia has no summer time, so fixed offsets tell the day without reading a time zone database.
OFFSETS: Mapping[str, int] = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
ABBREVIATIONS: Mapping[str, str] = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
NOTHING = timedelta()
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Office hours without a break in them: ``start`` and ``end`` as minutes of the local day, 0 to 1440."""

    start: int
    end: int


Hours = tuple[Span, ...]
"""The spans of one day in their order, none touching the next; empty on a day off."""
Week = tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]
"""Seven days, Monday first."""

_USUAL = (Span(450, 720), Span(780, 960))  # 07:30-12:00, 13:00-16:00: 7.5 hours, break 60 minutes
_FRIDAY = (Span(450, 690), Span(780, 990))  # 07:30-11:30, 13:00-16:30: 7.5 hours, break 90 minutes
_FASTING = (Span(480, 720), Span(750, 900))  # 08:00-12:00, 12:30-15:00: 6.5 hours, break 30 minutes
_FASTING_FRIDAY = (Span(480, 690), Span(750, 930))  # 08:00-11:30, 12:30-15:30: 6.5 hours, break 60 minutes
PERPRES_21_2023: Week = (_USUAL, _USUAL, _USUAL, _USUAL, _FRIDAY, (), ())
PERPRES_21_2023_RAMADAN: Week = (_FASTING, _FASTING, _FASTING, _FASTING, _FASTING_FRIDAY, (), ())


@dataclass(frozen=True, slots=True)
class Season:
    """Days, both included, with a week of their own: Ramadan."""

    first: date
    last: date
    week: Week


@dataclass(frozen=True)
class WorkCalendar:
    """One office's calendar; see the module.

    Attributes:
        zone: time zone by its IANA name, one of the three of Indonesia.
        week: office hours of an ordinary week.
        seasons: Ramadan; where two overlap, the first counts.
        off: days off by date, with their names: national holidays, cuti bersama, local holidays.
        extra: days that are worked although a weekend or a day off; with the hours of their weekday, those of
            a Monday where their weekday has none.
    """

    zone: str = "Asia/Jakarta"
    week: Week = PERPRES_21_2023
    seasons: tuple[Season, ...] = ()
    off: Mapping[date, str] = field(default_factory=dict)
    extra: Mapping[date, str] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """Hex SHA-256 of everything that moves a due time: zone, hours and days, not their names."""
        return digest_of(
            {
                "zone": self.zone,
                "week": _plain(self.week),
                "seasons": [[one.first, one.last, _plain(one.week)] for one in self.seasons],
                "off": sorted(self.off),
                "extra": sorted(self.extra),
            }
        )

    @cached_property
    def offset(self) -> timezone:
        """The zone's fixed offset."""
        return timezone(timedelta(hours=OFFSETS[self.zone]))

    def local(self, moment: datetime) -> datetime:
        """The same moment by the office's wall clock."""
        return moment.astimezone(self.offset)

    def day_of(self, moment: datetime) -> date:
        """The day it is there."""
        return self.local(moment).date()

    def hours(self, day: date) -> Hours:
        """The office hours of a day; empty when it is off."""
        found = self._found.get(day)
        if found is None:
            found = self._found[day] = self._looked_up(day)
        return found

    @cached_property
    def _found(self) -> dict[date, Hours]:
        """Hours by day as they were looked up: every question asks for the same few days again."""
        return {}

    def _looked_up(self, day: date) -> Hours:
        week = next((one.week for one in self.seasons if one.first <= day <= one.last), self.week)
        if day in self.extra:
            return week[day.weekday()] or next(filter(None, week), ())
        return () if day in self.off else week[day.weekday()]

    def is_working_day(self, day: date) -> bool:
        """Whether the office works at all on that day."""
        return bool(self.hours(day))

    def is_working(self, moment: datetime) -> bool:
        """Whether it is office hours; their last moment is not."""
        at = self.local(moment)
        return any(begin <= at < end for begin, end in self._spans(at.date()))

    def next_working(self, moment: datetime) -> datetime:
        """The first moment of office hours from ``moment`` on."""
        at = self.local(moment)
        return next(max(begin, at) for begin, end in self._onward(at.date()) if at < end)

    def last_working(self, moment: datetime) -> datetime:
        """The last moment until ``moment`` up to which the office worked."""
        at = self.local(moment)
        return next(min(end, at) for begin, end in self._backward(at.date()) if begin < at)

    def add(self, moment: datetime, time: timedelta) -> datetime:
        """The first moment at which so much working time has passed since ``moment``.

        Raises:
            ValueError: negative time.
        """
        left, at = _not_negative(time), self.local(moment)
        if not left:
            return at
        for begin, end in self._onward(at.date()):
            room = end - max(begin, at)
            if room > NOTHING:
                if left <= room:
                    return end - room + left
                left -= room
        raise AssertionError("a calendar has no last day")

    def subtract(self, moment: datetime, time: timedelta) -> datetime:
        """The last moment from which on so much working time passes until ``moment``.

        So ``subtract(add(t, n), n)`` is ``next_working(t)``; the other way about it is ``last_working(t)``.

        Raises:
            ValueError: negative time.
        """
        left, at = _not_negative(time), self.local(moment)
        if not left:
            return at
        for begin, end in self._backward(at.date()):
            room = min(end, at) - begin
            if room > NOTHING:
                if left <= room:
                    return begin + room - left
                left -= room
        raise AssertionError("a calendar has no first day")

    def between(self, first: datetime, last: datetime) -> timedelta:
        """The working time from ``first`` to ``last``; negative when ``last`` is the earlier one."""
        if last < first:
            return -self.between(last, first)
        begin, end = self.local(first), self.local(last)
        total = NOTHING
        for start, stop in self._onward(begin.date()):
            if start >= end:
                return total
            total += max(min(stop, end) - max(start, begin), NOTHING)
        raise AssertionError("a calendar has no last day")

    def day_after(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``; with 0, ``day`` itself or the first one after it."""
        return self._counted(day, count, DAY)

    def day_before(self, day: date, count: int) -> date:
        """The ``count``-th working day before ``day``; with 0, ``day`` itself or the last one before it."""
        return self._counted(day, count, -DAY)

    def days_between(self, first: date, last: date) -> int:
        """The working days after ``first`` up to and including ``last``."""
        return sum(self.is_working_day(first + DAY * one) for one in range(1, (last - first).days + 1))

    def end_of(self, day: date) -> datetime:
        """When office hours end on a working day; on a day off, when the day itself does."""
        hours = self.hours(day)
        return self._midnight(day) + timedelta(minutes=hours[-1].end) if hours else self.day_end(day)

    def day_end(self, day: date) -> datetime:
        """The last minute of a day, 23:59: a time that still is of that day."""
        return self._midnight(day) + timedelta(minutes=24 * 60 - 1)

    def ends_between(self, first: datetime, last: datetime) -> int:
        """How many working days ended after ``first`` and not after ``last``: the days a pause cost."""
        days = range((self.day_of(last) - self.day_of(first)).days + 1)
        named = (self.day_of(first) + DAY * one for one in days)
        return sum(first < self.end_of(one) <= last for one in named if self.is_working_day(one))

    def _counted(self, day: date, count: int, step: timedelta) -> date:
        left = count
        if not left and self.hours(day):
            return day
        while True:
            day += step
            if self.hours(day):
                left -= 1
                if left <= 0:
                    return day

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.offset)

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        midnight = self._midnight(day)
        for span in self.hours(day):
            yield midnight + timedelta(minutes=span.start), midnight + timedelta(minutes=span.end)

    def _onward(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for one in _days(day, DAY):
            yield from self._spans(one)

    def _backward(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for one in _days(day, -DAY):
            yield from reversed(tuple(self._spans(one)))


def weekly(week: Week) -> timedelta:
    """The office hours of a whole week."""
    return timedelta(minutes=sum(span.end - span.start for hours in week for span in hours))


def _days(day: date, step: timedelta) -> Iterator[date]:
    while True:
        yield day
        day += step


def _not_negative(time: timedelta) -> timedelta:
    if time < NOTHING:
        raise ValueError("working time is not negative")
    return time


def _plain(week: Week) -> list[list[list[int]]]:
    return [[[span.start, span.end] for span in hours] for hours in week]
