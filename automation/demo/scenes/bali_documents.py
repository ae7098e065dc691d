"""What the people of the Bali play hand in; all of it is invented."""

from __future__ import annotations

import hashlib

from automation.demo.documents import letter, sections
from automation.demo.moves import DAY

PROPOSAL = {
    "permohonan/proses-bisnis.md": sections(
        "Proses bisnis",
        {
            "Proses bisnis": "Warga mendaftar di loket, menunggu panggilan, lalu dilayani oleh petugas.",
            "Kebutuhan aplikasi": "Pendaftaran antrean daring, pemanggilan, dan laporan harian puskesmas.",
        },
    )
}
MINUTES = "kesepakatan/berita-acara.pdf"
AGREEMENT = sections(
    "Kesepakatan proses bisnis",
    {
        "Proses bisnis": "Pendaftaran, pemanggilan, dan pelaporan antrean seperti laporan lanjutan.",
        "Lingkup": "Aplikasi web bagi seluruh puskesmas; rekam medis tidak termasuk lingkup ini.",
        "Timeline": "Pembangunan tiga bulan sejak Surat Tugas terbit, uji coba pada bulan keempat.",
    },
)


def request_letter() -> dict[str, bytes]:
    """The request, with the business process that comes with it."""
    signed = letter(
        "surat_permohonan", "permohonan/surat-permohonan.pdf", role="kepala_pd", office="Kepala Dinas",
        to="Kepala Dinas Komunikasi", subject="Permohonan pembangunan aplikasi", day=DAY,
    )  # fmt: skip
    return {**signed, **PROPOSAL}


def disposition(giver: str, receiver: str) -> bytes:
    """A disposition from one role to another."""
    return (
        f'format: laik/disposisi/1\nnomor_agenda: "A-041/2026"\ntanggal: {DAY.isoformat()}\nkanal: e-office\n'
        f"dari: {giver}\nkepada: {receiver}\ninstruksi: Tindak lanjuti dan laporkan hasilnya\n"
    ).encode()


def initial(*, complete: bool = True, revision: int = 0) -> dict[str, bytes]:
    """The initial business-process document; without ``complete`` one of its parts is left open."""
    filled = {
        "Alur sistem": "Warga memilih puskesmas, mengambil nomor, menerima perkiraan, datang, dilayani.",
        "Data input dan output": "Masukan puskesmas dan tanggal; keluaran nomor dan perkiraan giliran.",
        "Mekanisme validasi": "Nomor hanya satu bagi satu warga setiap hari pada setiap puskesmas.",
        "Role pengguna": "Warga, petugas loket, dan kepala puskesmas dengan hak yang berbeda.",
        "Mekanisme pelaporan": "Laporan harian per puskesmas, diunduh oleh kepala puskesmas.",
        "Proses bisnis terkait lainnya": "Tidak ada.",
    }
    if not complete:
        filled["Mekanisme validasi"] = "ISI DI SINI"
    if revision:
        filled["Mekanisme pelaporan"] += " Formulir rekap bulanan ditambahkan."
    return {"proses-bisnis/dokumen-awal.md": sections("Dokumen awal proses bisnis", filled)}


def follow_up() -> dict[str, bytes]:
    """The follow-up report with the team's analysis."""
    filled = {
        "Hasil analisis": "Alur dapat dibangun sebagai satu aplikasi web dengan tiga peran pengguna.",
        "Pertanyaan terbuka": "Tidak ada.",
        "Keputusan": "Dilanjutkan ke diskusi final tentang lingkup dan timeline pembangunan.",
    }
    return {"proses-bisnis/laporan-lanjutan.md": sections("Laporan lanjutan", filled)}


def minutes_signed_by_one() -> dict[str, bytes]:
    """A Berita Acara of the agreement that only the head of the ICT agency signed."""
    return _minutes()


def minutes_signed_by_both() -> dict[str, bytes]:
    """The Berita Acara with both signatures."""
    return _minutes(also="kepala_pd")


def _minutes(also: str = "") -> dict[str, bytes]:
    return letter(
        "berita_acara", MINUTES, role="ka_dinas", office="Kepala Dinas", to="Para pihak",
        subject="Berita acara pembangunan aplikasi", day=DAY, also=also,
        refers_to=hashlib.sha256(AGREEMENT).hexdigest(),
    )  # fmt: skip


def assignment_alone() -> dict[str, bytes | None]:
    """The Surat Tugas in place of a Berita Acara."""
    gone: dict[str, bytes | None] = dict.fromkeys(minutes_signed_by_one())
    order = letter(
        "surat_tugas", "penugasan/surat-tugas.pdf", role="ka_dinas", office="Kepala Dinas",
        to="Tim SPBE", subject="Surat Tugas tim pembangun", day=DAY,
    )  # fmt: skip
    return {**gone, **order}
