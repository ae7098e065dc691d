"""``laik template``: list the bundled templates, render one, update a repository's managed files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from automation.cli._tree import TreeWriter, read_plain
from automation.collect.templates import bundled
from automation.core.answers import (
    RECORD_PATH,
    Change,
    FileChange,
    RecordedAnswers,
    digest,
    load_record,
    plan_update,
)
from automation.core.errors import InvalidRequest, RenderFailed, Where
from automation.core.render import RenderedFile, render_tree
from automation.core.template import TemplateManifest, TemplateSource
from automation.core.text import Bilingual


@click.group(name="template", help="Templat proyek: daftar, bentuk, perbarui.")
def command() -> None:
    """Project templates."""


@command.command("list", help="Templat yang ada, dengan variabelnya.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def list_templates(as_json: bool) -> None:
    """Show every bundled template."""
    sources = bundled()
    if as_json:
        click.echo(json.dumps([_described(one) for one in sources.values()], ensure_ascii=False, indent=2))
        return
    for source in sources.values():
        manifest = source.manifest
        click.echo(f"{source.id}  {manifest.versi}  {manifest.nama.id} ({len(source.files)} berkas)")
        for variable in manifest.variabel:
            need = "wajib" if variable.wajib else f"bawaan: {json.dumps(variable.bawaan, ensure_ascii=False)}"
            click.echo(f"    {variable.nama}: {variable.keterangan} [{variable.jenis}, {need}]")


@command.command("render", help="Bentuk satu templat ke dalam folder.")
@click.argument("template_id", metavar="ID")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder tujuan.")
@click.option(
    "--answer", "answers", multiple=True, metavar="KUNCI=NILAI", help="Satu jawaban; boleh diulang."
)
@click.option("--example", is_flag=True, help="Pakai jawaban contoh untuk yang tidak diberikan.")
@click.option("--force", is_flag=True, help="Tulis juga ke folder yang sudah berisi.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def render(
    template_id: str, out: Path, answers: tuple[str, ...], example: bool, force: bool, as_json: bool
) -> None:
    """Render a template; on failure only what was made here is removed."""
    source = _template(template_id)
    given: dict[str, object] = dict(source.manifest.examples()) if example else {}
    given.update(_parse_answers(source.manifest, answers))
    files = render_tree(source, given)
    _need_empty(out, force)
    TreeWriter(out).write_all(files)
    if as_json:
        click.echo(json.dumps({"templat": source.id, "folder": str(out), "berkas": _listed(files)}, indent=2))
    else:
        click.echo(f"{len(files)} berkas dari templat '{source.id}' ditulis ke {out}.")


@command.command("update", help="Perbarui berkas kelolaan Diskominfo pada satu klon.")
@click.option("--repo", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option(
    "--answer", "answers", multiple=True, metavar="KUNCI=NILAI", help="Jawaban baru; boleh diulang."
)
@click.option("--dry-run", is_flag=True, help="Tunjukkan saja; tidak ada yang ditulis.")
@click.option("--take", is_flag=True, help="Timpa juga berkas yang disunting dengan tangan.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def update(repo: Path, answers: tuple[str, ...], dry_run: bool, take: bool, as_json: bool) -> int:
    """Render the managed files anew; edited ones are named and kept unless ``--take``."""
    files, changes = _planned(repo, _record(repo), answers)
    wanted = {Change.NEW, Change.UPDATED} | ({Change.EDITED} if take else set())
    written = {one.path for one in changes if one.change in wanted}
    if not dry_run:
        TreeWriter(repo).write_all([file for file in files if file.path in written | {RECORD_PATH}])
    left = [one.path for one in changes if one.change is Change.EDITED and not take]
    _report(changes, left, as_json=as_json, dry_run=dry_run)
    return 1 if left else 0


def _planned(
    repo: Path, record: RecordedAnswers, given: Sequence[str]
) -> tuple[list[RenderedFile], tuple[FileChange, ...]]:
    """The managed files as the template has them now, and what each would need."""
    source = _template(record.templat)
    known = {variable.nama for variable in source.manifest.variabel}
    answers: dict[str, object] = {name: value for name, value in record.jawaban.items() if name in known}
    answers.update(_parse_answers(source.manifest, given))
    files = [file for file in render_tree(source, answers) if file.ownership == "managed"]
    rendered = {file.path: file.content for file in files if file.path != RECORD_PATH}
    found = {path: read_plain(repo, path) for path in rendered}
    present = {path: digest(content) for path, content in found.items() if content is not None}
    # Paths that only the record names are never opened: the repository's people can write that file.
    present |= {path: "" for path in record.berkas if path not in rendered}
    return files, plan_update(rendered, record.berkas, present)


def _report(changes: Sequence[FileChange], left: Sequence[str], *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        listing = [{"berkas": one.path, "perubahan": one.change.value} for one in changes]
        click.echo(json.dumps({"uji_coba": dry_run, "berkas": listing, "dibiarkan": list(left)}, indent=2))
        return
    for one in changes:
        click.echo(f"{one.change.value:<20} {one.path}")
    if left:
        click.echo("Berkas yang disunting dibiarkan; pakai --take untuk menimpanya.", err=True)


def _record(repo: Path) -> RecordedAnswers:
    content = read_plain(repo, RECORD_PATH)
    if content is None:
        raise RenderFailed(
            Bilingual(f"Tidak ada {RECORD_PATH}.", f"There is no {RECORD_PATH}."),
            remedy=Bilingual(
                "Hanya repositori yang dibentuk laik yang dapat diperbarui.",
                "Only a repository that laik made can be updated.",
            ),
            where=Where(file=str(repo)),
        )
    return load_record(content)


def _template(template_id: str) -> TemplateSource:
    sources = bundled()
    if template_id not in sources:
        known = ", ".join(sources)
        raise RenderFailed(
            Bilingual(
                f"Templat '{template_id[:60]}' tidak ada.", f"There is no template '{template_id[:60]}'."
            ),
            remedy=Bilingual(f"Yang ada: {known}.", f"There are: {known}."),
        )
    return sources[template_id]


def _parse_answers(manifest: TemplateManifest, answers: Sequence[str]) -> dict[str, object]:
    """``key=value`` texts as values of the declared kind; a ``daftar`` is given by repeating its key."""
    kinds = {variable.nama: variable.jenis for variable in manifest.variabel}
    given: dict[str, object] = {}
    for answer in answers:
        name, separator, value = answer.partition("=")
        if not separator:
            raise click.BadParameter(f"'{answer[:60]}' bukan KUNCI=NILAI", param_hint="--answer")
        kind = kinds.get(name, "teks")
        if kind == "daftar":
            items = given.setdefault(name, [])
            if isinstance(items, list):
                items.append(value)
        elif name in given:
            raise click.BadParameter(f"'{name[:60]}' diberikan dua kali", param_hint="--answer")
        else:
            given[name] = _converted(kind, value)
    return given


def _converted(kind: str, value: str) -> object:
    if kind == "ya_tidak":
        return {"ya": True, "true": True, "tidak": False, "false": False}.get(value.casefold(), value)
    if kind == "bilangan" and value.isascii() and value.isdigit():
        return int(value[:20])
    return value


def _need_empty(out: Path, force: bool) -> None:
    if force or not out.is_dir() or not any(out.iterdir()):
        return
    raise InvalidRequest(
        Bilingual("Folder tujuan sudah berisi.", "The target folder is not empty."),
        remedy=Bilingual(
            "Pilih folder lain, atau beri --force untuk menulis di dalamnya.",
            "Choose another folder, or give --force to write into it.",
        ),
        where=Where(file=str(out)),
    )


def _described(source: TemplateSource) -> Mapping[str, object]:
    manifest = source.manifest
    return {
        "id": source.id,
        "nama": manifest.nama.model_dump(),
        "versi": manifest.versi,
        "berkas": len(source.files),
        "variabel": [variable.model_dump(exclude_none=True) for variable in manifest.variabel],
    }


def _listed(files: Sequence[RenderedFile]) -> list[dict[str, str]]:
    return [{"path": file.path, "milik": file.ownership, "sha256": digest(file.content)} for file in files]
