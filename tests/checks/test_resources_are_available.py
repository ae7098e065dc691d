from __future__ import annotations

from automation.core.finding import Outcome
from tests.checks.resources import ALL, LACKING, findings_for, unknown
from tests.checks.worlds import keys, outcomes

ID = "resources_are_available"


def test_a_project_may_begin_when_all_three_are_there():
    assert outcomes(findings_for(ID, ALL)) == {Outcome.PASS}


def test_the_one_that_is_lacking_is_named_at_its_line():
    (fault,) = findings_for(ID, LACKING)
    assert (fault.outcome, fault.key, fault.where.line) == (Outcome.FAIL, "sdm.tersedia", 3)


def test_each_that_is_lacking_is_named():
    text = LACKING.replace("anggaran: {tersedia: ya}", "anggaran: {tersedia: tidak, keterangan: Tahun depan}")
    assert keys(findings_for(ID, text)) == {"sdm.tersedia", "anggaran.tersedia"}


def test_an_unsound_record_is_never_enough():
    assert keys(findings_for(ID, ALL.replace("anggaran: {tersedia: ya}\n", ""))) == {"anggaran"}
    assert outcomes(findings_for(ID, None)) == {Outcome.PENDING}
    assert outcomes(unknown(ID)) == {Outcome.ERROR}
