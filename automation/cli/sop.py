"""``laik sop``: list the SOPs, show one, lint SOP files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from automation.collect.procedures import bundled, load_file
from automation.core.errors import InvalidProcedure, LaikError
from automation.core.procedure import Procedure, Step
from automation.core.soplint import inferred, remarks
from automation.core.text import Bilingual


@click.group(name="sop", help="SOP: daftar, isi, periksa.")
def command() -> None:
    """Procedures."""


@command.command("list", help="SOP yang dibawa laik.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def list_procedures(as_json: bool) -> None:
    """One line a procedure."""
    procedures = bundled().values()
    if as_json:
        _json([_summary(procedure) for procedure in procedures])
        return
    rows = [
        (one.id, one.version, str(len(one.steps)), one.title.id, one.identity.government)
        for one in procedures
    ]
    _table(("ID", "Versi", "Langkah", "Judul", "Pemerintah"), rows)


@command.command("show", help="Isi satu SOP: langkah, pelaku, waktu, gerbang, cabang.")
@click.argument("sop_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def show(sop_id: str, as_json: bool) -> None:
    """One procedure, whole in JSON, by its steps otherwise."""
    procedure = _chosen(sop_id)
    if as_json:
        _json(procedure.model_dump(mode="json"))
        return
    click.echo(f"{procedure.title.id} ({procedure.id} {procedure.version})")
    click.echo(f"{procedure.identity.agency}\n")
    headers = ("No", "Langkah", "Pelaku", "Waktu", "Gerbang", "Lanjut", "Ditolak", "Bacaan")
    _table(headers, [_step_row(procedure, step) for step in procedure.steps])


@command.command("lint", help="Periksa berkas SOP; tanpa berkas: semua SOP bawaan.")
@click.argument("files", metavar="[BERKAS]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def lint(files: tuple[Path, ...], as_json: bool) -> int:
    """Every file is judged, whatever the one before it was; 1 when any is refused."""
    if files:
        results = [_judged(path) for path in files]
    else:
        results = [_sound(f"{one.id}.yaml", one) for one in bundled().values()]
    if as_json:
        _json(results)
    else:
        for result in results:
            _show_result(result)
    return int(any(not result["ok"] for result in results))


def _chosen(sop_id: str) -> Procedure:
    procedures = bundled()
    if sop_id not in procedures:
        known = ", ".join(procedures)
        raise InvalidProcedure(
            Bilingual(f"Tidak ada SOP '{sop_id}'.", f"There is no SOP '{sop_id}'."),
            remedy=Bilingual(f"Pilih salah satu: {known}.", f"Choose one of: {known}."),
        )
    return procedures[sop_id]


def _summary(procedure: Procedure) -> dict[str, object]:
    return {
        "id": procedure.id,
        "version": procedure.version,
        "title": procedure.title.model_dump(),
        "government": procedure.identity.government,
        "steps": len(procedure.steps),
        "gates": list(procedure.gates()),
        "continues": procedure.continues,
    }


def _step_row(procedure: Procedure, step: Step) -> tuple[str, ...]:
    number = {one.key: str(one.number) for one in procedure.steps}
    labels = {role.id: role.label for role in procedure.roles}
    return (
        str(step.number),
        step.key,
        ", ".join(labels[actor.role] for actor in step.actors.responsible),
        step.duration.raw or "-",
        step.gate,
        _forward(number, step),
        number[step.back] if step.back else "-",
        str(inferred(step)),
    )


def _forward(number: Mapping[str, str], step: Step) -> str:
    """Where the step leads, done and done the other way; a suspension leads on only once it is taken up."""
    done = number[step.next] if step.next else "selesai"
    detour, resumed = step.way("detour"), step.way("resumed")
    if resumed is not None:
        return f"ditangguhkan, lalu {number[resumed.to]}" if resumed.to else "ditangguhkan"
    if detour is not None:
        return f"{done} atau {number[detour.to]}" if detour.to else f"{done} atau selesai"
    return done


Result = dict[str, object]


def _judged(path: Path) -> Result:
    try:
        return _sound(str(path), load_file(path))
    except LaikError as refusal:
        return {
            "file": str(path),
            "ok": False,
            "line": refusal.where.line,
            "column": refusal.where.column,
            "error": {language: refusal.explain(language) for language in ("id", "en")},
        }


def _sound(file: str, procedure: Procedure) -> Result:
    found = [{"id": one.id, "en": one.en} for one in remarks(procedure)]
    return {"file": file, "ok": True, "id": procedure.id, "steps": len(procedure.steps), "remarks": found}


def _show_result(result: Result) -> None:
    if not result["ok"]:
        error = result["error"]
        click.echo(error["id"] if isinstance(error, dict) else error, err=True)
        return
    click.echo(f"{result['file']}: baik, {result['steps']} langkah")
    found = result["remarks"]
    for remark in found if isinstance(found, list) else ():
        click.echo(f"  catatan: {remark['id']}")


def _json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A drawn table on a terminal, tab-separated lines for programs."""
    if not sys.stdout.isatty():
        for row in (headers, *rows):
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for position, header in enumerate(headers):
        table.add_column(header, overflow="fold", no_wrap=position < 2)  # numbers and keys stay whole
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # as Text, so that "[...]" in a SOP is no markup
    Console().print(table)
