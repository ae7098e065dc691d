from __future__ import annotations

import time

import pytest

from automation.collect.markdown import MAX_BYTES, read_markdown, visible_html
from automation.core.errors import UnreadableDocument


def read(text: str):
    return read_markdown(text.encode(), path="kak/kak.md")


def test_a_heading_has_the_text_under_it_and_under_its_sub_headings():
    document = read("# Satu\n\nIsi satu.\n\n## Dua\n\nIsi *dua*.\n\n# Tiga\n\nIsi tiga.\n")
    assert [(one.title, one.level, one.line, one.text) for one in document.sections] == [
        ("Satu", 1, 1, "Isi satu.\nIsi dua."),
        ("Dua", 2, 5, "Isi dua."),
        ("Tiga", 1, 9, "Isi tiga."),
    ]


def test_underlined_headings_count_and_markup_in_titles_does_not():
    assert [one.title for one in read("Latar **Belakang**\n===\n\nIsi.\n").sections] == ["Latar Belakang"]


@pytest.mark.parametrize(
    "text",
    [
        "```\n# Bukan judul\n```\n",
        "    # Bukan judul\n",
        "<!--\n# Bukan judul\n-->\n",
        "> # Bukan judul\n",
        "- # Bukan judul\n",
        "\\# Bukan judul\n",
        "<div>\n# Bukan judul\n</div>\n",
    ],
)
def test_what_only_looks_like_a_heading_is_none(text):
    assert read(text).sections == ()


@pytest.mark.parametrize(
    "text",
    [
        "<!-- rahasia -->",
        "<!--\nrahasia\n\nrahasia\n-->",
        "<!-- rahasia",
        "Awal <!-- rahasia --> akhir",
        "[//]: # (rahasia)",
        "<script>rahasia</script>",
        "<style>rahasia</style>",
        "<p><template>rahasia</template></p>",
        '<a title="rahasia">',
    ],
)
def test_what_a_reader_does_not_see_is_no_content(text):
    assert "rahasia" not in read("# Judul\n\n" + text + "\n").text


def test_code_tables_and_html_text_are_content():
    text = read("```\nkode\n```\n\n| a | b |\n|--|--|\n| sel | lain |\n\n<p>paragraf</p>\n").text
    assert [word in text for word in ("kode", "sel", "paragraf")] == [True, True, True]


def test_links_and_pictures_are_listed_with_their_lines():
    assert read("# A\n\n[satu](a.md)\n![dua](b.png)\n").links == (("a.md", 3), ("b.png", 4))


def test_a_byte_order_mark_is_no_part_of_the_first_heading():
    assert read_markdown(b"\xef\xbb\xbf# Judul\n\nIsi\n", path="a.md").sections[0].title == "Judul"


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"a\nb\n\xff\n", 3), (b"a\n\0\n", 2), (b"x" * 30_000, 1), (b"x" * (MAX_BYTES + 1), 1)],
)
def test_content_that_is_no_text_of_a_person_is_refused_with_its_line(content, line):
    with pytest.raises(UnreadableDocument) as refusal:
        read_markdown(content, path="kak.md")
    assert (refusal.value.where.file, refusal.value.where.line) == ("kak.md", line)


@pytest.mark.parametrize(
    "text", ["[" * 19_000, "*a_ " * 4500, ">" * 19_000, "![" * 9000, "<!--" * 4500, "`" * 19_000]
)
def test_pathological_text_is_read_in_a_moment(text):
    before = time.monotonic()
    read(text + "\n")
    assert time.monotonic() - before < 10


def test_nested_and_unclosed_comments_leave_nothing_visible():
    assert visible_html("a<!-- b <!-- c --> d <!-- e") == "a d"


@pytest.mark.parametrize(
    ("source", "visible"),
    [
        ("<p>Halaman &amp; menu</p>", "Halaman & menu"),
        ("<SCRIPT>x</Script >a<style>y</style>b", "ab"),
        ("<scripted>a", "a"),
        ("nilai < 3 dan > 1", "nilai < 3 dan > 1"),
        ("akhir <", "akhir <"),
        ("a <b", "a"),
        ("<script>tak ditutup", ""),
        ("İ<template>x</template>İ", "İİ"),
        ("<?php echo 1 ?>a<!doctype html>b", "ab"),
    ],
)
def test_html_is_read_as_a_browser_would_show_it(source, visible):
    assert visible_html(source) == visible


@pytest.mark.parametrize(
    "unit", ["<a ", "<!", "</", "<", "<!--", "<script>", '<a x="', "&", "<!--x-->", "<b x='"]
)
def test_endless_markup_is_read_in_a_moment(unit):
    before = time.monotonic()
    visible_html(unit * 100_000)
    assert time.monotonic() - before < 5
