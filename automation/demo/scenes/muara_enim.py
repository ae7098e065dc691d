"""What both charts of Muara Enim have in common: the people of the office, and the needs of steps 1 to 3."""

from __future__ import annotations

from automation.demo import documents
from automation.demo.moves import file_request, hand_in, named_on_card, opened
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
EXPECTED = ("kebutuhan_tanpa_jawaban", "spesifikasi_disetujui_satu_pihak")


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


def code(revision: int) -> dict[str, bytes]:
    """The application's code; each revision differs."""
    digits = b"max:%d" % (10 - revision)
    return {documents.CONTROLLER: documents.controller().replace(b"max:10", digits)}
