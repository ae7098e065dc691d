"""Every requirement can be told apart, comes from a need, and says when it is met; no need is left out."""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.documents import MarkdownDocument
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import is_filled, opened, quoted, verdict
from checks._reading import Form
from checks._requirements import (
    ENOUGH,
    IDENTIFICATION,
    NEED_ID,
    REGISTER,
    Register,
    Requirement,
    doubles,
    needs_of,
    read,
)
from checks._schema import field_fault
from checks._subjects import WRITER

ID = "requirements_are_traceable"
NEEDS = (document_id(IDENTIFICATION), document_id(REGISTER))
POLICY: tuple[str, ...] = ()

_SOURCE = 5  # letters of a source that is no need: the short name of a regulation


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each double id, empty wording, unknown source, and each need without a requirement."""
    view.need(*NEEDS)
    identification = opened(ID, view, IDENTIFICATION, MarkdownDocument, who=WRITER)
    register = read(ID, view, REGISTER, Register)
    if isinstance(identification, Finding) or isinstance(register, tuple):
        faults = register if isinstance(register, tuple) else ()
        first = (identification,) if isinstance(identification, Finding) else ()
        return verdict(ID, (*first, *faults), Bilingual("", ""))
    needs = frozenset(need.id for need in needs_of(identification[1]))
    count = len(register.value.kebutuhan)
    seen = Bilingual(
        f"{count} kebutuhan tertelusur ke {len(needs)} butir identifikasi.",
        f"{count} requirements trace back to {len(needs)} needs.",
    )
    return verdict(
        ID, (*_own_faults(register), *_sources(register, needs), *_left_out(register, needs)), seen
    )


def _own_faults(register: Form[Register]) -> Iterator[Finding]:
    twice = doubles(one.id for one in register.value.kebutuhan)
    for index, one in enumerate(register.value.kebutuhan):
        place = f"kebutuhan.{index}"
        if one.id in twice:
            yield _fault(register, f"{place}.id", f"{one.id} dipakai dua kali.", f"{one.id} is used twice.")
        yield from _unwritten(register, one, place)


def _unwritten(register: Form[Register], one: Requirement, place: str) -> Iterator[Finding]:
    for key, text in (("uraian", one.uraian), ("kriteria_terima", one.kriteria_terima)):
        if not is_filled(text, minimum=ENOUGH):
            yield _fault(
                register,
                f"{place}.{key}",
                f"{one.id}: {key} terlalu singkat.",
                f"{one.id}: {key} is too short.",
            )


def _sources(register: Form[Register], needs: frozenset[str]) -> Iterator[Finding]:
    for index, one in enumerate(register.value.kebutuhan):
        for at, source in enumerate(one.sumber):
            place = f"kebutuhan.{index}.sumber.{at}"
            known = source in needs if NEED_ID.match(source) else is_filled(source, minimum=_SOURCE)
            if not known:
                yield _fault(
                    register,
                    place,
                    f"{one.id}: sumber {quoted(source)} tidak ada pada identifikasi kebutuhan.",
                    f"{one.id}: the identification of needs has no {quoted(source)}.",
                )


def _left_out(register: Form[Register], needs: frozenset[str]) -> Iterator[Finding]:
    met = {source for one in register.value.kebutuhan for source in one.sumber}
    for need in sorted(needs - met):
        yield _fault(
            register,
            f"kebutuhan.{need}",
            f"{need} belum dijawab satu kebutuhan pun.",
            f"No requirement answers {need} yet.",
        )


def _fault(register: Form[Register], place: str, indonesian: str, english: str) -> Finding:
    remedy = Bilingual(
        f"{WRITER.id} memperbaikinya di {register.document.path}: id tunggal, uraian, sumber (IDN-01), "
        "kriteria terima.",
        f"Mend it in {register.document.path}: id, description, source (IDN-01), acceptance criterion; "
        f"to be done by {WRITER.en}.",
    )
    return field_fault(ID, register.document, place, Bilingual(indonesian, english), remedy)
