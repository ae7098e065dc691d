"""Names that cases without their issue hold, as far as a line in another case's issue speaks of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from automation.core.act import Act
from automation.core.memory import Memory, remember
from automation.core.orphannames import Orphan, spoken_of
from automation.forges.base import Forge
from automation.observe.comments import is_there
from automation.observe.keys import issue_number
from automation.store.ledger import Ledger


def orphans(
    forge: Forge, control: int, ledger: Ledger, key: str, acts: Iterable[Act], memory: Memory
) -> Mapping[str, Orphan]:
    """By path; nothing is asked of the forge while nobody speaks of a name that another case holds.

    Args:
        forge: whether the other case's issue is there is read from it now, since nobody may have noticed yet.
        control: the control project's id.
        ledger: who holds the name.
        key: the case where it is spoken of.
        acts: what is said there.
        memory: what the ledger remembers of it.
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
        if case != key and waits and not is_there(forge.get_issue(control, issue_number(case)), held):
            found[path] = Orphan(case, name.blob if name is not None else "")
    return found
