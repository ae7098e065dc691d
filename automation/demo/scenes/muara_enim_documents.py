"""What the people of both Muara Enim plays hand in; all of it is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from automation.demo.documents import APPLICATION, letter, sections
from automation.demo.moves import DAY

CSV = b"nama,jabatan,unit,hadir\nPetugas loket,Staf,Dinas Kesehatan,hadir\nAdmin,Staf,Bidang E-Gov,hadir\n"
REQUIREMENTS = (
    ("KBT-001", "Mengambil nomor antrean dari ponsel", "wajib", "IDN-01", "Nomor tampil dalam lima detik"),
    ("KBT-002", "Menampilkan laporan harian", "wajib", "IDN-02", "Laporan memuat jumlah pasien"),
    ("KBT-003", "Membatalkan nomor antrean", "penting", "IDN-01", "Nomor yang batal dapat diambil lagi"),
)
PLAN = {
    "Tujuan": "Waktu tunggu pasien turun menjadi tiga puluh menit pada tahun pertama.",
    "Lingkup Pekerjaan": "Pendaftaran, pemanggilan, pembatalan, dan laporan harian puskesmas.",
    "Tahapan": "Rancangan, pembangunan bertahap, uji penerimaan, pelatihan, dan penerapan.",
    "Risiko": "Jaringan puskesmas terputus; antrean tetap berjalan dengan nomor cetak.",
}


def needs() -> dict[str, bytes]:
    """The identification, its needs numbered."""
    filled = {
        "Masalah": "Warga mengantre sejak subuh dan tidak tahu kapan gilirannya tiba.",
        "Pengguna": "Warga, petugas loket puskesmas, dan kepala puskesmas.",
        "Proses Saat Ini": "Nomor diambil di loket dan dipanggil satu per satu oleh petugas.",
        "Butir Kebutuhan": "- IDN-01 Warga mengambil nomor antrean dari rumah\n"
        "- IDN-02 Petugas melihat laporan harian antrean",
    }
    return {"kebutuhan/identifikasi-kebutuhan.md": sections("Identifikasi kebutuhan", filled)}


def specification(count: int) -> dict[str, bytes]:
    """The specification with the first ``count`` requirements in its register."""
    filled = {
        "Ruang Lingkup": "Aplikasi web antrean bagi seluruh puskesmas; rekam medis tidak termasuk.",
        "Pengguna dan Hak Akses": "Warga mengambil nomor, petugas memanggil, kepala melihat laporan.",
        "Batasan": "Berjalan pada peladen dinas, tanpa layanan di luar pemerintah kabupaten.",
    }
    rows = "".join(
        f"  - {{id: {key}, uraian: {text}, jenis: fungsional, prioritas: {rank}, sumber: [{need}],"
        f" kriteria_terima: {met}}}\n"
        for key, text, rank, need, met in REQUIREMENTS[:count]
    )
    return {
        "kebutuhan/spesifikasi-kebutuhan.md": sections("Spesifikasi kebutuhan", filled),
        "kebutuhan/kebutuhan.yaml": f"format: laik/kebutuhan/1\nkebutuhan:\n{rows}".encode(),
    }


def modifications(*, asked: bool) -> dict[str, bytes]:
    """What the joint review asks to change: nothing, or the cancelling that was forgotten."""
    head = f"format: laik/permintaan-modifikasi/1\ntanggal: {DAY.isoformat()}\n"
    nothing = "permintaan: []\nalasan_nihil: Kedua pihak menerima seluruh kebutuhan\n"
    one = (
        "permintaan:\n  - {kebutuhan: KBT-003, jenis: tambah, permintaan: Pembatalan nomor,"
        " pengusul: Dinas Kesehatan, status: dipenuhi}\n"
    )
    return {"kebutuhan/permintaan-modifikasi.yaml": (head + (one if asked else nothing)).encode()}


def appointment(role: str, accounts: Sequence[str]) -> dict[str, bytes]:
    """The assignment order of the system analyst or the programmers, with their accounts."""
    order = letter(
        f"spt_{role.replace('-', '_')}", f"penugasan/spt-{role}.pdf", role="kasi_pengembangan_aplikasi",
        office="Kepala Seksi", to="Pelaksana", subject=f"Surat Perintah Tugas {role}", day=DAY,
    )  # fmt: skip
    return {**order, f"penugasan/{role}.yaml": f"akun: [{', '.join(accounts)}]\n".encode()}


def schedule() -> bytes:
    """The schedule with its milestones."""
    return (
        b"format: laik/jadwal/1\nmulai: 2026-03-02\nselesai: 2026-06-30\ntonggak:\n"
        b"  - {nama: Rancangan selesai, target: 2026-04-01}\n  - {nama: UAT selesai, target: 2026-06-15}\n"
    )


def implementation_plan(programmers: int) -> dict[str, bytes]:
    """Plan, schedule and the programmers needed."""
    needed = (
        f"format: laik/kebutuhan-programmer/1\njumlah: {programmers}\nkeahlian: [PHP, PostgreSQL]\n"
        "alasan: Dua bagian aplikasi dikerjakan bersamaan\n"
    )
    return {
        "rencana/rencana-implementasi.md": sections("Rencana implementasi", PLAN),
        "rencana/jadwal.yaml": schedule(),
        "rencana/kebutuhan-programmer.yaml": needed.encode(),
    }


def design() -> dict[str, bytes]:
    """Data flow and entity relations, drawn."""
    drawn = b'<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><text y="15">%s</text></svg>\n'
    return {f"dokumen/desain/{name}.svg": drawn % name.encode() for name in ("dfd", "erd")}


def scenarios(tested: Sequence[str]) -> dict[str, bytes]:
    """UAT scenarios, one for each requirement named."""
    rows = "".join(
        f"  - id: UAT-{at:02d}\n    kebutuhan: [{key}]\n    judul: Menguji {key}\n"
        "    langkah: [Buka aplikasi, Jalankan fungsi]\n    harapan: Hasilnya sesuai kriteria terima\n"
        for at, key in enumerate(tested, start=1)
    )
    return {"uat/skenario.yaml": f"format: laik/uat-skenario/1\nskenario:\n{rows}".encode()}


def acceptance(digest: str, *, tester: str, failed: bool = False) -> dict[str, bytes]:
    """UAT results of two scenarios for this code, with the report."""
    second = "gagal, catatan: Laporan harian kosong" if failed else "lulus"
    results = (
        f'format: laik/uat-hasil/1\ndigest_kode: "{digest}"\ntanggal: {DAY.isoformat()}\n'
        f"penguji:\n  - {{akun: {tester}, unit: Dinas Kesehatan}}\nhasil:\n"
        f"  - {{skenario: UAT-01, status: lulus}}\n  - {{skenario: UAT-02, status: {second}}}\n"
        f"simpulan: {'ditolak' if failed else 'diterima'}\n"
    )
    told = {
        "Pelaksanaan": "Dilaksanakan pada peladen uji dengan petugas dari dua puskesmas.",
        "Penguji": "Petugas loket dan kepala puskesmas dari Dinas Kesehatan.",
        "Hasil": "Satu skenario gagal, lihat hasil uji." if failed else "Seluruh skenario lulus diuji.",
        "Tindak Lanjut": "Programmer memperbaiki laporan." if failed else "Dilanjutkan ke review internal.",
    }
    return {"uat/hasil.yaml": results.encode(), "uat/laporan-uat.md": sections("Laporan UAT", told)}


def review_planned(note: str) -> dict[str, bytes]:
    """Notes of the internal review, and the plan for the joint one."""
    filled = {
        "Catatan Review Internal": note,
        "Waktu dan Tempat": "Selasa, 9 Juni 2026, pukul 09.00 WIB, ruang rapat Dinas Kominfo.",
        "Peserta": "Bidang E-Government, Dinas Kesehatan, system analyst, dan programmer.",
        "Agenda": "Peragaan aplikasi, pembahasan tiap kebutuhan, dan simpulan bersama.",
    }
    return {"review/rencana-jadwal-review.md": sections("Rencana jadwal review", filled)}


def review(digest: str, *, accepted: bool = True) -> dict[str, bytes]:
    """The report of the joint review of this code."""
    rows = "".join(f"  - {{id: {key}, status: diterima}}\n" for key, *_ in REQUIREMENTS)
    text = (
        f'format: laik/laporan-review/1\ntanggal: {DAY.isoformat()}\ndigest_kode: "{digest}"\npeserta:\n'
        "  - {jabatan: Kepala Bidang, unit: Bidang E-Government}\n"
        f"  - {{jabatan: Sekretaris, unit: Dinas Kesehatan}}\nkebutuhan:\n{rows}"
        f"tindak_lanjut: {'Dilanjutkan ke pelatihan' if accepted else 'Perbaiki tampilan ponsel'}\n"
        f"simpulan: {'diterima' if accepted else 'perlu_perbaikan'}\n"
    )
    return {"review/laporan-hasil-review.yaml": text.encode()}


def training() -> dict[str, bytes]:
    """The training's report and attendance list."""
    filled = {
        "Pelaksanaan": "Pelatihan satu hari di ruang komputer Dinas Kominfo.",
        "Materi": "Pengambilan nomor, pemanggilan, pembatalan, dan laporan harian.",
        "Peserta": "Petugas loket dari dua belas puskesmas dan admin dinas.",
        "Kendala": "Tidak ada kendala yang menghambat pelaksanaan pelatihan.",
    }
    report = sections("Laporan pelatihan", filled)
    return {"pelatihan/laporan-pelatihan.md": report, "pelatihan/daftar-hadir.csv": CSV}


