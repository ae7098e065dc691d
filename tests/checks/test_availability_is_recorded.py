from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.resources import ALL, LACKING, findings_for, unknown
from tests.checks.worlds import keys, outcomes

ID = "availability_is_recorded"


@pytest.mark.parametrize("text", [ALL, LACKING])
def test_three_answers_pass_whatever_they_say(text):
    assert outcomes(findings_for(ID, text)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("anggaran: {tersedia: ya}\n", "", "anggaran"),
        ("anggaran: {tersedia: ya}", "anggaran: {tersedia: mungkin}", "anggaran.tersedia"),
        ("anggaran: {tersedia: ya}", "anggaran: {tersedia: }", "anggaran.tersedia"),
        ("anggaran: {tersedia: ya}", "anggaran: {tersedia: tidak}", "anggaran.keterangan"),
        ("anggaran: {tersedia: ya}", "anggaran: {tersedia: tidak, keterangan: '-'}", "anggaran.keterangan"),
        ("Dua programmer", "ISI DI SINI", "sdm.keterangan"),
        ("anggaran: {tersedia: ya}", "anggaran: {tersedia: ya}\nlain: {tersedia: ya}", "lain"),
    ],
)
def test_a_gap_fails_at_its_key(old, new, key):
    assert keys(findings_for(ID, ALL.replace(old, new))) == {key}


def test_no_record_waits_and_an_unknown_one_is_an_error():
    assert outcomes(findings_for(ID, None)) == {Outcome.PENDING}
    assert outcomes(unknown(ID)) == {Outcome.ERROR}
