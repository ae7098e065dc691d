"""``laik reconcile``: bring one case, or all, to rest; or show what would be written."""

from __future__ import annotations

import json

import click


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

    from automation.core.plan import describe
    from automation.settings import from_environment
    from automation.wiring import build

    laik = build(from_environment())
    try:
        keys = laik.reconciler.keys() if everything else (key or "",)
        if dry_run:
            keys = tuple(one for one in keys if not one.startswith("!"))
        report = []
        for one in track(keys, description="Menyelaraskan", disable=as_json or len(keys) < 2):
            plan = laik.reconciler.plan(one) if dry_run else laik.reconciler.reconcile(one).changes
            report.append({"key": one, "changes": [describe(change) for change in plan]})
    finally:
        laik.close()
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "cases": report}))
        return 0
    for entry in report:
        changes = entry["changes"]
        click.echo(
            f"{entry['key']}: {len(changes)} perubahan" if changes else f"{entry['key']}: tidak berubah"
        )
        for line in changes:
            click.echo(f"  - {line}")
    return 0
