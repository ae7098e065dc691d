"""Every UAT scenario has exactly one result, and every result a scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from automation.core.evidence import EvidenceView
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks import _uat
from checks._common import verdict
from checks._schema import field_fault

ID = "uat_covers_scenarios"
NEEDS = _uat.NEEDS
POLICY: tuple[str, ...] = ()

_REMEDY = Bilingual(
    f"{_uat.TESTERS.id} menyamakan hasil.yaml dengan skenario.yaml: satu hasil per skenario.",
    f"Match hasil.yaml with skenario.yaml, one result a scenario; to be done by {_uat.TESTERS.en}.",
)


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each scenario without result, unknown result and double id."""
    view.need(*NEEDS)
    scenarios = _uat.read(ID, view, _uat.SCENARIOS, _uat.Scenarios)
    results = _uat.read(ID, view, _uat.RESULTS, _uat.Results)
    if isinstance(scenarios, tuple) or isinstance(results, tuple):
        found = [one for one in (scenarios, results) if isinstance(one, tuple)]
        return verdict(ID, (finding for part in found for finding in part), Bilingual("", ""))
    count = len(scenarios.value.skenario)
    seen = Bilingual(
        f"Semua {count} skenario punya satu hasil.", f"All {count} scenarios have one result each."
    )
    return verdict(ID, _mismatches(scenarios, results), seen)


def _mismatches(scenarios: _uat.Form[_uat.Scenarios], results: _uat.Form[_uat.Results]) -> Iterator[Finding]:
    planned = Counter(one.id for one in scenarios.value.skenario)
    tested = Counter(one.skenario for one in results.value.hasil)
    for index, scenario in enumerate(scenarios.value.skenario):
        place = f"skenario.{index}.id"
        if planned[scenario.id] > 1:
            yield _fault(
                scenarios, place, f"{scenario.id} tertulis dua kali.", f"{scenario.id} is written twice."
            )
        if not tested[scenario.id]:
            yield _fault(
                scenarios, place, f"{scenario.id} belum diuji.", f"{scenario.id} has not been tested."
            )
    for index, result in enumerate(results.value.hasil):
        place, name = f"hasil.{index}.skenario", result.skenario
        if not planned[name]:
            yield _fault(results, place, f"{name} bukan skenario.", f"{name} is no scenario.")
        elif tested[name] > 1:
            yield _fault(results, place, f"{name} punya dua hasil.", f"{name} has two results.")


def _fault(
    form: _uat.Form[_uat.Scenarios] | _uat.Form[_uat.Results], place: str, indonesian: str, english: str
) -> Finding:
    return field_fault(ID, form.document, place, Bilingual(indonesian, english), _REMEDY)
