"""The needs of the agency are written one by one and numbered, so that requirements can name theirs."""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.documents import MarkdownDocument
from automation.core.errors import Where
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import failed, find_section, is_filled, opened, verdict
from checks._requirements import ENOUGH, IDENTIFICATION, NEEDS_SECTION, doubles, needs_of
from checks._subjects import WRITER

ID = "needs_are_numbered"
NEEDS = (document_id(IDENTIFICATION),)
POLICY: tuple[str, ...] = ()

_REMEDY = Bilingual(
    f"{WRITER.id} menulis tiap kebutuhan sebagai butir di bawah '{NEEDS_SECTION[0]}': "
    "'- IDN-01 Warga mengambil nomor antrean dari rumah'.",
    f"Write each need as an item below '{NEEDS_SECTION[0]}': '- IDN-01 Citizens take a number from home'; "
    f"to be done by {WRITER.en}.",
)


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL when no need is numbered, and for each number that stands twice or says nothing."""
    answer = opened(ID, view, IDENTIFICATION, MarkdownDocument, who=WRITER)
    if isinstance(answer, Finding):
        return (answer,)
    evidence, document = answer
    count = len(needs_of(document))
    seen = Bilingual(f"{count} butir kebutuhan bernomor.", f"{count} needs are numbered.")
    return verdict(ID, _faults(document), seen, where=evidence.where)


def _faults(document: MarkdownDocument) -> Iterator[Finding]:
    needs = needs_of(document)
    section = find_section(document, NEEDS_SECTION)
    line = section.line if section else 0
    where = Where(file=document.path, line=line, column=1 if line else 0)
    if not needs:
        seen = Bilingual("Tidak satu pun butir kebutuhan bernomor.", "Not one need is numbered.")
        yield failed(ID, seen, _REMEDY, where=where, key="butir")
    for name in sorted(doubles(need.id for need in needs)):
        seen = Bilingual(f"{name} dipakai dua kali.", f"{name} is used twice.")
        yield failed(ID, seen, _REMEDY, where=where, key=name)
    for need in needs:
        if not is_filled(need.text, minimum=ENOUGH):
            seen = Bilingual(f"{need.id} belum berisi.", f"{need.id} says nothing yet.")
            yield failed(ID, seen, _REMEDY, where=where, key=f"{need.id}.isi")
