"""The flowchart's layout: nothing cut, nothing run through, every arrow from and to its symbol."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from automation.collect.procedures import bundled
from automation.core.flowchart import Arrow, Chart, Lane, Row, Symbol, chart_of
from automation.core.flowlayout import lay_out
from automation.core.flowsheet import Line, Shape, Sheet, Sizes, lane_borders, paginate, row_heights
from automation.core.procedure import Procedure

SIZES = Sizes()
PROCEDURES = bundled()
EACH = pytest.mark.parametrize("sop", PROCEDURES.values(), ids=list(PROCEDURES))


def drawn(chart: Chart, *, lane: float, room: float) -> tuple[Sheet, ...]:
    heights = row_heights(chart, [10.0 + 7 * (at % 4) for at in range(len(chart.rows))], SIZES)
    lanes = lane_borders(90.0, [lane] * len(chart.lanes))
    return lay_out(chart, lanes, heights, paginate(heights, room, SIZES), SIZES)


def inside(shape: Shape, x: float, y: float) -> bool:
    """Well inside: a point on the border belongs to an arrow's end."""
    across, down = abs(x - shape.x) / (shape.width / 2), abs(y - shape.y) / (shape.height / 2)
    if shape.kind == "belah_ketupat":
        return across + down < 0.97
    if shape.kind == "kapsul":
        round_ = min(shape.height, shape.width) / 2
        beyond = max(abs(x - shape.x) - (shape.width / 2 - round_), 0.0)
        return beyond**2 + (y - shape.y) ** 2 < (round_ - 0.05) ** 2
    return max(across, down) < 0.98


def crossed(shape: Shape, line: Line) -> bool:
    """Whether a run of the line goes through the shape, not only up to its border."""
    for (x1, y1), (x2, y2) in pairwise(line.points):
        near_x = min(x1, x2) < shape.x + shape.width / 2 and max(x1, x2) > shape.x - shape.width / 2
        near_y = min(y1, y2) < shape.y + shape.height / 2 and max(y1, y2) > shape.y - shape.height / 2
        if near_x and near_y:
            parts = [part / 200 for part in range(1, 200)]
            if any(inside(shape, x1 + (x2 - x1) * part, y1 + (y2 - y1) * part) for part in parts):
                return True
    return False


def on_border(shape: Shape, point: tuple[float, float]) -> bool:
    across, down = abs(point[0] - shape.x), abs(point[1] - shape.y)
    return across <= shape.width / 2 + 0.02 and down <= shape.height / 2 + 0.02


def assert_sound(sheets: tuple[Sheet, ...], room: float) -> None:
    for sheet in sheets:
        assert sheet.height <= room + 1e-6
        frames = [(shape.x, shape.y, shape.width, shape.height) for shape in sheet.shapes]
        for at, (x, y, width, height) in enumerate(frames):
            for other in frames[at + 1 :]:
                apart = (
                    abs(x - other[0]) >= (width + other[2]) / 2
                    or abs(y - other[1]) >= (height + other[3]) / 2
                )
                assert apart, "two symbols overlap"
        for line in sheet.lines:
            assert not [shape for shape in sheet.shapes if crossed(shape, line)], line
            assert any(on_border(shape, line.points[0]) for shape in sheet.shapes), line
            assert any(on_border(shape, line.points[-1]) for shape in sheet.shapes), line
            assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(line.points)), "an arrow runs askew"


@EACH
@pytest.mark.parametrize(("lane", "room"), [(32.0, 5000.0), (24.0, 130.0), (13.0, 120.0)])
def test_every_sop_is_drawn_without_a_line_through_a_symbol(sop: Procedure, lane: float, room: float) -> None:
    assert_sound(drawn(chart_of(sop), lane=lane, room=room), room)


@EACH
def test_every_step_stands_on_exactly_one_page_and_in_order(sop: Procedure) -> None:
    chart = chart_of(sop)
    sheets = drawn(chart, lane=20.0, room=125.0)
    assert [row for sheet in sheets for row, _, _ in sheet.rows] == list(range(len(chart.rows)))
    for sheet in sheets:
        ends = [top + height for _, top, height in sheet.rows]
        assert [top for _, top, _ in sheet.rows[1:]] == pytest.approx(ends[:-1])


@EACH
def test_what_leaves_a_page_comes_back_with_the_same_number(sop: Procedure) -> None:
    sheets = drawn(chart_of(sop), lane=20.0, room=100.0)
    assert len(sheets) > 1
    ends = {}
    for page, sheet in enumerate(sheets):
        for shape in (one for one in sheet.shapes if one.kind == "segilima"):
            border = (shape.x, shape.y + shape.height / 2 * (1 if shape.y < sheet.before else -1))
            (path,) = [line for line in sheet.lines if border in {line.points[0], line.points[-1]}]
            ends.setdefault(shape.text, []).append((page, path.points[0] == border))
    assert ends
    for number, found in ends.items():
        assert [comes for _, comes in found].count(True) == 1, number  # one place where it goes on
        assert len(found) >= 2
    assert sorted(map(int, ends)) == list(range(1, len(ends) + 1))
    assert not [1 for shape in sheets[0].shapes if shape.kind == "segilima" and shape.y < sheets[0].before]


