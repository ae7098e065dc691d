"""The minutes tell date, participants, responses, decision and follow-up, and the list who was there."""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.documents import CsvDocument, MarkdownDocument
from automation.core.errors import Where
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._attendance import attendance_of
from checks._common import DISKOMINFO_TEAM, failed, find_section, is_filled, opened, verdict
from checks._sections import Required, section_faults

ID = "minutes_have_attendance_and_decision"
MINUTES = "notulen_rapat"
ATTENDANCE = "daftar_hadir"
NEEDS = (document_id(MINUTES), document_id(ATTENDANCE))
POLICY: tuple[str, ...] = ()

SECTIONS = (
    Required("tanggal", ("Tanggal", "Hari/Tanggal", "Hari, Tanggal", "Waktu dan Tempat", "Tanggal dan Tempat",
                         "Tanggal Rapat"), 6),
    Required("peserta", ("Peserta", "Peserta Rapat", "Daftar Peserta", "Hadir"), 8),
    Required("tanggapan", ("Tanggapan", "Pembahasan", "Tanggapan dan Masukan", "Pembahasan dan Tanggapan")),
    Required("keputusan", ("Keputusan", "Keputusan Rapat", "Kesimpulan", "Simpulan"), 8),
    Required("tindak_lanjut", ("Tindak Lanjut", "Rencana Tindak Lanjut"), 8),
)  # fmt: skip


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each section unfilled, and for fewer than two people or units present."""
    view.need(*NEEDS)
    faults: list[Finding] = []
    minutes = opened(ID, view, MINUTES, MarkdownDocument, who=DISKOMINFO_TEAM)
    if isinstance(minutes, Finding):
        faults.append(minutes)
    else:
        faults += section_faults(ID, minutes[1], SECTIONS, who=DISKOMINFO_TEAM)
        faults += _undated(minutes[1])
    attendance = opened(ID, view, ATTENDANCE, CsvDocument, who=DISKOMINFO_TEAM)
    if isinstance(attendance, Finding):
        faults.append(attendance)
    else:
        faults += _attendance_faults(attendance[1])
    seen = Bilingual(
        "Notulen lengkap dan daftar hadir terisi.", "The minutes are complete and the attendance is filled."
    )
    return verdict(ID, faults, seen)


def _undated(minutes: MarkdownDocument) -> Iterator[Finding]:
    """A place is no date: the section must hold a number at least."""
    section = find_section(minutes, SECTIONS[0].titles)
    if section and is_filled(section.text, minimum=6) and not any(ch.isdigit() for ch in section.text):
        seen = Bilingual("Tanggal rapat tidak tertulis.", "The date of the meeting is not written.")
        remedy = Bilingual(
            f"{DISKOMINFO_TEAM.id} menulis tanggalnya.",
            f"Write the date; to be done by {DISKOMINFO_TEAM.en}.",
        )
        where = Where(file=minutes.path, line=section.line, column=1)
        yield failed(ID, seen, remedy, where=where, key="tanggal")


def _attendance_faults(table: CsvDocument) -> Iterator[Finding]:
    attendance = attendance_of(table)
    if attendance is None:
        seen = Bilingual(
            "Daftar hadir tanpa kolom nama atau unit.", "The attendance list has no column nama or unit."
        )
        remedy = Bilingual(
            f"{DISKOMINFO_TEAM.id} memakai kolom nama, unit, hadir.",
            f"Use the columns nama, unit, hadir; to be done by {DISKOMINFO_TEAM.en}.",
        )
        yield failed(
            ID, seen, remedy, where=Where(file=table.path, line=1, column=1), key="daftar_hadir.kolom"
        )
        return
    yield from _too_few(table, "orang", "people", attendance.people)
    yield from _too_few(table, "unit", "units", attendance.units)


def _too_few(table: CsvDocument, noun: str, english: str, count: int) -> Iterator[Finding]:
    if count < 2:
        yield failed(
            ID,
            Bilingual(
                f"Hanya {count} {noun} berbeda yang hadir.", f"Only {count} different {english} present."
            ),
            Bilingual(
                f"{DISKOMINFO_TEAM.id} melengkapi daftar hadir: paling sedikit 2 orang dari 2 unit.",
                f"Complete the list: at least 2 people of 2 units; to be done by {DISKOMINFO_TEAM.en}.",
            ),
            where=Where(file=table.path),
            key=f"daftar_hadir.{noun}",
        )
