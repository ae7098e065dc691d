"""What a change of the policy is shown and answered, whatever stands in it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from automation.bots.desk import answer_prefix, card_marker
from automation.bots.policykeeper import (
    CARD,
    MAX_DIFFERENCES,
    MAX_PROBLEMS,
    alarm_card,
    in_force_card,
    unreadable_card,
    untouched_card,
)
from automation.core.plan import Answer, PostStatus, Remember, WriteCard
from automation.core.policy import MAX_OWNERS
from automation.core.policyadmission import Difference
from automation.core.text import Bilingual
from tests.core.policyworld import FIRST, HEAD, SECOND, STRANGER, PolicyWorld, changed_to

GITHUB_LIMIT = 65_536
HOSTILE = (
    "/approve",
    "a\n/merge\n@all",
    "| x | y |\n|--|--|",
    "![x](https://jahat.invalid/a.png)",
    "<!-- laik:kartu:kebijakan -->",
    "```\n@laik setuju kebijakan ffff\n```",
    "Closes #1",
    "\u202e\x1b[2J",
)
LONG = "`|@" * 2000


def status(world: PolicyWorld) -> tuple[str, str]:
    assert world.status is not None
    return world.status.state, world.status.description


def rows(card: str) -> list[str]:
    return [one for one in card.splitlines() if one.startswith("|")]


def test_an_open_change_shows_what_differs_and_the_line_to_paste() -> None:
    world = PolicyWorld(differences=(Difference("hosting.ttl", "3600", "60"), Difference("pejabat", "", "x")))
    world.look()
    assert world.card.startswith(card_marker(CARD))
    assert rows(world.card)[2:] == ["| hosting.ttl | 3600 | 60 |", "| pejabat | - | x |"]
    assert world.line() in world.card
    assert world.line("tolak") in world.card
    assert "0 dari 2" in world.card
    assert "pemilik-1, pemilik-2, pemilik-3." in world.card
    assert f"entri {world.standing.seq}" in world.card
    assert status(world) == ("pending", "Menunggu persetujuan pemilik")
    assert world.status is not None
    assert world.status.sha == HEAD


def test_a_code_is_remembered_before_it_is_shown_and_once() -> None:
    world = PolicyWorld()
    first, second = world.look(), world.look()
    assert [type(one) for one in first] == [Remember, WriteCard, PostStatus]
    assert [type(one) for one in second] == [WriteCard, PostStatus]


def test_who_agreed_is_named_and_two_are_told_to_merge() -> None:
    world = PolicyWorld()
    world.agrees(SECOND)
    assert "1 dari 2: pemilik-2." in world.card
    assert "Lengkap" not in world.card
    world.agrees(FIRST)
    assert "2 dari 2: pemilik-1, pemilik-2." in world.card
    assert "Lengkap: gabungkan" in world.card
    assert status(world) == ("success", "Disetujui 2 pemilik")


def test_merged_without_being_in_force_it_says_so_and_goes_on_taking_words() -> None:
    world = PolicyWorld(stage="merged")
    world.agrees(FIRST)
    assert "Sudah digabungkan, tetapi belum berlaku" in world.card
    assert world.line() in world.card
    assert "gabungkan permintaan ini" not in world.card
    assert world.status is None


def test_what_cannot_come_into_force_says_why_and_shows_no_code() -> None:
    world = PolicyWorld(changed_to("a", problem="Proyek 'x' tidak ada."))
    changes = world.look()
    assert "Tidak dapat berlaku" in world.card
    assert "Proyek 'x' tidak ada." in world.card
    assert "@laik" not in world.card
    assert not any(isinstance(one, Remember) for one in changes)
    assert status(world) == ("failed", "Tidak dapat berlaku")


def test_a_policy_without_two_owners_is_changed_by_hand_and_the_card_says_how() -> None:
    world = PolicyWorld()
    world.admits(changed_to("d", FIRST))
    world.look()
    assert "laik policy admit" in world.card
    assert "@laik setuju" not in world.card


def test_only_the_writing_changes_and_differences_that_cannot_be_told() -> None:
    world = PolicyWorld()
    world.look()
    assert "hanya penulisan atau komentarnya" in world.card
    world.differences = None
    world.look()
    assert "penulisan" not in world.card
    assert rows(world.card) == []


def test_an_act_that_does_not_count_is_answered_once_to_who_said_it() -> None:
    world = PolicyWorld()
    world.agrees(STRANGER)
    world.look()
    (answer,) = world.answers.values()
    assert answer.startswith(answer_prefix())
    assert "Untuk orang-luar: Hanya pemilik" in answer
    assert not any(isinstance(one, Answer) for one in world.look())


def test_a_refusal_is_remembered_before_the_card_is_written() -> None:
    world = PolicyWorld()
    world.agrees(FIRST)
    world.says(FIRST, world.line("tolak").replace("<alasan>", "keliru"))
    changes = world.look()
    kinds = [one.kind for one in changes if isinstance(one, Remember)]
    assert kinds == ["act"]
    assert isinstance(changes[0], Remember)
    assert "0 dari 2" in world.card
    assert not any(isinstance(one, Remember) for one in world.look())


def test_the_card_of_one_in_force_names_who_agreed_and_the_entry() -> None:
    world = PolicyWorld()
    told = in_force_card(world.standing, ["pemilik-1", "pemilik-2"])
    assert told.startswith(card_marker(CARD))
    assert "2 Maret 2026" in told
    assert f"entri {world.standing.seq}), disetujui pemilik-1, pemilik-2." in told
    assert in_force_card(world.standing, []).rstrip().endswith(f"entri {world.standing.seq}).")


def test_cards_for_what_is_no_change_of_the_policy() -> None:
    assert "tidak mengubah" in untouched_card()
    told = unreadable_card(Bilingual("Terlalu besar.\n/approve", "Too large."))
    assert "Terlalu besar." in told
    assert "\n/approve" not in told


@pytest.mark.parametrize("text", [*HOSTILE, LONG], ids=range(len(HOSTILE) + 1))
def test_hostile_text_anywhere_stays_text(text: str) -> None:
    """Names, keys, values and problems are others' words: no row, command, call or marker of their own."""
    calm = PolicyWorld(differences=(Difference("kunci", "lama", "baru"),), owners=("pemilik-1",))
    calm.agrees(FIRST)
    world = PolicyWorld(differences=(Difference(text, text, text),), owners=(text,))
    world.look()
    world.says(FIRST, world.line())
    world.comments = [replace(one, account=text) for one in world.comments]
    world.look()
    _inert(world.card)
    assert len(rows(world.card)) == len(rows(calm.card))
    assert len(world.card.splitlines()) == len(calm.card.splitlines())
    assert world.card.count("```") == calm.card.count("```")
    world.says(STRANGER, world.line())
    world.comments = [replace(one, account=text) for one in world.comments]
    world.look()
    for said in (
        *world.answers.values(),
        in_force_card(world.standing, [text]),
        alarm_card(card_marker(CARD), Bilingual(text, text)),
    ):
        _inert(said)
    world = PolicyWorld(changed_to("a", problem=text), differences=None)
    world.look()
    _inert(world.card)
    assert "\n- " in world.card


