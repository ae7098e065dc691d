"""The command itself: usable before anything is set up, in two languages, with the right exit code."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from automation import cli
from automation.cli import doctor
from automation.core.health import Check
from automation.core.text import Bilingual


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in os.environ if one.startswith("LAIK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")


def test_before_anything_is_set_up_it_names_the_missing_settings_and_looks_at_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.run(["doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    missing = {one["where"] for one in told["checks"] if one["id"] == "settings_complete"}
    assert missing == {"LAIK_URL", "LAIK_TOKEN_FILE", "LAIK_KENDALI", "LAIK_STATE"}
    states = {one["id"]: one["state"] for one in told["checks"]}
    assert states["git_program"] == "ok"
    assert {states[one] for one in ("clock", "token_scopes", "policy_loads", "branch_protected")} == {
        "unknown"
    }
    assert told["ok"] + told["warn"] + told["fail"] + told["unknown"] == len(told["checks"])


def test_a_folder_of_init_is_read_as_data_and_nothing_else_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trap = tmp_path / "jebakan"
    lines = ("LAIK_URL='http://127.0.0.1:9'", f"LAIK_KENDALI='$(touch {trap})'", f"touch {trap}", "PATH=/x")
    (tmp_path / "laik.env").write_text("\n".join(lines) + "\n")
    monkeypatch.setenv("LAIK_STATE", str(tmp_path / "lain"))
    assert cli.run(["doctor", str(tmp_path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    missing = [one for one in told["checks"] if one["id"] == "settings_complete"]
    assert {one["where"] for one in missing} == {"LAIK_TOKEN_FILE", "LAIK_STATE"}
    assert all("set -a; . FOLDER/laik.env; set +a" in one["remedy"]["id"] for one in missing)
    assert {"http://127.0.0.1:9"} == {one["where"] for one in told["checks"] if one["id"] == "forge_address"}
    assert not trap.exists()


def test_a_folder_without_settings_is_told_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["doctor", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert "laik.env" in told.err
    assert "laik init" in told.err


def test_nothing_is_made_where_nothing_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAIK_STATE", str(tmp_path / "laik"))
    assert cli.run(["doctor", "--json", "--live"]) == 1
    assert list(tmp_path.iterdir()) == []


def test_live_without_a_forge_says_what_it_waits_for(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["doctor", "--json", "--live"])
    rows = {one["id"]: one for one in json.loads(capsys.readouterr().out)["checks"]}
    assert rows["live_project"]["state"] == "unknown"
    assert "policy_loads" in rows["live_project"]["remedy"]["en"]


def test_people_read_indonesian_unless_they_ask_for_english(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["doctor"])
    indonesian = capsys.readouterr().out
    cli.run(["doctor", "--lang", "en"])
    english = capsys.readouterr().out
    assert "GAGAL" in indonesian
    assert "Setelan LAIK_URL belum diisi" in indonesian
    assert "FAIL" in english
    assert "The setting LAIK_URL is not set" in english


def test_the_table_has_the_worst_first_and_no_escape_sequences_from_the_forge(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = Bilingual("nama \x1b[2Jjahat [bold]tebal[/bold]", "x")
    check = Check("contoh", "proyek\x1b]0;x\x07")
    doctor._show([check.ok("semua", "all"), check.fail(said, said)], "id")
    shown = capsys.readouterr().out
    assert shown.index("GAGAL") < shown.index("semua")
    assert "\x1b" not in shown
    assert "[bold]tebal[/bold]" in shown
    assert "→ nama" in shown


def test_only_a_failure_makes_the_exit_code_1(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    said = Bilingual("a", "b")
    for state, code in (("ok", 0), ("warn", 0), ("unknown", 0), ("fail", 1)):
        check = Check("x")
        one = check.ok("a", "b") if state == "ok" else getattr(check, state)(said, said)
        monkeypatch.setattr(doctor, "_all_checks", lambda *_, one=one, **__: [one])
        assert cli.run(["doctor", "--json"]) == code
