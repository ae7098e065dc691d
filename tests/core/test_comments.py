"""What became of the comments that acts were: never guessed where nobody looked."""

from __future__ import annotations

from dataclasses import replace

from automation.core.comments import CommentNow, CommentsNow, comment_digest, seen_acts
from automation.core.memory import RuledAct

BODY = "@laik setuju kak 7f3a"
AT_ISSUE = RuledAct("issue/5/0", "kak", "approved", "d" * 64, {}, 3, comment_digest(BODY), 9)
AT_REQUEST = replace(AT_ISSUE, act="merge_request/8/0", step="hosting!4", subjects={"permohonan": "y"})


def state(act: RuledAct, now: CommentsNow) -> str:
    (seen,) = seen_acts([act], now)
    assert seen.changed == (seen.state in {"disunting", "dihapus"})
    return seen.state


def found(
    name: str, body: str, *, edited: bool = False, requests: frozenset[int] = frozenset()
) -> CommentsNow:
    now = CommentNow(comment_digest(body), edited)
    return CommentsNow({name: now}, issue=True, requests=requests)


def test_a_comment_that_reads_as_it_did_stands() -> None:
    assert state(AT_ISSUE, found("issue/5", BODY)) == "utuh"
    assert state(AT_REQUEST, found("merge_request/8", BODY)) == "utuh"


def test_a_changed_comment_is_edited_also_when_it_was_put_back() -> None:
    assert state(AT_ISSUE, found("issue/5", BODY + " ")) == "disunting"
    assert state(AT_ISSUE, found("issue/5", BODY, edited=True)) == "disunting"
    assert state(AT_ISSUE, found("issue/5", "")) == "disunting"


def test_a_comment_is_gone_only_where_somebody_looked() -> None:
    assert state(AT_ISSUE, CommentsNow(issue=True)) == "dihapus"
    assert state(AT_ISSUE, CommentsNow()) == "tidak_terlihat"
    assert state(AT_REQUEST, CommentsNow(issue=True, requests=frozenset({4}))) == "dihapus"
    assert state(AT_REQUEST, CommentsNow(issue=True, requests=frozenset({5}))) == "tidak_terlihat"


def test_a_comment_of_a_request_that_nothing_names_is_not_said_to_be_gone() -> None:
    """Where no request was open, a void act has no step: at which one it stood, nobody knows."""
    void = replace(AT_REQUEST, ruling="void", step="", subjects={})
    assert state(void, CommentsNow(issue=True, requests=frozenset({4}))) == "tidak_terlihat"


def test_the_same_number_at_another_place_is_another_comment() -> None:
    assert state(AT_ISSUE, found("merge_request/5", BODY)) == "dihapus"
