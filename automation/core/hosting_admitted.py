"""The admitted set: what apply serves, whatever the hosting branch shows.

An owner of the forge can push anywhere, force a push or delete a branch, and a stolen bot token can
merge. So the branch tip is never taken for truth (architecture, decision 2): the ledger's admitted
entries are served, and whatever on the branch differs from them is a named deviation, quarantined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from automation.core.errors import InvalidRequest, Where
from automation.core.hosting_request import FOLDER, HostingRequest
from automation.core.text import Bilingual

GUIDE = f"{FOLDER}README.md"  # comes with the hosting project's template and asks for nothing
DeviationKind = Literal["added", "changed", "deleted", "branch_missing"]


@dataclass(frozen=True, slots=True)
class AdmittedEntry:
    """One admitted request: the file, its git blob id, the case and the ledger's decision id."""

    path: str
    blob: str
    case: str
    decision: str
    request: HostingRequest


@dataclass(frozen=True, slots=True)
class Registry:
    """All admitted requests, indexed; build it with :meth:`of`.

    ``unread`` is the holding case by path of entries whose content cannot be read now (a blob that is gone,
    a policy that changed): the name stays theirs, or a change of policy would free it for the next who asks.
    """

    by_path: Mapping[str, AdmittedEntry] = field(default_factory=dict)
    by_name: Mapping[str, AdmittedEntry] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)

    def holder(self, path: str) -> str:
        """The case that holds the name at ``path``, or an empty text."""
        entry = self.by_path.get(path)
        return entry.case if entry is not None else self.unread.get(path, "")

    @classmethod
    def of(cls, entries: Iterable[AdmittedEntry], *, unread: Mapping[str, str] | None = None) -> Registry:
        """The index over ``entries``, and the holders of paths that are admitted but not readable now.

        Raises:
            InvalidRequest: two entries stand at one path or ask for one name.
        """
        listed = tuple(entries)
        clashes = duplicates(listed)
        if clashes:
            later, earlier = clashes[0]
            raise InvalidRequest(
                clash_text(later, earlier),
                remedy=Bilingual(
                    "Cabut salah satu permintaan melalui kasusnya.",
                    "Withdraw one of the requests through its case.",
                ),
                where=Where(file=later.path, case=later.case),
            )
        return cls(
            by_path={entry.path: entry for entry in listed},
            by_name={entry.request.nama: entry for entry in listed},
            unread=dict(unread or {}),
        )


def duplicates(entries: Sequence[AdmittedEntry]) -> tuple[tuple[AdmittedEntry, AdmittedEntry], ...]:
    """Pairs (later, earlier) that stand at one path or share one label, also under two parents.

    One label is one file, so the same label under two parents cannot be two requests: two agencies
    holding ``pajak`` under different parents would be told apart by nobody.
    """
    seen: dict[str, AdmittedEntry] = {}
    clashes = []
    for entry in entries:
        keys = (f"path:{entry.path}", f"name:{entry.request.nama}")
        earlier = next((seen[key] for key in keys if key in seen), None)
        if earlier is not None:
            clashes.append((entry, earlier))
            continue
        seen.update(dict.fromkeys(keys, entry))
    return tuple(clashes)


def clash_text(later: AdmittedEntry, earlier: AdmittedEntry) -> Bilingual:
    """Which two entries want one name."""
    names = f"{later.path} ({later.request.fqdn}, {later.case})"
    others = f"{earlier.path} ({earlier.request.fqdn}, {earlier.case})"
    return Bilingual(
        f"{names} memakai nama yang sudah dipegang {others}.", f"{names} uses a name that {others} holds."
    )


@dataclass(frozen=True, slots=True)
class Deviation:
    """One difference between the admitted set and the branch; blob ids are empty where there is none."""

    path: str
    kind: DeviationKind
    expected_blob: str
    seen_blob: str

    @property
    def text(self) -> Bilingual:
        """What was found and what is served instead."""
        return _DEVIATION_TEXTS[self.kind](self)


@dataclass(frozen=True, slots=True)
class ServePlan:
    """What to serve (sorted by path), and what on the branch is held in quarantine."""

    serve: tuple[AdmittedEntry, ...]
    deviations: tuple[Deviation, ...]


def plan_serving(admitted: Sequence[AdmittedEntry], branch: Mapping[str, str] | None) -> ServePlan:
    """Serve exactly the admitted set; name everything on the branch that differs from it.

    Args:
        admitted: the ledger's entries.
        branch: blob id by path at the branch tip, None when the branch is gone. Only paths under
            ``permohonan/`` count.
    """
    serve = tuple(sorted(admitted, key=lambda entry: entry.path))
    return ServePlan(serve, deviations({entry.path: entry.blob for entry in serve}, branch))


def deviations(
    expected: Mapping[str, str],
    branch: Mapping[str, str] | None,
    *,
    released: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Deviation, ...]:
    """The differences between admitted blobs by path and the branch tip (None: the branch is gone).

    ``released``: the blob of each name that was revoked. Its file stands on the branch until a request of the
    case changes it or takes it away, which is known and no deviation; another content there is one.
    """
    if branch is None:
        return (Deviation("", "branch_missing", "", ""),)
    seen = {path: blob for path, blob in branch.items() if path.startswith(FOLDER) and path != GUIDE}
    found = (
        _deviation(path, expected.get(path, ""), seen.get(path, "")) for path in sorted({*expected, *seen})
    )
    return tuple(
        one
        for one in found
        if one is not None and (one.expected_blob or released.get(one.path) != one.seen_blob)
    )


def _deviation(path: str, expected: str, seen: str) -> Deviation | None:
    if expected == seen:
        return None
    kind: DeviationKind = "changed"
    if not expected:
        kind = "added"
    elif not seen:
        kind = "deleted"
    return Deviation(path, kind, expected, seen)


_DEVIATION_TEXTS: Mapping[DeviationKind, Callable[[Deviation], Bilingual]] = {
    "added": lambda one: Bilingual(
        f"{one.path} ada di cabang tanpa keputusan (blob {one.seen_blob[:12]}); tidak disajikan.",
        f"{one.path} is on the branch without a decision (blob {one.seen_blob[:12]}); it is not served.",
    ),
    "changed": lambda one: Bilingual(
        f"{one.path} di cabang (blob {one.seen_blob[:12]}) bukan yang diputuskan;"
        f" yang disajikan tetap {one.expected_blob[:12]}.",
        f"{one.path} on the branch (blob {one.seen_blob[:12]}) is not what was admitted;"
        f" {one.expected_blob[:12]} stays served.",
    ),
    "deleted": lambda one: Bilingual(
        f"{one.path} hilang dari cabang tanpa keputusan; {one.expected_blob[:12]} tetap disajikan.",
        f"{one.path} is gone from the branch without a decision; {one.expected_blob[:12]} stays served.",
    ),
    "branch_missing": lambda _: Bilingual(
        "Cabang hosting tidak ada; keadaan terakhir yang diputuskan tetap disajikan.",
        "The hosting branch is gone; the last admitted state stays served.",
    ),
}
