"""Whose each hosting file is: what stands admitted over all cases, and what was taken away on purpose.

Read from ``admitted`` and ``revoked`` entries alone, in the order of the ledger. The store reads all of them
like that; where entries are signed, apply and signer read the signed ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ADMITTED, REVOKED = "admitted", "revoked"


@dataclass(frozen=True, slots=True)
class AdmittedRow:
    """One file that is admitted now: ``blob`` is the git blob id, ``decision`` the digest decided on.

    ``until`` is the day its term ends (ISO), empty for no end.
    """

    path: str
    blob: str
    case: str
    decision: str
    seq: int
    until: str = ""


@dataclass(frozen=True, slots=True)
class ReleasedRow:
    """One file that was admitted and is not any more: ``blob`` what it was, or empty where it was removed.

    A revoked name stays its case's own, so ``held`` is True: nobody else gets it, and only a request approved
    anew, or the file's removal, ends that.
    """

    path: str
    blob: str
    case: str
    held: bool


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as it is read here: of a case, its number, its kind and its body."""

    case: str
    seq: int
    kind: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Names:
    """What stands and what was released, each in the order in which it came to be so."""

    admitted: tuple[AdmittedRow, ...]
    released: tuple[ReleasedRow, ...]

    def holders(self) -> dict[str, str]:
        """The case that holds each path: by an admission, or by a name of its own that was revoked."""
        held = {one.path: one.case for one in self.released if one.held}
        return held | {one.path: one.case for one in self.admitted}


def names_of(entries: Iterable[Told]) -> Names:
    """The names that entries amount to; a path stays with the case that holds it."""
    current: dict[str, AdmittedRow] = {}
    released: dict[str, ReleasedRow] = {}
    for one in entries:
        path, blob = str(one.body.get("path", "")), str(one.body.get("blob", ""))
        gone, standing = released.get(path), current.get(path)
        holder = standing.case if standing else gone.case if gone is not None and gone.held else one.case
        if one.kind not in {ADMITTED, REVOKED} or holder != one.case:
            continue
        current.pop(path, None)
        released.pop(path, None)
        if one.kind == REVOKED:
            released[path] = ReleasedRow(path, blob, one.case, held=True)
        elif one.body.get("removed"):
            released[path] = ReleasedRow(path, "", one.case, held=False)
        else:
            decision, until = str(one.body.get("decision", "")), str(one.body.get("until", ""))
            current[path] = AdmittedRow(path, blob, one.case, decision, one.seq, until)
    return Names(tuple(current.values()), tuple(released.values()))
