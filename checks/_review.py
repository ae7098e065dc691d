"""The report of a joint review as YAML, read by the checks that judge it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from checks._schema import Day, DigestStart, Strict, Written
from checks._uat import RequirementId

REPORT = "laporan_review"


class Participant(Strict):
    """Who took part: an office and its unit, no person's name."""

    jabatan: Written
    unit: Written


class Reviewed(Strict):
    """What the review found of one requirement."""

    id: RequirementId
    status: Literal["diterima", "ditunda", "ditolak"]
    catatan: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""


class Review(Strict):
    """``review/laporan-hasil-review.yaml``; ``digest_kode`` is the code digest that was reviewed."""

    format: Literal["laik/laporan-review/1"]
    tanggal: Day
    digest_kode: DigestStart
    peserta: tuple[Participant, ...] = Field(min_length=1, max_length=200)
    kebutuhan: tuple[Reviewed, ...] = Field(min_length=1, max_length=1000)
    tindak_lanjut: Written
    simpulan: Literal["diterima", "diterima_dengan_catatan", "perlu_perbaikan"]
