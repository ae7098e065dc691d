"""Where everything of a flowchart stands: symbols, arrows, page connectors, in millimetres.

One body of rows a page ("sheet"), its origin at the top left below the table's head. Arrows run in the
gutters between symbol and lane border, never through a symbol:

- to the next row: from the bottom to the top, across in the row's upper margin;
- elsewhere: out at the side, along a track in a gutter, in at the side, above the middle when it comes from
  above and below when it comes from below, so that what goes out and what comes in never share a line;
- to another page: to a ``segilima`` at the page's edge, and on from one with the same number.

Tracks of one gutter that would overlap stand side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from automation.core.flowchart import Arrow, Chart, Row
from automation.core.flowplaces import Places
from automation.core.flowroutes import Connector, Path, Track, set_apart, side_by_side, straight, x_of
from automation.core.flowsheet import Line, Point, Shape, Sheet, Sizes, Word

INCOMING = 0.36
"""How far from a symbol's middle an arrow comes in at its side, in parts of the symbol's height."""


def lay_out(
    chart: Chart,
    lanes: Sequence[tuple[float, float]],
    heights: Sequence[float],
    pages: Sequence[Sequence[int]],
    sizes: Sizes,
) -> tuple[Sheet, ...]:
    """The sheets.

    Args:
        chart: the flowchart.
        lanes: left border and width of each lane.
        heights: of the rows, at least their slots.
        pages: the rows of each page, in order.
        sizes: of what is drawn.
    """
    return _Drawing(Places(chart, lanes, heights, pages, sizes)).sheets()


@dataclass(slots=True)
class _Drawing:
    at: Places
    tracks: list[Track] = field(default_factory=list)
    connectors: list[Connector] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    words: list[tuple[int, Word]] = field(default_factory=list)
    taken: set[tuple[int, int]] = field(default_factory=set)
    arrivals: dict[tuple[int, bool], Path] = field(default_factory=dict)

    def sheets(self) -> tuple[Sheet, ...]:
        for index, row in enumerate(self.at.chart.rows):
            self._within(index, row)
        for arrow in self.at.chart.arrows:
            self._arrow(arrow)
        self._place_tracks()
        self._place_connectors()
        return tuple(self._sheet(page) for page in range(len(self.at.pages)))

    # arrows

    def _within(self, index: int, row: Row) -> None:
        """Capsules before and after a decision, and the bond between those who act together."""
        page, x, half = (
            self.at.page_of[index],
            self.at.middle(row.symbols[0].lane),
            self.at.sizes.symbol_height / 2,
        )
        read = row.symbols[0].inferred
        runs = [(0, 1, read)] if row.head else []
        runs += [(row.slots - 2, row.slots - 1, read or row.tail_read)] if row.tail else []
        for above, below, inferred in runs:
            ends = [(x, self.at.slot(index, above) + half), (x, self.at.slot(index, below) - half)]
            self.paths.append(Path(page, [*ends], arrow=True, inferred=inferred))
        if row.tail_label:
            self._word(
                page, x + 0.8, self.at.slot(index, row.slots - 2) + half + 1.4, row.tail_label, "start"
            )
        lanes = sorted(symbol.lane for symbol in row.symbols)
        for left, right in pairwise(lanes):
            y = self.at.centre(index)
            ends = [
                (self.at.middle(left) + self.at.width(left) / 2, y),
                (self.at.middle(right) - self.at.width(right) / 2, y),
            ]
            self.paths.append(Path(page, [*ends], arrow=False, inferred=read))
        leading = row.symbols[0].lane
        self.taken |= {(index, 1 if lane > leading else -1) for lane in lanes if lane != leading}

    def _arrow(self, arrow: Arrow) -> None:
        if arrow.to == arrow.start + 1 and not self.at.chart.rows[arrow.start].tail:
            self._down(arrow)
        elif arrow.to == arrow.start:
            self._round(arrow)
        else:
            self._aside(arrow)

    def _down(self, arrow: Arrow) -> None:
        """To the next row."""
        half = self.at.sizes.symbol_height / 2
        start, to = self.at.middle(self.at.lane(arrow.start)), self.at.middle(self.at.lane(arrow.to))
        bottom, top = self.at.centre(arrow.start) + half, self.at.centre(arrow.to) - half
        here, there = self.at.page_of[arrow.start], self.at.page_of[arrow.to]
        self._word(here, start + 0.8, bottom + 1.4, arrow.label, "start")
        if here == there:
            across = self.at.top_of[arrow.to] + self.at.sizes.upper
            points = [(start, bottom), (start, across), (to, across), (to, top)]
            self.paths.append(Path(here, [*points], arrow=True, inferred=arrow.inferred))
            return
        number = self._number()
        out = self._connector(here, upper=False, number=number, over=start)
        into = self._connector(there, upper=True, number=number, over=to)
        self.paths.append(Path(here, [(start, bottom)], arrow=True, inferred=arrow.inferred, ends=out))
        self.paths.append(Path(there, [(to, top)], arrow=True, inferred=arrow.inferred, starts=into))

    def _round(self, arrow: Arrow) -> None:
        """Back into the same row."""
        row, lane = arrow.start, self.at.lane(arrow.start)
        side = self._free_side(arrow)
        y, x = self.at.centre(row), self.at.middle(lane)
        across = self.at.top_of[row] + self.at.sizes.loop
        if self.at.heights[row] > self.at.sizes.slot:  # a high row has room right above the symbol
            across = y - self.at.sizes.symbol_height / 2 - (self.at.sizes.upper + self.at.sizes.gutter) / 2
        track = self._track(self.at.page_of[row], lane, side, (across, y))
        points: list[tuple[Track | float, float]] = [
            (self.at.side(row, side), y),
            (track, y),
            (track, across),
        ]
        points += [(x, across), (x, y - self.at.sizes.symbol_height / 2)]
        self.paths.append(Path(self.at.page_of[row], points, arrow=True, inferred=arrow.inferred))
        self._beside(arrow, side, rising=True)

    def _aside(self, arrow: Arrow) -> None:
        """To any other row, by a track."""
        here, there = self.at.page_of[arrow.start], self.at.page_of[arrow.to]
        side, rising = self._free_side(arrow), arrow.to < arrow.start
        y = self.at.centre(arrow.start)
        start = (self.at.side(arrow.start, side), y)
        self._beside(arrow, side, rising=rising)
        if here == there:
            lane, at, enters = self._gutter(arrow, side)
            end = self._entry(arrow, enters)
            track = self._track(here, lane, at, (y, end[1]))
            points: list[tuple[Track | float, float]] = [start, (track, y), (track, end[1]), end]
            self.paths.append(Path(here, points, arrow=True, inferred=arrow.inferred))
            return
        leaving = self._track(here, self.at.lane(arrow.start), side, (y, self.at.edge(here, upper=rising)))
        out = self._connector(here, upper=rising, number=self._arrival(arrow, side), over=leaving)
        self.paths.append(Path(here, [start, (leaving, y)], arrow=True, inferred=arrow.inferred, ends=out))

    def _entry(self, arrow: Arrow, side: int) -> Point:
        """Where an arrow comes in at a symbol's side: below the middle when it rises, else above."""
        offset = (1 if arrow.to < arrow.start else -1) * INCOMING * self.at.sizes.symbol_height
        return self.at.side(arrow.to, side, offset), self.at.centre(arrow.to) + offset

    def _arrival(self, arrow: Arrow, side: int) -> int:
        """The number under which an arrow from another page comes in; all from one direction share one."""
        rising = arrow.to < arrow.start
        path = self.arrivals.get((arrow.to, rising))
        if path is not None and path.starts is not None:
            path.inferred = path.inferred and arrow.inferred
            return path.starts.number
        page, source, target = self.at.page_of[arrow.to], self.at.lane(arrow.start), self.at.lane(arrow.to)
        enters = side if source == target else (-1 if source < target else 1)
        end = self._entry(arrow, enters)
        track = self._track(page, target, enters, (end[1], self.at.edge(page, upper=not rising)))
        into = self._connector(page, upper=not rising, number=self._number(), over=track)
        path = Path(page, [(track, end[1]), end], arrow=True, inferred=arrow.inferred, starts=into)
        self.paths.append(path)
        self.arrivals[(arrow.to, rising)] = path
        return into.number

    def _free_side(self, arrow: Arrow) -> int:
        """The side that faces the target; in the same lane right when it goes back, left when it goes on."""
        source, target = self.at.lane(arrow.start), self.at.lane(arrow.to)
        facing = 1 if target > source else -1
        if source == target:
            facing = 1 if arrow.to <= arrow.start else -1
        side = facing if (arrow.start, facing) not in self.taken else -facing
        self.taken.add((arrow.start, side))
        return side

    def _gutter(self, arrow: Arrow, side: int) -> tuple[int, int, int]:
        """Lane and side of the track, and the side where the arrow comes in.

        The track is beside the source, unless a symbol stands in the way on the target's row.
        """
        source, target = self.at.lane(arrow.start), self.at.lane(arrow.to)
        if source == target:
            return source, side, side
        facing = 1 if target > source else -1
        between = {symbol.lane for symbol in self.at.chart.rows[arrow.to].symbols} - {target}
        low, high = min(source, target), max(source, target)
        blocked = any(low <= lane <= high for lane in between)
        if blocked and side == facing:
            return target, -facing, -facing
        return source, side, -facing

    def _track(self, page: int, lane: int, side: int, ends: tuple[float, float]) -> Track:
        track = Track(page, lane, side, (min(ends), max(ends)))
        self.tracks.append(track)
        return track

    def _number(self) -> int:
        """The next number of a pair of connectors."""
        return max((one.number for one in self.connectors), default=0) + 1

    def _connector(self, page: int, *, upper: bool, number: int, over: Track | float) -> Connector:
        connector = Connector(page, upper, number, over)
        self.connectors.append(connector)
        return connector

    def _word(self, page: int, x: float, y: float, text: str, anchor: str) -> None:
        if text:
            self.words.append((page, Word(x, y, text, anchor)))

    def _beside(self, arrow: Arrow, side: int, *, rising: bool) -> None:
        """The word of an arrow that leaves at the side: on the side of the line where its track is not."""
        left, width = self.at.lanes[self.at.lane(arrow.start)]
        x = left + width - 0.3 if side > 0 else left + 0.3
        y = self.at.centre(arrow.start) + (1.45 if rising else -1.45)
        self._word(self.at.page_of[arrow.start], x, y, arrow.label, "end" if side > 0 else "start")

    # what is placed last

    def _place_tracks(self) -> None:
        gutters: dict[tuple[int, int, int], list[Track]] = {}
        for track in self.tracks:
            gutters.setdefault((track.page, track.lane, track.side), []).append(track)
        for (_, lane, side), tracks in gutters.items():
            columns = side_by_side(tracks)
            width = self.at.width(lane)
            room = self.at.lanes[lane][1] / 2 - width / 2
            for at, column in enumerate(columns):
                for track in column:
                    away = width / 2 + room * (at + 1) / (len(columns) + 1)
                    track.x = self.at.middle(lane) + side * away

    def _place_connectors(self) -> None:
        edges: dict[tuple[int, bool], list[Connector]] = {}
        for one in self.connectors:
            edges.setdefault((one.page, one.upper), []).append(one)
        left, right = self.at.lanes[0][0], self.at.lanes[-1][0] + self.at.lanes[-1][1]
        apart = self.at.sizes.connector_width + 1.0
        for row in edges.values():
            set_apart(row, apart, left + apart / 2, right - apart / 2)

    def _sheet(self, page: int) -> Sheet:
        lines = [self._line(path) for path in self.paths if path.page == page]
        shapes = [shape for row in self.at.pages[page] for shape in self._shapes(row)]
        shapes += [self._pentagon(one) for one in self.connectors if one.page == page]
        return Sheet(
            rows=tuple((row, self.at.top_of[row], self.at.heights[row]) for row in self.at.pages[page]),
            before=self.at.before(page),
            after=self.at.after(page),
            height=self.at.end(page) + self.at.after(page),
            shapes=tuple(shapes),
            lines=tuple(lines),
            words=tuple(word for on, word in self.words if on == page),
        )

    def _line(self, path: Path) -> Line:
        points = [(x_of(x), y) for x, y in path.points]
        if path.starts is not None:
            points = [*reversed(self._jog(path.starts, points[0])), *points]
        if path.ends is not None:
            points = [*points, *self._jog(path.ends, points[-1])]
        return Line(straight(points), path.arrow, path.inferred)

    def _jog(self, connector: Connector, near: Point) -> list[Point]:
        """From a path's end to its connector, across at the page's edge where that stands aside."""
        middle = self._connector_middle(connector)
        border = middle + (1 if connector.upper else -1) * self.at.sizes.connector_height / 2
        across = self.at.edge(connector.page, upper=connector.upper) + (-1 if connector.upper else 1) * 1.1
        return [(near[0], across), (connector.x, across), (connector.x, border)]

    def _connector_middle(self, connector: Connector) -> float:
        half = self.at.sizes.edge / 2
        return half if connector.upper else self.at.end(connector.page) + half

    def _pentagon(self, one: Connector) -> Shape:
        width, height = self.at.sizes.connector_width, self.at.sizes.connector_height
        return Shape("segilima", one.x, self._connector_middle(one), width, height, str(one.number))

    def _shapes(self, index: int) -> list[Shape]:
        row, height = self.at.chart.rows[index], self.at.sizes.symbol_height
        drawn = [
            Shape(
                symbol.kind,
                self.at.middle(symbol.lane),
                self.at.centre(index),
                self.at.width(symbol.lane),
                height,
                row.text,
                symbol.inferred,
            )
            for symbol in row.symbols
        ]
        x, width = self.at.middle(self.at.lane(index)), self.at.width(self.at.lane(index))
        if row.head:
            drawn.append(Shape("kapsul", x, self.at.slot(index, 0), width, height, row.head))
        if row.tail:
            y = self.at.slot(index, row.slots - 1)
            drawn.append(Shape("kapsul", x, y, width, height, row.tail, row.tail_read))
        return drawn
