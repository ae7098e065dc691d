"""``laik ledger``: keys, signing, and verifying the ledger.

``sign`` is a process of its own: it holds the signing key, reads the ledger and has no forge token. It reads
what laik vouches for from standard input, one ``<case> <seq> <digest>`` a line.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from automation.core.keyring import KeyRing
    from automation.signer import Outcome

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)
_LEDGER = click.option(
    "--ledger",
    required=True,
    envvar="LAIK_STORE",
    show_envvar=True,
    help="URL basis data buku besar; tanpa opsi ini dibaca dari lingkungan.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")


@click.group(help="Buku besar: kunci, tanda tangan, pemeriksaan.")
def command() -> None:
    """The ledger."""


@command.group(help="Kunci penanda tangan: buat, ganti.")
def key() -> None:
    """Signing keys."""


@key.command()
@click.argument("folder", type=_FOLDER)
@_JSON
def new(folder: Path, as_json: bool) -> None:
    """Buat kunci akar, kunci penanda tangan pertama, dan gelang kunci di FOLDER."""
    from automation.signing.keyfiles import RING, ROOT, make_keys

    ring = make_keys(folder)
    if as_json:
        click.echo(json.dumps(_ring_record(ring)))
        return
    click.echo(f"Buku besar {ring.ledger[:16]}; kunci penanda tangan {ring.current.id[:16]}.")
    click.echo(f"Pindahkan {folder / ROOT} ke media luring sekarang, lalu hapus dari mesin ini.")
    click.echo(f"Bagikan {folder / RING} kepada semua yang memeriksa.")


@key.command()
@click.argument("folder", type=_FOLDER)
@click.option("--first", type=int, help="Tanda pertama kunci baru; tanpa opsi ini sesudah yang terakhir.")
@click.option("--root", type=_FILE, help="Kunci akar: bila kunci lama hilang atau dicuri.")
@_JSON
def rotate(folder: Path, first: int | None, root: Path | None, as_json: bool) -> None:
    """Ganti kunci penanda tangan di FOLDER; kunci lama (atau kunci akar) menunjuk yang baru."""
    from automation.signing.keyfiles import MEMORY, RING, load_mark
    from automation.signing.keyfiles import rotate as change

    if first is None:
        seen = load_mark(folder / MEMORY)
        if seen is None:
            raise click.UsageError(
                f"{folder / MEMORY} belum ada: belum pernah menandatangani di sini. Sebutkan --first N."
            )
        first = seen.serial + 1
    ring = change(folder, first=first, root=root)
    if as_json:
        click.echo(json.dumps(_ring_record(ring)))
        return
    click.echo(f"Kunci nomor {ring.current.number}, {ring.current.id[:16]}, berlaku mulai tanda {first}.")
    click.echo(f"Bagikan {folder / RING} yang baru kepada semua yang memeriksa; musnahkan kunci lama.")


@command.command()
@_LEDGER
@click.option("--key", "key_file", type=_FILE, required=True, help="Berkas kunci penanda tangan.")
@click.option("--keyring", type=_FILE, required=True, help="Gelang kunci buku besar ini.")
@click.option("--all", "everything", is_flag=True, help="Anda menjamin semua yang belum ditandatangani.")
@_JSON
def sign(ledger: str, key_file: Path, keyring: Path, everything: bool, as_json: bool) -> int:
    """Tandatangani entri yang dijamin laik (dibaca dari masukan standar), atau semuanya dengan --all."""
    from automation.signer import sign_pending
    from automation.signing.keyfiles import MEMORY, load_private, load_ring
    from automation.store.journal import read_vouched
    from automation.store.open import open_store

    if not everything and sys.stdin.isatty():
        raise click.UsageError("Yang dijamin laik dibaca dari masukan standar; bila Anda menjaminnya: --all.")
    private, ring = load_private(key_file), load_ring(keyring)
    vouched = None if everything else read_vouched(sys.stdin.read())
    store = open_store(ledger, make=False)
    try:
        done = sign_pending(store, private, ring, memory=key_file.parent / MEMORY, vouched=vouched)
    finally:
        store.close()
    _tell_signed(done, as_json=as_json)
    return 1 if done.refused else 0


@command.command()
@_LEDGER
@click.option("--keyring", type=_FILE, help="Gelang kunci; tanpa ini hanya rantainya yang diperiksa.")
@_JSON
def verify(ledger: str, keyring: Path | None, as_json: bool) -> int:
    """Periksa rantai semua kasus, dan dengan --keyring setiap tanda tangannya."""
    from automation.core.verified import hold_chains, verify_ledger
    from automation.signing.ed25519 import check
    from automation.signing.keyfiles import load_ring
    from automation.store.open import open_store

    ring = load_ring(keyring) if keyring else None
    store = open_store(ledger, make=False)
    try:
        links, rows = store.ledger.all_links(), store.signatures.rows()
    finally:
        store.close()
    hold_chains(links)
    signed = len(verify_ledger(links, rows, ring, check).signed) if ring else None
    record = {"ok": True, "entries": len(links), "signed": signed, "trusted": ring is not None}
    if as_json:
        click.echo(json.dumps(record))
    elif ring is None:
        click.echo(f"{len(links)} entri, rantai utuh. Tanda tangan tidak diperiksa: sebutkan --keyring.")
    else:
        click.echo(f"{len(links)} entri, rantai utuh; {signed} bertanda tangan sah.")
    return 1 if signed is not None and signed < len(links) else 0


def _tell_signed(done: Outcome, *, as_json: bool) -> None:
    if as_json:
        click.echo(
            json.dumps(
                {
                    "signed": done.signed,
                    "waiting": done.waiting,
                    "settled": [list(one) for one in done.settled],
                    "refused": [
                        {"case": one.case, "seq": one.seq, "id": one.reason.id, "en": one.reason.en}
                        for one in done.refused
                    ],
                }
            )
        )
        return
    click.echo(f"{done.signed} entri ditandatangani, {done.waiting} menunggu.")
    for one in done.refused:
        click.echo(f"{one.case} entri {one.seq}: {one.reason.id}", err=True)


def _ring_record(ring: KeyRing) -> dict[str, object]:
    return {
        "ledger": ring.ledger,
        "keys": [
            {"id": one.id, "number": one.number, "first": one.first, "last": one.last} for one in ring.keys
        ],
    }
