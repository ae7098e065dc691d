"""Bali's continuation, from the agreement to the handover: what a region that opts in can do with it."""

from __future__ import annotations

from dataclasses import replace

from automation.demo import documents
from automation.demo.cast import AGENCY
from automation.demo.moves import (
    DAY,
    code_shown,
    deposit,
    finished,
    hand_in,
    named_on_card,
    opened,
    propose,
    tried,
)
from automation.demo.organisation import HOSTING, PARENT
from automation.demo.scene import Play, Scene
from automation.demo.scenes import bali
from automation.demo.scenes.bali import AGENCY_HEAD, AGENCY_TEAM, DIVISION, HEAD, NO_ROLE, SECTION, TEAM
from automation.demo.stage import Stage

NAME = "antrean"
CAST = replace(bali.CAST, sop="bali-lanjutan")
EXPECTED = (
    *bali.EXPECTED,
    "demo_diterima_pengembang",
    "penguji_adalah_tim_spbe",
    "serah_terima_satu_pihak",
)


def repository(stage: Stage) -> None:
    """The schedule along the agreed timeline; with it comes the repository."""
    plan = b"tonggak:\n  - {nama: Rilis pertama, selesai: 2026-05-29}\n"
    hand_in(stage, SECTION, {"pembangunan/jadwal.yaml": plan}, "Jadwal pembangunan")
    stage.approve(SECTION, "buat-project project", "siapkan-repositori")


def building(stage: Stage) -> None:
    """Mockup and code by the team."""
    files = {**documents.initial_presentation(), documents.CONTROLLER: documents.controller()}
    propose(stage, TEAM, SECTION, files, "Aplikasi dan mockup")
    stage.until_closed("pembangunan")


def _minutes(decision: str) -> dict[str, bytes]:
    filled = {"Tanggapan": "PD mencoba antrean dan rekap harian bersama tim.", "Keputusan": decision}
    return {"pembangunan/notulen-demo.md": documents.sections("Notulen demo", filled)}


def demonstration(stage: Stage) -> None:
    """Shown to the agency, sent back once; the team does not accept its own work."""
    hand_in(stage, AGENCY_TEAM, _minutes("Diperbaiki dahulu: tombol batal belum ada."), "Notulen demo")
    line = stage.offered(AGENCY_TEAM, "setuju demo")
    tried(stage, "demo_diterima_pengembang", TEAM, line, NO_ROLE)
    stage.decide(AGENCY_TEAM, "revisi demo", "demo", "Tombol batal belum ada")
    opened(stage, "pembangunan")
    safer = documents.controller().replace(b"max:10", b"max:8")
    propose(stage, TEAM, SECTION, {documents.CONTROLLER: safer}, "Tombol batal")
    opened(stage, "demo")
    hand_in(stage, AGENCY_TEAM, _minutes("Diterima; tombol batal sudah ada."), "Notulen demo kedua")
    stage.approve(AGENCY_TEAM, "setuju demo", "demo")


def acceptance(stage: Stage) -> None:
    """UAT by the agency; the team may not test."""
    digest = code_shown(stage, SECTION)
    scenarios = {"uat/skenario.yaml": documents.uat_scenarios()}
    own = {"uat/hasil.yaml": documents.uat_results(digest, tester=TEAM, day=DAY)}
    hand_in(stage, AGENCY_TEAM, {**scenarios, **own}, "UAT oleh tim")
    named_on_card(stage, "penguji_adalah_tim_spbe", SECTION, "uat", TEAM)
    results = {"uat/hasil.yaml": documents.uat_results(digest, tester=AGENCY_TEAM, day=DAY)}
    hand_in(stage, AGENCY_TEAM, results, "Hasil UAT")
    stage.approve(AGENCY_TEAM, "setuju uat", "uat")


