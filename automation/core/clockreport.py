"""What the clocks of a case amount to, step by step: target against realisation.

Realised is the working time in which the step's time ran, over all its visits; waits, pauses and mending are
none of it. A visit was in time when its last turn ended before it was due.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from automation.core.clock import runs, state_at, visits
from automation.core.deadline import MINUTES_A_DAY, DayKind, parse_duration
from automation.core.memory import Turn
from automation.core.procedure import Procedure
from automation.core.procedure_model import Duration, Step
from automation.core.workcalendar import NOTHING, WorkCalendar

Verdict = Literal["on_track", "near", "late", "in_time", "was_late", "untimed", "stopped"]
Visit = tuple[tuple[Turn, datetime], ...]
"""The turns of one visit, each with when it ended."""
VERDICTS: dict[Verdict, str] = {
    "on_track": "sesuai jadwal",
    "near": "dekat tenggat",
    "late": "terlambat",
    "in_time": "tepat waktu",
    "was_late": "pernah terlambat",
    "untimed": "tanpa tenggat",
    "stopped": "jam berhenti",
}


@dataclass(frozen=True, slots=True)
class StepTime:
    """One step that was reached: its target as the SOP states it, what it took, and whether that was in time.

    ``due`` is of its last visit. ``open`` while its time may still run.
    """

    step: str
    number: int
    target: Duration
    worked: timedelta
    visits: int
    due: datetime | None
    verdict: Verdict
    open: bool


def step_times(
    procedure: Procedure, turns: tuple[Turn, ...], calendar: WorkCalendar, now: datetime, *, finished: bool
) -> tuple[StepTime, ...]:
    """The steps that were reached, in the SOP's order; ``now`` ends the turn that still goes on."""
    passed = tuple(_passed(turns, now))
    found: list[StepTime] = []
    for step in procedure.steps:
        mine = [visit for visit in passed if visit[0][0].step == step.key]
        if mine:
            still_open = not finished and turns[-1].step == step.key
            found.append(_step_time(step, mine, calendar, now, still_open=still_open))
    return tuple(found)


def duration_words(duration: Duration, days: DayKind = "kerja") -> str:
    """A target for people: ``7 hari kerja``, ``1 jam sampai 2 jam``; ``-`` where the source gives none."""
    words = [_iso_words(iso, days) for iso in (duration.iso, duration.iso_max) if iso is not None]
    return " sampai ".join(words) or "-"


def turn_words(turn: str) -> str:
    """Whose turn it is, for people who read a terminal: roles by their ids, and why a clock stands still."""
    kind, _, named = turn.partition(":")
    match kind:
        case "paused":
            return "tidak ada, kasus berhenti"
        case "wait":
            return f"pihak lain, menunggu {named.replace('_', '-')}"
        case "mend":
            return f"{named.replace(',', ', ')}, memperbaiki"
        case "laik":
            return "laik sendiri"
        case _:
            return turn.replace(",", ", ")


def worked_words(time: timedelta) -> str:
    """Working time for people; a day is 7 hours 30 minutes."""
    days, minutes = divmod(int(time.total_seconds()) // 60, MINUTES_A_DAY)
    return _words((days, "hari"), (minutes // 60, "jam"), (minutes % 60, "menit"))


def _passed(turns: tuple[Turn, ...], now: datetime) -> Iterator[Visit]:
    """The visits, each turn with when it ended."""
    ends = iter((*(one.since for one in turns[1:]), now))
    for visit in visits(turns):
        timed = tuple((one, next(ends)) for one in visit)
        if visit[0].step:
            yield timed


def _step_time(
    step: Step, mine: list[Visit], calendar: WorkCalendar, now: datetime, *, still_open: bool
) -> StepTime:
    running = [[(one, end) for one, end in visit if runs(one)] for visit in mine]
    stretches = (calendar.between(one.since, end) for visit in running for one, end in visit)
    worked = sum((max(one, NOTHING) for one in stretches), NOTHING)  # a clock put back took no time
    dues = [one.due for one, _ in running[-1]]
    return StepTime(
        step=step.key,
        number=step.number,
        target=step.duration,
        worked=worked,
        visits=sum(map(bool, running)) or 1,
        due=dues[-1] if dues else None,
        verdict=_of_now(mine[-1][-1][0], now) if still_open else _of_past(running),
        open=still_open,
    )


def _of_now(turn: Turn, now: datetime) -> Verdict:
    return (state_at(turn, now) or "untimed") if runs(turn) else "stopped"


def _of_past(running: list[list[tuple[Turn, datetime]]]) -> Verdict:
    lasts = [visit[-1] for visit in running if visit and visit[-1][0].due is not None]
    if not lasts:
        return "untimed"
    return "was_late" if any(turn.due is not None and end > turn.due for turn, end in lasts) else "in_time"


def _iso_words(iso: str, days: DayKind) -> str:
    time = parse_duration(iso)
    if time is None:
        return "-"
    return _words((time.days, f"hari {days}"), (time.minutes // 60, "jam"), (time.minutes % 60, "menit"))


def _words(*parts: tuple[int, str]) -> str:
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 menit"
