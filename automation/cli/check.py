"""``laik check``: the checks listed, explained, and run on a clone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from automation.core.text import Bilingual, Language

if TYPE_CHECKING:
    from automation.collect.clone import Clone, Judged
    from automation.core.finding import Finding
    from automation.core.procedure import Home, Procedure, Step

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_LANGUAGE = click.option("--lang", type=click.Choice(["id", "en"]), default="id", help="Bahasa keluaran.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
_MARKS = {"pass": "✓", "fail": "✗", "error": "!", "pending": "…", "not_applicable": "-", "waived": "~"}
_WORDS = {
    "pass": Bilingual("lulus", "pass"),
    "fail": Bilingual("gagal", "fail"),
    "error": Bilingual("tidak dapat dinilai", "error"),
    "pending": Bilingual("menunggu bukti", "pending"),
    "not_applicable": Bilingual("tidak berlaku", "not applicable"),
    "waived": Bilingual("dikecualikan", "waived"),
}
_NOT_HERE = Bilingual("tidak dinilai di sini", "not judged here")


@click.group(help="Pemeriksaan: daftar, penjelasan, jalankan pada klon.")
def command() -> None:
    """Checks."""


@command.command("list")
@_LANGUAGE
@_JSON
def list_checks(lang: Language, as_json: bool) -> None:
    """Semua pemeriksaan, dengan satu kalimat tentang masing-masing."""
    from automation.collect.checkdocs import load_entries
    from checks import discover

    entries, found = load_entries(), discover()
    if as_json:
        _print_json([
            {"id": name, "title": entries[name].judul.model_dump(), "needs": found[name].needs,
             "policy": found[name].policy}
            for name in sorted(found)
        ])  # fmt: skip
        return
    width = max(len(name) for name in found)
    for name in sorted(found):
        click.echo(f"{name:<{width}}  {entries[name].judul.bilingual().inlanguage(lang)}")


@command.command()
@click.argument("check_id", metavar="ID")
@_LANGUAGE
@_JSON
def explain(check_id: str, lang: Language, as_json: bool) -> None:
    """Mengapa satu pemeriksaan ada, apa buktinya, dan apa perbaikannya."""
    from automation.collect.checkdocs import explain as explained
    from automation.collect.checkdocs import load_entries

    entries = load_entries()
    if check_id not in entries:
        known = ", ".join(sorted(entries))
        raise click.UsageError(
            f"Pemeriksaan '{_safe(check_id)}' tidak ada. / No such check. Yang ada / there are: {known}."
        )
    if as_json:
        _print_json({"id": check_id, **entries[check_id].model_dump()})
    else:
        click.echo(explained(check_id, entries[check_id], lang))


@command.command()
@click.option("--write", is_flag=True, help="Tulis checks/README.md di salinan kerja laik.")
def docs(write: bool) -> None:
    """Bentuk checks/README.md dari checks.yml."""
    import checks
    from automation.collect.checkdocs import load_entries, render_readme

    text = render_readme(load_entries(), checks.discover())
    if not write:
        click.echo(text, nl=False)
        return
    place = Path(checks.__file__).with_name("README.md")
    place.write_text(text, encoding="utf-8")
    click.echo(f"{place}: ditulis. / written.")


@command.command()
@click.option("--repo", type=_FOLDER, default=Path(), help="Folder klon (bawaan: folder ini).")
@click.option("--sop", default="lombok-tengah", show_default=True, help="Id SOP.")
@click.option("--home", type=click.Choice(["aplikasi", "berkas"]), default="aplikasi", show_default=True,
              help="Klon apa ini: repositori aplikasi atau berkas kasus.")  # fmt: skip
@click.option("--step", "step_key", help="Hanya langkah dengan kunci ini.")
@click.option("--policy", "policy_file", type=_FILE, help="laik.yaml, untuk yang membaca kebijakan.")
@_LANGUAGE
@_JSON
def run(
    repo: Path,
    sop: str,
    home: Home,
    step_key: str | None,
    policy_file: Path | None,
    lang: Language,
    as_json: bool,
) -> int:
    """Jalankan pemeriksaan atas satu klon.

    Dokumen dinilai dari folder kerja, kode dari commit HEAD. Keluar dengan 1 bila ada yang gagal atau
    tidak ada yang dapat dinilai.
    """
    clone = _open(repo, _procedure(sop), home, policy_file)
    results = _judge_all(clone, _steps(clone.procedure, step_key))
    if as_json:
        _print_json(_as_data(clone, results))
    else:
        _print_results(clone, results, lang)
    return 0 if _holds(results) else 1


def _procedure(sop: str) -> Procedure:
    from automation.collect.procedures import bundled

    known = bundled()
    if sop not in known:
        names = ", ".join(known)
        raise click.UsageError(f"SOP '{_safe(sop)}' tidak ada. / No such SOP. Yang ada / there are: {names}.")
    return known[sop]


def _steps(procedure: Procedure, key: str | None) -> tuple[Step, ...]:
    steps = tuple(step for step in procedure.steps if key in {None, step.key})
    if not steps:
        known = ", ".join(step.key for step in procedure.steps)
        raise click.UsageError(
            f"Langkah '{_safe(key or '')}' tidak ada. / No such step. Yang ada / there are: {known}."
        )
    return steps


def _open(repo: Path, procedure: Procedure, home: Home, policy_file: Path | None) -> Clone:
    from automation.collect.clone import Clone
    from automation.core.policy import load_policy
    from automation.scan import scan_commit

    policy = load_policy(policy_file.read_bytes(), path=str(policy_file)) if policy_file else None
    return Clone(repo, procedure=procedure, home=home, scan=scan_commit, policy=policy)


def _judge_all(clone: Clone, steps: tuple[Step, ...]) -> list[Judged]:
    from checks import discover

    known = discover()
    results: list[Judged] = []
    for step in steps:
        results += [clone.judge(known[name], step) for name in step.judging.checks]
        for branch in step.flow.branches:
            results += [clone.judge(known[name], step, branch.on) for name in branch.checks]
    return results


def _holds(results: list[Judged]) -> bool:
    """Nothing failed and something was judged: a run that judged nothing proves nothing.

    The checks of a way out of a step shut that way alone: of "available" and "unavailable" one always fails.
    """
    judged = [result for result in results if result.outcome is not None]
    whole = [result for result in judged if result.way is None]
    return bool(judged) and not any(map(_failed, whole)) and not _shut(results)


def _failed(result: Judged) -> bool:
    return result.outcome is not None and result.outcome.value in {"fail", "error"}


def _shut(results: list[Judged]) -> list[Step]:
    """Steps that no way leads out of, done or done the other way."""
    from automation.core.procedure_flow import FORWARD

    steps = {result.step.key: result.step for result in results if result.way is not None}
    closed = {(result.step.key, result.way) for result in results if result.way and _failed(result)}
    ways = {key: [one.on for one in step.flow.branches if one.on in FORWARD] for key, step in steps.items()}
    return [step for key, step in steps.items() if all((key, way) in closed for way in ways[key])]


def _as_data(clone: Clone, results: list[Judged]) -> dict[str, Any]:
    return {
        "ok": _holds(results),
        "sop": clone.procedure.id,
        "version": clone.procedure.version,
        "home": clone.home,
        "commit": clone.commit,
        "code_digest": clone.code_digest,
        "results": [
            {
                "step": result.step.key,
                "check": result.check,
                "way": result.way,
                "outcome": result.outcome.value if result.outcome else None,
                "not_judged_needs": list(result.missing),
                "findings": [_finding_data(finding) for finding in result.findings],
            }
            for result in results
        ],
    }


def _finding_data(finding: Finding) -> dict[str, Any]:
    return {
        "outcome": finding.outcome.value,
        "key": finding.key,
        "seen": {"id": finding.seen.id, "en": finding.seen.en},
        "remedy": {"id": finding.remedy.id, "en": finding.remedy.en},
        "file": finding.where.file,
        "line": finding.where.line,
        "column": finding.where.column,
    }


def _print_results(clone: Clone, results: list[Judged], lang: Language) -> None:
    head = clone.commit[:12] if clone.commit else "-"
    click.echo(f"SOP {clone.procedure.id} {clone.procedure.version}, {clone.home}, HEAD {head}")
    if clone.code_digest:
        click.echo(f"digest_kode: {clone.code_digest}")
    before: Step | None = None
    for result in results:
        if result.step is not before:
            before = result.step
            click.echo(f"\n{before.number}. {before.key}")
        _print_result(result, lang)
    click.echo()
    click.echo(_summary(results).inlanguage(lang))


def _print_result(result: Judged, lang: Language) -> None:
    if result.way is not None:
        branch = result.step.way(result.way)
        told = Bilingual(f"hanya untuk cabang '{result.way}'", f"only for the way '{result.way}'")
        click.echo(f"  ({told.inlanguage(lang)}: {_safe(branch.when if branch else '')})")
    if result.outcome is None:
        needs = ", ".join(result.missing)
        click.echo(f"  ? {result.check}: {_NOT_HERE.inlanguage(lang)} ({_safe(needs)})")
        return
    click.echo(
        f"  {_MARKS[result.outcome.value]} {result.check}: {_WORDS[result.outcome.value].inlanguage(lang)}"
    )
    for finding in result.findings:
        place = f"{finding.where}: " if str(finding.where) else ""
        click.echo(f"      {_safe(place + finding.seen.inlanguage(lang))}")
        if finding.remedy.id and not finding.holds:
            click.echo(f"      -> {_safe(finding.remedy.inlanguage(lang))}")


def _summary(results: list[Judged]) -> Bilingual:
    judged = [result for result in results if result.outcome is not None]
    bad = sum(_failed(result) and result.way is None for result in judged)
    shut = ", ".join(step.key for step in _shut(results))
    waiting = sum(result.outcome == "pending" for result in judged)
    elsewhere = len(results) - len(judged)
    if not judged:
        return Bilingual(
            "Tidak ada yang dapat dinilai di klon ini; itu bukan lulus.",
            "Nothing could be judged in this clone; that is not a pass.",
        )
    return Bilingual(
        f"{len(judged)} dinilai: {bad} gagal, {waiting} menunggu bukti;"
        f" {elsewhere} tidak dinilai di sini (buktinya tidak ada di klon ini)."
        + (f" Tidak ada cabang yang terbuka pada: {shut}." if shut else ""),
        f"{len(judged)} judged: {bad} failed, {waiting} waiting for evidence;"
        f" {elsewhere} not judged here (their evidence is not in this clone)."
        + (f" No way is open at: {shut}." if shut else ""),
    )


def _safe(text: str) -> str:
    """Text of a repository on one terminal line: an escape sequence in a file name must not run."""
    return "".join(ch if ch.isprintable() else "\ufffd" for ch in text)


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
