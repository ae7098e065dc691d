"""The organisation's policy, ``laik.yaml`` on the control project's protected branch.

Never read from the merge request being judged (architecture, decision 8). Accounts are forge user
names, compared without case; a role nobody holds can be exercised by nobody.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from automation.core.errors import InvalidPolicy
from automation.core.yamltext import load_mapping, load_model

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$", max_length=60)]
Account = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=255)]
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
    """Where things are on the forge; ``berkas`` and ``aplikasi`` are groups, the others projects."""

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
    ``surel_zona`` the SOA mailbox written as a name.
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

    @field_validator("alamat")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return str(ipaddress.ip_address(value))


class Policy(_Strict):
    """The whole of ``laik.yaml``."""

    format: Literal["laik/kebijakan/1"]
    organisasi: Organisation
    bot: Account
    sop: tuple[Name, ...] = Field(min_length=1)
    proyek: ProjectPaths
    peran: Mapping[Name, tuple[Account, ...]]
    perangkat_daerah: Mapping[Name, Agency]
    hosting: HostingPolicy
    templat: tuple[Name, ...] = ("base", "php-laravel")

    def holders(self, role: str, agency: str, vendors: tuple[str, ...] = ()) -> frozenset[str]:
        """Accounts (casefolded) that hold ``role`` in a case of ``agency``; ``vendors`` hold pengembang."""
        named: tuple[str, ...] = ()
        if role == "pengembang":
            named = vendors
        elif role in self.peran:
            named = self.peran[role]
        elif agency in self.perangkat_daerah:
            named = self.perangkat_daerah[agency].peran.get(role, ())
        return frozenset(account.casefold() for account in named)

    def slice(self, *, roles: Mapping[str, frozenset[str]] | None = None) -> Mapping[str, object]:
        """The plain values that checks may read, by key."""
        return {
            "induk_domain": self.hosting.induk_domain,
            "nama_terlarang": self.hosting.nama_terlarang,
            "hulu": tuple(sorted(self.hosting.hulu)),
            "perangkat_daerah": {key: agency.nama for key, agency in self.perangkat_daerah.items()},
            "peran": {role: tuple(sorted(accounts)) for role, accounts in (roles or {}).items()},
            "templat": self.templat,
            "sop": self.sop,
        }


def digest_of(values: object) -> str:
    """Hex SHA-256 of plain values in one canonical JSON form."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def load_policy(text: str | bytes, *, path: str = "laik.yaml") -> Policy:
    """``laik.yaml`` as a :class:`Policy`.

    Raises:
        UnreadableDocument: broken YAML.
        InvalidPolicy: schema broken.
    """
    return load_model(load_mapping(text, path=path), Policy, InvalidPolicy)
