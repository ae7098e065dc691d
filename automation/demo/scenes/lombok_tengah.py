"""The play: the Lombok Tengah SOP from the request to the served name, scene by scene.

Scenes act only as people do, and wait for what laik shows; each ends when its step is complete.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from automation.demo import documents
from automation.demo.cast import AGENCY, OTHER_AGENCY
from automation.demo.moves import DAY, become_case, code_shown, open_step
from automation.demo.organisation import (
    CONTROL,
    HEAD,
    HOSTING,
    ICT_HEAD,
    LOMBOK_TENGAH,
    OTHER_TEAM,
    PARENT,
    REVIEWERS,
    SECRET,
    TEAM,
    VENDOR,
)
from automation.demo.scene import Play, Scene
from automation.demo.scenes import lombok_tengah_refusals as refusals
from automation.demo.stage import Stage

FIRST, SECOND = REVIEWERS
NAME = "antrean"


def request(stage: Stage) -> None:
    """An incomplete request gets one card; once mended it becomes a case with a case file."""
    applicant = stage.who(TEAM)
    body = documents.request_form(AGENCY, empty=stage.no_answer, pagu="seratus juta", slug="../rahasia")
    stage.issue = applicant.file_issue(CONTROL, f"Permohonan {documents.APPLICATION}", body)
    stage.until(lambda: stage.answered(TEAM, "belum lengkap"), "kartu butir yang salah")
    cards = [text for author, text in applicant.reads(CONTROL, stage.issue) if author == stage.bot]
    named = len(cards) == 1 and all(word in cards[0] for word in ("Pagu DPA", "slug"))
    stage.refuse("permohonan_tidak_lengkap", named)
    applicant.edit_issue(CONTROL, stage.issue, documents.request_form(AGENCY, empty=stage.no_answer))
    become_case(stage)
    _letter(
        stage, TEAM, "surat_permohonan_bantuan_teknis",
        "permohonan/surat-permohonan-bantuan-teknis.pdf", "kepala_pd", "Permohonan bantuan teknis",
    )  # fmt: skip
    stage.approve(HEAD, "ajukan permohonan", "permohonan-bantuan-teknis")


def assignment(stage: Stage) -> None:
    """The head of the ICT agency names the team members."""
    _letter(stage, FIRST, "surat_tugas", "penugasan/surat-tugas.pdf", "kepala_diskominfo", "Surat tugas")
    stage.approve(ICT_HEAD, "setuju penugasan", "penunjukan-anggota")


def team(stage: Stage) -> None:
    """The head of the agency forms the team by decree."""
    _letter(stage, TEAM, "sk_tim_teknis", "penugasan/sk-tim-teknis.pdf", "kepala_pd", "Keputusan Tim Teknis")
    stage.approve(HEAD, "setuju tim", "pembentukan-tim-teknis")


def invitation(stage: Stage) -> None:
    """The ICT agency invites to the analysis."""
    _letter(
        stage, FIRST, "surat_undangan", "analisis/surat-undangan.pdf", "tim_teknis_diskominfo", "Undangan"
    )
    stage.approve(FIRST, "setuju undangan", "undangan-analisis")


def analysis(stage: Stage) -> None:
    """The analysis report; an approval without the code binds nothing."""
    path = "analisis/laporan-hasil-analisis.md"
    stage.who(FIRST).push(stage.berkas, {path: documents.analysis()}, "Laporan hasil analisis")
    refusals.approval_without_the_code(stage)
    stage.approve(FIRST, "setuju analisis", "analisis")


def draft(stage: Stage) -> None:
    """The draft KAK comes as a merge request in the case file; the first draft leaves a section unfilled."""
    person = stage.who(TEAM)
    files = {"kak/kak.md": documents.terms_of_reference(complete=False)}
    person.push(stage.berkas, files, "Draf KAK", branch="kak")
    number = person.open_request(stage.berkas, "kak", "Draf KAK")
    stage.facts["kak"] = str(number)
    stage.until(
        lambda: any("kriteria" in text.casefold() for _, text in person.reads(CONTROL, stage.issue)),
        "kartu menyebut bagian KAK yang belum terisi",
    )
    stage.refuse("kak_belum_terisi", "draft-kak" not in stage.memory().closed)
    _push_kak(stage, 0)
    stage.until_closed("draft-kak")


def correction(stage: Stage) -> None:
    """The draft is sent back once (7 -> 6), then corrected."""
    stage.decide(FIRST, "revisi kak", "koreksi-kak", "Standar cadangan data belum disebut")
    stage.until(lambda: open_step(stage) == "draft-kak", "kasus kembali ke langkah 6")
    _push_kak(stage, 1)
    stage.approve(FIRST, "koreksi kak", "koreksi-kak")


def approval(stage: Stage) -> None:
    """Approval is refused once (8 -> 7), then given for the mended draft."""
    stage.decide(SECOND, "tolak kak", "persetujuan-kak", "Jadwal pelatihan belum ada")
    stage.until(lambda: open_step(stage) == "koreksi-kak", "kasus kembali ke langkah 7")
    _push_kak(stage, 2)
    stage.approve(FIRST, "koreksi kak", "koreksi-kak")
    stage.approve(SECOND, "setuju kak", "persetujuan-kak")
    stage.who(FIRST).merge(stage.berkas, int(stage.facts["kak"]))


def legalised(stage: Stage) -> None:
    """The signed KAK and the vendor's name; completing this makes the application repository."""
    text = hashlib.sha256(documents.terms_of_reference(revision=2)).hexdigest()
    more = {"pengadaan/penyedia.yaml": documents.vendor([VENDOR])}
    _letter(
        stage, TEAM, "kak_sah", "kak/kak-sah.pdf", "kepala_pd", "KAK disahkan", refers_to=text, more=more
    )  # fmt: skip
    stage.approve(FIRST, "terima kak", "penyerahan-kak-sah")
    stage.until(lambda: "aplikasi" in stage.memory().provisioned, "repositori aplikasi tersedia")


