"""Health of the calendar: whether the holidays and the Ramadan that deadlines count with are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from automation.core.health import Check, Diagnosis, listed
from automation.core.policycalendar import NationalDays
from automation.core.text import Bilingual

DECREED_BY = 10  # the month: the decree on a year's holidays comes in September or October of the year before
ANNOUNCED = timedelta(days=60)  # before Ramadan: its hours and dates are announced in that time


def judge_calendar(
    national: NationalDays, announced: frozenset[int], today: date, control: str
) -> Iterator[Diagnosis]:
    """Every check of this theme.

    Args:
        national: what laik knows of the nation's days.
        announced: years whose Ramadan the policy names itself.
        today: the date here.
        control: the control project's path.
    """
    yield _years(national, today)
    yield from _ramadan(national, announced, today, f"{control}/laik.yaml" if control else "laik.yaml")


def _years(national: NationalDays, today: date) -> Diagnosis:
    """A year is needed once deadlines reach into it, which no decree before October could serve."""
    needed = [today.year, *([today.year + 1] if today.month >= DECREED_BY else [])]
    missing = [str(one) for one in needed if one not in national.years]
    check = Check("calendar_year", ", ".join(missing or map(str, needed)))
    if not missing:
        return check.ok(
            "Hari libur dan cuti bersama yang diperlukan dikenal.",
            "The holidays and cuti bersama that are needed are known.",
        )
    return check.warn(
        Bilingual(
            f"Cuti bersama tahun {listed(missing)} tidak dikenal laik: tenggat dapat jatuh terlalu awal.",
            f"laik knows no cuti bersama of {listed(missing)}: deadlines may fall too early.",
        ),
        Bilingual(
            "Perbarui paket Python 'holidays', atau tulis hari dari SKB pada kalender.libur di laik.yaml.",
            "Update the Python package 'holidays', or write its days into kalender.libur of laik.yaml.",
        ),
    )


def _ramadan(
    national: NationalDays, announced: frozenset[int], today: date, where: str
) -> Iterator[Diagnosis]:
    """Of a Ramadan that is near or runs: reckoned ahead, its days may be one off."""
    for first, last in national.ramadan:
        near = first - ANNOUNCED <= today <= last
        if near and last.year in national.estimated and not announced & {first.year, last.year}:
            yield Check("calendar_year", where).warn(
                Bilingual(
                    f"Ramadan {first:%d-%m-%Y} sampai {last:%d-%m-%Y} masih perkiraan.",
                    f"Ramadan from {first} to {last} is reckoned, not announced.",
                ),
                Bilingual(
                    "Setelah diumumkan, tulis mulai dan akhirnya pada kalender.ramadan di laik.yaml.",
                    "Once announced, write its first and last day into kalender.ramadan of laik.yaml.",
                ),
            )
