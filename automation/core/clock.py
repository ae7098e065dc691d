"""The clock of a step: whose turn it is since when, until when; on track, near or late.

Theory of operation. A *turn* is somebody's time with an open step: the roles that must act, ``wait:<key>``
while the SOP waits for something that is no step of it, ``mend:<roles>`` while others than those who carry
the step out mend what was sent back (``Branch.turn``), ``paused`` while the case is suspended or closed by
hand, ``laik`` while laik itself serves or provides. The ledger keeps one ``turn`` entry each time that
changes, with the moment it began: the server's own time of the act that caused it, so that an outage of laik
shifts no clock. While nothing changes, nothing is written, whatever time it is.

A wait is after a step or within it (``Wait.until``): procurement lies between the KAK that is handed over and
the vendor that is named, and the day that the SOP gives for handing over does not run meanwhile.

A *visit* is one passage through a step: all turns since it was opened, sent back, or mended. The step's
duration runs once a visit, from its first turn that is somebody's own; waits and pauses inside it are given
back, and the source gives no time for mending, so none runs then. When the calendar or the policy moves the
due moment of a turn that goes on, the same turn is written once more with what holds now.

A step is near once only a tenth of its duration is left, counted in the days that the duration counts, or
less than the policy says at least. Long work has one more moment, at half its time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

from automation.core.act import Act
from automation.core.case import CaseState, StepState
from automation.core.deadline import DayKind, Pause, due_of, longest, parse_duration, share_left
from automation.core.digest import digest_of
from automation.core.evidence import State
from automation.core.finding import Outcome
from automation.core.memory import Memory, RuledAct, Turn
from automation.core.policycalendar import CalendarPolicy, NationalDays, work_calendar
from automation.core.procedure import Procedure
from automation.core.procedure_model import Wait
from automation.core.workcalendar import WorkCalendar

ClockState = Literal["on_track", "near", "late"]
PAUSED, LAIK, WAIT, MEND = "paused", "laik", "wait:", "mend:"
NEAR = timedelta(minutes=450)
NEAR_SHARE, HALF_SHARE = 10, 2  # 90 days are near when 9 are left, and half over when 45 are
LONG = 30  # days from which on people hear of half the time too: of less, two reminders are enough
# Builders push code every day of a wait: that is no sign that the wait is over.
EVERYDAY = frozenset({"code", "scan", "hosting", "form"})


@dataclass(frozen=True, slots=True)
class ClockRules:
    """What the organisation lays down about time, as plain values.

    Attributes:
        calendar: its working calendar.
        days: which days a duration counts.
        near: least working time before the due moment at which it is near; None: people are not reminded
            beforehand.
        remind_late: whether people are told that something is late.
        escalation: roles told too once something is late.
    """

    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    days: DayKind = "kerja"
    near: timedelta | None = NEAR
    remind_late: bool = True
    escalation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """What a clock is read from, apart from state and memory.

    ``now`` is aware; ``issue_open`` is False while the case is closed by hand.
    """

    now: datetime
    rules: ClockRules
    acts: tuple[Act, ...]
    issue_open: bool


def clock_rules(section: CalendarPolicy, zone: str, national: NationalDays, sop: str) -> ClockRules:
    """The rules that a policy lays down for one SOP."""
    near = parse_duration(section.pengingat.dekat)
    return ClockRules(
        calendar=work_calendar(section, zone, national),
        days=section.days_of(sop),
        near=timedelta(minutes=near.minutes) if near else None,
        remind_late=section.pengingat.lewat,
        escalation=section.eskalasi,
    )


def whose_turn(state: StepState) -> tuple[str, ...]:
    """Roles whose turn it is at an open step.

    While evidence is missing it is the turn of those who carry the step out; once only the human act is
    missing, of those who may give it, and of an agreement of those who have not agreed yet.
    """
    act = state.asked.act
    if act is not None and state.evidence_holds:
        missing = tuple(role for role in state.standing.missing if role)
        return missing if act.agree == "each" and missing else act.by
    return tuple(actor.role for actor in state.step.actors.responsible)


def menders(procedure: Procedure, state: StepState) -> tuple[str, ...]:
    """Roles who mend what was sent back, where they are not those who carry the step out; else empty.

    As the SOP names them (``Branch.turn``). What a step's own judges sent back to the very step is mended,
    where nobody is named, by those with a part in it who do not judge.
    """
    held, step = state.held, state.step
    if held is None:
        return ()
    source = next((one for one in procedure.steps if one.key == held.step), None)
    back = source.way("refused") if source else None
    if back is not None and back.turn:
        return back.turn
    if step.act is None or held.step != step.key or step.back != step.key:
        return ()
    named = (*step.actors.responsible, *step.actors.involved)
    return tuple(dict.fromkeys(one.role for one in named if one.role not in step.act.by))


def turn_of(state: CaseState, memory: Memory) -> tuple[str, ...]:
    """Roles whose turn it is in the case; nobody's once it is finished.

    With every decision of the last step given, it is the turn of those who approve the hosting request,
    and nobody's while laik itself serves what was admitted. In a wait it is the turn of those waited for.
    """
    step, rule = state.open, state.procedure.hosting
    if step is None or memory.finished:
        return ()
    if step.given and step.waiting_for_service and rule is not None:
        return () if memory.admitted else rule.approved_by
    wait = waiting(state, memory)
    return menders(state.procedure, step) or (wait.on if wait is not None else ()) or whose_turn(step)


def waiting(state: CaseState, memory: Memory) -> Wait | None:
    """The wait the case is in: within the open step, or between the step before and the first work on it.

    A sign of work is that something the open step judges changed since the wait began, or is good already.
    """
    step = state.open
    if step is None or step.held is not None or step.evidence_holds:
        return None
    own = step.step.flow.wait
    if own is not None and own.until is not None and _lacks_only(step, own.until):
        return own
    before = state.steps[-2] if len(state.steps) > 1 else None
    if before is None or before.step.flow.wait is None or before.next != step.step.key:
        return None
    wait = before.step.flow.wait
    if wait.until is not None:
        return None
    last = next((one for one in reversed(memory.turns) if one.turn != PAUSED), None)
    if last is None or last.step != step.step.key:
        return None if step.step.key in memory.closed else wait
    return wait if last.turn == f"{WAIT}{wait.key}" and seen_of(step) == last.seen else None


def _lacks_only(state: StepState, subject: str) -> bool:
    """Whether all that is missing at a step is this one subject; findings on what is absent name it."""
    rest = [one for name, one in state.subjects.items() if name != subject]
    failing = [one for one in state.findings if not one.holds]
    absent = state.subjects.get(subject) == "" and all(rest)
    return absent and all(one.outcome is Outcome.PENDING and one.key == subject for one in failing)


def seen_of(state: StepState) -> str:
    """A digest of what a step judges, to notice the first work on it."""
    return digest_of({name: text for name, text in state.subjects.items() if name not in EVERYDAY})


def current_turn(state: CaseState, memory: Memory, moment: Moment) -> Turn | None:
    """The turn that holds now: the one remembered where it goes on, else a new one.

    What could not be looked at changes no clock, and nothing does once the case is finished: then it is the
    last one remembered, None where there is none. The step of a case with nothing open is the empty text.
    """
    last = memory.turns[-1] if memory.turns else None
    if memory.finished or _unknown(state.open):
        return last
    step, who, held = _who(state, memory, moment)
    if last is not None and (last.step, last.turn) == (step, who) and held in {"", last.held}:
        timed = _timed(last, state, memory.turns[:-1], moment)
        return last if _times(timed) == _times(last) else timed
    seen = seen_of(state.open) if state.open is not None and who.startswith(WAIT) else ""
    turn = Turn(step, who, _began(state, memory, moment, last, step), held=held, seen=seen)
    return _timed(turn, state, memory.turns, moment)


def entry_of(turn: Turn) -> Mapping[str, object]:
    """The body of a ``turn`` entry; times in UTC to the second, as ISO 8601; ``half`` only of long work."""
    half = {"half": turn.half.isoformat()} if turn.half else {}
    return {
        "step": turn.step,
        "turn": turn.turn,
        "since": turn.since.isoformat(),
        "due": turn.due.isoformat() if turn.due else "",
        "near": turn.near.isoformat() if turn.near else "",
        "calendar": turn.calendar,
        "held": turn.held,
        "seen": turn.seen,
        **half,
    }


def runs(turn: Turn) -> bool:
    """Whether the step's time runs in this turn."""
    return bool(turn.step) and turn.turn not in {PAUSED, LAIK} and not turn.turn.startswith((WAIT, MEND))


