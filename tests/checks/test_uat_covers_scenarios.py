from __future__ import annotations

from automation.core.finding import Outcome
from tests.checks.uat import RESULTS, SCENARIOS, TEMPLATE_SCENARIOS, findings_for
from tests.checks.worlds import keys, outcomes

ID = "uat_covers_scenarios"


def test_one_result_for_every_scenario_passes():
    assert outcomes(findings_for(ID)) == {Outcome.PASS}


def test_a_scenario_without_result_fails_at_the_scenario():
    results = RESULTS.replace(
        "  - {skenario: UAT-02, status: lulus_dengan_catatan, catatan: Judul kolom diperjelas}\n", ""
    )
    findings = findings_for(ID, results=results)
    assert keys(findings) == {"skenario.1.id"}
    assert findings[0].where.file == "uat/skenario.yaml"


def test_a_result_for_no_scenario_fails():
    results = RESULTS.replace("simpulan", "  - {skenario: UAT-99, status: lulus}\nsimpulan")
    assert keys(findings_for(ID, results=results)) == {"hasil.2.skenario"}


def test_two_results_for_one_scenario_fail():
    results = RESULTS.replace("simpulan", "  - {skenario: UAT-01, status: gagal}\nsimpulan")
    assert keys(findings_for(ID, results=results)) == {"hasil.0.skenario", "hasil.2.skenario"}


def test_two_scenarios_with_one_id_fail():
    assert {"skenario.0.id", "skenario.1.id"} <= keys(
        findings_for(ID, scenarios=SCENARIOS.replace("UAT-02", "UAT-01"))
    )


def test_untouched_or_empty_scenarios_fail():
    assert outcomes(findings_for(ID, scenarios=TEMPLATE_SCENARIOS)) == {Outcome.FAIL}
    empty = "format: laik/uat-skenario/1\nskenario: []\n"
    assert keys(findings_for(ID, scenarios=empty)) == {"skenario"}


def test_missing_scenarios_wait():
    assert outcomes(findings_for(ID, scenarios=None)) == {Outcome.PENDING}
