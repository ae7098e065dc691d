from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.uat import RESULTS, TEMPLATE_SCENARIOS, findings_for, uat_world
from tests.checks.worlds import down, judged, keys, outcomes, without

ID = "uat_is_attached"


def test_a_filled_uat_by_users_passes():
    assert outcomes(findings_for(ID)) == {Outcome.PASS}


def test_the_untouched_template_fails_at_every_placeholder():
    findings = findings_for(ID, scenarios=TEMPLATE_SCENARIOS)
    assert keys(findings) == {"skenario.0.judul", "skenario.0.langkah.0", "skenario.0.harapan"}
    assert findings[0].where.line > 1


def test_a_tester_of_the_vendor_fails_however_the_account_is_written():
    findings = findings_for(ID, results=RESULTS.replace("tim-dinkes", "Vendor-Maju"))
    assert keys(findings) == {"penguji.0.akun"}


@pytest.mark.parametrize(
    "broken",
    [
        RESULTS.replace("tanggal: 2026-05-04", "tanggal: besok"),
        RESULTS.replace("status: lulus}", "status: bagus}"),
        RESULTS + "simpulan: diterima\n",
        RESULTS.replace("penguji:", "penguji: &x"),
        "- daftar\n",
        "",
    ],
)
def test_broken_results_fail_with_one_place(broken):
    findings = findings_for(ID, results=broken)
    assert outcomes(findings) == {Outcome.FAIL}
    assert all(one.where.line for one in findings)


def test_results_that_are_missing_wait():
    assert outcomes(findings_for(ID, results=None)) == {Outcome.PENDING}


def test_unknown_vendor_accounts_are_an_error_and_never_a_pass():
    assert outcomes(findings_for(ID, roles={})) == {Outcome.ERROR}


def test_a_forge_that_is_down_is_an_error():
    assert outcomes(judged(ID, without(uat_world(), down("doc:uat_hasil")))) == {Outcome.ERROR}
