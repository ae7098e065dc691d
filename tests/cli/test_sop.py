from __future__ import annotations

import json
import re
from pathlib import Path

import pypdf
import pytest

from automation.cli import run
from automation.collect.procedures import bundled
from automation.core.confirmation import Confirmed, confirm, unknown_names
from automation.core.procedure import Procedure
from automation.core.readings import readings_of
from tests.core.test_policy import TEXT

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


def test_the_list_and_the_sop_itself_say_what_is_not_from_the_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(["sop", "list"])
    origin = {row.split("\t")[0]: row.split("\t")[-1] for row in capsys.readouterr().out.splitlines()}
    assert origin["bali"] == "sumber"
    assert origin["bali-lanjutan"] == "'bali' dan tambahan di luar sumber"
    run(["sop", "show", "bali-lanjutan"])
    shown = capsys.readouterr().out
    rows = [line.split("\t") for line in shown.splitlines() if "\t" in line]
    assert [row[0] for row in rows if row[-1] == "tambahan"] == [str(number) for number in range(8, 17)]
    assert "langkah 8, 9, 10, 11, 12, 13, 14, 15, 16" in shown


def test_a_region_is_told_what_it_can_confirm_under_which_name(capsys: pytest.CaptureFixture[str]) -> None:
    run(["sop", "show", "bolmut"])
    shown = capsys.readouterr().out
    assert "langkah 2, cabang 'periksa-daftar-kebutuhan:detour': belum ada / belum lengkap (ke 3)" in shown
    assert "langkah 4, pelaksana 'daftar-kebutuhan': Kabid Aptika; keyakinan rendah; kandidat lain" in shown
    assert "susun-rencana:" not in shown  # what the source states is no reading
    assert "Siapa menandatangani surat rekomendasi Tim Teknis (16)?" in shown
    assert "langkah 7: ketidakterediaan; dibaca: ketidaktersediaan" in shown


@pytest.mark.parametrize("sop", bundled().values(), ids=list(bundled()))
def test_every_reading_that_is_told_can_be_confirmed_and_then_is_none(sop: Procedure) -> None:
    told = readings_of(sop)
    ways = tuple(one.name for one in told if one.key == "cabang")
    confirmed = Confirmed(cabang=ways, pelaksana=tuple(one.name for one in told if one.key == "pelaksana"))
    assert not list(unknown_names(sop, confirmed))
    assert readings_of(confirm(sop, confirmed)) == ()


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
    (fault,) = result["faults"]
    assert (fault["line"], fault["column"]) == (line, result["column"])
    assert "mungkin maksudnya 'kepala_pd'" in fault["id"]
    assert "perhaps 'kepala_pd' was meant" in fault["en"]
    assert result["remedy"]["id"]
    assert result["remedy"]["en"]


def test_a_check_whose_document_is_nowhere_is_refused_where_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bolmut = SOURCE.with_name("bolmut.yaml").read_text(encoding="utf-8")
    text = bolmut.replace(
        "        - code_is_built\n", "        - code_is_built\n        - kak_is_legalised\n"
    )
    copy = tmp_path / "bolmut.yaml"
    copy.write_text(text, encoding="utf-8")
    assert run(["sop", "lint", "--lang", "en", str(copy)]) == 1
    told = capsys.readouterr().err
    line = next(at for at, one in enumerate(text.splitlines(), 1) if "code_is_built" in one)
    assert "The check 'kak_is_legalised' reads the document 'kak_sah', which is not declared" in told
    assert f"{copy}:{line - 1}:" in told or f"{copy}:{line}:" in told


def test_the_lint_names_every_fault_on_a_line_of_its_own_in_either_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SOURCE.read_text(encoding="utf-8").replace("by: [kepala_pd]", "by: [kepala_pdd]", 1)
    text = text.replace("        - security_scan_passed\n", "")
    copy = tmp_path / "lombok-tengah.yaml"
    copy.write_text(text, encoding="utf-8")
    for language, lowered in (("id", "Lantai organisasi diturunkan"), ("en", "floor is lowered")):
        assert run(["sop", "lint", "--lang", language, str(copy)]) == 1
        first, second, remedy = capsys.readouterr().err.splitlines()
        assert first.startswith(f"{copy}:")
        assert "kepala_pdd" in first
        assert second.startswith(f"{copy}:")
        assert lowered in second
        assert remedy


def test_the_lint_gives_the_place_of_every_remark(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sop", "lint", "--json", str(SOURCE)]) == 0
    (result,) = json.loads(capsys.readouterr().out)
    rows = SOURCE.read_text(encoding="utf-8").splitlines()
    foreign = [one for one in result["remarks"] if "Lombok Timur" in one["en"]]
    assert [rows[one["line"] - 1].strip().split(":")[0] for one in foreign] == ["verbatim", "verbatim"]
    assert all(one["line"] and one["column"] and one["id"] for one in result["remarks"])


def test_a_sop_is_drawn_as_mermaid_or_svg_on_screen_or_into_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sop", "graph", "lombok-tengah"]) == 0
    assert capsys.readouterr().out.startswith("flowchart TD\n")
    file = tmp_path / "bagan.svg"
    assert run(["sop", "graph", str(SOURCE), "--format", "svg", "--out", str(file)]) == 0
    assert capsys.readouterr().out == ""
    assert file.read_text(encoding="utf-8").startswith("<svg ")
    assert [one.name for one in tmp_path.iterdir()] == ["bagan.svg"]


def test_a_drawing_that_cannot_be_written_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sop", "graph", "lombok-tengah", "--out", str(tmp_path / "tiada" / "bagan.mmd")]) == 1
    assert "bagan.mmd" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_official_document_is_written_as_a_pdf(tmp_path: Path) -> None:
    file = tmp_path / "sop.pdf"
    assert run(["sop", "document", "lombok-tengah", "--out", str(file)]) == 0
    assert file.read_bytes().startswith(b"%PDF-")


def test_the_document_names_who_applies_it_and_a_policy_without_the_sop_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy, file = tmp_path / "laik.yaml", tmp_path / "sop.pdf"
    policy.write_text(TEXT, encoding="utf-8")
    assert run(["sop", "document", "lombok-tengah", "--out", str(file), "--policy", str(policy)]) == 0
    assert run(["sop", "document", "bali", "--out", str(tmp_path / "b.pdf"), "--policy", str(policy)]) == 1
    assert f"{policy}:4:1" in capsys.readouterr().err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["laik.yaml", "sop.pdf"]


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


def test_what_the_policy_confirms_is_printed_as_the_regions_own_rule(tmp_path: Path) -> None:
    policy, plain, enforced = tmp_path / "laik.yaml", tmp_path / "a.pdf", tmp_path / "b.pdf"
    policy.write_text(TEXT + "penegakan: {lombok-tengah: {cabang: semua}}\n", encoding="utf-8")
    assert run(["sop", "document", "lombok-tengah", "--out", str(plain)]) == 0
    assert run(["sop", "document", "lombok-tengah", "--out", str(enforced), "--policy", str(policy)]) == 0
    sent_back = "tidak: tidak disetujui (ke 7)".replace(" ", "")
    texts = [
        re.sub(r"\s", "", "".join(page.extract_text() for page in pypdf.PdfReader(file).pages))
        for file in (plain, enforced)
    ]
    assert f"{sent_back}*" in texts[0]
    assert sent_back in texts[1]
    assert f"{sent_back}*" not in texts[1]
