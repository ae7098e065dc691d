from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.core.deadline import (
    MAX_DAYS,
    MINUTES_A_DAY,
    DayKind,
    Due,
    Pause,
    WorkingTime,
    due_moment,
    due_of,
    longest,
    parse_duration,
    phase_dues,
    share_left,
)
from automation.core.errors import InvalidProcedure
from automation.core.procedure import Procedure, load_procedure
from automation.core.procedure_model import Duration
from automation.core.workcalendar import WorkCalendar
from tests.core.test_workcalendar import COUNT, OFFICE, PLAIN, at, calendars, moments

MONDAY = at("2026-04-06 09:00")


@pytest.mark.parametrize(
    ("iso", "time"),
    [
        ("P1D", WorkingTime(1, 0)),
        ("P90D", WorkingTime(90, 0)),
        ("PT2H", WorkingTime(0, 120)),
        ("PT450M", WorkingTime(0, 450)),
        ("P1DT2H30M", WorkingTime(1, 150)),
    ],
)
def test_a_duration_is_read(iso: str, time: WorkingTime) -> None:
    assert parse_duration(iso) == time


def test_a_blank_duration_stays_blank() -> None:
    assert parse_duration(None) is None
    assert due_moment(PLAIN, MONDAY, None) is None
    assert due_of(PLAIN, MONDAY, Duration(raw=None, iso=None)) is None


@pytest.mark.parametrize(
    "iso", ["", "P", "PT", "P1DT", "1D", "P-1D", "P1W", "P1D\n", "P١D", "P9999999D", "PT99999999H"]
)
def test_what_is_no_duration_is_refused(iso: str) -> None:
    with pytest.raises(InvalidProcedure):
        due_moment(PLAIN, MONDAY, iso)


def test_what_is_no_duration_is_refused_with_its_words_and_how_it_is_written() -> None:
    with pytest.raises(InvalidProcedure) as refused:
        parse_duration("7 Hari")
    said = (refused.value.explain("id"), refused.value.explain("en"))
    assert said == (
        "Durasi '7 Hari' tidak dapat dibaca. Tulis seperti P7D atau PT2H30M.",
        "The duration '7 Hari' cannot be read. Write it like P7D or PT2H30M.",
    )


@pytest.mark.parametrize(
    ("longest", "beyond"),
    [
        (f"P{MAX_DAYS}D", f"P{MAX_DAYS + 1}D"),
        (f"PT{MAX_DAYS * MINUTES_A_DAY + MINUTES_A_DAY - 1}M", f"PT{(MAX_DAYS + 1) * MINUTES_A_DAY}M"),
        (f"P{MAX_DAYS - 1}DT{MINUTES_A_DAY}M", f"P{MAX_DAYS}DT{MINUTES_A_DAY}M"),
    ],
)
def test_the_longest_duration_is_ten_years_and_not_a_day_more(longest: str, beyond: str) -> None:
    read = parse_duration(longest)
    assert read is not None
    assert read.whole_days == MAX_DAYS
    with pytest.raises(InvalidProcedure):
        parse_duration(beyond)


@pytest.mark.parametrize(
    ("start", "iso", "due"),
    [
        ("2026-04-06 09:00", "P1D", "2026-04-07 16:00"),
        ("2026-04-06 22:00", "P1D", "2026-04-07 16:00"),
        ("2026-04-06 09:00", "P7D", "2026-04-15 16:00"),
        ("2026-04-10 09:00", "P1D", "2026-04-13 16:00"),
        ("2026-04-11 09:00", "P1D", "2026-04-13 16:00"),
        ("2026-04-06 09:00", "PT120M", "2026-04-06 11:00"),
        ("2026-04-06 15:00", "PT2H", "2026-04-07 08:30"),
        ("2026-04-10 16:00", "PT1H", "2026-04-13 08:00"),
        ("2026-04-06 09:00", "P1DT2H", "2026-04-08 09:30"),
        ("2026-04-06 09:00", "P0D", "2026-04-06 16:00"),
        ("2026-04-11 09:00", "P0D", "2026-04-13 16:00"),
        ("2026-03-17 14:30", "PT90M", "2026-03-25 08:30"),
    ],
)
def test_deadlines_are_laid_on_the_working_calendar(start: str, iso: str, due: str) -> None:
    assert due_moment(OFFICE, at(start), iso) == at(due)


def test_calendar_days_run_through_weekends_and_holidays_to_the_end_of_the_day() -> None:
    assert due_moment(OFFICE, at("2026-04-01 09:00"), "P3D", days="kalender") == at("2026-04-04 23:59")
    assert due_moment(OFFICE, MONDAY, "P90D", days="kalender") == at("2026-07-05 23:59")
    # Hours are working time all the same.
    assert due_moment(OFFICE, at("2026-04-06 15:00"), "PT2H", days="kalender") == at("2026-04-07 08:30")


