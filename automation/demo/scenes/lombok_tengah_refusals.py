"""The refusals: what people try, honestly or not, and what must not happen.

Each ends by noting whether the refusal was *seen*: on the card, as a status, as the forge's own answer, or in
what is served. The names here are what the last line of the demonstration counts.
"""

from __future__ import annotations

from pathlib import Path

from automation.demo import documents
from automation.demo.cast import AGENCY, OTHER_AGENCY
from automation.demo.moves import waits
from automation.demo.organisation import (
    CONTROL,
    HOSTING,
    OTHER_TEAM,
    OWNER,
    PARENT,
    REVIEWERS,
    TEAM,
    VENDOR,
)
from automation.demo.people import GitRefused, Refused
from automation.demo.stage import Stage

FIRST = REVIEWERS[0]
NAME = "antrean"
CONTEXT = "laik/keamanan"
EXPECTED = (
    "permohonan_tidak_lengkap",
    "persetujuan_tanpa_kode",
    "kak_belum_terisi",
    "dorongan_ke_cabang_terlindung",
    "hosting_sebelum_uat_dan_pindai",
    "rahasia_dan_injeksi_dalam_kode",
    "cacat_dengan_komentar_pembungkam",
    "laporan_bersih_buatan_sendiri",
    "induk_domain_salah",
    "yaml_rusak",
    "status_palsu_penyedia",
    "persetujuan_oleh_pembuat",
    "perebutan_nama",
    "dorongan_paksa_pemilik",
)


def approval_without_the_code(stage: Stage) -> None:
    """``@laik setuju analisis`` without its code records nothing; the answer holds the line to paste."""
    line = stage.offered(FIRST, "setuju analisis")
    before = len(stage.memory().acts)
    stage.who(FIRST).say(CONTROL, stage.issue, "@laik setuju analisis")
    stage.until(lambda: len(stage.memory().acts) > before, "putusan atas persetujuan tanpa kode")
    stage.until(lambda: stage.answered(FIRST, line), "jawaban berisi baris untuk ditempel")
    void = stage.memory().acts[before].ruling == "void"
    stage.refuse("persetujuan_tanpa_kode", void and "analisis" not in stage.memory().closed)


def push_to_a_protected_branch(stage: Stage) -> None:
    """The vendor is a Developer: the forge itself refuses the push."""
    try:
        stage.who(VENDOR).push(stage.aplikasi, {"langsung.txt": b"tanpa tinjauan\n"}, "Langsung ke main")
    except GitRefused:
        stage.refuse("dorongan_ke_cabang_terlindung", True)
    else:
        stage.refuse("dorongan_ke_cabang_terlindung", False)


def hosting_before_its_time(stage: Stage) -> None:
    """One hosting request, opened too early and renamed through every shortcut; then closed unmerged."""
    applicant = stage.who(TEAM)
    flawed = _merged(
        stage, {documents.CONTROLLER: documents.flawed_controller()}, "Pencarian antrean", "cari"
    )
    number = _ask(stage, _text(stage, flawed), "terlalu-dini")
    head = _head(stage, "terlalu-dini")
    stage.until(lambda: _light(stage, head) == "failed", "status laik/hosting gagal")
    stage.until(lambda: _card_says(stage, number, "uat_is_attached"), "kartu menyebut UAT")
    stage.refuse("hosting_sebelum_uat_dan_pindai", _unmerged(stage, number, applicant.username))
    seen = waits(stage, lambda: _card_says(stage, number, "security_scan_passed"))
    stage.refuse("rahasia_dan_injeksi_dalam_kode", seen)
    silenced = documents.flawed_controller(silenced=True)
    quiet = _merged(stage, {documents.CONTROLLER: silenced}, "Rapikan komentar", "rapikan")
    seen = _renamed_to(stage, number, quiet)
    stage.refuse("cacat_dengan_komentar_pembungkam", seen)
    own = _merged(stage, documents.own_clean_report(), "Laporan keamanan bersih", "laporan")
    seen = _renamed_to(stage, number, own)
    stage.refuse("laporan_bersih_buatan_sendiri", seen)
    foreign = _text(stage, own).replace(PARENT.encode(), b"kabupaten-lain.go.id")
    _revise(stage, foreign)
    stage.refuse("induk_domain_salah", waits(stage, lambda: _card_says(stage, number, "kabupaten-lain")))
    _revise(stage, b"kasus: [tidak ditutup\nkasus: ganda\n")
    stage.refuse("yaml_rusak", waits(stage, lambda: _card_says(stage, number, "tidak dapat diproses")))
    applicant.close_request(HOSTING, number)


def forged_status(stage: Stage) -> None:
    """The vendor posts a green security status in laik's name; laik writes its own over it and remembers."""
    vendor = stage.who(VENDOR)
    head = vendor.head(stage.aplikasi, "main")
    stage.until(lambda: _is_ours(stage, head), "status laik")
    vendor.forge_light(stage.aplikasi, head, CONTEXT)
    vendor.say(CONTROL, stage.issue, "Status keamanan sudah hijau.")
    seen = waits(stage, lambda: _is_ours(stage, head) and bool(stage.memory().forged))
    stage.refuse("status_palsu_penyedia", seen)


