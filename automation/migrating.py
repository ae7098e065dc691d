"""Offering a case another version of its SOP: look, plan, remember the offer; the card shows it."""

from __future__ import annotations

from datetime import UTC, datetime

from automation.core.catalogue import version_order
from automation.core.errors import InvalidProcedure, Where
from automation.core.memory import remember
from automation.core.migration import MigrationPlan, plan_migration
from automation.core.procedure import Procedure
from automation.core.text import Bilingual
from automation.wiring import Laik


def offer_migration(
    laik: Laik, key: str, version: str | None, *, dry_run: bool
) -> tuple[MigrationPlan, bool]:
    """The plan, and whether it was offered now (it was not where it stands offered already).

    Args:
        laik: the installation.
        key: the case.
        version: where to; the newest when None.
        dry_run: only plan.

    Raises:
        InvalidProcedure: no such case or version, or the case is there already.
        LedgerConflict: laik wrote to the case in the same moment; run it again.
    """
    decision = laik.reconciler.decision(key)
    if decision is None:
        raise _no_case(key)
    old = decision.procedure
    new = _target(laik, old, version, key)
    memory = remember(laik.store.ledger.entries(key))
    confirmed = laik.reconciler.enforced(new)
    planned = plan_migration(key, old, confirmed, memory)
    standing = memory.offer is not None and memory.offer.digest == planned.digest
    if dry_run or standing:
        return planned, False
    body = {"version": planned.version, "digest": planned.digest}
    laik.store.ledger.append(key, "offered", body, at=datetime.now(UTC), expect=memory.seq)
    laik.reconciler.reconcile(key)
    return planned, True


def _target(laik: Laik, old: Procedure, version: str | None, key: str) -> Procedure:
    wanted = version or laik.procedures[old.id].version
    found = laik.versions.get(old.id, wanted)
    if found is None:
        versions = sorted((one for sop, one in laik.versions.versions if sop == old.id), key=version_order)
        there = ", ".join(versions)
        raise InvalidProcedure(
            Bilingual(
                f"SOP '{old.id}' versi {wanted} tidak terpasang; yang ada: {there}.",
                f"The SOP '{old.id}' version {wanted} is not installed; there are: {there}.",
            ),
            remedy=Bilingual(
                "Taruh berkas versi itu di folder LAIK_SOP.",
                "Put that version's file into the folder LAIK_SOP.",
            ),
            where=Where(case=key),
        )
    if found.version == old.version:
        raise InvalidProcedure(
            Bilingual(f"Kasus sudah pada versi {wanted}.", f"The case is on version {wanted} already."),
            remedy=Bilingual("Pilih versi lain dengan --to.", "Choose another version with --to."),
            where=Where(case=key),
        )
    return found


def _no_case(key: str) -> InvalidProcedure:
    return InvalidProcedure(
        Bilingual(
            f"{key} bukan kasus: issue tidak ada atau permohonannya belum lengkap.",
            f"{key} is no case: there is no such issue, or its request is not complete.",
        ),
        remedy=Bilingual("Lihat `laik case list`.", "See `laik case list`."),
        where=Where(case=key),
    )