def presentation(stage: Stage) -> None:
    """The vendor presents; pushing to the protected branch is refused, a merge request is the way."""
    refusals.push_to_a_protected_branch(stage)
    _application(stage, documents.initial_presentation(), "Presentasi awal", "presentasi-awal")
    stage.until_closed("presentasi-awal")


def response(stage: Stage) -> None:
    """The plan is sent back once (11 -> 10), then accepted."""
    _minutes(stage, accepted=False)
    stage.decide(FIRST, "revisi rencana", "tanggapan-rencana", "Tambahkan tombol batal antrean")
    stage.until(lambda: open_step(stage) == "presentasi-awal", "kasus kembali ke langkah 10")
    _application(stage, documents.initial_presentation(revision=1), "Perbaikan mockup", "presentasi-awal-2")
    _minutes(stage, accepted=True)
    stage.approve(FIRST, "setuju rencana", "tanggapan-rencana")


def building(stage: Stage) -> None:
    """The vendor builds with flaws, hides them, and asks for hosting too early; none of it passes."""
    refusals.hosting_before_its_time(stage)
    refusals.forged_status(stage)


def final(stage: Stage) -> None:
    """The finished application, its test report, and UAT by the users for exactly this code."""
    files = {documents.CONTROLLER: documents.controller(), **documents.final_presentation()}
    gone: dict[str, bytes | None] = dict.fromkeys(documents.own_clean_report())
    _application(stage, {**files, **gone}, "Aplikasi selesai dan presentasi akhir", "presentasi-akhir")
    _uat(stage)
    stage.until_closed("presentasi-akhir")


def security(stage: Stage) -> None:
    """A finding keeps step 13 open until the code changes; UAT lapses with it and is done again."""
    _security_report(stage)
    stage.decide(FIRST, "temuan keamanan", "uji-keamanan", "Pembatasan percobaan masuk belum ada")
    safer = documents.controller().replace(b"max:10", b"max:8")
    _application(stage, {documents.CONTROLLER: safer}, "Perbaikan temuan keamanan", "perbaikan")
    _uat(stage)
    _security_report(stage)
    stage.approve(SECOND, "nyatakan-aman keamanan", "uji-keamanan")


def hosting_letter(stage: Stage) -> None:
    """The agency asks for hosting by letter and form."""
    form = {"hosting/permohonan-hosting.yaml": documents.hosting_form(AGENCY, NAME, PARENT)}
    _letter(
        stage, TEAM, "surat_permohonan_hosting", "hosting/surat-permohonan-hosting.pdf", "kepala_pd",
        "Permohonan hosting dan subdomain", more=form,
    )  # fmt: skip
    stage.approve(FIRST, "terima hosting-permohonan", "permohonan-hosting")


def hosting(stage: Stage) -> None:
    """The disposition, the merge request, its approval; laik merges, serves, reads back and closes."""
    _letter(
        stage,
        FIRST,
        "surat_disposisi",
        "hosting/surat-disposisi.pdf",
        "kepala_diskominfo",
        "Disposisi hosting",
    )
    stage.decide(ICT_HEAD, "disposisi hosting-tindak-lanjut", "tindak-lanjut-hosting")
    person = stage.who(FIRST)
    sha = person.head(stage.aplikasi, "main")
    text = documents.hosting_request(key=stage.key, agency=AGENCY, name=NAME, parent=PARENT, sha=sha)
    person.push(HOSTING, {f"permohonan/{NAME}.yaml": text}, "Permintaan antrean", branch="antrean")
    number = person.open_request(HOSTING, "antrean", "Permintaan hosting antrean")
    refusals.approval_by_the_author(stage, number)
    line = stage.offered(SECOND, "setuju hosting", request=number)
    stage.who(SECOND).say(HOSTING, number, line, kind="merge_request")
    stage.until(lambda: stage.memory().admitted is not None, "permintaan digabungkan oleh laik")
    stage.until_closed("tindak-lanjut-hosting")
    stage.until(lambda: stage.memory().finished, "kasus dijawab dan ditutup")
    stage.facts.update(hosting=str(number), sha=sha)


