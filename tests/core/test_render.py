"""Template trees become files: paths are checked, ownership is known, bytes are the same twice."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.core.answers import RECORD_PATH, digest, load_record
from automation.core.errors import InvalidRequest, RenderFailed, UnsafePath
from automation.core.render import check_path, matches, render_tree
from automation.core.template import TemplateSource, source_of
from automation.core.yamltext import load_mapping

MANIFEST = b"""\
format: laik/templat/1
id: contoh
nama: {id: Contoh, en: Example}
versi: "2026.1"
variabel:
  - {nama: judul, wajib: true, keterangan: judul}
  - {nama: folder, bawaan: "", keterangan: folder}
berkas: {managed: [kelola/**, CI.yml], seed: ["**"]}
executable: [bin/*]
"""


def template(**files: str) -> TemplateSource:
    return tree({name: content.encode() for name, content in files.items()})


def tree(files: dict[str, bytes]) -> TemplateSource:
    return source_of("contoh", {"template.yml": MANIFEST, **files})


def contents(source: TemplateSource, **answers: str) -> dict[str, str]:
    return {file.path: file.content.decode() for file in render_tree(source, {"judul": "x", **answers})}


def test_only_jinja_files_are_rendered_and_lose_their_ending() -> None:
    source = tree({"a.md.jinja": b"# {{ judul }}\n", "b.blade.php": b"{{ $judul }}\n"})
    assert contents(source, judul="Antrean") == {"a.md": "# Antrean\n", "b.blade.php": "{{ $judul }}\n"}


def test_jinja_in_an_answer_stays_literal_in_content_and_record() -> None:
    title = "{{ 7*7 }}{% raw %}"
    result = contents(tree({"kelola/a.txt.jinja": b"{{ judul }}"}), judul=title)
    assert result["kelola/a.txt"] == title
    assert load_record(result[RECORD_PATH]).jawaban["judul"] == title


def test_the_same_answers_give_the_same_bytes_in_the_same_order() -> None:
    files = {f"f{number}.txt.jinja": b"{{ judul }}" for number in range(9)}
    backwards = dict(reversed(files.items()))
    assert render_tree(tree(files), {"judul": "x"}) == render_tree(tree(backwards), {"judul": "x"})


def test_managed_files_and_their_digests_are_recorded() -> None:
    files = {
        file.path: file
        for file in render_tree(tree({"CI.yml": b"a: 1\n", "kelola/x/y.md": b"y", "z": b"z"}), {"judul": "x"})
    }
    record = load_record(files[RECORD_PATH].content)
    assert dict(record.berkas) == {"CI.yml": digest(b"a: 1\n"), "kelola/x/y.md": digest(b"y")}
    assert (record.templat, record.versi) == ("contoh", "2026.1")
    assert files["z"].ownership == "seed"
    assert files["CI.yml"].ownership == "managed"


def test_a_template_without_managed_files_leaves_no_record() -> None:
    assert set(contents(tree({"a": b""}))) == {"a"}


def test_executables_are_marked() -> None:
    files = render_tree(tree({"bin/jalan": b"", "lib": b""}), {"judul": "x"})
    assert {file.path: file.executable for file in files} == {"bin/jalan": True, "lib": False}


@pytest.mark.parametrize(
    "value",
    ["..", ".", "", "a/b", "/etc", "../x", ".git", ".GIT", ".git.", "a.", "a\\b", "spasi x", "ä", "x" * 101],
)
def test_an_answer_cannot_make_an_unsafe_path(value: str) -> None:
    with pytest.raises(UnsafePath) as refusal:
        render_tree(tree({"{{folder}}/a.txt": b""}), {"judul": "x", "folder": value})
    assert refusal.value.where.file == "contoh/{{folder}}/a.txt"


def test_an_answer_can_name_a_folder() -> None:
    assert set(contents(tree({"{{folder}}/a.txt": b""}), folder="pa-1")) == {"pa-1/a.txt"}


@pytest.mark.parametrize(
    "path", ["../a", "/a", "a//b", "a/../b", ".git/config", "a/.GIT/hooks", "a\nb", "a:b"]
)
def test_an_unsafe_template_path_is_refused(path: str) -> None:
    with pytest.raises(UnsafePath):
        render_tree(tree({path: b""}), {"judul": "x"})


@pytest.mark.parametrize(
    "files",
    [
        {"a": b"", "a.jinja": b""},
        {"README.md": b"", "readme.md": b""},
        {"a": b"", "a/b": b""},
        {"a/b/c": b"", "A/B": b""},
        {".laik/jawaban.yml": b""},
        {"{{judul}}": b"", "x": b""},
    ],
)
def test_two_files_at_one_place_are_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(UnsafePath, match="bertabrakan"):
        render_tree(tree(files), {"judul": "x"})


def test_a_template_error_names_file_and_line() -> None:
    with pytest.raises(RenderFailed) as refusal:
        render_tree(tree({"x/a.md.jinja": b"satu\n{{ tiada }}\n"}), {"judul": "x"})
    assert (refusal.value.where.file, refusal.value.where.line) == ("contoh/x/a.md.jinja", 2)


def test_a_template_that_is_no_text_is_refused() -> None:
    with pytest.raises(RenderFailed, match="UTF-8"):
        render_tree(tree({"a.jinja": b"\xff"}), {"judul": "x"})


def test_a_file_that_belongs_to_nobody_is_refused() -> None:
    narrow = MANIFEST.replace(b'seed: ["**"]', b"seed: [a]")
    with pytest.raises(RenderFailed, match="managed"):
        render_tree(source_of("contoh", {"template.yml": narrow, "b": b""}), {"judul": "x"})


def test_too_many_files_and_too_many_bytes_are_refused() -> None:
    with pytest.raises(RenderFailed, match="berkas"):
        render_tree(tree({f"f{number}": b"" for number in range(2001)}), {"judul": "x"})
    with pytest.raises(RenderFailed, match="bita"):
        render_tree(tree({f"f{number}": b"x" * 5_000_000 for number in range(5)}), {"judul": "x"})


def test_a_missing_answer_is_named_before_anything_is_rendered() -> None:
    with pytest.raises(InvalidRequest, match="judul"):
        render_tree(template(a="{{ tiada }}"), {})


@pytest.mark.parametrize(
    ("path", "glob", "expected"),
    [
        ("a.md", "*.md", True),
        ("x/a.md", "*.md", False),
        ("x/a.md", "*/*.md", True),
        ("x/y/a.md", "**/*.md", True),
        ("a.md", "**/*.md", True),
        ("x/y/a", "x/**", True),
        ("xa", "x.", False),
    ],
)
def test_globs_keep_to_folders(path: str, glob: str, expected: bool) -> None:
    assert matches(path, [glob]) is expected


def test_an_ordinary_path_is_given_back() -> None:
    assert check_path("dokumen/.gitkeep", place="x") == "dokumen/.gitkeep"


QUOTED = {
    "a.yml.jinja": b"judul: {{ judul | yaml }}\nakhir: 1\n",
    "b.json.jinja": b"[{{ judul | json }}]",
    "c.php.jinja": b"{{ judul | php }}",
    "kelola/d.txt.jinja": b"{{ judul }}",
}


@settings(deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_any_title_is_refused_or_stays_whole_in_every_language(title: str) -> None:
    try:
        files = contents(tree(QUOTED), judul=title)
    except InvalidRequest:
        return
    kept = files["kelola/d.txt"]
    assert dict(load_mapping(files["a.yml"], path="a.yml").data) == {"judul": kept, "akhir": 1}
    assert json.loads(files["b.json"]) == [kept]
    assert re.fullmatch(r"'(?:[^'\\]|\\.)*'", files["c.php"])
    assert load_record(files[RECORD_PATH]).jawaban["judul"] == kept
