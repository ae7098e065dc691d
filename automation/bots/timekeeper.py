"""The timekeeper: phase, turn and clock of a case as labels and on the board, and when an open step is due.

Dates, never ages: a sweep over an unchanged case writes nothing. While a step is open, its clock changes one
label twice at most, to near and to late. A blank duration in the source gives no date; none is invented.
"""

from __future__ import annotations

from datetime import date

from automation.bots.desk import Desk, indonesian_date, turn
from automation.bots.provisioner import phase_label, turn_label
from automation.core.clock import MEND, state_at, waiting
from automation.core.outputport import Untrusted
from automation.core.plan import Change, PlaceOnBoard, Relabel
from automation.core.workcalendar import ABBREVIATIONS

DONE = "fase::selesai"
NEAR, LATE = "tenggat::dekat", "tenggat::lewat"
OURS = ("fase::", "giliran::", "tenggat::")


def wishes(desk: Desk) -> list[Change]:
    """The issue's labels (one phase, whose turn it is, near or late), its lane and due date on the board.

    Scoped labels exclude each other only in paid tiers, so laik takes the siblings off itself.
    """
    wanted = {_lane(desk), *(turn_label(role) for role in turn(desk)), *_clock_label(desk)}
    shown = desk.decision.observation.shown.labels
    stale = [label for label in shown if label.startswith(OURS) and label not in wanted]
    labelled = Relabel(desk.decision.observation.place, tuple(sorted(wanted)), tuple(sorted(stale)))
    return [labelled, placing(desk)]


def placing(desk: Desk) -> PlaceOnBoard:
    """Where the case stands on the board, and the day its open step is due."""
    return PlaceOnBoard(desk.decision.observation.place, _lane(desk), due(desk))


def due(desk: Desk) -> date | None:
    """The day the open step is due where the office is; None while no time runs or the source gives none."""
    now = desk.decision.turn
    return desk.decision.observation.rules.calendar.day_of(now.due) if now is not None and now.due else None


def due_words(desk: Desk) -> str:
    """When the open step is due, for people: the day, and the time where that is not the end of its hours."""
    now, calendar = desk.decision.turn, desk.decision.observation.rules.calendar
    if now is None or now.due is None:
        return ""
    at = calendar.local(now.due)
    day = indonesian_date(at.date())
    if at in {calendar.end_of(at.date()), calendar.day_end(at.date())}:
        return day
    return f"{day} pukul {at:%H.%M} {ABBREVIATIONS[calendar.zone]}"


def clock_words(desk: Desk) -> list[str | Untrusted]:
    """What the card's headline says of time: until when, or why the clock stands still."""
    words = due_words(desk)
    if words:
        return [f" · tenggat **{words}**"]
    now = desk.decision.turn
    wait = waiting(desk.decision.state, desk.decision.memory)
    if wait is not None and desk.decision.observation.shown.issue_open:
        return [" · jam berhenti: ", Untrusted(wait.text.id)]
    return [" · jam berhenti selama perbaikan"] if now is not None and now.turn.startswith(MEND) else []


def _lane(desk: Desk) -> str:
    open_state = desk.decision.state.open
    if open_state is None or desk.decision.memory.finished:
        return DONE
    return phase_label(open_state.step.phase)


def _clock_label(desk: Desk) -> list[str]:
    if desk.decision.memory.finished:
        return []
    state = state_at(desk.decision.turn, desk.decision.observation.now)
    return [LATE] if state == "late" else [NEAR] if state == "near" else []
