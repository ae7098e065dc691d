"""Forged statuses: what other accounts posted in laik's name, to be written over and remembered.

A status only shows and decides nothing, but people and merge buttons look at it. The attack: whoever may push
posts ``laik/sop`` green himself. The guard: laik writes its own over it, whatever the other says, and the
ledger keeps who did it. Both are bounded: one entry for each commit, context and account, ``MOST_FORGED`` for
each case, so that nobody fills the ledger by posting without end.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from automation.core.memory import Forged, Memory
from automation.core.plan import Remember

NAMESPACE = "laik/"
MOST_FORGED = 200  # entries of one case; more tell nothing new
_OWN = re.compile(r"laik/[a-z][a-z0-9_-]{0,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ForeignStatus:
    """A status in laik's name by account number ``account``, as the forge shows it; its text is hostile."""

    project_id: int
    sha: str
    context: str
    state: str
    account: int

    @property
    def forged(self) -> Forged:
        """What is remembered of it: ids and hashes."""
        return Forged(self.project_id, self.sha, _known(self.context), self.account)


def in_our_name(context: str) -> bool:
    """Whether people would take a status of that name for laik's."""
    return context.strip().casefold().startswith(NAMESPACE)


def unremembered(seen: Iterable[ForeignStatus], memory: Memory) -> dict[Forged, ForeignStatus]:
    """What was not remembered before, each once, as many as there is room for."""
    new = {one.forged: one for one in seen if one.forged not in set(memory.forged)}
    return dict(list(new.items())[: max(MOST_FORGED - len(memory.forged), 0)])


def forgeries(seen: Iterable[ForeignStatus], memory: Memory) -> list[Remember]:
    """The ledger entries for it."""
    return [
        Remember(
            "forged_status",
            {
                "project": kept.project,
                "sha": kept.sha,
                "context": kept.context,
                "account": kept.account,
                "state": one.state,
            },
        )
        for kept, one in unremembered(seen, memory).items()
    ]


def _known(context: str) -> str:
    if _OWN.fullmatch(context):
        return context
    return "sha256:" + hashlib.sha256(context.encode("utf-8", "surrogatepass")).hexdigest()
