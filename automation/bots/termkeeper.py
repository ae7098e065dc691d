"""The termkeeper: tells a case before the term of its name ends, and marks or takes down what has ended.

Nothing goes dark by surprise: whatever the policy says of the end, a whole notice period lies between the
comment that announces it and the name being taken down, also where laik itself was off in between.
"""

from __future__ import annotations

from automation.bots.desk import Desk, answer_marker
from automation.core.hosting_request import FOLDER
from automation.core.nameterm import Stage, day_of, due_names, notice_key, revocation_of, taken_down_now
from automation.core.outputport import Untrusted, outgoing
from automation.core.plan import Answer, Change, Remember
from automation.core.text import indonesian_date

Part = str | Untrusted
EXPIRED = "masa::berakhir"
TERM = "masa:"
"""What the ids of laik's own revocations start with, and of its notices."""


def wishes(desk: Desk) -> list[Change]:
    """One notice for each name, term and stage; and, where the policy says so, the end of the name."""
    memory, today = desk.decision.memory, desk.decision.observation.today
    changes: list[Change] = []
    for path, until, stage in _due(desk):
        key = notice_key(path, until, stage)
        marker = answer_marker(key)
        body = outgoing([marker, "\n", desk.key, ": ", *_told(desk, path, until, stage), "\n"])
        changes.append(Answer(desk.decision.observation.place, marker, body))
        if taken_down_now(memory, path, until, today, desk.policy.hosting):
            changes.append(Remember("revoked", revocation_of(memory, path, until)))
    return changes


def labels(desk: Desk) -> tuple[str, ...]:
    """What marks a case on its issue while a name of it is past its term."""
    return (EXPIRED,) if any(stage == "expired" for _, _, stage in _due(desk)) else ()


def told(desk: Desk) -> list[Part]:
    """What the card says of terms that end soon or have ended."""
    return [
        part
        for path, until, stage in _due(desk)
        for part in ("**Masa berlaku**: ", *_told(desk, path, until, stage), "\n\n")
    ]


def _due(desk: Desk) -> list[tuple[str, str, Stage]]:
    today, days = desk.decision.observation.today, desk.policy.hosting.pemberitahuan_hari
    return list(due_names(desk.decision.memory, today, days))


def _told(desk: Desk, path: str, until: str, stage: Stage) -> list[Part]:
    day = day_of(until)
    ends = indonesian_date(day) if day is not None else until
    name = Untrusted(path.removeprefix(FOLDER).removesuffix(".yaml"))
    extend = (
        " Perpanjang dengan merge request di proyek hosting yang mengubah `berlaku_sampai` pada berkasnya,"
        " atau hapus berkas itu bila nama tidak dipakai lagi."
    )
    if stage == "notice":
        return ["nama ", name, f" berlaku sampai {ends}.", extend]
    end = (
        " Nama diturunkan sesudah masa pemberitahuan lewat."
        if desk.policy.hosting.saat_kedaluwarsa == "cabut"
        else " Nama tetap tersaji dan ditandai sampai diperpanjang, dihapus, atau dicabut."
    )
    return ["masa berlaku nama ", name, f" berakhir {ends}.", end, extend]