def test_the_flow_of_lombok_tengah_begins_decides_and_ends_with_the_right_symbols() -> None:
    chart = chart_of(PROCEDURES["lombok-tengah"])
    kinds = {row.number: row.symbols[0].kind for row in chart.rows}
    assert [number for number, kind in kinds.items() if kind == "belah_ketupat"] == [7, 8, 11, 13]
    assert [(row.number, row.text) for row in chart.rows if row.text] == [(1, "Mulai"), (15, "Selesai")]
    assert [lane.label for lane in chart.lanes if lane.inferred] == [
        "Tim Teknis PD",
        "Pengembang aplikasi terpilih (penyedia)",
    ]
    back = {(arrow.start + 1, arrow.to + 1): (arrow.label, arrow.inferred) for arrow in chart.arrows}
    assert back[(13, 13)] == ("tidak", False)
    assert back[(8, 7)] == ("tidak", True)
    assert back[(8, 9)] == ("ya", False)


def test_a_suspension_that_is_a_reading_is_drawn_as_one_and_a_stated_end_is_not() -> None:
    sheets = drawn(chart_of(bundled()["bolmut"]), lane=24.0, room=400.0)
    ends = {shape.text: shape for sheet in sheets for shape in sheet.shapes if shape.kind == "kapsul"}
    assert (ends["Ditangguhkan"].inferred, ends["Selesai"].inferred) == (True, False)
    lines = [line for sheet in sheets for line in sheet.lines]
    for name in ("Ditangguhkan", "Selesai"):
        top = (ends[name].x, ends[name].y - ends[name].height / 2)
        assert [one.inferred for one in lines if one.points[-1] == top] == [name == "Ditangguhkan"]


def test_a_row_higher_than_a_page_is_told_by_its_number() -> None:
    with pytest.raises(ValueError, match=r"^2$"):
        paginate([20.0, 20.0, 90.0, 20.0], 100.0, SIZES)


def test_tracks_that_would_overlap_stand_side_by_side() -> None:
    rows = tuple(Row(f"l{at}", at + 1, (Symbol("belah_ketupat", 0, False),)) for at in range(6))
    back = tuple(Arrow(start, 0, "refused", "tidak", False) for start in (3, 4, 5))
    sheets = drawn(Chart((Lane("a", "A", False),), rows, back), lane=30.0, room=5000.0)
    tracks = {line.points[1][0] for line in sheets[0].lines if len(line.points) == 4}
    assert len(tracks) == 3


KINDS = st.sampled_from(["kotak", "belah_ketupat", "kapsul"])


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    """Any chart that the rules of a SOP allow: forward, back, round, with capsules before and after."""
    lanes, count = draw(st.integers(1, 7)), draw(st.integers(1, 14))
    rows, arrows = [], []
    for at in range(count):
        lane, other = draw(st.integers(0, lanes - 1)), draw(st.integers(0, lanes - 1))
        kind = draw(KINDS)
        symbols = [Symbol(kind, lane, draw(st.booleans()))]
        alone = draw(st.integers(0, 5)) > 0
        if not alone and other != lane:
            symbols.append(Symbol(kind, other, False))
        tail = "Selesai" if draw(st.integers(0, 6)) == 0 else ""
        rows.append(Row(f"l{at}", at + 1, tuple(symbols), head="Mulai" if at == 0 else "", tail=tail))
        if at + 1 < count and not tail:
            arrows.append(Arrow(at, at + 1, "completed", "ya", False))
        if draw(st.booleans()):
            arrows.append(Arrow(at, draw(st.integers(0, at)), "refused", "tidak", draw(st.booleans())))
        elif at + 2 < count:
            arrows.append(Arrow(at, draw(st.integers(at + 2, count - 1)), "detour", "tidak", True))
    return Chart(tuple(Lane(f"r{at}", f"R{at}", False) for at in range(lanes)), tuple(rows), tuple(arrows))


@given(charts(), st.sampled_from([13.0, 20.0, 32.0]), st.sampled_from([90.0, 140.0, 5000.0]))
def test_whatever_the_flow_symbols_do_not_overlap_and_pages_are_not_overfull(
    chart: Chart, lane: float, room: float
) -> None:
    note(f"{len(chart.rows)} rows, {len(chart.arrows)} arrows")
    sheets = drawn(chart, lane=lane, room=room)
    assert sum(len(sheet.rows) for sheet in sheets) == len(chart.rows)
    for sheet in sheets:
        assert sheet.height <= room + 1e-6
        for line in sheet.lines:
            assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(line.points))
        alone = {row for row, _, _ in sheet.rows if len(chart.rows[row].symbols) == 1}
        if len(alone) == len(sheet.rows):  # between those who act together another's arrow may have to pass
            assert not [line for line in sheet.lines for shape in sheet.shapes if crossed(shape, line)]
