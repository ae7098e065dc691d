from __future__ import annotations

import pytest

from automation.core.evidence import NotCollected
from automation.core.finding import Outcome
from tests.checks.worlds import (
    DOCUMENTS,
    PDF,
    PNG,
    document,
    down,
    judged,
    keys,
    outcomes,
    sidecar,
    without,
    world,
)

ID = "letter_agrees_with_sidecar"
LETTER, BESIDE = "penugasan/surat-tugas.pdf", "penugasan/surat-tugas.naskah.yaml"


def findings_for(beside: str | bytes | None, file: bytes = PDF):
    files: dict[str, str | bytes] = {LETTER: file}
    if beside is not None:
        files[BESIDE] = beside
    return judged(ID, world(files), "surat_tugas")


def test_a_letter_described_by_its_sidecar_passes():
    assert outcomes(findings_for(sidecar("surat_tugas"))) == {Outcome.PASS}


def test_a_letter_that_was_not_handed_in_yet_waits_and_says_who_adds_what():
    (finding,) = judged(ID, world({}), "surat_tugas")
    assert finding.outcome is Outcome.PENDING
    assert LETTER in finding.remedy.id


def test_a_letter_without_sidecar_fails():
    assert keys(findings_for(None)) == {"surat_tugas.naskah"}


def test_a_letter_exchanged_after_signing_fails():
    findings = findings_for(sidecar("surat_tugas"), file=PDF + b"% diubah")
    assert keys(findings) == {"surat_tugas.sha256"}
    assert findings[0].where.line == 10


def test_a_picture_named_pdf_fails():
    assert keys(findings_for(sidecar("surat_tugas", PNG), file=PNG)) == {"surat_tugas.berkas"}


def test_an_empty_file_fails():
    assert keys(findings_for(sidecar("surat_tugas", b""), file=b"")) == {"surat_tugas.berkas"}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"jenis": "surat_undangan"}, "jenis"),
        ({"penandatangan": "{jabatan: Staf, peran: pengembang}"}, "penandatangan.peran"),
        ({"tanggal": "'2026-02-30'"}, "tanggal"),
        ({"tanggal": "1767571200"}, "tanggal"),
        ({"tanggal": "ISI DI SINI"}, "tanggal"),
        ({"hal": "ISI DI SINI"}, "hal"),
        ({"nomor": "800"}, "nomor"),
        ({"ttd": "stempel"}, "ttd"),
        ({"catatan": "kunci tambahan"}, "catatan"),
        ({"sha256": "abc"}, "sha256"),
    ],
)
def test_a_wrong_value_in_the_sidecar_fails_at_its_key(change, key):
    assert keys(findings_for(sidecar("surat_tugas", **change))) == {f"surat_tugas.{key}"}


def test_a_sidecar_with_an_alias_is_unreadable_and_fails():
    findings = findings_for("format: &a laik/naskah/1\njenis: *a\n")
    assert outcomes(findings) == {Outcome.FAIL}
    assert findings[0].where.file == BESIDE


def test_a_letter_that_needs_no_certain_signer_takes_any_role():
    files = {
        "analisis/surat-undangan.pdf": PDF,
        "analisis/surat-undangan.naskah.yaml": sidecar(
            "surat_undangan", penandatangan="{jabatan: Ketua Tim, peran: tim_teknis_diskominfo}"
        ),
    }
    assert outcomes(judged(ID, world(files), "surat_undangan")) == {Outcome.PASS}


def test_each_letter_of_the_step_is_judged_and_other_subjects_are_left_alone():
    view = world({LETTER: PDF, BESIDE: sidecar("surat_tugas")})
    findings = judged(ID, view, "kak", "surat_undangan", "surat_tugas")
    assert [(one.key, one.outcome) for one in findings] == [
        ("surat_tugas", Outcome.PASS),
        ("surat_undangan", Outcome.PENDING),
    ]


def test_a_step_without_letters_is_an_error_and_never_a_pass():
    assert outcomes(judged(ID, world({}), "kak", "form")) == {Outcome.ERROR}


def test_a_forge_that_is_down_is_an_error():
    view = without(world({}), down("doc:surat_tugas"))
    assert outcomes(judged(ID, view, "surat_tugas")) == {Outcome.ERROR}


def test_letters_not_collected_yet_are_asked_for_together():
    from automation.core.evidence import EvidenceView
    from checks import discover

    with pytest.raises(NotCollected) as asked:
        discover()[ID].judge(EvidenceView(documents=DOCUMENTS), ("surat_tugas", "kak_sah"))
    assert asked.value.ids == {"doc:surat_tugas", "doc:kak_sah"}


BOTH = {
    "berita_acara": document(
        "letter", "berita-acara.pdf", signed_by=["ka_dinas", "kepala_pd"], signatures="each"
    )
}
HEAD, AGENCY = "{jabatan: Kepala Dinas, peran: ka_dinas}", "{jabatan: Kepala PD, peran: kepala_pd}"


def signed(first: str, *others: str):
    beside = sidecar("berita_acara", penandatangan=first, penandatangan_lain=f"[{', '.join(others)}]")
    view = world({"berita-acara.pdf": PDF, "berita-acara.naskah.yaml": beside}, documents=BOTH)
    return judged(ID, view, "berita_acara")


def test_a_letter_of_both_parties_signed_by_both_passes_in_any_order():
    assert outcomes(signed(HEAD, AGENCY)) == {Outcome.PASS}
    assert outcomes(signed(AGENCY, HEAD)) == {Outcome.PASS}


@pytest.mark.parametrize(("there", "missing"), [(HEAD, "kepala_pd"), (AGENCY, "ka_dinas")])
def test_one_of_two_signatures_is_refused_and_the_missing_one_is_named(there, missing):
    for findings in (signed(there), signed(there, there)):
        assert keys(findings) == {f"berita_acara.penandatangan_lain.{missing}"}
        assert missing in findings[0].seen.id


def test_a_third_who_has_no_part_in_it_is_refused():
    findings = signed(HEAD, AGENCY, "{jabatan: Staf, peran: pengembang}")
    assert keys(findings) == {"berita_acara.penandatangan_lain.1.peran"}
