from __future__ import annotations

import pytest

from automation.collect.tables import MAX_COLUMNS, MAX_ROWS, read_csv
from automation.core.errors import UnreadableDocument


def read(text: str | bytes):
    return read_csv(text.encode() if isinstance(text, str) else text, path="daftar-hadir.csv")


@pytest.mark.parametrize(
    "text",
    [
        "nama,unit\nSatu,A\n",
        "nama;unit\r\nSatu;A\r\n",
        b"\xef\xbb\xbfnama,unit\nSatu,A",
        "\n nama , unit \n\nSatu, A\n",
    ],
)
def test_a_table_reads_the_same_from_every_spreadsheet(text):
    table = read(text)
    assert table.columns == ("nama", "unit")
    assert [dict(row) for _, row in table.rows] == [{"nama": "Satu", "unit": "A"}]


def test_rows_know_their_line_also_after_a_cell_of_two_lines():
    table = read('nama,catatan\nSatu,"dua\nbaris"\nDua,x\n')
    assert [line for line, _ in table.rows] == [2, 4]


def test_a_formula_stays_text():
    assert read("nama\n=1+1\n@SUM(A1)\n").rows == ((2, {"nama": "=1+1"}), (3, {"nama": "@SUM(A1)"}))


def test_a_short_row_has_empty_cells():
    assert read("a,b\n1\n").rows == ((2, {"a": "1", "b": ""}),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("\n\n", 1),
        ("a,,c\n1,2,3\n", 1),
        ("a,A\n1,2\n", 1),
        ("a,b\n1,2,3\n", 2),
        ('a,b\n1,"2\n', 2),
        (b"a,b\n1,\xff\n", 2),
        (",".join(f"k{number}" for number in range(MAX_COLUMNS + 1)), 1),
        ("a\n" + "1\n" * (MAX_ROWS + 1), MAX_ROWS + 2),
        ("a\n" + "x" * 200_000 + "\n", 2),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_line(text, line):
    with pytest.raises(UnreadableDocument) as refusal:
        read(text)
    assert refusal.value.where.line == line
