"""What of a SOP is laik's reading: what a region may confirm, by the names its policy confirms it with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from automation.core.procedure import Actor, Branch, Confidence, Procedure, Step

SURE: dict[Confidence, str] = {"high": "tinggi", "medium": "sedang", "low": "rendah"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: under which key of ``penegakan`` it is confirmed, by which name, and what it says.

    ``key`` is ``cabang`` or ``pelaksana``; ``said`` is for people, in Indonesian.
    """

    number: int
    key: str
    name: str
    said: str


def readings_of(procedure: Procedure) -> tuple[Reading, ...]:
    """Every reading that ``penegakan`` can confirm, in the order of the SOP.

    Inferred ways forward that complete a step are none of them: a SOP without them would not go on.
    """
    return tuple(one for step in procedure.steps for one in _of(procedure, step))


def added(procedure: Procedure) -> tuple[Step, ...]:
    """The steps that a region adds after the end of its source."""
    return tuple(step for step in procedure.steps if is_added(step))


def is_added(step: Step) -> bool:
    """Whether a step is no step of the source."""
    return all(one.basis == "extension" for one in step.actors.responsible)


def _of(procedure: Procedure, step: Step) -> Iterator[Reading]:
    for branch in step.flow.branches:
        if not branch.moves:
            yield Reading(step.number, "cabang", f"{step.key}:{branch.on}", _way(procedure, step, branch))
    if any(one.basis == "inferred" for one in step.actors.responsible):
        yield Reading(step.number, "pelaksana", step.key, _actors(procedure, step))


def _way(procedure: Procedure, step: Step, branch: Branch) -> str:
    target = f"ke {procedure.step(branch.to).number}" if branch.to else "selesai"
    return _joined(f"{branch.when} ({target})", _sure(branch), step.flow.note)


def _actors(procedure: Procedure, step: Step) -> str:
    labels = {role.id: role.label for role in procedure.roles}
    responsible, involved = step.actors.responsible, step.actors.involved
    named = ", ".join(_joined(labels[one.role], _sure(one)) for one in responsible if not one.candidate)
    others = ", ".join(labels[one.role] for one in (*responsible, *involved) if one.candidate)
    sole = "tanpa kandidat lain, jadi berlaku sejak awal" if step.act and not others else ""
    return _joined(named, f"kandidat lain: {others}" if others else sole, step.actors.note)


def _sure(one: Branch | Actor) -> str:
    return f"keyakinan {SURE[one.confidence]}" if one.confidence else ""


def _joined(*parts: str | None) -> str:
    return "; ".join(part.rstrip(".") for part in parts if part)
