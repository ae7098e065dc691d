"""The hosting request file ``permohonan/<nama>.yaml``: its schema and its one canonical form.

What is written in a request ends in a zone file and in an nginx configuration. Checkers of those
programs do not see an injection (``nginx -t`` accepts ``a.id; return 301 http://evil/``), so the guard
is here: a :class:`HostingRequest` cannot be built from a value outside its narrow alphabet. A name has
exactly one spelling (lower case, no trailing dot, ASCII, no ``xn--``): two spellings of one name would
walk past every comparison with names in use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from automation.core.documents import YamlDocument
from automation.core.errors import InvalidRequest, Where
from automation.core.policy import Policy
from automation.core.text import Bilingual
from automation.core.yamltext import load_mapping, load_model

FOLDER = "permohonan/"
MAX_BYTES = 64 * 1024
SERVICES = ("subdomain", "hosting", "colocation", "ip_publik")

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = rf"({_LABEL}\.)+[a-z]{{2,63}}"
_CASE = r"PA-[0-9]{4}-[0-9]{4,9}"
_KEY = r"[a-z][a-z0-9]*([_-][a-z0-9]+)*"
_SHA = r"[0-9a-f]{40}"

Service = Literal["subdomain", "hosting", "colocation", "ip_publik"]
Label = Annotated[str, StringConstraints(pattern=f"^{_LABEL}$")]
Domain = Annotated[str, StringConstraints(pattern=f"^{_DOMAIN}$", max_length=253)]
CaseKey = Annotated[str, StringConstraints(pattern=f"^{_CASE}$")]
Key = Annotated[str, StringConstraints(pattern=f"^{_KEY}$", max_length=60)]
Sha = Annotated[str, StringConstraints(pattern=f"^{_SHA}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Contact(_Strict):
    """One responsible officer, by position; never a person's name or number."""

    jabatan: Line
    unit: Line


class Contacts(_Strict):
    """Who answers for the name: administratively and technically."""

    administratif: Contact
    teknis: Contact


class HostingRequest(_Strict):
    """One request, canonical and safe to write into a zone or a virtual host.

    ``kasus`` is the case that asks, ``sha`` the full commit of its application, ``hulu`` the name of an
    upstream that only the policy gives an address. Free text (contacts, ``keterangan``,
    ``alasan_ip_publik``) is never written into any target.
    """

    format: Literal["laik/hosting/1"] = "laik/hosting/1"
    nama: Label
    induk: Domain
    kasus: CaseKey
    pemilik: Key
    sha: Sha
    layanan: tuple[Service, ...] = Field(min_length=1)
    hulu: Key
    penanggung_jawab: Contacts
    keterangan: Prose | None = None
    alasan_ip_publik: Prose | None = None

    @model_validator(mode="after")
    def _is_one_plain_name(self) -> HostingRequest:
        if self.nama.startswith("xn--") or len(self.fqdn) > 253:
            raise ValueError("nama")
        return self

    @property
    def fqdn(self) -> str:
        """The whole name, without a trailing dot."""
        return f"{self.nama}.{self.induk}"

    @property
    def path(self) -> str:
        """The one path this request may stand at."""
        return f"{FOLDER}{self.nama}.yaml"


class _Shape(_Strict):
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
    keterangan: Prose | None = None
    alasan_ip_publik: Prose | None = None


