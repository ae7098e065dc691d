"""The organisation's policy: ``laik.yaml`` of the control project.

Which text of it is in force is said by the ledger (:mod:`automation.core.policyadmission`); it is never read
from the merge request being judged (architecture, decision 8). Accounts are forge user names, compared
without case; a role nobody holds can be exercised by nobody.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from automation.core.authority import OFFICE, Acting
from automation.core.certificates import CertificatePair, certificate_problems
from automation.core.confirmation import Confirmed, unknown_names
from automation.core.digest import digest_of as digest_of  # noqa: PLC0414 - looked for here by all
from automation.core.errors import InvalidPolicy, told_together
from automation.core.policycalendar import CalendarPolicy
from automation.core.procedure import Procedure
from automation.core.text import Bilingual
from automation.core.workcalendar import WorkCalendar
from automation.core.yamltext import load_mapping, load_model, placed

MAX_OWNERS = 20
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$", max_length=60)]
Account = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=255)]
# A GitHub App's account ends in "[bot]". Only laik itself may be one: an app holds no role.
BotAccount = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(\[bot\])?$", max_length=255)
]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
ForgePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", max_length=255)]
DomainName = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$", max_length=253)
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Organisation(_Strict):
    """Who runs this laik."""

    pemerintah: Line
    instansi: Line
    zona_waktu: Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]


class ProjectPaths(_Strict):
    """Where things are on the forge; ``berkas`` and ``aplikasi`` are groups, the others projects.

    On GitHub a group is an organisation, and all five may be in one: an App signs in to a single one.
    """

    kendali: ForgePath
    hosting: ForgePath
    rahasia: ForgePath
    berkas: ForgePath
    aplikasi: ForgePath


class Agency(_Strict):
    """A regional agency (perangkat daerah) and who holds its roles."""

    nama: Line
    peran: Mapping[Name, tuple[Account, ...]] = Field(default_factory=dict)


class Upstream(_Strict):
    """A server applications may be proxied to; requests name it, only policy holds its address."""

    alamat: str
    port: int = Field(ge=1, le=65535)

    @field_validator("alamat")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return str(ipaddress.ip_address(value))


class HostingPolicy(_Strict):
    """What the hosting project may serve.

    ``alamat`` is the address names point to (the reverse proxy); ``hulu`` the upstreams by name;
    ``nama_terlarang`` labels nobody may ask for; ``nama_server`` the zone's NS names;
    ``surel_zona`` the SOA mailbox written as a name; ``sertifikat_induk`` the certificate of each parent
    domain (``sertifikat`` with ``kunci_sertifikat`` that of the only one); ``masa_berlaku_hari`` how long a
    name is given for at most (null: without end), ``pemberitahuan_hari`` how many days before its end its
    case is told, and ``saat_kedaluwarsa`` what follows then: ``tandai`` marks the name, ``cabut`` takes it
    down.
    """

    induk_domain: tuple[DomainName, ...] = Field(min_length=1)
    alamat: str
    hulu: Mapping[Name, Upstream]
    nama_server: tuple[DomainName, ...] = Field(min_length=1)
    surel_zona: DomainName
    nama_terlarang: tuple[str, ...] = ("www", "ns1", "ns2", "mail", "smtp", "admin", "localhost", "wpad")
    ttl: int = Field(default=3600, ge=60, le=604800)
    sertifikat: str | None = None
    kunci_sertifikat: str | None = None
    sertifikat_induk: Mapping[DomainName, CertificatePair] = Field(default_factory=dict)
    masa_berlaku_hari: int | None = Field(default=365, ge=30, le=3650)
    pemberitahuan_hari: int = Field(default=30, ge=1, le=180)
    saat_kedaluwarsa: Literal["tandai", "cabut"] = "tandai"

    @field_validator("alamat")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return str(ipaddress.ip_address(value))

    @property
    def plain_pair(self) -> CertificatePair | None:
        """The pair that names no parent domain; a policy with several parents is refused with it."""
        if not (self.sertifikat or self.kunci_sertifikat):
            return None
        return CertificatePair(sertifikat=self.sertifikat or "", kunci=self.kunci_sertifikat or "")

    def pair_for(self, parent: str) -> CertificatePair | None:
        """The certificate of the names right below ``parent``; None: they are served over HTTP only."""
        pair = self.sertifikat_induk.get(parent)
        if pair is None and parent == self.induk_domain[0]:
            pair = self.plain_pair
        return pair if pair is not None and pair.whole else None


class Official(_Strict):
    """An acting official: who holds whose role, as what, on which order, and from when to when.

    ``perangkat_daerah`` is the agency whose role it is; left out for the ICT agency's own roles.
    """

    peran: Name
    akun: Account
    sebagai: Literal["plt", "plh", "pj", "an"]
    dari: date
    sampai: date
    dasar: Line
    perangkat_daerah: Name | None = None

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Official:
        if self.sampai < self.dari:
            raise ValueError("'sampai' mendahului 'dari' / 'sampai' is before 'dari'")
        return self

    def acting(self) -> Acting:
        """As the core holds it."""
        unit = self.perangkat_daerah or OFFICE
        return Acting(self.peran, self.akun.casefold(), self.sebagai, self.dari, self.sampai, unit)


class Policy(_Strict):
    """The whole of ``laik.yaml``.

    ``pemilik_kebijakan`` are the accounts of whom two must agree before another policy comes into force.
    """

    format: Literal["laik/kebijakan/1"]
    organisasi: Organisation
    bot: BotAccount
    # Each is looked up on the forge, also of a policy that anybody proposes.
    pemilik_kebijakan: tuple[Account, ...] = Field(default=(), max_length=MAX_OWNERS)
    sop: tuple[Name, ...] = Field(min_length=1)
    proyek: ProjectPaths
    peran: Mapping[Name, tuple[Account, ...]]
    perangkat_daerah: Mapping[Name, Agency]
    hosting: HostingPolicy
    templat: tuple[Name, ...] = ("base", "php-laravel")
    kalender: CalendarPolicy = CalendarPolicy()
    pejabat: tuple[Official, ...] = ()
    penegakan: Mapping[Name, Confirmed] = Field(default_factory=dict)

    def day_of(self, moment: datetime) -> date:
        """The day it is where the organisation is, at an aware ``moment``."""
        return WorkCalendar(self.organisasi.zona_waktu).day_of(moment)

    def acting_in(self, agency: str) -> tuple[Acting, ...]:
        """The acting officials who may act in a case of ``agency``, on whatever day."""
        return tuple(one.acting() for one in self.pejabat if one.perangkat_daerah in {None, agency})

    def holders(self, role: str, agency: str) -> frozenset[str]:
        """Accounts (casefolded) that hold ``role`` in a case of ``agency`` in their own right."""
        named: tuple[str, ...] = ()
        if role in self.peran:
            named = self.peran[role]
        elif agency in self.perangkat_daerah:
            named = self.perangkat_daerah[agency].peran.get(role, ())
        return frozenset(account.casefold() for account in named)

    def accounts(self) -> frozenset[str]:
        """Every account that owns the policy or holds a role anywhere, also for a time, casefolded."""
        holders = [self.peran, *(agency.peran for agency in self.perangkat_daerah.values())]
        named = [one for held in holders for accounts in held.values() for one in accounts]
        acting = (one.akun for one in self.pejabat)
        return frozenset(one.casefold() for one in (*self.pemilik_kebijakan, *named, *acting))

    def concerns(self, account: str, agency: str) -> bool:
        """Whether ``account`` holds any role in ``agency``, or at the ICT agency itself."""
        named = self.perangkat_daerah.get(agency)
        groups = [*self.peran.values(), *(named.peran.values() if named else ())]
        acting = (one.account for one in self.acting_in(agency))
        return account.casefold() in {one.casefold() for accounts in (*groups, acting) for one in accounts}

    def slice(self, *, roles: Mapping[str, frozenset[str]] | None = None) -> Mapping[str, object]:
        """The plain values that checks may read, by key."""
        return {
            "induk_domain": self.hosting.induk_domain,
            "nama_terlarang": self.hosting.nama_terlarang,
            "nama_server": self.hosting.nama_server,
            "hulu": tuple(sorted(self.hosting.hulu)),
            "perangkat_daerah": {key: agency.nama for key, agency in self.perangkat_daerah.items()},
            "peran": {role: tuple(sorted(accounts)) for role, accounts in (roles or {}).items()},
            "templat": self.templat,
            "sop": self.sop,
        }


@dataclass(frozen=True, slots=True)
class Known:
    """What a policy may name: the SOPs, roles and templates this installation has."""

    sops: frozenset[str]
    roles: frozenset[str]
    templates: frozenset[str]
    procedures: Mapping[str, Procedure] = field(default_factory=dict)


def load_policy(text: str | bytes, *, path: str = "laik.yaml", known: Known | None = None) -> Policy:
    """``laik.yaml`` as a :class:`Policy`.

    Args:
        text: the file's content.
        path: the name that errors give.
        known: where given, a SOP, role or template that does not exist is refused. A misspelt role would
            otherwise be held by nobody, and the cases that wait for it would wait without a word.

    Raises:
        UnreadableDocument: broken YAML.
        InvalidPolicy: schema broken, half a certificate pair or one of no parent domain, or something named
            that does not exist.
    """
    document = load_mapping(text, path=path)
    policy = load_model(document, Policy, InvalidPolicy)
    unknown = _unknown_names(policy, known) if known else ()
    problems = [*certificate_problems(policy.hosting), *unknown]
    if problems:
        faults = placed(document, problems)
        raise InvalidPolicy(
            told_together(faults),
            remedy=Bilingual(
                "Perbaiki laik.yaml, atau pasang yang disebutnya; kebijakan seperti ini tidak dapat berlaku.",
                "Mend laik.yaml, or install what it names; such a policy cannot be in force.",
            ),
            where=faults[0].where,
            faults=faults,
        )
    return policy


def _unknown_names(policy: Policy, known: Known) -> Iterator[tuple[str, Bilingual]]:
    yield from _not_among("sop", policy.sop, known.sops, "SOP", "SOP")
    yield from _not_among("templat", policy.templat, known.templates, "Templat", "Template")
    yield from _not_among("peran", tuple(policy.peran), known.roles, "Peran", "Role")
    yield from _not_among("kalender.eskalasi", policy.kalender.eskalasi, known.roles, "Peran", "Role")
    yield from _not_among("kalender.hari_sop", tuple(policy.kalender.hari_sop), known.sops, "SOP", "SOP")
    for key, agency in policy.perangkat_daerah.items():
        place = f"perangkat_daerah.{key}.peran"
        yield from _not_among(place, tuple(agency.peran), known.roles, "Peran", "Role")
    for at, official in enumerate(policy.pejabat):
        yield from _not_among(f"pejabat.{at}.peran", (official.peran,), known.roles, "Peran", "Role")
        agencies = (official.perangkat_daerah,) if official.perangkat_daerah else ()
        here = frozenset(policy.perangkat_daerah)
        yield from _not_among(f"pejabat.{at}.perangkat_daerah", agencies, here, "Perangkat daerah", "Agency")
    yield from _not_among("penegakan", tuple(policy.penegakan), known.sops, "SOP", "SOP")
    for key, confirmed in policy.penegakan.items():
        if key in known.procedures:
            for part, said in unknown_names(known.procedures[key], confirmed):
                yield f"penegakan.{key}.{part}", said


def _not_among(
    place: str, names: tuple[str, ...], known: frozenset[str], kind: str, english: str
) -> Iterator[tuple[str, Bilingual]]:
    for name in names:
        if name not in known:
            choices = ", ".join(sorted(known))
            yield (
                f"{place}.{name}",
                Bilingual(
                    f"{kind} '{name}' tidak dikenal; yang ada: {choices}.",
                    f"{english} '{name}' is unknown; there are: {choices}.",
                ),
            )
