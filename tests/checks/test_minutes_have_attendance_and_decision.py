from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import down, judged, keys, outcomes, without, world

ID = "minutes_have_attendance_and_decision"
MINUTES = """\
# Notulen Rapat

## Tanggal

5 Maret 2026

## Peserta

Tim Teknis Diskominfo, Tim Teknis PD, pengembang

## Tanggapan

Alur antrean perlu menampilkan nomor loket pada layar.

## Keputusan

Rencana diterima.

## Tindak Lanjut

Pengembang memperbaiki layar loket.
"""
LIST = "nama,unit,hadir\nTeknis Satu,Diskominfo,ya\nTim Dinkes,Dinas Kesehatan,ya\n"


def findings_for(minutes: str = MINUTES, attendance: str | bytes = LIST):
    files = {"presentasi-awal/notulen-rapat.md": minutes, "presentasi-awal/daftar-hadir.csv": attendance}
    return judged(ID, world(files))


def test_complete_minutes_with_two_units_present_pass():
    assert outcomes(findings_for()) == {Outcome.PASS}


def test_a_list_from_a_spreadsheet_with_semicolons_and_byte_order_mark_passes():
    assert outcomes(findings_for(attendance=b"\xef\xbb\xbf" + LIST.replace(",", ";").encode())) == {
        Outcome.PASS
    }


def test_minutes_without_decision_fail():
    assert keys(findings_for(MINUTES.replace("## Keputusan", "## Penutup"))) == {"keputusan"}


def test_a_place_without_a_date_fails():
    text = MINUTES.replace("## Tanggal\n\n5 Maret 2026", "## Waktu dan Tempat\n\nRuang rapat utama")
    assert keys(findings_for(text)) == {"tanggal"}


def test_the_untouched_template_fails():
    text = MINUTES.replace("Rencana diterima.", "ISI DI SINI").replace("5 Maret 2026", "ISI DI SINI")
    assert keys(findings_for(text)) == {"keputusan", "tanggal"}


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ("", {"daftar_hadir.orang", "daftar_hadir.unit"}),
        ("Teknis Satu,Diskominfo,ya\n", {"daftar_hadir.orang", "daftar_hadir.unit"}),
        (
            "Teknis Satu,Diskominfo,ya\nTEKNIS  satu,diskominfo,ya\n",
            {"daftar_hadir.orang", "daftar_hadir.unit"},
        ),
        ("Teknis Satu,Diskominfo,ya\nTeknis Dua,DISKOMINFO,ya\n", {"daftar_hadir.unit"}),
        (
            "Teknis Satu,Diskominfo,ya\nTim Dinkes,Dinas Kesehatan,tidak\n",
            {"daftar_hadir.orang", "daftar_hadir.unit"},
        ),
        (
            "ISI DI SINI,Diskominfo,ya\nTim Dinkes,Dinas Kesehatan,ya\n",
            {"daftar_hadir.orang", "daftar_hadir.unit"},
        ),
        ("-,Diskominfo,ya\nTim Dinkes,Dinas Kesehatan,ya\n", {"daftar_hadir.orang", "daftar_hadir.unit"}),
    ],
)
def test_too_few_people_or_units_fail(rows, missing):
    assert keys(findings_for(attendance="nama,unit,hadir\n" + rows)) == missing


def test_a_list_without_the_columns_fails():
    assert keys(findings_for(attendance="no,paraf\n1,x\n")) == {"daftar_hadir.kolom"}


def test_a_formula_is_only_text():
    attendance = LIST + '"=HYPERLINK(""http://contoh"")",Luar,ya\n'
    assert outcomes(findings_for(attendance=attendance)) == {Outcome.PASS}


def test_missing_minutes_wait_and_unknown_ones_are_an_error():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
    view = without(world({}), down("doc:notulen_rapat"))
    assert Outcome.ERROR in outcomes(judged(ID, view))
