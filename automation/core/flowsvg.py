"""A SOP as SVG, drawn by laik itself: swim lanes of the actors, a row a step.

The picture holds no script, no link, no style from elsewhere and no font; all words of a SOP are text content
and nothing else. The same SOP gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from automation.core.flowchart import Chart, chart_of
from automation.core.flowlayout import lay_out
from automation.core.flowsheet import Line, Shape, Sheet, Sizes, Word, lane_borders, row_heights
from automation.core.procedure_model import Procedure

SCALE = 4.0  # pixels a millimetre
NUMBER, ACTIVITY, LANE = 9.0, 78.0, 32.0
LINE, FONT = 3.7, 3.0  # millimetres: height of a line of text, of its letters
SIZES = Sizes(symbol_width=20.0, gutter=4.0)
TITLE, LEGEND, MARGIN = 16.0, 12.0, 5.0
READ = "#6b7280"
_LETTER = 0.56  # width of an average letter as part of its height, on the safe side for any sans serif
# Unicode can turn the reading order of what follows; a name that reads otherwise than it is written deceives.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def svg_of(procedure: Procedure) -> str:
    """The flowchart on one sheet, in millimetres."""
    chart = chart_of(procedure)
    texts = [wrapped(step.activity.id, ACTIVITY - 3) for step in procedure.steps]
    heads = [wrapped(lane.label + (" *" if lane.inferred else ""), LANE - 5) for lane in chart.lanes]
    head = max(len(lines) for lines in heads) * LINE + 4
    lanes = lane_borders(MARGIN + NUMBER + ACTIVITY, [LANE] * len(chart.lanes))
    heights = row_heights(chart, [len(lines) * LINE + 4 for lines in texts], SIZES)
    (sheet,) = lay_out(chart, lanes, heights, [range(len(heights))], SIZES)
    width = lanes[-1][0] + lanes[-1][1] + MARGIN
    top = MARGIN + TITLE + head
    height = top + sheet.height + LEGEND + MARGIN
    parts: list[str] = [
        _opening(procedure, width, height),
        *_titles(procedure),
        *_grid(sheet, lanes, top, head),
        *_heads(heads, lanes, top - head / 2),
        *_activities(texts, sheet, top, chart),
        f'<g transform="translate(0 {_n(top)})">',
        *(_line(line) for line in sheet.lines),
        *(drawn for shape in sheet.shapes for drawn in _shape(shape)),
        *(_word(word) for word in sheet.words),
        "</g>",
        *_legend(top + sheet.height + 6),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def wrapped(text: str, width: float) -> list[str]:
    """Words in lines of at most ``width`` millimetres; a longer word is cut."""
    most = max(int(width / (FONT * _LETTER)), 1)
    lines = [""]
    for word in shown(text).split():
        parts = [word[at : at + most] for at in range(0, len(word), most)]
        for part in parts:
            if len(lines[-1]) + len(part) + 1 > most and lines[-1]:
                lines.append(part)
            else:
                lines[-1] = f"{lines[-1]} {part}".strip()
    return lines


def shown(text: str) -> str:
    """Without letters that turn the reading order or that XML does not know."""
    return _TURNING.sub("", text)


def _n(number: float) -> str:
    """A number in few digits, always the same."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _opening(procedure: Procedure, width: float, height: float) -> str:
    title = escape(shown(f"{procedure.title.id} ({procedure.id} {procedure.version})"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}"'
        f' width="{_n(width * SCALE)}" height="{_n(height * SCALE)}" role="img"'
        f' font-family="sans-serif" font-size="{_n(FONT)}" fill="#111827">\n<title>{title}</title>\n'
        '<defs><marker id="kepala" markerWidth="8" markerHeight="6" refX="6" refY="3" orient="auto"'
        ' markerUnits="strokeWidth"><path d="M0 0 L6 3 L0 6 z"/></marker></defs>\n'
        f'<rect width="{_n(width)}" height="{_n(height)}" fill="#ffffff"/>'
    )


def _titles(procedure: Procedure) -> Iterator[str]:
    x = MARGIN + 1
    yield _text(x, MARGIN + 5, procedure.title.id, size=4.6, weight="bold")
    yield _text(x, MARGIN + 10.5, procedure.identity.agency, size=3.4)


def _grid(sheet: Sheet, lanes: tuple[tuple[float, float], ...], top: float, head: float) -> Iterator[str]:
    left, right, bottom, start = MARGIN, lanes[-1][0] + lanes[-1][1], top + sheet.height, top - head
    place = f'x="{_n(left)}" y="{_n(start)}" width="{_n(right - left)}" height="{_n(head)}"'
    yield f'<rect {place} fill="#f3f4f6"/>'
    borders = [left, left + NUMBER, *(lane[0] for lane in lanes), right]
    rows = [start, top, *(top + y + height for _, y, height in sheet.rows)]
    runs = [(x, start, x, bottom) for x in borders] + [(left, y, right, y) for y in rows]
    drawn = " ".join(f"M{_n(x1)} {_n(y1)} L{_n(x2)} {_n(y2)}" for x1, y1, x2, y2 in runs)
    yield f'<path d="{drawn}" stroke="#9ca3af" stroke-width="0.2" fill="none"/>'


