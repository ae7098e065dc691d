"""UAT scenarios and results are attached, written by the agency's users and not by the builder.

A tester who is the builder would accept his own work (domain analysis, section 1.7).
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.evidence import EvidenceView
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks import _uat
from checks._common import quoted, unknown, verdict
from checks._schema import field_fault

ID = "uat_is_attached"
NEEDS = _uat.NEEDS
POLICY: tuple[str, ...] = ()


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
    if not any(role.builds and role.id in view.roles for role in view.declared):
        seen = Bilingual("Akun pengembang belum diketahui.", "The builders' accounts are not known.")
        yield unknown(ID, seen, key="pengembang")
        return
    for index, tester in enumerate(results.value.penguji):
        if tester.akun.casefold() in view.builders:
            yield field_fault(
                ID,
                results.document,
                f"penguji.{index}.akun",
                Bilingual(
                    f"Penguji {quoted(tester.akun)} adalah akun pengembang.",
                    f"The tester {quoted(tester.akun)} is an account of a builder.",
                ),
                Bilingual(
                    "Pengguna aplikasi, bukan pengembangnya, mengulang UAT.",
                    "Repeat the UAT with users of the application, not with its builders.",
                ),
            )
