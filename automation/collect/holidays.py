"""National holidays, cuti bersama and Ramadan of Indonesia, from the package ``holidays``.

The package calls cuti bersama a *government* holiday and leaves it out unless asked. A year counts as decreed
once its cuti bersama is listed: the joint decree of three ministers (SKB) names both at once, and before it
the package gives reckoned holidays alone. Islamic days of years ahead are estimates by its own word.

Ramadan: the package knows when it begins by the calendar that Brunei, Indonesia, Malaysia and Singapore
reckon with (MABIMS), and when Idul Fitri was or will be in Indonesia, which the sighting of the moon (isbat)
may set a day apart. Ramadan ends on the day before Idul Fitri and has 29 or 30 days; where the package's
first day gives neither, 30 are taken. So the first day may be one off what was announced (2025: 2 March here,
1 March by isbat). A region that announces its own dates writes them into ``laik.yaml``, which wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache

from automation.core.policycalendar import NationalDays

FIRST_YEAR = 2021  # of the SOPs; no case is older
AHEAD = 2  # years: a SOP of all the durations in the sources takes less than one
LENGTHS = (29, 30)  # days of Ramadan


@lru_cache(maxsize=4)
def national_days(year: int) -> NationalDays:
    """What is known of the years from ``FIRST_YEAR`` to two years after ``year``."""
    from holidays.constants import GOVERNMENT, PUBLIC
    from holidays.countries.indonesia import Indonesia, IndonesiaIslamicHolidays

    years = range(FIRST_YEAR, max(year, FIRST_YEAR) + AHEAD + 1)
    listed = Indonesia(years=years, categories=(PUBLIC, GOVERNMENT), expand=False, language="id")
    joint = Indonesia(years=years, categories=(GOVERNMENT,), expand=False, language="id")
    islamic = IndonesiaIslamicHolidays()
    begun = {day for one in years for day, _ in islamic.ramadan_beginning_dates(one)}
    feasts = [known for one in years for known in islamic.eid_al_fitr_dates(one)]
    return NationalDays(
        off={day: listed[day] for day in sorted(listed) if day.year in years},
        years=frozenset(day.year for day in joint),
        ramadan=tuple(sorted(set(_fastings((day for day, _ in feasts), begun)))),
        estimated=frozenset(day.year for day, estimated in feasts if estimated),
    )


def _fastings(feasts: Iterable[date], begun: set[date]) -> Iterator[tuple[date, date]]:
    for feast in feasts:
        possible = [feast - timedelta(days=one) for one in LENGTHS]
        yield next((one for one in possible if one in begun), possible[-1]), feast - timedelta(days=1)
