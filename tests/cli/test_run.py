"""The door of the command line: exit codes, and what help may import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from automation import cli
from automation.core.errors import LaikError
from automation.core.text import Bilingual

HEAVY = (
    "gitlab",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "pydantic",
    "dns",
    "jinja2",
    "ruamel",
    "requests",
    "rich",
)


def refused() -> None:
    raise LaikError(Bilingual("Tidak bisa.", "Cannot."), remedy=Bilingual("Perbaiki.", "Mend it."))


def defect() -> None:
    raise RuntimeError("cacat")


def interrupted() -> None:
    raise KeyboardInterrupt


def aborted() -> None:
    raise click.Abort


def misused() -> None:
    raise click.UsageError("salah pakai")


def seven() -> int:
    return 7


@pytest.mark.parametrize(
    ("work", "code", "told"),
    [
        (lambda: None, 0, ""),
        (seven, 7, ""),
        (refused, 1, "Tidak bisa. Perbaiki.\nCannot. Mend it."),
        (misused, 2, "salah pakai"),
        (defect, 3, "RuntimeError: cacat"),
        (interrupted, 130, "Dihentikan"),
        (aborted, 130, "Dihentikan"),
    ],
)
def test_each_ending_has_its_exit_code_and_is_told_on_standard_error(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    work: object,
    code: int,
    told: str,
) -> None:
    verb = click.Command("uji", callback=work)  # type: ignore[arg-type]
    monkeypatch.setattr(cli.LazyVerbs, "get_command", lambda *_: verb)
    assert cli.run(["uji"]) == code
    output = capsys.readouterr()
    assert told in output.err
    assert output.out == ""


def test_an_unknown_verb_and_an_unknown_option_are_usage_errors() -> None:
    assert cli.run(["tiada"]) == 2
    assert cli.run(["--tiada"]) == 2


def test_help_imports_no_heavy_library() -> None:
    """In a process of its own; the module list comes out after help has been shown."""
    code = (
        "import json, sys\nfrom automation.cli import run\ncode = run(['--help'])\n"
        "print(json.dumps([code, sorted({name.partition('.')[0] for name in sys.modules})]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    exit_code, modules = json.loads(done.stdout.splitlines()[-1])
    assert exit_code == 0
    assert set(HEAVY) & set(modules) == set()
    for verb in cli.VERBS:
        assert f"  {verb}  " in done.stdout


def test_a_missing_setting_is_an_expected_refusal_that_names_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LAIK_STATE", raising=False)
    for verb in (["serve"], ["reconcile", "--all"], ["case", "list"], ["case", "show", "PA-2026-0001"]):
        assert cli.run(verb) == 1
        assert "LAIK_STATE" in capsys.readouterr().err


def test_reconcile_wants_one_key_or_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["reconcile"]) == 2
    assert cli.run(["reconcile", "PA-2026-0001", "--all"]) == 2


def test_the_module_and_the_program_are_one_door(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "automation", "case", "list"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 1
    assert "LAIK_STATE" in done.stderr
