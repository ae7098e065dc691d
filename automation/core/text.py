"""Text in two languages: Indonesian first, English on request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["id", "en"]


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
