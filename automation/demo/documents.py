"""What the people of the demonstration write: letters, terms of reference, minutes, test results, code.

All content is invented; no person is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

from automation.core.request import FIELDS
from automation.core.requestform import BUDGET

Files = Mapping[str, bytes]
APPLICATION = "Sistem Antrean Puskesmas"
SLUG = "antrean-puskesmas"


def request_form(
    agency: str,
    *,
    empty: str = "",
    pagu: str = "185000000",
    slug: str = SLUG,
    name: str = APPLICATION,
    sop: str = "lombok-tengah",
    kind: str = "bantuan_teknis",
    budget: bool = True,
) -> str:
    """The body of a request issue as the issue form renders it; ``empty`` is how it shows no answer.

    Without ``budget`` the budget document is left out, as a SOP for what is not budgeted yet lets people do.
    """
    values = {
        "jenis_permohonan": kind,
        "perangkat_daerah": agency,
        "nama_aplikasi": name,
        "slug": slug,
        "ringkasan": "Warga mengambil nomor antrean puskesmas dari rumah dan melihat perkiraan giliran.",
        "sop": sop,
        "templat": "php-laravel",
        "dpa_nomor": "DPA/A.1/1.02.0.00/001/2026",
        "dpa_tahun": "2026",
        "dpa_pagu": pagu,
        "penanggung_jawab": "Sekretaris Dinas",
        "aplikasi_sejenis": "Belum ada di kabupaten ini.",
    }
    if not budget:
        values = {name: value for name, value in values.items() if name not in BUDGET}
    return "\n\n".join(f"### {field.label}\n\n{values.get(field.id) or empty}" for field in FIELDS) + "\n"


def letter(
    kind: str,
    path: str,
    *,
    role: str,
    office: str,
    to: str,
    subject: str,
    day: date,
    refers_to: str = "",
    also: str = "",
) -> dict[str, bytes]:
    """A letter as PDF with its sidecar; ``also`` is the role of a second signer."""
    content = pdf([subject, f"Dari: {office}", f"Kepada: {to}", f"Tanggal: {day.isoformat()}"])
    sidecar = [
        "format: laik/naskah/1",
        f"jenis: {kind}",
        f'nomor: "555/{len(kind):03d}/DKI/2026"',
        f"tanggal: {day.isoformat()}",
        f'hal: "{subject}"',
        f'dari: "{office}"',
        f'kepada: "{to}"',
        f'penandatangan: {{jabatan: "{office}", peran: {role}}}',
        "ttd: tte",
        f"sha256: {hashlib.sha256(content).hexdigest()}",
    ]
    if also:
        sidecar.append(f"penandatangan_lain: [{{jabatan: Kepala Perangkat Daerah, peran: {also}}}]")
    if refers_to:
        sidecar.append(f"rujukan_sha256: {refers_to}")
    stem = path.removesuffix(".pdf")
    return {path: content, f"{stem}.naskah.yaml": ("\n".join(sidecar) + "\n").encode()}


PAGE = (
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    " /Resources << /Font << /F1 5 0 R >> >> >>"
)


def pdf(lines: Sequence[str]) -> bytes:
    """A one-page PDF 1.4 with plain ASCII lines (ISO 32000-1, 7.5)."""
    text = "\n".join(
        f"BT /F1 12 Tf 72 {770 - 20 * row} Td ({_pdf_text(line)}) Tj ET" for row, line in enumerate(lines)
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE,
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(out)
    rows = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return out.encode("ascii")


def _pdf_text(line: str) -> str:
    plain = line.encode("ascii", "replace").decode()
    return plain.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def sections(title: str, filled: Mapping[str, str]) -> bytes:
    """A Markdown document with one chapter for each heading."""
    body = "\n\n".join(f"## {heading}\n\n{text}" for heading, text in filled.items())
    return f"# {title}\n\n{body}\n".encode()


def analysis() -> bytes:
    """The analysis report with its seven aspects (SOP step 5)."""
    return sections(
        "Laporan hasil analisis",
        {
            "Kebutuhan": "Warga mengantre sejak subuh; dibutuhkan nomor antrean daring.",
            "Fasilitas": "Tersedia tiga komputer loket dan satu layar panggil pada setiap puskesmas.",
            "Ketersediaan Anggaran": "Tersedia pada DPA tahun berjalan untuk pembangunan satu aplikasi.",
            "Kebutuhan Akses Internet/Intranet": "Akses internet untuk warga, intranet untuk petugas loket.",
            "Kebutuhan SDM": "Dua petugas loket dan satu pengelola aplikasi pada Dinas Kesehatan.",
            "Kebutuhan Infrastruktur": "Satu peladen aplikasi dan satu basis data di pusat data Diskominfo.",
            "Ruang Lingkup dan Cakupan Aplikasi": "Pendaftaran antrean, pemanggilan, dan laporan harian.",
        },
    )


def terms_of_reference(*, revision: int = 0, complete: bool = True) -> bytes:
    """The KAK; ``revision`` makes each round differ, without ``complete`` a section is unfilled."""
    filled = {
        "Latar Belakang": "Antrean puskesmas masih manual dan menumpuk pada pagi hari di semua kecamatan.",
        "Maksud dan Tujuan": "Mengurangi waktu tunggu pasien dengan pendaftaran antrean dari rumah.",
        "Sasaran": "Waktu tunggu rata-rata turun menjadi tiga puluh menit pada tahun pertama.",
        "Ruang Lingkup": "Aplikasi web antrean untuk seluruh puskesmas; rekam medis tidak termasuk.",
        "Keluaran": "Aplikasi terpasang, kode sumber, dokumentasi, dan pelatihan bagi petugas.",
        "Kriteria Penerimaan": "Seluruh skenario UAT lulus dan tidak ada temuan keamanan tinggi.",
        "Metodologi dan Tahapan": "Analisis, perancangan, pembangunan bertahap, pengujian, penyerahan.",
        "Jadwal": "Sembilan puluh hari kalender sejak kontrak ditandatangani oleh para pihak.",
        "Anggaran dan Sumber Dana": "Seratus delapan puluh lima juta rupiah dari DPA tahun berjalan.",
        "Standar Teknis": "PHP dengan Laravel, basis data PostgreSQL, mengikuti standar kabupaten.",
    }
    if not complete:
        filled["Kriteria Penerimaan"] = "ISI DI SINI"
    if revision:
        filled["Standar Teknis"] += f" Perbaikan ke-{revision}: standar cadangan data ditambahkan."
    return sections(f"Kerangka Acuan Kerja {APPLICATION}", filled)


def vendor(accounts: Sequence[str]) -> bytes:
    """``penyedia.yaml``: the vendor that procurement chose."""
    return (
        "format: laik/penyedia/1\nnama: Penyedia Contoh\nnomor_kontrak: 027/SPK/DINKES/2026\n"
        f"tanggal_kontrak: 2026-03-02\nakun: [{', '.join(accounts)}]\n"
    ).encode()


def initial_presentation(*, revision: int = 0) -> dict[str, bytes]:
    """Mockup, similar applications and process flow (SOP step 10)."""
    note = f"<p>Perbaikan ke-{revision}: tombol batal antrean.</p>" if revision else ""
    mockup = (
        "<!doctype html><html lang='id'><head><meta charset='utf-8'><title>Mockup</title></head><body>"
        f"<h1>{APPLICATION}</h1><button>Ambil nomor</button><p>Nomor Anda: A-012, kira-kira 25 menit.</p>"
        f"{note}</body></html>\n"
    ).encode()
    similar = sections(
        "Aplikasi sejenis",
        {
            "Aplikasi yang pernah dikembangkan": "Antrean loket kependudukan pada kabupaten lain, 2024: "
            "pendaftaran daring, pemanggilan suara, dan laporan harian. Dipakai oleh dua belas loket.",
            "Persamaan dengan aplikasi yang direncanakan": "Alur pendaftaran dan pemanggilan sama.",
            "Perbedaan dan pelajaran": "Puskesmas memerlukan prioritas bagi lansia dan ibu hamil.",
        },
    )
    flow = sections(
        "Alur proses",
        {
            "Pengguna dan hak akses": "Warga, petugas loket, dan kepala puskesmas dengan hak yang berbeda.",
            "Alur proses": "Warga memilih puskesmas, mengambil nomor, menerima perkiraan giliran, datang, "
            "dan dipanggil oleh petugas loket sesuai ruang lingkup KAK.",
            "Data masukan dan keluaran": "Masukan: puskesmas dan tanggal. Keluaran: nomor dan giliran.",
            "Keterkaitan dengan aplikasi lain": "Belum ada integrasi pada tahap pertama.",
        },
    )
    folder = "dokumen/presentasi-awal"
    return {
        f"{folder}/mockup/beranda.html": mockup,
        f"{folder}/aplikasi-sejenis.md": similar,
        f"{folder}/alur-proses.md": flow,
    }


def minutes(*, accepted: bool) -> dict[str, bytes]:
    """Minutes and attendance of the initial presentation (SOP step 11)."""
    decision = "Rencana diterima tanpa perubahan." if accepted else "Rencana perlu diperbaiki: tombol batal."
    text = sections(
        "Notulen rapat presentasi awal",
        {
            "Waktu dan Tempat": "Selasa, 10 Maret 2026, pukul 09.00 WITA, ruang rapat Diskominfo.",
            "Peserta": "Tim Teknis Diskominfo, Tim Teknis Dinas Kesehatan, dan penyedia.",
            "Pokok Pembahasan": "Mockup, contoh aplikasi sejenis, dan alur proses menurut KAK.",
            "Tanggapan": "Alur sudah sesuai KAK; warga perlu dapat membatalkan antrean.",
            "Keputusan": decision,
            "Tindak Lanjut": "Penyedia melanjutkan pembangunan; penanggung jawab: ketua tim penyedia.",
        },
    )
    attendance = (
        b"nama,jabatan,unit,hadir\nKetua Tim Teknis,Ketua,Diskominfo,hadir\n"
        b"Sekretaris Dinas,Sekretaris,Dinas Kesehatan,hadir\nKetua Tim,Ketua,Penyedia,hadir\n"
    )
    return {"presentasi-awal/notulen-rapat.md": text, "presentasi-awal/daftar-hadir.csv": attendance}


def final_presentation() -> dict[str, bytes]:
    """The final presentation and the builder's own test report (SOP step 12)."""
    report = sections(
        "Laporan pengujian",
        {
            "Ruang lingkup pengujian": "Pendaftaran antrean, pemanggilan, dan laporan harian.",
            "Lingkungan pengujian": "Peladen uji dengan PHP 8.3 dan PostgreSQL 15, peramban terbaru.",
            "Skenario dan hasil": "Dua belas skenario dijalankan, seluruhnya berhasil sesuai harapan.",
            "Temuan dan perbaikan": "Satu kesalahan tampilan pada layar kecil ditemukan dan diperbaiki.",
            "Simpulan": "Aplikasi berjalan sesuai KAK dan siap untuk diuji terima oleh pengguna.",
        },
    )
    slides = pdf(["Presentasi akhir", APPLICATION, "Hasil uji terlampir"])
    return {
        "dokumen/presentasi-akhir/presentasi.pdf": slides,
        "dokumen/pengujian/laporan-pengujian.md": report,
    }


