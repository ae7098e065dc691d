"""A whole Muara Enim case as files: every document of either chart, filled so that each step holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from automation.collect.documents import collect_document
from automation.collect.procedures import bundled
from automation.core.documents import CodeSnapshot, FileFact
from automation.core.evidence import CODE, FORM, Evidence, EvidenceView, State
from automation.core.finding import Finding
from automation.core.judging import findings_of
from automation.core.procedure import Procedure
from checks import discover
from tests.checks import requirements
from tests.checks.test_programmers_are_planned import GOOD as PROGRAMMERS
from tests.checks.test_release_names_code import GOOD as RELEASE
from tests.checks.test_schedule_has_milestones import GOOD as SCHEDULE
from tests.checks.test_training_is_attended import GOOD as ATTENDANCE
from tests.checks.test_vendor_is_named import GOOD as VENDOR
from tests.checks.test_vendor_staff_is_appointed import GOOD as STAFF
from tests.checks.worlds import CODE_DIGEST, COMMIT, PDF, PNG, TREE, Content, MemoryTree, sections, sidecar

MANDIRI, PENGEMBANG = "muara-enim-mandiri", "muara-enim-pengembang"
ACCOUNTS: Mapping[str, frozenset[str]] = {
    "kasi_pengembangan_aplikasi": frozenset({"kasi-apl"}),
    "staff_egov": frozenset({"staf-egov"}),
    "kabid_egov": frozenset({"kabid-egov"}),
    "instansi_pengguna": frozenset({"tim-dinkes"}),
}
RESULTS = f"""\
format: laik/uat-hasil/1
digest_kode: "{CODE_DIGEST[:32]}"
tanggal: 2026-06-01
penguji:
  - {{akun: tim-dinkes, unit: Dinas Kesehatan}}
hasil:
  - {{skenario: UAT-01, status: lulus}}
simpulan: diterima
"""
_TITLES = {
    "spesifikasi_kebutuhan": ("Ruang Lingkup", "Pengguna dan Hak Akses", "Batasan"),
    "rencana_implementasi": ("Tujuan", "Lingkup Pekerjaan", "Tahapan", "Risiko"),
    "laporan_uat": ("Pelaksanaan", "Penguji", "Hasil", "Tindak Lanjut"),
    "rencana_jadwal_review": ("Catatan Review Internal", "Waktu dan Tempat", "Peserta", "Agenda"),
    "laporan_pelatihan": ("Pelaksanaan", "Materi", "Peserta", "Kendala"),
}
_LETTERS = ("spt_system_analyst", "spt_programmer", "kontrak_kerja", "perjanjian_kerjasama")
GOOD: Mapping[str, Content] = {
    "identifikasi_kebutuhan": sections("Masalah", "Pengguna", "Proses Saat Ini")
    + "\n"
    + requirements.IDENTIFICATION.partition("\n\n")[2],
    **{name: sections(*titles) for name, titles in _TITLES.items()},
    **dict.fromkeys(_LETTERS, PDF),
    "register_kebutuhan": requirements.REGISTER,
    "permintaan_modifikasi": requirements.NOTHING_ASKED,
    "penunjukan_system_analyst": "akun: [analis-1]\n",
    "penunjukan_programmer": "akun: [prog-1, prog-2]\n",
    "jadwal_pelaksanaan": SCHEDULE,
    "kebutuhan_programmer": PROGRAMMERS,
    "uat_skenario": requirements.SCENARIOS,
    "uat_hasil": RESULTS,
    "laporan_review": requirements.REVIEW,
    "daftar_hadir_pelatihan": ATTENDANCE,
    "catatan_rilis": RELEASE,
    "penyedia": VENDOR,
    "personel_pengembang": STAFF,
}
"""The content of every document by its id; a letter's sidecar and a folder's files come with it."""


class Form:
    """A request form without a fault."""

    problems: tuple[object, ...] = ()


@cache
def procedure(name: str) -> Procedure:
    return bundled()[name]


def files(sop: Procedure, *gone: str, **changed: Content) -> dict[str, Content]:
    """The case's files by path; documents named in ``gone`` are left out, ``changed`` ones replaced."""
    found: dict[str, Content] = {}
    for name, document in sop.documents.items():
        if name in gone:
            continue
        if document.kind == "folder":
            found |= {f"{document.path}dfd.png": PNG, f"{document.path}erd.png": PNG}
        else:
            found[document.path] = changed.get(name, GOOD.get(name, ""))
        if document.kind == "letter":
            found[f"{document.path.rpartition('.')[0]}.naskah.yaml"] = sidecar(name)
    return found


def written_code(digest: str = CODE_DIGEST) -> Evidence:
    """Code beyond the scaffold."""
    own = (FileFact("app/antrean.php", "b" * 40, 900, "text"),)
    value = CodeSnapshot(commit=COMMIT, tree=TREE, code_digest=digest, files=own, own=own)
    return Evidence(CODE, State.PRESENT, digest=digest, value=value)


def case(sop: Procedure, *gone: str, digest: str = CODE_DIGEST, **changed: Content) -> EvidenceView:
    """All evidence of a case, with the accounts that its documents appoint."""
    tree = MemoryTree(files(sop, *gone, **changed))
    found = [collect_document(name, document, tree) for name, document in sop.documents.items()]
    form = Evidence(FORM, State.PRESENT, digest="f" * 64, value=Form())
    appointed = {
        "system_analyst": frozenset({"analis-1"}),
        "programmer": frozenset({"prog-1", "prog-2"}),
        "pengembang": frozenset({"vendor-maju", "vendor-maju-2"}),
    }
    roles = {**ACCOUNTS, **{role.id: appointed[role.id] for role in sop.roles if role.named_by}}
    return EvidenceView(
        collected={one.id: one for one in (*found, form, written_code(digest))},
        documents=sop.documents,
        roles=roles,
        declared=sop.roles,
    )


def findings(sop: Procedure, number: int, view: EvidenceView) -> tuple[Finding, ...]:
    step = next(step for step in sop.steps if step.number == number)
    return findings_of(step, view, discover())


def open_steps(sop: Procedure, view: EvidenceView) -> list[int]:
    """The steps whose evidence does not hold."""
    return [
        step.number for step in sop.steps if not all(one.holds for one in findings(sop, step.number, view))
    ]


def faults(sop: Procedure, number: int, view: EvidenceView) -> set[tuple[str, str]]:
    """Check and outcome of what does not hold at a step."""
    return {(one.check, one.outcome.value) for one in findings(sop, number, view) if not one.holds}
