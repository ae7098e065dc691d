from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.requirements import IDENTIFICATION, findings_for, needs_world
from tests.checks.worlds import down, judged, keys, outcomes, without

ID = "needs_are_numbered"


def test_numbered_needs_pass_and_are_counted():
    (finding,) = findings_for(ID)
    assert finding.outcome is Outcome.PASS
    assert "2 butir" in finding.seen.id


def test_needs_in_a_table_are_numbered_as_well():
    table = "## Butir Kebutuhan\n\n| No | Isi |\n|--|--|\n| IDN-01 | Warga mengambil nomor antrean |\n"
    assert outcomes(findings_for(ID, identifikasi_kebutuhan=table)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("IDN-02", "IDN-01", "IDN-01"),
        ("Petugas melihat laporan harian", "", "IDN-02.isi"),
        ("Petugas melihat laporan harian", "ISI DI SINI", "IDN-02.isi"),
        ("- IDN-01", "- <!-- IDN-01 -->", ""),
    ],
)
def test_a_number_used_twice_or_without_content_fails(old, new, key):
    findings = findings_for(ID, identifikasi_kebutuhan=IDENTIFICATION.replace(old, new))
    assert keys(findings) == ({key} if key else set())


@pytest.mark.parametrize("text", ["# Judul\n", "## Butir Kebutuhan\n\n- Warga mengambil nomor antrean\n"])
def test_needs_without_numbers_fail(text):
    assert keys(findings_for(ID, identifikasi_kebutuhan=text)) == {"butir"}


def test_a_number_under_another_heading_is_no_need():
    text = IDENTIFICATION.replace("## Butir Kebutuhan", "## Masalah")
    assert keys(findings_for(ID, identifikasi_kebutuhan=text)) == {"butir"}


def test_no_document_waits_and_an_unknown_one_is_an_error():
    assert outcomes(findings_for(ID, "identifikasi_kebutuhan")) == {Outcome.PENDING}
    view = without(needs_world(), down("doc:identifikasi_kebutuhan"))
    assert outcomes(judged(ID, view)) == {Outcome.ERROR}
