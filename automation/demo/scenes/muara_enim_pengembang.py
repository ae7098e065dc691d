"""Muara Enim, built by a contracted developer: contract, monitoring, joint review, training, release."""

from __future__ import annotations

from automation.demo import documents
from automation.demo.cast import AGENCY, Cast
from automation.demo.moves import (
    code_shown,
    deposit,
    finished,
    hand_in,
    joins,
    named_on_card,
    opened,
    propose,
    tried,
)
from automation.demo.organisation import CONTROL
from automation.demo.scene import Play, Scene
from automation.demo.scenes import muara_enim as common
from automation.demo.scenes import muara_enim_documents as papers
from automation.demo.scenes.muara_enim import DIVISION, NO_ROLE, OFFICE, SECTION, STAFF, USER, code
from automation.demo.stage import Stage

VENDORS = ("vendor-maju", "vendor-maju-2")
VENDOR = VENDORS[0]
CAST = Cast(
    sop="muara-enim-pengembang",
    office=OFFICE,
    agencies={AGENCY: {"instansi_pengguna": (USER,)}},
    others=VENDORS,
)
EXPECTED = (
    *common.EXPECTED,
    "personel_bukan_dari_penyedia",
    "monev_disetujui_pengembang",
    "review_atas_kode_lain",
    "rilis_kode_yang_tidak_direview",
)


def appointment(stage: Stage) -> None:
    """The contract stays with the office; who is appointed must be the vendor's, and all of them."""
    step = "penunjukan-analis-programmer"
    deposit(stage, SECTION, papers.contract(), "Kontrak dan perjanjian")
    record = {"pengadaan/penyedia.yaml": documents.vendor(VENDORS)}
    hand_in(stage, SECTION, {**record, **papers.staff(VENDOR, ("orang-lain",))}, "Personel pengembang")
    named_on_card(stage, "personel_bukan_dari_penyedia", SECTION, step, "orang-lain", "tidak ada pada")
    hand_in(stage, SECTION, papers.staff(VENDOR, VENDORS), "Personel dari penyedia")
    stage.approve(SECTION, "tunjuk pengembang", step)
    stage.until(lambda: "aplikasi" in stage.memory().provisioned, "repositori aplikasi tersedia")
    joins(stage, VENDOR, stage.aplikasi)


def monitoring(stage: Stage) -> None:
    """A note on progress decides nothing, nor does the developer's own word."""
    propose(stage, VENDOR, SECTION, {**papers.vendor_plan(), **code(0)}, "Rencana dan prototipe")
    before = len(stage.memory().acts)
    stage.who(DIVISION).say(CONTROL, stage.issue, "@laik monev Minggu ke-4, prototipe sudah berjalan")
    stage.until_ruled(before, "monev")
    line = stage.offered(SECTION, "setuju monev")
    tried(stage, "monev_disetujui_pengembang", VENDOR, line, NO_ROLE)
    stage.approve(DIVISION, "setuju monev", "monitoring-evaluasi")


def review(stage: Stage) -> None:
    """Sent back once; the report of the first review does not count for the mended code."""
    step = "review-bersama"
    hand_in(stage, STAFF, papers.review(code_shown(stage, SECTION)), "Laporan review")
    stage.decide(USER, "revisi review", step, "Tampilan ponsel belum rapi")
    opened(stage, "monitoring-evaluasi")
    propose(stage, VENDOR, SECTION, code(1), "Tampilan ponsel")
    stage.decide(DIVISION, "setuju monev", "monitoring-evaluasi")
    opened(stage, step)
    named_on_card(stage, "review_atas_kode_lain", SECTION, step, "Review menilai kode", "belum")
    common.accepted_review(stage)


def release(stage: Stage) -> None:
    """What goes live is the code that was reviewed."""
    hand_in(stage, STAFF, papers.release("0" * 64), "Catatan rilis kode lain")
    named_on_card(stage, "rilis_kode_yang_tidak_direview", STAFF, "implementasi", "Rilis memuat kode")
    hand_in(stage, STAFF, papers.release(code_shown(stage, SECTION)), "Catatan rilis")
    stage.until_closed("implementasi")
    finished(stage)


SCENES = (
    Scene(1, "Identifikasi kebutuhan", common.needs),
    Scene(2, "Spesifikasi kebutuhan", common.specification),
    Scene(3, "Review spesifikasi oleh kedua pihak", common.joint_specification),
    Scene(4, "Kontrak dan penunjukan pengembang", appointment),
    Scene(5, "Monitoring dan evaluasi", monitoring),
    Scene(6, "Review bersama, diperbaiki lalu diterima", review),
    Scene(7, "Pelatihan", lambda stage: common.training(stage, VENDOR)),
    Scene(8, "Implementasi", release),
)
PLAY = Play(CAST, SCENES, EXPECTED)
