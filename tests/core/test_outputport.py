from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from automation.core.act import parse_comment
from automation.core.outputport import UnsafeOutput, Untrusted, compose, neutralise, one_line, outgoing

BREAKS = ["\n", "\r", "\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"]
RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

hostile = st.lists(
    st.sampled_from(
        [
            *BREAKS,
            *"/@#!%~&$^:<>[](){}`*_-+=|\\.1a ",
            "\t",
            "/close",
            "@all",
            "@laik setuju kak 7f3a",
            "<!-- laik:kartu:PA-2026-0001 -->",
            "![x](https://contoh.go.id/a.png)",
            "[x](javascript:alert)",
            "https://contoh.go.id/-/issues/1",
            "www.contoh.go.id",
            "Closes #1",
            "&#64;all",
            "&sol;close",
            "---",
            "```",
            "    ",
            "> ",
            "1. ",
            "\u200b",
            "\u202e",
            "\ud800",
            "\x00",
            "é",
        ]
    ),
    max_size=12,
).map("".join)


def visible(markdown: str) -> str:
    """What a reader sees of rendered Markdown, which must consist of paragraphs of text only."""
    text: list[str] = []
    for token in RENDERER.parse(markdown):
        assert token.type in {"paragraph_open", "paragraph_close", "inline"}, token.type
        for child in token.children or []:
            assert child.type in {"text", "softbreak"}, child.type
            text.append(child.content or " ")
        text.append(" ")
    return " ".join("".join(text).replace("\u200b", "").split())


@settings(max_examples=3_000, deadline=None)
@given(hostile)
def test_untrusted_text_never_commands_calls_or_marks(text: str) -> None:
    body = outgoing(["Nama: ", Untrusted(text), "\n", Untrusted(text), "\n- ", Untrusted(text)])
    for line in re.split("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", body):
        assert not re.match(r"[\s>*+-]*/[A-Za-z]", line)
    assert not re.search(r"@\w", body)
    assert not re.search(r"[#!]\d", body)
    assert "<!--" not in body
    assert "://" not in body
    assert "www." not in body
    assert body.count("\n") == 2
    assert parse_comment(body) == ()
    body.encode()


@settings(max_examples=2_000, deadline=None)
@given(hostile)
def test_neutralised_text_is_rendered_as_itself(text: str) -> None:
    assert visible(neutralise(text)) == one_line(text, 10_000).replace("\u200b", "")


@settings(max_examples=500, deadline=None)
@given(hostile, st.integers(1, 40))
def test_one_line_is_one_line_within_its_limit(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert not re.search(r"@\w", line)


@given(st.text(max_size=60))
def test_any_unicode_text_is_made_inert(text: str) -> None:
    outgoing([Untrusted(text), "\n", neutralise(text)]).encode()


@pytest.mark.parametrize("separator", BREAKS)
@pytest.mark.parametrize("prefix", ["", " ", "- ", "> ", "1. ", "* > ", "\t"])
def test_a_quick_action_after_any_line_break_is_inert(separator: str, prefix: str) -> None:
    text = f"teks{separator}{prefix}/approve"
    assert "\\/approve" in neutralise(text)
    assert not re.search(r"(?m)^[\s>*+-]*/", neutralise(text))


@pytest.mark.parametrize(
    "trusted", ["/approve", "teks\n/close", "- /close", "> 1. /label ~x", "a\u2028 /merge"]
)
def test_a_command_in_trusted_text_is_a_defect_and_is_not_written(trusted: str) -> None:
    with pytest.raises(UnsafeOutput):
        outgoing([trusted])


def test_paths_fractions_and_addresses_in_trusted_text_stay() -> None:
    text = "[Berkas](https://contoh.go.id/berkas) 1/2 dan/atau\n`/etc`"
    assert outgoing([text]) == text


def test_two_parts_do_not_join_into_a_command_or_call() -> None:
    assert outgoing([Untrusted("@"), "all"]) == "@\u200ball"
    assert outgoing([Untrusted("a\n"), Untrusted("/close")]) == "a\\/close"


def test_ordinary_text_stays_readable() -> None:
    assert neutralise("Aplikasi e-Surat (versi 2), 100% daring dan/atau luring") == (
        "Aplikasi e-Surat (versi 2), 100% daring dan/atau luring"
    )


def test_a_table_cell_cannot_be_left() -> None:
    assert neutralise("a | b") == "a \\| b"


def test_a_marker_is_not_found_by_a_search_of_the_raw_text() -> None:
    assert "<!-- laik" not in neutralise("<!-- laik:kartu:PA-2026-0001 -->")


def test_a_title_calls_nobody_and_is_cut() -> None:
    assert one_line("Halo @all\n/approve", 100) == "Halo @\u200ball /approve"
    assert one_line("a" * 20, 10) == "a" * 9 + "…"
    assert len(one_line("@" * 100, 10)) <= 10


def test_untrusted_values_are_limited() -> None:
    assert compose([Untrusted("a" * 50, limit=10)]) == "a" * 9 + "…"
