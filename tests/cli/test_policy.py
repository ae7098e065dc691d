from __future__ import annotations

import json
from pathlib import Path

import pytest

from automation.cli import run
from tests.core.test_policy import TEXT

SOUND = TEXT.replace("kepala_pd: [kadis]", "kepala_pd: [kadis]\n      tim_teknis_pd: [tim]")


def write(tmp_path: Path, text: str) -> str:
    file = tmp_path / "laik.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_policy_under_which_cases_can_go_on_passes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["policy", "lint", write(tmp_path, SOUND)]) == 0
    assert "setiap langkah SOP lombok-tengah dapat diputuskan" in capsys.readouterr().out


def test_a_policy_that_would_lock_everyone_out_is_refused_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, SOUND.replace("[teknis-1, teknis-2]", "[]"))
    assert run(["policy", "lint", file]) == 1
    said = capsys.readouterr().err
    assert f"{file}:8:3: Tidak ada pemegang peran tim_teknis_diskominfo" in said
    assert "langkah 13 (uji-keamanan)" in said
    assert run(["policy", "lint", "--json", file]) == 1
    result = json.loads(capsys.readouterr().out)
    assert (result["ok"], result["line"], result["column"]) == (False, 8, 3)
    assert [fault["line"] for fault in result["faults"]] == [8]
    assert "Nobody holds" in result["faults"][0]["en"]


def test_a_name_that_nothing_knows_is_refused_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, SOUND.replace("tim_teknis_pd:", "tim_tehnis_pd:"))
    assert run(["policy", "lint", "--lang", "en", file]) == 1
    assert "tim_tehnis_pd" in capsys.readouterr().err


def test_a_caution_refuses_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, SOUND.replace("teknis-1, teknis-2", "teknis-1"))
    assert run(["policy", "lint", file]) == 0
    assert "8:3: catatan: Hosting SOP lombok-tengah hanya dapat disetujui teknis-1" in capsys.readouterr().out


def test_half_a_certificate_pair_is_refused_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path, SOUND.replace("  alamat: ", "  sertifikat: /etc/a.pem\n  alamat: ", 1))
    assert run(["policy", "lint", file]) == 1
    line = SOUND[: SOUND.index("  alamat: ")].count("\n") + 1
    told = capsys.readouterr().err
    assert f"{file}:{line}:3: Pasangan sertifikat tidak lengkap: 'hosting.kunci_sertifikat'" in told


def test_a_policy_that_is_not_there_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "lint", str(tmp_path / "tiada.yaml")]) == 1
    assert "tiada.yaml" in capsys.readouterr().err


def test_a_sop_of_the_organisations_own_is_looked_at_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "sop"
    own.mkdir()
    source = (Path(__file__).parents[2] / "checks/sop/lombok-tengah.yaml").read_text(encoding="utf-8")
    text = source.replace("id: lombok-tengah\n", "id: sop-kami\n", 1)
    (own / "sop-kami.yaml").write_text(text, encoding="utf-8")
    file = write(tmp_path, SOUND.replace("sop: [lombok-tengah]", "sop: [sop-kami]"))
    assert run(["policy", "lint", file]) == 1
    assert "sop-kami" in capsys.readouterr().err
    assert run(["policy", "lint", file, "--sops", str(own)]) == 0
    emptied = write(
        tmp_path, SOUND.replace("lombok-tengah", "sop-kami").replace("[teknis-1, teknis-2]", "[]")
    )
    assert run(["policy", "lint", emptied, "--sops", str(own)]) == 1
    assert "SOP sop-kami" in capsys.readouterr().err
