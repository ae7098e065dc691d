"""The review report was made by both parties and says of every requirement what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import is_filled, verdict
from checks._reading import Form
from checks._requirements import ENOUGH, REGISTER, Register, doubles, read, read_register
from checks._review import REPORT, Review
from checks._schema import field_fault
from checks._subjects import WRITER

ID = "review_covers_requirements"
NEEDS = (document_id(REGISTER), document_id(REPORT))
POLICY: tuple[str, ...] = ()

PARTIES = 2


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each requirement without one status or refused while compulsory, and for a lone party."""
    view.need(*NEEDS)
    register = read_register(ID, view)
    review = read(ID, view, REPORT, Review)
    if isinstance(register, tuple) or isinstance(review, tuple):
        found = [one for one in (register, review) if isinstance(one, tuple)]
        return verdict(ID, (fault for part in found for fault in part), Bilingual("", ""))
    count = len(register.value.kebutuhan)
    seen = Bilingual(f"{count} kebutuhan berstatus.", f"{count} requirements have a status.")
    faults = (*_lone_party(review), *_without_status(register, review), *_statuses(register, review))
    return verdict(ID, faults, seen)


def _lone_party(review: Form[Review]) -> Iterator[Finding]:
    units = {" ".join(one.unit.casefold().split()) for one in review.value.peserta}
    if len(units) < PARTIES:
        yield _fault(
            review, "peserta", "Peserta hanya dari satu unit.", "The participants are of one unit only."
        )


def _without_status(register: Form[Register], review: Form[Review]) -> Iterator[Finding]:
    told = {one.id for one in review.value.kebutuhan}
    for one in register.value.kebutuhan:
        if one.id not in told:
            yield _fault(
                review, f"kebutuhan.{one.id}", f"{one.id} belum berstatus.", f"{one.id} has no status yet."
            )


def _statuses(register: Form[Register], review: Form[Review]) -> Iterator[Finding]:
    compulsory = {one.id: one.compulsory for one in register.value.kebutuhan}
    twice = doubles(one.id for one in review.value.kebutuhan)
    for index, one in enumerate(review.value.kebutuhan):
        place = f"kebutuhan.{index}"
        if one.id in twice:
            yield _fault(review, f"{place}.id", f"{one.id} berstatus dua kali.", f"{one.id} stands twice.")
        if one.id not in compulsory:
            yield _fault(
                review,
                f"{place}.id",
                f"{one.id} tidak ada pada register kebutuhan.",
                f"{one.id} does not stand in the register of requirements.",
            )
        elif one.status != "diterima" and compulsory[one.id]:
            yield _fault(
                review,
                f"{place}.status",
                f"{one.id} (wajib) {one.status}.",
                f"{one.id} (compulsory) is not accepted.",
            )
        elif one.status != "diterima" and not is_filled(one.catatan, minimum=ENOUGH):
            yield _fault(
                review,
                f"{place}.catatan",
                f"{one.id} {one.status} tanpa catatan.",
                f"{one.id} is not accepted, and no note says why.",
            )


def _fault(review: Form[Review], place: str, indonesian: str, english: str) -> Finding:
    remedy = Bilingual(
        f"{WRITER.id} melengkapi {review.document.path}; kebutuhan wajib yang belum diterima diperbaiki lalu "
        "direview ulang.",
        f"Complete {review.document.path}; a compulsory requirement not accepted is mended and reviewed "
        f"anew; to be done by {WRITER.en}.",
    )
    return field_fault(ID, review.document, place, Bilingual(indonesian, english), remedy)
