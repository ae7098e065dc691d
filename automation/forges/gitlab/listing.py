"""Lists that change while they are read.

Offset pages (``page=2``) are counted from the start of the list as it is at that moment: when a row leaves
the list between two pages, all behind it move up and one is never shown. Nothing that stood all the time
may be lost so, hence three ways, the first that the list offers:

* :func:`by_time`: the next page begins at the time of the last row (``created_after`` and the like), on
  any GitLab. Keyset pages would do the same, but GitLab has them for project issues only since 18.3 and for
  merge requests not at all (docs.gitlab.com/api/rest/#supported-resources).
* keyset pages, for repository trees (see ``repositories``).
* :func:`whole`: offset pages, and all of it anew when the list's length changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

PAGE = 100
_READS = 4


def whole(fetch: Callable[[], Any], *, until: Callable[[Any], bool] | None = None) -> list[Any]:
    """All rows of an offset list, each once; up to the first for which ``until`` holds.

    Args:
        fetch: begins the list: a manager's ``list(iterator=True, ...)``.
        until: for lists in an order, says that this row and all behind it are not wanted.
    """
    rows: dict[Any, Any] = {}
    for _ in range(_READS):
        rows, lengths = _read(fetch(), until)
        if len(lengths) <= 1:
            break
    return list(rows.values())


def _read(listing: Any, until: Callable[[Any], bool] | None) -> tuple[dict[Any, Any], set[int | None]]:
    """The rows by id, and every length that the list had at one of its pages."""
    rows, lengths = {}, set()
    for row in listing:
        lengths.add(listing.total)
        if until is not None and until(row):
            break
        rows[row.get_id()] = row
    return rows, lengths


def by_time(fetch: Callable[..., Any], *, time: str, parameter: str, start: str = "") -> list[Any]:
    """All rows of a list sorted upwards by a time, each once.

    Args:
        fetch: begins the list: a manager's ``list(iterator=True, ...)``, given the parameters.
        time: the attribute that the list is sorted by.
        parameter: the parameter that takes rows from a time on (that time itself included).
        start: the time to begin at.
    """
    rows: dict[Any, Any] = {}
    after, pages = start, 1
    while True:
        found = list(islice(fetch(**({parameter: after} if after else {})), PAGE * pages))
        rows.update((row.get_id(), row) for row in found)
        if len(found) < PAGE * pages:
            return list(rows.values())
        last = str(found[-1].attributes[time])
        # More rows than a page holds at one and the same moment: only then a second page is counted off.
        after, pages = (after, pages + 1) if last == after else (last, 1)
