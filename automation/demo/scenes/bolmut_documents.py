"""What the people of the Bolaang Mongondow Utara play hand in; all of it is invented."""

from __future__ import annotations

from collections.abc import Sequence

from automation.demo import documents
from automation.demo.cast import AGENCY
from automation.demo.documents import letter, pdf, sections
from automation.demo.moves import DAY
from automation.demo.organisation import PARENT

NAME = "antrean"
RESULT = "dokumen/hasil"


def order() -> dict[str, bytes]:
    """The development order."""
    return letter(
        "surat_perintah", "perintah/surat-perintah.pdf", role="kadis_kominfo", office="Kepala Dinas",
        to="Bidang Aptika", subject="Surat perintah pengembangan aplikasi", day=DAY,
    )  # fmt: skip


def needs_checked() -> dict[str, bytes]:
    """The result of checking the needs list: there is none yet."""
    filled = {
        "Daftar yang diperiksa": "Daftar kebutuhan aplikasi tahun berjalan pada Bidang Aptika.",
        "Hasil pemeriksaan": "Kebutuhan antrean puskesmas belum tercantum pada daftar kebutuhan.",
    }
    return {"kebutuhan/pemeriksaan.md": sections("Pemeriksaan daftar kebutuhan", filled)}


def needs_proposed() -> dict[str, bytes]:
    """The proposal of needs."""
    filled = {
        "Masalah": "Warga mengantre sejak subuh dan tidak tahu kapan gilirannya tiba.",
        "Pengguna": "Warga, petugas loket puskesmas, dan Dinas Kesehatan sebagai pemilik.",
        "Fungsi yang diusulkan": "Nomor antrean daring, pemanggilan, dan laporan harian puskesmas.",
        "Manfaat": "Waktu tunggu turun dan beban loket merata sepanjang hari pelayanan.",
    }
    return {"kebutuhan/usulan-kebutuhan.md": sections("Usulan kebutuhan aplikasi", filled)}


def needs_list() -> dict[str, bytes]:
    """The list of needs."""
    rows = (
        ("KB-01", "Mengambil nomor antrean dari rumah", "tinggi"),
        ("KB-02", "Melihat perkiraan giliran", "sedang"),
    )
    items = "".join(
        f"  - {{id: {key}, uraian: {text}, prioritas: {rank}, pengusul: Dinas Kesehatan}}\n"
        for key, text, rank in rows
    )
    text = f"format: laik/daftar-kebutuhan/1\nkebutuhan:\n{items}"
    return {"kebutuhan/daftar-kebutuhan.yaml": text.encode()}


def analysis() -> dict[str, bytes]:
    """The analysis report with its four parts."""
    filled = {
        "Kebutuhan, ruang lingkup, dan cakupan": "Antrean seluruh puskesmas; rekam medis tidak termasuk.",
        "Aplikasi sejenis": "Belum ada aplikasi antrean lain pada pemerintah kabupaten ini.",
        "Integrasi": "Tidak ada integrasi pada tahap pertama; data kependudukan menyusul kemudian.",
        "Infrastruktur, SDM, dan anggaran": "Satu peladen, dua pengembang, anggaran operasional bidang.",
    }
    return {"analisis/laporan-analisis.md": sections("Hasil analisis", filled)}


def resources(*, budget: bool) -> dict[str, bytes]:
    """The availability record, with or without a budget."""
    money = "{tersedia: ya}" if budget else "{tersedia: tidak, keterangan: Anggaran baru pada perubahan APBD}"
    text = (
        "format: laik/ketersediaan/1\ninfrastruktur: {tersedia: ya}\nsdm: {tersedia: ya}\n"
        f"anggaran: {money}\n"
    )
    return {"analisis/ketersediaan.yaml": text.encode()}


def unavailable() -> dict[str, bytes]:
    """The report on what is not available."""
    filled = {
        "Unsur yang tidak tersedia": "Anggaran pengembangan belum ada pada dokumen anggaran bidang.",
        "Dampak": "Pengembangan belum dapat dimulai sampai perubahan anggaran ditetapkan.",
        "Usulan": "Menunggu perubahan anggaran, lalu ketersediaan diperiksa kembali.",
    }
    return {"analisis/laporan-ketidaktersediaan.md": sections("Laporan ketidaktersediaan", filled)}


def project(accounts: Sequence[str]) -> dict[str, bytes]:
    """Which accounts build the application."""
    text = f"project: {documents.SLUG}\nakun: [{', '.join(accounts)}]\n"
    return {"penugasan/tim-proyek.yaml": text.encode()}


def plan(*, revision: int = 0) -> dict[str, bytes]:
    """The development plan; each round adds a risk that was missing."""
    filled = {
        "Lingkup": "Pendaftaran antrean, pemanggilan, dan laporan harian bagi seluruh puskesmas.",
        "Arsitektur": "Aplikasi web tiga lapis dengan satu basis data dan tanpa layanan luar.",
        "Kepatuhan standar": "Mengikuti standardisasi pembangunan dan pengembangan TIK Pemkab.",
        "Risiko": "Jaringan puskesmas terputus; antrean tetap berjalan dengan nomor cetak.",
        "Jadwal": "Dua belas minggu: rancangan, pembangunan bertahap, pengujian, penyerahan.",
        "Tim": "Satu system analyst dan dua programmer Tim Pengembangan Dinas Kominfo.",
    }
    filled["Risiko"] += "".join(f" Risiko tambahan ke-{number} ditulis." for number in range(1, revision + 1))
    return {"dokumen/rencana/rencana-pengembangan.md": sections("Rencana pengembangan", filled)}


