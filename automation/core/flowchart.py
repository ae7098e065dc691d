"""A SOP as a flowchart: one row a step, one lane an actor, the symbols of PermenPAN-RB 35/2012.

The five symbols are ``kapsul`` (begin and end), ``kotak`` (an activity), ``belah_ketupat`` (a decision), the
arrow and ``segilima`` (goes on elsewhere). Nothing here knows a size or a page; see
:mod:`automation.core.flowlayout`. What the source does not state is marked ``inferred``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from automation.core.procedure_model import Branch, Procedure, Step, Way

Kind = Literal["kapsul", "kotak", "belah_ketupat"]
UNSTATED = frozenset({"inferred", "extension"})
BEGIN, END, STANDS = "Mulai", "Selesai", "Ditangguhkan"
LABELS: Mapping[Way, str] = {"completed": "ya", "refused": "tidak", "detour": "tidak", "resumed": "lanjut"}


@dataclass(frozen=True, slots=True)
class Lane:
    """One actor's column; ``inferred`` where the source's table has none for it."""

    role: str
    label: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol of a row; several in a row act together, the first one leads."""

    kind: Kind
    lane: int
    inferred: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One step: its symbols, and the capsules before (``head``) and after (``tail``) a decision.

    ``tail_read``: that the SOP ends, or stands still, there is not stated by the source.
    """

    key: str
    number: int
    symbols: tuple[Symbol, ...]
    text: str = ""
    head: str = ""
    tail: str = ""
    tail_label: str = ""
    tail_read: bool = False

    @property
    def slots(self) -> int:
        """How many symbols stand on top of one another."""
        return 1 + bool(self.head) + bool(self.tail)


@dataclass(frozen=True, slots=True)
class Arrow:
    """From the row ``start`` to the row ``to``, both counted from 0."""

    start: int
    to: int
    way: Way
    label: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole flowchart."""

    lanes: tuple[Lane, ...]
    rows: tuple[Row, ...]
    arrows: tuple[Arrow, ...]


def chart_of(procedure: Procedure) -> Chart:
    """The flowchart of a SOP; lanes stand in the order of its roles."""
    acting = {actor.role for step in procedure.steps for actor in step.actors.responsible}
    roles = [role for role in procedure.roles if role.id in acting]
    lane = {role.id: at for at, role in enumerate(roles)}
    rows = tuple(_row(step, lane, first=at == 0) for at, step in enumerate(procedure.steps))
    place = {step.key: at for at, step in enumerate(procedure.steps)}
    arrows = [
        Arrow(at, place[branch.to], branch.on, label_of(step, branch), branch.basis in UNSTATED)
        for at, step in enumerate(procedure.steps)
        for branch in step.flow.branches
        if branch.to is not None
    ]
    return Chart(tuple(Lane(role.id, role.label, not role.column) for role in roles), rows, tuple(arrows))


def decides(step: Step) -> bool:
    """Whether more than one way leads on: a diamond."""
    return not step.suspends and len(step.flow.branches) > 1


def label_of(step: Step, branch: Branch) -> str:
    """What stands beside the arrow: nothing where there is one way only."""
    return LABELS[branch.on] if decides(step) or branch.on == "resumed" else ""


def _row(step: Step, lane: Mapping[str, int], *, first: bool) -> Row:
    ending = next(
        (one for one in step.flow.branches if one.on in {"completed", "detour"} and not one.to), None
    )
    plain = not decides(step) and not step.suspends
    kind: Kind = "belah_ketupat" if decides(step) else "kotak"
    if plain and (first or ending is not None):
        kind = "kapsul"
    symbols = tuple(
        Symbol(kind, lane[actor.role], actor.basis in UNSTATED)
        for actor in {one.role: one for one in step.actors.responsible}.values()
    )
    tail = (STANDS if step.suspends else END) if ending is not None and not plain else ""
    return Row(
        key=step.key,
        number=step.number,
        symbols=symbols,
        text=(BEGIN if first else END) if kind == "kapsul" else "",
        head=BEGIN if first and kind != "kapsul" else "",
        tail=tail,
        tail_label=label_of(step, ending) if ending is not None and tail else "",
        tail_read=bool(tail) and ending is not None and ending.basis in UNSTATED,
    )
