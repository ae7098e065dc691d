"""``laik doctor``: look at an installation from all sides; with ``--live`` try it out on the forge."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from automation.core.errors import LaikError
from automation.core.health import STATES, Diagnosis, Unread, folded, listed, report
from automation.core.text import Bilingual, Language

if TYPE_CHECKING:
    from automation.examine import Examined
    from automation.forges.base import Forge
    from automation.settings import Settings

_WORDS: Mapping[str, tuple[Bilingual, str]] = {
    "fail": (Bilingual("GAGAL", "FAIL"), "bold red"),
    "unknown": (Bilingual("TAK TAHU", "UNKNOWN"), "magenta"),
    "warn": (Bilingual("AWAS", "WARN"), "yellow"),
    "ok": (Bilingual("baik", "ok"), "green"),
}
_HEADINGS = (
    Bilingual("Keadaan", "State"),
    Bilingual("Pemeriksaan", "Check"),
    Bilingual("Keterangan", "What was seen"),
)


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--live", is_flag=True, help="Coba juga di forge, dalam proyek sekali pakai yang lalu dihapus.")
@click.option("--clean", is_flag=True, help="Hapus proyek uji yang tertinggal dari --live terdahulu.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", help="Bahasa keluaran.")
def command(folder: Path | None, live: bool, clean: bool, as_json: bool, lang: Language) -> int:
    """Periksa pemasangan laik: setelan, mesin, forge, token, kebijakan, perlindungan cabang, webhook.

    DIR adalah folder dari 'laik init': setelannya dibaca dari DIR/laik.env, bukan dari lingkungan.
    Tanpa --live dan --clean tidak ada yang ditulis, di sini maupun di forge. Keluar 1 bila ada yang gagal.
    """
    from automation.settings import survey

    environment = _environment(folder)
    settings, problems = survey(environment)
    forge = _adapter(settings, problems)
    try:
        with _progress(quiet=as_json, language=lang) as begin:
            checks = _all_checks(
                settings, problems, forge, environment=environment, live=live, clean=clean, begin=begin
            )
    finally:
        if not isinstance(forge, Unread):
            forge.close()
    if as_json:
        click.echo(json.dumps(report(checks), ensure_ascii=True))
    else:
        _show(checks, lang)
    return 1 if any(one.state == "fail" for one in checks) else 0


def _environment(folder: Path | None) -> Mapping[str, str]:
    """The settings that count: those of the folder alone, so that none of another laik gets among them."""
    from automation.setupfolder import SetupFolder

    return os.environ if folder is None else SetupFolder(folder).settings()


def _adapter(settings: Settings, problems: tuple[LaikError, ...]) -> Forge | Unread:
    """The adapter, or which setting it lacks."""
    from automation.wiring import connect

    needed = {"LAIK_FORGE", "LAIK_URL", "LAIK_TOKEN_FILE", "LAIK_APP_ID", "LAIK_APP_KEY_FILE", "LAIK_CA_FILE"}
    lacking = [one for one in problems if one.where.file in needed]
    if lacking or not settings.url or not (settings.token or settings.app):
        return Unread((lacking or list(problems))[0])
    try:
        return connect(settings)
    except LaikError as problem:
        return Unread(problem)


def _all_checks(
    settings: Settings,
    problems: tuple[LaikError, ...],
    forge: Forge | Unread,
    *,
    environment: Mapping[str, str],
    live: bool,
    clean: bool,
    begin: Callable[[Bilingual], None],
) -> list[Diagnosis]:
    from automation import smoke

    examined = _examine(settings, problems, forge, environment, begin)
    checks = list(examined.checks)
    if isinstance(forge, Unread) or not examined.case_files:
        if live or clean:
            checks.append(smoke.not_played())
        return checks
    begin(Bilingual("sisa uji terdahulu", "leftovers of earlier trials"))
    checks += smoke.leftovers(forge, examined.case_files, clean=clean)
    if live:
        checks += smoke.play(forge, settings, examined.case_files, begin=begin, tell=_tell)
    return checks


def _now() -> datetime:
    return datetime.now(UTC)


def _tell(ending: Diagnosis) -> None:
    """How the removal ended, when the live scene was broken off."""
    for text in (ending.message, ending.remedy):
        if text.id:
            click.echo(_plain(f"{text.id} / {text.en}"), err=True)


def _examine(
    settings: Settings,
    problems: tuple[LaikError, ...],
    forge: Forge | Unread,
    environment: Mapping[str, str],
    begin: Callable[[Bilingual], None],
) -> Examined:
    from automation.collect import templates
    from automation.collect.ownsops import installed
    from automation.examine import examine
    from automation.wiring import known_names

    versions, _ = installed(settings.sops)
    sops = versions.newest
    shipped = templates.bundled_for(settings.forge, settings.control_path.rpartition("/")[0])
    return examine(
        settings,
        problems,
        forge,
        environment=environment,
        versions=versions,
        known=known_names(sops, shipped),
        now=_now,
        begin=begin,
    )


@contextmanager
def _progress(*, quiet: bool, language: Language) -> Iterator[Callable[[Bilingual], None]]:
    """A line that tells what is looked at, on a terminal alone."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("…") as status:
        yield lambda what: status.update(_plain(what.inlanguage(language)))


def _show(checks: list[Diagnosis], language: Language) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(soft_wrap=False)
    table = Table(*(one.inlanguage(language) for one in _HEADINGS), show_edge=False, pad_edge=False)
    for one, *others in folded(checks):
        word, style = _WORDS[one.state]
        places = listed(dict.fromkeys(same.where for same in (one, *others) if same.where), most=4)
        seen = Text(_plain(f"{places}: " if places else ""), style="dim")
        seen.append(_plain(one.message.inlanguage(language)), style="")
        if one.seconds is not None:
            seen.append(f" ({one.seconds:.1f} s)", style="dim")
        if one.state != "ok" and one.remedy.id:
            seen.append("\n→ " + _plain(one.remedy.inlanguage(language)), style="bold")
        table.add_row(Text(word.inlanguage(language), style=style), Text(_ids(one, *others)), seen)
    console.print(table)
    console.print(_summary(checks, language), highlight=False)


def _ids(*checks: Diagnosis) -> str:
    return "\n".join(dict.fromkeys(one.id for one in checks))


def _summary(checks: list[Diagnosis], language: Language) -> str:
    counted = {state: sum(one.state == state for one in checks) for state in STATES}
    return ", ".join(f"{_WORDS[state][0].inlanguage(language)} {counted[state]}" for state in STATES)


def _plain(text: str) -> str:
    """One line for a terminal: names from the forge may carry escape sequences."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
