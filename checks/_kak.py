"""The sections of a KAK (terms of reference), after the domain analysis, section 2.7, and SOP step 6."""

from __future__ import annotations

from checks._sections import Required

KAK_SECTIONS = (
    Required("latar_belakang", ("Latar Belakang", "Pendahuluan")),
    Required("maksud_dan_tujuan", ("Maksud dan Tujuan", "Tujuan", "Maksud", "Maksud, Tujuan, dan Sasaran")),
    Required("sasaran", ("Sasaran", "Tujuan dan Sasaran", "Maksud, Tujuan, dan Sasaran", "Sasaran Kegiatan")),
    Required("ruang_lingkup", ("Ruang Lingkup", "Lingkup", "Lingkup Pekerjaan", "Ruang Lingkup Pekerjaan")),
    Required("keluaran", ("Keluaran", "Output", "Hasil", "Keluaran (Output)", "Keluaran Pekerjaan")),
    Required("kriteria_penerimaan", ("Kriteria Penerimaan", "Kriteria Serah Terima", "Acceptance Criteria")),
    Required(
        "metodologi",
        (
            "Metodologi",
            "Tahapan",
            "Metodologi dan Tahapan",
            "Tahapan Pekerjaan",
            "Metode Pelaksanaan",
            "Tahapan Pelaksanaan",
            "Metodologi Pelaksanaan",
        ),
    ),
    Required(
        "jadwal",
        (
            "Jadwal",
            "Jadwal Pelaksanaan",
            "Waktu Pelaksanaan",
            "Jangka Waktu",
            "Jangka Waktu Pelaksanaan",
            "Jadwal dan Waktu Pelaksanaan",
        ),
    ),
    Required(
        "anggaran",
        (
            "Anggaran",
            "Sumber Dana",
            "Anggaran dan Sumber Dana",
            "Biaya",
            "Anggaran/Sumber Dana",
            "Rencana Anggaran Biaya",
            "Sumber Pendanaan",
            "Pembiayaan",
        ),
    ),
    Required(
        "standar_teknis",
        (
            "Standar Teknis",
            "Standar Teknis Pengembangan",
            "Spesifikasi Teknis",
            "Standardisasi Pengembangan Aplikasi",
            "Kepatuhan Standar",
            "Standar Pengembangan Aplikasi",
        ),
    ),
)
