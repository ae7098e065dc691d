"""Serve the admitted set: ledger rows -> blobs by id -> requests -> apply, beside what the branch shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from automation.core.errors import LaikError
from automation.core.hosting import AdmittedEntry, Deviation, duplicates, plan_serving, read_admitted
from automation.core.hosting_admitted import clash_text, deviations
from automation.core.policy import Policy
from automation.core.text import Bilingual
from automation.targets.apply import Applied, Quarantined, TargetPlan, apply_targets, plan_targets
from automation.targets.checkers import Checkers
from automation.targets.limits import TooManyRemovals
from automation.targets.mirror import read_blobs, read_branch
from automation.targets.nginx import DEFAULT_OPTIONS, NginxOptions
from automation.targets.release import is_intact, read_manifest

KEPT_BLOBS = "isi"


class Row(Protocol):
    """One admitted file as the ledger gives it."""

    @property
    def path(self) -> str:
        """``permohonan/<nama>.yaml``."""

    @property
    def blob(self) -> str:
        """The git blob id that was decided on."""

    @property
    def case(self) -> str:
        """The case that holds the name."""

    @property
    def decision(self) -> str:
        """The digest of the decision."""


class Gone(Protocol):
    """One file that the ledger took away: removed, or revoked while it still stands on the branch."""

    @property
    def path(self) -> str:
        """``permohonan/<nama>.yaml``."""

    @property
    def blob(self) -> str:
        """The blob that was revoked; empty where the file was removed."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The admitted set as read: requests to serve, the branch's deviations, and entries left out."""

    requests: tuple[AdmittedEntry, ...]
    deviations: tuple[Deviation, ...]
    quarantined: tuple[Quarantined, ...]


@dataclass(frozen=True, slots=True)
class ServeResult:
    """What was applied, how the branch deviates from it, and which entries are not served, by file."""

    applied: Applied
    deviations: tuple[Deviation, ...]
    quarantined: tuple[Quarantined, ...]


def serve_admitted(
    rows: Sequence[Row],
    mirror: Path,
    branch: str,
    policy: Policy,
    folder: Path,
    today: date,
    *,
    options: NginxOptions = DEFAULT_OPTIONS,
    checkers: Checkers | None = None,
    allow_removals: int = 0,
    allow_empty: bool = False,
    released: Sequence[Gone] = (),
) -> ServeResult:
    """Apply exactly the admitted ``rows``, whatever the branch shows.

    Args:
        rows: the ledger's admitted set, in the order of admission.
        mirror: a bare mirror of the hosting project.
        branch: its protected branch; read only to name deviations.
        policy: the admitted policy.
        folder: where releases stand.
        today: the date of a new serial.
        options: where nginx listens.
        checkers: the checking programs; those found when None.
        allow_removals: see :func:`automation.targets.apply.apply_targets`.
        allow_empty: likewise.
        released: what the ledger took away; it is not served, and no limit holds it up.

    Raises:
        MirrorUnreadable: nothing was changed.
        CheckFailed: as ``apply_targets``.
        TooManyRemovals: as ``apply_targets``; what the ledger took away is down all the same.
        ApplyBusy: as ``apply_targets``.
    """

    def applied_under(rules: Policy, zones: Policy) -> tuple[Admitted, Applied]:
        admitted = collect_admitted(rows, mirror, branch, rules, kept=folder / KEPT_BLOBS, released=released)
        return admitted, apply_targets(
            [entry.request for entry in admitted.requests],
            zones,
            folder=folder,
            today=today,
            options=options,
            checkers=checkers,
            allow_removals=allow_removals,
            allow_empty=allow_empty,
            released=frozenset(one.path for one in released),
            held=_held(rows, admitted),
        )

    try:
        admitted, applied = applied_under(policy, policy)
    except TooManyRemovals:
        if _waits_to_go(folder, released):
            wider = _with_former_parents(policy, folder)
            # Left out under the policy, names of former parents are kept to the byte: with the certificates
            # that the policy no longer names. Where the release was touched there is nothing to keep.
            applied_under(policy if _stands(folder) else wider, wider)
        raise
    return ServeResult(applied, admitted.deviations, (*admitted.quarantined, *applied.quarantined))


