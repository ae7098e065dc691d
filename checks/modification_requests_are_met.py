"""What the joint review asks to change in the requirements is done, or turned down with a reason.

The source wants the document even when nobody asks for a change: it may say so (nihil), with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import is_filled, verdict
from checks._reading import Form
from checks._requirements import ENOUGH, REGISTER, read, read_register
from checks._schema import Day, Strict, Written, field_fault
from checks._subjects import WRITER
from checks._uat import RequirementId

ID = "modification_requests_are_met"
DOCUMENT = "permintaan_modifikasi"
NEEDS = (document_id(DOCUMENT), document_id(REGISTER))
POLICY: tuple[str, ...] = ()

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Modification(Strict):
    """One change that a party asks for; ``tanggapan`` tells why it is turned down."""

    kebutuhan: RequirementId
    jenis: Literal["tambah", "ubah", "hapus"]
    permintaan: Written
    pengusul: Written
    status: Literal["dipenuhi", "belum", "tidak_disetujui"]
    tanggapan: Words = ""


class Modifications(Strict):
    """``kebutuhan/permintaan-modifikasi.yaml``; ``alasan_nihil`` where nobody asks for a change."""

    format: Literal["laik/permintaan-modifikasi/1"]
    tanggal: Day
    permintaan: tuple[Modification, ...] = Field(max_length=500)
    alasan_nihil: Words | None = None


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each change not made, and for a document that asks for nothing and gives no reason."""
    view.need(*NEEDS)
    asked = read(ID, view, DOCUMENT, Modifications)
    register = read_register(ID, view)
    if isinstance(asked, tuple) or isinstance(register, tuple):
        found = [one for one in (asked, register) if isinstance(one, tuple)]
        return verdict(ID, (fault for part in found for fault in part), Bilingual("", ""))
    count = len(asked.value.permintaan)
    seen = (
        Bilingual(f"{count} permintaan modifikasi selesai.", f"{count} requests to modify are settled.")
        if count
        else Bilingual(
            "Permintaan modifikasi nihil, beralasan.", "No modification is asked for; reason given."
        )
    )
    known = frozenset(one.id for one in register.value.kebutuhan)
    return verdict(ID, (*_nothing_asked(asked), *_unsettled(asked, known)), seen)


def _nothing_asked(asked: Form[Modifications]) -> Iterator[Finding]:
    if not asked.value.permintaan and not is_filled(asked.value.alasan_nihil or "", minimum=ENOUGH):
        yield _fault(
            asked,
            "alasan_nihil",
            "Nihil tanpa alasan (alasan_nihil).",
            "Nothing asked for, and no reason why.",
        )
    if asked.value.permintaan and asked.value.alasan_nihil:
        yield _fault(
            asked,
            "alasan_nihil",
            "Ada permintaan, jadi bukan nihil.",
            "Something is asked for, so it is not nil.",
        )


def _unsettled(asked: Form[Modifications], known: frozenset[str]) -> Iterator[Finding]:
    for index, one in enumerate(asked.value.permintaan):
        place, name = f"permintaan.{index}", one.kebutuhan
        if one.status == "belum":
            yield _fault(
                asked,
                f"{place}.status",
                f"Permintaan atas {name} belum dipenuhi.",
                f"The request on {name} is not met yet.",
            )
        elif one.status == "tidak_disetujui" and not is_filled(one.tanggapan, minimum=ENOUGH):
            yield _fault(
                asked,
                f"{place}.tanggapan",
                f"Permintaan atas {name} tidak disetujui tanpa alasan.",
                f"The request on {name} is turned down without a reason.",
            )
        elif one.status == "dipenuhi" and (name in known) == (one.jenis == "hapus"):
            still = one.jenis == "hapus"
            yield _fault(
                asked,
                f"{place}.kebutuhan",
                f"{name} {'masih ada' if still else 'tidak ada'} pada register kebutuhan.",
                f"{name} {'still stands' if still else 'does not stand'} in the register of requirements.",
            )


def _fault(asked: Form[Modifications], place: str, indonesian: str, english: str) -> Finding:
    remedy = Bilingual(
        f"{WRITER.id} menyesuaikan register kebutuhan atau memperbaiki {asked.document.path}.",
        f"Change the register of requirements or mend {asked.document.path}; to be done by {WRITER.en}.",
    )
    return field_fault(ID, asked.document, place, Bilingual(indonesian, english), remedy)
