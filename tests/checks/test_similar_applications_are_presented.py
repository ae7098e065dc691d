from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import judged, outcomes, world

ID = "similar_applications_are_presented"
PATH = "dokumen/presentasi-awal/aplikasi-sejenis.md"
FILLED = "# Judul\n\n- Sistem antrean puskesmas, Dinas Kesehatan, mengatur nomor pasien dan laporan harian.\n"


def outcome_of(text: str | bytes) -> set[Outcome]:
    return outcomes(judged(ID, world({PATH: text})))


def test_a_document_that_is_written_out_passes():
    assert outcome_of(FILLED) == {Outcome.PASS}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Judul yang panjang sekali tetapi tanpa isi satu kata pun di bawahnya\n",
        "# Judul\n\nISI DI SINI\n",
        FILLED + "\nISI DI SINI\n",
        "# Judul\n\n<!-- " + FILLED + " -->\n",
        "# Judul\n\nBelum ada.\n",
        "# Judul\n\nKasus PA-2026-0042: Antrean Puskesmas Daring. Mengikuti ruang lingkup dalam KAK.\n",
        "# Judul\n\nPembuka bawaan templat yang cukup panjang untuk dihitung.\n\n## Isi\n\n## Penutup\n",
        "# Judul\n\n## Isi\n\n| Nama aplikasi | Pemilik aplikasi | Tahun pembuatan |\n|--|--|--|\n",
    ],
)
def test_an_empty_or_untouched_document_fails(text):
    assert outcome_of(text) == {Outcome.FAIL}


def test_a_binary_file_in_its_place_fails():
    assert outcome_of(b"\x89PNG\r\n\x1a\n\0\0") == {Outcome.FAIL}


def test_a_document_that_is_not_there_waits():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
