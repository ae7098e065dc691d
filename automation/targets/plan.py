"""The plan of what is served: render everything, gate it, compare it with what stands.

The whole desired state is rendered every time; there is no "apply the files of this push", so a lost or
doubled run costs nothing. A request that cannot be served is quarantined by name and the others go on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from automation.core.errors import LaikError
from automation.core.hosting import HostingRequest
from automation.core.policy import Policy
from automation.core.text import Bilingual
from automation.targets.checkers import Checkers
from automation.targets.dns import check_zone, conflicts, next_serial, render_zone, zone_records
from automation.targets.kept import Kept, kept_names
from automation.targets.limits import Removals
from automation.targets.nginx import DEFAULT_OPTIONS, NginxOptions, check_tree, proof_of, render_tree
from automation.targets.release import (
    Manifest,
    Served,
    digest_files,
    is_intact,
    newest_manifests,
    read_manifest,
    write_tree,
)

_NO_SERIAL = 1  # stands in a zone's text while it is compared; 0 would be special to some servers


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One request left out so that the others go on being served, and why."""

    path: str
    reason: Bilingual


@dataclass(frozen=True, slots=True)
class TargetPlan:
    """What an apply would write. ``files`` are by path below the release; names are full names."""

    files: Mapping[str, str]
    manifest: Manifest
    changed: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]
    quarantined: tuple[Quarantined, ...]
    removals: Removals


@dataclass(frozen=True, slots=True)
class _World:
    """What planning needs beside the requests."""

    policy: Policy
    options: NginxOptions
    checkers: Checkers
    folder: Path
    today: date
    released: frozenset[str] = frozenset()
    held: Mapping[str, str] = field(default_factory=dict)


def plan_targets(
    requests: Sequence[HostingRequest],
    policy: Policy,
    *,
    folder: Path,
    today: date,
    options: NginxOptions = DEFAULT_OPTIONS,
    checkers: Checkers | None = None,
    released: frozenset[str] = frozenset(),
    held: Mapping[str, str] = MappingProxyType({}),
) -> TargetPlan:
    """The plan, judged by all checkers and not yet by the limits; writes nothing into ``folder``.

    ``released`` are paths of files that the ledger took away; their names count in no limit. ``held`` is the
    case of each path that is admitted and could not be read; see :mod:`automation.targets.kept`.

    Raises:
        CheckFailed: see :func:`apply_targets`.
    """
    whose = {**held, **{request.path: request.kasus for request in requests}}
    world = _World(policy, options, checkers or Checkers.found(), folder, today, released, whose)
    unique, doubled = _without_doubles(requests)
    fitting, clashing = _without_conflicts(unique, policy)
    left_out = [*doubled, *clashing]
    try:
        return _against_last(fitting, left_out, world)
    except LaikError:
        good, failing = _passing(fitting, world)
    try:
        return _against_last(good, left_out + failing, world)
    except LaikError:  # then what was kept is to blame
        return _against_last(good, left_out + failing, replace(world, held={}))


def _without_doubles(
    requests: Sequence[HostingRequest],
) -> tuple[list[HostingRequest], list[Quarantined]]:
    """The first request of each label stays; the file name is the label, so a second is a mistake."""
    first: dict[str, HostingRequest] = {}
    doubled = []
    for request in requests:
        holder = first.setdefault(request.nama, request)
        if holder is not request:
            text = f"{request.fqdn} ({request.kasus}) / {holder.fqdn} ({holder.kasus})"
            reason = Bilingual(f"Nama dipakai dua kali: {text}.", f"The name is used twice: {text}.")
            doubled.append(Quarantined(request.path, reason))
    return sorted(first.values(), key=lambda request: request.fqdn), doubled


def _without_conflicts(
    requests: Sequence[HostingRequest], policy: Policy
) -> tuple[list[HostingRequest], list[Quarantined]]:
    """Leave out requests of unknown parents and those whose records cannot stand in their zone."""
    reasons: dict[str, Bilingual] = {}
    for request in requests:
        if request.induk not in policy.hosting.induk_domain:
            reasons[request.path] = Bilingual(
                f"Domain induk {request.induk} tidak ada dalam kebijakan.",
                f"The parent domain {request.induk} is not in the policy.",
            )
    for origin in policy.hosting.induk_domain:
        for clash in conflicts(origin, zone_records(origin, requests, policy.hosting)):
            reasons.setdefault(clash.source, clash.message)
    kept = [request for request in requests if request.path not in reasons]
    held = {request.path for request in requests}
    return kept, [Quarantined(path, reason) for path, reason in reasons.items() if path in held]


def _passing(
    requests: Sequence[HostingRequest], world: _World
) -> tuple[list[HostingRequest], list[Quarantined]]:
    """The requests that pass all checkers together, and the others with the checker's words.

    Asked only when the whole candidate failed; the culprit is looked for by halving. When the tree without
    any request fails too, no request is to blame, and nothing is applied.
    """
    good: list[HostingRequest] = []
    bad: list[Quarantined] = []
    _check_requests([], world)
    _add_passing(list(requests), good, bad, world)
    return good, bad


def _add_passing(
    more: list[HostingRequest], good: list[HostingRequest], bad: list[Quarantined], world: _World
) -> None:
    """Add to ``good`` whatever of ``more`` passes beside it; the rest goes to ``bad``."""
    try:
        _check_requests([*good, *more], world)
    except LaikError as refusal:
        if len(more) == 1:
            bad.append(Quarantined(more[0].path, refusal.message))
            return
        middle = len(more) // 2
        _add_passing(more[:middle], good, bad, world)
        _add_passing(more[middle:], good, bad, world)
    else:
        good.extend(more)


