"""How many names one apply, and one day of applies, may take out of service.

A percentage alone creeps: four applies of 29 % each leave a quarter. And it never speaks up for small
zones. So there is a number and a share, and both count over the whole day.

What the ledger itself took away, by an approved removal or a revocation, counts as nothing: somebody decided
each of those by name. The limits are for names that nobody decided to lose (a policy or a mirror gone wrong).
"""

from __future__ import annotations

from dataclasses import dataclass

from automation.core.errors import LaikError
from automation.core.text import Bilingual

MAX_REMOVALS = 5
MAX_SHARE_PERCENT = 30


class TooManyRemovals(LaikError):
    """An apply would take more names out of service than allowed; nothing was changed.

    ``removed`` names of ``total`` (both counted over the day); ``removing`` of them in this apply.
    """

    def __init__(
        self, message: Bilingual, *, remedy: Bilingual, removing: int, removed: int, total: int
    ) -> None:
        self.removing = removing
        self.removed = removed
        self.total = total
        super().__init__(message, remedy=remedy)


@dataclass(frozen=True, slots=True)
class Removals:
    """This apply's removals, and the day's: ``earlier`` already removed of ``total`` at its start."""

    removing: int
    remaining: int
    earlier: int
    total: int


def hold_limits(removals: Removals, *, allow_removals: int = 0, allow_empty: bool = False) -> None:
    """Let an apply pass, or say with numbers why not.

    One name a day may always go (one request, one merge request); beyond that at most
    :data:`MAX_REMOVALS` names and :data:`MAX_SHARE_PERCENT` percent a day, unless ``allow_removals``
    covers what this apply removes.

    Raises:
        TooManyRemovals: also when nothing at all would be left, unless ``allow_empty``.
    """
    removing, removed, total = removals.removing, removals.removing + removals.earlier, removals.total
    if removing == 0:
        return
    if removals.remaining == 0 and not allow_empty:
        raise _refusal(
            removals,
            f"Penerapan ini mengosongkan semuanya: {removing} nama dicabut, tidak satu pun tersisa.",
            f"This apply empties everything: {removing} names removed, none left.",
            "--allow-empty",
        )
    over = removed > MAX_REMOVALS or removed * 100 > total * MAX_SHARE_PERCENT
    if removals.remaining and removed > 1 and over and removing > allow_removals:
        raise _refusal(
            removals,
            f"Terlalu banyak nama dicabut: {removing} sekarang, {removed} dari {total} hari ini"
            f" (batas {MAX_REMOVALS} nama atau {MAX_SHARE_PERCENT} %).",
            f"Too many names removed: {removing} now, {removed} of {total} today"
            f" (limit {MAX_REMOVALS} names or {MAX_SHARE_PERCENT} %).",
            f"--allow-removals {removing}",
        )


def _refusal(removals: Removals, message: str, english: str, option: str) -> TooManyRemovals:
    return TooManyRemovals(
        Bilingual(message, english),
        remedy=Bilingual(
            f"Periksa apakah memang dimaksud; bila ya, ulangi dengan {option}.",
            f"Look whether it is meant; if so, repeat with {option}.",
        ),
        removing=removals.removing,
        removed=removals.removing + removals.earlier,
        total=removals.total,
    )
