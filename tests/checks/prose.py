"""What every check of a written document must hold; each check's own test file inherits it."""

from __future__ import annotations

from typing import ClassVar

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import judged, outcomes, world

FILLED = "# Judul\n\n- Sistem antrean puskesmas, Dinas Kesehatan, mengatur nomor pasien dan laporan harian.\n"
UNFILLED = (
    "",
    "# Judul yang panjang sekali tetapi tanpa isi satu kata pun di bawahnya\n",
    "# Judul\n\nISI DI SINI\n",
    FILLED + "\nISI DI SINI\n",
    "# Judul\n\n<!-- " + FILLED + " -->\n",
    "# Judul\n\nBelum ada.\n",
    "# Judul\n\nKasus PA-2026-0042: Antrean Puskesmas Daring. Mengikuti ruang lingkup dalam KAK.\n",
    "# Judul\n\nPembuka bawaan templat yang cukup panjang untuk dihitung.\n\n## Isi\n\n## Penutup\n",
    "# Judul\n\n## Isi\n\n| Nama aplikasi | Pemilik aplikasi | Tahun pembuatan |\n|--|--|--|\n",
)


class WrittenDocument:
    """Inherit it as ``Test...`` with the check's id and the document's path."""

    check: ClassVar[str]
    path: ClassVar[str]

    def outcome_of(self, text: str | bytes) -> set[Outcome]:
        return outcomes(judged(self.check, world({self.path: text})))

    def test_a_document_that_is_written_out_passes(self) -> None:
        assert self.outcome_of(FILLED) == {Outcome.PASS}

    @pytest.mark.parametrize("text", UNFILLED)
    def test_an_empty_or_untouched_document_fails(self, text: str) -> None:
        assert self.outcome_of(text) == {Outcome.FAIL}

    def test_a_binary_file_in_its_place_fails(self) -> None:
        assert self.outcome_of(b"\x89PNG\r\n\x1a\n\0\0") == {Outcome.FAIL}

    def test_a_document_that_is_not_there_waits(self) -> None:
        assert outcomes(judged(self.check, world({}))) == {Outcome.PENDING}
