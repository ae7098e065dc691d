"""Moving a case to another version of its SOP, with an authority's word.

``laik case migrate`` offers: it says which steps would stay complete and which are to be done anew, and puts
the offer on the card. The head of the ICT agency accepts it there, bound to exactly what was offered. Steps
whose definition is the same in both versions, and which are complete on what is there now, take their
approvals along: what their digest is in the new version is remembered beside what it was in the old one.
Everything else is judged under the new version as if it had never been decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from automation.core.authority import stand_ins
from automation.core.memory import Memory
from automation.core.policy import digest_of
from automation.core.procedure import Procedure, Step

WORD = "sop"
"""What the accepting line speaks of: ``@laik migrasi sop <code>``."""


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """What a migration would mean: keys of steps, in the order of the new version.

    ``kept`` stay complete if they still are when it is accepted, ``anew`` were complete and are done anew,
    ``added`` are new, ``dropped`` are no more.
    """

    version: str
    kept: tuple[str, ...]
    anew: tuple[str, ...]
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    digest: str


def plan_migration(key: str, old: Procedure, new: Procedure, memory: Memory) -> MigrationPlan:
    """The plan for one case; its ``digest`` is what an acceptance binds to."""
    before = {step.key: step for step in old.steps}
    same = [step.key for step in new.steps if step.key in before and _same(old, new, step.key)]
    kept = tuple(one for one in same if one in memory.closed)
    closed = [step.key for step in new.steps if step.key in memory.closed]
    return MigrationPlan(
        version=new.version,
        kept=kept,
        anew=tuple(one for one in closed if one not in kept),
        added=tuple(step.key for step in new.steps if step.key not in before),
        dropped=tuple(step.key for step in old.steps if step.key not in {one.key for one in new.steps}),
        digest=digest_of([key, old.id, old.version, new.version, kept, new.model_dump(mode="json")]),
    )


def _same(old: Procedure, new: Procedure, key: str) -> bool:
    """Whether a decision under the one is a decision under the other."""
    return _decided(old, old.step(key)) == _decided(new, new.step(key))


def _decided(procedure: Procedure, step: Step) -> tuple[object, ...]:
    """What a decision at a step rests on: what is judged, by whom, and where it leads."""
    judged = [procedure.documents.get(subject) for subject in step.judging.subjects]
    ways = [(one.on, one.to, one.checks) for one in step.flow.branches]
    return (
        step.judging,
        judged,
        step.act,
        stand_ins(step),
        step.completion,
        step.binding,
        step.provisions,
        ways,
    )


@dataclass(frozen=True, slots=True)
class Carried:
    """A step's digest in the old version and in the new one."""

    old: str
    new: str


def carried_body(
    version: str, offer: str, carried: Mapping[str, Carried], sop_digest: str
) -> Mapping[str, object]:
    """The ``migrated`` entry; ``sop_digest`` is of the new version as its file says it."""
    pairs = {step: [one.old, one.new] for step, one in carried.items()}
    return {"version": version, "offer": offer, "carried": pairs, "sop_digest": sop_digest}
