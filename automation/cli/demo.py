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
    from automation.demo.run import Addresses
    from automation.settings import ForgeKind

SOP = "lombok-tengah"


@click.command()
@click.option("--exit", "leave", is_flag=True, help="Berakhir setelah peragaan.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Folder data; bawaan sementara."
)
@click.option("--port", default=0, help="Porta forge bawaan; 0 memilih sendiri.")
@click.option(
    "--sop", default=SOP, show_default=True, metavar="ID", help="SOP yang diperagakan; lihat laik sop list."
)
@click.option(
    "--dialect",
    type=click.Choice(["gitlab", "github"]),
    default="gitlab",
    show_default=True,
    help="Forge yang ditiru forge bawaan.",
)
def command(leave: bool, data: Path | None, port: int, sop: str, dialect: ForgeKind) -> int:
    """Peragakan SOP Lombok Tengah: dari permohonan sampai subdomain tersaji.

    Keluaran standar memuat satu objek JSON; kode keluar 1 bila ada yang tidak tercapai. Tanpa --exit
    peragaan tetap berjalan untuk dilihat lewat peramban, sampai Enter atau Ctrl-C.
    """
    if data is not None and data.exists() and any(data.iterdir()):
        raise click.UsageError(f"Folder {data} tidak kosong; peragaan selalu mulai dari awal.")
    if sop != SOP:
        raise click.UsageError(f"Peragaan hanya untuk SOP {SOP}; '{sop}' belum punya babak.")
    with tempfile.TemporaryDirectory(prefix="laik-demo-", ignore_cleanup_errors=True) as temporary:
        return _run(data or Path(temporary), port=port, leave=leave, dialect=dialect)


def _run(folder: Path, *, port: int, leave: bool, dialect: ForgeKind) -> int:
    from automation.demo.run import play, theatre, where_to_look
    from automation.demo.stage import SceneFailed

    _note("Menyiapkan forge bawaan, akun, proyek, dan kebijakan ...")
    with theatre(folder, port=port, dialect=dialect) as (forge, laik, organisation, address):
        addresses = where_to_look(forge, laik, organisation, address)
        try:
            played = play(laik, organisation, addresses, say=_note, begin=_announce)
        except SceneFailed as failure:
            _note(f"Peragaan terhenti: {failure}")
            return 1
        click.echo(json.dumps(played.report))
        if not leave:
            _stay(played.addresses)
        return 0 if played.good else 1


def _announce(scene: Scene) -> None:
    _note(f"{scene.step:2d}/15  {scene.title}" if scene.step else f"   +   {scene.title}")


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
    return [
        "",
        "Buka di peramban pada komputer ini:",
        f"  Issue kasus          {where.issue}",
        f"  Berkas kasus         {where.case_file}",
        f"  Aplikasi             {where.application}",
        f"  Permintaan hosting   {where.hosting_request}",
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
