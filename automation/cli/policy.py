"""``laik policy``: look at the organisation's ``laik.yaml`` before it is merged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from automation.cli._lint import LintResult, show_result
from automation.collect import templates
from automation.collect.ownsops import newest
from automation.collect.procedures import read_limited
from automation.core.documents import YamlDocument
from automation.core.errors import Fault, InvalidPolicy, LaikError, Where
from automation.core.policy import load_policy
from automation.core.policylint import cautions, lockouts
from automation.core.procedure_flow import Problem
from automation.core.text import Bilingual, Language
from automation.core.yamltext import load_mapping
from automation.wiring import known_names


@click.group(name="policy", help="Kebijakan (laik.yaml): periksa.")
def command() -> None:
    """The policy."""


@command.command("lint", help="Periksa laik.yaml: nama yang tidak ada, dan langkah yang terkunci.")
@click.argument("file", metavar="BERKAS", type=click.Path(path_type=Path))
@click.option(
    "--sops",
    type=click.Path(path_type=Path),
    envvar="LAIK_SOP",
    help="Folder SOP milik organisasi sendiri; bawaan: LAIK_SOP.",
)
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", help="Bahasa pesan.")
def lint(file: Path, sops: Path | None, as_json: bool, lang: Language) -> int:
    """1 when the policy is broken, names what does not exist, or leaves a step that nobody can decide."""
    result = _judged(file, sops)
    if as_json:
        click.echo(json.dumps(result.as_data(), ensure_ascii=False, indent=2))
    else:
        show_result(result, lang)
    return int(result.refusal is not None)


def _judged(file: Path, sops: Path | None) -> LintResult:
    installed = newest(sops)
    try:
        content = read_limited(file, Bilingual("Berkas kebijakan", "The policy file"))
        policy = load_policy(content, path=str(file), known=known_names(installed, templates.bundled()))
    except LaikError as refusal:
        return LintResult(str(file), refusal=refusal)
    document = load_mapping(content, path=str(file))
    faults = _placed(document, lockouts(policy, installed))
    if faults:
        return LintResult(str(file), refusal=_refused(faults))
    offered = ", ".join(policy.sop)
    return LintResult(
        str(file),
        summary={"sop": list(policy.sop)},
        praise=Bilingual(
            f"baik; setiap langkah SOP {offered} dapat diputuskan",
            f"sound; every step of SOP {offered} can be decided",
        ),
        remarks=_placed(document, cautions(policy, installed)),
    )


def _placed(document: YamlDocument, problems: Iterable[Problem]) -> tuple[Fault, ...]:
    found = [Fault(Where(document.path, *document.mark(place)), said) for place, said in problems]
    return tuple(sorted(found, key=lambda fault: (fault.where.line, fault.where.column)))


def _refused(faults: tuple[Fault, ...]) -> InvalidPolicy:
    return InvalidPolicy(
        Bilingual(
            " ".join(f"[baris {fault.where.line}] {fault.message.id}" for fault in faults[:20]),
            " ".join(f"[line {fault.where.line}] {fault.message.en}" for fault in faults[:20]),
        ),
        remedy=Bilingual(
            "Perbaiki kebijakan sebelum digabungkan; kasus akan berhenti di langkah itu.",
            "Mend the policy before it is merged; cases would stop at those steps.",
        ),
        where=faults[0].where,
        faults=faults,
    )
