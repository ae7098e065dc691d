"""Bolaang Mongondow Utara: the ICT agency builds in-house, on the order of its head.

The case takes every way of the SOP: round by step 3, suspended at step 7 and taken up again, the plan sent
back twice.
"""

from __future__ import annotations

from automation.demo import documents
from automation.demo.cast import AGENCY, Cast
from automation.demo.moves import (
    code_shown,
    deposit,
    file_request,
    finished,
    hand_in,
    joins,
    named_on_card,
    opened,
    propose,
    tried,
    waits,
)
from automation.demo.organisation import HOSTING, PARENT
from automation.demo.scene import Play, Scene
from automation.demo.scenes import bolmut_documents as papers
from automation.demo.stage import Stage

HEAD, DIVISION, SECTION = "kadis-kominfo", "kabid-aptika", "kasie-egov"
FIRST, SECOND = REVIEWERS = ("teknis-kominfo-1", "teknis-kominfo-2")
BUILDER, OTHER_BUILDER = BUILDERS = ("tim-pengembang-1", "tim-pengembang-2")
NO_ROLE = "Hanya pemegang peran"
CAST = Cast(
    sop="bolmut",
    office={
        "kadis_kominfo": (HEAD,),
        "kabid_aptika": (DIVISION,),
        "kasie_egov": (SECTION,),
        "tim_teknis_kominfo": REVIEWERS,
    },
    agencies={AGENCY: {}},
    others=BUILDERS,
)
EXPECTED = (
    "lengkap_tanpa_daftar_kebutuhan",
    "tersedia_tanpa_anggaran",
    "putusan_saat_ditangguhkan",
    "penilai_dalam_tim_pengembang",
    "persetujuan_atas_rencana_lama",
    "hasil_tanpa_system_requirement",
    "hosting_sebelum_rekomendasi",
    "persetujuan_hosting_oleh_pembuat",
    "persetujuan_bukan_kepala_dinas",
)


def order(stage: Stage) -> None:
    """The head orders the development."""
    file_request(stage, HEAD)
    hand_in(stage, DIVISION, papers.order(), "Surat perintah")
    stage.approve(HEAD, "ajukan perintah", "surat-perintah")


def needs_checked(stage: Stage) -> None:
    """There is no list of needs, so it cannot be called complete; the case goes round by step 3."""
    hand_in(stage, DIVISION, papers.needs_checked(), "Pemeriksaan kebutuhan")
    line = stage.offered(DIVISION, "belum-lengkap kebutuhan")
    claimed = f"@laik lengkap kebutuhan {line.split()[3]}"
    tried(stage, "lengkap_tanpa_daftar_kebutuhan", DIVISION, claimed, "needs_list_is_sound")
    stage.decide(DIVISION, "belum-lengkap kebutuhan", "periksa-daftar-kebutuhan", "Daftarnya belum ada")
    stage.until_closed("periksa-daftar-kebutuhan")


def needs_proposed(stage: Stage) -> None:
    """The section proposes what is needed."""
    hand_in(stage, SECTION, papers.needs_proposed(), "Usulan kebutuhan")
    stage.until_closed("usulan-kebutuhan")


def needs_listed(stage: Stage) -> None:
    """The division lists it."""
    hand_in(stage, DIVISION, papers.needs_list(), "Daftar kebutuhan")
    stage.approve(DIVISION, "setuju daftar-kebutuhan", "daftar-kebutuhan")


def analysis(stage: Stage) -> None:
    """The section analyses."""
    hand_in(stage, SECTION, papers.analysis(), "Hasil analisis")
    stage.until_closed("analisis")


def resources(stage: Stage) -> None:
    """The record says that there is no budget, so nobody can call it available."""
    hand_in(stage, DIVISION, papers.resources(budget=False), "Pemeriksaan ketersediaan")
    line = stage.offered(DIVISION, "tidak-tersedia sumber-daya")
    claimed = f"@laik tersedia sumber-daya {line.split()[3]}"
    tried(stage, "tersedia_tanpa_anggaran", DIVISION, claimed, "resources_are_available")
    stage.decide(DIVISION, "tidak-tersedia sumber-daya", "periksa-ketersediaan", "Anggaran belum tersedia")
    stage.until_closed("periksa-ketersediaan")


