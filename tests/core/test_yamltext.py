from __future__ import annotations

import json
import time
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from automation.core.errors import InvalidRequest, UnreadableDocument
from automation.core.yamltext import MAX_BYTES, MAX_DEPTH, load_mapping, load_model


def refusal(text: str | bytes, *, max_bytes: int = MAX_BYTES) -> UnreadableDocument:
    with pytest.raises(UnreadableDocument) as caught:
        load_mapping(text, path="berkas.yaml", max_bytes=max_bytes)
    return caught.value


def test_values_are_read_by_yaml_1_2_rules() -> None:
    text = 'a: no\nb: 12\nc: 2026-03-02\nd: null\ne: true\nf: 0o17\ng: "12"\nh: 1.5\ni:\nj: 012\n'
    assert load_mapping(text, path="x").data == {
        "a": "no",
        "b": 12,
        "c": date(2026, 3, 2),
        "d": None,
        "e": True,
        "f": 15,
        "g": "12",
        "h": 1.5,
        "i": None,
        "j": 12,
    }


def test_every_key_and_item_has_its_place() -> None:
    document = load_mapping("a:\n  b: 1\n  c:\n    - x\n    - y: 2\n", path="x")
    assert document.marks == {
        "a": (1, 1),
        "a.b": (2, 3),
        "a.c": (3, 3),
        "a.c.0": (4, 7),
        "a.c.1": (5, 7),
        "a.c.1.y": (5, 7),
    }
    assert document.mark("a.c.9.z") == (3, 3)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", (1, 1), "Berkas kosong"),
        ("# hanya catatan\n", (1, 1), "Berkas kosong"),
        ("teks\n", (1, 1), "pasangan kunci"),
        ("- a\n- b\n", (1, 1), "pasangan kunci"),
        ("null\n", (1, 1), "pasangan kunci"),
        ("a: 1\nb: 2\na: 3\n", (3, 1), "tertulis dua kali (pertama pada baris 1)"),
        ("a:\n  b: 1\n  b: 2\n", (3, 3), "tertulis dua kali (pertama pada baris 2)"),
        ("a: {b: 1, b: 2}\n", (1, 11), "tertulis dua kali"),
        ("a: &x 1\n", (1, 4), "Jangkar"),
        ("a: 1\nb: *x\n", (2, 4), "Jangkar"),
        ("a: 1\n*x : 2\n", (2, 1), "Jangkar"),
        ("a: !!python/object:os.system x\n", (1, 4), "Tag YAML"),
        ("a: ! x\n", (1, 4), "Tag YAML"),
        ("!!map {a: 1}\n", (1, 1), "Tag YAML"),
        ("a: 1\n---\nb: 2\n", (2, 1), "satu dokumen"),
        ("%YAML 1.1\n---\na: no\n", (2, 1), "Arahan YAML"),
        ("%TAG ! tag:contoh.go.id,2026:\n---\na: 1\n", (2, 1), "Arahan YAML"),
        ("a: 1\n? [b]\n: 2\n", (2, 3), "Kunci harus berupa teks"),
        ("a: 1\n? {b: 1}\n: 2\n", (2, 3), "Kunci harus berupa teks"),
        ('a: 1\n"": 2\n', (2, 1), "Kunci harus berupa teks"),
        ("a: [1\nb: 2\n", (2, 2), "YAML rusak"),
        ("a: 'x\n", (2, 1), "YAML rusak"),
        ("a: 1\n\tb: 2\n", (2, 1), "YAML rusak"),
        ("a: 1\n b: 2\n", (2, 3), "YAML rusak"),
        ("a: 1\nb: 2026-13-45\n", (2, 4), "tidak dapat dibaca"),
        ("a: =\n", (1, 4), "tidak dapat dibaca"),
        ("a: " + "9" * 5000 + "\n", (1, 4), "tidak dapat dibaca"),
        ('a: 1\nb: "x\\0y"\n', (2, 4), "Karakter kendali"),
        ('a: "\\ud800"\n', (1, 4), "Karakter kendali"),
        ('"a\\x1b": 1\n', (1, 1), "Karakter kendali"),
        ("a: 1\nb: x\x00y\n", (2, 5), "Karakter kendali"),
        ("a: 1\nb: x\x1by\n", (2, 5), "Karakter kendali"),
        ("a: 1\nb: \ud800\n", (2, 4), "Karakter kendali"),
        (b"a: 1\nb: \xff\n", (2, 1), "UTF-8"),
        ("a: " + "[" * (MAX_DEPTH + 1), (1, 3 + MAX_DEPTH), "Sarang terlalu dalam"),
    ],
)
def test_what_is_refused_names_its_exact_place(text: str | bytes, place: tuple[int, int], words: str) -> None:
    error = refusal(text)
    assert words in error.message.id
    assert (error.where.file, error.where.line, error.where.column) == ("berkas.yaml", *place)
    assert error.remedy.id