SCENARIOS = ("UAT-01", "UAT-02", "UAT-03")


def uat_scenarios() -> bytes:
    """UAT scenarios by the users."""
    titles = ("Mengambil nomor antrean", "Membatalkan nomor antrean", "Memanggil nomor berikutnya")
    rows = [
        f"  - id: {key}\n    judul: {title}\n    langkah: [Buka aplikasi, {title}]\n"
        "    harapan: Nomor dan perkiraan giliran tampil dengan benar"
        for key, title in zip(SCENARIOS, titles, strict=True)
    ]
    return ("format: laik/uat-skenario/1\nskenario:\n" + "\n".join(rows) + "\n").encode()


def uat_results(code_digest: str, *, tester: str, day: date) -> bytes:
    """UAT results for one code digest, by a tester who is no builder."""
    rows = [f"  - {{skenario: {key}, status: lulus, catatan: Sesuai harapan}}" for key in SCENARIOS]
    return (
        f'format: laik/uat-hasil/1\ndigest_kode: "{code_digest}"\ntanggal: {day.isoformat()}\n'
        f"penguji:\n  - {{akun: {tester}, unit: Dinas Kesehatan}}\nhasil:\n"
        + "\n".join(rows)
        + "\nsimpulan: diterima\n"
    ).encode()


