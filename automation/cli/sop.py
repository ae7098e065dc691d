"""``laik sop``: list the SOPs, show one, lint SOP files, draw one, print its official document."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from automation.cli._lint import LintResult, show_result
from automation.cli._out import write_out
from automation.collect.procedures import SopFile, bundled, load_file, read_bundled, read_file, read_limited
from automation.core.confirmation import confirm
from automation.core.errors import InvalidPolicy, InvalidProcedure, LaikError, Where
from automation.core.flowsvg import svg_of
from automation.core.mermaid import mermaid_of
from automation.core.policy import Policy, load_policy
from automation.core.procedure import Procedure, Step
from automation.core.procedure_continuation import in_continuation
from automation.core.readings import added, readings_of
from automation.core.soplint import inferred, remarks
from automation.core.text import Bilingual, Language
from automation.core.yamltext import load_mapping, placed


@click.group(name="sop", help="SOP: daftar, isi, periksa, bagan, dokumen resmi.")
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
        (one.id, one.version, str(len(one.steps)), one.title.id, one.identity.government, _origin(one))
        for one in procedures
    ]
    _table(("ID", "Versi", "Langkah", "Judul", "Pemerintah", "Asal"), rows)


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
    for title, lines in _notes(procedure):
        click.echo(f"\n{title}")
        for line in lines:
            click.echo(f"  - {line}")


@command.command("lint", help="Periksa berkas SOP; tanpa berkas: semua SOP bawaan.")
@click.argument("files", metavar="[BERKAS]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", help="Bahasa pesan.")
def lint(files: tuple[Path, ...], as_json: bool, lang: Language) -> int:
    """Every file is judged, whatever the one before it was; 1 when any is refused."""
    results = [_judged(path) for path in files] if files else [_sound(file) for file in read_bundled()]
    if as_json:
        _json([result.as_data() for result in results])
    else:
        for result in results:
            show_result(result, lang)
    return int(any(result.refusal is not None for result in results))


@command.command("graph", help="Bagan alir satu SOP: teks Mermaid, atau SVG dengan kolom pelaksana.")
@click.argument("sop_id", metavar="ID")
@click.option(
    "--format", "kind", type=click.Choice(["mermaid", "svg"]), default="mermaid", help="Bentuk bagan."
)
@click.option("--out", type=click.Path(path_type=Path), help="Berkas tujuan; tanpa ini ke layar.")
def graph(sop_id: str, kind: str, out: Path | None) -> None:
    """The same SOP gives the same bytes."""
    procedure = _chosen(sop_id)
    drawn = svg_of(procedure) if kind == "svg" else mermaid_of(procedure)
    if out is None:
        click.echo(drawn, nl=False)
    else:
        write_out(out, drawn.encode("utf-8"))


@command.command("document", help="Dokumen resmi satu SOP sebagai PDF: identitas dan bagan alir.")
@click.argument("sop_id", metavar="ID")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Berkas PDF tujuan.")
@click.option("--policy", type=click.Path(path_type=Path), help="laik.yaml daerah yang menerapkannya.")
def document(sop_id: str, out: Path, policy: Path | None) -> None:
    """The same SOP gives the same bytes; positions only, never a person."""
    from automation.letters.sopdocument import sop_document  # Typst is heavy, and no other verb needs it

    procedure = _chosen(sop_id)
    if policy is None:
        write_out(out, sop_document(procedure))
        return
    adopted = _adopting(procedure, policy)
    enforced = confirm(procedure, adopted.penegakan.get(procedure.id))
    write_out(out, sop_document(enforced, adopted_by=adopted.organisasi))


def _adopting(procedure: Procedure, file: Path) -> Policy:
    """The policy that applies the SOP; one that does not offer it is refused."""
    content = read_limited(file, Bilingual("Berkas kebijakan", "The policy file"))
    policy = load_policy(content, path=str(file))
    if procedure.id not in policy.sop:
        offered = ", ".join(policy.sop)
        raise InvalidPolicy(
            Bilingual(
                f"Kebijakan tidak menerapkan SOP '{procedure.id}', hanya: {offered}.",
                f"The policy does not offer the SOP '{procedure.id}', only: {offered}.",
            ),
            remedy=Bilingual(
                "Pilih salah satu SOP itu, atau tambahkan pada kunci 'sop'.",
                "Choose one of those, or add it under 'sop'.",
            ),
            where=Where(str(file), *load_mapping(content, path=str(file)).mark("sop")),
        )
    return policy


def _chosen(sop_id: str) -> Procedure:
    """A SOP that laik ships by its id, or any SOP file by its path."""
    if sop_id.endswith(".yaml"):
        return load_file(Path(sop_id))
    procedures = bundled()
    if sop_id not in procedures:
        known = ", ".join(procedures)
        raise InvalidProcedure(
            Bilingual(f"Tidak ada SOP '{sop_id}'.", f"There is no SOP '{sop_id}'."),
            remedy=Bilingual(
                f"Pilih salah satu: {known}; atau sebut berkas .yaml.",
                f"Choose one of: {known}; or name a .yaml file.",
            ),
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


def _origin(procedure: Procedure) -> str:
    """Whether the region's own SOP says all of it."""
    return f"'{procedure.continues}' dan tambahan di luar sumber" if procedure.continues else "sumber"


def _notes(procedure: Procedure) -> Iterable[tuple[str, Sequence[str]]]:
    """What the table cannot say: what is no word of the source, and what its region has to settle."""
    if more := added(procedure):
        numbers = ", ".join(str(step.number) for step in more)
        yield (
            f"Tambahan di luar sumber, dijalankan hanya bila kebijakan menyebut '{procedure.id}' pada 'sop':",
            [f"langkah {numbers}"],
        )
    if readings := readings_of(procedure):
        yield (
            f"Bacaan laik; daerah menegaskannya pada kebijakan, 'penegakan: {{{procedure.id}: ...}}':",
            [f"langkah {one.number}, {one.key} '{one.name}': {one.said}" for one in readings],
        )
    if procedure.open_questions:
        yield "Pertanyaan yang perlu dijawab daerah:", procedure.open_questions
    if procedure.errata:
        slips = [f"{one.where}: {one.found}; dibaca: {one.read_as}" for one in procedure.errata]
        yield "Salah tulis pada sumber, dan cara membacanya:", slips


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
        "tambahan" if step in added(procedure) else str(inferred(step)),
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


def _judged(path: Path) -> LintResult:
    try:
        return _sound(read_file(path))
    except LaikError as refusal:
        return LintResult(str(path), refusal=refusal)


def _sound(file: SopFile) -> LintResult:
    """A continuation is remarked on for what it adds; the SOP that it continues has its own remarks."""
    document, steps = file.document, len(file.procedure.steps)
    found = remarks(file.procedure)
    if file.base is not None:
        found = tuple(one for whole in found if (one := in_continuation(file.base, whole)))
    return LintResult(
        document.path,
        summary={"id": file.procedure.id, "steps": steps},
        praise=Bilingual(f"baik, {steps} langkah", f"sound, {steps} steps"),
        remarks=placed(document, found),
    )


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
