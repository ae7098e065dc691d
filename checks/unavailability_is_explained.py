"""The record names what is not available and why: only then may a case turn to its report (Bolmut step 6)."""

from __future__ import annotations

from automation.core.evidence import EvidenceView
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks import _resources
from checks._common import failed, verdict

ID = "unavailability_is_explained"
NEEDS = _resources.NEEDS
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL when all three are there, or when one that is not has no reason."""
    form = _resources.read(ID, view)
    if isinstance(form, tuple):
        return form
    lacking = [name for name, one in form.value.by_name.items() if one.tersedia == "tidak"]
    if not lacking:
        seen = Bilingual("Menurut catatan semuanya tersedia.", "The record says that all is available.")
        remedy = Bilingual(
            f"{_resources.WHO.id} mencatat apa yang tidak tersedia, atau menyatakan tersedia.",
            f"Record what is unavailable, or declare it available; to be done by {_resources.WHO.en}.",
        )
        return (failed(ID, seen, remedy, where=form.where, key=_resources.DOCUMENT),)
    named = ", ".join(lacking)
    seen = Bilingual(f"Tidak tersedia: {named}.", f"Unavailable: {named}.")
    return verdict(ID, _resources.unexplained(ID, form), seen, where=form.where)
