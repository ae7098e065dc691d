"""``laik demo`` at the command line; the play itself is tested in ``tests/test_demo.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation import cli


def test_a_data_folder_that_is_not_empty_is_a_usage_error_and_stays_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "catatan.txt").write_text("milik orang\n")
    assert cli.run(["demo", "--exit", "--data", str(tmp_path)]) == 2
    assert "tidak kosong" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["catatan.txt"]


def test_a_data_path_that_is_a_file_is_a_usage_error(tmp_path: Path) -> None:
    file = tmp_path / "berkas"
    file.write_text("")
    assert cli.run(["demo", "--exit", "--data", str(file)]) == 2


def test_an_unknown_option_starts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["demo", "--keluar"]) == 2
    assert "--keluar" in capsys.readouterr().err


def test_all_plays_end_by_themselves_or_do_not_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["demo", "--sop", "all"]) == 2
    assert "--exit" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "value"), [("--sop", "tiada"), ("--dialect", "gitea")])
def test_an_unknown_sop_or_dialect_starts_nothing(
    capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    assert cli.run(["demo", "--exit", option, value]) == 2
    assert value in capsys.readouterr().err
