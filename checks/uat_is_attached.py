"""UAT scenarios and results are attached, written by the agency's users and not by the builder.

A tester who is the builder would accept his own work (domain analysis, section 1.7).
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.evidence import EvidenceView
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks import _uat
from checks._common import AGENCY_TEAM, quoted, unknown, verdict
from checks._schema import field_fault

ID = "uat_is_attached"
NEEDS = _uat.NEEDS
POLICY: tuple[str, ...] = ()

BUILDER = "pengembang"


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each key left as in the template and for each tester of the builder."""
    view.need(*NEEDS)
    scenarios = _uat.read(ID, view, _uat.SCENARIOS, _uat.Scenarios)
    results = _uat.read(ID, view, _uat.RESULTS, _uat.Results)
    faults: list[Finding] = []
    if isinstance(scenarios, tuple):
        faults += scenarios
    if isinstance(results, tuple):
        faults += results
    else:
        faults += _builder_testers(view, results)
    return verdict(ID, faults, Bilingual("UAT terlampir dan terisi.", "The UAT is attached and filled."))


def _builder_testers(view: EvidenceView, results: _uat.Form[_uat.Results]) -> Iterator[Finding]:
    if BUILDER not in view.roles:
        seen = Bilingual("Akun pengembang belum diketahui.", "The vendor's accounts are not known.")
        yield unknown(ID, seen, key=BUILDER)
        return
    for index, tester in enumerate(results.value.penguji):
        if tester.akun.casefold() in view.roles[BUILDER]:
            yield field_fault(
                ID,
                results.document,
                f"penguji.{index}.akun",
                Bilingual(
                    f"Penguji {quoted(tester.akun)} adalah akun pengembang.",
                    f"The tester {quoted(tester.akun)} is an account of the vendor.",
                ),
                Bilingual(
                    f"{AGENCY_TEAM.id} mengulang UAT oleh pengguna dari perangkat daerah.",
                    f"Repeat the UAT with users of the agency; to be done by {AGENCY_TEAM.en}.",
                ),
            )