def suspension(stage: Stage) -> None:
    """The report suspends the case; it takes nothing but being taken up again, once there is a budget."""
    hand_in(stage, DIVISION, papers.unavailable(), "Laporan ketidaktersediaan")
    stage.approve(DIVISION, "ajukan ketidaktersediaan", "laporan-ketidaktersediaan")
    tried(stage, "putusan_saat_ditangguhkan", SECTION, "@laik buat-project project 0000", "ditangguhkan")
    stage.decide(DIVISION, "lanjut ketidaktersediaan", "laporan-ketidaktersediaan")
    opened(stage, "periksa-ketersediaan")
    hand_in(stage, DIVISION, papers.resources(budget=True), "Anggaran tersedia")
    stage.decide(DIVISION, "tersedia sumber-daya", "periksa-ketersediaan")
    opened(stage, "siapkan-project")


def project(stage: Stage) -> None:
    """The team is named, with no reviewer among the builders; laik makes project and repository."""
    hand_in(stage, SECTION, papers.project((*BUILDERS, FIRST)), "Project dan tim")
    named_on_card(stage, "penilai_dalam_tim_pengembang", SECTION, "siapkan-project", FIRST, "juga memegang")
    hand_in(stage, SECTION, papers.project(BUILDERS), "Tim tanpa penilai")
    stage.approve(SECTION, "buat-project project", "siapkan-project")
    joins(stage, BUILDER, stage.aplikasi)


def plan(stage: Stage) -> None:
    """The team proposes its plan."""
    propose(stage, BUILDER, FIRST, papers.plan(), "Rencana pengembangan")
    stage.until_closed("susun-rencana")


def presentation(stage: Stage) -> None:
    """The team presents it."""
    propose(stage, BUILDER, FIRST, papers.presentation(), "Presentasi rencana")
    stage.until_closed("presentasi-rencana")


def response(stage: Stage) -> None:
    """The plan is sent back twice; what approves the first one counts for none of the later ones."""
    _answer_plan(
        stage, "Risiko jaringan perlu ditulis lebih lengkap.", "Rencana disusun ulang oleh Tim Pengembangan."
    )
    old = stage.offered(FIRST, "setuju rencana")
    _send_back(stage, FIRST, "Risiko jaringan belum lengkap", revision=1)
    _answer_plan(
        stage,
        "Risiko cadangan data belum ditulis pada rencana.",
        "Rencana disusun ulang oleh Tim Pengembangan.",
    )
    _send_back(stage, SECOND, "Risiko cadangan data belum ada", revision=2)
    _answer_plan(
        stage, "Seluruh risiko sudah ditulis pada rencana.", "Rencana disetujui tanpa syarat tambahan."
    )
    stage.offered(FIRST, "setuju rencana")
    tried(stage, "persetujuan_atas_rencana_lama", FIRST, old, "Isinya sudah berubah")
    stage.approve(SECOND, "setuju rencana", "tanggapan-rencana")


def _answer_plan(stage: Stage, text: str, decision: str) -> None:
    hand_in(stage, FIRST, papers.response("awal", text, decision), "Tanggapan rencana")
    opened(stage, "tanggapan-rencana")


def _send_back(stage: Stage, account: str, reason: str, *, revision: int) -> None:
    stage.decide(account, "tolak rencana", "tanggapan-rencana", reason)
    opened(stage, "susun-rencana")
    propose(stage, BUILDER, FIRST, papers.plan(revision=revision), f"Rencana perbaikan {revision}")
    opened(stage, "tanggapan-rencana")


def building(stage: Stage) -> None:
    """The team builds."""
    propose(stage, OTHER_BUILDER, FIRST, {documents.CONTROLLER: documents.controller()}, "Pencarian antrean")
    stage.until_closed("pengembangan")


def result(stage: Stage) -> None:
    """The result comes with six things; the one that is missing is named."""
    propose(stage, BUILDER, FIRST, papers.result(complete=False), "Hasil pengembangan")
    deposit(stage, FIRST, papers.penetration(), "Penetration testing")
    hand_in(stage, DIVISION, papers.acceptance(code_shown(stage, FIRST)), "Hasil UAT")
    named_on_card(
        stage, "hasil_tanpa_system_requirement", FIRST, "presentasi-hasil", "System requirement belum ada"
    )
    propose(stage, BUILDER, FIRST, papers.result(complete=True), "System requirement")
    stage.until_closed("presentasi-hasil")


def installation(stage: Stage) -> None:
    """The technical team installs and compares."""
    hand_in(stage, FIRST, papers.installation(code_shown(stage, FIRST)), "Instalasi dan testing")
    stage.approve(FIRST, "banding instalasi", "instalasi-testing")


