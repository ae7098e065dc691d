"""Every disposition of the step is recorded: who gave it, to which role, when, and what is to be done."""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import passed, quoted
from checks._reading import Form, read_form
from checks._records import Disposition
from checks._schema import field_fault
from checks._subjects import keyed, named, nothing_named

ID = "disposition_is_recorded"
NEEDS: tuple[str, ...] = ()
POLICY: tuple[str, ...] = ()

WHO = Bilingual("Pencatat disposisi", "whoever records the disposition")


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each key that is wrong; the giver is one of ``signed_by``, the receiver another role."""
    names = named(view, subjects, lambda document: document.kind == "yaml" and bool(document.signed_by))
    if not names:
        return nothing_named(ID)
    view.need(*(document_id(name) for name in names))
    return tuple(finding for name in names for finding in _judged(view, name))


def _judged(view: EvidenceView, name: str) -> Iterator[Finding]:
    form = read_form(ID, view, name, Disposition, who=WHO)
    faults = list(form) if isinstance(form, tuple) else list(_faults(view, name, form))
    yield from (keyed(name, fault) for fault in faults)
    if not faults and not isinstance(form, tuple):
        seen = Bilingual(
            f"Disposisi dari {form.value.dari} kepada {form.value.kepada}.",
            f"Disposition from {form.value.dari} to {form.value.kepada}.",
        )
        yield passed(ID, seen, where=form.where, key=name)


def _faults(view: EvidenceView, name: str, form: Form[Disposition]) -> Iterator[Finding]:
    givers = view.documents[name].signed_by
    if form.value.dari not in givers:
        expected = ", ".join(givers)
        yield field_fault(
            ID,
            form.document,
            "dari",
            Bilingual(
                f"Disposisi dari {quoted(form.value.dari)}, seharusnya {expected}.",
                f"The disposition is from {quoted(form.value.dari)}, expected {expected}.",
            ),
            Bilingual("Mintakan disposisi dari pejabat itu.", "Have that office give the disposition."),
        )
    receivers = sorted({role.id for role in view.declared} - {form.value.dari})
    if form.value.kepada not in receivers:
        listing = ", ".join(receivers)
        yield field_fault(
            ID,
            form.document,
            "kepada",
            Bilingual(
                f"Penerima {quoted(form.value.kepada)} bukan peran lain dalam SOP ini.",
                f"The receiver {quoted(form.value.kepada)} is no other role of this SOP.",
            ),
            Bilingual(f"Tulis salah satu: {listing}.", f"Write one of: {listing}."),
        )
