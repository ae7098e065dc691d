from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.core.deadline import WorkingTime, due_date, parse_duration, phase_dues
from automation.core.errors import InvalidProcedure
from automation.core.procedure import Procedure, load_procedure

MONDAY = date(2026, 3, 2)
FRIDAY = date(2026, 3, 6)
SATURDAY = date(2026, 3, 7)
NONE: frozenset[date] = frozenset()
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


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
    assert due_date(MONDAY, None, NONE) is None


@pytest.mark.parametrize(
    "iso", ["", "P", "PT", "P1DT", "1D", "P-1D", "P1W", "P1D\n", "P١D", "P9999999D", "PT99999999H"]
)
def test_what_is_no_duration_is_refused(iso: str) -> None:
    with pytest.raises(InvalidProcedure):
        due_date(MONDAY, iso, NONE)


@pytest.mark.parametrize(
    ("start", "iso", "due"),
    [
        (MONDAY, "P1D", date(2026, 3, 3)),
        (MONDAY, "P7D", date(2026, 3, 11)),
        (FRIDAY, "P1D", date(2026, 3, 9)),
        (SATURDAY, "P1D", date(2026, 3, 9)),
        (MONDAY, "PT2H", MONDAY),
        (SATURDAY, "PT2H", date(2026, 3, 9)),
        (MONDAY, "PT450M", date(2026, 3, 3)),
        (MONDAY, "P0D", MONDAY),
    ],
)
def test_deadlines_count_working_days(start: date, iso: str, due: date) -> None:
    assert due_date(start, iso, NONE) == due


def test_holidays_are_not_counted() -> None:
    assert due_date(MONDAY, "P1D", frozenset({date(2026, 3, 3), date(2026, 3, 4)})) == date(2026, 3, 5)


@given(days, st.integers(0, 200), st.frozensets(days, max_size=5))
def test_a_deadline_is_a_working_day_with_as_many_working_days_before(
    start: date, count: int, holidays: frozenset[date]
) -> None:
    due = due_date(start, f"P{count}D", holidays)
    assert due is not None
    assert due.weekday() < 5
    assert due not in holidays
    passed = [start + timedelta(days=one + 1) for one in range((due - start).days)]
    working = [day for day in passed if day.weekday() < 5 and day not in holidays]
    assert len(working) == count or (count == 0 and working == [due])


@pytest.fixture(scope="module")
def lombok() -> Procedure:
    path = Path(__file__).parents[2] / "checks/sop/lombok-tengah.yaml"
    text = path.read_text(encoding="utf-8")
    names = {line.strip().removeprefix("- ") for line in text.splitlines() if line.startswith("        - ")}
    return load_procedure(text, path=path.name, checks=frozenset(names))


def test_phases_are_due_one_after_the_other(lombok: Procedure) -> None:
    dues = phase_dues(lombok, MONDAY)
    assert list(dues) == [phase.key for phase in lombok.phases]
    assert list(dues.values()) == sorted(dues.values())
    assert dues["permohonan"] == date(2026, 3, 3)
    assert dues["hosting"] == due_date(MONDAY, "P27D", NONE)


def test_a_phase_without_a_duration_is_not_due(lombok: Procedure) -> None:
    blank = lombok.steps[0].duration.model_copy(update={"raw": None, "iso": None})
    first = lombok.steps[0].model_copy(update={"duration": blank})
    changed = lombok.model_copy(update={"steps": (first, *lombok.steps[1:])})
    dues = phase_dues(changed, MONDAY)
    assert "permohonan" not in dues
    assert dues["hosting"] == due_date(MONDAY, "P26D", NONE)