def security_report(commit: str) -> bytes:
    """The Tim Teknis' own security report, kept office-only (SOP step 13)."""
    return sections(
        "Laporan hasil pengujian keamanan",
        {
            "Commit yang Diuji": f"Commit {commit} pada cabang utama.",
            "Proses": "Alur masuk, hak akses petugas, dan pembatasan percobaan masuk sudah diperiksa.",
            "Pengkodean": "Pemindaian laik tanpa temuan tinggi; masukan pengguna divalidasi.",
            "Database": "Akun basis data berhak minimum; data pribadi dibatasi dan dicadangkan harian.",
            "Daftar Temuan": "Tidak ada temuan terbuka pada saat laporan ini ditulis.",
            "Simpulan": "Aplikasi dinyatakan aman untuk dipublikasikan.",
        },
    )


def hosting_form(agency: str, name: str, parent: str) -> bytes:
    """The hosting form of the case file (SOP step 14)."""
    return (
        f"format: laik/formulir-hosting/1\nlayanan: [subdomain, hosting]\nnama: {name}\ninduk: {parent}\n"
        f"pemilik: {agency}\n{_contacts()}"
        "tumpukan: {bahasa: PHP, kerangka: Laravel, basis_data: PostgreSQL}\n"
        "kapasitas: {vcpu: 2, ram_gb: 4, disk_gb: 40}\n"
    ).encode()


