from __future__ import annotations

import json
from pathlib import Path

import pytest

from automation.cli import run

SOURCE = Path(__file__).parents[2] / "checks/sop/lombok-tengah.yaml"


def test_the_list_names_the_sop_for_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sop", "list"]) == 0
    assert "lombok-tengah\t2021.1\t15" in capsys.readouterr().out
    assert run(["sop", "list", "--json"]) == 0
    (only,) = [one for one in json.loads(capsys.readouterr().out) if one["id"] == "lombok-tengah"]
    assert only["steps"] == 15


def test_a_sop_is_shown_by_its_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sop", "show", "lombok-tengah"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines() if "\t" in line]
    by_number = {row[0]: row for row in rows[1:]}
    assert list(by_number) == [str(number) for number in range(1, 16)]
    assert by_number["8"][5:7] == ["9", "7"]
    assert by_number["15"][5] == "selesai"


def test_a_sop_is_given_whole_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sop", "show", "lombok-tengah", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert len(data["steps"]) == 15
    assert data["steps"][5]["duration"] == {"raw": "7 Hari", "iso": "P7D", "iso_max": None}


def test_an_unknown_sop_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sop", "show", "lombok-timur"]) == 1
    assert "lombok-tengah" in capsys.readouterr().err


def test_the_bundled_sops_pass_the_lint(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sop", "lint"]) == 0
    assert "lombok-tengah.yaml: baik, 15 langkah" in capsys.readouterr().out


def test_the_lint_judges_every_file_and_names_the_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "rusak.yaml"
    broken.write_text("format: laik/sop/1\nid: a\nid: b\n", encoding="utf-8")
    assert run(["sop", "lint", str(broken), str(tmp_path / "tiada.yaml"), str(SOURCE)]) == 1
    captured = capsys.readouterr()
    assert f"{broken}:3:1" in captured.err
    assert "tiada.yaml" in captured.err
    assert "baik, 15 langkah" in captured.out


def test_the_lint_gives_places_to_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SOURCE.read_text(encoding="utf-8").replace("by: [kepala_pd]", "by: [kepala_pdd]", 1)
    copy = tmp_path / "lombok-tengah.yaml"
    copy.write_text(text, encoding="utf-8")
    assert run(["sop", "lint", "--json", str(copy)]) == 1
    (result,) = json.loads(capsys.readouterr().out)
    line = next(at for at, one in enumerate(text.splitlines(), 1) if "kepala_pdd" in one)
    assert (result["ok"], result["line"]) == (False, line)
    assert "kepala_pdd" in result["error"]["en"]


def test_the_other_way_and_the_suspension_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sop", "show", "bolmut"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines() if "\t" in line]
    by_number = {row[0]: row for row in rows[1:]}
    assert by_number["6"][5] == "8 atau 7"
    assert by_number["7"][5] == "ditangguhkan, lalu 6"
    assert by_number["7"][3] == "-"


def test_a_continuation_is_listed_with_what_it_continues_and_lints_as_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["sop", "list", "--json"]) == 0
    continued = {one["id"]: one["continues"] for one in json.loads(capsys.readouterr().out)}
    assert continued["bali-lanjutan"] == "bali"
    assert continued["bali"] is None
    assert run(["sop", "lint", str(SOURCE.with_name("bali-lanjutan.yaml"))]) == 0
    assert "bali-lanjutan.yaml: baik, 16 langkah" in capsys.readouterr().out
