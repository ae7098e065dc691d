from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.requirements import REGISTER, SCENARIOS, findings_for, needs_world
from tests.checks.worlds import down, judged, keys, outcomes, without

ID = "scenarios_cover_requirements"


def test_a_scenario_for_every_compulsory_requirement_passes():
    assert outcomes(findings_for(ID)) == {Outcome.PASS}


def test_a_compulsory_requirement_without_scenario_fails_and_is_named():
    (finding,) = findings_for(ID, kebutuhan=REGISTER.replace("prioritas: tambahan", "prioritas: wajib"))
    assert finding.outcome is Outcome.FAIL
    assert "KBT-002" in finding.seen.id
    assert finding.where.file == "uat/skenario.yaml"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("    kebutuhan: [KBT-001]\n", "", {"skenario.0.kebutuhan", "skenario.KBT-001"}),
        ("[KBT-001]", "[KBT-001, KBT-009]", {"skenario.0.kebutuhan.1"}),
        ("[KBT-001]", "[KBT-1]", {"skenario.0.kebutuhan.0"}),
        ("Nomor antrean tampil", "ISI DI SINI", {"skenario.0.harapan"}),
    ],
)
def test_a_scenario_without_a_real_requirement_fails_at_its_key(old, new, found):
    assert keys(findings_for(ID, skenario=SCENARIOS.replace(old, new))) == found


def test_a_scenario_id_used_twice_fails():
    again = SCENARIOS.split("skenario:\n")[1]
    assert keys(findings_for(ID, skenario=SCENARIOS + again)) == {"skenario.0.id", "skenario.1.id"}


def test_missing_documents_wait_and_unknown_ones_are_an_error():
    for name in ("skenario", "kebutuhan"):
        assert outcomes(findings_for(ID, name)) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(needs_world(), down("doc:uat_skenario")))) == {Outcome.ERROR}
