from __future__ import annotations

from automation.core.finding import Outcome
from tests.checks.dispositions import FIRST, GOOD, PASSED_ON, disposition, findings_for, seen
from tests.checks.worlds import down, judged, keys, outcomes, without

ID = "disposition_chain_holds"


def test_the_receiver_of_the_first_passes_it_on():
    assert outcomes(findings_for(ID, GOOD)) == {Outcome.PASS}


def test_another_who_passes_it_on_breaks_the_chain():
    files = {**GOOD, FIRST: disposition("ka_dinas", "kasi_ai")}
    (fault,) = findings_for(ID, files)
    assert (fault.outcome, fault.key, fault.where.file) == (Outcome.FAIL, "dari", PASSED_ON)
    assert "kasi_ai" in fault.seen.id


def test_a_record_that_is_missing_waits_and_an_unsound_one_fails():
    assert outcomes(findings_for(ID, {FIRST: GOOD[FIRST]})) == {Outcome.PENDING}
    assert outcomes(findings_for(ID, {PASSED_ON: GOOD[PASSED_ON]})) == {Outcome.PENDING}
    assert keys(findings_for(ID, {**GOOD, PASSED_ON: "format: laik/disposisi/1\n"})) >= {"dari", "kepada"}


def test_an_unknown_one_is_an_error():
    assert outcomes(judged(ID, without(seen(GOOD), down("doc:disposisi")))) == {Outcome.ERROR}
