from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.core.deadline import Due, Pause, WorkingTime, due_moment, due_of, parse_duration, phase_dues
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


def test_a_holiday_moves_the_phases_after_it(lombok: Procedure) -> None:
    holiday = WorkCalendar("Asia/Makassar", off={date(2026, 4, 8): "HUT Daerah"})
    before, after = phase_dues(PLAIN, lombok, MONDAY), phase_dues(holiday, lombok, MONDAY)
    assert after["permohonan"] == before["permohonan"]
    assert after["penugasan"] > before["penugasan"]
