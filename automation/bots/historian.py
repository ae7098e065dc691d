"""The historian: tells on the card which decisions lost their words, because a comment was edited or deleted.

The ledger keeps what was decided; who reads the issue and looks for the comment must not be left to wonder.
"""

from __future__ import annotations

from collections.abc import Mapping

from automation.bots.desk import Desk
from automation.core.comments import SeenAct, seen_acts
from automation.core.outputport import Untrusted
from automation.core.remembered import INVENTORY, LIFE, MIGRATION, ORPHANED, REVOKED, Ruling

MAX_TOLD = 10  # a card stays readable; the dossier and the timeline tell all
_RULINGS: Mapping[Ruling, str] = {
    "approved": "persetujuan",
    "detoured": "pilihan jalan lain",
    "refused": "pengembalian",
    "resumed": "pelanjutan",
    "waived": "pengecualian",
    "migrated": "pindah versi SOP",
    "noted": "catatan",
}
_WHOLE: Mapping[str, str] = {
    LIFE: "perintah atas kasus",
    REVOKED: "pencabutan nama",
    ORPHANED: "pencabutan nama",
    INVENTORY: "pengajuan inventaris",
    MIGRATION: "pindah versi SOP",
}
"""What was said of the whole case, or of a name, and not of a step."""
_STATES = {"disunting": "disunting", "dihapus": "dihapus"}


def changed_comments(desk: Desk) -> list[str | Untrusted]:
    """One line a decision whose comment is not there any more as it was; nothing while all stand."""
    acts = seen_acts(desk.decision.observation.memory.acts, desk.decision.observation.comments)
    told = [one for one in acts if one.changed and one.act.ruling in _RULINGS]
    if not told:
        return []
    lines = [part for one in told[:MAX_TOLD] for part in _line(one)]
    more = [f"- dan {len(told) - MAX_TOLD} lagi\n"] if len(told) > MAX_TOLD else []
    return ["\nKomentar yang diubah sesudah diputuskan:\n\n", *lines, *more, "\n"]


def _line(one: SeenAct) -> list[str | Untrusted]:
    act = one.act
    of_step = f"{_RULINGS[act.ruling]}{f' langkah {act.step}' if act.step else ''}"
    what = f"- catatan {act.seq}: komentar {_WHOLE.get(act.step, of_step)} {_STATES[one.state]}"
    return [what, " (digest semula `", act.body[:16], "`)\n"]
