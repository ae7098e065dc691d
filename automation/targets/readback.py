"""Read back what is served: success of an apply is no proof, only the servers' own answers are.

With a name server and a web server given, both are asked as any visitor would. Without them the written
files are read through dnspython and crossplane, and the answer says so.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rdatatype
import dns.rdtypes.ANY.SOA
import dns.resolver
import dns.zone

from automation.core.errors import CheckFailed
from automation.core.text import Bilingual
from automation.targets.nginx import NAME_HEADER
from automation.targets.nginx.check import server_names
from automation.targets.release import CURRENT, Manifest, Served, newest_manifests, read_manifest

TIMEOUT_SECONDS = 5.0

Server = tuple[str, int]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What the servers (or the written files) answered for one name.

    Attributes:
        name: the full name asked for.
        zone_ok: the name has exactly the expected address, in a zone with the expected serial.
        vhost_ok: its virtual host is served for the expected commit.
        addresses: the addresses seen.
        serial: the zone's serial seen; 0 when none was.
        proof: the virtual host's proof seen (``name@commit``), or the file's name.
        checkers: what was asked: ``dns``/``http`` for real servers, ``dnspython``/``crossplane`` for files.
        problems: why something is not ok.
    """

    name: str
    zone_ok: bool
    vhost_ok: bool
    addresses: tuple[str, ...]
    serial: int
    proof: str
    checkers: tuple[str, ...]
    problems: tuple[Bilingual, ...]

    @property
    def ok(self) -> bool:
        """Whether the name is served as it was applied."""
        return self.zone_ok and self.vhost_ok


@dataclass(frozen=True, slots=True)
class _Seen:
    addresses: tuple[str, ...] = ()
    serial: int = 0
    problem: Bilingual | None = None


class Question(Protocol):
    """:func:`read_back` or :func:`read_gone`."""

    def __call__(
        self, about: str, /, *, dns_server: Server | None, http: Server | None, folder: Path
    ) -> ReadBack:
        """What was answered."""


def read_back(
    name: str, *, dns_server: Server | None = None, http: Server | None = None, folder: Path
) -> ReadBack:
    """Ask for ``name`` and compare with the release in ``folder``; never raises for a wrong answer.

    Args:
        name: the full name, without a trailing dot.
        dns_server: (address, port) of the authoritative server; None reads the zone file.
        http: (address, port) of the web server's plain HTTP door; None reads the virtual host's file.
        folder: the folder given to ``apply_targets``.
    """
    manifest = read_manifest(folder)
    expected = next((one for one in manifest.names if one.fqdn == name), None) if manifest else None
    if manifest is None or expected is None:
        absent = Bilingual(f"{name} tidak ada dalam rilis.", f"{name} is not in the release.")
        return ReadBack(name, False, False, (), 0, "", (), (absent,))
    zone = _ask_dns(expected, dns_server) if dns_server else _read_zone(expected, folder)
    proof = _ask_http(expected, http) if http else _read_vhost(expected, folder)
    zone_problem = zone.problem or _zone_difference(zone, expected, manifest)
    vhost_problem = _vhost_difference(proof, expected, from_file=http is None)
    return ReadBack(
        name=name,
        zone_ok=zone_problem is None,
        vhost_ok=vhost_problem is None,
        addresses=zone.addresses,
        serial=zone.serial,
        proof=proof if isinstance(proof, str) else "",
        checkers=("dns" if dns_server else "dnspython", "http" if http else "crossplane"),
        problems=tuple(one for one in (zone_problem, vhost_problem) if one is not None),
    )


def read_gone(
    path: str, *, dns_server: Server | None = None, http: Server | None = None, folder: Path
) -> ReadBack:
    """Ask for every name that a kept release served from the request file at ``path``; none may answer.

    Kept releases are the memory of what its full names were: the newest one knows nothing of it any more.
    """
    manifest = read_manifest(folder)
    now = {one.fqdn for one in manifest.names} if manifest is not None else set()
    known = {one.fqdn: one for kept in newest_manifests(folder) for one in kept.names if one.path == path}
    problems: list[Bilingual] = []
    for fqdn, served in sorted(known.items()):
        if fqdn in now:
            problems.append(_still("rilis", "the release", fqdn))
        else:
            problems.extend(_answering(served, dns_server, http, folder))
    checkers = ("dns" if dns_server else "dnspython", "http" if http else "crossplane")
    serial = max(manifest.serials.values(), default=0) if manifest is not None else 0
    return ReadBack(path, not problems, not problems, (), serial, "", checkers, tuple(problems))


def _answering(
    served: Served, dns_server: Server | None, http: Server | None, folder: Path
) -> Iterator[Bilingual]:
    """Who still answers for a name; a server that says nothing at all proves nothing."""
    written = (folder / CURRENT / "zones" / f"{served.induk}.zone").exists()
    if dns_server or written:  # a parent domain that left the policy has no zone any more
        zone = _ask_dns(served, dns_server) if dns_server else _read_zone(served, folder)
        if zone.problem is not None:
            yield zone.problem
        elif zone.addresses:
            yield _still("DNS", "DNS", served.fqdn)
    proof = _ask_http(served, http) if http else _read_vhost(served, folder)
    if isinstance(proof, Bilingual):
        yield proof
    elif proof in {served.bukti, f"{served.fqdn}.conf"}:
        yield _still("web", "the web server", served.fqdn)