def plan_admitted(
    rows: Sequence[Row],
    mirror: Path,
    branch: str,
    policy: Policy,
    folder: Path,
    today: date,
    *,
    options: NginxOptions = DEFAULT_OPTIONS,
    checkers: Checkers | None = None,
    released: Sequence[Gone] = (),
) -> tuple[TargetPlan, Admitted]:
    """What :func:`serve_admitted` would do; beyond the kept blobs nothing is written."""
    admitted = collect_admitted(rows, mirror, branch, policy, kept=folder / KEPT_BLOBS, released=released)
    requests = [entry.request for entry in admitted.requests]
    paths = frozenset(one.path for one in released)
    plan = plan_targets(
        requests,
        policy,
        folder=folder,
        today=today,
        options=options,
        checkers=checkers,
        released=paths,
        held=_held(rows, admitted),
    )
    return plan, admitted


def _waits_to_go(folder: Path, released: Sequence[Gone]) -> bool:
    """Whether something is still served that the ledger took away."""
    manifest, paths = read_manifest(folder), {one.path for one in released}
    return manifest is not None and any(one.path in paths for one in manifest.names)


def _stands(folder: Path) -> bool:
    manifest = read_manifest(folder)
    return manifest is not None and is_intact(folder, manifest)


def _with_former_parents(policy: Policy, folder: Path) -> Policy:
    """The policy with the parent domains that are still served.

    Taking those away is what the limits refused. A name that somebody revoked must not go on being served
    for it: it is taken down beside everything else as it stands, and the refusal is told all the same.
    """
    manifest, hosting = read_manifest(folder), policy.hosting
    former = [one for one in (manifest.serials if manifest else ()) if one not in hosting.induk_domain]
    wider = hosting.model_copy(update={"induk_domain": (*hosting.induk_domain, *former)})
    return policy.model_copy(update={"hosting": wider})


def _held(rows: Sequence[Row], admitted: Admitted) -> dict[str, str]:
    """The case of each admitted file that was left out."""
    left_out = {one.path for one in admitted.quarantined}
    return {row.path: row.case for row in rows if row.path in left_out}


def collect_admitted(
    rows: Sequence[Row],
    mirror: Path,
    branch: str,
    policy: Policy,
    *,
    kept: Path,
    released: Sequence[Gone] = (),
) -> Admitted:
    """The admitted requests by blob id, held against today's policy and against each other."""
    tip = read_branch(mirror, branch)
    texts = read_blobs(mirror, [row.blob for row in rows], kept=kept)
    entries: list[AdmittedEntry] = []
    left_out: list[Quarantined] = []
    for row in rows:
        read = _entry(row, texts.get(row.blob), policy)
        if isinstance(read, AdmittedEntry):
            entries.append(read)
        else:
            left_out.append(read)
    doubled = duplicates(entries)
    left_out += [Quarantined(later.path, clash_text(later, earlier)) for later, earlier in doubled]
    later_ones = [later for later, _ in doubled]
    serve = plan_serving([entry for entry in entries if entry not in later_ones], tip).serve
    # Against all rows, not only the readable ones: a deviation of a quarantined file is one all the same.
    expected = {row.path: row.blob for row in rows}
    return Admitted(
        serve, deviations(expected, tip, released={one.path: one.blob for one in released}), tuple(left_out)
    )


def _entry(row: Row, text: bytes | None, policy: Policy) -> AdmittedEntry | Quarantined:
    if text is None:
        return Quarantined(
            row.path,
            Bilingual(
                f"Blob {row.blob[:12]} yang telah diputuskan tidak ada di cermin.",
                f"The admitted blob {row.blob[:12]} is not in the mirror.",
            ),
        )
    try:
        request = read_admitted(text, row.path, policy=policy)
    except LaikError as refusal:
        return Quarantined(row.path, refusal.message)
    if request.kasus != row.case:
        # The ledger names the holder; a blob that names another case was never what was decided.
        message = f"kasus {request.kasus}, {row.case}"
        return Quarantined(row.path, Bilingual(f"Kasus tidak cocok: {message}.", f"Cases differ: {message}."))
    return AdmittedEntry(row.path, row.blob, row.case, row.decision, request)
