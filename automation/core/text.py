"""Text in two languages: Indonesian first, English on request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Language = Literal["id", "en"]
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


def indonesian_date(day: date) -> str:
    """``2021-01-05`` -> ``5 Januari 2021``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def indonesian_month(month: str) -> str:
    """``2021-01`` -> ``Januari 2021``."""
    year, _, number = month.partition("-")
    return f"{MONTHS[int(number) - 1]} {year}"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One message in Indonesian (``id``) and English (``en``)."""

    id: str
    en: str

    def inlanguage(self, language: Language) -> str:
        """The text in ``language``."""
        return self.en if language == "en" else self.id

    def __str__(self) -> str:
        return f"{self.id} / {self.en}"
