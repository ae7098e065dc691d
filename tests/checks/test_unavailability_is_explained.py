from __future__ import annotations

from automation.core.finding import Outcome
from tests.checks.resources import ALL, LACKING, findings_for, unknown
from tests.checks.worlds import keys, outcomes

ID = "unavailability_is_explained"


def test_what_is_lacking_and_why_passes_and_is_named():
    (finding,) = findings_for(ID, LACKING)
    assert finding.outcome is Outcome.PASS
    assert "sdm" in finding.seen.id


def test_a_record_that_says_all_is_there_does_not_carry_a_report_of_the_contrary():
    assert outcomes(findings_for(ID, ALL)) == {Outcome.FAIL}


def test_a_lack_without_a_reason_fails_at_its_key():
    assert keys(findings_for(ID, LACKING.replace("Belum ada programmer", "'-'"))) == {"sdm.keterangan"}


def test_no_record_waits_and_an_unknown_one_is_an_error():
    assert outcomes(findings_for(ID, None)) == {Outcome.PENDING}
    assert outcomes(unknown(ID)) == {Outcome.ERROR}
