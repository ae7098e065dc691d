"""The zone file's text: the same records and serial always give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.zone

from automation.core.errors import CheckFailed, Where
from automation.core.policy import HostingPolicy
from automation.core.text import Bilingual
from automation.targets.dns.records import Record, conflicts

REFRESH_SECONDS = 3600
RETRY_SECONDS = 900
EXPIRE_SECONDS = 14 * 24 * 3600
NEGATIVE_TTL_SECONDS = 300  # a newly admitted name is seen within five minutes


def render_zone(origin: str, records: Sequence[Record], *, serial: int, policy: HostingPolicy) -> str:
    """The zone's text: one SOA, then every record, sorted, all names absolute.

    Values pass dnspython's rdata reader one by one; a value that is not one address or one name is refused
    there and never reaches the text.

    Raises:
        CheckFailed: two records cannot stand together; nothing was rendered.
    """
    clashes = conflicts(origin, records)
    if clashes:
        raise CheckFailed(
            clashes[0].message,
            remedy=Bilingual("Ubah nama yang diminta.", "Change the name asked for."),
            where=Where(file=clashes[0].source),
        )
    zone = dns.zone.Zone(_name(origin), relativize=False)
    soa = f"{_name(policy.nama_server[0])} {_name(policy.surel_zona)} {serial} "
    soa += f"{REFRESH_SECONDS} {RETRY_SECONDS} {EXPIRE_SECONDS} {NEGATIVE_TTL_SECONDS}"
    _add(zone, origin, "SOA", soa, policy.ttl)
    for record in sorted(records, key=lambda one: (one.name, one.type, one.value)):
        value = f"{_name(record.value)}" if record.type in {"NS", "CNAME"} else record.value
        _add(zone, record.name, record.type, value, policy.ttl)
    return str(zone.to_text(sorted=True, relativize=False))


def _add(zone: dns.zone.Zone, name: str, kind: str, value: str, ttl: int) -> None:
    rdata = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(kind), value)
    zone.find_rdataset(_name(name), rdata.rdtype, create=True).add(rdata, ttl)


def _name(text: str) -> dns.name.Name:
    return dns.name.from_text(text + ".")
