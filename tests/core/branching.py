"""A SOP with every kind of step: decided two ways, agreed by two sides, suspended, provisioned, attested."""

from __future__ import annotations

from collections.abc import Mapping

from automation.core.confirmation import confirm
from automation.core.evidence import EvidenceView
from automation.core.finding import Finding, Outcome
from automation.core.procedure import Procedure, load_procedure
from tests.core.cases import EVERYTHING, Case, FakeCheck, checks_of, finding

BRANCHING = """\
format: laik/sop/1
id: bercabang
version: "2026.1"
title: {id: SOP bercabang, en: Branching SOP}
identity:
  {government: Pemerintah, agency: Dinas, timezone: Asia/Makassar, number: null, created_on: null,
   revised_on: null, effective_on: null, signed: null, authorised_by: Kepala, title: SOP bercabang,
   legal_basis: [], qualifications: [], related: [], equipment: [], warnings: [], records: []}
roles:
  - {id: kadis, label: Kadis, en: Head, archetype: ict_head}
  - {id: kabid, label: Kabid, en: Division head, archetype: division_head}
  - {id: kasi, label: Kasi, en: Section head, archetype: section_head}
  - {id: pd, label: PD, en: Agency, archetype: owner_team, scope: perangkat_daerah}
  - {id: programmer, label: Programmer, en: Programmer, archetype: builder_internal, scope: kasus}
phases:
  - {key: awal, label: Awal, en: Start}
documents:
  pemeriksaan: {name: Pemeriksaan, en: Check, kind: markdown, home: berkas, path: pemeriksaan.md}
  usulan: {name: Usulan, en: Proposal, kind: markdown, home: berkas, path: usulan.md}
  proses: {name: Proses, en: Process, kind: markdown, home: berkas, path: proses.md, states: [awal, sepakat]}
  ketersediaan: {name: Ketersediaan, en: Resources, kind: yaml, home: berkas, path: ada.yaml}
  laporan: {name: Laporan, en: Report, kind: markdown, home: berkas, path: laporan.md}
  berita_acara: {name: Berita acara, en: Minutes, kind: letter, home: berkas, path: ba.pdf}
  surat_tugas: {name: Surat tugas, en: Assignment, kind: letter, home: berkas, path: st.pdf}
  pelatihan: {name: Pelatihan, en: Training, kind: markdown, home: berkas, path: latih.md}
steps:
  - key: periksa
    number: 1
    phase: awal
    gate: kebutuhan
    activity: {verbatim: Memeriksa, id: Memeriksa, en: Checking}
    actors:
      responsible: [{role: kabid, basis: inferred}]
      involved: [{role: kasi, basis: inferred, candidate: true}, {role: pd, basis: stated}]
    duration: {raw: null, iso: null}
    flow:
      kind: decision
      branches:
        - {when: lengkap, on: completed, to: sepakati, basis: inferred}
        - {when: belum lengkap, on: detour, to: usulkan, basis: inferred}
    judging: {subjects: [pemeriksaan], checks: [dokumen_ada]}
    completion: human_gate
    act: {verb: lengkap, about: kebutuhan, by: [kabid], detour: belum_lengkap}
  - key: usulkan
    number: 2
    phase: awal
    gate: kebutuhan
    activity: {verbatim: Mengusulkan, id: Mengusulkan, en: Proposing}
    actors: {responsible: [{role: kasi, basis: stated}]}
    duration: {raw: null, iso: null}
    flow: {kind: linear, branches: [{when: selesai, on: completed, to: sepakati, basis: stated}]}
    judging: {subjects: [usulan], checks: [dokumen_ada]}
    completion: auto
  - key: sepakati
    number: 3
    phase: awal
    gate: kesepakatan
    activity: {verbatim: Menyepakati, id: Menyepakati, en: Agreeing}
    actors: {responsible: [{role: kabid, basis: stated}]}
    duration: {raw: null, iso: null}
    outputs: [{document: proses, state: sepakat, basis: stated}]
    flow:
      kind: loop
      branches:
        - {when: sepakat, on: completed, to: sediakan, basis: stated}
        - {when: belum sepakat, on: refused, to: sepakati, basis: stated, turn: [pd]}
    judging: {subjects: [proses], checks: [dokumen_ada]}
    completion: human_gate
    act: {verb: setuju, about: proses, by: [kabid, pd], refuse: revisi, agree: each}
    binding: {content: until_closed}
  - key: sediakan
    number: 4
    phase: awal
    gate: ketersediaan
    activity: {verbatim: Memeriksa sumber daya, id: Memeriksa sumber daya, en: Checking resources}
    actors: {responsible: [{role: kabid, basis: stated}]}
    duration: {raw: null, iso: null}
    flow:
      kind: decision
      branches:
        - {when: tersedia, on: completed, to: buat, basis: inferred, checks: [tersedia]}
        - {when: tidak tersedia, on: detour, to: lapor, basis: inferred, checks: [tidak_tersedia]}
    judging: {subjects: [ketersediaan], checks: [dokumen_ada]}
    completion: human_gate
    act: {verb: tersedia, about: sumber-daya, by: [kabid], detour: tidak_tersedia}
  - key: lapor
    number: 5
    phase: awal
    gate: ketersediaan
    activity: {verbatim: Melapor, id: Melapor, en: Reporting}
    actors: {responsible: [{role: kabid, basis: stated}]}
    duration: {raw: null, iso: null}
    flow:
      kind: suspension
      branches:
        - {when: ditangguhkan, on: completed, to: null, basis: inferred}
        - {when: kemudian tersedia, on: resumed, to: sediakan, basis: inferred}
    judging: {subjects: [laporan], checks: [dokumen_ada]}
    completion: human_gate
    act: {verb: ajukan, about: laporan, by: [kabid], resume: lanjut}
  - key: buat
    number: 6
    phase: awal
    gate: proyek
    activity: {verbatim: Membuat, id: Membuat, en: Creating}
    actors: {responsible: [{role: kasi, basis: stated}]}
    duration: {raw: null, iso: null}
    flow: {kind: linear, branches: [{when: selesai, on: completed, to: tugaskan, basis: stated}]}
    judging: {subjects: [ketersediaan], checks: []}
    completion: human_gate
    act: {verb: buat_project, about: proyek, by: [kasi]}
    provisions: application
    complete_when: provided
  - key: tugaskan
    number: 7
    phase: awal
    gate: surat
    activity: {verbatim: Menugaskan, id: Menugaskan, en: Assigning}
    actors: {responsible: [{role: kadis, basis: stated}]}
    duration: {raw: null, iso: null}
    flow: {kind: linear, branches: [{when: selesai, on: completed, to: latih, basis: stated}]}
    judging:
      {subjects: [berita_acara, surat_tugas], checks: [dokumen_ada], any_of: [[berita_acara, surat_tugas]]}
    completion: human_gate
    act: {verb: disposisi, about: surat, by: [kadis, kabid], quorum: 2}
  - key: latih
    number: 8
    phase: awal
    gate: pelatihan
    activity: {verbatim: Melatih, id: Melatih, en: Training}
    actors: {responsible: [{role: kasi, basis: stated}]}
    duration: {raw: null, iso: null}
    flow: {kind: terminal, branches: [{when: selesai, on: completed, to: null, basis: stated}]}
    judging: {subjects: [pelatihan], checks: [dokumen_ada]}
    completion: attested
    act: {verb: catat, about: pelatihan, by: [kasi]}
"""
CHECKS = frozenset({"dokumen_ada", "tersedia", "tidak_tersedia"})
ROLES: Mapping[str, frozenset[str]] = {
    "kadis": frozenset({"kepala-diskominfo"}),
    "kabid": frozenset({"kabid", "dua-topi"}),
    "kasi": frozenset({"kasi"}),
    "pd": frozenset({"tim-dinkes", "dua-topi"}),
    "programmer": frozenset({"vendor-maju"}),
}
PRESENT = {
    "pemeriksaan": "isi",
    "usulan": "isi",
    "proses": "isi",
    "ketersediaan": "ada",
    "laporan": "isi",
    "surat_tugas": "isi",
    "pelatihan": "isi",
}