def hosting_request(*, key: str, agency: str, name: str, parent: str, sha: str) -> bytes:
    """The request file of the hosting project."""
    return (
        f"format: laik/hosting/1\nnama: {name}\ninduk: {parent}\nkasus: {key}\npemilik: {agency}\n"
        f'sha: "{sha}"\nlayanan: [subdomain, hosting]\nhulu: peladen_1\n{_contacts()}'
        "keterangan: Antrean puskesmas untuk warga\n"
    ).encode()


def _contacts() -> str:
    return (
        "penanggung_jawab:\n  administratif: {jabatan: Sekretaris Dinas, unit: Dinas Kesehatan}\n"
        "  teknis: {jabatan: Pranata Komputer, unit: Dinas Kesehatan}\n"
    )


FAKE_KEY = "AKIA" + "3Q7ZK5PLMW2XTRVB"  # split, so that no scanner takes this file for a leak
CONTROLLER = "app/Http/Controllers/AntreanController.php"


def controller() -> bytes:
    """The application's code, sound."""
    return b"""<?php

namespace App\\Http\\Controllers;

use Illuminate\\Http\\Request;
use Illuminate\\Support\\Facades\\DB;

class AntreanController extends Controller
{
    public function cari(Request $request)
    {
        $nomor = $request->validate(['nomor' => 'required|alpha_num|max:10'])['nomor'];

        return DB::table('antrean')->where('nomor', $nomor)->first();
    }
}
"""


def flawed_controller(*, silenced: bool = False) -> bytes:
    """The same with a hard-coded secret and SQL built from input; ``silenced`` adds suppression comments."""
    hush = " // ast-grep-ignore nosec nosemgrep" if silenced else ""
    above = "        // ast-grep-ignore\n" if silenced else ""
    return f"""<?php

namespace App\\Http\\Controllers;

use Illuminate\\Http\\Request;
use Illuminate\\Support\\Facades\\DB;

class AntreanController extends Controller
{{
{above}    private $kunci = '{FAKE_KEY}';{hush}

    public function cari(Request $request)
    {{
{above}        return DB::select("SELECT * FROM antrean WHERE nomor = '" . $_GET['nomor'] . "'");{hush}
    }}
}}
""".encode()  # noqa: S608 - the flaw is the point


def own_clean_report() -> dict[str, bytes]:
    """A report without findings that the builder wrote himself; it opens nothing."""
    sarif = (
        '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "laik"}}, '
        '"invocations": [{"executionSuccessful": true}], "results": []}]}\n'
    )
    return {"dokumen/keamanan/laporan.sarif": sarif.encode(), "laporan-keamanan.sarif": sarif.encode()}
