"""The YAML documents of a case as strict models: vendor, letter sidecar, hosting form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from checks._schema import AccountName, Day, Sha256, Strict, Word, Written

Service = Literal["subdomain", "hosting", "colocation", "ip_publik"]
Label = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", max_length=63)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$", max_length=60)]
Amount = Annotated[int, Field(strict=True, ge=1, le=100_000)]


class Vendor(Strict):
    """``pengadaan/penyedia.yaml``: the builder that procurement chose."""

    format: Literal["laik/penyedia/1"]
    nama: Written
    nomor_kontrak: Written
    tanggal_kontrak: Day
    akun: tuple[AccountName, ...] = Field(min_length=1, max_length=50)


class Signer(Strict):
    """Who signed a letter; ``atas_nama`` names the office signed for."""

    jabatan: Written
    peran: Word
    nama: Written | None = None
    atas_nama: Written | None = None


class Sidecar(Strict):
    """``<letter>.naskah.yaml``; ``rujukan_sha256`` is what the letter refers to (the text it legalises).

    ``penandatangan_lain`` are those who signed the same letter beside ``penandatangan`` (a Berita Acara).
    """

    format: Literal["laik/naskah/1"]
    jenis: Word
    nomor: Written
    tanggal: Day
    hal: Written
    dari: Written
    kepada: Written
    penandatangan: Signer
    penandatangan_lain: tuple[Signer, ...] = Field(default=(), max_length=20)
    ttd: Literal["tte", "basah"]
    sha256: Sha256
    rujukan_sha256: Sha256 | None = None

    @property
    def signers(self) -> Mapping[str, str]:
        """The dotted key of each signer's role, with the role."""
        others = {
            f"penandatangan_lain.{at}.peran": one.peran for at, one in enumerate(self.penandatangan_lain)
        }
        return {"penandatangan.peran": self.penandatangan.peran, **others}


class Contact(Strict):
    """An office that answers for the application; offices, not persons."""

    jabatan: Written
    unit: Written


class Contacts(Strict):
    """Who answers for the application."""

    administratif: Contact
    teknis: Contact


class Stack(Strict):
    """What the application is built with."""

    bahasa: Written
    kerangka: Written
    basis_data: Written


class Capacity(Strict):
    """What the application needs; memory and disk in gigabytes."""

    vcpu: Amount
    ram_gb: Amount
    disk_gb: Amount


class HostingForm(Strict):
    """``hosting/permohonan-hosting.yaml`` in the case file (SOP step 14)."""

    format: Literal["laik/formulir-hosting/1"]
    layanan: tuple[Service, ...] = Field(min_length=1, max_length=4)
    nama: Label
    induk: Written
    pemilik: Key
    penanggung_jawab: Contacts
    tumpukan: Stack
    kapasitas: Capacity
    alasan_ip_publik: Written | None = None
