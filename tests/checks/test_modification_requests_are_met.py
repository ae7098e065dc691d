from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.requirements import ASKED, NOTHING_ASKED, REGISTER, findings_for, needs_world
from tests.checks.worlds import down, judged, keys, outcomes, without

ID = "modification_requests_are_met"


@pytest.mark.parametrize(
    "text",
    [
        NOTHING_ASKED,
        ASKED,
        ASKED.replace("jenis: tambah", "jenis: ubah"),
        ASKED.replace("KBT-002, jenis: tambah", "KBT-009, jenis: hapus"),
        ASKED.replace("dipenuhi", "tidak_disetujui, tanggapan: Di luar anggaran tahun ini"),
    ],
)
def test_no_request_with_a_reason_and_requests_that_are_settled_pass(text):
    assert outcomes(findings_for(ID, permintaan_modifikasi=text)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (NOTHING_ASKED.replace("Kedua pihak menerima seluruh kebutuhan", "'-'"), "alasan_nihil"),
        (NOTHING_ASKED.replace("alasan_nihil: Kedua pihak menerima seluruh kebutuhan\n", ""), "alasan_nihil"),
        (NOTHING_ASKED.replace("Kedua pihak menerima seluruh kebutuhan", "ISI DI SINI"), "alasan_nihil"),
        (NOTHING_ASKED.replace("permintaan: []\n", ""), "permintaan"),
        (ASKED + "alasan_nihil: Tidak ada permintaan\n", "alasan_nihil"),
        (ASKED.replace("dipenuhi", "belum"), "permintaan.0.status"),
        (ASKED.replace("dipenuhi", "tidak_disetujui"), "permintaan.0.tanggapan"),
        (ASKED.replace("KBT-002", "KBT-009"), "permintaan.0.kebutuhan"),
        (ASKED.replace("jenis: tambah", "jenis: hapus"), "permintaan.0.kebutuhan"),
        (ASKED.replace("KBT-002", "semua"), "permintaan.0.kebutuhan"),
    ],
)
def test_a_request_left_open_or_a_silent_document_fails_at_its_key(text, key):
    assert keys(findings_for(ID, permintaan_modifikasi=text)) == {key}


def test_a_missing_document_waits_whichever_it_is():
    for name in ("permintaan_modifikasi", "kebutuhan"):
        assert outcomes(findings_for(ID, name)) == {Outcome.PENDING}
    view = without(needs_world(), down("doc:permintaan_modifikasi"))
    assert outcomes(judged(ID, view)) == {Outcome.ERROR}


def test_a_broken_register_is_told_once_and_not_item_by_item():
    broken = REGISTER.replace("prioritas:", "penting:")
    (finding,) = findings_for(ID, kebutuhan=broken)
    assert (finding.outcome, finding.key) == (Outcome.FAIL, "register_kebutuhan")
    assert "requirements_are_traceable" in finding.remedy.id
