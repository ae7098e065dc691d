"""The vendor's test report is attached to the final presentation (SOP step 12)."""

from __future__ import annotations

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._prose import judge_prose

ID = "test_documentation_is_attached"
DOCUMENT = "dokumentasi_testing"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """PASS when the report is written out; laik's own scan and the UAT are judged elsewhere."""
    expected = Bilingual("apa yang diuji, caranya dan hasilnya", "what was tested, how, and with what result")
    return judge_prose(ID, view, DOCUMENT, minimum=60, expected=expected)
