"""CSV with a header row -> rows by column. Cells stay text: one starting with ``=`` is no formula here."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from automation.collect.decode import MEGABYTE, refused, utf8
from automation.core.documents import CsvDocument
from automation.core.text import Bilingual

MAX_BYTES = 2 * MEGABYTE
MAX_ROWS = 5000
MAX_COLUMNS = 64

Row = tuple[int, list[str]]


def read_csv(content: bytes, *, path: str) -> CsvDocument:
    """A CSV file (``,`` or ``;``, UTF-8 with or without byte order mark) as a typed document.

    Raises:
        UnreadableDocument: too large, empty, without a usable header, or a row wider than the header.
    """
    text = utf8(content, path=path, limit=MAX_BYTES)
    rows = _parsed(text, path)
    line, header = next(rows, (1, []))
    columns = _columns(header, path, line)
    return CsvDocument(path=path, columns=columns, rows=tuple(_records(rows, columns, path)))


def _parsed(text: str, path: str) -> Iterator[Row]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text), strict=True)
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield before + 1, [cell.strip() for cell in cells]
            before = reader.line_num
    except csv.Error:
        raise refused(
            path,
            Bilingual(
                "CSV rusak: tanda kutip tidak berpasangan.", "Broken CSV: a quotation mark has no partner."
            ),
            line=before + 1,
        ) from None


def _delimiter(text: str) -> str:
    """Spreadsheets set to Indonesian write ``;`` because the comma is their decimal sign."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return ";" if header.count(";") > header.count(",") else ","


def _columns(header: list[str], path: str, line: int) -> tuple[str, ...]:
    named = [cell for cell in header if cell]
    wide = len(header) > MAX_COLUMNS
    if (
        not named
        or wide
        or len(named) != len(header)
        or len({cell.casefold() for cell in named}) != len(named)
    ):
        raise refused(
            path,
            Bilingual(
                "Baris kepala harus memuat nama kolom, semuanya terisi dan berbeda.",
                "The header row must hold the column names, all filled and different.",
            ),
            line=line,
        )
    return tuple(named)


def _records(
    rows: Iterator[Row], columns: tuple[str, ...], path: str
) -> Iterator[tuple[int, dict[str, str]]]:
    for count, (line, cells) in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise refused(
                path,
                Bilingual(f"Lebih dari {MAX_ROWS} baris.", f"More than {MAX_ROWS} rows."),
                line=line,
            )
        if any(cells[len(columns) :]):
            raise refused(
                path,
                Bilingual(
                    f"Baris ini punya {len(cells)} sel, kepalanya {len(columns)} kolom.",
                    f"This row has {len(cells)} cells, the header {len(columns)} columns.",
                ),
                line=line,
            )
        padded = [*cells, *[""] * len(columns)]
        yield line, dict(zip(columns, padded, strict=False))