def test_a_range_has_an_earliest_target_and_is_due_at_the_latest() -> None:
    hours = Duration(raw="1- 2 Jam", iso="PT1H", iso_max="PT2H")
    assert due_of(PLAIN, MONDAY, hours) == Due(at("2026-04-06 11:00"), at("2026-04-06 10:00"))
    single = Duration(raw="60 menit", iso="PT60M")
    assert due_of(PLAIN, MONDAY, single) == Due(at("2026-04-06 10:00"), at("2026-04-06 10:00"))


def test_a_pause_is_given_back_in_the_durations_own_unit() -> None:
    overnight = (Pause(at("2026-04-06 15:00"), at("2026-04-07 08:30")),)
    assert due_moment(PLAIN, MONDAY, "PT8H", pauses=overnight) == at("2026-04-07 11:30")
    assert due_moment(PLAIN, MONDAY, "P1D", pauses=overnight) == at("2026-04-08 16:00")
    assert due_moment(PLAIN, MONDAY, "P1D", days="kalender", pauses=overnight) == at("2026-04-08 23:59")
    lunch = (Pause(at("2026-04-06 12:10"), at("2026-04-06 12:50")),)
    for iso in ("PT8H", "P1D"):
        assert due_moment(PLAIN, MONDAY, iso, pauses=lunch) == due_moment(PLAIN, MONDAY, iso)


def test_a_pause_as_long_as_the_work_moves_it_by_so_much_and_not_to_the_evening() -> None:
    morning = (Pause(at("2026-04-06 10:00"), at("2026-04-06 12:00")),)
    assert due_moment(PLAIN, MONDAY, "PT2H", pauses=morning) == at("2026-04-06 14:00")


def test_work_without_a_length_is_given_its_pause_back_too() -> None:
    hour = (Pause(at("2026-04-06 10:00"), at("2026-04-06 11:00")),)
    assert due_moment(PLAIN, MONDAY, "P0D", pauses=hour) == at("2026-04-06 10:00")


def test_several_pauses_are_given_back_together() -> None:
    nights = tuple(Pause(at(f"2026-04-0{day} 15:00"), at(f"2026-04-0{day + 1} 08:30")) for day in (6, 7))
    assert due_moment(PLAIN, MONDAY, "PT2H", pauses=nights) == at("2026-04-06 16:00")
    assert due_moment(PLAIN, MONDAY, "P1D", pauses=nights) == at("2026-04-09 16:00")
    assert due_moment(PLAIN, MONDAY, "P1D", days="kalender", pauses=nights) == at("2026-04-09 23:59")


def test_a_range_counts_its_days_and_pauses_like_a_single_duration() -> None:
    days = Duration(raw="1-2 Hari", iso="P1D", iso_max="P2D")
    night = (Pause(at("2026-04-06 15:00"), at("2026-04-07 08:30")),)
    assert due_of(PLAIN, MONDAY, days, days="kalender", pauses=night) == Due(
        at("2026-04-09 23:59"), at("2026-04-08 23:59")
    )
    assert due_of(PLAIN, MONDAY, days, pauses=night) == Due(at("2026-04-09 16:00"), at("2026-04-08 16:00"))


def test_a_range_written_the_wrong_way_round_is_due_at_its_later_end() -> None:
    hours = Duration(raw="2 - 1 Jam", iso="PT2H", iso_max="PT1H")
    assert due_of(PLAIN, MONDAY, hours) == Due(at("2026-04-06 11:00"), at("2026-04-06 10:00"))


def test_a_range_with_a_latest_end_alone_is_due_then() -> None:
    until = Duration(raw="paling lama 2 Jam", iso=None, iso_max="PT2H")
    assert due_of(PLAIN, MONDAY, until) == Due(at("2026-04-06 11:00"), at("2026-04-06 11:00"))


# From Monday 6 April, 09:00; no day off but weekends.
@pytest.mark.parametrize(
    ("iso", "share", "days", "left"),
    [
        ("P90D", 10, "kerja", "2026-07-29 07:30"),  # due 10 August: nine working days, this one among them
        ("P90D", 2, "kerja", "2026-06-09 07:30"),
        ("P90D", 10, "kalender", "2026-06-26 23:59"),  # due 5 July: nine days later
        ("P90D", 2, "kalender", "2026-05-21 23:59"),
        ("P10D", 10, "kerja", "2026-04-20 07:30"),  # the morning of the last day
        ("P15D", 10, "kerja", "2026-04-24 11:15"),  # a day and a half: of 24 April 225 minutes are left
        ("P1D", 10, "kerja", "2026-04-07 15:15"),  # 45 minutes
        ("P90DT2H", 10, "kerja", "2026-07-29 09:18"),  # due 11 August 09:30: nine days and twelve minutes
        ("PT300M", 10, "kerja", "2026-04-06 14:30"),  # due 15:00
        ("PT300M", 10, "kalender", "2026-04-06 14:30"),  # minutes are always working time
    ],
)
def test_a_share_of_a_duration_is_left_in_the_days_that_it_counts(
    iso: str, share: int, days: DayKind, left: str
) -> None:
    assert share_left(PLAIN, MONDAY, Duration(raw=None, iso=iso), share, days=days) == at(left)