def release(digest: str) -> dict[str, bytes]:
    """The release record, which names this code."""
    text = (
        f'format: laik/rilis/1\nversi: "1.0.0"\ntanggal: {DAY.isoformat()}\ndigest_kode: "{digest}"\n'
        "lokasi: Peladen aplikasi Dinas Kominfo\n"
    )
    return {"implementasi/rilis.yaml": text.encode()}


def contract() -> Mapping[str, bytes]:
    """Contract and agreement, for the office alone."""
    papers: dict[str, bytes] = {}
    for kind, name in (
        ("kontrak_kerja", "kontrak-kerja"),
        ("perjanjian_kerjasama", "surat-perjanjian-kerjasama"),
    ):
        papers |= letter(
            kind, f"pengadaan/{name}.pdf", role="kabid_egov", office="Kepala Bidang", to="Penyedia",
            subject=name.replace("-", " ").capitalize(), day=DAY,
        )  # fmt: skip
    return papers


def staff(analyst: str, programmers: Sequence[str]) -> dict[str, bytes]:
    """The developer's people by account."""
    text = f"format: laik/personel/1\nsystem_analyst: [{analyst}]\nprogrammer: [{', '.join(programmers)}]\n"
    return {"penugasan/personel.yaml": text.encode()}


def vendor_plan() -> dict[str, bytes]:
    """The developer's plan and schedule, beside the code."""
    plan = sections(f"Rencana implementasi {APPLICATION}", PLAN)
    return {"dokumen/rencana/rencana-implementasi.md": plan, "dokumen/rencana/jadwal.yaml": schedule()}