def approval_by_the_author(stage: Stage, number: int) -> None:
    """Whoever opened the request, or pushed to it, may not approve it, whatever role he holds."""
    line = stage.offered(FIRST, "setuju hosting", request=number)
    before = len(stage.memory().acts)
    stage.who(FIRST).say(HOSTING, number, line, kind="merge_request")
    stage.until(lambda: len(stage.memory().acts) > before, "putusan atas persetujuan pembuat")
    void = stage.memory().acts[before].ruling == "void"
    stage.refuse("persetujuan_oleh_pembuat", void and stage.memory().admitted is None)


def name_taken_over(stage: Stage) -> None:
    """Another case rewrites the owner of a name in use; the owner on the base branch counts."""
    person, path = stage.who(OTHER_TEAM), f"permohonan/{NAME}.yaml"
    text = person.file(HOSTING, path)
    taken = text.replace(stage.key.encode(), stage.facts["other"].encode())
    taken = taken.replace(f"pemilik: {AGENCY}".encode(), f"pemilik: {OTHER_AGENCY}".encode())
    person.push(HOSTING, {path: taken}, "Pindahkan kepemilikan", branch="rebut")
    number = person.open_request(HOSTING, "rebut", "Pindahkan kepemilikan")
    head = person.head(HOSTING, "rebut")
    seen = waits(stage, lambda: _light(stage, head) == "failed" and _card_says(stage, number, stage.key))
    stage.refuse("perebutan_nama", seen and _unmerged(stage, number, OTHER_TEAM))
    person.close_request(HOSTING, number)


def force_push_around_the_bot(stage: Stage) -> None:
    """The group's owner switches force pushes on and replaces the branch; what is served does not change."""
    owner = stage.who(OWNER)
    current = stage.laik.settings.out / "current"
    before = _content(current)
    owner.allow_force_push(HOSTING, "main")
    evil = documents.hosting_request(
        key=stage.key, agency=AGENCY, name="judi", parent=PARENT, sha=stage.facts["sha"]
    )
    stolen: dict[str, bytes | None] = {f"permohonan/{NAME}.yaml": None, "permohonan/judi.yaml": evil}
    owner.push(HOSTING, stolen, "Ganti isi cabang", force=True, rewrite=True)
    alarmed = waits(stage, lambda: _alarm_names(stage, f"permohonan/{NAME}.yaml", "permohonan/judi.yaml"))
    stage.refuse("dorongan_paksa_pemilik", alarmed and _content(current) == before)


def _content(folder: Path) -> dict[str, bytes]:
    base = folder.resolve()
    return {
        str(file.relative_to(base)): file.read_bytes() for file in sorted(base.rglob("*")) if file.is_file()
    }


def _alarm_names(stage: Stage, *paths: str) -> bool:
    told = stage.who(FIRST).alarms(CONTROL, "penyimpangan")
    return any(all(path in text for path in paths) for text in told)


def _merged(stage: Stage, files: dict[str, bytes], title: str, branch: str) -> str:
    vendor, reviewer = stage.who(VENDOR), stage.who(FIRST)
    vendor.push(stage.aplikasi, dict(files), title, branch=branch)
    reviewer.merge(stage.aplikasi, vendor.open_request(stage.aplikasi, branch, title))
    return reviewer.head(stage.aplikasi, "main")


def _text(stage: Stage, sha: str) -> bytes:
    return documents.hosting_request(key=stage.key, agency=AGENCY, name=NAME, parent=PARENT, sha=sha)


def _ask(stage: Stage, text: bytes, branch: str) -> int:
    person = stage.who(TEAM)
    person.push(HOSTING, {f"permohonan/{NAME}.yaml": text}, "Permintaan hosting", branch=branch)
    return person.open_request(HOSTING, branch, "Permintaan hosting dini")


def _revise(stage: Stage, text: bytes) -> None:
    stage.who(TEAM).push(HOSTING, {f"permohonan/{NAME}.yaml": text}, "Ubah permintaan", branch="terlalu-dini")


def _renamed_to(stage: Stage, number: int, sha: str) -> bool:
    """The request names another commit; whether the scan of that very commit is refused."""
    _revise(stage, _text(stage, sha))
    return waits(
        stage,
        lambda: _card_says(stage, number, sha) and _card_says(stage, number, "belum `security_scan_passed`"),
    )


def _head(stage: Stage, branch: str) -> str:
    return stage.who(TEAM).head(HOSTING, branch)


def _light(stage: Stage, sha: str) -> str:
    return stage.light(FIRST, HOSTING, sha, "laik/hosting").state


def _is_ours(stage: Stage, head: str) -> bool:
    light = stage.light(FIRST, stage.aplikasi, head, CONTEXT)
    return light.author == stage.bot and light.state != "success"


def _card_says(stage: Stage, number: int, text: str) -> bool:
    return stage.answered(FIRST, text, request=number)


def _unmerged(stage: Stage, number: int, account: str) -> bool:
    """The request's own author tries to merge; the forge refuses, since only laik may."""
    try:
        stage.who(account).merge(HOSTING, number)
    except Refused:
        return True
    return False
