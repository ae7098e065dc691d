"""Infrastructure, people and budget are all there: only then does a project begin (Bolmut step 6)."""

from __future__ import annotations

from automation.core.evidence import EvidenceView
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks import _resources
from checks._common import verdict
from checks._schema import field_fault

ID = "resources_are_available"
NEEDS = _resources.NEEDS
POLICY: tuple[str, ...] = ()

_REMEDY = Bilingual(
    "Sediakan dahulu lalu perbarui catatannya, atau nyatakan tidak tersedia.",
    "Provide it and update the record, or declare it unavailable.",
)


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each of the three that is recorded as not there."""
    form = _resources.read(ID, view)
    if isinstance(form, tuple):
        return form
    faults = [
        field_fault(
            ID,
            form.document,
            f"{name}.tersedia",
            Bilingual(f"{name} tidak tersedia menurut catatan.", f"The record says {name} is unavailable."),
            _REMEDY,
        )
        for name, one in form.value.by_name.items()
        if one.tersedia == "tidak"
    ]
    seen = Bilingual(
        "Infrastruktur, SDM, dan anggaran tersedia.", "Infrastructure, people and budget are available."
    )
    return verdict(ID, faults, seen, where=form.where)