@dataclass(frozen=True, slots=True)
class HostingRules:
    """The part of the policy that a request is held against.

    ``nama_server`` may be empty where it is not known (a check's policy slice does not carry it): the zone
    writer refuses a request that sits on a name server's name all the same.
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

        keys = ("induk_domain", "nama_terlarang", "hulu", "perangkat_daerah")
        return cls(*(words(key) for key in keys))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a request: ``key`` groups it, ``field`` is the YAML key it is about."""

    key: str
    field: str
    message: Bilingual
    remedy: Bilingual


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What reading gave: ``request`` is None exactly when there are faults."""

    request: HostingRequest | None
    faults: tuple[Fault, ...]
    document: YamlDocument

    def where(self, fault: Fault) -> Where:
        """The place of a fault."""
        line, column = self.document.mark(fault.field)
        return Where(file=self.document.path, line=line, column=column)


def read_request(text: bytes, path: str, *, policy: Policy | HostingRules) -> HostingRequest:
    """A request file as a :class:`HostingRequest`.

    Args:
        text: the file's bytes, UTF-8, at most 64 KiB.
        path: its path in the hosting project; the file name must be the name asked for.
        policy: what names, parents, upstreams and agencies there are.

    Raises:
        UnreadableDocument: no strict YAML mapping (syntax, duplicate keys, anchors, size).
        InvalidRequest: a missing, unknown or wrong field; every fault is in the message, the place is
            that of the first.
    """
    read = examine_request(text, path, policy=policy)
    if read.request is not None:
        return read.request
    raise InvalidRequest(
        Bilingual(
            " ".join(fault.message.id for fault in read.faults),
            " ".join(fault.message.en for fault in read.faults),
        ),
        remedy=read.faults[0].remedy,
        where=read.where(read.faults[0]),
    )


def examine_request(text: bytes, path: str, *, policy: Policy | HostingRules) -> ReadRequest:
    """As :func:`read_request`, but with all faults of value as data; raises only for shape."""
    document = load_mapping(text, path=path, max_bytes=MAX_BYTES)
    shape = load_model(document, _Shape, InvalidRequest)
    faults = tuple(_faults(shape, path, HostingRules.of(policy)))
    request = None if faults else HostingRequest.model_validate(document.data)
    return ReadRequest(request=request, faults=faults, document=document)


def _faults(shape: _Shape, path: str, rules: HostingRules) -> Iterator[Fault]:
    yield from _name_faults(shape, path, rules)
    yield from _parent_faults(shape, rules)
    yield from _reference_faults(shape, rules)
    yield from _service_faults(shape)


def _name_faults(shape: _Shape, path: str, rules: HostingRules) -> Iterator[Fault]:
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
    if re.fullmatch(_LABEL, nama) is None:
        return Bilingual(
            f"Nama {shown} bukan satu label DNS dalam bentuk baku.",
            f"The name {shown} is not one DNS label in canonical form.",
        ), remedy
    return None


def _parent_faults(shape: _Shape, rules: HostingRules) -> Iterator[Fault]:
    known = ", ".join(rules.induk_domain)
    if shape.induk not in rules.induk_domain or re.fullmatch(_DOMAIN, shape.induk) is None:
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


def _reference_faults(shape: _Shape, rules: HostingRules) -> Iterator[Fault]:
    if re.fullmatch(_CASE, shape.kasus) is None:
        yield _fault(
            "syntax",
            "kasus",
            f"Kasus {_shown(shape.kasus)} bukan kunci kasus seperti PA-2026-0042.",
            f"The case {_shown(shape.kasus)} is not a case key like PA-2026-0042.",
            "Tulis kunci kasus dari kartu permohonan.",
            "Write the case key from the request's card.",
        )
    if re.fullmatch(_SHA, shape.sha) is None:
        yield _fault(
            "syntax",
            "sha",
            f"sha {_shown(shape.sha)} bukan id commit penuh (40 angka heksadesimal, huruf kecil).",
            f"The sha {_shown(shape.sha)} is not a full commit id (40 hex digits, lower case).",
            "Tulis id commit penuh; cabang, tag dan id pendek tidak mengikat.",
            "Write the full commit id; branches, tags and short ids do not bind.",
        )
    if shape.pemilik not in rules.perangkat_daerah or re.fullmatch(_KEY, shape.pemilik) is None:
        yield _fault(
            "owner",
            "pemilik",
            f"Pemilik {_shown(shape.pemilik)} bukan perangkat daerah dalam kebijakan.",
            f"The owner {_shown(shape.pemilik)} is not an agency in the policy.",
            "Pakai kunci perangkat daerah dari laik.yaml.",
            "Use the agency's key from laik.yaml.",
        )
    if shape.hulu not in rules.hulu or re.fullmatch(_KEY, shape.hulu) is None:
        yield _fault(
            "upstream",
            "hulu",
            f"Hulu {_shown(shape.hulu)} tidak ada dalam kebijakan (yang ada: {', '.join(rules.hulu)}).",
            f"The upstream {_shown(shape.hulu)} is not in the policy (there are: {', '.join(rules.hulu)}).",
            "Pakai nama hulu dari kebijakan; alamat tidak pernah ditulis dalam permintaan.",
            "Use an upstream's name from the policy; a request never holds an address.",
        )


def _service_faults(shape: _Shape) -> Iterator[Fault]:
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