def state_at(turn: Turn | None, now: datetime) -> ClockState | None:
    """Whether a turn is on track, near its due moment or late; None where it has none."""
    if turn is None or turn.due is None:
        return None
    if now > turn.due:
        return "late"
    return "near" if turn.near is not None and now >= turn.near else "on_track"


def half_over(turn: Turn | None, now: datetime) -> bool:
    """Whether half the time of long work is over, and it is not near its due moment yet."""
    halved = turn is not None and turn.half is not None and now >= turn.half
    return halved and state_at(turn, now) == "on_track"


def visits(turns: tuple[Turn, ...]) -> tuple[tuple[Turn, ...], ...]:
    """The turns by visit: a step entered, sent back, or examined again after it was mended."""
    found: list[list[Turn]] = []
    for turn in turns:
        if found and not _begins_visit(found[-1], turn):
            found[-1].append(turn)
        else:
            found.append([turn])
    return tuple(map(tuple, found))


def pauses_in(visit: tuple[Turn, ...], opened: datetime, until: datetime) -> tuple[Pause, ...]:
    """The stretches of a visit between ``opened`` and ``until`` in which the step's time did not run.

    One that ends before it began is of a machine whose clock was put back, and took no time.
    """
    ends = (*(one.since for one in visit[1:]), until)
    return tuple(
        Pause(one.since, end)
        for one, end in zip(visit, ends, strict=True)
        if not runs(one) and opened <= one.since < end
    )


