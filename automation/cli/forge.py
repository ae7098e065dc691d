"""``laik forge``: the embedded forge as a server of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from automation.settings import ForgeKind


@click.group(name="forge")
def command() -> None:
    """Forge bawaan: server Git dan API di satu proses."""


@command.command()
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder data; dibuat bila belum ada.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Alamat untuk mendengarkan.")
@click.option("--port", default=0, show_default=True, help="Porta; 0 memilih yang bebas.")
@click.option("--pages", is_flag=True, help="Nyalakan halaman web untuk melihat, hanya dari komputer ini.")
@click.option(
    "--dialect",
    type=click.Choice(["gitlab", "github"]),
    default="gitlab",
    show_default=True,
    help="Forge yang ditiru; satu folder data selalu memakai yang sama.",
)
def serve(data_dir: Path, host: str, port: int, pages: bool, dialect: ForgeKind) -> None:
    """Jalankan forge sampai dihentikan (Ctrl-C)."""
    from automation.localforge.server import start

    with start(data_dir, host=host, port=port, pages=pages, dialect=dialect) as forge:
        click.echo(f"Alamat / address: {forge.url}")
        click.echo(f"Token administrator / administrator's token: {forge.token_file}")
        forge.wait()
