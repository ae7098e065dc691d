"""``laik dossier``: build one archive with everything of a case, and verify such an archive anywhere.

``verify`` needs nothing but the file and the key ring: no settings, no forge, no database, no network.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from automation.core.errors import LaikError

if TYPE_CHECKING:
    from automation.core.dossier_check import Verdict
    from automation.wiring import Laik

_FILE = click.Path(dir_okay=False, path_type=Path)
MAX_FILE = 1100 * 1024 * 1024  # bytes; an archive holds 1 GiB of documents at most


@click.group(help="Berkas bukti satu kasus: susun, periksa tanpa jaringan.")
def command() -> None:
    """Dossiers."""


@command.command()
@click.argument("key")
@click.option("--out", "target", type=_FILE, required=True, help="Berkas yang ditulis.")
@click.option("--with-secret", is_flag=True, help="Sertakan isi dokumen rahasia, bukan digestnya saja.")
@click.option("--key", "key_file", type=_FILE, help="Kunci yang menyegel; bawaan: LAIK_SIGNING_KEY_FILE.")
@click.option("--keyring", type=_FILE, help="Gelang kunci yang disertakan; bawaan: LAIK_KEYRING.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def build(
    key: str, target: Path, with_secret: bool, key_file: Path | None, keyring: Path | None, as_json: bool
) -> int:
    """Susun berkas bukti kasus KEY, dibaca ulang dari forge dan buku besar."""
    from datetime import UTC, datetime

    from automation.core.dossier import assemble
    from automation.dossier import Wishes, gather, gather_outlived, write_private
    from automation.settings import from_environment
    from automation.signing.keyfiles import load_private, load_ring
    from automation.wiring import build as wire

    if not target.parent.is_dir():
        raise click.UsageError(f"Folder {target.parent} tidak ada; buat dahulu, atau sebut --out yang lain.")
    settings = from_environment()
    key_file, keyring = key_file or settings.signing_key, keyring or settings.keyring
    ring = load_ring(keyring).text() if keyring else ""
    sealer = load_private(key_file) if key_file else None
    laik = wire(settings)
    try:
        unsigned = _sign(laik)
        wishes = Wishes(with_secret, ring, datetime.now(UTC))
        case = gather(key, laik.reconciler, laik.forge, laik.store, wishes)
        if case is None:
            case = gather_outlived(key, laik.office, laik.versions, laik.forge, laik.store, wishes)
    finally:
        laik.close()
    if case is None:
        click.echo(f"{key} bukan kasus: issue tidak ada atau permohonannya belum lengkap.", err=True)
        return 1
    content = assemble(case, sealer.envelope if sealer else None)
    write_private(target, content)
    record = {
        "file": str(target),
        "case": key,
        "documents": len(case.files),
        "entries": len(case.links),
        "signatures": len(case.signatures),
        "sealed": sealer is not None,
        "problems": list(case.problems),
    }
    click.echo(json.dumps(record) if as_json else _built(record))
    if unsigned is not None:
        click.echo(unsigned.explain("id"), err=True)
    for problem in case.problems:
        click.echo(_plain(problem), err=True)
    return 0


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keyring", type=_FILE, help="Gelang kunci yang Anda percayai, diperoleh dari dinas.")
@click.option("--whole", is_flag=True, help="Cukup utuh: jangan gagal karena tidak terbukti tanda tangannya.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def verify(file: Path, keyring: Path | None, whole: bool, as_json: bool) -> int:
    """Periksa FILE tanpa jaringan; mata rantai pertama yang putus disebut."""
    from automation.core.dossier_check import verify as check_all
    from automation.signing.ed25519 import check
    from automation.signing.keyfiles import load_ring

    ring = load_ring(keyring) if keyring else None
    if file.stat().st_size > MAX_FILE:
        raise click.UsageError(f"{file} terlalu besar untuk berkas bukti laik.")
    verdict = check_all(file.read_bytes(), check, ring=ring)
    if as_json:
        click.echo(json.dumps(_record(verdict)))
    else:
        for line in _readable(verdict):
            click.echo(line, err=verdict.broken is not None)
    return 0 if verdict.proven or (whole and verdict.broken is None) else 1


def _sign(laik: Laik) -> LaikError | None:
    """What keeps entries from being signed is told, and keeps nobody from seeing them as they are."""
    try:
        laik.witness.sign()
    except LaikError as problem:
        return problem
    return None


def _built(record: dict[str, Any]) -> str:
    sealed = "bersegel" if record["sealed"] else "tanpa segel"
    return (
        f"{record['file']}: {record['documents']} berkas, {record['entries']} catatan,"
        f" {record['signatures']} tanda tangan, {sealed}."
    )


def _record(verdict: Verdict) -> dict[str, Any]:
    broken = verdict.broken
    return {
        "proven": verdict.proven,
        "whole": broken is None,
        "trusted": verdict.trusted,
        "sealed": verdict.sealed,
        "case": verdict.case,
        "members": verdict.members,
        "entries": verdict.entries,
        "signed": verdict.signed,
        "changed": list(verdict.changed),
        "withdrawn": list(verdict.withdrawn),
        "left_out": verdict.left_out,
        "broken": None
        if broken is None
        else {
            "where": broken.where,
            "expected": {"id": broken.expected.id, "en": broken.expected.en},
            "found": {"id": broken.found.id, "en": broken.found.en},
        },
    }


def _readable(verdict: Verdict) -> list[str]:
    broken = verdict.broken
    if broken is not None:
        where = _plain(broken.where)
        return [
            f"PUTUS pada {where}: seharusnya {_plain(broken.expected.id)}; ada {_plain(broken.found.id)}.",
            f"BROKEN at {where}: expected {_plain(broken.expected.en)}; found {_plain(broken.found.en)}.",
        ]
    sealed = "bersegel" if verdict.sealed else "TANPA SEGEL"
    counted = (
        f"{verdict.members} anggota arsip, {verdict.entries} catatan, {verdict.signed} bertanda tangan sah"
    )
    lines = [f"{_plain(verdict.case)}: utuh, {counted}, {sealed}."]
    lines += [f"bukan lagi yang dinilai: {_plain(one)}" for one in verdict.changed]
    if verdict.withdrawn:
        numbers = ", ".join(str(one) for one in verdict.withdrawn)
        lines.append(f"komentarnya disunting atau dihapus sesudah diputuskan: catatan {numbers}")
    if verdict.left_out:
        lines.append(f"{verdict.left_out} berkas rahasia hanya berupa digest")
    return [*lines, *_trust(verdict)]


def _trust(verdict: Verdict) -> list[str]:
    if verdict.proven:
        return ["TERBUKTI dengan gelang kunci yang diberikan. / PROVEN with the key ring given."]
    if not verdict.trusted:
        return [
            "BELUM TERBUKTI: kuncinya dari arsip itu sendiri. Sebutkan --keyring: gelang kunci dari dinas.",
            "NOT PROVEN: the keys are those in the archive itself. Name --keyring: the office's key ring.",
        ]
    return [
        "BELUM TERBUKTI: ada catatan tanpa tanda tangan yang sah, atau indeksnya tidak bersegel.",
        "NOT PROVEN: there are entries without a valid signature, or the index is not sealed.",
    ]


def _plain(text: str) -> str:
    """One line for a terminal: names in a dossier may carry escape sequences."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
