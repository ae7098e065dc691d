"""The reminder: tells those whose turn it is that time is nearly up, and once more that it is.

Of work of 30 days and more it tells as well that half the time is over, to those whose turn began before
that. One comment for each at most in a turn, remembered in the ledger: deleted or edited, it is not given
again. Work of less than a day gets no word beforehand. Called by name are only accounts that the policy
itself gives the role; a builder is named in the case file by the applicant, who could else have laik call
anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from automation.bots.desk import Desk, answer_marker, role_label
from automation.bots.timekeeper import due_words
from automation.core.clock import half_over, opened_at, state_at, visits
from automation.core.deadline import MINUTES_A_DAY
from automation.core.digest import digest_of
from automation.core.memory import Turn
from automation.core.outputport import Untrusted, outgoing
from automation.core.plan import Change, Remember, Remind

MAX_CALLED = 5  # of one role: more is a crowd, and nobody's turn
What = Literal["half", "near", "late"]
Part = str | Untrusted


def wishes(desk: Desk) -> list[Change]:
    """The reminder that is due now and was not given; nothing while no time runs."""
    decision = desk.decision
    turn, observation = decision.turn, decision.observation
    said = _due_now(turn, observation.now)
    if turn is None or said is None or decision.memory.finished or not _wanted(desk, turn, said):
        return []
    entry = {"step": turn.step, "since": turn.since.isoformat(), "what": said}
    if (turn.step, turn.since.isoformat(), said) in decision.memory.reminded:
        return []
    marker = answer_marker(f"pengingat:{digest_of(entry)[:16]}")
    if marker in observation.shown.answers:  # said, and laik's own word of that was lost
        return [Remember("reminded", entry)]
    return [Remind(observation.place, marker, _text(desk, turn, said, marker), entry)]


def called(desk: Desk, role: str) -> tuple[str, ...]:
    """Whom of a role a reminder calls by name.

    Attack: who has ``all`` or a group named as an account would have laik call everybody in it; both are left
    out. So is everybody whom the policy itself does not give the role, the builder above all.
    """
    paths = desk.policy.proyek.model_dump().values()
    groups = {"all", *(part for path in paths for part in str(path).casefold().split("/"))}
    held = desk.policy.holders(role, desk.decision.observation.agency)
    return tuple(sorted(held - groups))[:MAX_CALLED]


def _due_now(turn: Turn | None, now: datetime) -> What | None:
    """What there is to be told of a turn at a moment: the latest alone, however late laik looks."""
    if half_over(turn, now):
        return "half"
    state = state_at(turn, now)
    return None if state is None or state == "on_track" else state


def _wanted(desk: Desk, turn: Turn, said: What) -> bool:
    rules = desk.decision.observation.rules
    if said == "late":
        return rules.remind_late
    if rules.near is None or turn.due is None:
        return False
    known = desk.decision.memory.turns
    visit = visits(known if turn in known else (*known, turn))[-1]
    whole = rules.calendar.between(opened_at(visit) or turn.since, turn.due)
    return whole >= timedelta(minutes=MINUTES_A_DAY)


def _text(desk: Desk, turn: Turn, said: What, marker: str) -> str:
    step = desk.decision.procedure.step(turn.step)
    number = f"langkah {step.number} ({step.key})"
    parts: list[Part] = [marker, "\n"]
    if said == "half":
        parts.append(f"Separuh waktu {number} sudah lewat; jatuh tempo **{due_words(desk)}**. Giliran ")
    elif said == "near":
        parts.append(f"Pengingat: {number} jatuh tempo **{due_words(desk)}**. Giliran ")
    else:
        parts.append(f"Tenggat {number} sudah lewat: **{due_words(desk)}**. Giliran ")
    parts.extend(_named(desk, turn.turn.split(",")))
    escalation = desk.decision.observation.rules.escalation if said == "late" else ()
    if escalation:
        parts.extend([". Diteruskan kepada ", *_named(desk, escalation)])
    return outgoing([*parts, ". Yang diperlukan ada pada kartu kasus ini."])


def _named(desk: Desk, roles: Iterable[str]) -> list[Part]:
    parts: list[Part] = []
    for role in roles:
        parts.extend([", " if parts else "", Untrusted(role_label(desk, role))])
        accounts = called(desk, role)
        parts.append(f" ({', '.join(f'@{one}' for one in accounts)})" if accounts else "")
    return parts
