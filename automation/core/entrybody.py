"""The body of a ledger entry read as plain records: ids, hashes and times, whatever an old entry lacks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from automation.core.remembered import RULINGS, Forged, RuledAct, Turn, Waiver

Body = Mapping[str, object]


def turn_in(body: Body) -> Turn:
    """The turn that a ``turn`` entry tells of."""
    return Turn(
        step=text_of(body, "step"),
        turn=text_of(body, "turn"),
        since=datetime.fromisoformat(text_of(body, "since")),
        due=_moment(body, "due"),
        near=_moment(body, "near"),
        calendar=text_of(body, "calendar"),
        held=text_of(body, "held"),
        seen=text_of(body, "seen"),
        half=_moment(body, "half"),
    )


def act_in(body: Body, seq: int, at: datetime) -> RuledAct:
    """The ruling that an ``act`` entry keeps, written as entry ``seq`` at ``at``."""
    return RuledAct(
        act=text_of(body, "act"),
        step=text_of(body, "step"),
        ruling=RULINGS.get(text_of(body, "ruling"), "void"),
        digest=text_of(body, "digest"),
        subjects=texts_of(body, "subjects"),
        account=number_of(body, "account"),
        body=text_of(body, "body"),
        seq=seq,
        at=at,
        roles=_words(body, "roles"),
        unit=text_of(body, "unit"),
        capacity=text_of(body, "capacity"),
        waiver=_waiver(body),
    )


def _waiver(body: Body) -> Waiver | None:
    if not body.get("check"):
        return None
    until = date.fromisoformat(text_of(body, "until"))
    return Waiver(text_of(body, "check"), until, frozenset(_words(body, "covers")))


def forged_in(body: Body) -> Forged:
    """The status that a ``forged_status`` entry tells of."""
    return Forged(
        project=number_of(body, "project"),
        sha=text_of(body, "sha"),
        context=text_of(body, "context"),
        account=number_of(body, "account"),
    )


def _moment(body: Body, key: str) -> datetime | None:
    text = text_of(body, key)
    return datetime.fromisoformat(text) if text else None


def text_of(body: Body, key: str) -> str:
    """A value as text, empty where there is none."""
    return str(body.get(key, ""))


def number_of(body: Body, key: str) -> int:
    """A value as a number, 0 where there is none."""
    value = body.get(key, 0)
    return value if isinstance(value, int) else int(str(value))


def _words(body: Body, key: str) -> tuple[str, ...]:
    value = body.get(key, ())
    return tuple(str(one) for one in value) if isinstance(value, (list, tuple)) else ()


def texts_of(body: Body, key: str) -> Mapping[str, str]:
    """A mapping of texts, empty where there is none."""
    value = body.get(key, {})
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, Mapping) else {}
