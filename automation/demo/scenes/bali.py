"""Bali: an agency proposes, the ICT agency and the agency agree on process, scope and timeline."""

from __future__ import annotations

from automation.demo.cast import AGENCY, Cast
from automation.demo.moves import file_request, finished, hand_in, named_on_card, tried, waits
from automation.demo.organisation import CONTROL
from automation.demo.scene import Play, Scene
from automation.demo.scenes import bali_documents as papers
from automation.demo.stage import Stage

HEAD, REGISTRAR, SECRETARY = "ka-dinas", "kasubbag-tu", "sekretaris"
DIVISION, SECTION, TEAM = "kabid-iai", "kasi-ai", "tim-spbe"
AGENCY_TEAM, AGENCY_HEAD = "pd-dinkes", "kepala-dinkes"
NO_ROLE = "Hanya pemegang peran"
CAST = Cast(
    sop="bali",
    office={
        "ka_dinas": (HEAD,),
        "kasubbag_tu": (REGISTRAR,),
        "sekretaris": (SECRETARY,),
        "kabid_iai": (DIVISION,),
        "kasi_ai": (SECTION,),
        "tim_spbe": (TEAM,),
    },
    agencies={AGENCY: {"pd": (AGENCY_TEAM,), "kepala_pd": (AGENCY_HEAD,)}},
)
EXPECTED = (
    "disposisi_oleh_orang_lain",
    "proses_bisnis_belum_terisi",
    "proses_bisnis_dikembalikan_giliran_pd",
    "kesepakatan_satu_pihak",
    "berita_acara_satu_tanda_tangan",
    "pengesahan_bukan_kepala_dinas",
)


def request(stage: Stage) -> None:
    """The agency asks, with letter and business process."""
    file_request(stage, AGENCY_TEAM)
    hand_in(stage, AGENCY_TEAM, papers.request_letter(), "Surat permohonan dan proses bisnis")
    stage.approve(AGENCY_TEAM, "ajukan permohonan", "permohonan")


def disposition(stage: Stage) -> None:
    """The general-affairs office forwards; only the head disposes."""
    files = {"disposisi/disposisi.yaml": papers.disposition("ka_dinas", "kabid_iai")}
    hand_in(stage, REGISTRAR, files, "Disposisi Kepala Dinas")
    line = stage.offered(REGISTRAR, "disposisi permohonan")
    tried(stage, "disposisi_oleh_orang_lain", REGISTRAR, line, NO_ROLE)
    stage.approve(HEAD, "disposisi permohonan", "disposisi")


def sub_disposition(stage: Stage) -> None:
    """The division head passes it on to the section head."""
    files = {"disposisi/disposisi-turunan.yaml": papers.disposition("kabid_iai", "kasi_ai")}
    hand_in(stage, DIVISION, files, "Disposisi turunan")
    stage.approve(DIVISION, "disposisi disposisi-turunan", "disposisi-turunan")


def first_discussion(stage: Stage) -> None:
    """An unfilled part is named; a complete document is sent back, and it is the agency's turn to mend it."""
    hand_in(stage, AGENCY_TEAM, papers.initial(complete=False), "Dokumen awal")
    named_on_card(stage, "proses_bisnis_belum_terisi", SECTION, "diskusi-awal", "Mekanisme validasi")
    hand_in(stage, AGENCY_TEAM, papers.initial(), "Dokumen awal dilengkapi")
    stage.decide(SECTION, "belum-lengkap proses-bisnis", "diskusi-awal", "Formulir rekap belum disebut")
    seen = waits(stage, lambda: "giliran::pd" in stage.who(AGENCY_TEAM).sees(CONTROL, stage.issue)[1])
    stage.refuse(
        "proses_bisnis_dikembalikan_giliran_pd", seen and "diskusi-awal" not in stage.memory().closed
    )
    hand_in(stage, AGENCY_TEAM, papers.initial(revision=1), "Formulir rekap ditambahkan")
    stage.approve(SECTION, "lengkap proses-bisnis", "diskusi-awal")


def second_discussion(stage: Stage) -> None:
    """The section head reports on the details."""
    hand_in(stage, SECTION, papers.follow_up(), "Laporan lanjutan")
    stage.approve(SECTION, "setuju laporan-lanjutan", "diskusi-lanjutan")


def final_discussion(stage: Stage) -> None:
    """Both parties agree on the same text; one alone closes nothing."""
    hand_in(stage, SECTION, {"proses-bisnis/kesepakatan.md": papers.AGREEMENT}, "Kesepakatan")
    stage.decide(SECTION, "setuju kesepakatan", "diskusi-final")
    named_on_card(stage, "kesepakatan_satu_pihak", SECTION, "diskusi-final", "Sudah disetujui 1 dari 2 orang")
    stage.approve(AGENCY_TEAM, "setuju kesepakatan", "diskusi-final")


def order(stage: Stage) -> None:
    """A Berita Acara with one of two signatures is refused; with both it takes both heads. The SOP ends."""
    ordered(stage)
    finished(stage)


def ordered(stage: Stage) -> None:
    """Step 7, which a continuation goes on from.

    With the Surat Tugas alone its head alone decides; beside a Berita Acara both heads agree to the same.
    """
    step = "berita-acara-surat-tugas"
    hand_in(stage, SECTION, papers.minutes_signed_by_one(), "Berita acara")
    named_on_card(
        stage, "berita_acara_satu_tanda_tangan", SECTION, step, "Tanda tangan kepala", "pd belum ada"
    )
    hand_in(stage, SECTION, papers.assignment_alone(), "Surat Tugas saja")
    line = stage.offered(SECTION, "sahkan berita-acara")
    tried(stage, "pengesahan_bukan_kepala_dinas", AGENCY_HEAD, line, NO_ROLE)
    hand_in(stage, SECTION, papers.minutes_signed_by_both(), "Berita acara di samping Surat Tugas")
    stage.until(lambda: stage.card_says(SECTION, "setiap peran ini menyetujui"), "kedua kepala diminta")
    stage.decide(HEAD, "sahkan berita-acara", step)
    stage.until(lambda: stage.card_says(SECTION, "Sudah disetujui 1 dari 2 orang"), "kepala PD diminta")
    stage.approve(AGENCY_HEAD, "sahkan berita-acara", step)


SCENES = (
    Scene(1, "Permohonan dan proses bisnis", request),
    Scene(2, "Disposisi Kepala Dinas", disposition),
    Scene(3, "Disposisi turunan", sub_disposition),
    Scene(4, "Diskusi awal", first_discussion),
    Scene(5, "Diskusi lanjutan", second_discussion),
    Scene(6, "Diskusi final", final_discussion),
    Scene(7, "Berita acara dan/atau Surat Tugas", order),
)
PLAY = Play(CAST, SCENES, EXPECTED)
