"""The signed KAK legalises exactly the KAK that lies in the case file (SOP step 9).

The sidecar of ``kak_sah`` names the SHA-256 of the text that was signed: a KAK changed after signing
does not pass for the signed one.
"""

from __future__ import annotations

from automation.core.documents import Letter, MarkdownDocument
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import AGENCY_TEAM, failed, opened, passed
from checks._schema import field_fault

ID = "kak_is_legalised"
NEEDS = (document_id("kak"), document_id("kak_sah"))
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """PASS when the sidecar's ``rujukan_sha256`` is the digest of the KAK."""
    view.need(*NEEDS)
    kak = opened(ID, view, "kak", MarkdownDocument, who=AGENCY_TEAM)
    signed = opened(ID, view, "kak_sah", Letter, who=AGENCY_TEAM)
    missing = tuple(one for one in (kak, signed) if isinstance(one, Finding))
    if isinstance(kak, Finding) or isinstance(signed, Finding):
        return missing
    return (_compared(kak[0].digest, kak[0].where.file, signed[1]),)


def _compared(digest: str, path: str, letter: Letter) -> Finding:
    remedy = Bilingual(
        f"{AGENCY_TEAM.id} menulis rujukan_sha256: {digest} bila itu naskah yang disahkan; bila bukan, "
        "sahkan ulang.",
        f"Write rujukan_sha256: {digest} if that text was legalised, else have it legalised anew; "
        f"to be done by {AGENCY_TEAM.en}.",
    )
    if letter.sidecar is None:
        seen = Bilingual(
            "KAK sah tanpa naskah (.naskah.yaml).", "The signed KAK has no sidecar (.naskah.yaml)."
        )
        return failed(ID, seen, remedy, key="naskah")
    named = letter.sidecar.data.get("rujukan_sha256")
    if not digest or named != digest:
        seen = Bilingual(
            f"KAK sah tidak merujuk isi {path} yang sekarang.",
            f"The signed KAK does not refer to the present content of {path}.",
        )
        return field_fault(ID, letter.sidecar, "rujukan_sha256", seen, remedy)
    return passed(ID, Bilingual("KAK sah merujuk naskah ini.", "The signed KAK refers to this text."))
