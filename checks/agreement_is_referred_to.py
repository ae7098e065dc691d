"""The Berita Acara refers to the very agreement that both parties approved (Bali steps 6 and 7).

A signed scope and timeline that is not the agreed one would bind the builders to another application.
"""

from __future__ import annotations

from automation.core.documents import Letter, MarkdownDocument
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding, Outcome
from automation.core.text import Bilingual
from checks._common import failed, opened, passed
from checks._subjects import WRITER, nothing_named

ID = "agreement_is_referred_to"
AGREEMENT, MINUTES, ORDER = "kesepakatan", "berita_acara", "surat_tugas"
NEEDS = (document_id(AGREEMENT), document_id(MINUTES))
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL when the sidecar refers to another text; not applicable where only a Surat Tugas was issued."""
    if MINUTES not in subjects:
        return (_order_alone(),) if ORDER in subjects else nothing_named(ID)
    view.need(*NEEDS)
    agreement = opened(ID, view, AGREEMENT, MarkdownDocument, who=WRITER)
    minutes = opened(ID, view, MINUTES, Letter, who=WRITER)
    if isinstance(agreement, Finding):
        return (agreement,)
    if isinstance(minutes, Finding):
        return (minutes,)
    evidence, letter = minutes
    reference = letter.sidecar.data.get("rujukan_sha256") if letter.sidecar else None
    if reference == agreement[0].digest:
        seen = Bilingual(
            "Berita acara merujuk kesepakatan ini.", "The Berita Acara refers to this agreement."
        )
        return (passed(ID, seen, where=evidence.where),)
    seen = Bilingual(
        "Naskah berita acara tidak merujuk kesepakatan yang sekarang.",
        "The sidecar of the Berita Acara does not refer to the present agreement.",
    )
    remedy = Bilingual(
        f"Tulis rujukan_sha256 kesepakatan yang ditandatangani: {agreement[0].digest}.",
        f"Write rujukan_sha256 of the agreement that was signed: {agreement[0].digest}.",
    )
    return (failed(ID, seen, remedy, where=evidence.where, key=f"{MINUTES}.rujukan_sha256"),)


def _order_alone() -> Finding:
    seen = Bilingual(
        "Tanpa berita acara; Surat Tugas berdiri sendiri.", "No Berita Acara; the Surat Tugas stands alone."
    )
    return Finding(ID, Outcome.NOT_APPLICABLE, seen, key=MINUTES)