def security(stage: Stage) -> None:
    """Laik's own scan, and the office's report."""
    head = stage.who(SECTION).head(stage.aplikasi, "main")
    report = {"keamanan/laporan-hasil-pengujian.md": documents.security_report(head)}
    deposit(stage, SECTION, report, "Laporan keamanan")
    stage.approve(SECTION, "nyatakan-aman keamanan", "uji-keamanan")


def hosting(stage: Stage) -> None:
    """The agency asks, the section head approves, laik merges, serves and reads back."""
    form = {"hosting/permohonan-hosting.yaml": documents.hosting_form(AGENCY, NAME, PARENT)}
    hand_in(stage, AGENCY_TEAM, form, "Permohonan hosting")
    stage.decide(DIVISION, "disposisi hosting", "hosting")
    person = stage.who(AGENCY_TEAM)
    sha = stage.who(SECTION).head(stage.aplikasi, "main")
    text = documents.hosting_request(key=stage.key, agency=AGENCY, name=NAME, parent=PARENT, sha=sha)
    person.push(HOSTING, {f"permohonan/{NAME}.yaml": text}, "Permintaan antrean", branch="antrean")
    number = person.open_request(HOSTING, "antrean", "Permintaan hosting antrean")
    stage.facts.update(hosting=str(number), sha=sha)
    line = stage.offered(SECTION, "setuju hosting", request=number)
    stage.who(SECTION).say(HOSTING, number, line, kind="merge_request")
    stage.until_closed("hosting")


def training(stage: Stage) -> None:
    """The agency's word that its people were trained."""
    filled = {"Materi": "Pengelolaan antrean dan rekap harian.", "Peserta": "Petugas loket dua puskesmas."}
    report = {"pelatihan/laporan-pelatihan.md": documents.sections("Laporan pelatihan", filled)}
    hand_in(stage, AGENCY_TEAM, report, "Pelatihan")
    stage.approve(AGENCY_TEAM, "catat pelatihan", "pelatihan")


def handover(stage: Stage) -> None:
    """Both heads sign, and both say so: one alone closes nothing."""
    files = documents.letter(
        "berita_acara_serah_terima", "serah-terima/berita-acara-serah-terima.pdf", role="ka_dinas",
        also="kepala_pd", office="Kepala Dinas", to="Kepala PD", subject="Serah terima aplikasi", day=DAY,
    )  # fmt: skip
    hand_in(stage, SECTION, files, "Berita acara serah terima")
    stage.decide(HEAD, "sahkan serah-terima", "serah-terima")
    named_on_card(stage, "serah_terima_satu_pihak", SECTION, "serah-terima", "Sudah disetujui 1 dari 2 orang")
    stage.approve(AGENCY_HEAD, "sahkan serah-terima", "serah-terima")


def recorded(stage: Stage) -> None:
    """The inventory's facts end the case."""
    record = (
        b"nama: Sistem Antrean Puskesmas\npemilik: Dinas Kesehatan\npenanggung_jawab: Sekretaris Dinas\n"
        b"fungsi: Mengambil nomor antrean dari rumah\nalamat: antrean.contoh.go.id\n"
        b"tinjau_ulang: 2027-03-02\n"
    )
    hand_in(stage, SECTION, {"serah-terima/data-aplikasi.yaml": record}, "Data aplikasi")
    stage.until_closed("pendataan")
    finished(stage)


SCENES = (
    *bali.SCENES[:6],
    Scene(7, "Berita acara dan/atau Surat Tugas", bali.ordered),
    Scene(8, "Repositori", repository),
    Scene(9, "Pembangunan", building),
    Scene(10, "Demo, diperbaiki lalu diterima", demonstration),
    Scene(11, "UAT oleh PD", acceptance),
    Scene(12, "Uji keamanan", security),
    Scene(13, "Hosting", hosting),
    Scene(14, "Pelatihan", training),
    Scene(15, "Serah terima oleh kedua kepala", handover),
    Scene(16, "Pendataan", recorded),
)
PLAY = Play(CAST, SCENES, EXPECTED, hosting=True)
