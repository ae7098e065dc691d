"""What stays served of a name that cannot be rendered today: its last good state, byte for byte.

A policy that loses an upstream by a slip of the pen, or a check that a new version made stricter, must not
take a ministry's form offline. So an admitted name that is quarantined keeps the virtual host and the address
it had in the release that is served now, and is reported with every apply until somebody mends the policy,
changes the request, or takes the name down. It is the name's *own* last state and nobody else's: of the same
path and case, never one that was removed or revoked, and only while the release is intact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from automation.core.hosting import HostingRequest
from automation.core.policy import HostingPolicy
from automation.targets.dns import Record, conflicts, zone_records
from automation.targets.dns.records import address_record
from automation.targets.release import CURRENT, Served


@dataclass(frozen=True, slots=True)
class Kept:
    """One name as it was served last: its entry in the manifest, and its virtual host's text."""

    served: Served
    vhost: str

    @property
    def record(self) -> Record:
        """Its address, as the zone had it."""
        return address_record(self.served.fqdn, self.served.alamat, self.served.path)


def kept_names(
    folder: Path,
    before: Sequence[Served],
    held: Mapping[str, str],
    requests: Sequence[HostingRequest],
    hosting: HostingPolicy,
) -> tuple[Kept, ...]:
    """The last good state of names that are admitted and cannot be rendered.

    Args:
        folder: the folder of the releases; what ``current`` holds must be intact.
        before: the names of that release.
        held: the case of each path that is admitted and was left out.
        requests: what is rendered today; what stands in its way is not kept.
        hosting: the policy, for the zones there are.
    """
    rendered = {request.path for request in requests} | {request.fqdn for request in requests}
    found = []
    for served in before:
        mine = held.get(served.path) == served.kasus and served.induk in hosting.induk_domain
        vhost = folder / CURRENT / "nginx" / "vhosts" / f"{served.fqdn}.conf"
        if mine and not {served.path, served.fqdn} & rendered and vhost.is_file():
            found.append(Kept(served, vhost.read_text(encoding="utf-8")))
    return _standing(found, requests, hosting)


def _standing(
    found: Sequence[Kept], requests: Sequence[HostingRequest], hosting: HostingPolicy
) -> tuple[Kept, ...]:
    """Those whose address can stand in its zone beside everything else."""
    clashing: set[str] = set()
    for origin in hosting.induk_domain:
        records = [one.record for one in found if one.served.induk == origin]
        clashing |= {
            one.source for one in conflicts(origin, [*zone_records(origin, requests, hosting), *records])
        }
    return tuple(one for one in found if one.served.path not in clashing)
