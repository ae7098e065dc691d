"""A small set of needs, requirements and a review that fit together, for the checks that compare them."""

from __future__ import annotations

from tests.checks.worlds import CODE_DIGEST, judged, world

IDENTIFICATION = """\
# Identifikasi kebutuhan

## Butir Kebutuhan

- IDN-01 Warga mengambil nomor antrean dari rumah
- **IDN-02** Petugas melihat laporan harian
"""
REGISTER = """\
format: laik/kebutuhan/1
kebutuhan:
  - id: KBT-001
    uraian: Mengambil nomor antrean dari ponsel
    jenis: fungsional
    prioritas: wajib
    sumber: [IDN-01]
    kriteria_terima: Nomor tampil dalam lima detik
  - id: KBT-002
    uraian: Menampilkan laporan harian kepada petugas
    jenis: fungsional
    prioritas: tambahan
    sumber: [IDN-02, Perbup 18/2018]
    kriteria_terima: Laporan memuat jumlah pasien
"""
NOTHING_ASKED = """\
format: laik/permintaan-modifikasi/1
tanggal: 2026-02-10
permintaan: []
alasan_nihil: Kedua pihak menerima seluruh kebutuhan
"""
ASKED = """\
format: laik/permintaan-modifikasi/1
tanggal: 2026-02-10
permintaan:
  - {kebutuhan: KBT-002, jenis: tambah, permintaan: Laporan harian, pengusul: Dinas, status: dipenuhi}
"""
SCENARIOS = """\
format: laik/uat-skenario/1
skenario:
  - id: UAT-01
    kebutuhan: [KBT-001]
    judul: Mengambil nomor antrean
    langkah: [Buka beranda]
    harapan: Nomor antrean tampil
"""
REVIEW = f"""\
format: laik/laporan-review/1
tanggal: 2026-06-02
digest_kode: "{CODE_DIGEST[:32]}"
peserta:
  - {{jabatan: Kepala Bidang, unit: Bidang E-Government}}
  - {{jabatan: Kepala Bidang, unit: Dinas Kesehatan}}
kebutuhan:
  - {{id: KBT-001, status: diterima}}
  - {{id: KBT-002, status: ditunda, catatan: Menunggu format laporan}}
tindak_lanjut: Tidak ada
simpulan: diterima_dengan_catatan
"""
FILES = {
    "kebutuhan/identifikasi-kebutuhan.md": IDENTIFICATION,
    "kebutuhan/kebutuhan.yaml": REGISTER,
    "kebutuhan/permintaan-modifikasi.yaml": NOTHING_ASKED,
    "uat/skenario.yaml": SCENARIOS,
    "review/laporan-hasil-review.yaml": REVIEW,
}


def needs_world(*gone: str, **changed: str):
    """The world of ``FILES``; ``changed`` replaces by the last word of the path, ``gone`` leaves out."""
    short = {path: path.rpartition("/")[2].partition(".")[0].replace("-", "_") for path in FILES}
    return world({path: changed.get(name, FILES[path]) for path, name in short.items() if name not in gone})


def findings_for(check: str, *gone: str, **changed: str):
    return judged(check, needs_world(*gone, **changed))
