"""The vendor shows the application's process flow (SOP step 10)."""

from __future__ import annotations

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._prose import judge_prose

ID = "process_flow_is_presented"
DOCUMENT = "alur_proses"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """PASS when the flow is described, drawn (Mermaid) or linked as a picture."""
    expected = Bilingual(
        "alur proses menurut KAK, sebagai langkah atau diagram",
        "the process flow after the KAK, as steps or a diagram",
    )
    return judge_prose(ID, view, DOCUMENT, minimum=30, expected=expected, picture=True)
