"""What became of the comments that acts were: as they stood, edited since, or gone.

The ledger keeps the digest of each act's whole comment. What was decided stays decided (architecture,
decision 9), but nobody should have to find out by himself that its words are not there any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from automation.core.memory import RuledAct

CommentState = Literal["utuh", "disunting", "dihapus", "tidak_terlihat"]
MARK = "hosting!"


@dataclass(frozen=True, slots=True)
class CommentNow:
    """A comment as it reads now: hex SHA-256 of it, and whether the forge says that it was edited."""

    digest: str
    edited: bool


@dataclass(frozen=True, slots=True)
class CommentsNow:
    """The comments at the places that were looked at.

    Attributes:
        found: by ``<source>/<comment id>``.
        issue: whether the issue's were read.
        requests: numbers of the hosting merge requests whose were read.
    """

    found: Mapping[str, CommentNow] = field(default_factory=dict)
    issue: bool = False
    requests: frozenset[int] = frozenset()

    def looked_at(self, act: RuledAct) -> bool:
        """Whether the act's comment must be among the found ones if it is still there."""
        if act.act.startswith("issue/"):
            return self.issue
        number = request_of(act)
        return number is not None and number in self.requests


def request_of(act: RuledAct) -> int | None:
    """The number of the hosting merge request that an act was said in; None where the ledger does not say."""
    number = act.step.removeprefix(MARK)
    return int(number) if act.step.startswith(MARK) and number.isdecimal() else None


@dataclass(frozen=True, slots=True)
class SeenAct:
    """An act with what became of its comment."""

    act: RuledAct
    state: CommentState

    @property
    def changed(self) -> bool:
        """Whether the words are not there any more as they were ruled on."""
        return self.state in {"disunting", "dihapus"}


def comment_digest(body: str) -> str:
    """As acts have it."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def seen_acts(acts: Iterable[RuledAct], now: CommentsNow) -> tuple[SeenAct, ...]:
    """Each act with the state of its comment, in order."""
    return tuple(SeenAct(act, _state(act, now)) for act in acts)


def _state(act: RuledAct, now: CommentsNow) -> CommentState:
    there = now.found.get(act.act.rpartition("/")[0])
    if there is None:
        return "dihapus" if now.looked_at(act) else "tidak_terlihat"
    return "disunting" if there.edited or there.digest != act.body else "utuh"