def _heads(heads: list[list[str]], lanes: tuple[tuple[float, float], ...], middle: float) -> Iterator[str]:
    yield _text(MARGIN + NUMBER / 2, middle + 1, "No", weight="bold", anchor="middle")
    yield _text(MARGIN + NUMBER + ACTIVITY / 2, middle + 1, "Kegiatan", weight="bold", anchor="middle")
    for (x, width), lines in zip(lanes, heads, strict=True):
        for at, line in enumerate(lines):
            y = middle + 1 + (at - (len(lines) - 1) / 2) * LINE
            yield _text(x + width / 2, y, line, weight="bold", anchor="middle")


def _activities(texts: list[list[str]], sheet: Sheet, top: float, chart: Chart) -> Iterator[str]:
    for index, y, height in sheet.rows:
        middle = top + y + height / 2
        yield _text(MARGIN + NUMBER / 2, middle + 1, str(chart.rows[index].number), anchor="middle")
        lines = texts[index]
        for at, line in enumerate(lines):
            place = middle + 1 + (at - (len(lines) - 1) / 2) * LINE
            yield _text(MARGIN + NUMBER + 1.5, place, line)


def _text(
    x: float, y: float, text: str, *, size: float = FONT, weight: str = "", anchor: str = "", fill: str = ""
) -> str:
    extra = f' font-size="{_n(size)}"' if size != FONT else ""
    extra += f' font-weight="{weight}"' if weight else ""
    extra += f' text-anchor="{anchor}"' if anchor else ""
    extra += f' fill="{fill}"' if fill else ""
    return f'<text x="{_n(x)}" y="{_n(y)}"{extra}>{escape(shown(text))}</text>'


def _line(line: Line) -> str:
    points = " L".join(f"{_n(x)} {_n(y)}" for x, y in line.points)
    dashes = ' stroke-dasharray="1.4 0.9"' if line.inferred else ""
    head = ' marker-end="url(#kepala)"' if line.arrow else ""
    return f'<path d="M{points}" fill="none" stroke="#111827" stroke-width="0.3"{dashes}{head}/>'


def _shape(shape: Shape) -> Iterator[str]:
    half, tall = shape.width / 2, shape.height / 2
    colour = READ if shape.inferred else "#111827"
    dashes = ' stroke-dasharray="1.4 0.9"' if shape.inferred else ""
    style = f'fill="#ffffff" stroke="{colour}" stroke-width="0.35"{dashes}'
    left, right, above, below = shape.x - half, shape.x + half, shape.y - tall, shape.y + tall
    if shape.kind == "belah_ketupat":
        corners = [(shape.x, above), (right, shape.y), (shape.x, below), (left, shape.y)]
        yield f'<polygon points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in corners)}" {style}/>'
    elif shape.kind == "segilima":
        corners = [(left, above), (right, above), (right, shape.y), (shape.x, below), (left, shape.y)]
        yield f'<polygon points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in corners)}" {style}/>'
    else:
        corner = f' rx="{_n(tall)}"' if shape.kind == "kapsul" else ""
        yield (
            f'<rect x="{_n(left)}" y="{_n(above)}" width="{_n(shape.width)}" height="{_n(shape.height)}"'
            f"{corner} {style}/>"
        )
    if shape.text:
        yield _text(shape.x, shape.y + 0.9, shape.text, size=2.6, anchor="middle")


def _word(word: Word) -> str:
    """On a white border of its own, so that it stays readable where lines run close by."""
    drawn = _text(word.x, word.y + 0.8, word.text, size=2.4, anchor=word.anchor)
    return drawn.replace("<text", '<text paint-order="stroke" stroke="#ffffff" stroke-width="0.7"', 1)


def _legend(y: float) -> Iterator[str]:
    x = MARGIN + 8
    for kind, name in (("kapsul", "mulai/selesai"), ("kotak", "kegiatan"), ("belah_ketupat", "keputusan")):
        yield from _shape(Shape(kind, x, y, 11, 5))
        yield _text(x + 7, y + 1, name)
        x += 40
    yield _line(Line(((x - 5, y), (x + 5, y)), arrow=True, inferred=False))
    yield _text(x + 7, y + 1, "arah")
    x += 26
    yield _line(Line(((x - 5, y), (x + 5, y)), arrow=True, inferred=True))
    yield _text(x + 7, y + 1, "garis putus dan *: bacaan, tidak tertulis pada sumber")
