"""``laik demo``: the whole case played on the embedded forge."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from automation.demo.play import Scene
    from automation.demo.run import Played


@click.command()
@click.option("--exit", "leave", is_flag=True, help="Berakhir setelah peragaan.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Folder data; bawaan sementara."
)
@click.option("--port", default=0, help="Porta forge bawaan; 0 memilih sendiri.")
def command(leave: bool, data: Path | None, port: int) -> int:
    """Peragakan SOP Lombok Tengah: dari permohonan sampai subdomain tersaji.

    Baris terakhir pada keluaran adalah satu objek JSON; kode keluar 1 bila ada yang tidak tercapai.
    """
    if data is not None and data.exists() and any(data.iterdir()):
        raise click.UsageError(f"Folder {data} tidak kosong; peragaan selalu mulai dari awal.")
    with tempfile.TemporaryDirectory(prefix="laik-demo-", ignore_cleanup_errors=True) as temporary:
        return _run(data or Path(temporary), port=port, leave=leave)


def _run(folder: Path, *, port: int, leave: bool) -> int:
    from automation.demo.run import Addresses, play, theatre
    from automation.demo.stage import SceneFailed

    _note("Menyiapkan forge bawaan, akun, proyek, dan kebijakan ...")
    with theatre(folder, port=port) as (forge, laik, organisation, address):
        addresses = Addresses(forge.url, address, laik.settings.out / "current", forge.token_file)
        try:
            played = play(laik, organisation, addresses, say=_note, begin=_announce)
        except SceneFailed as failure:
            _note(f"Peragaan terhenti: {failure}")
            return 1
        if not leave:
            _stay(played)
        click.echo(json.dumps(played.report))
        return 0 if played.good else 1


def _announce(scene: Scene) -> None:
    _note(f"{scene.step:2d}/15  {scene.title}" if scene.step else f"   +   {scene.title}")


def _note(text: str) -> None:
    """Progress goes to standard error, so that standard output holds the report alone."""
    click.echo(text, err=True)


def _stay(played: Played) -> None:
    where = played.addresses
    _note("")
    _note(f"Forge     {where.forge}/api/v4 (token administrator: {where.admin_token_file})")
    _note(f"laik      {where.laik}/sehat")
    _note(f"Tersaji   {where.served}")
    if not sys.stdin.isatty():
        _note("Ctrl-C untuk berhenti.")
        threading.Event().wait()
    click.prompt("Tekan Enter untuk berhenti", default="", show_default=False, err=True)
