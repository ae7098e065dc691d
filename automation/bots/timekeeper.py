"""The timekeeper: phase and turn of a case as labels and on the board, and the date an open step is due.

Dates, never ages: a sweep over an unchanged case writes nothing. A blank duration in the source gives no
date; none is invented.
"""

from __future__ import annotations

from datetime import date

from automation.bots import termkeeper
from automation.bots.desk import Desk, local_day, turn
from automation.bots.lifekeeper import lane
from automation.bots.provisioner import phase_label, turn_label
from automation.core.deadline import due_date
from automation.core.plan import Change, PlaceOnBoard, Relabel

DONE = "fase::selesai"


def wishes(desk: Desk) -> list[Change]:
    """The issue's labels (exactly one phase, and whose turn it is), and its lane and due date on the board.

    Scoped labels exclude each other only in paid tiers, so laik takes the siblings off itself.
    """
    wanted = {_lane(desk), *(turn_label(role) for role in turn(desk)), *termkeeper.labels(desk)}
    shown = desk.decision.observation.shown.labels
    stale = [
        label
        for label in shown
        if label.startswith(("fase::", "giliran::", "masa::")) and label not in wanted
    ]
    labelled = Relabel(desk.decision.observation.place, tuple(sorted(wanted)), tuple(sorted(stale)))
    return [labelled, placing(desk)]


def placing(desk: Desk) -> PlaceOnBoard:
    """Where the case stands on the board, and the day its open step is due."""
    return PlaceOnBoard(desk.decision.observation.place, _lane(desk), due(desk))


def _lane(desk: Desk) -> str:
    open_state = desk.decision.state.open
    if open_state is None or desk.decision.memory.finished:
        return DONE
    out_of_steps = lane(desk.decision.life)
    if out_of_steps is not None:
        return out_of_steps
    return phase_label(open_state.step.phase)


def open_since(desk: Desk) -> date:
    """The day the open step became open: when the step before it was last closed, or it was sent back."""
    memory, open_state = desk.decision.memory, desk.decision.state.open
    if open_state is not None and open_state.held is not None:
        sent_back = open_state.held.at
        return local_day(desk, sent_back) if sent_back else desk.decision.observation.today
    complete = [one.step.key for one in desk.decision.state.steps if one.complete]
    closed = memory.closed.get(complete[-1]) if complete else None
    if closed is not None:
        return local_day(desk, closed.at)
    if complete or memory.accepted_at is None:
        return desk.decision.observation.today
    return local_day(desk, memory.accepted_at)


def due(desk: Desk) -> date | None:
    """When the open step is due; None where the source gives no duration, or no step or issue is open."""
    open_state = desk.decision.state.open
    at_work = desk.decision.life.running and not desk.decision.memory.finished
    if open_state is None or not at_work:
        return None
    return due_date(open_since(desk), open_state.step.duration.iso, frozenset())
