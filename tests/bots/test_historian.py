from __future__ import annotations

from dataclasses import replace
from typing import get_args

from automation.bots.desk import Desk
from automation.bots.historian import MAX_TOLD, changed_comments
from automation.core.comments import CommentNow, CommentsNow
from automation.core.memory import LIFE, REVOKED, RuledAct, Ruling
from automation.core.outputport import outgoing
from tests.core.cases import small_case

ACT = RuledAct("issue/5/0", "periksa", "approved", "d" * 64, {}, 3, "e" * 64, 9)


def told(*acts: RuledAct, now: CommentsNow | None = None) -> str:
    """The lines for a case with these acts; all comments are gone unless ``now`` says otherwise."""
    desk: Desk = small_case().desk()
    memory = replace(desk.decision.observation.memory, acts=acts)
    seen = replace(desk.decision.observation, memory=memory, comments=now or CommentsNow(issue=True))
    parts = changed_comments(replace(desk, decision=replace(desk.decision, observation=seen)))
    return outgoing(parts) if parts else ""


def test_nothing_is_told_while_every_comment_stands() -> None:
    assert told() == ""
    assert told(ACT, now=CommentsNow({"issue/5": CommentNow("e" * 64, edited=False)}, issue=True)) == ""
    assert told(ACT, now=CommentsNow()) == "", "nobody looked"


def test_a_decision_whose_comment_is_gone_is_told_with_its_entry_and_step() -> None:
    card = told(ACT, replace(ACT, act="issue/6/0", ruling="refused", seq=12))
    assert f"catatan 9: komentar persetujuan langkah periksa dihapus (digest semula `{'e' * 16}`)" in card
    assert "catatan 12: komentar pengembalian langkah periksa dihapus" in card


def test_every_decision_is_told_whatever_it_was() -> None:
    words = {
        "detoured": "pilihan jalan lain langkah periksa",
        "resumed": "pelanjutan langkah periksa",
        "waived": "pengecualian langkah periksa",
        "migrated": "pindah versi SOP langkah periksa",
        "noted": "catatan langkah periksa",
    }
    for ruling in get_args(Ruling):
        card = told(replace(ACT, ruling=ruling))
        assert bool(card) == (ruling not in {"void", "told"})
        assert f"komentar {words.get(ruling, '')}" in card or not card
    assert "komentar perintah atas kasus dihapus" in told(replace(ACT, ruling="noted", step=LIFE))
    assert "komentar pencabutan nama dihapus" in told(replace(ACT, ruling="noted", step=REVOKED))


def test_what_decided_nothing_is_not_told() -> None:
    assert told(replace(ACT, ruling="void"), replace(ACT, ruling="told")) == ""


def test_a_long_list_is_counted() -> None:
    card = told(*(replace(ACT, act=f"issue/{number}/0", seq=number) for number in range(MAX_TOLD + 7)))
    assert card.count("dihapus") == MAX_TOLD
    assert "dan 7 lagi" in card
