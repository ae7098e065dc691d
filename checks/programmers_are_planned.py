"""The plan says how many programmers are needed, with which skills, and why."""

from __future__ import annotations

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import is_filled, verdict
from checks._programmers import PLANNED, Programmers
from checks._requirements import ENOUGH, read
from checks._schema import field_fault
from checks._subjects import WRITER

ID = "programmers_are_planned"
NEEDS = (document_id(PLANNED),)
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each key that is missing or wrong, and for a reason that says nothing."""
    planned = read(ID, view, PLANNED, Programmers)
    if isinstance(planned, tuple):
        return planned
    count = planned.value.jumlah
    seen = Bilingual(f"{count} programmer diusulkan.", f"{count} programmers are asked for.")
    if is_filled(planned.value.alasan, minimum=ENOUGH):
        return verdict(ID, (), seen)
    fault = field_fault(
        ID,
        planned.document,
        "alasan",
        Bilingual("Alasan usulan terlalu singkat.", "The reason for the number is too short."),
        Bilingual(f"{WRITER.id} menulis alasannya.", f"Write the reason; to be done by {WRITER.en}."),
    )
    return (fault,)
