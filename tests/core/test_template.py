"""The manifest and the answers: what is missing, unknown or wrong is named."""

from __future__ import annotations

import pytest

from automation.core.errors import InvalidRequest, LaikError, RenderFailed
from automation.core.render import render_tree
from automation.core.template import check_answers, load_manifest, source_of, with_bases, with_default

MANIFEST = """\
format: laik/templat/1
id: contoh
nama: {id: Contoh, en: Example}
versi: "2026.1"
variabel:
  - {nama: judul, wajib: true, keterangan: judul}
  - {nama: slug, bawaan: contoh, pola: "[a-z-]+", keterangan: slug}
  - {nama: uraian, jenis: teks_panjang, bawaan: "", keterangan: uraian}
  - {nama: butir, jenis: daftar, bawaan: [], keterangan: butir}
  - {nama: aktif, jenis: ya_tidak, bawaan: false, keterangan: aktif}
  - {nama: porta, jenis: bilangan, bawaan: 80, keterangan: porta}
berkas: {seed: ["**"]}
"""


def test_defaults_fill_what_was_not_answered() -> None:
    answers = check_answers(load_manifest(MANIFEST), {"judul": "Antrean"})
    assert answers == {
        "judul": "Antrean",
        "slug": "contoh",
        "uraian": "",
        "butir": (),
        "aktif": False,
        "porta": 80,
    }


def test_a_missing_and_an_unknown_answer_are_both_named() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        check_answers(load_manifest(MANIFEST), {"jdul": "x"})
    assert "'judul' belum diisi" in refusal.value.message.id
    assert "'jdul' tidak dikenal" in refusal.value.message.id


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("judul", "dua\nbaris"),
        ("judul", "nol\0"),
        ("judul", "\uffff"),
        ("judul", "x" * 301),
        ("judul", ["daftar"]),
        ("slug", "../x"),
        ("slug", "a\n"),
        ("uraian", "\x1b[31m"),
        ("uraian", "x" * 20_001),
        ("butir", "bukan daftar"),
        ("butir", ["a"] * 501),
        ("butir", ["a\nb"]),
        ("butir", ["x" * 2001]),
        ("aktif", "ya"),
        ("porta", True),
        ("porta", "80"),
        ("porta", 10**13),
    ],
)
def test_an_answer_of_the_wrong_kind_is_named(name: str, value: object) -> None:
    with pytest.raises(InvalidRequest, match=name):
        check_answers(load_manifest(MANIFEST), {"judul": "x", name: value})


def test_invisible_formatting_of_pasted_text_is_dropped() -> None:
    pasted = "An\u00adtre\u200ban \u202egnipa\u202c"
    assert check_answers(load_manifest(MANIFEST), {"judul": pasted})["judul"] == "Antrean gnipa"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("wajib: true, ", ""),
        ("[a-z-]+", "[a-z"),
        ("nama: slug", "nama: judul"),
        ("versi:", "versy:"),
        ('"2026.1"', '"satu"'),
        ("laik/templat/1", "laik/templat/9"),
    ],
)
def test_a_broken_manifest_is_refused_with_its_file(old: str, new: str) -> None:
    with pytest.raises(RenderFailed) as refusal:
        load_manifest(MANIFEST.replace(old, new), path="contoh/template.yml")
    assert refusal.value.where.file == "contoh/template.yml"


def test_a_template_folder_needs_its_own_manifest() -> None:
    with pytest.raises(RenderFailed, match=r"template\.yml"):
        source_of("contoh", {"a.txt": b""})
    with pytest.raises(RenderFailed, match="folder"):
        source_of("lain", {"template.yml": MANIFEST.encode()})


def test_a_template_lies_over_its_base() -> None:
    above = MANIFEST.replace("id: contoh", "id: atas", 1).replace("variabel:", "dasar: contoh\nvariabel:")
    sources = {
        "contoh": source_of("contoh", {"template.yml": MANIFEST.encode(), "a": b"1", "b": b"1"}),
        "atas": source_of("atas", {"template.yml": above.encode(), "b": b"2"}),
    }
    whole = with_bases(sources)["atas"]
    assert (whole.id, dict(whole.files)) == ("atas", {"a": b"1", "b": b"2"})


CONDITIONS = "bila: {slug: {satu: [satu.txt, dua.txt], dua: ['dua.*']}}\n"


@pytest.mark.parametrize(
    ("slug", "paths"),
    [("satu", ["dua.txt", "lain.txt", "satu.txt"]), ("dua", ["dua.txt", "lain.txt"]), ("tiga", ["lain.txt"])],
)
def test_a_file_with_a_condition_is_made_for_that_answer_alone(slug: str, paths: list[str]) -> None:
    files = dict.fromkeys(("satu.txt", "dua.txt", "lain.txt"), b"x\n")
    source = source_of("contoh", {"template.yml": (MANIFEST + CONDITIONS).encode(), **files})
    assert [file.path for file in render_tree(source, {"judul": "x", "slug": slug})] == paths


@pytest.mark.parametrize(("slug", "paths"), [("satu", ["dua.txt", "satu.txt"]), ("tiga", ["lain.txt"])])
def test_what_is_there_for_other_answers_comes_with_those_that_are_not_named(
    slug: str, paths: list[str]
) -> None:
    files = dict.fromkeys(("satu.txt", "dua.txt", "lain.txt"), b"x\n")
    conditions = CONDITIONS.replace("}}", ", lain: [lain.txt]}}")
    source = source_of("contoh", {"template.yml": (MANIFEST + conditions).encode(), **files})
    assert [file.path for file in render_tree(source, {"judul": "x", "slug": slug})] == paths


def test_a_condition_on_an_unknown_variable_is_refused() -> None:
    with pytest.raises(RenderFailed, match="slgu"):
        load_manifest(MANIFEST + CONDITIONS.replace("slug", "slgu"))


def test_another_default_counts_until_an_answer_is_given() -> None:
    source = with_default(source_of("contoh", {"template.yml": MANIFEST.encode()}), "slug", "lain")
    assert check_answers(source.manifest, {"judul": "x"})["slug"] == "lain"
    assert check_answers(source.manifest, {"judul": "x", "slug": "satu"})["slug"] == "satu"
    assert with_default(source, "tiada", "x").manifest == source.manifest


def test_a_base_that_does_not_exist_is_refused() -> None:
    text = MANIFEST.replace("variabel:", "dasar: tiada\nvariabel:")
    with pytest.raises(LaikError, match="tiada"):
        with_bases({"contoh": source_of("contoh", {"template.yml": text.encode()})})
