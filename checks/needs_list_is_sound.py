"""The list of needs is complete: every need has an id of its own and says who proposed it."""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import verdict
from checks._reading import Form, read_form
from checks._records import Needs
from checks._schema import field_fault

ID = "needs_list_is_sound"
DOCUMENT = "daftar_kebutuhan"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()

_WHO = Bilingual("Penyusun daftar", "whoever compiles the list")


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each key that is missing or wrong and each id that stands twice."""
    form = read_form(ID, view, DOCUMENT, Needs, who=_WHO)
    if isinstance(form, tuple):
        return form
    count = len(form.value.kebutuhan)
    seen = Bilingual(f"{count} kebutuhan tercatat.", f"{count} needs are listed.")
    return verdict(ID, _double_ids(form), seen, where=form.where)


def _double_ids(form: Form[Needs]) -> Iterator[Finding]:
    """Later documents point at a need by its id, so two needs must not share one."""
    before: set[str] = set()
    for index, need in enumerate(form.value.kebutuhan):
        if need.id in before:
            yield field_fault(
                ID,
                form.document,
                f"kebutuhan.{index}.id",
                Bilingual(f"{need.id} tertulis dua kali.", f"{need.id} is written twice."),
                Bilingual(
                    f"{_WHO.id} memberi setiap kebutuhan id sendiri.",
                    f"Give each need an id of its own; to be done by {_WHO.en}.",
                ),
            )
        before.add(need.id)