def presentation() -> dict[str, bytes]:
    """Mockup, similar applications, business flow and schedule."""
    schedule = (
        b"tonggak:\n  - {nama: Rancangan selesai, selesai: 2026-04-01}\n"
        b"  - {nama: Aplikasi selesai, selesai: 2026-06-01}\n"
    )
    folder = "dokumen/presentasi-awal"
    return {**documents.initial_presentation(), f"{folder}/jadwal-pengerjaan.yaml": schedule}


def response(kind: str, text: str, decision: str) -> dict[str, bytes]:
    """The technical team's response to the plan (``awal``) or to the result (``akhir``)."""
    about = "rencana" if kind == "awal" else "hasil"
    filled = {"Tanggapan": text, "Keputusan": decision}
    return {f"presentasi-{kind}/tanggapan-{about}.md": sections(f"Tanggapan atas {about}", filled)}


def result(*, complete: bool) -> dict[str, bytes]:
    """What is handed in beside the application; ``complete`` has the system requirements too."""
    guide = sections("Petunjuk", {"Langkah": "Buka aplikasi, pilih puskesmas, lalu ambil nomor antrean."})
    install = sections("Instalasi", {"Langkah": "Pasang PHP dan PostgreSQL, salin kode, jalankan migrasi."})
    usability = pdf(["Usability testing", "Delapan pengguna, skor rata-rata 82"])
    found = {
        f"{RESULT}/usability-testing/laporan.pdf": usability,
        f"{RESULT}/petunjuk-pengguna/petunjuk.md": guide,
        f"{RESULT}/petunjuk-instalasi/instalasi.md": install,
    }
    needs = sections("System requirement", {"Kebutuhan": "PHP 8.3, PostgreSQL 15, memori 4 GB, disk 40 GB."})
    return {**found, f"{RESULT}/system-requirement/kebutuhan.md": needs} if complete else found


def penetration() -> dict[str, bytes]:
    """The penetration test's report, for the office alone."""
    return {
        "keamanan/penetration-testing/laporan.pdf": pdf(["Penetration testing", "Tidak ada temuan tinggi"])
    }


def acceptance(digest: str) -> dict[str, bytes]:
    """UAT scenarios and results for this very code."""
    return {
        "uat/skenario.yaml": documents.uat_scenarios(),
        "uat/hasil.yaml": documents.uat_results(digest, tester="pengguna-dinkes", day=DAY),
    }


def installation(digest: str) -> dict[str, bytes]:
    """The comparison of what was installed with what was presented."""
    text = (
        f'format: laik/instalasi/1\ndigest_kode: "{digest}"\ntanggal: {DAY.isoformat()}\n'
        "server: Peladen uji Dinas Kominfo\nlangkah: [Salin kode, Jalankan migrasi, Buka beranda]\nbanding:\n"
        "  - {butir: Ambil nomor, dipresentasikan: Nomor tampil, terpasang: Nomor tampil, hasil: sesuai}\n"
        "  - {butir: Laporan harian, dipresentasikan: Tabel, terpasang: Tabel, hasil: sesuai}\n"
    )
    return {"pengujian/instalasi.yaml": text.encode()}


def recommendation() -> dict[str, bytes]:
    """The recommendation, with the form that says what is recommended."""
    signed = letter(
        "surat_rekomendasi", "rekomendasi/surat-rekomendasi.pdf", role="tim_teknis_kominfo",
        office="Tim Teknis Kominfo", to="Kepala Dinas", subject="Rekomendasi subdomain dan hosting", day=DAY,
    )  # fmt: skip
    return {**signed, "hosting/permohonan-hosting.yaml": documents.hosting_form(AGENCY, NAME, PARENT)}


def report() -> dict[str, bytes]:
    """The final report with its documentation."""
    filled = {
        "Ringkasan": "Aplikasi antrean puskesmas selesai dibangun sesuai surat perintah.",
        "Hasil pengembangan": "Pendaftaran, pemanggilan, dan laporan harian berjalan sesuai rencana.",
        "Hasil pengujian": "UAT lulus, uji keamanan tanpa temuan tinggi, instalasi sesuai presentasi.",
        "Rekomendasi": "Subdomain dan hosting seperti surat rekomendasi Tim Teknis Kominfo.",
    }
    folder = "laporan-akhir"
    return {
        f"{folder}/laporan.md": sections("Laporan pengembangan aplikasi", filled),
        f"{folder}/dokumentasi/arsitektur.pdf": pdf(["Dokumentasi pengembangan", documents.APPLICATION]),
    }


def approval() -> dict[str, bytes]:
    """The head's approval of the application."""
    return letter(
        "persetujuan", "laporan-akhir/persetujuan.pdf", role="kadis_kominfo", office="Kepala Dinas",
        to="Bidang Aptika", subject="Persetujuan aplikasi", day=DAY,
    )  # fmt: skip
