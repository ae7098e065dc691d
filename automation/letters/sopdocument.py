"""The official document of one SOP as a PDF.

Two passes through the same template: the first measures how high each row's text is, the second draws the
pages that :mod:`automation.core.flowlayout` made of those heights. The same SOP gives the same bytes: only
Typst's own fonts are used, and the PDF carries no date but that of the SOP.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from importlib import resources

import typst

from automation.core.errors import RenderFailed, Where
from automation.core.flowchart import Chart, chart_of
from automation.core.flowlayout import lay_out
from automation.core.flowsheet import Sizes, as_data, lane_borders, paginate, row_heights
from automation.core.policy import Organisation
from automation.core.procedure_model import Procedure
from automation.core.sopdocument import Widths, document_of, widths_for
from automation.core.text import Bilingual

PAGE_WIDTH, PAGE_HEIGHT = 297.0 - 2 * 12.0, 210.0 - 11.0 - 13.0  # A4 across, without its margins
LEGEND, UPPER_HEAD, PADDING, INSETS = 9.0, 6.0, 3.6, 2.4  # millimetres
FONTS = (7.6, 6.8, 6.0)  # points; smaller ones where a row is higher than a page
TALLEST_HEAD = 34.0
SYMBOL_FONT = 5.6


def sop_document(procedure: Procedure, *, adopted_by: Organisation | None = None) -> bytes:
    """The PDF: identity page, then the table with its flowchart, landscape A4, in Indonesian.

    Args:
        procedure: the SOP, with what its region confirmed already marked so.
        adopted_by: the organisation whose policy applies it; named on the identity page.

    Raises:
        RenderFailed: a step's text is higher than a page even in the smallest letters, or Typst failed.
    """
    chart = chart_of(procedure)
    widths = widths_for(len(chart.lanes), PAGE_WIDTH)
    data = {
        **document_of(procedure, chart, adopted_by),
        "lebar": asdict(widths),
        "huruf-lambang": SYMBOL_FONT,
    }
    sizes = _sizes(widths)
    too_high = ""
    for font in FONTS:
        measured = _measured({**data, "huruf": font})
        upright, head = _head(measured, widths)
        heights = row_heights(chart, [height + PADDING for height in measured["baris"]], sizes)
        try:
            pages = paginate(heights, PAGE_HEIGHT - head - LEGEND, sizes)
        except ValueError as row:
            too_high = str(procedure.steps[int(str(row))].number)
            continue
        sheets = _sheets(chart, widths, heights, pages, sizes)
        drawn = {**data, "huruf": font, "kepala": head, "tegak": upright, "lembar": sheets}
        return _set(drawn, _moment(procedure))
    raise RenderFailed(
        Bilingual(
            f"Isi langkah {too_high} lebih tinggi dari satu halaman, juga dengan huruf terkecil.",
            f"Step {too_high} is higher than a page, even in the smallest letters.",
        ),
        remedy=Bilingual("Persingkat uraian atau mutu bakunya.", "Shorten its activity or quality standard."),
        where=Where(step=too_high),
    )


def _sizes(widths: Widths) -> Sizes:
    """Symbols as wide as the lanes allow."""
    return Sizes(
        symbol_width=14.0, symbol_height=7.4, slot=14.6, edge=10.0, gutter=min(widths.lanes[0] * 0.2, 4.0)
    )


def _head(measured: Mapping[str, Sequence[float]], widths: Widths) -> tuple[bool, float]:
    """Whether the actors' labels stand upright, as a word is wider than its column, and the head's height."""
    room = zip(measured["kata"], widths.lanes, strict=True)
    upright = any(word > lane - INSETS for word, lane in room)
    tall = min(max(measured["menegak"]), TALLEST_HEAD) if upright else max(measured["mendatar"])
    return upright, tall + PADDING + UPPER_HEAD


def _sheets(
    chart: Chart,
    widths: Widths,
    heights: Sequence[float],
    pages: Sequence[Sequence[int]],
    sizes: Sizes,
) -> list[Mapping[str, object]]:
    lanes = lane_borders(widths.number + widths.activity, widths.lanes)
    return [as_data(sheet) for sheet in lay_out(chart, lanes, heights, pages, sizes)]


def _moment(procedure: Procedure) -> datetime:
    """The date that the PDF carries: the SOP's own, so that it does not change with the day of printing."""
    identity = procedure.identity
    known = identity.effective_on or identity.revised_on or identity.created_on
    day = (
        known
        if isinstance(known, date)
        else date.fromisoformat(f"{known or procedure.version[:4] + '-01'}-01")
    )
    return datetime.combine(day, time(), UTC)


def _template() -> bytes:
    return resources.files("automation.letters").joinpath("sop.typ").read_bytes()


def _inputs(data: Mapping[str, object], mode: str) -> dict[str, str]:
    return {"mode": mode, "data": json.dumps(data, ensure_ascii=False, sort_keys=True)}


def _measured(data: Mapping[str, object]) -> Mapping[str, Sequence[float]]:
    """Millimetres, by name.

    ``baris`` is the height of each step's highest cell; of each actor's label ``mendatar`` is the height in
    its column, ``menegak`` the length on one line, ``kata`` the length of its longest word.
    """
    try:
        found = typst.query(
            _template(),
            "<ukuran>",
            field="value",
            one=True,
            sys_inputs=_inputs(data, "ukur"),
            ignore_system_fonts=True,
        )
    except typst.TypstError as failure:
        raise _failed(failure) from None
    measured: Mapping[str, Sequence[float]] = json.loads(found)
    return measured


def _set(data: Mapping[str, object], moment: datetime) -> bytes:
    try:
        made = typst.compile(
            _template(),
            format="pdf",
            sys_inputs=_inputs(data, "cetak"),
            ignore_system_fonts=True,
            timestamp=moment,
        )
    except typst.TypstError as failure:
        raise _failed(failure) from None
    return bytes(made)


def _failed(failure: typst.TypstError) -> RenderFailed:
    return RenderFailed(
        Bilingual(f"Dokumen tidak dapat disusun: {failure}.", f"The document cannot be set: {failure}."),
        remedy=Bilingual("Laporkan bersama berkas SOP-nya.", "Report it with the SOP file."),
    )
