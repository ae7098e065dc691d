from __future__ import annotations

import pytest

from automation.core.evidence import EvidenceView, NotCollected
from automation.core.finding import Outcome
from checks import discover
from tests.checks.worlds import PDF, PNG, document, down, judged, keys, outcomes, sections, without, world

ID = "documents_are_attached"
SIX = {
    "uat": document("yaml", "hasil/uat.yaml"),
    "penetration_testing": document("folder", "pentest/", home="rahasia"),
    "usability_testing": document("markdown", "hasil/usability-testing.md"),
    "petunjuk_pengguna": document("folder", "hasil/petunjuk-pengguna/"),
    "system_requirement": document("csv", "hasil/system-requirement.csv"),
    "petunjuk_instalasi": document("letter", "hasil/petunjuk-instalasi.pdf"),
}
FILES = {
    "hasil/uat.yaml": "format: laik/uat/1\nsimpulan: diterima\n",
    "pentest/laporan.pdf": PDF,
    "hasil/usability-testing.md": sections("Hasil"),
    "hasil/petunjuk-pengguna/layar.png": PNG,
    "hasil/system-requirement.csv": "butir,nilai\nmemori,2 GB\n",
    "hasil/petunjuk-instalasi.pdf": PDF,
}


def findings_for(files):
    return judged(ID, world(files, documents=SIX), *SIX, "code")


def test_six_documents_that_are_there_pass_each_for_itself():
    findings = findings_for(FILES)
    assert outcomes(findings) == {Outcome.PASS}
    assert {one.key for one in findings} == set(SIX)


@pytest.mark.parametrize("path", FILES)
def test_each_missing_one_is_named_and_no_other(path):
    findings = findings_for({name: text for name, text in FILES.items() if name != path})
    (missing,) = [one for one in findings if not one.holds]
    assert missing.outcome is Outcome.PENDING
    assert path.startswith(missing.where.file)
    assert missing.where.file == SIX[missing.key].path


@pytest.mark.parametrize(
    ("path", "content", "key"),
    [
        ("hasil/uat.yaml", "format: laik/uat/1\n", "uat"),
        ("hasil/uat.yaml", "format: laik/uat/1\nsimpulan: ISI DI SINI\n", "uat"),
        ("hasil/uat.yaml", "format: laik/uat/1\nhasil: [{id: UAT-01, judul: ISI DI SINI}]\n", "uat"),
        ("pentest/laporan.pdf", b"", "penetration_testing"),
        ("pentest/laporan.pdf", "ISI DI SINI", "penetration_testing"),
        ("pentest/laporan.pdf", "version https://git-lfs.github.com/spec/v1\noid x\n", "penetration_testing"),
        ("hasil/usability-testing.md", sections("Hasil", text="ISI DI SINI"), "usability_testing"),
        ("hasil/usability-testing.md", "# Uji kegunaan\n\n## Hasil\n", "usability_testing"),
        ("hasil/system-requirement.csv", "butir,nilai\n", "system_requirement"),
        ("hasil/system-requirement.csv", "butir,nilai\n-,ISI DI SINI\n", "system_requirement"),
        ("hasil/petunjuk-instalasi.pdf", b"", "petunjuk_instalasi"),
    ],
)
def test_a_placeholder_file_does_not_count(path, content, key):
    findings = findings_for({**FILES, path: content})
    assert keys(findings) == {key}
    assert outcomes(findings) == {Outcome.PASS, Outcome.FAIL}


def test_notes_about_a_folder_are_no_material():
    others = {path: text for path, text in FILES.items() if not path.startswith("hasil/petunjuk-pengguna/")}
    notes = {
        f"hasil/petunjuk-pengguna/{name}": "Letakkan petunjuk pengguna di sini, terima kasih."
        for name in (".gitkeep", "README.md", "Baca-Saya.txt")
    }
    assert keys(findings_for({**others, **notes})) == {"petunjuk_pengguna"}
    drawn = {**others, **notes, "hasil/petunjuk-pengguna/alur.mmd": "flowchart LR\n  masuk --> beranda\n"}
    assert keys(findings_for(drawn)) == set()


def test_a_broken_file_fails_and_an_unknown_one_is_an_error():
    assert keys(findings_for({**FILES, "hasil/uat.yaml": "simpulan: [\n"})) == {"uat"}
    view = without(world(FILES, documents=SIX), down("doc:uat"))
    assert outcomes(judged(ID, view, *SIX)) == {Outcome.PASS, Outcome.ERROR}


def test_a_step_without_documents_is_an_error_and_never_a_pass():
    assert outcomes(judged(ID, world(FILES, documents=SIX), "form", "code")) == {Outcome.ERROR}


def test_documents_not_collected_yet_are_asked_for_together():
    with pytest.raises(NotCollected) as asked:
        discover()[ID].judge(EvidenceView(documents=SIX), ("uat", "petunjuk_pengguna"))
    assert asked.value.ids == {"doc:uat", "doc:petunjuk_pengguna"}
