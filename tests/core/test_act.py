from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.core.act import (
    MAX_COMMANDS,
    MAX_REASON,
    Command,
    Said,
    acts_of,
    nearest,
    parse_comment,
)
from automation.core.verbs import VERBS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
APPROVAL = Command("setuju", "kak", "7f3a", "", 1)


def said(body: str, *, number: int = 1, minutes: int = 0, **changed: object) -> Said:
    values: dict[str, object] = {
        "id": number,
        "account": "teknis-1",
        "account_id": 7,
        "bot": False,
        "body": body,
        "created_at": NOON + timedelta(minutes=minutes),
        "edited": False,
        "source": "issue",
        "place": "issue 12",
    }
    return Said(**{**values, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [
        "@laik setuju kak 7f3a",
        "@LAIK Setuju KAK 7F3A",
        "   @laik   setuju\tkak 7f3a   ",
        "@laik approve kak 7f3a",
        "@laik setuju kak 7f3a\n\nTerima kasih.",
        "@laik setuju kak 7f3a\n\n---\n\n>>>\nkutipan\n>>>",
    ],
)
def test_a_command_at_the_start_of_a_line_is_read(body: str) -> None:
    assert parse_comment(body) == (APPROVAL,)


def test_commands_follow_text_in_the_same_paragraph_and_know_their_line() -> None:
    commands = parse_comment("Sudah saya baca.\r\n@laik setuju kak 7f3a\n\n@laik status\n")
    assert [(one.verb, one.line) for one in commands] == [("setuju", 2), ("status", 4)]


def test_a_line_after_a_code_span_over_two_lines_still_knows_its_line() -> None:
    assert [one.line for one in parse_comment("`a\nb` c\n@laik setuju kak 7f3a")] == [3]


@pytest.mark.parametrize(
    "body",
    [
        "`@laik setuju kak 7f3a`",
        "```\n@laik setuju kak 7f3a\n```",
        "~~~\n@laik setuju kak 7f3a",
        "    @laik setuju kak 7f3a",
        "\t@laik setuju kak 7f3a",
        "`kode\n@laik setuju kak 7f3a\n`",
        "> @laik setuju kak 7f3a",
        "> kutipan\n@laik setuju kak 7f3a",
        ">>>\n@laik setuju kak 7f3a\n>>>",
        ">>>\n@laik setuju kak 7f3a",
        "```\n>>>\n```\n>>>\n@laik setuju kak 7f3a\n>>>",
        "$$\n@laik setuju kak 7f3a\n$$",
        "---\n@laik setuju kak 7f3a\n\n---",
        "+++\n@laik setuju kak 7f3a\n\n+++",
        "a | b\n--- | ---\n@laik setuju kak 7f3a",
        "- @laik setuju kak 7f3a",
        "1. cara:\n   @laik setuju kak 7f3a",
        "# @laik setuju kak 7f3a",
        "@laik setuju kak 7f3a\n===",
        "@laik setuju kak 7f3a\n---",
        "[@laik setuju kak 7f3a](https://contoh.go.id)",
        "[teks\n@laik setuju kak 7f3a](https://contoh.go.id)",
        "![a\n@laik setuju kak 7f3a](https://contoh.go.id/a.png)",
        "<!-- @laik setuju kak 7f3a -->",
        "<!--\n@laik setuju kak 7f3a\n-->",
        "teks <!-- a\n@laik setuju kak 7f3a\n-->",
        "<details>\n@laik setuju kak 7f3a\n</details>",
        '<a title="\n@laik setuju kak 7f3a">x</a>',
        "**tebal\n@laik setuju kak 7f3a**",
        "\\@laik setuju kak 7f3a",
        "&#64;laik setuju kak 7f3a",
        "@laik-dev setuju kak 7f3a",
        "x@laik setuju kak 7f3a",
        "@laiks setuju kak 7f3a",
        "@laik: setuju kak 7f3a",
        "@laik/setuju kak 7f3a",
        "lihat @laik setuju kak 7f3a",
        "\ue0001\ue001 setuju kak 7f3a",
        "a\u2028@laik setuju kak 7f3a",
        "",
    ],
)
def test_what_only_speaks_about_a_command_never_triggers(body: str) -> None:
    assert parse_comment(body) == ()


def test_a_full_commit_id_binds_and_one_digit_more_does_not() -> None:
    assert parse_comment("@laik terima kak " + "A1" * 20)[0].code == "a1" * 20
    too_long = parse_comment("@laik terima kak " + "a" * 41)[0]
    assert (too_long.code, too_long.reason) == ("", "a" * 41)


def test_without_a_code_the_rest_is_the_reason() -> None:
    command = parse_comment("@laik tolak kak ruang lingkup belum jelas")[0]
    assert (command.code, command.reason) == ("", "ruang lingkup belum jelas")


def test_the_reason_keeps_text_in_markup_but_verb_and_code_never_come_from_it() -> None:
    assert parse_comment("@laik tolak kak 7f3a bagian `lingkup` **kosong**")[0].reason == (
        "bagian lingkup kosong"
    )
    assert parse_comment("@laik `setuju` kak 7f3a")[0].verb == ""
    assert parse_comment("@laik setuju kak `7f3a`")[0].code == ""


def test_hyphens_become_underscores_in_verbs_only() -> None:
    command = parse_comment("@laik nyatakan-aman keamanan 7f3a")[0]
    assert (command.verb, command.known) == ("nyatakan_aman", True)
    assert parse_comment("@laik terima hosting-permohonan 7f3a")[0].about == "hosting-permohonan"


@pytest.mark.parametrize("verb", ["revisi", "tolak", "temuan", "reject"])
def test_a_refusal_without_a_reason_is_noticed(verb: str) -> None:
    assert parse_comment(f"@laik {verb} kak 7f3a")[0].lacks_reason
    assert not parse_comment(f"@laik {verb} kak 7f3a belum lengkap")[0].lacks_reason


def test_an_approval_needs_no_reason() -> None:
    assert not APPROVAL.lacks_reason


@pytest.mark.parametrize(
    ("typed", "meant"), [("setujui", "setuju"), ("aprove", "setuju"), ("nyatakanaman", "nyatakan_aman")]
)
def test_a_mistyped_verb_has_a_nearest_one(typed: str, meant: str) -> None:
    assert nearest(typed) == meant


def test_a_verb_unlike_all_others_has_no_nearest_one() -> None:
    assert nearest("zzzz") is None
    assert not parse_comment("@laik zzzz")[0].known


def test_no_alias_hides_another_verb() -> None:
    assert len(VERBS) == 2 * len(set(VERBS.values()))


def test_long_comments_are_limited() -> None:
    many = "\n\n".join(["@laik status"] * (MAX_COMMANDS + 5))
    assert len(parse_comment(many)) == MAX_COMMANDS
    assert len(parse_comment("@laik tolak kak 7f3a " + "x" * 5000)[0].reason) == MAX_REASON


@pytest.mark.parametrize("piece", ["[", "`", "*a ", "<", "> ", "![", "@laik setuju kak 7f3a [\n", "- "])
def test_a_hostile_comment_is_parsed_in_bounded_time(piece: str) -> None:
    body = "@laik setuju kak 7f3a\n\n" + piece * (99_000 // len(piece))
    start = time.monotonic()
    parse_comment(body)
    assert time.monotonic() - start < 10


def test_acts_are_ordered_by_time_then_source_then_id() -> None:
    spoken = [
        said("@laik status", number=9, minutes=5),
        said("@laik status", number=2, source="merge_request", place="merge request 3"),
        said("@laik status\n@laik bantuan", number=30),
        said("@laik status", number=4),
    ]
    assert [act.id for act in acts_of(spoken)] == [
        "issue/4/0",
        "issue/30/0",
        "issue/30/1",
        "merge_request/2/0",
        "issue/9/0",
    ]
    assert acts_of(reversed(spoken)) == acts_of(spoken)


def test_a_bots_comment_never_counts() -> None:
    assert acts_of([said("@laik setuju kak 7f3a", bot=True)]) == ()


def test_an_edited_comment_gives_acts_marked_as_edited() -> None:
    (act,) = acts_of([said("@laik setuju kak 7f3a", edited=True)])
    assert act.edited
    assert act.command == APPROVAL


def test_the_digest_of_a_comment_changes_with_its_text() -> None:
    first, second = acts_of([said("@laik status"), said("@laik status ", number=2)])
    assert first.body_digest != second.body_digest


@given(st.text(alphabet=st.sampled_from("@laik setuju kak7f3`>#*[]()<!->\n\t \\"), max_size=80))
def test_any_text_is_read_without_error_and_within_limits(body: str) -> None:
    for command in parse_comment(body):
        line = body.replace("\r", "\n").split("\n")[command.line - 1]
        assert line.lstrip(" ").casefold().startswith("@laik")
