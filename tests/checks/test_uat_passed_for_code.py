from __future__ import annotations

import pytest

from automation.core.evidence import CODE, Evidence, State
from automation.core.finding import Outcome
from tests.checks.uat import RESULTS, findings_for, uat_world
from tests.checks.worlds import CODE_DIGEST, down, judged, keys, outcomes, without

ID = "uat_passed_for_code"


def test_a_passed_uat_for_this_code_passes():
    assert outcomes(findings_for(ID)) == {Outcome.PASS}


def test_the_whole_digest_passes_as_well():
    assert outcomes(findings_for(ID, results=RESULTS.replace(CODE_DIGEST[:32], CODE_DIGEST))) == {
        Outcome.PASS
    }


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (CODE_DIGEST[:32], "a" * 32, "digest_kode"),
        (CODE_DIGEST[:32], CODE_DIGEST[:31], "digest_kode"),
        (CODE_DIGEST[:32], "ISI DI SINI", "digest_kode"),
        (CODE_DIGEST[:32], CODE_DIGEST[:32].upper(), "digest_kode"),
        (CODE_DIGEST[:32], "", "digest_kode"),
        ("status: lulus}", "status: gagal}", "hasil.0.status"),
        (", catatan: Judul kolom diperjelas", "", "hasil.1.catatan"),
        ("catatan: Judul kolom diperjelas", "catatan: '...'", "hasil.1.catatan"),
        ("catatan: Judul kolom diperjelas", "catatan: ISI DI SINI", "hasil.1.catatan"),
        ("diterima_dengan_catatan", "ditolak", "simpulan"),
        ("diterima_dengan_catatan", "diterima sekali", "simpulan"),
    ],
)
def test_a_uat_that_did_not_pass_for_this_code_fails(old, new, key):
    assert keys(findings_for(ID, results=RESULTS.replace(old, new))) == {key}


def test_code_that_is_not_there_waits_and_unknown_code_is_an_error():
    absent = Evidence(CODE, State.ABSENT)
    assert outcomes(judged(ID, without(uat_world(), absent))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(uat_world(), down(CODE)))) == {Outcome.ERROR}


def test_missing_results_wait():
    assert outcomes(findings_for(ID, results=None)) == {Outcome.PENDING}


def test_results_that_are_hardly_filled_in_are_named_once_not_line_by_line():
    untouched = (
        "format: laik/uat-hasil/1\ndigest_kode: ISI DI SINI\ntanggal: ISI DI SINI\nsimpulan: ISI DI SINI\n"
    )
    (finding,) = findings_for(ID, results=untouched)
    assert finding.key == "hasil"
    assert not finding.holds
    assert "uat_is_attached" in finding.remedy.id
