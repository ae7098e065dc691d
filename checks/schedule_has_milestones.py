"""The schedule has a beginning, an end, and milestones in order between them.

That the dates are ahead or kept is not judged here: a check has no clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import quoted, verdict
from checks._reading import Form
from checks._requirements import doubles, read
from checks._schema import Day, Strict, Written, field_fault
from checks._subjects import WRITER

ID = "schedule_has_milestones"
DOCUMENT = "jadwal_pelaksanaan"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()


class Milestone(Strict):
    """Something that is to be there on a day."""

    nama: Written
    target: Day


class Schedule(Strict):
    """``jadwal.yaml``."""

    format: Literal["laik/jadwal/1"]
    mulai: Day
    selesai: Day
    tonggak: tuple[Milestone, ...] = Field(min_length=1, max_length=200)


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for an end before the beginning, and each milestone outside, out of order or named twice."""
    schedule = read(ID, view, DOCUMENT, Schedule)
    if isinstance(schedule, tuple):
        return schedule
    value = schedule.value
    count = len(value.tonggak)
    seen = Bilingual(
        f"{count} tonggak dari {value.mulai} sampai {value.selesai}.",
        f"{count} milestones from {value.mulai} to {value.selesai}.",
    )
    return verdict(ID, _faults(schedule), seen)


def _faults(schedule: Form[Schedule]) -> Iterator[Finding]:
    value = schedule.value
    if value.selesai <= value.mulai:
        yield _fault(schedule, "selesai", "selesai tidak sesudah mulai.", "It ends before it begins.")
    twice = doubles(one.nama.casefold() for one in value.tonggak)
    before = value.mulai
    for index, one in enumerate(value.tonggak):
        place, name = f"tonggak.{index}", quoted(one.nama)
        if one.nama.casefold() in twice:
            yield _fault(schedule, f"{place}.nama", f"{name} tertulis dua kali.", f"{name} stands twice.")
        if not before <= one.target <= value.selesai:
            yield _fault(
                schedule,
                f"{place}.target",
                f"{name}: target {one.target} tidak berurutan antara mulai dan selesai.",
                f"{name}: the target {one.target} is not in order between beginning and end.",
            )
        before = max(before, one.target)


def _fault(schedule: Form[Schedule], place: str, indonesian: str, english: str) -> Finding:
    remedy = Bilingual(
        f"{WRITER.id} mengurutkan tonggak menurut tanggalnya di {schedule.document.path}.",
        f"Put the milestones in the order of their dates in {schedule.document.path}; {WRITER.en}.",
    )
    return field_fault(ID, schedule.document, place, Bilingual(indonesian, english), remedy)
