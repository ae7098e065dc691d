"""Muara Enim, built by the e-government division itself: needs, design, UAT, reviews, training, release."""

from __future__ import annotations

from automation.demo.cast import AGENCY, Cast
from automation.demo.moves import (
    code_shown,
    finished,
    hand_in,
    joins,
    named_on_card,
    opened,
    propose,
)
from automation.demo.scene import Play, Scene
from automation.demo.scenes import muara_enim as common
from automation.demo.scenes import muara_enim_documents as papers
from automation.demo.scenes.muara_enim import OFFICE, SECTION, STAFF, USER, code
from automation.demo.stage import Stage

ANALYST, PROGRAMMERS = "analis-1", ("programmer-1", "programmer-2")
PROGRAMMER = PROGRAMMERS[0]
CAST = Cast(
    sop="muara-enim-mandiri",
    office=OFFICE,
    agencies={AGENCY: {"instansi_pengguna": (USER,)}},
    others=(ANALYST, *PROGRAMMERS),
)
EXPECTED = (
    *common.EXPECTED,
    "jumlah_programmer_berbeda",
    "kebutuhan_tanpa_skenario",
    "penguji_adalah_programmer",
)


def analyst(stage: Stage) -> None:
    """The section head appoints the analyst, who is let into the case file by it."""
    hand_in(stage, SECTION, papers.appointment("system-analyst", (ANALYST,)), "SPT system analyst")
    stage.approve(SECTION, "tunjuk system-analyst", "penunjukan-system-analyst")
    joins(stage, ANALYST, stage.berkas)


def plan(stage: Stage) -> None:
    """Plan, schedule and the number of programmers."""
    hand_in(stage, ANALYST, papers.implementation_plan(len(PROGRAMMERS)), "Rencana implementasi")
    stage.until_closed("rencana-implementasi")


def programmers(stage: Stage) -> None:
    """As many programmers as planned; with them comes the repository."""
    step = "penunjukan-programmer"
    hand_in(stage, SECTION, papers.appointment("programmer", PROGRAMMERS[:1]), "SPT programmer")
    named_on_card(stage, "jumlah_programmer_berbeda", SECTION, step, "rencana meminta 2")
    hand_in(stage, SECTION, papers.appointment("programmer", PROGRAMMERS), "SPT dua programmer")
    stage.approve(SECTION, "tunjuk programmer", step)
    stage.until(lambda: "aplikasi" in stage.memory().provisioned, "repositori aplikasi tersedia")
    joins(stage, ANALYST, stage.aplikasi)


def design(stage: Stage) -> None:
    """The analyst draws."""
    propose(stage, ANALYST, SECTION, papers.design(), "DFD dan ERD")
    stage.until_closed("dfd-erd")


def scenarios(stage: Stage) -> None:
    """A compulsory requirement without a scenario holds the prototype up."""
    hand_in(stage, ANALYST, papers.scenarios(("KBT-001",)), "Skenario UAT")
    named_on_card(stage, "kebutuhan_tanpa_skenario", ANALYST, "uat-awal", "KBT-002", "belum punya skenario")
    hand_in(stage, ANALYST, papers.scenarios(("KBT-001", "KBT-002")), "Skenario dilengkapi")
    stage.until_closed("uat-awal")


def prototype(stage: Stage) -> None:
    """The programmers build."""
    propose(stage, PROGRAMMER, SECTION, code(0), "Prototype")
    stage.until_closed("prototype")


def acceptance(stage: Stage) -> None:
    """A programmer may not test; a failed scenario sends back to the prototype, once."""
    step, digest = "pelaksanaan-uat", code_shown(stage, SECTION)
    hand_in(stage, USER, papers.acceptance(digest, tester=PROGRAMMER), "UAT oleh programmer")
    named_on_card(stage, "penguji_adalah_programmer", USER, step, PROGRAMMER, "adalah akun")
    hand_in(stage, USER, papers.acceptance(digest, tester=USER, failed=True), "UAT dengan skenario gagal")
    stage.decide(USER, "revisi uat", step, "Laporan harian kosong")
    opened(stage, "prototype")
    propose(stage, PROGRAMMER, SECTION, code(1), "Perbaikan laporan harian")
    _test_again(stage)


def _test_again(stage: Stage) -> None:
    opened(stage, "pelaksanaan-uat")
    hand_in(stage, USER, papers.acceptance(code_shown(stage, SECTION), tester=USER), "UAT ulang")
    stage.decide(USER, "setuju uat", "pelaksanaan-uat")
    opened(stage, "review-internal")


def internal_review(stage: Stage) -> None:
    """The section head reviews and plans the joint review."""
    note = "Prototype lengkap; tampilan ponsel dibahas pada review bersama."
    hand_in(stage, SECTION, papers.review_planned(note), "Review internal")
    stage.approve(SECTION, "setuju review-internal", "review-internal")


def joint_review(stage: Stage) -> None:
    """The review asks for repairs once; new code is tested and reviewed anew, then both parties accept."""
    step = "review-bersama"
    hand_in(stage, STAFF, papers.review(code_shown(stage, SECTION), accepted=False), "Laporan review")
    stage.decide(USER, "revisi review", step, "Tampilan ponsel belum rapi")
    opened(stage, "prototype")
    propose(stage, PROGRAMMER, SECTION, code(2), "Tampilan ponsel")
    _test_again(stage)
    stage.decide(SECTION, "setuju review-internal", "review-internal")
    opened(stage, step)
    common.accepted_review(stage)


def release(stage: Stage) -> None:
    """What goes live is the code that passed."""
    hand_in(stage, STAFF, papers.release(code_shown(stage, SECTION)), "Catatan rilis")
    stage.until_closed("implementasi")
    finished(stage)


SCENES = (
    Scene(1, "Identifikasi kebutuhan", common.needs),
    Scene(2, "Spesifikasi kebutuhan", common.specification),
    Scene(3, "Review spesifikasi oleh kedua pihak", common.joint_specification),
    Scene(4, "Penunjukan system analyst", analyst),
    Scene(5, "Rencana implementasi", plan),
    Scene(6, "Penunjukan programmer", programmers),
    Scene(7, "DFD dan ERD", design),
    Scene(8, "Dokumen awal UAT", scenarios),
    Scene(9, "Prototype", prototype),
    Scene(10, "Pelaksanaan UAT, gagal lalu lulus", acceptance),
    Scene(11, "Review internal", internal_review),
    Scene(12, "Review bersama, diperbaiki lalu diterima", joint_review),
    Scene(13, "Pelatihan", lambda stage: common.training(stage, USER)),
    Scene(14, "Implementasi", release),
)
PLAY = Play(CAST, SCENES, EXPECTED)
