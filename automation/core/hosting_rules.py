"""The rules a request file's values are held against, each fault with its key, field and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from automation.core.hosting_request import (
    CASE,
    DOMAIN,
    FOLDER,
    KEY,
    LABEL,
    SERVICES,
    SHA,
    Contacts,
    Prose,
    Strict,
)
from automation.core.nameterm import day_of
from automation.core.policy import Policy
from automation.core.text import Bilingual


class Shape(Strict):
    """The same keys with plain types: what the YAML must look like before its values are judged."""

    format: Literal["laik/hosting/1"]
    nama: str
    induk: str
    kasus: str
    pemilik: str
    sha: str
    layanan: list[str]
    hulu: str
    penanggung_jawab: Contacts
    berlaku_sampai: date | str | None = None
    keterangan: Prose | None = None
    alasan_ip_publik: Prose | None = None


@dataclass(frozen=True, slots=True)
class HostingRules:
    """The part of the policy that a request is held against.

    A request that sits on a name server's name would be merged and then never served: the zone writer
    refuses it.
    """

    induk_domain: tuple[str, ...]
    nama_terlarang: tuple[str, ...]
    hulu: tuple[str, ...]
    perangkat_daerah: tuple[str, ...]
    nama_server: tuple[str, ...] = ()

    @classmethod
    def of(cls, policy: Policy | HostingRules) -> HostingRules:
        """The rules in a whole policy."""
        if isinstance(policy, HostingRules):
            return policy
        return cls(
            induk_domain=policy.hosting.induk_domain,
            nama_terlarang=policy.hosting.nama_terlarang,
            hulu=tuple(sorted(policy.hosting.hulu)),
            perangkat_daerah=tuple(sorted(policy.perangkat_daerah)),
            nama_server=policy.hosting.nama_server,
        )

    @classmethod
    def from_slice(cls, values: Mapping[str, object]) -> HostingRules:
        """The rules in a check's policy slice (``Policy.slice``); KeyError where a key is missing."""

        def words(key: str) -> tuple[str, ...]:
            value = values[key]
            if not isinstance(value, (tuple, list, Mapping)):
                raise KeyError(key)
            return tuple(str(one) for one in value)

        keys = ("induk_domain", "nama_terlarang", "hulu", "perangkat_daerah", "nama_server")
        return cls(*(words(key) for key in keys))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a request: ``key`` groups it, ``field`` is the YAML key it is about."""

    key: str
    field: str
    message: Bilingual
    remedy: Bilingual


def faults_of(shape: Shape, path: str, rules: HostingRules) -> Iterator[Fault]:
    """Everything wrong with the values of a request file at ``path``."""
    yield from _name_faults(shape, path, rules)
    yield from _parent_faults(shape, rules)
    yield from _reference_faults(shape, rules)
    yield from _service_faults(shape)
    if isinstance(shape.berlaku_sampai, str) and day_of(shape.berlaku_sampai) is None:
        yield _fault(
            "syntax",
            "berlaku_sampai",
            f"berlaku_sampai {_shown(shape.berlaku_sampai)} bukan tanggal seperti 2027-03-01.",
            f"berlaku_sampai {_shown(shape.berlaku_sampai)} is no date like 2027-03-01.",
            "Tulis tanggal tahun-bulan-hari, atau hapus kuncinya.",
            "Write the date as year-month-day, or take the key out.",
        )


def _name_faults(shape: Shape, path: str, rules: HostingRules) -> Iterator[Fault]:
    nama = shape.nama
    spelling = _spelling_problem(nama)
    if spelling is not None:
        yield Fault("syntax", "nama", *spelling)
        return
    if path != f"{FOLDER}{nama}.yaml":
        yield _fault(
            "path",
            "nama",
            f"Nama '{nama}' harus berada di {FOLDER}{nama}.yaml.",
            f"The name '{nama}' must stand in {FOLDER}{nama}.yaml.",
            "Samakan nama berkas dengan nama yang diminta.",
            "Make the file name equal the name asked for.",
        )
    taken = {label.casefold().rstrip(".") for label in rules.nama_terlarang}
    fqdn = f"{nama}.{shape.induk}"
    if nama in taken or fqdn in {*rules.nama_server, *rules.induk_domain}:
        yield _fault(
            "forbidden_name",
            "nama",
            f"Nama '{nama}' dicadangkan dan tidak dapat diminta.",
            f"The name '{nama}' is reserved and cannot be asked for.",
            "Pilih nama lain.",
            "Choose another name.",
        )


def _spelling_problem(nama: str) -> tuple[Bilingual, Bilingual] | None:
    """Why a label has not its one spelling.

    Homographs are the attack: ``аpp`` with a Cyrillic letter, or its ``xn--`` form, looks on paper like
    another agency's name. Regency names are plain ASCII, so both are refused and not converted.
    """
    remedy = Bilingual(
        "Tulis satu label: huruf kecil a-z, angka, tanda hubung di tengah; paling panjang 63; tanpa titik.",
        "Write one label: lower case a-z, digits, hyphens inside; at most 63 long; no dot.",
    )
    shown = _shown(nama)
    if not nama.isascii() or "xn--" in nama.casefold():
        return Bilingual(
            f"Nama {shown} memakai huruf di luar ASCII atau bentuk xn--.",
            f"The name {shown} uses letters beyond ASCII or the xn-- form.",
        ), remedy
    if re.fullmatch(LABEL, nama) is None:
        return Bilingual(
            f"Nama {shown} bukan satu label DNS dalam bentuk baku.",
            f"The name {shown} is not one DNS label in canonical form.",
        ), remedy
    return None


def _parent_faults(shape: Shape, rules: HostingRules) -> Iterator[Fault]:
    known = ", ".join(rules.induk_domain)
    if shape.induk not in rules.induk_domain or re.fullmatch(DOMAIN, shape.induk) is None:
        yield _fault(
            "parent_domain",
            "induk",
            f"Domain induk {_shown(shape.induk)} tidak ada dalam kebijakan (yang ada: {known}).",
            f"The parent domain {_shown(shape.induk)} is not in the policy (there are: {known}).",
            "Pakai domain induk dari kebijakan, huruf kecil dan tanpa titik di akhir.",
            "Use a parent domain from the policy, lower case and without a trailing dot.",
        )
    elif len(shape.nama) + 1 + len(shape.induk) > 253:
        yield _fault(
            "syntax",
            "nama",
            "Nama lengkapnya lebih dari 253 huruf.",
            "The full name is over 253 letters.",
            "Pilih nama yang lebih pendek.",
            "Choose a shorter name.",
        )


def _reference_faults(shape: Shape, rules: HostingRules) -> Iterator[Fault]:
    if re.fullmatch(CASE, shape.kasus) is None:
        yield _fault(
            "syntax",
            "kasus",
            f"Kasus {_shown(shape.kasus)} bukan kunci kasus seperti PA-2026-0042.",
            f"The case {_shown(shape.kasus)} is not a case key like PA-2026-0042.",
            "Tulis kunci kasus dari kartu permohonan.",
            "Write the case key from the request's card.",
        )
    if re.fullmatch(SHA, shape.sha) is None:
        yield _fault(
            "syntax",
            "sha",
            f"sha {_shown(shape.sha)} bukan id commit penuh (40 angka heksadesimal, huruf kecil).",
            f"The sha {_shown(shape.sha)} is not a full commit id (40 hex digits, lower case).",
            "Tulis id commit penuh; cabang, tag dan id pendek tidak mengikat.",
            "Write the full commit id; branches, tags and short ids do not bind.",
        )
    if shape.pemilik not in rules.perangkat_daerah or re.fullmatch(KEY, shape.pemilik) is None:
        yield _fault(
            "owner",
            "pemilik",
            f"Pemilik {_shown(shape.pemilik)} bukan perangkat daerah dalam kebijakan.",
            f"The owner {_shown(shape.pemilik)} is not an agency in the policy.",
            "Pakai kunci perangkat daerah dari laik.yaml.",
            "Use the agency's key from laik.yaml.",
        )
    if shape.hulu not in rules.hulu or re.fullmatch(KEY, shape.hulu) is None:
        yield _fault(
            "upstream",
            "hulu",
            f"Hulu {_shown(shape.hulu)} tidak ada dalam kebijakan (yang ada: {', '.join(rules.hulu)}).",
            f"The upstream {_shown(shape.hulu)} is not in the policy (there are: {', '.join(rules.hulu)}).",
            "Pakai nama hulu dari kebijakan; alamat tidak pernah ditulis dalam permintaan.",
            "Use an upstream's name from the policy; a request never holds an address.",
        )


def _service_faults(shape: Shape) -> Iterator[Fault]:
    unknown = [word for word in shape.layanan if word not in SERVICES]
    if unknown or not shape.layanan or len(set(shape.layanan)) != len(shape.layanan):
        yield _fault(
            "syntax",
            "layanan",
            f"layanan harus berisi paling sedikit satu dari {', '.join(SERVICES)}, masing-masing sekali.",
            f"layanan must hold at least one of {', '.join(SERVICES)}, each once.",
            "Perbaiki daftar layanan.",
            "Mend the list of services.",
        )
    if "ip_publik" in shape.layanan and not shape.alasan_ip_publik:
        yield _fault(
            "public_ip",
            "alasan_ip_publik",
            "Layanan ip_publik memerlukan alasan_ip_publik.",
            "The service ip_publik needs alasan_ip_publik.",
            "Tulis mengapa aplikasi memerlukan alamat IP publik sendiri.",
            "Write why the application needs a public address of its own.",
        )


def _shown(value: str) -> str:
    """A value for a message: one short printable line whatever was written."""
    text = ascii(value)
    return text if len(text) <= 80 else text[:77] + "...'"


def _fault(key: str, field: str, message: str, english: str, remedy: str, english_remedy: str) -> Fault:
    return Fault(key, field, Bilingual(message, english), Bilingual(remedy, english_remedy))
