"""The runs of a flowchart's arrows before they have their place: tracks in gutters, connectors, paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from automation.core.flowsheet import Point


@dataclass(slots=True)
class Track:
    """A vertical run in the gutter right (1) or left (-1) of a lane's symbol; ``x`` is given last."""

    page: int
    lane: int
    side: int
    ends: tuple[float, float]
    x: float = 0.0


@dataclass(slots=True)
class Connector:
    """A ``segilima`` at the upper or lower edge of a page."""

    page: int
    upper: bool
    number: int
    over: Track | float
    x: float = 0.0

    @property
    def aligned(self) -> bool:
        """Whether it belongs straight above or below a symbol."""
        return not isinstance(self.over, Track)


@dataclass(slots=True)
class Path:
    """A line whose tracks and connectors have no place yet."""

    page: int
    points: list[tuple[Track | float, float]]
    arrow: bool
    inferred: bool
    starts: Connector | None = None
    ends: Connector | None = None


def x_of(of: Track | float) -> float:
    """Where it runs, once that is known."""
    return of.x if isinstance(of, Track) else of


def side_by_side(tracks: list[Track]) -> list[list[Track]]:
    """Columns in which no two tracks overlap, the short ones innermost."""
    columns: list[list[Track]] = []
    for track in sorted(tracks, key=lambda one: (one.ends[1] - one.ends[0], one.ends)):
        fitting = (column for column in columns if not any(_overlap(track, other) for other in column))
        column = next(fitting, None)
        if column is None:
            columns.append(column := [])
        column.append(track)
    return columns


def _overlap(one: Track, other: Track) -> bool:
    return one.ends[0] <= other.ends[1] + 0.5 and other.ends[0] <= one.ends[1] + 0.5


def straight(points: Sequence[Point]) -> tuple[Point, ...]:
    """Without repeated points and without points on a straight run."""
    kept: list[Point] = []
    for point in points:
        if kept and abs(kept[-1][0] - point[0]) < 1e-6 and abs(kept[-1][1] - point[1]) < 1e-6:
            continue
        while len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple((round(x, 3), round(y, 3)) for x, y in kept)


def _in_line(first: Point, middle: Point, last: Point) -> bool:
    return any(
        abs(first[axis] - middle[axis]) < 1e-6 and abs(middle[axis] - last[axis]) < 1e-6 for axis in (0, 1)
    )


def set_apart(row: Sequence[Connector], apart: float, left: float, right: float) -> None:
    """Give the connectors of one edge their places: each as near as may be to where its line runs.

    Those that belong to a symbol come first, so that the main flow stays straight.
    """
    placed: list[float] = []
    for one in sorted(row, key=lambda one: (not one.aligned, x_of(one.over), one.number)):
        wished = min(max(x_of(one.over), left), right)
        places = [wished, *(other + step * apart for other in placed for step in (-1, 1))]
        free = [
            x for x in places if left <= x <= right and all(abs(x - other) > apart - 1e-6 for other in placed)
        ]
        one.x = min(free, key=lambda x: (abs(x - wished), x), default=wished)
        placed.append(one.x)
