from __future__ import annotations

import pytest

from automation.core.evidence import CODE, Evidence, State
from automation.core.finding import Outcome
from tests.checks.worlds import CODE_DIGEST, document, down, judged, keys, outcomes, without, world

ID = "installation_is_compared"
PATH = "pengujian/instalasi.yaml"
DOCUMENTS = {"laporan_instalasi_pengujian": document("yaml", PATH)}
GOOD = f"""\
format: laik/instalasi/1
digest_kode: "{CODE_DIGEST[:32]}"
tanggal: 2026-06-02
server: uji-1
langkah: [Menyalin kode, Menjalankan migrasi]
banding:
  - {{butir: Antrean, dipresentasikan: nomor tampil, terpasang: nomor tampil, hasil: sesuai}}
  - {{butir: Laporan, dipresentasikan: PDF, terpasang: CSV, hasil: tidak_sesuai, catatan: Pustaka belum ada}}
"""


def findings_for(text: str):
    return judged(ID, world({PATH: text}, documents=DOCUMENTS))


def test_a_table_without_gaps_passes_and_counts_what_differs():
    (finding,) = findings_for(GOOD)
    assert finding.outcome is Outcome.PASS
    assert "1 tidak sesuai" in finding.seen.id


def test_another_code_than_the_candidate_fails_and_the_right_digest_is_told():
    (finding,) = findings_for(GOOD.replace(CODE_DIGEST[:32], "0" * 32))
    assert (finding.outcome, finding.key) == (Outcome.FAIL, "digest_kode")
    assert CODE_DIGEST in finding.remedy.id


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (", catatan: Pustaka belum ada", "", "banding.1.catatan"),
        ("Pustaka belum ada", "ISI DI SINI", "banding.1.catatan"),
        ("butir: Laporan", "butir: ANTREAN", "banding.1.butir"),
        ("terpasang: CSV, ", "", "banding.1.terpasang"),
        ("hasil: sesuai", "hasil: mirip", "banding.0.hasil"),
        ("server: uji-1\n", "", "server"),
        ("[Menyalin kode, Menjalankan migrasi]", "[]", "langkah"),
    ],
)
def test_a_gap_fails_at_its_key(old, new, key):
    assert keys(findings_for(GOOD.replace(old, new))) == {key}


def test_no_report_and_no_code_wait_and_what_is_unknown_is_an_error():
    view = world({PATH: GOOD}, documents=DOCUMENTS)
    assert outcomes(judged(ID, world({}, documents=DOCUMENTS))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(view, Evidence(CODE, State.ABSENT)))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(view, down(CODE)))) == {Outcome.ERROR}
    assert outcomes(judged(ID, without(view, down("doc:laporan_instalasi_pengujian")))) == {Outcome.ERROR}
