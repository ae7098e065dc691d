"""Names of cases in which nothing can be ruled, as far as a line in another case's issue speaks of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from automation.core.act import Act
from automation.core.memory import Memory, remember
from automation.core.orphannames import Orphan, spoken_of
from automation.forges.base import Forge
from automation.observe.comments import is_there
from automation.observe.keys import issue_number
from automation.store.ledger import Ledger


def orphans(
    forge: Forge,
    control: int,
    ledger: Ledger,
    key: str,
    acts: Iterable[Act],
    memory: Memory,
    stands_still: Callable[[Memory, str], bool],
) -> Mapping[str, Orphan]:
    """By path; nothing is asked of the forge while nobody speaks of a name that another case holds.

    Args:
        forge: whether the other case's issue is there is read from it now, since nobody may have noticed yet.
        control: the control project's id.
        ledger: who holds the name.
        key: the case where it is spoken of.
        acts: what is said there.
        memory: what the ledger remembers of it.
        stands_still: whether another case cannot be judged, by its memory and key.
    """
    paths = spoken_of(acts, memory)
    if not paths:
        return {}
    holders = {one.path: one.case for one in ledger.released()}
    holders |= {one.path: one.case for one in ledger.admitted()}
    found: dict[str, Orphan] = {}
    for path in sorted(paths & holders.keys()):
        case = holders[path]
        held = remember(ledger.entries(case))
        name = held.names.get(path)
        waits = name is not None or path in held.down
        if case == key or not waits:
            continue
        there = is_there(forge.get_issue(control, issue_number(case)), held)
        stopped = there and stands_still(held, case)
        if stopped or not there:
            found[path] = Orphan(case, name.blob if name is not None else "", stopped)
    return found
