"""Small worlds for checks: a mapping of path to content becomes the evidence of a case."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from automation.collect.documents import collect_document
from automation.core.documents import CodeSnapshot, FileFact, ScanReport
from automation.core.errors import ForgeUnreachable
from automation.core.evidence import CODE, SCAN, Evidence, EvidenceView, State
from automation.core.finding import Finding, Outcome
from automation.core.procedure import Document, Role
from automation.core.text import Bilingual
from checks import discover

Content = str | bytes
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60
CODE_DIGEST = hashlib.sha256(b"kode").hexdigest()
COMMIT, TREE = "c" * 40, "d" * 40

_DECLARED = {
    "surat_tugas": ("letter", "penugasan/surat-tugas.pdf", ("kepala_diskominfo",)),
    "surat_undangan": ("letter", "analisis/surat-undangan.pdf", ()),
    "kak_sah": ("letter", "kak/kak-sah.pdf", ("kepala_pd",)),
    "laporan_hasil_analisis": ("markdown", "analisis/laporan-hasil-analisis.md", ()),
    "kak": ("markdown", "kak/kak.md", ()),
    "penyedia": ("yaml", "pengadaan/penyedia.yaml", ()),
    "notulen_rapat": ("markdown", "presentasi-awal/notulen-rapat.md", ()),
    "daftar_hadir": ("csv", "presentasi-awal/daftar-hadir.csv", ()),
    "uat_skenario": ("yaml", "uat/skenario.yaml", ()),
    "uat_hasil": ("yaml", "uat/hasil.yaml", ()),
    "formulir_hosting": ("yaml", "hosting/permohonan-hosting.yaml", ()),
    "mockup": ("folder", "dokumen/presentasi-awal/mockup/", ()),
    "aplikasi_sejenis": ("markdown", "dokumen/presentasi-awal/aplikasi-sejenis.md", ()),
    "alur_proses": ("markdown", "dokumen/presentasi-awal/alur-proses.md", ()),
    "presentasi_akhir": ("folder", "dokumen/presentasi-akhir/", ()),
    "dokumentasi_testing": ("markdown", "dokumen/pengujian/laporan-pengujian.md", ()),
    "laporan_hasil_pengujian": ("markdown", "keamanan/laporan-hasil-pengujian.md", ()),
    "identifikasi_kebutuhan": ("markdown", "kebutuhan/identifikasi-kebutuhan.md", ()),
    "register_kebutuhan": ("yaml", "kebutuhan/kebutuhan.yaml", ()),
    "permintaan_modifikasi": ("yaml", "kebutuhan/permintaan-modifikasi.yaml", ()),
    "jadwal_pelaksanaan": ("yaml", "rencana/jadwal.yaml", ()),
    "kebutuhan_programmer": ("yaml", "rencana/kebutuhan-programmer.yaml", ()),
    "penunjukan_programmer": ("yaml", "penugasan/programmer.yaml", ()),
    "personel_pengembang": ("yaml", "penugasan/personel.yaml", ()),
    "dfd_erd": ("folder", "dokumen/desain/", ()),
    "laporan_review": ("yaml", "review/laporan-hasil-review.yaml", ()),
    "daftar_hadir_pelatihan": ("csv", "pelatihan/daftar-hadir.csv", ()),
    "catatan_rilis": ("yaml", "implementasi/rilis.yaml", ()),
}
DOCUMENTS: Mapping[str, Document] = {
    name: Document(
        name=name.replace("_", " ").title(),
        en=name,
        kind=kind,  # type: ignore[arg-type]
        home="berkas",
        path=path,
        signed_by=signed_by,
    )
    for name, (kind, path, signed_by) in _DECLARED.items()
}
SARIF_REPORT = Document(
    name="Laporan CI", en="CI report", kind="sarif", home="aplikasi", path="dokumen/keamanan/ci.sarif"
)
POLICY = {
    "induk_domain": ("contoh.go.id",),
    "nama_terlarang": ("www", "mail"),
    "perangkat_daerah": {"dinkes": "Dinas Kesehatan"},
}


def role(name: str, archetype: str, **declared: object) -> Role:
    return Role.model_validate({"id": name, "label": name, "en": name, "archetype": archetype, **declared})


DECLARED = (role("pengembang", "builder_external"), role("tim_teknis_diskominfo", "technical_reviewer"))
ROLES = {
    "pengembang": frozenset({"vendor-maju"}),
    "tim_teknis_diskominfo": frozenset({"teknis-1", "teknis-2"}),
}


class MemoryTree:
    """A tree of documents held in memory."""

    def __init__(self, files: Mapping[str, Content]) -> None:
        self.contents = {
            path: text.encode() if isinstance(text, str) else text for path, text in files.items()
        }

    def read(self, path: str) -> bytes | None:
        return self.contents.get(path)

    def files(self, prefix: str) -> tuple[FileFact, ...]:
        under = prefix == "" or prefix.endswith("/")
        return tuple(
            FileFact(path, hashlib.sha1(content).hexdigest(), len(content))
            for path, content in sorted(self.contents.items())
            if (path.startswith(prefix) if under else path == prefix)
        )


class DownTree:
    """A tree on a forge that does not answer."""

    def read(self, path: str) -> bytes | None:
        raise self._down()

    def files(self, prefix: str) -> tuple[FileFact, ...]:
        raise self._down()

    def _down(self) -> ForgeUnreachable:
        return ForgeUnreachable(Bilingual("Forge mati.", "The forge is down."), remedy=Bilingual("", ""))


def world(
    files: Mapping[str, Content],
    *,
    documents: Mapping[str, Document] = DOCUMENTS,
    extra: tuple[Evidence, ...] = (),
    roles: Mapping[str, frozenset[str]] = ROLES,
    policy: Mapping[str, object] = POLICY,
    declared: tuple[Role, ...] = DECLARED,
) -> EvidenceView:
    """A case whose documents are ``files`` (path -> content), with code and a clean scan."""
    tree = MemoryTree(files)
    found = [collect_document(name, document, tree) for name, document in documents.items()]
    collected = {one.id: one for one in (*found, code(), scan(), *extra)}
    return EvidenceView(
        collected=collected, policy=policy, documents=documents, roles=roles, declared=declared
    )


def document(kind: str, path: str, **declared: object) -> Document:
    """A document of a small SOP, as ``path`` names it."""
    return Document.model_validate(
        {"name": path, "en": path, "kind": kind, "home": "berkas", "path": path, **declared}
    )


def code() -> Evidence:
    value = CodeSnapshot(commit=COMMIT, tree=TREE, code_digest=CODE_DIGEST)
    return Evidence(CODE, State.PRESENT, digest=CODE_DIGEST, value=value)


CLEAN = ScanReport(commit=COMMIT, tree=TREE, ruleset="r1", flaws=(), unscanned=(), files_scanned=3)


def scan(report: ScanReport = CLEAN) -> Evidence:
    return Evidence(SCAN, State.PRESENT, digest="e" * 64, value=report)


def down(evidence_id: str) -> Evidence:
    """Evidence that could not be looked for."""
    return Evidence(evidence_id, State.UNKNOWN, problem=Bilingual("Forge mati.", "The forge is down."))


def judged(check: str, view: EvidenceView, *subjects: str) -> tuple[Finding, ...]:
    """The findings of one check; held to the contract every check has."""
    findings = discover()[check].judge(view, subjects)
    assert findings
    assert {finding.check for finding in findings} == {check}
    assert all(finding.seen.id and finding.seen.en for finding in findings)
    assert all(finding.remedy.id and finding.remedy.en for finding in findings if not finding.holds)
    assert findings == discover()[check].judge(view, subjects)
    return findings


def outcomes(findings: tuple[Finding, ...]) -> set[Outcome]:
    return {finding.outcome for finding in findings}


def keys(findings: tuple[Finding, ...]) -> set[str]:
    """Keys of the findings that do not hold."""
    return {finding.key for finding in findings if not finding.holds}


def without(view: EvidenceView, evidence: Evidence) -> EvidenceView:
    """The same world with one piece of evidence replaced."""
    return replace(view, collected={**view.collected, evidence.id: evidence})


def sections(*titles: str, text: str = "Isi bagian ini ditulis lengkap oleh tim yang bertugas.") -> str:
    """A Markdown document with these headings, each filled."""
    return "# Judul\n\n" + "\n".join(f"## {title}\n\n{text}\n" for title in titles)


def sidecar(kind: str, file: bytes = PDF, **changes: str) -> str:
    """A letter's sidecar; ``changes`` replace whole top-level values."""
    values = {
        "format": "laik/naskah/1",
        "jenis": kind,
        "nomor": '"800/12/2026"',
        "tanggal": "2026-01-05",
        "hal": "Penugasan tim teknis",
        "dari": "Diskominfo",
        "kepada": "Dinas Kesehatan",
        "penandatangan": "{jabatan: Kepala Dinas, peran: kepala_diskominfo}",
        "ttd": "tte",
        "sha256": f'"{hashlib.sha256(file).hexdigest()}"',
        **changes,
    }
    return "".join(f"{key}: {value}\n" for key, value in values.items())