def test_nesting_up_to_the_limit_is_read() -> None:
    inner = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert load_mapping(f"a: {inner}\n", path="x").data


@pytest.mark.parametrize("text", [b"a" * 50_000_000, "a" * 50_000_000])
def test_fifty_megabytes_are_refused_at_once(text: str | bytes) -> None:
    start = time.monotonic()
    assert "terlalu besar" in refusal(text).message.id
    assert time.monotonic() - start < 0.5


def test_the_size_limit_counts_bytes() -> None:
    assert load_mapping("a: é", path="x", max_bytes=5).data == {"a": "é"}
    assert "5" in refusal("a: éé", max_bytes=5).message.id


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"k{number}: v\n" for number in range(90_000)),
        "a: [" + "x," * 400_000,
        "- " * 400_000,
        "? " * 400_000,
        "a: " + "{" * 900_000,
        'a: "' + "x" * 900_000,
        "&a " * 300_000,
        "#" * 900_000,
    ],
)
def test_a_hostile_file_below_the_size_limit_is_refused_in_bounded_time(text: str) -> None:
    start = time.monotonic()
    refusal(text)
    assert time.monotonic() - start < 15


def test_a_file_of_twenty_keys_is_read_in_about_a_millisecond() -> None:
    text = "".join(f"kunci_{number}: nilai {number}\n" for number in range(20))
    times = []
    for _ in range(20):
        start = time.perf_counter()
        load_mapping(text, path="x")
        times.append(time.perf_counter() - start)
    assert min(times) < 0.005  # 1.0 ms where this was written; the rest is room for slow machines


plain = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffe\uffff"),
    max_size=12,
)
keys = plain.filter(bool)
scalars = plain | st.integers(-(10**12), 10**12) | st.booleans() | st.none()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(keys, values, min_size=1, max_size=5), st.sampled_from([None, 1]))
def test_what_json_writes_is_read_back(data: dict[str, object], indent: int | None) -> None:
    written = json.dumps(data, ensure_ascii=False, indent=indent)
    assert load_mapping(written, path="x").data == data


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), st.dates(min_value=date(1000, 1, 1))))
def test_dates_in_block_style_are_read_back(data: dict[str, date]) -> None:
    assume(data)
    text = "".join(f"{key}: {value.isoformat()}\n" for key, value in data.items())
    assert load_mapping(text, path="x").data == data


@given(st.text(alphabet=st.sampled_from("ab:- [],{}?#&*!%|>'\"\\\n\t0é~=<"), max_size=60))
def test_any_text_is_read_or_refused_with_a_place_and_nothing_else(text: str) -> None:
    place = (1, 1)
    try:
        load_mapping(text, path="x")
    except UnreadableDocument as error:
        place = (error.where.line, error.where.column)
    assert min(place) >= 1


class Small(BaseModel):
    model_config = ConfigDict(extra="forbid")
    nama: str
    jumlah: int


def test_a_model_names_every_fault_and_the_place_of_the_first() -> None:
    document = load_mapping("nama: a\njumlah: banyak\nlain: 1\n", path="berkas.yaml")
    with pytest.raises(InvalidRequest) as caught:
        load_model(document, Small, InvalidRequest)
    assert (caught.value.where.line, caught.value.where.column) == (2, 1)
    assert "jumlah (baris 2)" in caught.value.message.id
    assert "lain (baris 3)" in caught.value.message.id
