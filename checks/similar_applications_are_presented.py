"""The vendor shows similar applications it has built (SOP step 10)."""

from __future__ import annotations

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._prose import judge_prose

ID = "similar_applications_are_presented"
DOCUMENT = "aplikasi_sejenis"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """PASS when at least one application is described."""
    expected = Bilingual(
        "nama, pemilik dan fungsi aplikasi sejenis yang pernah dibangun",
        "name, owner and purpose of similar applications it has built",
    )
    return judge_prose(ID, view, DOCUMENT, minimum=40, expected=expected)
