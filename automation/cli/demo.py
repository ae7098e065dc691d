"""``laik demo``: whole cases played on the embedded forge."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from automation.demo.run import Addresses, Played
    from automation.demo.scene import Scene
    from automation.settings import ForgeKind

SOP, ALL = "lombok-tengah", "all"


@click.command()
@click.option("--exit", "leave", is_flag=True, help="Berakhir setelah peragaan.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Folder data; bawaan sementara."
)
@click.option("--port", default=0, help="Porta forge bawaan; 0 memilih sendiri.")
@click.option(
    "--sop",
    default=SOP,
    show_default=True,
    metavar="ID",
    help=f"SOP yang diperagakan, atau {ALL}; lihat laik sop list.",
)
@click.option(
    "--dialect",
    type=click.Choice(["gitlab", "github"]),
    default="gitlab",
    show_default=True,
    help="Forge yang ditiru forge bawaan.",
)
def command(leave: bool, data: Path | None, port: int, sop: str, dialect: ForgeKind) -> int:
    """Peragakan satu SOP dari langkah pertama sampai terakhir, atau semuanya berurutan.

    Keluaran standar memuat satu objek JSON per SOP, dan dengan --sop all satu lagi untuk semuanya; kode
    keluar 1 bila ada yang tidak tercapai. Tanpa --exit peragaan tetap berjalan untuk dilihat lewat
    peramban, sampai Enter atau Ctrl-C.
    """
    from automation.demo.plays import PLAYS

    if data is not None and data.exists() and any(data.iterdir()):
        raise click.UsageError(f"Folder {data} tidak kosong; peragaan selalu mulai dari awal.")
    if sop == ALL and not leave:
        raise click.UsageError(f"--sop {ALL} memerlukan --exit: yang tetap berjalan hanya satu peragaan.")
    if sop != ALL and sop not in PLAYS:
        raise click.UsageError(f"SOP '{sop}' tidak ada; yang ada: {', '.join(PLAYS)}, atau {ALL}.")
    with tempfile.TemporaryDirectory(prefix="laik-demo-", ignore_cleanup_errors=True) as temporary:
        folder = data or Path(temporary)
        if sop == ALL:
            return _run_all(folder, port=port, dialect=dialect)
        played = _run(folder, sop, port=port, leave=leave, dialect=dialect)
        return 0 if played is not None and played.good else 1


def _run_all(folder: Path, *, port: int, dialect: ForgeKind) -> int:
    """Every SOP after another, each on a forge of its own; then what they came to together."""
    from automation.demo.plays import PLAYS
    from automation.demo.run import together

    started = time.monotonic()
    played = [_run(folder / sop, sop, port=port, leave=True, dialect=dialect) for sop in PLAYS]
    seen = [one for one in played if one is not None]
    click.echo(json.dumps(together(seen, seconds=time.monotonic() - started)))
    return 0 if len(seen) == len(played) and all(one.good for one in seen) else 1


def _run(folder: Path, sop: str, *, port: int, leave: bool, dialect: ForgeKind) -> Played | None:
    """Play one SOP and report it; None when a scene did not show what it must."""
    from automation.demo.plays import PLAYS
    from automation.demo.run import play, theatre, where_to_look
    from automation.demo.stage import SceneFailed

    chosen = PLAYS[sop]
    _note(f"Menyiapkan forge bawaan, akun, proyek, dan kebijakan untuk SOP {sop} ...")
    with theatre(folder, port=port, dialect=dialect, cast=chosen.cast) as (forge, laik, organisation, where):
        addresses = where_to_look(forge, laik, organisation, where)
        announce = partial(_announce, len(chosen.cast.procedure.steps))
        try:
            played = play(laik, organisation, addresses, say=_note, begin=announce)
        except SceneFailed as failure:
            _note(f"Peragaan terhenti: {failure}")
            return None
        click.echo(json.dumps(played.report))
        if not leave:
            _stay(played.addresses)
        return played


def _announce(steps: int, scene: Scene) -> None:
    _note(f"{scene.step:2d}/{steps}  {scene.title}" if scene.step else f"   +   {scene.title}")


def _note(text: str) -> None:
    """Progress goes to standard error, so that standard output holds the report alone."""
    click.echo(text, err=True)


def _stay(where: Addresses) -> None:
    """Say where to look, and keep everything running until Enter or Ctrl-C; both end it well."""
    try:
        for line in places(where):
            _note(line)
        if sys.stdin.isatty():
            sys.stdin.readline()
        else:
            threading.Event().wait()
    except KeyboardInterrupt:
        _note("")


def places(where: Addresses) -> list[str]:
    """The lines that say where a person can look after the play."""
    cases = (
        ("Issue kasus", where.issue),
        ("Berkas kasus", where.case_file),
        ("Aplikasi", where.application),
        ("Permintaan hosting", where.hosting_request),
    )
    return [
        "",
        "Buka di peramban pada komputer ini:",
        *(f"  {name:<20} {address}" for name, address in cases if address),
        f"  Semua proyek         {where.forge}/",
        f"  Kesehatan laik       {where.laik}/sehat",
        "",
        f"Folder yang disajikan: {where.served}",
        f"API: {where.forge}{where.api} (token {where.account}: {where.token_file})",
        "Klon berkas kasus:",
        f"  {where.clone}",
        "",
        "Ctrl-C untuk berhenti",
    ]
