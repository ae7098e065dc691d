"""Names of cases in which nothing can be ruled: those are taken down from elsewhere.

A case outlives its issue and so does the name it holds. Attack: whoever may delete issues could make a name
that was taken over by a stranger impossible to take down, since the line ``@laik cabut`` is said in the
case's own issue; and so is one of a case that stands still because the SOP it is pinned to is not there.
So the ICT head may say it in any other case's issue, of such a name alone. The revocation
is written into the chain of the case that holds the name, as his word there would have been; that he said it
is in the chain of the case where he did.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from automation.core.act import Act
from automation.core.bench import Ruled
from automation.core.hosting_request import FOLDER, LABEL
from automation.core.memory import ORPHANED, Memory, RuledAct
from automation.core.plan import RevokeOrphan
from automation.core.policy import digest_of
from automation.core.text import Bilingual

_CASE, _PATH, _BLOB = "kasus", "path", "blob"


@dataclass(frozen=True, slots=True)
class Orphan:
    """A name that such a case holds or that was not seen gone yet, and its file's blob.

    ``stopped``: the case has its issue and stands still, so it can ask for the name again once it goes on.
    """

    case: str
    blob: str
    stopped: bool = False


def path_of(name: str) -> str:
    """The request file of a name as people write it, with or without its parent domain."""
    return f"{FOLDER}{name.partition('.')[0]}.yaml"


def spoken_of(acts: Iterable[Act], memory: Memory) -> frozenset[str]:
    """Paths whose holder must be looked up: of new lines, and of those ruled on, which may be half done."""
    ruled = memory.ruled()
    new = (
        act.command.about.partition(".")[0]
        for act in acts
        if act.command.verb == "cabut" and act.source == "issue" and act.id not in ruled
    )
    paths = {path_of(name) for name in new if re.fullmatch(LABEL, name)} - memory.names.keys()
    return frozenset(paths | {one.subjects.get(_PATH, "") for one in _ruled(memory)})


def rule_orphan(act: Act, path: str, orphan: Orphan) -> Ruled:
    """The ruling on a line of the ICT head's about such a name."""
    subjects = {_CASE: orphan.case, _PATH: path, _BLOB: orphan.blob}
    name = path.removeprefix(FOLDER).removesuffix(".yaml")
    said = _STOPPED if orphan.stopped else _DELETED
    told = Bilingual(
        f"Nama {name} dipegang kasus {orphan.case}, {said[0].id}. Pencabutannya dicatat pada kasus itu dan"
        f" nama langsung diturunkan; {said[1].id}.",
        f"The name {name} is held by case {orphan.case}, {said[0].en}. The revocation is recorded in that"
        f" case and the name is taken down at once; {said[1].en}.",
    )
    return Ruled(act, "noted", ORPHANED, digest_of(["cabut", act.id, path, orphan.blob]), subjects, told)


_DELETED = (
    Bilingual("yang issue-nya sudah dihapus", "whose issue was deleted"),
    Bilingual("tidak ada permintaan yang dapat memulihkannya", "no request can restore it"),
)
_STOPPED = (
    Bilingual("yang berhenti karena SOP-nya tidak terpasang", "which stands still without its SOP"),
    Bilingual(
        "sesudah kasus itu berjalan lagi, nama dipulihkan hanya dengan permintaan hosting baru",
        "once that case goes on, only a new hosting request restores it",
    ),
)


def wishes(memory: Memory, orphans: Mapping[str, Orphan]) -> list[RevokeOrphan]:
    """What was ruled and is not carried out yet: the name still stands, or was not seen gone."""
    found: list[RevokeOrphan] = []
    for one in _ruled(memory):
        path, case = one.subjects.get(_PATH, ""), one.subjects.get(_CASE, "")
        held = orphans.get(path)
        if held is not None and held.case == case:
            body = {
                "act": one.act,
                "account": one.account,
                "body": one.body,
                "path": path,
                "blob": held.blob,
                "decision": one.digest,
            }
            found.append(RevokeOrphan(case, path, body))
    return found


def _ruled(memory: Memory) -> list[RuledAct]:
    return [one for one in memory.acts if one.step == ORPHANED and one.ruling == "noted"]
