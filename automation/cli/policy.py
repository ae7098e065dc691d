"""``laik policy``: the organisation's ``laik.yaml``: before it is merged, and which one is in force."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from automation.cli._lint import LintResult, show_result
from automation.collect import templates
from automation.collect.ownsops import newest
from automation.collect.procedures import read_limited
from automation.core.errors import Fault, InvalidPolicy, LaikError, told_together
from automation.core.outputport import one_line
from automation.core.policy import load_policy
from automation.core.policylint import cautions, lockouts
from automation.core.text import Bilingual, Language, indonesian_date
from automation.core.yamltext import load_mapping, placed
from automation.proposedpolicy import OnBranch, admit_by_hand, look_at_branch
from automation.wiring import known_names

if TYPE_CHECKING:
    from automation.wiring import Laik


@click.group(name="policy", help="Kebijakan (laik.yaml): periksa, yang berlaku, putuskan dengan tangan.")
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


@command.command(
    help="Kebijakan yang berlaku, sejak kapan dan oleh siapa, dan apa bedanya dengan cabang utama."
)
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def show(as_json: bool) -> None:
    """What the ledger admitted, beside what stands on the branch."""
    with _running() as laik:
        seen = look_at_branch(laik.forge, laik.office, laik.known, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(_as_data(seen), ensure_ascii=False, indent=2))
    else:
        _tell(seen)


@command.command(
    help="Berlakukan laik.yaml pada cabang utama dengan tangan; bila dua pemilik tidak ada lagi."
)
@click.option("--yes", is_flag=True, help="Tanpa bertanya.")
def admit(yes: bool) -> int:
    """The word of who runs laik's machine, where no two owners can give theirs; 1 when it was not given."""
    with _running() as laik:
        seen = look_at_branch(laik.forge, laik.office, laik.known, datetime.now(UTC))
        _tell(seen)
        if not seen.differs:
            return 0
        if (
            not seen.change.problems
            and not yes
            and not click.confirm("Berlakukan kebijakan pada cabang utama?")
        ):
            click.echo("Tidak ada yang berubah.")
            return 1
        admitted = admit_by_hand(laik.office, seen)
        click.echo(f"Berlaku: buku besar !kebijakan, entri {admitted.seq}. Berikutnya: laik reconcile --all")
        if laik.settings.sign or laik.settings.signing_key:
            click.echo("Putusan dengan tangan ditandatangani dengan tangan pula: laik ledger sign --all")
    return 0


@contextmanager
def _running() -> Iterator[Laik]:
    from automation.settings import from_environment
    from automation.wiring import build

    laik = build(from_environment())
    try:
        yield laik
    finally:
        laik.close()


WAYS = {
    "first": "kebijakan pertama yang dikenal buku besar",
    "owners": "disetujui pemiliknya, merge request {request}",
    "operator": "diputuskan dengan tangan di mesin laik",
}


def _tell(seen: OnBranch) -> None:
    standing = seen.standing
    if standing is None:
        click.echo("Belum ada kebijakan yang berlaku; yang pertama diambil saat laik berjalan.")
    else:
        way = WAYS[standing.way].format(request=standing.merge_request)
        day = indonesian_date(standing.at.date())
        click.echo(f"Berlaku sejak {day}: {way} (buku besar !kebijakan, entri {standing.seq}).")
        click.echo(f"SHA-256: {standing.digest}")
        owners = ", ".join(seen.in_force.pemilik_kebijakan) if seen.in_force else ""
        click.echo(f"Pemilik: {owners or '-'}")
    if not seen.differs:
        click.echo(f"{seen.place}: sama.")
        return
    click.echo(f"{seen.place}: lain daripada yang berlaku.")
    for one in seen.differences or ():
        click.echo(f"  {one.key}: {shown(one.before)} -> {shown(one.after)}")
    for problem in seen.change.problems:
        click.echo(f"  tidak dapat berlaku: {shown(problem.id, 500)}")


def shown(text: str, limit: int = 120) -> str:
    """Others wrote it: one line, and nothing a terminal would obey."""
    return one_line(text, limit) if text else "-"


def _as_data(seen: OnBranch) -> dict[str, object]:
    standing = seen.standing
    in_force = None
    if standing is not None:
        in_force = {
            "entry": standing.seq,
            "since": standing.at.isoformat(),
            "way": standing.way,
            "merge_request": standing.merge_request,
            "sha256": standing.digest,
            "owners": list(seen.in_force.pemilik_kebijakan) if seen.in_force else None,
        }
    found = None
    if seen.differences is not None:
        found = [{"key": one.key, "before": one.before, "after": one.after} for one in seen.differences]
    problems = [{"id": one.id, "en": one.en} for one in seen.change.problems]
    return {"in_force": in_force, "differs": seen.differs, "differences": found, "problems": problems}


def _judged(file: Path, sops: Path | None) -> LintResult:
    installed = newest(sops)
    try:
        content = read_limited(file, Bilingual("Berkas kebijakan", "The policy file"))
        policy = load_policy(content, path=str(file), known=known_names(installed, templates.bundled()))
    except LaikError as refusal:
        return LintResult(str(file), refusal=refusal)
    document = load_mapping(content, path=str(file))
    today = policy.day_of(datetime.now(UTC))
    faults = placed(document, lockouts(policy, installed, today))
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
        remarks=placed(document, cautions(policy, installed, today)),
    )


def _refused(faults: tuple[Fault, ...]) -> InvalidPolicy:
    return InvalidPolicy(
        told_together(faults),
        remedy=Bilingual(
            "Perbaiki sebelum digabungkan; kebijakan seperti ini tidak dapat berlaku.",
            "Mend it before it is merged; such a policy cannot come into force.",
        ),
        where=faults[0].where,
        faults=faults,
    )