def _check_requests(requests: Sequence[HostingRequest], world: _World) -> None:
    serials = dict.fromkeys(world.policy.hosting.induk_domain, _NO_SERIAL)
    _check(_render(requests, world, serials), world)


def _check(files: Mapping[str, str], world: _World) -> tuple[str, ...]:
    """Write a candidate into a folder of its own and ask every checker; their names."""
    with tempfile.TemporaryDirectory(prefix="laik-calon-") as name:
        root = Path(name)
        write_tree(root, files)
        zones = [
            check_zone(origin, root / _zone_path(origin), checkers=world.checkers)
            for origin in world.policy.hosting.induk_domain
        ]
        return tuple(sorted({*zones, *check_tree(root / "nginx", checkers=world.checkers)}))


def _render(
    requests: Sequence[HostingRequest], world: _World, serials: Mapping[str, int], kept: Sequence[Kept] = ()
) -> dict[str, str]:
    tree = render_tree(requests, world.policy.hosting, options=world.options)
    files = {f"nginx/{path}": content for path, content in tree.items()}
    files |= {f"nginx/vhosts/{one.served.fqdn}.conf": one.vhost for one in kept}
    return files | _render_zones(requests, world, serials, kept)


def _render_zones(
    requests: Sequence[HostingRequest], world: _World, serials: Mapping[str, int], kept: Sequence[Kept]
) -> dict[str, str]:
    hosting = world.policy.hosting
    zones = {}
    for origin in hosting.induk_domain:
        own = [one.record for one in kept if one.served.induk == origin]
        records = sorted(
            {*zone_records(origin, requests, hosting), *own},
            key=lambda one: (one.name, one.type, one.value, one.source),
        )
        zones[_zone_path(origin)] = render_zone(origin, records, serial=serials[origin], policy=hosting)
    return zones


def _against_last(
    requests: Sequence[HostingRequest],
    quarantined: Sequence[Quarantined],
    world: _World,
) -> TargetPlan:
    """The plan: the files to write, beside what stands now. The very bytes to be written are checked."""
    folder, today = world.folder, world.today
    origins = world.policy.hosting.induk_domain
    last = read_manifest(folder)
    intact = last is not None and is_intact(folder, last)
    before_now = last.names if last is not None and intact else ()
    held = {path: case for path, case in world.held.items() if path not in world.released}
    kept = kept_names(folder, before_now, held, requests, world.policy.hosting)
    plain = _render(requests, world, dict.fromkeys(origins, _NO_SERIAL), kept)
    contents = {origin: digest_files({"": plain[_zone_path(origin)]}) for origin in origins}
    serials = _serials(contents, folder, last, today)
    files = plain | _render_zones(requests, world, serials, kept)
    served = _names(requests, kept, world.policy)
    before = {one.fqdn: one for one in last.names} if last is not None else {}
    after = {one.fqdn: one for one in served}
    removed = tuple(sorted(before.keys() - after.keys()))
    undecided = [name for name in removed if before[name].path not in world.released]
    removals = _removals(last, len(undecided), len(after), today)
    manifest = Manifest(
        digest=digest_files(files),
        content=digest_files(plain),
        contents=contents,
        serials=serials,
        names=served,
        checkers=_check(files, world),
        hari=today.isoformat(),
        awal=removals.total,
        dicabut=removals.earlier + removals.removing,
    )
    stale = last is None or last.digest != manifest.digest or last.names != served
    return TargetPlan(
        files=files,
        manifest=manifest,
        changed=stale or not intact,
        added=tuple(sorted(after.keys() - before.keys())),
        removed=removed,
        altered=tuple(sorted(name for name in after.keys() & before.keys() if after[name] != before[name])),
        quarantined=tuple(sorted(quarantined, key=lambda one: one.path)),
        removals=removals,
    )


def _serials(contents: Mapping[str, str], folder: Path, last: Manifest | None, today: date) -> dict[str, int]:
    """A zone keeps its serial while its content stays; else one above every serial ever kept here."""
    kept = newest_manifests(folder)
    serials = {}
    for origin, content in contents.items():
        if last is not None and last.contents.get(origin) == content:
            serials[origin] = last.serials[origin]
            continue
        earlier = [one.serials[origin] for one in kept if origin in one.serials]
        serials[origin] = next_serial(max(earlier, default=None), today)
    return serials


def _removals(last: Manifest | None, removing: int, remaining: int, today: date) -> Removals:
    if last is None:
        return Removals(removing, remaining, 0, 0)
    if last.hari == today.isoformat():
        return Removals(removing, remaining, last.dicabut, max(last.awal, len(last.names)))
    return Removals(removing, remaining, 0, len(last.names))


def _names(requests: Sequence[HostingRequest], kept: Sequence[Kept], policy: Policy) -> tuple[Served, ...]:
    rendered = [_served(request, policy) for request in requests]
    return tuple(sorted([*rendered, *(one.served for one in kept)], key=lambda one: one.fqdn))


def _served(request: HostingRequest, policy: Policy) -> Served:
    return Served(
        fqdn=request.fqdn,
        induk=request.induk,
        path=request.path,
        kasus=request.kasus,
        sha=request.sha,
        alamat=policy.hosting.alamat,
        bukti=proof_of(request),
    )


def _zone_path(origin: str) -> str:
    return f"zones/{origin}.zone"
