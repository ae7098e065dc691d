"""What may be signed: whether an entry follows from the ones before it, judged by the signer for himself.

The signer cannot ask the forge, so he cannot tell whether a comment was really written. He can hold the
ledger to its own story: nothing is admitted that was not about to be merged, nothing is merged that was not
approved, nothing approved that was not shown, and no policy is in force that two owners of the one before did
not agree to. Whoever writes entries of his own must then write the whole
story, under accounts and comments that anybody can look up, and cannot take it back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automation.core.chain import Link
from automation.core.heldnames import ADMITTED, REVOKED
from automation.core.policyadmission import OWNERS_NEEDED
from automation.core.text import Bilingual

Refusal = Bilingual | None
DECIDING = frozenset({"approved", "detoured", "resumed", "waived", "migrated"})
"""Rulings that move a case or lift something, each on what was shown."""


@dataclass(frozen=True, slots=True)
class _Story:
    """An entry, those of its case before it, and the case that holds each admitted path."""

    link: Link
    earlier: Sequence[Link]
    holders: Mapping[str, str]
    by_hand: bool = False

    def told(self, kind: str) -> list[Mapping[str, Any]]:
        """The bodies of the earlier entries of a kind."""
        return [link.content for link in self.earlier if link.kind == kind]


def may_not_sign(
    link: Link, earlier: Sequence[Link], holders: Mapping[str, str], *, by_hand: bool = False
) -> Refusal:
    """Why an entry may not be signed; None when it may.

    Args:
        link: the entry.
        earlier: the entries of its case before it, oldest first.
        holders: the case that holds each admitted path, as signed so far.
        by_hand: whether a person vouches for it, and not laik.
    """
    rule = _RULES.get(link.kind)
    return rule(_Story(link, earlier, holders, by_hand)) if rule else None


def _accepted(story: _Story) -> Refusal:
    if story.told("accepted"):
        return Bilingual("kasus ini sudah diterima sebelumnya", "this case was accepted before")
    return None


def _act(story: _Story) -> Refusal:
    body = story.link.content
    if body.get("ruling") not in DECIDING:
        return None
    wanted = (body.get("step"), body.get("digest"))
    if any((one.get("step"), one.get("digest")) == wanted for one in story.told("shown")):
        return None
    return Bilingual(
        "yang disetujui tidak pernah tampil pada kartu", "what was approved was never shown on a card"
    )


def _merge_intended(story: _Story) -> Refusal:
    decision = story.link.content.get("decision")
    approved = (one.get("digest") for one in story.told("act") if one.get("ruling") == "approved")
    if decision and decision in approved:
        return None
    return Bilingual(
        "tidak ada persetujuan atas yang akan digabungkan", "nobody approved what is about to be merged"
    )


def _admitted(story: _Story) -> Refusal:
    body = story.link.content
    path, holder = str(body.get("path", "")), story.holders.get(str(body.get("path", "")), "")
    if holder not in {"", story.link.case}:
        return Bilingual(f"{path} dipegang kasus {holder}", f"{path} is held by case {holder}")
    if body.get("removed"):
        held = Bilingual(f"{path} tidak dipegang kasus ini", f"{path} is not held by this case")
        return None if holder == story.link.case else held
    names = ("merge_request", "path", "blob", "sha", "decision")
    wanted = [str(body.get(name)) for name in names]
    intents = story.told("merge_intended")
    if any([str(one.get(name)) for name in names] == wanted for one in intents):
        return None
    return Bilingual(
        f"{path} tidak pernah dinyatakan akan digabungkan dengan isi ini",
        f"{path} was never about to be merged with this content",
    )


def _applied(story: _Story) -> Refusal:
    decided = [link.content for link in story.earlier if link.kind in {ADMITTED, REVOKED}]
    if decided and decided[-1].get("decision") == story.link.content.get("decision"):
        return None
    return Bilingual("yang tersaji bukan putusan terakhir", "what was served is not the last decision")


def _revoked(story: _Story) -> Refusal:
    path = str(story.link.content.get("path", ""))
    holder = story.holders.get(path, "")
    if holder not in {"", story.link.case}:
        return Bilingual(f"{path} dipegang kasus {holder}", f"{path} is held by case {holder}")
    return None


def _policy(story: _Story) -> Refusal:
    """Owners are those of the policy before; an admission by hand needs a hand that signs it."""
    body, before = story.link.content, story.told("policy")
    last = before[-1] if before else {}
    if body.get("before") != last.get("digest", ""):
        return Bilingual("tidak menyambung kebijakan sebelumnya", "it does not follow the policy before it")
    way = body.get("way")
    if way == "first":
        return Bilingual("bukan kebijakan pertama", "it is not the first policy") if before else None
    if way == "operator":
        return None if story.by_hand else _BY_HAND
    if way == "owners" and len(_agreed(body) & _numbers(last.get("owners"))) >= OWNERS_NEEDED:
        return None
    return Bilingual(
        "belum disetujui dua pemilik kebijakan sebelumnya", "two owners of the policy before have not agreed"
    )


def _agreed(body: Mapping[str, Any]) -> frozenset[int]:
    listed = body.get("agreed")
    rows = listed if isinstance(listed, list) else []
    return _numbers([one.get("account") for one in rows if isinstance(one, dict)])


def _numbers(listed: object) -> frozenset[int]:
    """Account numbers in what may be anything: the entry need not be laik's."""
    return frozenset(one for one in listed if type(one) is int) if isinstance(listed, list) else frozenset()


_BY_HAND = Bilingual(
    "kebijakan yang diputuskan dengan tangan ditandatangani dengan tangan pula: `laik ledger sign --all`",
    "a policy admitted by hand is signed by hand too: `laik ledger sign --all`",
)


_RULES: Mapping[str, Callable[[_Story], Refusal]] = {
    "accepted": _accepted,
    "act": _act,
    "merge_intended": _merge_intended,
    "admitted": _admitted,
    "applied": _applied,
    "revoked": _revoked,
    "policy": _policy,
}
