"""Every compulsory requirement has a UAT scenario, and every scenario names requirements that there are."""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks import _uat
from checks._common import verdict
from checks._requirements import REGISTER, Register, doubles, read, read_register
from checks._schema import field_fault
from checks._subjects import WRITER

ID = "scenarios_cover_requirements"
NEEDS = (document_id(REGISTER), document_id(_uat.SCENARIOS))
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each compulsory requirement without scenario and each scenario without a real requirement."""
    view.need(*NEEDS)
    register = read_register(ID, view)
    scenarios = read(ID, view, _uat.SCENARIOS, _uat.Scenarios)
    if isinstance(register, tuple) or isinstance(scenarios, tuple):
        found = [one for one in (register, scenarios) if isinstance(one, tuple)]
        return verdict(ID, (fault for part in found for fault in part), Bilingual("", ""))
    count = sum(one.compulsory for one in register.value.kebutuhan)
    seen = Bilingual(
        f"{count} kebutuhan wajib punya skenario.", f"{count} compulsory requirements have scenarios."
    )
    return verdict(ID, (*_untested(register, scenarios), *_astray(register, scenarios)), seen)


def _untested(register: _uat.Form[Register], scenarios: _uat.Form[_uat.Scenarios]) -> Iterator[Finding]:
    tested = {name for one in scenarios.value.skenario for name in one.kebutuhan}
    for one in register.value.kebutuhan:
        if one.compulsory and one.id not in tested:
            yield _fault(
                scenarios,
                f"skenario.{one.id}",
                f"{one.id} (wajib) belum punya skenario.",
                f"{one.id} (compulsory) has no scenario yet.",
            )


def _astray(register: _uat.Form[Register], scenarios: _uat.Form[_uat.Scenarios]) -> Iterator[Finding]:
    known = {one.id for one in register.value.kebutuhan}
    twice = doubles(one.id for one in scenarios.value.skenario)
    for index, one in enumerate(scenarios.value.skenario):
        place = f"skenario.{index}"
        if one.id in twice:
            yield _fault(
                scenarios, f"{place}.id", f"{one.id} tertulis dua kali.", f"{one.id} is written twice."
            )
        if not one.kebutuhan:
            yield _fault(
                scenarios,
                f"{place}.kebutuhan",
                f"{one.id} tidak menyebut kebutuhan yang diujinya.",
                f"{one.id} does not name the requirement that it tests.",
            )
        for at, name in enumerate(one.kebutuhan):
            if name not in known:
                yield _fault(
                    scenarios,
                    f"{place}.kebutuhan.{at}",
                    f"{name} tidak ada pada register kebutuhan.",
                    f"{name} does not stand in the register of requirements.",
                )


def _fault(scenarios: _uat.Form[_uat.Scenarios], place: str, indonesian: str, english: str) -> Finding:
    remedy = Bilingual(
        f"{WRITER.id} menulis skenario dengan 'kebutuhan: [KBT-001]' di {scenarios.document.path}.",
        f"Write scenarios with 'kebutuhan: [KBT-001]' in {scenarios.document.path}; "
        f"to be done by {WRITER.en}.",
    )
    return field_fault(ID, scenarios.document, place, Bilingual(indonesian, english), remedy)
