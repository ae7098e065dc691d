"""What a region confirms of laik's reading of its SOP, and what stays advice until it does.

Inferred ways back, round and on again do not move a case, and other candidates may act where the actor is a
reading, until the organisation's policy says otherwise (``penegakan``). Confirming turns the basis of a
branch or an actor into ``confirmed``; everything else in laik only asks for the basis.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from automation.core.procedure import Procedure, Step
from automation.core.text import Bilingual

ALL = "semua"
WayName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*:(refused|detour|resumed)$", max_length=80)
]
StepName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]


class Confirmed(BaseModel):
    """One SOP's entry of ``penegakan``: ``cabang`` names ``<step>:<way>``, ``pelaksana`` steps."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cabang: Literal["semua"] | tuple[WayName, ...] = ()
    pelaksana: Literal["semua"] | tuple[StepName, ...] = ()

    def confirms_way(self, step: str, way: str) -> bool:
        """Whether the region made this way its rule."""
        return self.cabang == ALL or f"{step}:{way}" in self.cabang

    def confirms_actor(self, step: str) -> bool:
        """Whether the region made the reading of who acts at this step its rule."""
        return self.pelaksana == ALL or step in self.pelaksana


def confirm(procedure: Procedure, confirmed: Confirmed | None) -> Procedure:
    """The procedure as this region enforces it."""
    if confirmed is None or confirmed == Confirmed():
        return procedure
    steps = tuple(_confirm_step(step, confirmed) for step in procedure.steps)
    return procedure.model_copy(update={"steps": steps})


def _confirm_step(step: Step, confirmed: Confirmed) -> Step:
    branches = tuple(
        branch.model_copy(update={"basis": "confirmed"})
        if branch.basis == "inferred" and confirmed.confirms_way(step.key, branch.on)
        else branch
        for branch in step.flow.branches
    )
    flow = step.flow.model_copy(update={"branches": branches})
    if not confirmed.confirms_actor(step.key):
        return step.model_copy(update={"flow": flow})
    responsible = tuple(
        actor.model_copy(update={"basis": "confirmed"}) if actor.basis == "inferred" else actor
        for actor in step.actors.responsible
    )
    actors = step.actors.model_copy(update={"responsible": responsible})
    return step.model_copy(update={"flow": flow, "actors": actors})


def unknown_names(procedure: Procedure, confirmed: Confirmed) -> Iterator[tuple[str, Bilingual]]:
    """What is confirmed and is not there: the key within the entry, and what is wrong."""
    ways = {f"{step.key}:{branch.on}" for step in procedure.steps for branch in step.flow.branches}
    steps = {step.key for step in procedure.steps}
    for key, named, known in (
        ("cabang", confirmed.cabang, ways),
        ("pelaksana", confirmed.pelaksana, steps),
    ):
        for name in () if named == ALL else named:
            if name not in known:
                yield (
                    key,
                    Bilingual(
                        f"'{name}' tidak ada pada SOP '{procedure.id}'.",
                        f"'{name}' is not in the SOP '{procedure.id}'.",
                    ),
                )
