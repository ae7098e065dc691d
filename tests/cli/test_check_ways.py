from __future__ import annotations

import pytest

from automation.cli import run
from tests.cli.test_check import checked, clone

HERE = "analisis/ketersediaan.yaml"
WHY = b"'Anggaran tahun depan, usulan sudah dikirim'"
ONE = f"{{tersedia: %s, keterangan: {WHY.decode()}}}"


def resources(budget):
    lines = [f"{name}: {ONE % 'ya'}" for name in ("infrastruktur", "sdm")]
    return "\n".join(["format: laik/ketersediaan/1", *lines, f"anggaran: {ONE % budget}", ""]).encode()


def ways(data):
    return {(one["way"], one["check"]): one["outcome"] for one in data["results"]}


ARGUMENTS = ("--home", "berkas", "--sop", "bolmut", "--step", "periksa-ketersediaan")


@pytest.mark.parametrize(("budget", "open_way"), [("ya", "completed"), ("tidak", "detour")])
def test_the_checks_of_a_way_are_judged_and_shut_that_way_alone(tmp_path, capsys, budget, open_way):
    folder = clone(tmp_path, {HERE: resources(budget)})
    code, data = checked(capsys, "--repo", folder, *ARGUMENTS)
    found = ways(data)
    assert found[None, "availability_is_recorded"] == "pass"
    outcome = {
        "completed": found["completed", "resources_are_available"],
        "detour": found["detour", "unavailability_is_explained"],
    }
    other = next(way for way in outcome if way != open_way)
    assert (outcome[open_way], outcome[other]) == ("pass", "fail")
    assert (code, data["ok"]) == (0, True)


def test_a_step_that_no_way_leads_out_of_fails_and_is_named(tmp_path, capsys):
    folder = clone(tmp_path, {HERE: resources("tidak").replace(WHY, b"''")})
    assert run(["check", "run", "--repo", str(folder), *ARGUMENTS]) == 1
    shown = capsys.readouterr().out
    assert "hanya untuk cabang 'detour'" in shown
    assert "Tidak ada cabang yang terbuka pada: periksa-ketersediaan." in shown


def test_of_two_alternatives_the_absent_one_is_not_asked_for(tmp_path, capsys):
    folder = clone(tmp_path, {"penugasan/surat-tugas.pdf": b"%PDF-1.4\n"})
    run(
        [
            "check",
            "run",
            "--repo",
            str(folder),
            "--home",
            "berkas",
            "--sop",
            "bali",
            "--step",
            "berita-acara-surat-tugas",
        ]
    )
    shown = capsys.readouterr().out
    assert "Surat Tugas" in shown
    assert "Berita acara pembangunan aplikasi belum ada" not in shown
