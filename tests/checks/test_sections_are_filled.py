from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import document, down, judged, keys, outcomes, sections, without, world

ID = "sections_are_filled"
TITLES = ("Alur sistem", "Data input dan output", "Proses bisnis terkait lainnya")
DECLARED = (*TITLES[:2], "Proses bisnis terkait lainnya (bila ada)")
DOCUMENTS = {
    "proses": document("markdown", "proses.md", sections=DECLARED),
    "usulan": document("markdown", "usulan.md", sections=("Masalah",)),
    "catatan": document("markdown", "catatan.md"),
}


def findings_for(proses: str, usulan: str = sections("Masalah")):
    view = world({"proses.md": proses, "usulan.md": usulan}, documents=DOCUMENTS)
    return judged(ID, view, "proses", "usulan", "catatan", "form")


def test_documents_with_all_their_sections_pass_one_by_one():
    findings = findings_for(sections(*TITLES))
    assert [(one.key, one.outcome) for one in findings] == [
        ("proses", Outcome.PASS),
        ("usulan", Outcome.PASS),
    ]


@pytest.mark.parametrize("title", TITLES)
def test_the_missing_section_is_named(title):
    findings = findings_for(sections(*(one for one in TITLES if one != title)))
    (missing,) = [one for one in findings if not one.holds]
    assert title in missing.seen.id
    assert missing.key == f"proses.{title.casefold().replace(' ', '_')}"


@pytest.mark.parametrize("text", ["ISI DI SINI", "...", "dst", "<!-- alur -->", "Tidak ada."])
def test_a_section_that_says_nothing_fails_at_its_line(text):
    findings = findings_for(
        sections(*TITLES)
        .replace("Isi bagian ini ditulis lengkap", text, 1)
        .replace(f"{text} oleh tim yang bertugas.", text, 1)
    )
    (unfilled,) = [one for one in findings if not one.holds]
    assert (unfilled.key, unfilled.where.line) == ("proses.alur_sistem", 3)


def test_what_else_there_is_may_be_nothing_if_somebody_says_so():
    filled = sections(*TITLES[:2])
    assert keys(findings_for(f"{filled}\n## 6. Proses Bisnis Terkait Lainnya\n\nTidak ada.\n")) == set()
    assert keys(findings_for(f"{filled}\n## Proses bisnis terkait lainnya\n\n-\n")) == {
        "proses.proses_bisnis_terkait_lainnya"
    }


def test_two_documents_keep_their_faults_apart():
    findings = findings_for(sections("Alur sistem"), "# Kosong\n")
    assert keys(findings) == {
        "proses.data_input_dan_output",
        "proses.proses_bisnis_terkait_lainnya",
        "usulan.masalah",
    }


def test_an_absent_document_waits_and_an_unknown_one_is_an_error():
    view = world({"usulan.md": sections("Masalah")}, documents=DOCUMENTS)
    assert outcomes(judged(ID, view, "proses", "usulan")) == {Outcome.PENDING, Outcome.PASS}
    assert outcomes(judged(ID, without(view, down("doc:proses")), "proses")) == {Outcome.ERROR}


def test_a_step_without_declared_sections_is_an_error():
    assert outcomes(judged(ID, world({}, documents=DOCUMENTS), "catatan", "form")) == {Outcome.ERROR}
