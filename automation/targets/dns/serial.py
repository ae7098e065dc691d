"""The serial rule of a zone: ``YYYYMMDDnn``, only ever growing (RFC 1912 section 2.2)."""

from __future__ import annotations

from datetime import date

MAX_SERIAL = 2**32 - 1


def next_serial(previous: int | None, today: date) -> int:
    """The serial after ``previous`` for a change made on ``today``.

    Secondary servers ignore a zone whose serial went back, so a clock that was set back, or more than 99
    changes in one day, counts on from the previous serial and not from the date.

    Raises:
        ValueError: there is no serial left above ``previous``.
    """
    first = int(f"{today:%Y%m%d}01")
    serial = first if previous is None else max(first, previous + 1)
    if serial > MAX_SERIAL:
        raise ValueError(f"no serial above {previous}")
    return serial