def opened_at(visit: tuple[Turn, ...]) -> datetime | None:
    """When the step's time began to run in a visit; None while it never did."""
    return next((one.since for one in visit if runs(one)), None)


def _begins_visit(visit: list[Turn], turn: Turn) -> bool:
    before = next((one for one in reversed(visit) if one.turn != PAUSED), visit[-1])
    sent_back = bool(turn.held) and turn.held != visit[-1].held
    mended = before.turn.startswith(MEND) and turn.turn != PAUSED and not turn.turn.startswith(MEND)
    return turn.step != visit[-1].step or sent_back or mended


def _unknown(state: StepState | None) -> bool:
    """Whether something the open step judges could not be looked for."""
    return state is not None and any(one.startswith(f"{State.UNKNOWN}:") for one in state.subjects.values())


def _who(state: CaseState, memory: Memory, moment: Moment) -> tuple[str, str, str]:
    """The step, whose turn it is, and the refusal that holds it."""
    step = state.open
    if step is None:
        return "", "", ""
    key, held = step.step.key, step.held.act if step.held else ""
    if not moment.issue_open or step.suspended:
        return key, PAUSED, held
    if step.given and step.waiting_for_provision:
        return key, LAIK, held
    wait = waiting(state, memory)
    if wait is not None:
        return key, f"{WAIT}{wait.key}", held
    roles = ",".join(turn_of(state, memory))
    return key, f"{MEND}{roles}" if menders(state.procedure, step) else roles or LAIK, held


def _began(state: CaseState, memory: Memory, moment: Moment, last: Turn | None, step: str) -> datetime:
    """When the turn began: at the act or closing that caused it where that is after the last one, else now.

    Now may lie before the last one, where the machine's clock went wrong and was put right: better that than
    turns that go on for ever after a moment years ahead.
    """
    cause = _cause(state, memory, moment) if last is None or last.step != step else None
    if state.open is not None and state.open.held is not None:
        cause = _act_time(state.open.held, moment)
    if cause is None or (last is not None and cause <= last.since):
        cause = moment.now
    return _whole(min(cause, moment.now))


def _cause(state: CaseState, memory: Memory, moment: Moment) -> datetime | None:
    """When the last of the steps before the open one was done, or the case taken up again; else accepted."""
    done = [_done_at(one, memory, moment) for one in state.steps if one.complete]
    resumed = [_act_time(one, moment) for one in memory.acts if one.ruling == "resumed"]
    return max([*done, *resumed], default=memory.accepted_at)


def _done_at(step: StepState, memory: Memory, moment: Moment) -> datetime:
    if step.approval is not None:
        return max(_act_time(one, moment) for one in step.standing.approvals)
    closed = memory.closed.get(step.step.key)
    return closed.at if closed is not None and closed.digest == step.digest else moment.now


def _act_time(ruled: RuledAct, moment: Moment) -> datetime:
    """The server's time of an act; when it was ruled on where its comment is gone."""
    given = next((one.at for one in moment.acts if one.id == ruled.act), None)
    return given or ruled.at or moment.now


def _timed(turn: Turn, state: CaseState, before: tuple[Turn, ...], moment: Moment) -> Turn:
    """The turn with what its step's duration and the calendar make of it."""
    untimed = replace(turn, due=None, near=None, half=None, calendar="")
    if state.open is None or not runs(turn):
        return untimed
    visit = visits((*before, turn))[-1]
    opened, rules = min(opened_at(visit) or turn.since, turn.since), moment.rules
    pauses, duration = pauses_in(visit, opened, turn.since), state.open.step.duration
    due = due_of(rules.calendar, opened, duration, days=rules.days, pauses=pauses)
    if due is None:
        return untimed
    left = partial(share_left, rules.calendar, opened, duration, days=rules.days, pauses=pauses)
    half = left(HALF_SHARE) if longest(duration) >= LONG else None
    return replace(
        turn,
        due=_whole(due.latest),
        near=_whole(_near(rules, opened, due.latest, left(NEAR_SHARE) or due.latest)),
        half=_whole(half) if half is not None and turn.since < half else None,
        calendar=rules.calendar.digest,
    )


def _near(rules: ClockRules, opened: datetime, due: datetime, tenth: datetime) -> datetime:
    """When a due moment is near: from ``tenth`` on, and for as long as the policy says at least.

    Half the time at most, or an hour's work would be near at once.
    """
    half = rules.calendar.between(opened, due) / 2
    least = rules.calendar.subtract(due, rules.near or NEAR)
    return max(min(least, tenth), rules.calendar.subtract(due, half))


def _times(turn: Turn) -> tuple[datetime | None, ...]:
    return turn.due, turn.near, turn.half


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