def accepted(stage: Stage) -> None:
    """The technical team accepts the result."""
    paper = papers.response(
        "akhir", "Aplikasi sesuai dengan yang dipresentasikan.", "Hasil diterima tanpa catatan perbaikan."
    )
    hand_in(stage, SECOND, paper, "Tanggapan hasil")
    stage.approve(SECOND, "setuju hasil", "tanggapan-hasil")


def recommendation(stage: Stage) -> None:
    """Hosting waits for the recommendation; then it is recommended."""
    _ask_for_hosting(stage)
    number = int(stage.facts["hosting"])
    early = waits(stage, lambda: stage.answered(FIRST, "rekomendasi", request=number))
    stage.refuse("hosting_sebelum_rekomendasi", early and stage.memory().admitted is None)
    hand_in(stage, FIRST, papers.recommendation(), "Surat rekomendasi")
    stage.approve(FIRST, "setuju rekomendasi", "rekomendasi")


def _ask_for_hosting(stage: Stage) -> None:
    person = stage.who(FIRST)
    sha = person.head(stage.aplikasi, "main")
    text = documents.hosting_request(key=stage.key, agency=AGENCY, name=papers.NAME, parent=PARENT, sha=sha)
    person.push(HOSTING, {f"permohonan/{papers.NAME}.yaml": text}, "Permintaan antrean", branch="antrean")
    number = person.open_request(HOSTING, "antrean", "Permintaan hosting antrean")
    stage.facts.update(hosting=str(number), sha=sha)


def hosting(stage: Stage) -> None:
    """Served as recommended: approved by another reviewer than the one who asked."""
    number = int(stage.facts["hosting"])
    line = stage.offered(FIRST, "setuju hosting", request=number)
    before = len(stage.memory().acts)
    stage.who(FIRST).say(HOSTING, number, line, kind="merge_request")
    stage.until_ruled(before, line)
    void = stage.memory().acts[before].ruling == "void"
    stage.refuse("persetujuan_hosting_oleh_pembuat", void and stage.memory().admitted is None)
    again = stage.offered(SECOND, "setuju hosting", request=number)
    stage.who(SECOND).say(HOSTING, number, again, kind="merge_request")
    stage.until(lambda: stage.memory().admitted is not None, "permintaan digabungkan oleh laik")
    stage.until(lambda: bool(stage.memory().applied), "nama tersaji dan terbaca kembali")


def report(stage: Stage) -> None:
    """The division reports to the head."""
    hand_in(stage, DIVISION, papers.report(), "Laporan dan dokumentasi")
    stage.approve(DIVISION, "ajukan laporan-akhir", "laporan-dokumentasi")


def approval(stage: Stage) -> None:
    """Only the head approves the application."""
    hand_in(stage, DIVISION, papers.approval(), "Persetujuan aplikasi")
    line = stage.offered(DIVISION, "setuju aplikasi")
    tried(stage, "persetujuan_bukan_kepala_dinas", DIVISION, line, NO_ROLE)
    stage.approve(HEAD, "setuju aplikasi", "persetujuan-kadis")
    finished(stage)


SCENES = (
    Scene(1, "Surat perintah", order),
    Scene(2, "Pemeriksaan daftar kebutuhan", needs_checked),
    Scene(3, "Usulan kebutuhan", needs_proposed),
    Scene(4, "Daftar kebutuhan", needs_listed),
    Scene(5, "Analisis", analysis),
    Scene(6, "Pemeriksaan ketersediaan", resources),
    Scene(7, "Ketidaktersediaan: ditangguhkan, lalu dilanjutkan", suspension),
    Scene(8, "Project, repositori, dan tim", project),
    Scene(9, "Rencana pengembangan", plan),
    Scene(10, "Presentasi rencana", presentation),
    Scene(11, "Tanggapan rencana: ditolak dua kali, lalu disetujui", response),
    Scene(12, "Pengembangan", building),
    Scene(13, "Presentasi hasil", result),
    Scene(14, "Instalasi dan testing", installation),
    Scene(15, "Tanggapan hasil", accepted),
    Scene(16, "Rekomendasi", recommendation),
    Scene(0, "Hosting menurut rekomendasi", hosting),
    Scene(17, "Laporan dan dokumentasi", report),
    Scene(18, "Persetujuan Kepala Dinas", approval),
)
PLAY = Play(CAST, SCENES, EXPECTED, hosting=True)
