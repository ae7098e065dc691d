"""The material of the final presentation is attached (SOP step 12)."""

from __future__ import annotations

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._material import PICTURES, judge_folder

ID = "final_presentation_is_attached"
DOCUMENT = "presentasi_akhir"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """PASS when the folder holds slides, a PDF, a picture, HTML or Markdown with content."""
    return judge_folder(
        ID,
        view,
        DOCUMENT,
        media=PICTURES | {"pdf", "office", "html", "text"},
        expected=Bilingual(
            "paparan (PDF, PPTX/ODP), gambar, HTML atau Markdown yang terisi",
            "slides (PDF, PPTX/ODP), a picture, HTML or Markdown with content",
        ),
    )
