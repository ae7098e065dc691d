from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.dispositions import FIRST, GOOD, disposition, findings_for, seen
from tests.checks.worlds import down, judged, keys, outcomes, without

ID = "disposition_is_recorded"


def test_each_disposition_of_the_step_passes_for_itself():
    findings = findings_for(ID, GOOD)
    assert {(one.key, one.outcome) for one in findings} == {
        ("disposisi", Outcome.PASS),
        ("disposisi_turunan", Outcome.PASS),
    }


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (disposition("kasi_ai", "kabid_iai"), "dari"),
        (disposition("ka_dinas", "ka_dinas"), "kepada"),
        (disposition("ka_dinas", "bupati"), "kepada"),
        (disposition("ka_dinas", "kabid_iai", tanggal="'2026-02-30'"), "tanggal"),
        (disposition("ka_dinas", "kabid_iai", kanal="lisan"), "kanal"),
        (disposition("ka_dinas", "kabid_iai", instruksi="ISI DI SINI"), "instruksi"),
        (disposition("ka_dinas", "kabid_iai", nomor_agenda="''"), "nomor_agenda"),
    ],
)
def test_a_wrong_value_fails_at_its_key(text, key):
    assert keys(findings_for(ID, {FIRST: text}, "disposisi")) == {f"disposisi.{key}"}


def test_no_record_waits_and_an_unknown_one_is_an_error():
    assert outcomes(findings_for(ID, {})) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(seen(GOOD), down("doc:disposisi")), "disposisi")) == {Outcome.ERROR}


def test_a_step_without_a_disposition_is_an_error():
    assert outcomes(findings_for(ID, GOOD, "catatan")) == {Outcome.ERROR}
