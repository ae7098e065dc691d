from __future__ import annotations

import json
import subprocess

import pytest

from automation.cli import run
from tests.checks.worlds import PNG

FOLDER = "dokumen/presentasi-awal/"
FILES = {
    FOLDER + "mockup/beranda.png": PNG,
    FOLDER
    + "aplikasi-sejenis.md": b"# Sejenis\n\nSistem antrean puskesmas milik Dinas Kesehatan, tahun 2024.\n",
    FOLDER + "alur-proses.md": b"# Alur\n\nPasien mengambil nomor, petugas memanggil, laporan tersimpan.\n",
    "app.py": b"def tambah(a: int, b: int) -> int:\n    return a + b\n",
}


def clone(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    identity = ["-c", "user.name=uji", "-c", "user.email=uji@contoh.go.id"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "isi"]):
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)
    return folder


def checked(capsys, *arguments):
    code = run(["check", "run", "--json", *map(str, arguments)])
    return code, json.loads(capsys.readouterr().out)


def outcomes(data):
    return {(one["step"], one["check"]): one["outcome"] for one in data["results"]}


def test_a_developers_clone_passes_what_it_holds_and_leaves_the_rest_unjudged(tmp_path, capsys):
    code, data = checked(capsys, "--repo", clone(tmp_path, FILES), "--step", "presentasi-awal")
    assert code == 0
    assert set(outcomes(data).values()) == {"pass"}
    assert len(data["code_digest"]) == 64


def test_what_is_kept_elsewhere_is_never_passed(tmp_path, capsys):
    _, data = checked(capsys, "--repo", clone(tmp_path, FILES), "--step", "analisis")
    (result,) = data["results"]
    assert (result["outcome"], result["not_judged_needs"]) == (None, ["doc:laporan_hasil_analisis"])


def test_a_run_that_judges_nothing_is_no_success(tmp_path, capsys):
    code, data = checked(capsys, "--repo", clone(tmp_path, FILES), "--step", "analisis")
    assert (code, data["ok"]) == (1, False)


def test_an_untouched_template_ends_with_code_one_and_says_where(tmp_path, capsys):
    files = {**FILES, FOLDER + "alur-proses.md": b"# Alur\n\nISI DI SINI\n"}
    assert run(["check", "run", "--repo", str(clone(tmp_path, files)), "--step", "presentasi-awal"]) == 1
    shown = capsys.readouterr().out
    assert "alur-proses.md" in shown
    assert "Pengembang menulis" in shown


def test_the_scan_judges_the_commit_of_the_clone(tmp_path, capsys):
    secret = (
        b'import subprocess\nsubprocess.call(input(), shell=True)\npassword = "S4ngat-Rahasia-Sekali-99"\n'
    )
    code, data = checked(
        capsys, "--repo", clone(tmp_path, {**FILES, "jahat.py": secret}), "--step", "uji-keamanan"
    )
    assert code == 1
    (scan,) = [one for one in data["results"] if one["check"] == "security_scan_passed"]
    assert scan["outcome"] == "fail"
    assert {one["file"] for one in scan["findings"] if one["outcome"] == "fail"} == {"jahat.py"}


def test_a_case_file_is_judged_with_the_vendors_accounts_it_names(tmp_path, capsys):
    from tests.checks.uat import RESULTS, SCENARIOS

    vendor = (
        "format: laik/penyedia/1\nnama: PT Vendor Maju\nnomor_kontrak: SPK/15\n"
        "tanggal_kontrak: 2026-03-02\nakun: [tim-dinkes]\n"
    )
    files = {"uat/skenario.yaml": SCENARIOS, "uat/hasil.yaml": RESULTS, "pengadaan/penyedia.yaml": vendor}
    folder = clone(tmp_path, {path: text.encode() for path, text in files.items()})
    _, data = checked(capsys, "--repo", folder, "--home", "berkas", "--step", "presentasi-akhir")
    found = outcomes(data)
    assert found["presentasi-akhir", "uat_is_attached"] == "fail"
    assert found["presentasi-akhir", "uat_covers_scenarios"] == "pass"
    assert found["presentasi-akhir", "uat_passed_for_code"] is None


def test_a_folder_inside_another_clone_does_not_borrow_its_code(tmp_path, capsys):
    inner = clone(tmp_path, FILES) / "dokumen"
    _, data = checked(capsys, "--repo", inner)
    assert (data["commit"], data["code_digest"]) == (None, None)


def test_an_escape_sequence_in_a_document_does_not_reach_the_terminal(tmp_path, capsys):
    vendor = b'format: "\\e[2J"\n'
    run(
        [
            "check",
            "run",
            "--repo",
            str(clone(tmp_path, {"pengadaan/penyedia.yaml": vendor})),
            "--home",
            "berkas",
        ]
    )
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["--sop", "tidak-ada"], ["--step", "tidak-ada"], ["--repo", "/tidak/ada"]]
)
def test_an_unknown_name_is_a_usage_error(tmp_path, arguments, capsys):
    assert run(["check", "run", "--repo", str(tmp_path), *arguments]) == 2


def test_checks_are_listed_and_explained_in_both_languages(capsys):
    assert run(["check", "list"]) == 0
    assert "uat_is_attached" in capsys.readouterr().out
    assert run(["check", "explain", "uat_is_attached", "--lang", "en"]) == 0
    assert "The UAT is attached" in capsys.readouterr().out
    assert run(["check", "explain", "tidak_ada"]) == 2


def test_lists_are_json_on_request(capsys):
    run(["check", "list", "--json"])
    assert {"id", "title", "needs", "policy"} == set(json.loads(capsys.readouterr().out)[0])
    run(["check", "explain", "kak_is_legalised", "--json"])
    assert json.loads(capsys.readouterr().out)["judul"]["en"]


def test_a_builders_clone_tells_a_scaffold_from_an_application(tmp_path, capsys):
    folder = clone(tmp_path, {"app.py": b"x = 1\n", "README.md": b"# Kerangka\n"})
    step = ("--repo", folder, "--sop", "bolmut", "--step", "pengembangan")
    assert outcomes(checked(capsys, *step)[1])["pengembangan", "code_is_built"] == "fail"
    (folder / "antrean.py").write_text("def ambil() -> int:\n    return 1\n")
    identity = ["-c", "user.name=uji", "-c", "user.email=uji@contoh.go.id"]
    for arguments in (["add", "."], ["commit", "-q", "-m", "antrean"]):
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)
    code, data = checked(capsys, *step)
    assert (code, outcomes(data)["pengembangan", "code_is_built"]) == (0, "pass")


def test_the_team_that_a_case_file_names_may_not_test_its_own_work(tmp_path, capsys):
    from tests.checks.uat import RESULTS, SCENARIOS

    team = "format: laik/tim-proyek/1\nproject: Antrean\nakun: [tim-dinkes, budi]\n"
    files = {"uat/skenario.yaml": SCENARIOS, "uat/hasil.yaml": RESULTS, "penugasan/tim-proyek.yaml": team}
    folder = clone(tmp_path, {path: text.encode() for path, text in files.items()})
    _, data = checked(capsys, "--repo", folder, "--sop", "bolmut", "--home", "berkas")
    found = outcomes(data)
    assert found["presentasi-hasil", "uat_is_attached"] == "fail"
    assert found["siapkan-project", "accounts_are_named"] == "pass"
    assert found["siapkan-project", "fields_are_filled"] == "pass"