def test_a_share_of_a_range_is_of_its_longer_end_and_of_no_duration_none() -> None:
    both = Duration(raw="80-90 Hari", iso="P80D", iso_max="P90D")
    assert share_left(PLAIN, MONDAY, both, 10) == at("2026-07-29 07:30")
    turned = Duration(raw="90-80 Hari", iso="P90D", iso_max="P80D")
    assert share_left(PLAIN, MONDAY, turned, 10) == at("2026-07-29 07:30")
    assert (longest(both), longest(turned), longest(Duration(raw=None, iso="PT900M"))) == (90, 90, 2)
    blank = Duration(raw=None, iso=None)
    assert share_left(PLAIN, MONDAY, blank, 10) is None
    assert longest(blank) == 0


def test_what_a_pause_cost_is_given_back_before_a_share_is_left() -> None:
    week = (Pause(at("2026-04-13 10:00"), at("2026-04-20 10:00")),)
    ninety = Duration(raw=None, iso="P90D")
    assert share_left(PLAIN, MONDAY, ninety, 10, pauses=week) == at("2026-08-05 07:30")
    assert share_left(PLAIN, MONDAY, ninety, 10, days="kalender", pauses=week) == at("2026-07-03 23:59")


@COUNT
@given(calendars(), moments, st.integers(1, 9))
def test_when_a_tenth_is_left_so_many_working_days_end_until_it_is_due(
    calendar: WorkCalendar, start: datetime, tenth: int
) -> None:
    duration = Duration(raw=None, iso=f"P{tenth * 10}D")
    left, due = share_left(calendar, start, duration, 10), due_of(calendar, start, duration)
    assert left is not None
    assert due is not None
    assert calendar.is_working(left)
    assert calendar.ends_between(left, due.latest) == tenth


@COUNT
@given(calendars(), moments, st.integers(1, 60))
def test_a_deadline_in_days_is_the_end_of_the_nth_working_day(
    calendar: WorkCalendar, start: datetime, count: int
) -> None:
    due = due_moment(calendar, start, f"P{count}D")
    assert due is not None
    day = calendar.day_of(due - timedelta(seconds=1))  # hours may end at midnight
    assert due == calendar.end_of(day)
    assert calendar.days_between(calendar.day_of(start), day) == count


@COUNT
@given(calendars(), moments, st.integers(1, 2000))
def test_a_deadline_in_minutes_is_so_much_working_time_away(
    calendar: WorkCalendar, start: datetime, count: int
) -> None:
    due = due_moment(calendar, start, f"PT{count}M")
    assert due is not None
    assert calendar.between(start, due) == timedelta(minutes=count)


@pytest.fixture(scope="module")
def lombok() -> Procedure:
    path = Path(__file__).parents[2] / "checks/sop/lombok-tengah.yaml"
    text = path.read_text(encoding="utf-8")
    names = {line.strip().removeprefix("- ") for line in text.splitlines() if line.startswith("        - ")}
    return load_procedure(text, path=path.name, checks=frozenset(names))


def test_phases_are_due_one_after_the_other(lombok: Procedure) -> None:
    dues = phase_dues(PLAIN, lombok, MONDAY)
    assert list(dues) == [phase.key for phase in lombok.phases]
    assert list(dues.values()) == sorted(dues.values())
    assert dues["permohonan"] == at("2026-04-07 16:00")
    assert dues["hosting"] == due_moment(PLAIN, MONDAY, "P27D")


def test_a_phase_without_a_duration_is_not_due(lombok: Procedure) -> None:
    blank = lombok.steps[0].duration.model_copy(update={"raw": None, "iso": None})
    first = lombok.steps[0].model_copy(update={"duration": blank})
    changed = lombok.model_copy(update={"steps": (first, *lombok.steps[1:])})
    dues = phase_dues(PLAIN, changed, MONDAY)
    assert "permohonan" not in dues
    assert dues["hosting"] == due_moment(PLAIN, MONDAY, "P26D")


def test_phases_in_calendar_days_run_through_weekends(lombok: Procedure) -> None:
    dues = phase_dues(PLAIN, lombok, MONDAY, days="kalender")
    assert dues["hosting"] == due_moment(PLAIN, MONDAY, "P27D", days="kalender")


def test_a_holiday_moves_the_phases_after_it(lombok: Procedure) -> None:
    holiday = WorkCalendar("Asia/Makassar", off={date(2026, 4, 8): "HUT Daerah"})
    before, after = phase_dues(PLAIN, lombok, MONDAY), phase_dues(holiday, lombok, MONDAY)
    assert after["permohonan"] == before["permohonan"]
    assert after["penugasan"] > before["penugasan"]
