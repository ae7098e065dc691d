"""The attendance list of the training names who was there, from which unit."""

from __future__ import annotations

from automation.core.documents import CsvDocument
from automation.core.errors import Where
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._attendance import attendance_of
from checks._common import failed, opened, passed
from checks._subjects import WRITER

ID = "training_is_attended"
DOCUMENT = "daftar_hadir_pelatihan"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """PASS when somebody is listed as present; people are counted, never named."""
    answer = opened(ID, view, DOCUMENT, CsvDocument, who=WRITER)
    if isinstance(answer, Finding):
        return (answer,)
    evidence, table = answer
    attendance = attendance_of(table)
    if attendance is None:
        wrong = Bilingual(
            "Daftar hadir tanpa kolom nama atau unit.", "The attendance list has no column nama or unit."
        )
        return (_fault(table, wrong, line=1),)
    if not attendance.people:
        return (_fault(table, Bilingual("Tidak seorang pun hadir.", "Nobody is listed as present.")),)
    seen = Bilingual(
        f"{attendance.people} peserta dari {attendance.units} unit hadir.",
        f"{attendance.people} people of {attendance.units} units were there.",
    )
    return (passed(ID, seen, where=evidence.where, key=DOCUMENT),)


def _fault(table: CsvDocument, seen: Bilingual, *, line: int = 0) -> Finding:
    remedy = Bilingual(
        f"{WRITER.id} mengisi kolom nama, unit, hadir di {table.path}.",
        f"Fill the columns nama, unit, hadir in {table.path}; to be done by {WRITER.en}.",
    )
    return failed(ID, seen, remedy, where=Where(file=table.path, line=line, column=line), key=DOCUMENT)
