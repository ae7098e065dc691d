"""Apply a plan: under a lock, within the limits, by one atomic switch.

Looking and acting share one path: :func:`automation.targets.plan.plan_targets` makes the plan with all
gates, :func:`apply_targets` carries exactly such a plan out and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from automation.core.hosting import HostingRequest
from automation.core.policy import Policy
from automation.targets.checkers import Checkers
from automation.targets.limits import hold_limits
from automation.targets.nginx import DEFAULT_OPTIONS, NginxOptions
from automation.targets.plan import Quarantined, TargetPlan, plan_targets
from automation.targets.release import (
    locked,
    publish,
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What stands after an apply.

    ``serial`` is the highest of ``serials`` (by parent domain); ``changed`` False means that nothing was
    written; ``checkers`` names what judged the files.
    """

    serial: int
    serials: Mapping[str, int]
    digest: str
    checkers: tuple[str, ...]
    changed: bool
    folder: Path
    names: tuple[str, ...]
    removed: tuple[str, ...]
    quarantined: tuple[Quarantined, ...]


def apply_targets(
    requests: Sequence[HostingRequest],
    policy: Policy,
    *,
    folder: Path,
    today: date,
    options: NginxOptions = DEFAULT_OPTIONS,
    checkers: Checkers | None = None,
    allow_removals: int = 0,
    allow_empty: bool = False,
    wait_seconds: float = 60.0,
    released: frozenset[str] = frozenset(),
    held: Mapping[str, str] = MappingProxyType({}),
) -> Applied:
    """Serve exactly ``requests``; with the same requests and policy again, change nothing.

    Args:
        requests: the admitted requests; one that cannot be served is quarantined, the others go on.
        policy: parents, name servers, addresses, upstreams.
        folder: where releases and ``current`` stand; made when absent.
        today: the date of a new serial.
        options: where nginx listens.
        checkers: the checking programs; those found on this machine when None.
        allow_removals: how many names this apply may remove beyond the limits.
        allow_empty: whether nothing at all may be left.
        wait_seconds: how long to wait for another apply on the same folder.
        released: paths of files that the ledger took away; see :mod:`automation.targets.limits`.
        held: the case of each path that is admitted and was left out; see :mod:`automation.targets.kept`.

    Raises:
        CheckFailed: the candidate is refused even without any request (the policy or the machine is at
            fault); ``current`` stays as it is.
        TooManyRemovals: see :mod:`automation.targets.limits`; ``current`` stays as it is.
        ApplyBusy: another apply holds the folder.
    """
    with locked(folder, wait_seconds=wait_seconds):
        plan = plan_targets(
            requests,
            policy,
            folder=folder,
            today=today,
            options=options,
            checkers=checkers,
            released=released,
            held=held,
        )
        hold_limits(plan.removals, allow_removals=allow_removals, allow_empty=allow_empty)
        if plan.changed:
            publish(folder, plan.files, plan.manifest)
    return _applied(plan, folder)


def _applied(plan: TargetPlan, folder: Path) -> Applied:
    manifest = plan.manifest
    return Applied(
        serial=max(manifest.serials.values()),
        serials=manifest.serials,
        digest=manifest.digest,
        checkers=manifest.checkers,
        changed=plan.changed,
        folder=folder,
        names=tuple(served.fqdn for served in manifest.names),
        removed=plan.removed,
        quarantined=plan.quarantined,
    )


__all__ = ["Applied", "Quarantined", "TargetPlan", "apply_targets", "plan_targets"]
