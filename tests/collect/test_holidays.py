"""The nation's days as the package has them; dates from the joint decrees of the years named."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from automation.collect.holidays import FIRST_YEAR, national_days
from automation.core.policycalendar import CalendarPolicy, work_calendar

KNOWN = national_days(2026)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 3, 19),  # Nyepi
        date(2026, 3, 20),  # cuti bersama
        date(2026, 3, 23),  # cuti bersama
        date(2026, 8, 17),
        date(2026, 12, 24),  # cuti bersama
        date(2025, 8, 18),  # cuti bersama that came in the middle of the year
        date(2027, 3, 9),  # cuti bersama
    ],
)
def test_holidays_and_cuti_bersama_are_days_off(day: date) -> None:
    assert KNOWN.off[day]
    assert not work_calendar(CalendarPolicy(), "Asia/Jakarta", KNOWN).is_working_day(day)


def test_names_are_indonesian() -> None:
    assert KNOWN.off[date(2026, 8, 17)] == "Hari Kemerdekaan Republik Indonesia"
    assert KNOWN.off[date(2026, 12, 24)].startswith("Cuti Bersama")


def test_a_year_is_known_once_its_cuti_bersama_is() -> None:
    assert set(range(FIRST_YEAR, 2028)) <= KNOWN.years
    far = national_days(2060)
    assert 2062 not in far.years
    assert date(2062, 8, 17) in far.off


def test_ramadan_ends_the_day_before_idul_fitri_and_is_a_month_long() -> None:
    feasts = {day for day, name in KNOWN.off.items() if name.startswith("Hari Raya Idul Fitri")}
    for first, last in KNOWN.ramadan:
        assert (last - first).days + 1 in {29, 30}
        assert last.year < FIRST_YEAR or last + timedelta(days=1) in feasts
    assert (date(2026, 2, 19), date(2026, 3, 20)) in KNOWN.ramadan
    assert (date(2024, 3, 12), date(2024, 4, 9)) in KNOWN.ramadan


def test_years_ahead_say_that_they_are_reckoned() -> None:
    assert 2026 not in KNOWN.estimated
    assert 2028 in KNOWN.estimated


def test_a_week_of_the_nation_has_the_regulations_hours() -> None:
    calendar = work_calendar(CalendarPolicy(), "Asia/Makassar", KNOWN)
    monday, friday = date(2026, 3, 2), date(2026, 4, 10)
    assert sum(one.end - one.start for one in calendar.hours(monday)) == 390  # Ramadan
    assert sum(one.end - one.start for one in calendar.hours(friday)) == 450
