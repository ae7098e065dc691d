"""The hosting request file ``permohonan/<nama>.yaml``: its schema and its one canonical form.

What is written in a request ends in a zone file and in an nginx configuration. Checkers of those
programs do not see an injection (``nginx -t`` accepts ``a.id; return 301 http://evil/``), so the guard
is here: a :class:`HostingRequest` cannot be built from a value outside its narrow alphabet. A name has
exactly one spelling (lower case, no trailing dot, ASCII, no ``xn--``): two spellings of one name would
walk past every comparison with names in use.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

FOLDER = "permohonan/"
MAX_BYTES = 64 * 1024
SERVICES = ("subdomain", "hosting", "colocation", "ip_publik")

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = rf"({LABEL}\.)+[a-z]{{2,63}}"
CASE = r"PA-[0-9]{4}-[0-9]{4,9}"
KEY = r"[a-z][a-z0-9]*([_-][a-z0-9]+)*"
SHA = r"[0-9a-f]{40}"

Service = Literal["subdomain", "hosting", "colocation", "ip_publik"]
Label = Annotated[str, StringConstraints(pattern=f"^{LABEL}$")]
Domain = Annotated[str, StringConstraints(pattern=f"^{DOMAIN}$", max_length=253)]
CaseKey = Annotated[str, StringConstraints(pattern=f"^{CASE}$")]
Key = Annotated[str, StringConstraints(pattern=f"^{KEY}$", max_length=60)]
Sha = Annotated[str, StringConstraints(pattern=f"^{SHA}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]


class Strict(BaseModel):
    """No unknown keys, no changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Contact(Strict):
    """One responsible officer, by position; never a person's name or number."""

    jabatan: Line
    unit: Line


class Contacts(Strict):
    """Who answers for the name: administratively and technically."""

    administratif: Contact
    teknis: Contact


class HostingRequest(Strict):
    """One request, canonical and safe to write into a zone or a virtual host.

    ``kasus`` is the case that asks, ``sha`` the full commit of its application, ``hulu`` the name of an
    upstream that only the policy gives an address; ``berlaku_sampai`` the last day it is asked for, where
    that is sooner than the policy's own term. Free text (contacts, ``keterangan``, ``alasan_ip_publik``) is
    never written into any target.
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
    berlaku_sampai: date | None = None
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
