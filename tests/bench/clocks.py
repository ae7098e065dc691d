"""Due times on the working calendar of 2026, beside what the package of the holidays itself can count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from holidays.constants import GOVERNMENT, PUBLIC
from holidays.countries.indonesia import Indonesia

from automation.collect.holidays import national_days
from automation.core.deadline import due_moment
from automation.core.policycalendar import CalendarPolicy, work_calendar
from tests.bench.timing import Measure, medians

STARTS = [datetime(2026, 1, 5, 1, 30, tzinfo=UTC) + timedelta(hours=29 * step) for step in range(200)]
DAYS = 7


def due_times() -> Iterator[Measure]:
    """Due times a second: seven working days beside the package's own count, which must name the same days.

    The package counts whole days alone; of hours, breaks, Ramadan and minutes it has nothing, so the others
    stand without a peer.
    """
    calendar = work_calendar(CalendarPolicy(), "Asia/Makassar", national_days(2026))
    nation = Indonesia(years=(2026, 2027), categories=(PUBLIC, GOVERNMENT), expand=False)
    first_days = [calendar.day_of(start) for start in STARTS]

    def due(iso: str) -> list[datetime | None]:
        return [due_moment(calendar, start, iso) for start in STARTS]

    def peer() -> list[object]:
        return [nation.get_nth_working_day(day, DAYS) for day in first_days]

    ours = [calendar.day_of(one) for one in due(f"P{DAYS}D") if one]
    if ours != peer():
        raise AssertionError("the two do not name the same days")
    times = medians(
        7, days=lambda: due(f"P{DAYS}D"), peer=peer, minutes=lambda: due("PT120M"), long=lambda: due("P90D")
    )
    rate = {name: len(STARTS) / seconds for name, seconds in times.items()}
    yield Measure(
        "due_in_7_days",
        rate["days"],
        "due times/s",
        "holidays.get_nth_working_day",
        rate["peer"],
        rate["days"] / rate["peer"],
    )
    yield Measure("due_in_120_minutes", rate["minutes"], "due times/s")
    yield Measure("due_in_90_days", rate["long"], "due times/s")
