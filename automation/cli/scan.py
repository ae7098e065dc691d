"""``laik scan``: scan one commit of a clone, as the security gate does."""

from __future__ import annotations

import json
from pathlib import Path

import click

from automation.core.documents import ScanFlaw, ScanReport
from automation.scan import closes_gate, resolve_commit, scan_commit, to_json, to_sarif
from automation.scan.output import remedy_of
from automation.scan.scanner import counted


@click.command("scan")
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Folder repositori git.",
)
@click.option("--commit", default="HEAD", show_default=True, help="Commit, cabang, atau tag.")
@click.option("--json", "as_json", is_flag=True, help="Tulis laporan sebagai JSON.")
@click.option("--sarif", "as_sarif", is_flag=True, help="Tulis laporan sebagai SARIF 2.1.0.")
def command(repo: Path, commit: str, *, as_json: bool, as_sarif: bool) -> int:
    """Pindai keamanan seluruh isi satu commit (bukan isi folder kerja).

    Keluar dengan 1 bila ada temuan kritis atau tinggi, atau kode sumber yang tidak terpindai.
    """
    if as_json and as_sarif:
        raise click.UsageError("Pilih salah satu: --json atau --sarif.")
    report = scan_commit(repo, resolve_commit(repo, commit))
    if as_json or as_sarif:
        click.echo(json.dumps(to_json(report) if as_json else to_sarif(report), indent=2))
    else:
        click.echo("\n".join(_lines(report)))
    return int(closes_gate(report))


def _lines(report: ScanReport) -> list[str]:
    lines = [line for flaw in report.flaws for line in _flaw_lines(flaw)]
    lines += [f"TIDAK TERPINDAI  {printable(path)}: {reason}" for path, reason in report.unscanned]
    lines += [
        f"peredam diabaikan  {printable(path)}:{line}  {printable(words)}"
        for path, line, words in report.suppressions
    ]
    counts = ", ".join(f"{number} {severity}" for severity, number in counted(report.flaws).items() if number)
    verdict = "GERBANG TERTUTUP" if closes_gate(report) else "LULUS"
    lines.append(
        f"{verdict}: {report.files_scanned} berkas terpindai, {counts or 'tanpa temuan'}, "
        f"{len(report.unscanned)} tidak terpindai. Commit {report.commit[:12]}."
    )
    return lines


def _flaw_lines(flaw: ScanFlaw) -> list[str]:
    head = f"{flaw.severity.upper():<6}  {printable(flaw.path)}:{flaw.line}  {flaw.message_id} [{flaw.rule}]"
    return [head, f"        {remedy_of(flaw.rule)}"]


def printable(text: str) -> str:
    """A hostile file name fit for a terminal: newlines and escape sequences are spelled out."""
    return "".join(ch if ch.isprintable() else ch.encode("unicode_escape").decode() for ch in text)
