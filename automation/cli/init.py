"""``laik init``: set laik up on a forge, the plan first; can be run again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

SOP = "lombok-tengah"

if TYPE_CHECKING:
    from automation.core.procedure import Procedure
    from automation.core.setup import SetupPlan
    from automation.core.setupanswers import Answers
    from automation.forges.base import Forge
    from automation.settings import Settings
    from automation.setup import Setup
    from automation.setupfolder import SetupFolder


@click.command(name="init")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--forge",
    type=click.Choice(["gitlab", "github"]),
    default="gitlab",
    show_default=True,
    help="Untuk awal.yaml yang baru saja.",
)
@click.option(
    "--sop",
    default=SOP,
    show_default=True,
    metavar="ID",
    help="SOP yang dipakai, untuk awal.yaml yang baru saja; lihat laik sop list.",
)
@click.option("--dry-run", is_flag=True, help="Tunjukkan rencana; tidak ada yang ditulis.")
@click.option("--yes", is_flag=True, help="Kerjakan tanpa bertanya.")
@click.option("--json", "as_json", is_flag=True, help="Rencana sebagai JSON.")
def command(
    folder: Path, forge: Literal["gitlab", "github"], sop: str, dry_run: bool, yes: bool, as_json: bool
) -> int:
    """Siapkan laik pada forge: proyek, label, papan, perlindungan, webhook, anggota.

    DIR adalah folder pemasangan. Tanpa awal.yaml di dalamnya, berkas itu ditulis untuk diisi. Sesudah diisi,
    rencana ditunjukkan dahulu. Boleh dijalankan lagi: yang sudah ada tidak ditulis ulang.
    """
    from automation.setupfolder import SetupFolder

    if as_json and not (yes or dry_run):
        raise click.UsageError("--json memerlukan --dry-run atau --yes / needs --dry-run or --yes")
    place = SetupFolder(folder)
    if not place.answers_file.exists():
        return _begin(place, forge, _procedure(sop), dry_run=dry_run)
    return _set_up(place, dry_run=dry_run, yes=yes, as_json=as_json)


def _procedure(sop: str) -> Procedure:
    from automation.collect.procedures import bundled

    if sop not in bundled():
        raise click.UsageError(f"SOP '{sop}' tidak ada; yang ada / there are: {', '.join(sorted(bundled()))}")
    return bundled()[sop]


def _begin(
    place: SetupFolder, forge: Literal["gitlab", "github"], procedure: Procedure, *, dry_run: bool
) -> int:
    if dry_run:
        click.echo(f"Akan ditulis: {place.answers_file}. Tidak ada yang ditulis.")
        return 0
    place.begin(forge, procedure)
    click.echo(f"Ditulis: {place.answers_file}")
    click.echo(f"1. Isi berkas itu. 2. Taruh token laik di {place.secrets}/token (atau kunci GitHub App di")
    click.echo(f"   {place.secrets}/app.pem), mode 0600. 3. Jalankan lagi: laik init {place.path}")
    click.echo("Petunjuk lengkap: automation/SETUP.id.md (English: automation/SETUP.md).")
    return 0


def _set_up(place: SetupFolder, *, dry_run: bool, yes: bool, as_json: bool) -> int:
    from automation.core.setupanswers import read_answers
    from automation.wiring import connect

    answers = read_answers(place.read(), path=str(place.answers_file))
    place.require_login(answers)
    forge = connect(_settings(place, answers))
    try:
        setup = _setup(forge, place, answers, _in_force(place, answers))
        plan = setup.look()
        _show(plan, as_json=as_json)
        if plan.blocked:
            click.echo("Ada yang harus dibereskan dahulu; tidak ada yang ditulis.", err=True)
            return 1
        if dry_run:
            return 0
        if plan.todo and not (yes or _agreed(plan)):
            click.echo("Dibatalkan; tidak ada yang ditulis.", err=True)
            return 1
        setup.carry_out(lambda item: click.echo(f"  {item.kind} {item.place}", err=True))
        _say_next(place, as_json=as_json)
        return 0
    finally:
        forge.close()


def _settings(place: SetupFolder, answers: Answers) -> Settings:
    """The settings that `laik serve` will have, but for the secret that is not made yet."""
    from automation.settings import from_environment

    values = place.environment(answers)
    if not place.has_hook_secret():
        values.pop("LAIK_HOOK_SECRET_FILE", None)
    return from_environment(values)


def _in_force(place: SetupFolder, answers: Answers) -> str:
    """SHA-256 of the policy that this laik has in force, by its ledger; empty before it ran.

    The attack: a policy pushed past its owners names people, and whoever runs this again would let them in.
    """
    from automation.examine.machine import standing

    own = place.settings() if place.settings_file.exists() else {}
    found = standing(own.get("LAIK_STORE") or _settings(place, answers).store_url)
    return found.digest if found else ""


def _setup(forge: Forge, place: SetupFolder, answers: Answers, in_force: str) -> Setup:
    from automation.collect.procedures import bundled
    from automation.collect.templates import bundled_for
    from automation.setup import Parts, Setup
    from automation.wiring import known_names

    procedures, found = bundled(), bundled_for(answers.forge.jenis, answers.grup.kantor)
    known = known_names(procedures, found)
    return Setup(forge, answers, place, Parts(procedures, found, known, in_force))


def _show(plan: SetupPlan, *, as_json: bool) -> None:
    from automation.core.setup import describe

    if as_json:
        click.echo(json.dumps(plan.told(), ensure_ascii=False, indent=2))
        return
    for item in plan.items:
        click.echo(describe(item))
    if not plan.blocked:
        click.echo(f"{plan.todo} hal akan ditulis." if plan.todo else "Tidak ada yang perlu dikerjakan.")


def _agreed(plan: SetupPlan) -> bool:
    """Whether a person says yes; without one there is nobody to ask."""
    if not sys.stdin.isatty():
        raise click.UsageError(
            "tidak ada terminal untuk bertanya; pakai --yes atau --dry-run / no terminal: --yes or --dry-run"
        )
    return click.confirm(f"Kerjakan {plan.todo} hal itu?", default=False)


def _say_next(place: SetupFolder, *, as_json: bool) -> None:
    click.echo("Selesai.", err=as_json)
    click.echo(f"Berikutnya: laik doctor '{place.path}'", err=as_json)
    click.echo(f"Lalu: set -a; . '{place.settings_file}'; set +a; laik serve", err=as_json)
