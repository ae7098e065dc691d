"""What both charts of Muara Enim have in common: the office's people, the needs, review and training."""

from __future__ import annotations

from automation.demo import documents
from automation.demo.moves import code_shown, file_request, hand_in, named_on_card, opened, tried
from automation.demo.scenes import muara_enim_documents as papers
from automation.demo.stage import Stage

SECTION, STAFF, DIVISION = "kasi-aplikasi", "staf-egov", "kabid-egov"
USER = "pengguna-dinkes"
OFFICE = {
    "kasi_pengembangan_aplikasi": (SECTION,),
    "staff_egov": (STAFF,),
    "kabid_egov": (DIVISION,),
}
NO_ROLE = "Hanya pemegang peran"
EXPECTED = (
    "kebutuhan_tanpa_jawaban",
    "spesifikasi_disetujui_satu_pihak",
    "pelatihan_dinyatakan_bukan_staf",
)


def needs(stage: Stage) -> None:
    """The user agency files the request and tells its needs."""
    file_request(stage, USER)
    hand_in(stage, USER, papers.needs(), "Identifikasi kebutuhan")
    stage.until_closed("identifikasi-kebutuhan")


def specification(stage: Stage) -> None:
    """A need that no requirement answers is named."""
    hand_in(stage, STAFF, papers.specification(1), "Spesifikasi kebutuhan")
    named_on_card(stage, "kebutuhan_tanpa_jawaban", STAFF, "spesifikasi-kebutuhan", "IDN-02", "belum dijawab")
    hand_in(stage, STAFF, papers.specification(2), "Kebutuhan dilengkapi")
    stage.until_closed("spesifikasi-kebutuhan")


def joint_specification(stage: Stage) -> None:
    """The agency alone closes nothing; the division asks for a change, then both agree to what came of it."""
    step = "review-spesifikasi"
    hand_in(stage, STAFF, papers.modifications(asked=False), "Permintaan modifikasi nihil")
    stage.decide(USER, "setuju spesifikasi", step)
    named_on_card(stage, "spesifikasi_disetujui_satu_pihak", DIVISION, step, "Sudah disetujui 1 dari 2 orang")
    stage.decide(DIVISION, "revisi spesifikasi", step, "Pembatalan nomor belum ada")
    opened(stage, "spesifikasi-kebutuhan")
    changed = {**papers.specification(3), **papers.modifications(asked=True)}
    hand_in(stage, STAFF, changed, "Pembatalan nomor ditambahkan")
    stage.decide(DIVISION, "setuju spesifikasi", step)
    stage.approve(USER, "setuju spesifikasi", step)


def accepted_review(stage: Stage) -> None:
    """The joint review of the mended code, which both sides accept."""
    hand_in(stage, STAFF, papers.review(code_shown(stage, SECTION)), "Laporan review kedua")
    stage.decide(DIVISION, "setuju review", "review-bersama")
    stage.approve(USER, "setuju review", "review-bersama")


def training(stage: Stage, other: str) -> None:
    """That people were trained is a person's word, of one whose word it is; ``other`` is none of them."""
    hand_in(stage, STAFF, papers.training(), "Pelatihan")
    line = stage.offered(STAFF, "catat pelatihan")
    tried(stage, "pelatihan_dinyatakan_bukan_staf", other, line, NO_ROLE)
    stage.approve(STAFF, "catat pelatihan", "pelatihan")


def code(revision: int) -> dict[str, bytes]:
    """The application's code; each revision differs."""
    digits = b"max:%d" % (10 - revision)
    return {documents.CONTROLLER: documents.controller().replace(b"max:10", digits)}
