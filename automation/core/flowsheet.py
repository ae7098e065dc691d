"""A drawn flowchart as data: symbols, lines and words of each page, in millimetres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from automation.core.flowchart import Chart, Kind

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Millimetres: a symbol, the room it stands in, a page's edge with connectors, a connector."""

    symbol_width: float = 16.0
    symbol_height: float = 8.0
    slot: float = 16.0
    edge: float = 11.0
    connector_width: float = 6.0
    connector_height: float = 6.6
    gutter: float = 2.4
    upper: float = 1.3
    loop: float = 2.5


@dataclass(frozen=True, slots=True)
class Shape:
    """A symbol or connector around its middle (``x``, ``y``)."""

    kind: Kind | str
    x: float
    y: float
    width: float
    height: float
    text: str = ""
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line through ``points``, with an arrowhead at its end or without."""

    points: tuple[Point, ...]
    arrow: bool
    inferred: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A word beside an arrow; ``anchor`` is where of it (``x``, ``y``), the middle of its height, lies."""

    x: float
    y: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: where its rows stand (index, top, height), its edges (0 where it has none), what is drawn."""

    rows: tuple[tuple[int, float, float], ...]
    before: float
    after: float
    height: float
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]
    words: tuple[Word, ...]


def row_heights(chart: Chart, texts: Sequence[float], sizes: Sizes) -> tuple[float, ...]:
    """Each row as high as its text (``texts``) and its symbols need."""
    return tuple(max(text, row.slots * sizes.slot) for row, text in zip(chart.rows, texts, strict=True))


def paginate(heights: Sequence[float], room: float, sizes: Sizes) -> tuple[tuple[int, ...], ...]:
    """Which rows stand on which page; a row is never cut.

    Args:
        heights: of the rows.
        room: height of a page's body.
        sizes: a page that is not the first or the last has edges for connectors.

    Raises:
        ValueError: a row is higher than a page; its message is the row's index.
    """
    pages: list[list[int]] = [[]]
    used = 0.0
    for row, height in enumerate(heights):
        before = sizes.edge if len(pages) > 1 else 0.0
        after = sizes.edge if row < len(heights) - 1 else 0.0
        if pages[-1] and before + used + height + after > room:
            pages.append([])
            used, before = 0.0, sizes.edge
        if before + height + after > room:
            raise ValueError(str(row))
        pages[-1].append(row)
        used += height
    return tuple(tuple(page) for page in pages)


def lane_borders(left: float, widths: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Left border and width of lanes that stand side by side."""
    return tuple((left + sum(widths[:at]), width) for at, width in enumerate(widths))


def arrow_head(line: Line, length: float = 1.7, width: float = 1.4) -> tuple[Point, Point, Point]:
    """The corners of the arrowhead at a line's end, its tip first."""
    (x1, y1), (x2, y2) = line.points[-2:]
    run = ((x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1))  # lines run along one axis
    back, across = (x2 - run[0] * length, y2 - run[1] * length), (run[1] * width / 2, run[0] * width / 2)
    return (
        (x2, y2),
        (round(back[0] + across[0], 3), round(back[1] + across[1], 3)),
        (round(back[0] - across[0], 3), round(back[1] - across[1], 3)),
    )


def as_data(sheet: Sheet) -> Mapping[str, object]:
    """A sheet as plain values, for programs that draw it."""
    return {
        "rows": [list(row) for row in sheet.rows],
        "before": sheet.before,
        "after": sheet.after,
        "height": sheet.height,
        "shapes": [
            {
                "kind": shape.kind,
                "x": shape.x,
                "y": shape.y,
                "width": shape.width,
                "height": shape.height,
                "text": shape.text,
                "inferred": shape.inferred,
            }
            for shape in sheet.shapes
        ],
        "lines": [
            {
                "points": [list(point) for point in line.points],
                "head": [list(point) for point in arrow_head(line)] if line.arrow else [],
                "inferred": line.inferred,
            }
            for line in sheet.lines
        ],
        "words": [{"x": one.x, "y": one.y, "text": one.text, "anchor": one.anchor} for one in sheet.words],
    }
