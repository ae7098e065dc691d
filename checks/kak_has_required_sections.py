"""The KAK has its required sections, each filled (SOP steps 6 to 8)."""

from __future__ import annotations

from automation.core.documents import MarkdownDocument
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import AGENCY_TEAM, opened, verdict
from checks._kak import KAK_SECTIONS
from checks._sections import section_faults

ID = "kak_has_required_sections"
DOCUMENT = "kak"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """One FAIL for each section that is missing or unfilled."""
    answer = opened(ID, view, DOCUMENT, MarkdownDocument, who=AGENCY_TEAM)
    if isinstance(answer, Finding):
        return (answer,)
    evidence, kak = answer
    seen = Bilingual(
        f"Seluruh {len(KAK_SECTIONS)} bagian wajib KAK terisi.",
        f"All {len(KAK_SECTIONS)} required sections of the KAK are filled.",
    )
    faults = section_faults(ID, kak, KAK_SECTIONS, who=AGENCY_TEAM)
    return verdict(ID, faults, seen, where=evidence.where)
