"""Whoever passes a disposition on is the one it was given to (Bali steps 2 and 3)."""

from __future__ import annotations

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import quoted, verdict
from checks._reading import read_form
from checks._records import Disposition
from checks._schema import field_fault
from checks.disposition_is_recorded import WHO

ID = "disposition_chain_holds"
FIRST, PASSED_ON = "disposisi", "disposisi_turunan"
NEEDS = (document_id(FIRST), document_id(PASSED_ON))
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL when the giver of the sub-disposition is not the receiver of the first."""
    view.need(*NEEDS)
    first = read_form(ID, view, FIRST, Disposition, who=WHO)
    passed_on = read_form(ID, view, PASSED_ON, Disposition, who=WHO)
    if isinstance(first, tuple):
        return first
    if isinstance(passed_on, tuple):
        return passed_on
    receiver, giver = first.value.kepada, passed_on.value.dari
    faults = []
    if giver != receiver:
        wrong = Bilingual(
            f"Disposisi diterima {quoted(receiver)}, tetapi diteruskan {quoted(giver)}.",
            f"{quoted(receiver)} received the disposition, but {quoted(giver)} passed it on.",
        )
        remedy = Bilingual(
            "Yang meneruskan adalah penerima disposisi pertama; samakan keduanya.",
            "Whoever received the first one passes it on; make both agree.",
        )
        faults.append(field_fault(ID, passed_on.document, "dari", wrong, remedy))
    seen = Bilingual(
        f"Disposisi diteruskan oleh penerimanya, {giver}.", f"Passed on by its receiver, {giver}."
    )
    return verdict(ID, faults, seen, where=passed_on.where)