def _still(where: str, english: str, fqdn: str) -> Bilingual:
    return Bilingual(f"{fqdn} masih dijawab oleh {where}.", f"{fqdn} is still answered by {english}.")


def _zone_difference(seen: _Seen, expected: Served, manifest: Manifest) -> Bilingual | None:
    serial = manifest.serials[expected.induk]
    if seen.addresses == (expected.alamat,) and seen.serial == serial:
        return None
    shown = f"{', '.join(seen.addresses) or '-'} (serial {seen.serial})"
    wanted = f"{expected.alamat} (serial {serial})"
    return Bilingual(
        f"DNS menjawab {shown}, seharusnya {wanted}.", f"DNS answers {shown}, expected {wanted}."
    )


def _vhost_difference(proof: str | Bilingual, expected: Served, *, from_file: bool) -> Bilingual | None:
    if isinstance(proof, Bilingual):
        return proof
    wanted = f"{expected.fqdn}.conf" if from_file else expected.bukti
    if proof == wanted:
        return None
    shown = f"{proof[:120]!a}"
    return Bilingual(
        f"Web menjawab {shown}, seharusnya {wanted}.", f"Web answers {shown}, expected {wanted}."
    )


def _ask_dns(expected: Served, server: Server) -> _Seen:
    try:
        addresses: list[str] = []
        for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
            query = dns.message.make_query(expected.fqdn, kind)
            answer = dns.query.udp(query, server[0], port=server[1], timeout=TIMEOUT_SECONDS)
            addresses += [str(rdata) for rrset in answer.answer if rrset.rdtype == kind for rdata in rrset]
        query = dns.message.make_query(expected.induk, dns.rdatatype.SOA)
        answer = dns.query.udp(query, server[0], port=server[1], timeout=TIMEOUT_SECONDS)
        serials = [rdata.serial for rrset in answer.answer for rdata in rrset if _is_soa(rdata)]
    except (dns.exception.DNSException, OSError) as problem:
        kind_of = type(problem).__name__
        return _Seen(
            problem=Bilingual(
                f"Server nama tidak menjawab ({kind_of}).", f"The name server does not answer ({kind_of})."
            )
        )
    return _Seen(tuple(sorted(addresses)), serials[0] if serials else 0)


def _is_soa(rdata: object) -> bool:
    return isinstance(rdata, dns.rdtypes.ANY.SOA.SOA)


def _read_zone(expected: Served, folder: Path) -> _Seen:
    file = folder / CURRENT / "zones" / f"{expected.induk}.zone"
    try:
        zone = dns.zone.from_text(file.read_text(encoding="ascii"), origin=expected.induk, relativize=False)
        node = zone.get_node(dns.name.from_text(expected.fqdn + "."))
        soa = zone.get_soa()
    except (dns.exception.DNSException, OSError, ValueError) as problem:
        kind_of = type(problem).__name__
        return _Seen(
            problem=Bilingual(
                f"Berkas zona tidak terbaca ({kind_of}).", f"The zone file is unreadable ({kind_of})."
            )
        )
    kinds = (dns.rdatatype.A, dns.rdatatype.AAAA)
    rdatasets = [one for one in node or () if one.rdtype in kinds]
    return _Seen(tuple(sorted(str(rdata) for one in rdatasets for rdata in one)), soa.serial)


def _ask_http(expected: Served, server: Server) -> str | Bilingual:
    """The proof in the answer's header; set by laik's own virtual host, hidden from the application's."""
    connection = http.client.HTTPConnection(server[0], server[1], timeout=TIMEOUT_SECONDS)
    try:
        connection.request("HEAD", "/", headers={"Host": expected.fqdn, "User-Agent": "laik"})
        return connection.getresponse().getheader(NAME_HEADER, "")
    except (OSError, http.client.HTTPException) as problem:
        kind_of = type(problem).__name__
        return Bilingual(
            f"Server web tidak menjawab ({kind_of}).", f"The web server does not answer ({kind_of})."
        )
    finally:
        connection.close()


def _read_vhost(expected: Served, folder: Path) -> str | Bilingual:
    """The file that serves the name, when its text is for the expected commit."""
    root = folder / CURRENT / "nginx"
    try:
        places = server_names(root).get(expected.fqdn, [])
        files = sorted({file for file, _ in places})
        if len(files) == 1 and f'"{expected.bukti}"' in (root / "vhosts" / files[0]).read_text("utf-8"):
            return files[0]
    except (CheckFailed, OSError) as problem:
        kind_of = type(problem).__name__
        return Bilingual(
            f"Konfigurasi nginx tidak terbaca ({kind_of}).",
            f"The nginx configuration is unreadable ({kind_of}).",
        )
    return ""
