"""Infrastructure, people and budget are each recorded as there or not, and what is not is explained."""

from __future__ import annotations

from automation.core.evidence import EvidenceView
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks import _resources
from checks._common import verdict

ID = "availability_is_recorded"
NEEDS = _resources.NEEDS
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each of the three that is blank, and for each ``tidak`` without a reason."""
    form = _resources.read(ID, view)
    if isinstance(form, tuple):
        return form
    seen = Bilingual("Ketersediaan ketiganya tercatat.", "The availability of all three is recorded.")
    return verdict(ID, _resources.unexplained(ID, form), seen, where=form.where)