def branching(text: str = BRANCHING) -> Procedure:
    """The SOP as loaded: its readings are advice."""
    return load_procedure(text, path="bercabang.yaml", checks=CHECKS)


def branching_case(*, confirmed: bool = True, text: str = BRANCHING, **content: str) -> Case:
    """A case under it with everything there; ``confirmed``: the region made laik's readings its rule."""
    procedure = branching(text)
    checks = {
        **checks_of(procedure),
        **{name: FakeCheck(name, answer=answer) for name, answer in WAYS.items()},
    }
    enforced = confirm(procedure, EVERYTHING) if confirmed else procedure
    return Case(procedure=enforced, content={**PRESENT, **content}, roles=ROLES, checks=checks)


def _resources(view: EvidenceView, wanted: str, check: str) -> tuple[Finding, ...]:
    there = view.get("doc:ketersediaan").value == wanted
    return (finding(check, Outcome.PASS if there else Outcome.FAIL),)


WAYS = {
    "tersedia": lambda view, subjects: _resources(view, "ada", "tersedia"),
    "tidak_tersedia": lambda view, subjects: _resources(view, "tidak ada", "tidak_tersedia"),
}


def agreed(case: Case) -> Case:
    """The case with its agreement reached: at the question whether the resources are there."""
    case.takes("kabid", "lengkap")
    case.takes("kabid", "setuju")
    case.takes("tim-dinkes", "setuju")
    assert case.open_step == "sediakan"
    return case


def finished(case: Case) -> Case:
    """The case from its resources on to its end."""
    case.takes("kabid", "tersedia")
    case.takes("kasi", "buat-project")
    case.takes("kepala-diskominfo", "disposisi")
    case.takes("kabid", "disposisi")
    case.takes("kasi", "catat")
    return case
