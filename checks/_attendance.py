"""Attendance lists as CSV: who was there, from which unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from automation.core.documents import CsvDocument, normalise_title
from checks._common import has_placeholder

_NAME = ("nama", "nama lengkap", "akun")
_UNIT = ("unit", "unit kerja", "instansi", "perangkat daerah", "asal", "opd")
_PRESENT = ("hadir", "kehadiran", "keterangan hadir")
_AWAY = frozenset({"", "-", "tidak", "tidak hadir", "absen", "izin", "ijin", "sakit", "alpa", "no", "0", "x"})


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many different people and units were present; names and units are compared, never shown."""

    people: int
    units: int


def attendance_of(table: CsvDocument) -> Attendance | None:
    """Who was present; None when the list has no column for names or units."""
    columns = {normalise_title(column): column for column in table.columns}
    name, unit = _column(columns, _NAME), _column(columns, _UNIT)
    if name is None or unit is None:
        return None
    present = _column(columns, _PRESENT)
    there = [row for _, row in table.rows if _is_present(row, present) and _is_named(row, name, unit)]
    return Attendance(len({_plain(row[name]) for row in there}), len({_plain(row[unit]) for row in there}))


def _column(columns: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((columns[name] for name in names if name in columns), None)


def _is_present(row: Mapping[str, str], column: str | None) -> bool:
    return column is None or _plain(row[column]) not in _AWAY


def _is_named(row: Mapping[str, str], name: str, unit: str) -> bool:
    both = (row[name], row[unit])
    return all(any(ch.isalnum() for ch in cell) and not has_placeholder(cell) for cell in both)


def _plain(text: str) -> str:
    """One person is one person, however spaced or capitalised."""
    return " ".join("".join(ch if ch.isalnum() else " " for ch in text.casefold()).split())
