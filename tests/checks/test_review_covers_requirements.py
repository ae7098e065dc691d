from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.requirements import REVIEW, findings_for, needs_world
from tests.checks.worlds import down, judged, keys, outcomes, without

ID = "review_covers_requirements"


def test_a_status_for_every_requirement_by_both_parties_passes():
    assert outcomes(findings_for(ID)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("  - {id: KBT-001, status: diterima}\n", "", {"kebutuhan.KBT-001"}),
        (
            "KBT-002",
            "KBT-001",
            {"kebutuhan.0.id", "kebutuhan.1.id", "kebutuhan.KBT-002", "kebutuhan.1.status"},
        ),
        ("KBT-002", "KBT-009", {"kebutuhan.1.id", "kebutuhan.KBT-002"}),
        ("KBT-001, status: diterima", "KBT-001, status: ditolak", {"kebutuhan.0.status"}),
        ("KBT-001, status: diterima", "KBT-001, status: lulus", {"kebutuhan.0.status"}),
        (", catatan: Menunggu format laporan", "", {"kebutuhan.1.catatan"}),
        ("unit: Dinas Kesehatan", "unit: bidang  e-government", {"peserta"}),
        ("tindak_lanjut: Tidak ada\n", "", {"tindak_lanjut"}),
    ],
)
def test_a_report_with_a_gap_fails_at_its_key(old, new, found):
    assert keys(findings_for(ID, laporan_hasil_review=REVIEW.replace(old, new))) == found


def test_missing_documents_wait_and_unknown_ones_are_an_error():
    for name in ("laporan_hasil_review", "kebutuhan"):
        assert outcomes(findings_for(ID, name)) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(needs_world(), down("doc:laporan_review")))) == {Outcome.ERROR}
