"""The vendor has handed in a mockup one can look at (SOP step 10)."""

from __future__ import annotations

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._material import PICTURES, judge_folder

ID = "mockup_is_presented"
DOCUMENT = "mockup"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """PASS when the folder holds a picture, PDF, HTML or Markdown with content."""
    return judge_folder(
        ID,
        view,
        DOCUMENT,
        media=PICTURES | {"pdf", "html", "text"},
        expected=Bilingual(
            "gambar, PDF, HTML atau Markdown yang terisi", "a picture, PDF, HTML or Markdown with content"
        ),
    )
