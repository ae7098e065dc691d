from __future__ import annotations

import json
from dataclasses import replace

import pytest

from automation.core.documents import ScanFlaw
from automation.core.evidence import CODE, SCAN, Evidence, State
from automation.core.finding import Outcome
from tests.checks.worlds import (
    CLEAN,
    DOCUMENTS,
    SARIF_REPORT,
    down,
    judged,
    keys,
    outcomes,
    scan,
    without,
    world,
)

ID = "security_scan_passed"
FLAW = ScanFlaw("laik.secret", "kritis", "app/.env", 3, "f1", "Rahasia di kode.", "Secret in code.")


def findings_for(**changes):
    return judged(ID, world({}, extra=(scan(replace(CLEAN, **changes)),)))


def test_a_clean_scan_of_this_commit_passes():
    assert outcomes(findings_for()) == {Outcome.PASS}


@pytest.mark.parametrize("severity", ["kritis", "tinggi", "KRITIS", "belum-dikenal"])
def test_a_grave_flaw_and_one_of_unknown_severity_fail_at_their_line(severity):
    findings = findings_for(flaws=(replace(FLAW, severity=severity),))
    (failure,) = [one for one in findings if not one.holds]
    assert (failure.where.file, failure.where.line, failure.outcome) == ("app/.env", 3, Outcome.FAIL)


@pytest.mark.parametrize("severity", ["sedang", "rendah", "info"])
def test_a_lesser_flaw_is_told_and_does_not_block(severity):
    findings = findings_for(flaws=(replace(FLAW, severity=severity),))
    assert outcomes(findings) == {Outcome.PASS}
    assert "1 temuan ringan" in findings[0].seen.id


def test_a_suppression_comment_is_told_and_silences_nothing():
    findings = findings_for(flaws=(FLAW,), suppressions=(("app/a.py", 7, "nosec"),))
    assert Outcome.FAIL in outcomes(findings)
    assert any("app/a.py" in one.seen.id for one in findings)


def test_a_file_that_was_not_scanned_is_an_error():
    findings = findings_for(unscanned=(("app/x.php", "tidak dapat diurai"),))
    assert keys(findings) == {"unscanned:app/x.php"}
    assert Outcome.ERROR in outcomes(findings)


def test_a_scan_without_files_is_an_error():
    assert keys(findings_for(files_scanned=0)) == {"berkas"}


@pytest.mark.parametrize("change", [{"commit": "b" * 40}, {"tree": "b" * 40}])
def test_a_scan_of_another_commit_is_an_error(change):
    assert keys(findings_for(**change)) == {"commit"}


def test_no_scan_waits_and_a_broken_or_unknown_one_is_an_error():
    view = world({})
    assert outcomes(judged(ID, without(view, Evidence(SCAN, State.ABSENT)))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(view, Evidence(SCAN, State.UNREADABLE)))) == {Outcome.ERROR}
    assert outcomes(judged(ID, without(view, down(SCAN)))) == {Outcome.ERROR}
    assert outcomes(judged(ID, without(view, down(CODE)))) == {Outcome.ERROR}


def sarif(results: list[object]) -> str:
    run = {
        "tool": {"driver": {"name": "Pemindai Vendor"}},
        "invocations": [{"executionSuccessful": True}],
        "results": results,
    }
    return json.dumps({"version": "2.1.0", "runs": [run]})


def with_report(text: str, *extra: Evidence):
    documents = {**DOCUMENTS, "laporan_ci": SARIF_REPORT}
    return judged(ID, world({SARIF_REPORT.path: text}, documents=documents, extra=extra))


def test_a_clean_report_of_the_vendor_does_not_outweigh_laiks_own_flaws():
    assert Outcome.FAIL in outcomes(with_report(sarif([]), scan(replace(CLEAN, flaws=(FLAW,)))))


def test_a_clean_report_of_the_vendor_does_not_stand_in_for_laiks_scan():
    assert Outcome.PASS not in outcomes(with_report(sarif([]), Evidence(SCAN, State.ABSENT)))


def test_a_grave_flaw_in_a_report_of_the_vendor_adds_a_failure():
    findings = with_report(
        sarif([{"ruleId": "sqli", "level": "error", "message": {"text": "SQL injection"}}])
    )
    (failure,) = [one for one in findings if not one.holds]
    assert "Pemindai Vendor" in failure.seen.id


def test_a_broken_report_of_the_vendor_fails():
    assert keys(with_report("{")) == {"laporan_ci"}
