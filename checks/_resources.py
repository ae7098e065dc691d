"""The availability record of Bolmut step 6, opened together by the three checks that judge it."""

from __future__ import annotations

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import is_filled
from checks._reading import Form, read_form
from checks._records import Resources
from checks._schema import field_fault

DOCUMENT = "hasil_pemeriksaan_sumber_daya"
NEEDS = (document_id(DOCUMENT),)
WHO = Bilingual("Bidang yang memeriksa", "the division that checks")


def read(check: str, view: EvidenceView) -> Form[Resources] | tuple[Finding, ...]:
    """The record, or the findings that say why it cannot be judged."""
    return read_form(check, view, DOCUMENT, Resources, who=WHO)


def unexplained(check: str, form: Form[Resources]) -> list[Finding]:
    """One FAIL for each resource that is not there without a word why."""
    return [
        field_fault(
            check,
            form.document,
            f"{name}.keterangan",
            Bilingual(
                f"{name} tidak tersedia tanpa keterangan.", f"{name} is unavailable, without a reason."
            ),
            Bilingual(
                f"{WHO.id} menulis apa yang kurang.", f"Write what is lacking; to be done by {WHO.en}."
            ),
        )
        for name, one in form.value.by_name.items()
        if one.tersedia == "tidak" and not is_filled(one.keterangan or "", minimum=8)
    ]