def _inert(said: str) -> None:
    _, _, rest = said.partition(" -->")
    assert "<!-- laik" not in rest
    assert "@all" not in rest
    assert not re.search(r"(?<!\\)\]\(", rest)
    assert "Closes #1" not in rest
    assert "\x1b" not in rest
    assert not any(line.lstrip("> *+-").startswith(("/approve", "/merge")) for line in rest.splitlines())


@pytest.mark.parametrize("text", ["x" * 1000, "|" * 1000, LONG])
def test_however_much_would_change_the_card_fits_on_both_forges(text: str) -> None:
    """The attack: a change so large that its card is refused, and nobody is told anything."""
    many = tuple(Difference(f"{text}{at}", text, text) for at in range(500))
    owners = tuple(f"{text}{at}" for at in range(500))
    world = PolicyWorld(changed_to("a", *range(100, 600)), differences=many, owners=owners)
    world.look()
    assert len(rows(world.card)) == 2 + MAX_DIFFERENCES
    assert f"dan {500 - MAX_DIFFERENCES} kunci lagi" in world.card
    assert f"dan {500 - MAX_OWNERS} lagi" in world.card
    assert len(world.card) <= GITHUB_LIMIT
    problems = tuple(Bilingual(text, text) for _ in range(500))
    world.wanted = replace(world.wanted, problems=problems)
    world.look()
    assert world.card.count("\n- ") == MAX_PROBLEMS + 1
    assert f"dan {500 - MAX_PROBLEMS} lagi" in world.card
    assert len(world.card) <= GITHUB_LIMIT


def test_the_alarm_says_what_stands_and_what_to_do() -> None:
    told = alarm_card(card_marker("penyimpangan-kebijakan"), Bilingual("Didorong langsung.", "Pushed."))
    assert told.startswith(card_marker("penyimpangan-kebijakan"))
    assert "Didorong langsung." in told
    assert "kembalikan isi cabang" in told
