"""The joint review accepts the application, in the very code that there is now."""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.evidence import CODE, EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._code import candidate, other_code
from checks._common import BUILDER, verdict
from checks._reading import Form
from checks._requirements import read
from checks._review import REPORT, Review
from checks._schema import field_fault
from checks._subjects import WRITER

ID = "review_accepts_code"
NEEDS = (document_id(REPORT), CODE)
POLICY: tuple[str, ...] = ()

_WORK = Bilingual("Review menilai", "The review judged")
_AGAIN = Bilingual(
    f"{WRITER.id} mengulang review pada kode ini dan menulis",
    f"Review this code anew ({WRITER.en}) and write",
)


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL when the conclusion asks for repairs, or the report names other code."""
    _, code = view.need(*NEEDS)
    review = read(ID, view, REPORT, Review)
    if isinstance(review, tuple):
        return review
    snapshot = candidate(ID, code)
    if isinstance(snapshot, Finding):
        return (snapshot,)
    named = review.value.digest_kode
    other = other_code(ID, review.document, named, snapshot, work=_WORK, remedy=_AGAIN)
    short = snapshot.code_digest[:12]
    seen = Bilingual(f"Review menerima kode {short}.", f"The review accepts the code {short}.")
    return verdict(ID, (*_refusal(review), *other), seen)


def _refusal(review: Form[Review]) -> Iterator[Finding]:
    if review.value.simpulan == "perlu_perbaikan":
        yield field_fault(
            ID,
            review.document,
            "simpulan",
            Bilingual("Review meminta perbaikan.", "The review asks for repairs."),
            Bilingual(
                f"{BUILDER.id} memperbaiki aplikasi untuk review berikutnya.",
                f"Mend the application for the next review; to be done by {BUILDER.en}.",
            ),
        )
