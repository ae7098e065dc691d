"""``laik reconcile``: bring one case, or all, to rest; or show what would be written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from automation.core.errors import LaikError
from automation.core.plan import describe

if TYPE_CHECKING:
    from automation.core.plan import Plan
    from automation.reconciler import Reconciler
    from automation.wiring import Laik


@click.command()
@click.argument("key", required=False)
@click.option("--all", "everything", is_flag=True, help="Semua kasus yang belum selesai.")
@click.option("--dry-run", is_flag=True, help="Tunjukkan rencana saja; tidak menulis apa pun.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def command(key: str | None, everything: bool, dry_run: bool, as_json: bool) -> int:
    """Selaraskan kasus KEY (seperti PA-2026-0042) atau semuanya."""
    if bool(key) == everything:
        raise click.UsageError("Sebutkan satu KEY, atau --all.")
    from rich.progress import track

    from automation.settings import from_environment
    from automation.wiring import build

    laik = build(from_environment())
    try:
        keys = laik.reconciler.keys() if everything else (key or "",)
        if dry_run:
            keys = tuple(one for one in keys if not one.startswith("!"))
        report = [
            _one(laik.reconciler, one, dry_run=dry_run)
            for one in track(keys, description="Menyelaraskan", disable=as_json or len(keys) < 2)
        ]
        unsigned = None if dry_run else _sign(laik)
    finally:
        laik.close()
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "cases": report}))
    else:
        _tell(report)
    if unsigned is not None:
        click.echo(unsigned.explain("id"), err=True)
        click.echo(unsigned.explain("en"), err=True)
    return 1 if unsigned is not None or any(entry["failed"] for entry in report) else 0


def _sign(laik: Laik) -> LaikError | None:
    """Entries that are not signed fail the command, but what was done is told first."""
    try:
        laik.witness.sign()
    except LaikError as problem:
        return problem
    return None


def _one(reconciler: Reconciler, key: str, *, dry_run: bool) -> dict[str, Any]:
    """One key's line of the report; a case that is refused does not keep the next one waiting."""
    changes: Plan = ()
    failed: tuple[LaikError, ...] = ()
    try:
        if dry_run:
            changes = reconciler.plan(key)
        else:
            result = reconciler.reconcile(key)
            changes, failed = result.changes, result.failed
    except LaikError as problem:
        failed = (problem,)
    return {
        "key": key,
        "changes": [describe(change) for change in changes],
        "failed": [{"id": one.explain("id"), "en": one.explain("en")} for one in failed],
    }


def _tell(report: list[dict[str, Any]]) -> None:
    if not report:
        click.echo("Tidak ada kasus yang belum selesai.")
    for entry in report:
        changes = entry["changes"]
        if changes or not entry["failed"]:
            click.echo(f"{entry['key']}: {f'{len(changes)} perubahan' if changes else 'tidak berubah'}")
        for line in changes:
            click.echo(f"  - {line}")
        for problem in entry["failed"]:
            click.echo(f"{entry['key']}: {problem['id']}", err=True)
            click.echo(f"{entry['key']}: {problem['en']}", err=True)
