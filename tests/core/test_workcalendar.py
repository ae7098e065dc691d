from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

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

WITA = timezone(timedelta(hours=8))
RAMADAN_2026 = Season(date(2026, 2, 19), date(2026, 3, 20), PERPRES_21_2023_RAMADAN)
# The joint decree of 2026 around Nyepi and Idul Fitri, and Good Friday.
EID_2026 = {date(2026, 3, day): "libur" for day in (18, 19, 20, 21, 22, 23, 24)} | {
    date(2026, 4, 3): "Wafat Yesus Kristus"
}
OFFICE = WorkCalendar("Asia/Makassar", seasons=(RAMADAN_2026,), off=EID_2026)
PLAIN = WorkCalendar("Asia/Makassar")


def at(text: str) -> datetime:
    """``2026-03-02 07:30`` by the office's wall clock."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=WITA)


def test_the_regulations_weeks_have_the_hours_it_names() -> None:
    assert weekly(PERPRES_21_2023) == timedelta(hours=37, minutes=30)
    assert weekly(PERPRES_21_2023_RAMADAN) == timedelta(hours=32, minutes=30)
    for week, first, breaks in ((PERPRES_21_2023, 450, (60, 90)), (PERPRES_21_2023_RAMADAN, 480, (30, 60))):
        usual, friday = week[0], week[4]
        assert (usual[0].start, friday[0].start) == (first, first)
        assert (usual[1].start - usual[0].end, friday[1].start - friday[0].end) == breaks


# Counted by hand on a printed calendar; minutes, then where they end.
@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-04-06 08:00", 60, "2026-04-06 09:00"),
        ("2026-04-06 11:30", 60, "2026-04-06 13:30"),  # over the break
        ("2026-04-06 06:00", 30, "2026-04-06 08:00"),  # before hours: from 07:30
        ("2026-04-06 15:00", 60, "2026-04-06 16:00"),  # to the very end of the day
        ("2026-04-06 15:00", 61, "2026-04-07 07:31"),  # 16:00 -> 07:30
        ("2026-04-09 15:00", 120, "2026-04-10 08:30"),  # Thursday into Friday
        ("2026-04-10 11:00", 60, "2026-04-10 13:30"),  # Friday's break of 90 minutes
        ("2026-04-10 16:15", 30, "2026-04-13 07:45"),  # Friday to Monday
        ("2026-04-11 10:00", 120, "2026-04-13 09:30"),  # from a Saturday
        ("2026-04-02 15:30", 60, "2026-04-06 08:00"),  # over Good Friday and the weekend
        (
            "2026-03-17 14:30",
            60,
            "2026-03-25 08:00",
        ),  # Ramadan until 15:00, then seven days off
        ("2026-02-18 15:30", 60, "2026-02-19 08:30"),  # ordinary hours into Ramadan
        ("2026-02-20 11:00", 60, "2026-02-20 13:00"),  # Friday in Ramadan: 30 before, 30 after 12:30
        ("2026-02-19 11:50", 20, "2026-02-19 12:40"),  # Ramadan's break of 30 minutes
    ],
)
def test_minutes_run_in_office_hours_alone(start: str, minutes: int, end: str) -> None:
    found = OFFICE.add(at(start), timedelta(minutes=minutes))
    assert found == at(end)
    assert OFFICE.between(at(start), at(end)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 4, 6), 1, "2026-04-07 16:00"),
        (date(2026, 4, 9), 1, "2026-04-10 16:30"),  # due on a Friday
        (date(2026, 4, 10), 1, "2026-04-13 16:00"),
        (date(2026, 4, 11), 1, "2026-04-13 16:00"),
        (date(2026, 4, 1), 2, "2026-04-06 16:00"),  # 2 April, not the 3rd, then Monday
        (date(2026, 3, 17), 3, "2026-03-27 16:30"),  # 25, 26, 27 March
        (date(2026, 3, 12), 1, "2026-03-13 15:30"),  # a Friday in Ramadan
        (date(2026, 3, 12), 7, "2026-03-30 16:00"),  # 13, 16, 17, then 25, 26, 27, 30
    ],
)
def test_days_end_when_their_office_hours_do(start: date, days: int, end: str) -> None:
    due = OFFICE.day_after(start, days)
    assert OFFICE.end_of(due) == at(end)
    assert OFFICE.days_between(start, due) == days


def test_a_calendar_knows_when_it_is_working() -> None:
    assert OFFICE.is_working(at("2026-04-06 07:30"))
    assert not OFFICE.is_working(at("2026-04-06 12:00"))
    assert not OFFICE.is_working(at("2026-04-06 16:00"))
    assert not OFFICE.is_working(at("2026-03-19 10:00"))
    assert OFFICE.next_working(at("2026-03-18 10:00")) == at("2026-03-25 07:30")
    assert OFFICE.next_working(at("2026-04-06 12:15")) == at("2026-04-06 13:00")
    assert OFFICE.last_working(at("2026-03-24 10:00")) == at("2026-03-17 15:00")


def test_a_moment_counts_where_the_office_is() -> None:
    monday_evening_in_utc = datetime(2026, 4, 6, 23, 30, tzinfo=UTC)  # Tuesday 07:30 in Praya
    assert PLAIN.is_working(monday_evening_in_utc)
    assert PLAIN.day_of(monday_evening_in_utc) == date(2026, 4, 7)
    assert not WorkCalendar("Asia/Jakarta").is_working(monday_evening_in_utc)


def test_a_day_worked_instead_has_the_hours_of_its_weekday_or_those_of_a_monday() -> None:
    swapped = WorkCalendar(
        "Asia/Makassar",
        off={date(2026, 4, 7): "HUT Daerah", date(2026, 4, 10): "Pilkada"},
        extra={date(2026, 4, 10): "Masuk", date(2026, 4, 11): "Pengganti 7 April"},
    )
    assert swapped.hours(date(2026, 4, 7)) == ()
    assert swapped.hours(date(2026, 4, 10)) == PERPRES_21_2023[4]
    assert swapped.hours(date(2026, 4, 11)) == PERPRES_21_2023[0]


def test_the_digest_is_of_what_moves_a_due_time_and_of_nothing_else() -> None:
    renamed = dict.fromkeys(reversed(EID_2026), "nama lain")
    assert WorkCalendar("Asia/Makassar", seasons=(RAMADAN_2026,), off=renamed).digest == OFFICE.digest
    others = (
        PLAIN,
        WorkCalendar("Asia/Jakarta"),
        WorkCalendar("Asia/Makassar", off={date(2026, 4, 7): "a"}),
        WorkCalendar("Asia/Makassar", extra={date(2026, 4, 7): "a"}),
        WorkCalendar("Asia/Makassar", week=PERPRES_21_2023_RAMADAN),
        OFFICE,
    )
    assert len({one.digest for one in others}) == len(others)


def test_negative_time_is_refused() -> None:
    for move in (PLAIN.add, PLAIN.subtract):
        with pytest.raises(ValueError, match="not negative"):
            move(at("2026-04-06 08:00"), timedelta(minutes=-1))


# Properties, over calendars of any shape

minutes_of_day = st.integers(0, 1440)
days = st.dates(date(2025, 12, 1), date(2026, 12, 31))


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    marks = sorted(draw(st.sets(minutes_of_day, max_size=6)))
    return tuple(Span(first, last) for first, last in zip(marks[::2], marks[1::2], strict=False))


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    sunday_to_saturday = draw(st.tuples(*[hours()] * 7))
    usual = (Span(450, 720), Span(780, 960))
    return (usual, *sunday_to_saturday[1:])


def _named(found: set[date]) -> Mapping[date, str]:
    return dict.fromkeys(found, "hari")


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    first = draw(days)
    season = Season(first, first + timedelta(days=draw(st.integers(0, 40))), draw(weeks()))
    return WorkCalendar(
        zone=draw(st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])),
        week=draw(weeks()),
        seasons=(season,) if draw(st.booleans()) else (),
        off=_named(draw(st.sets(days, max_size=20))),
        extra=_named(draw(st.sets(days, max_size=5))),
    )


moments = st.integers(0, 334 * 86400).map(
    lambda one: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=one)
)
amounts = st.integers(0, 6000).map(lambda one: timedelta(minutes=one))
COUNT = settings(max_examples=200, deadline=None)


@COUNT
@given(calendars(), moments, amounts)
def test_what_was_added_lies_between(calendar: WorkCalendar, start: datetime, amount: timedelta) -> None:
    end = calendar.add(start, amount)
    event(f"{(end - start).days // 7} weeks")
    assert calendar.between(start, end) == amount
    assert calendar.between(end, start) == -amount


@COUNT
@given(calendars(), moments, amounts.filter(bool))
def test_subtracting_undoes_adding_and_the_other_way_about(
    calendar: WorkCalendar, moment: datetime, amount: timedelta
) -> None:
    assert calendar.subtract(calendar.add(moment, amount), amount) == calendar.next_working(moment)
    assert calendar.add(calendar.subtract(moment, amount), amount) == calendar.last_working(moment)


@COUNT
@given(calendars(), moments, moments, amounts, amounts)
def test_adding_never_turns_the_order_round(
    calendar: WorkCalendar, one: datetime, other: datetime, less: timedelta, more: timedelta
) -> None:
    first, second = sorted((one, other))
    assert calendar.add(first, less) <= calendar.add(second, less)
    short, long = sorted((less, more))
    assert calendar.add(one, short) <= calendar.add(one, long)
    assert calendar.add(calendar.add(one, short), long - short) == calendar.add(one, long)


@settings(max_examples=50, deadline=None)
@given(calendars(), moments, moments)
def test_working_time_is_the_minutes_counted_one_by_one(
    calendar: WorkCalendar, one: datetime, other: datetime
) -> None:
    start = one.replace(second=0)
    end = start + (other.replace(second=0) - start) % timedelta(days=3)
    counted = sum(
        calendar.is_working(start + timedelta(minutes=passed))
        for passed in range(int((end - start).total_seconds() // 60))
    )
    assert calendar.between(start, end) == timedelta(minutes=counted)


@COUNT
@given(calendars(), days, st.integers(1, 60))
def test_so_many_working_days_on_and_back_again(calendar: WorkCalendar, day: date, count: int) -> None:
    later = calendar.day_after(day, count)
    assert calendar.is_working_day(later)
    assert calendar.days_between(day, later) == count
    assert calendar.day_before(later, count) == calendar.day_before(day, 0)
    assert calendar.day_after(day, count - 1) < later or count == 1


@COUNT
@given(calendars(), moments, st.integers(0, 20))
def test_a_pause_costs_the_working_days_that_ended_in_it(
    calendar: WorkCalendar, start: datetime, length: int
) -> None:
    end = start + timedelta(days=length)
    first, last = calendar.day_of(start), calendar.day_of(end)
    named = [first + timedelta(days=one) for one in range((last - first).days + 1)]
    wanted = [day for day in named if calendar.is_working_day(day) and start < calendar.end_of(day) <= end]
    assert calendar.ends_between(start, end) == len(wanted)
    assert calendar.ends_between(start, start) == 0
