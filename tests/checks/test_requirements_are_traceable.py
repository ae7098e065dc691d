from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.requirements import IDENTIFICATION, REGISTER, findings_for, needs_world
from tests.checks.worlds import down, judged, keys, outcomes, without

ID = "requirements_are_traceable"


def test_requirements_that_answer_every_need_pass():
    assert outcomes(findings_for(ID)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("KBT-002", "KBT-001", {"kebutuhan.0.id", "kebutuhan.1.id"}),
        ("KBT-002", "KBT-2", {"kebutuhan.1.id"}),
        ("Menampilkan laporan harian kepada petugas", "Ya", {"kebutuhan.1.uraian"}),
        ("Laporan memuat jumlah pasien", "ISI DI SINI", {"kebutuhan.1.kriteria_terima"}),
        ("    kriteria_terima: Laporan memuat jumlah pasien\n", "", {"kebutuhan.1.kriteria_terima"}),
        ("prioritas: tambahan", "prioritas: penting sekali", {"kebutuhan.1.prioritas"}),
        ("Perbup 18/2018", "IDN-09", {"kebutuhan.1.sumber.1"}),
        ("Perbup 18/2018", "'-a-'", {"kebutuhan.1.sumber.1"}),
        ("[IDN-01]", "[]", {"kebutuhan.0.sumber"}),
        ("[IDN-01]", "[IDN-02]", {"kebutuhan.IDN-01"}),
    ],
)
def test_a_requirement_that_cannot_be_traced_fails_at_its_key(old, new, found):
    assert keys(findings_for(ID, kebutuhan=REGISTER.replace(old, new))) == found


def test_a_need_added_later_asks_for_a_requirement():
    more = IDENTIFICATION + "- IDN-03 Kepala dinas melihat rekap bulanan\n"
    (finding,) = findings_for(ID, identifikasi_kebutuhan=more)
    assert "IDN-03" in finding.seen.id
    assert finding.where.file == "kebutuhan/kebutuhan.yaml"


def test_a_missing_document_waits_whichever_it_is():
    for name in ("kebutuhan", "identifikasi_kebutuhan"):
        assert outcomes(findings_for(ID, name)) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(needs_world(), down("doc:register_kebutuhan")))) == {Outcome.ERROR}
