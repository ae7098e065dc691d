"""``laik init`` at the command line: the file to fill in, the question, the exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation import cli
from tests.effects.initworld import InitWorld, init_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InitWorld]:
    with init_world(tmp_path_factory.mktemp("init"), "gitlab") as running:
        yield running


class Terminal:
    """A person at a terminal, with one answer."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self, *_: int) -> str:
        return self._answer + "\n"


def test_the_first_run_writes_the_file_to_fill_in_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "laik"
    assert cli.run(["init", str(folder), "--dry-run"]) == 0
    assert not folder.exists()
    assert cli.run(["init", str(folder), "--forge", "github"]) == 0
    assert "Isi berkas itu" in capsys.readouterr().out
    text = (folder / "awal.yaml").read_text()
    assert "jenis: github" in text
    assert oct((folder / "awal.yaml").stat().st_mode & 0o777) == "0o640"
    assert oct((folder / "rahasia").stat().st_mode & 0o777) == "0o700"
    assert cli.run(["init", str(folder)]) == 1
    assert "Belum diisi" in capsys.readouterr().err
    assert (folder / "awal.yaml").read_text() == text


def test_without_a_token_it_says_how_to_put_it_there(
    world: InitWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    place = world.begin("tanpa-token")
    (place.secrets / "token").unlink()
    assert cli.run(["init", str(place.path), "--dry-run"]) == 1
    assert "umask 077" in capsys.readouterr().err


def test_without_a_terminal_and_without_yes_nothing_is_written(
    world: InitWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.new_office("sunyi")
    place = world.begin("sunyi")
    assert cli.run(["init", str(place.path)]) == 2
    assert "--yes" in capsys.readouterr().err
    assert not place.settings_file.exists()
    assert cli.run(["init", str(place.path), "--json"]) == 2


def test_no_means_no(
    world: InitWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.new_office("tidak")
    place = world.begin("tidak")
    monkeypatch.setattr(sys, "stdin", Terminal("n"))
    assert cli.run(["init", str(place.path)]) == 1
    assert "tidak ada yang ditulis" in capsys.readouterr().err
    assert sorted(one.name for one in place.path.iterdir()) == ["awal.yaml", "rahasia"]
    assert world.look(place)[0].todo > 20


def test_yes_sets_up_and_again_finds_nothing_to_do(
    world: InitWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world.new_office("ya")
    place = world.begin("ya")
    assert cli.run(["init", str(place.path), "--dry-run", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["todo"] == len(plan["items"]) > 20
    assert {"kind", "place", "state", "text"} == set(plan["items"][0])
    monkeypatch.setattr(sys, "stdin", Terminal("y"))
    assert cli.run(["init", str(place.path)]) == 0
    first = capsys.readouterr()
    assert "laik doctor" in first.out
    assert world.tokens["laik"] not in first.out + first.err
    assert (place.secrets / "hook-secret").read_text().strip() not in first.out + first.err
    assert cli.run(["init", str(place.path)]) == 0
    assert "Tidak ada yang perlu dikerjakan." in capsys.readouterr().out


def test_missing_rights_are_told_and_nothing_is_written(
    world: InitWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.new_office("kurang")
    place = world.begin("kurang")
    me = world.asks("GET", "/user", token=world.tokens["laik"])
    made = world.asks(
        "POST", f"/users/{me['id']}/personal_access_tokens", {"name": "baca", "scopes": ["read_api"]}
    )
    (place.secrets / "token").write_text(made["token"])
    assert cli.run(["init", str(place.path), "--yes"]) == 1
    told = capsys.readouterr()
    assert "token tidak punya hak: api" in told.out
    assert not place.settings_file.exists()


def test_a_folder_whose_name_breaks_the_settings_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["init", "/srv/laik'\nLAIK_APPLY=reboot"]) == 1
    assert "Pilih folder lain" in capsys.readouterr().err
