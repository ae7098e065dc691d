"""The request form in the issue names everything the case needs (SOP step 1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, cast

from automation.core.errors import Where
from automation.core.evidence import FORM, EvidenceView, State
from automation.core.finding import Finding, Outcome
from automation.core.text import Bilingual
from checks._common import APPLICANT, failed, quoted, unknown, verdict

ID = "request_form_is_complete"
NEEDS = (FORM,)
POLICY: tuple[str, ...] = ()


class FormProblem(Protocol):
    """One thing wrong in the form: the field, its label and line, what is wrong and what to do."""

    field: str
    label: str
    line: int
    message: Bilingual
    remedy: Bilingual


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """One FAIL for each field that is missing or wrong."""
    evidence = view.get(FORM)
    if evidence.state is State.ABSENT:
        seen = Bilingual("Formulir permohonan belum ada.", "The request form is not there yet.")
        remedy = Bilingual(
            f"{APPLICANT.id} mengisi formulir permohonan pada isu.",
            f"Fill the request form in the issue; to be done by {APPLICANT.en}.",
        )
        return (Finding(ID, Outcome.PENDING, seen, remedy, evidence.where, FORM),)
    if evidence.state is State.UNREADABLE:
        remedy = Bilingual(
            "Isi ulang formulir dari templat isu.", "Fill the form anew from the issue template."
        )
        return (failed(ID, evidence.problem, remedy, where=evidence.where, key=FORM),)
    problems = getattr(evidence.value, "problems", None)
    if evidence.state is not State.PRESENT or not isinstance(problems, tuple):
        seen = Bilingual("Formulir tidak dapat dibaca.", "The form could not be read.")
        return (unknown(ID, seen, where=evidence.where, key=FORM),)
    seen = Bilingual("Semua isian formulir lengkap.", "All fields of the form are filled.")
    return verdict(ID, _faults(cast("Iterable[FormProblem]", problems), evidence.where), seen)


def _faults(problems: Iterable[FormProblem], where: Where) -> Iterable[Finding]:
    for one in problems:
        label = quoted(one.label)
        seen = Bilingual(f"{label}: {one.message.id}", f"{label}: {one.message.en}")
        place = Where(file=where.file, line=one.line, column=1 if one.line else 0, case=where.case)
        yield failed(ID, seen, one.remedy, where=place, key=one.field)
