"""Where rows and symbols of a flowchart stand, in millimetres, each page with its own origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt

from automation.core.flowchart import Chart
from automation.core.flowsheet import Sizes


@dataclass(slots=True)
class Places:
    """See the module; ``page_of`` and ``top_of`` are by row."""

    chart: Chart
    lanes: Sequence[tuple[float, float]]
    heights: Sequence[float]
    pages: Sequence[Sequence[int]]
    sizes: Sizes
    page_of: dict[int, int] = field(default_factory=dict)
    top_of: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for page, rows in enumerate(self.pages):
            top = self.before(page)
            for row in rows:
                self.page_of[row], self.top_of[row] = page, top
                top += self.heights[row]

    def before(self, page: int) -> float:
        """Height of the connectors' room above a page's rows."""
        return self.sizes.edge if page else 0.0

    def after(self, page: int) -> float:
        """Height of the connectors' room below a page's rows."""
        return self.sizes.edge if page < len(self.pages) - 1 else 0.0

    def end(self, page: int) -> float:
        """Where the rows of a page end."""
        return self.before(page) + sum(self.heights[row] for row in self.pages[page])

    def edge(self, page: int, *, upper: bool) -> float:
        """Where the rows of a page begin or end: beyond are its connectors."""
        return self.before(page) if upper else self.end(page)

    def width(self, lane: int) -> float:
        """Of a symbol in this lane."""
        return min(self.sizes.symbol_width, self.lanes[lane][1] - 2 * self.sizes.gutter)

    def middle(self, lane: int) -> float:
        """Of a lane."""
        left, width = self.lanes[lane]
        return left + width / 2

    def lane(self, row: int) -> int:
        """The lane of the leading symbol."""
        return self.chart.rows[row].symbols[0].lane

    def slot(self, row: int, slot: int) -> float:
        """The middle of a row's slot, counted from above."""
        slots = self.chart.rows[row].slots
        spare = self.heights[row] - slots * self.sizes.slot
        return self.top_of[row] + spare / 2 + (slot + 0.5) * self.sizes.slot

    def centre(self, row: int) -> float:
        """The middle of a row's leading symbol, from above."""
        return self.slot(row, 1 if self.chart.rows[row].head else 0)

    def side(self, row: int, side: int, offset: float = 0.0) -> float:
        """Where a symbol's border is at its side, ``offset`` above or below its middle."""
        symbol = self.chart.rows[row].symbols[0]
        half, height = self.width(symbol.lane) / 2, self.sizes.symbol_height / 2
        inset = 0.0
        if symbol.kind == "belah_ketupat":
            inset = half * abs(offset) / height
        elif symbol.kind == "kapsul":
            round_ = min(height, half)
            inset = round_ - sqrt(max(round_**2 - offset**2, 0.0))
        return self.middle(symbol.lane) + side * (half - inset)
