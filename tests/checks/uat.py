"""A UAT that passed, for the three checks that judge it."""

from __future__ import annotations

from tests.checks.worlds import CODE_DIGEST, judged, world

SCENARIOS = """\
format: laik/uat-skenario/1
skenario:
  - id: UAT-01
    judul: Mengambil nomor antrean
    langkah: [Buka beranda, Tekan ambil nomor]
    harapan: Nomor antrean tampil
  - id: UAT-02
    judul: Melihat laporan
    langkah: [Masuk sebagai petugas]
    harapan: Laporan harian tampil
"""
RESULTS = f"""\
format: laik/uat-hasil/1
digest_kode: "{CODE_DIGEST[:32]}"
tanggal: 2026-05-04
penguji:
  - {{akun: tim-dinkes, unit: Puskesmas}}
hasil:
  - {{skenario: UAT-01, status: lulus}}
  - {{skenario: UAT-02, status: lulus_dengan_catatan, catatan: Judul kolom diperjelas}}
simpulan: diterima_dengan_catatan
"""
TEMPLATE_SCENARIOS = """\
format: laik/uat-skenario/1
skenario:
  - id: UAT-01
    judul: ISI DI SINI
    langkah: [ISI DI SINI]
    harapan: ISI DI SINI
"""


def uat_world(scenarios: str | None = SCENARIOS, results: str | None = RESULTS, **options):
    given = {"uat/skenario.yaml": scenarios, "uat/hasil.yaml": results}
    return world({path: text for path, text in given.items() if text is not None}, **options)


def findings_for(check: str, scenarios: str | None = SCENARIOS, results: str | None = RESULTS, **options):
    return judged(check, uat_world(scenarios, results, **options))
