"""What may be signed: whether an entry follows from the ones before it, judged by the signer for himself.

The signer cannot ask the forge, so he cannot tell whether a comment was really written. He can hold the
ledger to its own story: nothing is admitted that was not about to be merged, nothing is merged that was not
approved, nothing approved that was not shown. Whoever writes entries of his own must then write the whole
story, under accounts and comments that anybody can look up, and cannot take it back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automation.core.chain import Link
from automation.core.text import Bilingual

Refusal = Bilingual | None


@dataclass(frozen=True, slots=True)
class _Story:
    """An entry, those of its case before it, and the case that holds each admitted path."""

    link: Link
    earlier: Sequence[Link]
    holders: Mapping[str, str]

    def told(self, kind: str) -> list[Mapping[str, Any]]:
        """The bodies of the earlier entries of a kind."""
        return [link.content for link in self.earlier if link.kind == kind]


def may_not_sign(link: Link, earlier: Sequence[Link], holders: Mapping[str, str]) -> Refusal:
    """Why an entry may not be signed; None when it may.

    Args:
        link: the entry.
        earlier: the entries of its case before it, oldest first.
        holders: the case that holds each admitted path, as signed so far.
    """
    rule = _RULES.get(link.kind)
    return rule(_Story(link, earlier, holders)) if rule else None


def _accepted(story: _Story) -> Refusal:
    if story.told("accepted"):
        return Bilingual("kasus ini sudah diterima sebelumnya", "this case was accepted before")
    return None


def _act(story: _Story) -> Refusal:
    body = story.link.content
    if body.get("ruling") != "approved":
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
    admitted = story.told("admitted")
    if admitted and admitted[-1].get("decision") == story.link.content.get("decision"):
        return None
    return Bilingual("yang tersaji bukan putusan terakhir", "what was served is not the last decision")


_RULES: Mapping[str, Callable[[_Story], Refusal]] = {
    "accepted": _accepted,
    "act": _act,
    "merge_intended": _merge_intended,
    "admitted": _admitted,
    "applied": _applied,
}
