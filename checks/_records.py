"""Records of an in-house development as strict models: needs, resources, dispositions, installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from checks._schema import Day, DigestStart, Strict, Word, Written

NeedId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,5}-[0-9]{2,4}$")]


class Need(Strict):
    """One need; ``pengusul`` is the office that proposed it, never a person."""

    id: NeedId
    uraian: Written
    prioritas: Literal["tinggi", "sedang", "rendah"]
    pengusul: Written
    status: Literal["diusulkan", "diterima", "ditunda"] = "diusulkan"


class Needs(Strict):
    """``kebutuhan/daftar-kebutuhan.yaml`` (Bolmut step 4)."""

    format: Literal["laik/daftar-kebutuhan/1"]
    kebutuhan: tuple[Need, ...] = Field(min_length=1, max_length=1000)


class Availability(Strict):
    """Whether one resource is there; why not is explained."""

    tersedia: Literal["ya", "tidak"]
    keterangan: Written | None = None


class Resources(Strict):
    """``analisis/ketersediaan.yaml`` (Bolmut step 6)."""

    format: Literal["laik/ketersediaan/1"]
    infrastruktur: Availability
    sdm: Availability
    anggaran: Availability

    @property
    def by_name(self) -> Mapping[str, Availability]:
        """The three resources by their key."""
        return {"infrastruktur": self.infrastruktur, "sdm": self.sdm, "anggaran": self.anggaran}


class Disposition(Strict):
    """A routing order: from one role to another, with what is to be done (Bali steps 2 and 3)."""

    format: Literal["laik/disposisi/1"]
    nomor_agenda: Written
    tanggal: Day
    kanal: Literal["tertulis", "e-office"]
    dari: Word
    kepada: Word
    instruksi: Written


class Comparison(Strict):
    """One thing that was presented, and how it is where the application was installed."""

    butir: Written
    dipresentasikan: Written
    terpasang: Written
    hasil: Literal["sesuai", "tidak_sesuai"]
    catatan: Written | None = None


class Installation(Strict):
    """``pengujian/instalasi.yaml`` (Bolmut step 14); ``digest_kode`` as in the UAT results."""

    format: Literal["laik/instalasi/1"]
    digest_kode: DigestStart
    tanggal: Day
    server: Written
    langkah: tuple[Written, ...] = Field(min_length=1, max_length=200)
    banding: tuple[Comparison, ...] = Field(min_length=1, max_length=500)
