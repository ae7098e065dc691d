"""What laik's own templates hand out: refused as long as it is untouched, accepted once it is filled."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.core.finding import Outcome
from tests.checks.uat import RESULTS
from tests.checks.worlds import DOCUMENTS, judged, outcomes, world

TEMPLATES = Path(__file__).resolve().parents[2] / "project_templates"
CASE = {
    "analysis_covers_seven_aspects": "berkas/analisis/laporan-hasil-analisis.md",
    "kak_has_required_sections": "berkas/kak/kak.md",
    "similar_applications_are_presented": "base/dokumen/presentasi-awal/aplikasi-sejenis.md",
    "process_flow_is_presented": "base/dokumen/presentasi-awal/alur-proses.md",
    "test_documentation_is_attached": "base/dokumen/pengujian/laporan-pengujian.md",
    "security_report_has_three_views": "rahasia/{{folder_kasus}}/keamanan/laporan-hasil-pengujian.md",
    "minutes_have_attendance_and_decision": "berkas/presentasi-awal/notulen-rapat.md",
    "vendor_is_named": "berkas/pengadaan/penyedia.yaml",
    "hosting_form_is_valid": "berkas/hosting/permohonan-hosting.yaml",
    "uat_is_attached": "berkas/uat/skenario.yaml",
}
PROSE = [check for check, path in CASE.items() if path.endswith(".md")]
LIST = "nama,jabatan,unit,hadir\nTeknis Satu,Ketua,Diskominfo,ya\nTim Dinkes,Anggota,Dinas Kesehatan,ya\n"


def findings_for(check: str, replacement: str | None):
    template = TEMPLATES / f"{CASE[check]}.jinja"
    text = template.read_text(encoding="utf-8").replace("{{ kunci_kasus }}", "PA-2026-0042")
    place = next(one.path for one in DOCUMENTS.values() if CASE[check].endswith(one.path))
    filled = text if replacement is None else text.replace("ISI DI SINI", replacement)
    files = {"presentasi-awal/daftar-hadir.csv": LIST, "uat/hasil.yaml": RESULTS, place: filled}
    return judged(check, world(files))


@pytest.mark.parametrize("check", CASE)
def test_an_untouched_template_is_refused(check):
    assert outcomes(findings_for(check, None)) == {Outcome.FAIL}


@pytest.mark.parametrize("check", PROSE)
def test_a_template_whose_placeholders_were_only_deleted_is_refused(check):
    assert outcomes(findings_for(check, "")) == {Outcome.FAIL}


@pytest.mark.parametrize("check", PROSE)
def test_a_filled_template_is_accepted(check):
    text = "Uraian bagian ini ditulis oleh tim pada 5 Maret 2026."
    assert outcomes(findings_for(check, text)) == {Outcome.PASS}


def test_the_attendance_list_of_the_template_has_the_columns_the_check_reads():
    header = (TEMPLATES / "berkas/presentasi-awal/daftar-hadir.csv").read_text(encoding="utf-8").strip()
    assert header == LIST.splitlines()[0]
