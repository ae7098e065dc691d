from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import PDF, PNG, down, judged, keys, outcomes, without, world

ID = "mockup_is_presented"
FOLDER = "dokumen/presentasi-awal/mockup/"


def findings_for(files):
    return judged(ID, world({FOLDER + name: content for name, content in files.items()}))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("beranda.png", PNG),
        ("rancangan.pdf", PDF),
        ("beranda.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 50),
        ("alur/layar.html", "<!doctype html><html><body><h1>Beranda antrean</h1></body></html>"),
        ("layar.md", "# Beranda\n\nTombol ambil nomor antrean.\n"),
        ("layar.svg", '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9"/></svg>'),
    ],
)
def test_something_one_can_look_at_passes(name, content):
    assert outcomes(findings_for({name: content})) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (".gitkeep", "berkas penanda supaya folder ini ada"),
        ("README.md", "Letakkan mockup aplikasi di dalam folder ini."),
        ("beranda.png", b""),
        ("beranda.png", "bukan gambar, hanya teks biasa saja"),
        ("beranda.png", "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n"),
        ("layar.md", "<!-- gambarkan layar di sini -->\n\nISI DI SINI\n"),
        ("layar.html", "<html><body><!-- kosong tetapi panjang sekali --></body></html>"),
        ("program.bin", b"\x7fELF\0\0\0\0"),
        ("kode.py", "print('bukan mockup sama sekali')"),
    ],
)
def test_files_that_show_nothing_fail(name, content):
    assert keys(findings_for({name: content})) == {"mockup"}


def test_no_folder_waits_and_an_unreachable_forge_is_an_error():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(world({}), down("doc:mockup")))) == {Outcome.ERROR}