def second_case(stage: Stage) -> None:
    """Another agency's request, needed to try taking over a name."""
    body = documents.request_form(
        OTHER_AGENCY, empty=stage.no_answer, slug="bansos", name="Data Bantuan Sosial"
    )
    number = stage.who(OTHER_TEAM).file_issue(CONTROL, "Permohonan Data Bantuan Sosial", body)

    def accepted() -> bool:
        return any(key.endswith(f"-{number:04d}") for key in stage.laik.store.ledger.cases())

    stage.until(accepted, "kasus kedua diterima")
    stage.facts["other"] = f"{stage.key[:8]}{number:04d}"


SCENES = (
    Scene(1, "Permohonan bantuan teknis", request),
    Scene(2, "Penunjukan anggota", assignment),
    Scene(3, "Pembentukan Tim Teknis", team),
    Scene(4, "Undangan analisis", invitation),
    Scene(5, "Analisis", analysis),
    Scene(6, "Draf KAK", draft),
    Scene(7, "Koreksi KAK", correction),
    Scene(8, "Persetujuan KAK", approval),
    Scene(9, "KAK sah dan penyedia", legalised),
    Scene(10, "Presentasi awal", presentation),
    Scene(11, "Tanggapan rencana", response),
    Scene(0, "Pembangunan, dan jalan pintas yang ditolak", building),
    Scene(12, "Presentasi akhir dan UAT", final),
    Scene(13, "Pemeriksaan keamanan", security),
    Scene(14, "Permohonan hosting", hosting_letter),
    Scene(15, "Disposisi, penggabungan, penyajian", hosting),
    Scene(0, "Kasus kedua", second_case),
    Scene(0, "Perebutan nama", refusals.name_taken_over),
    Scene(0, "Dorongan paksa pemilik grup", refusals.force_push_around_the_bot),
)
PLAY = Play(LOMBOK_TENGAH, SCENES, refusals.EXPECTED, hosting=True)


def _letter(
    stage: Stage,
    account: str,
    kind: str,
    path: str,
    role: str,
    subject: str,
    *,
    refers_to: str = "",
    more: dict[str, bytes] | None = None,
) -> None:
    files = documents.letter(
        kind, path, role=role, office="Kepala Dinas", to="Kepala Diskominfo", subject=subject, day=DAY,
        refers_to=refers_to,
    )  # fmt: skip
    stage.who(account).push(stage.berkas, {**files, **(more or {})}, subject)


def _push_kak(stage: Stage, revision: int) -> None:
    files = {"kak/kak.md": documents.terms_of_reference(revision=revision)}
    stage.who(TEAM).push(stage.berkas, files, f"Draf KAK {revision}", branch="kak")


def _minutes(stage: Stage, *, accepted: bool) -> None:
    memo = documents.letter(
        "nota_dinas", "presentasi-awal/nota-dinas.pdf", role="tim_teknis_diskominfo", office="Kepala Bidang",
        to="Kepala Diskominfo", subject=f"Nota dinas presentasi awal ({accepted})", day=DAY,
    )  # fmt: skip
    files = {**documents.minutes(accepted=accepted), **memo}
    stage.who(FIRST).push(stage.berkas, files, "Notulen presentasi awal")


def _application(stage: Stage, files: Mapping[str, bytes | None], title: str, branch: str) -> str:
    """The vendor proposes a change, the technical team merges it; the new head of the default branch."""
    vendor, reviewer = stage.who(VENDOR), stage.who(FIRST)
    vendor.push(stage.aplikasi, dict(files), title, branch=branch)
    number = vendor.open_request(stage.aplikasi, branch, title)
    reviewer.merge(stage.aplikasi, number)
    return reviewer.head(stage.aplikasi, "main")


def _uat(stage: Stage) -> None:
    """The users test the code whose digest the card shows, and nothing else."""
    digest = code_shown(stage, FIRST)
    files = {
        "uat/skenario.yaml": documents.uat_scenarios(),
        "uat/hasil.yaml": documents.uat_results(digest, tester=TEAM, day=DAY),
    }
    stage.who(TEAM).push(stage.berkas, files, "Hasil UAT")


def _security_report(stage: Stage) -> None:
    head = stage.who(FIRST).head(stage.aplikasi, "main")
    path = f"{stage.key.lower()}/keamanan/laporan-hasil-pengujian.md"
    stage.who(FIRST).push(SECRET, {path: documents.security_report(head)}, "Laporan keamanan")
