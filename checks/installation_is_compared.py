"""What was installed on the office's server is compared with what was presented, for this code (Bolmut 14).

A difference does not fail here: the SOP decides on it at its next step. What fails is a table with gaps.
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.documents import CodeSnapshot
from automation.core.evidence import CODE, Evidence, EvidenceView, State, document_id
from automation.core.finding import Finding, Outcome
from automation.core.text import Bilingual
from checks._common import is_filled, quoted, unknown, verdict
from checks._reading import Form, read_form
from checks._records import Installation
from checks._schema import field_fault

ID = "installation_is_compared"
DOCUMENT = "laporan_instalasi_pengujian"
NEEDS = (document_id(DOCUMENT), CODE)
POLICY: tuple[str, ...] = ()

_WHO = Bilingual("Tim Teknis yang memasang", "the technical team that installs")


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for another code than the candidate's, a difference without a note, a row that stands twice."""
    _, code = view.need(*NEEDS)
    form = read_form(ID, view, DOCUMENT, Installation, who=_WHO)
    if isinstance(form, tuple):
        return form
    if code.state is not State.PRESENT or not isinstance(code.value, CodeSnapshot):
        return (_no_code(code),)
    differing = sum(row.hasil == "tidak_sesuai" for row in form.value.banding)
    count = len(form.value.banding)
    seen = Bilingual(
        f"{count} butir dibandingkan, {differing} tidak sesuai.",
        f"{count} items compared, {differing} of them differ.",
    )
    return verdict(ID, [*_other_code(form, code.value), *_gaps(form)], seen, where=form.where)


def _no_code(code: Evidence) -> Finding:
    if code.state is State.ABSENT:
        seen = Bilingual("Kode aplikasi belum ada.", "There is no application code yet.")
        remedy = Bilingual("Tunggu sampai kodenya ada.", "Wait until there is code.")
        return Finding(ID, Outcome.PENDING, seen, remedy, code.where, CODE)
    seen = Bilingual("Kode aplikasi tidak dapat dibaca.", "The application's code could not be read.")
    return unknown(ID, seen, where=code.where, key=CODE)


def _other_code(form: Form[Installation], code: CodeSnapshot) -> Iterator[Finding]:
    tested = form.value.digest_kode
    if not code.code_digest.startswith(tested):
        wrong = Bilingual(
            f"Yang dipasang kode {tested[:12]}, calon rilis {code.code_digest[:12]}.",
            f"The code installed is {tested[:12]}, the candidate is {code.code_digest[:12]}.",
        )
        remedy = Bilingual(
            f'{_WHO.id} memasang kode ini dan menulis digest_kode: "{code.code_digest}".',
            f'Install this code and write digest_kode: "{code.code_digest}"; to be done by {_WHO.en}.',
        )
        yield field_fault(ID, form.document, "digest_kode", wrong, remedy)


def _gaps(form: Form[Installation]) -> Iterator[Finding]:
    remedy = Bilingual(
        f"{_WHO.id} melengkapi tabel banding: satu baris per butir, perbedaan diberi catatan.",
        f"Complete the table: one row an item, each difference with a note; to be done by {_WHO.en}.",
    )
    before: set[str] = set()
    for index, row in enumerate(form.value.banding):
        name = " ".join(row.butir.casefold().split())
        if name in before:
            double = Bilingual(
                f"Butir {quoted(row.butir)} tertulis dua kali.", f"{quoted(row.butir)} stands twice."
            )
            yield field_fault(ID, form.document, f"banding.{index}.butir", double, remedy)
        if row.hasil == "tidak_sesuai" and not is_filled(row.catatan or "", minimum=5):
            bare = Bilingual(
                f"{quoted(row.butir)} tidak sesuai tanpa catatan.",
                f"{quoted(row.butir)} differs, without a note.",
            )
            yield field_fault(ID, form.document, f"banding.{index}.catatan", bare, remedy)
        before.add(name)
