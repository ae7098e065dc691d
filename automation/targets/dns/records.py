"""The records of one zone, and our own test for conflicts between them.

The test stands before the rendering, because dnspython's zone API takes a CNAME beside other records
without an error and silently keeps only the later: ``named-checkzone`` then sees a clean zone in which
somebody's name is missing.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from automation.core.hosting import HostingRequest
from automation.core.policy import HostingPolicy
from automation.core.text import Bilingual

RecordType = Literal["NS", "A", "AAAA", "CNAME"]
POLICY = "laik.yaml"


@dataclass(frozen=True, slots=True)
class Record:
    """One record; names are absolute, lower case, no trailing dot. ``source`` is the file it is from."""

    name: str
    type: RecordType
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two records that cannot stand together; ``source`` is the file that has to give way."""

    source: str
    name: str
    message: Bilingual


def zone_records(
    origin: str, requests: Iterable[HostingRequest], policy: HostingPolicy
) -> tuple[Record, ...]:
    """All records of the zone ``origin`` except its SOA.

    The name servers with glue where they are inside the zone, delegations to parents below this one, and
    one address a request: that of the reverse proxy, ``policy.alamat``.
    """
    records = [Record(origin, "NS", server, POLICY) for server in policy.nama_server]
    children = [name for name in policy.induk_domain if _parent(name, policy.induk_domain) == origin]
    records += [Record(child, "NS", server, POLICY) for child in children for server in policy.nama_server]
    records += [
        address_record(server, policy.alamat, POLICY)
        for server in policy.nama_server
        if _within(server, origin) and not any(_within(server, child) for child in children)
    ]
    records += [
        address_record(request.fqdn, policy.alamat, request.path)
        for request in requests
        if request.induk == origin
    ]
    return tuple(sorted(set(records), key=lambda one: (one.name, one.type, one.value, one.source)))


def conflicts(origin: str, records: Sequence[Record]) -> tuple[Conflict, ...]:
    """Every conflict in a zone; empty when all records can stand together."""
    by_name: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_name[record.name].append(record)
    cuts = {record.name for record in records if record.type == "NS" and record.name != origin}
    found: list[Conflict] = []
    for name, here in sorted(by_name.items()):
        found += _place_conflicts(origin, name, here, cuts)
        found += _sharing_conflicts(name, here)
    return tuple(found)


def _place_conflicts(origin: str, name: str, here: Sequence[Record], cuts: set[str]) -> list[Conflict]:
    if not _within(name, origin):
        text = Bilingual(f"{name} di luar zona {origin}.", f"{name} is outside the zone {origin}.")
        return [Conflict(record.source, name, text) for record in here]
    cut = next((cut for cut in sorted(cuts) if _within(name, cut)), None)
    if cut is None:
        return []
    text = Bilingual(f"{name} di bawah delegasi {cut}.", f"{name} is below the delegation {cut}.")
    return [Conflict(record.source, name, text) for record in here if record.type != "NS"]


def _sharing_conflicts(name: str, here: Sequence[Record]) -> list[Conflict]:
    found = []
    kinds = {record.type for record in here}
    if "CNAME" in kinds and len(here) > 1:
        text = Bilingual(
            f"{name}: CNAME tidak boleh bersama catatan lain (RFC 1034 3.6.2).",
            f"{name}: a CNAME cannot stand beside other records (RFC 1034 3.6.2).",
        )
        found += [Conflict(record.source, name, text) for record in here if record.source != POLICY]
    sources = sorted({record.source for record in here}, key=lambda source: (source != POLICY, source))
    if len(sources) > 1:
        text = Bilingual(
            f"{name} sudah dipakai oleh {sources[0]}.", f"{name} is already used by {sources[0]}."
        )
        found += [Conflict(source, name, text) for source in sources[1:]]
    return found


def address_record(name: str, address: str, source: str) -> Record:
    """A name's address, by the file that asked for it."""
    kind: RecordType = "AAAA" if ipaddress.ip_address(address).version == 6 else "A"
    return Record(name, kind, address, source)


def _within(name: str, origin: str) -> bool:
    return name == origin or name.endswith("." + origin)


def _parent(name: str, domains: Iterable[str]) -> str | None:
    """The nearest of ``domains`` above ``name``."""
    above = [domain for domain in domains if domain != name and _within(name, domain)]
    return max(above, key=len, default=None)
