from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import down, judged, outcomes, without, world

ID = "training_is_attended"
PATH = "pelatihan/daftar-hadir.csv"
GOOD = "nama,unit,hadir\nPeserta Satu,Puskesmas A,ya\nPeserta Dua,Puskesmas B,ya\n"


def test_people_present_pass_and_are_counted_but_not_named():
    (finding,) = judged(ID, world({PATH: GOOD}))
    assert finding.outcome is Outcome.PASS
    assert "2 peserta dari 2 unit" in finding.seen.id
    assert "Satu" not in finding.seen.id


def test_one_participant_is_enough():
    assert outcomes(judged(ID, world({PATH: GOOD.rsplit("Peserta", 1)[0]}))) == {Outcome.PASS}


@pytest.mark.parametrize(
    "text",
    [
        "nama,unit,hadir\n",
        GOOD.replace(",ya", ",tidak"),
        GOOD.replace("Puskesmas A", "").replace("Puskesmas B", "-"),
        "nama,unit,hadir\nISI DI SINI,Puskesmas A,ya\n",
        "nama,hadir\nPeserta Satu,ya\n",
    ],
)
def test_a_list_in_which_nobody_is_present_fails(text):
    assert outcomes(judged(ID, world({PATH: text}))) == {Outcome.FAIL}


def test_no_list_waits_and_an_unknown_one_is_an_error():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(world({}), down("doc:daftar_hadir_pelatihan")))) == {Outcome.ERROR}
