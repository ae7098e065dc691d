"""Authority: who may act in a case, in which capacity, and when enough different persons have.

Deny by default: who holds none of the roles a step names may do nothing there. A role is held by being named
in the policy or in the case file, or for a time as an acting official (Plt., Plh., Pj., a.n.; naskah dinas),
whose acts count when they were done within it. One person counts once, whatever roles they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from automation.core.procedure import HumanAct, Procedure, Step

Capacity = Literal["plt", "plh", "pj", "an"]
Roles = Mapping[str, frozenset[str]]
"""Accounts (casefolded) by role."""

OFFICE = "dinas"
"""The unit of those who hold a role at the ICT agency itself."""

REVIEWING = ("technical_reviewer", "section_head")
OWNING = "owner_team"
"""The archetype of those who own the application at the applicant agency."""


@dataclass(frozen=True, slots=True)
class Acting:
    """An official who holds ``role`` from ``since`` to ``until`` (both days included) in a case.

    ``unit`` is the agency of the role, :data:`OFFICE` for the ICT agency's own.
    """

    role: str
    account: str
    capacity: Capacity
    since: date
    until: date
    unit: str = OFFICE

    def holds_on(self, day: date) -> bool:
        """Whether the assignment was in force that day."""
        return self.since <= day <= self.until


def roles_on(permanent: Roles, acting: Iterable[Acting], day: date) -> Roles:
    """Who holds which role on a day: those named for good, and the acting officials of that day."""
    held = dict(permanent)
    for one in acting:
        if one.holds_on(day):
            held[one.role] = held.get(one.role, frozenset()) | {one.account.casefold()}
    return held


def capacity_of(account: str, step: Step, permanent: Roles, acting: Iterable[Acting], day: date) -> str:
    """As what somebody acts at a step: ``""`` in their own right, else plt, plh, pj or an."""
    # First the roles that decide for good: as those somebody acts who is another candidate besides.
    return capacity_among(account, (step.act.by if step.act else (), stand_ins(step)), permanent, acting, day)


def capacity_among(
    account: str, groups: Iterable[tuple[str, ...]], permanent: Roles, acting: Iterable[Acting], day: date
) -> str:
    """As what somebody acts by the first of these groups of roles in which they hold any."""
    name, acting = account.casefold(), tuple(acting)
    for may in groups:
        if any(name in permanent.get(role, frozenset()) for role in may):
            return ""
        fitting = (one for one in acting if one.account.casefold() == name and one.role in may)
        if capacity := next((one.capacity for one in fitting if one.holds_on(day)), ""):
            return capacity
    return ""


def deciders(step: Step) -> tuple[str, ...]:
    """Roles that may act at a step, those who may only until the region confirms laik's reading last."""
    return tuple(dict.fromkeys((*step.act.by, *stand_ins(step)))) if step.act else ()


def stand_ins(step: Step, *, before: bool = False) -> tuple[str, ...]:
    """The other candidates of the source, who may act while the actor is laik's unconfirmed reading.

    The reading advises until the region confirms it (``penegakan``), and is enforced from then on. Advice is
    no licence for anybody: who is no candidate may do nothing at the step (deny by default). In an agreement
    nobody stands in where several sides are readings: a candidate of the one could sit down for the other.

    Args:
        step: as the region enforces it.
        before: who could before the region confirmed anything.
    """
    read = read_deciders(step, before=before)
    if step.act is None or not read or (step.act.agree == "each" and len(read) > 1):
        return ()
    everyone = (*step.actors.responsible, *step.actors.involved)
    return tuple(dict.fromkeys(one.role for one in everyone if one.candidate and one.role not in step.act.by))


def read_deciders(step: Step, *, before: bool = False) -> tuple[str, ...]:
    """The deciding roles that are laik's unconfirmed reading; ``before`` as in :func:`stand_ins`."""
    read = {"inferred", "confirmed"} if before else {"inferred"}
    carry_out = {one.role for one in step.actors.responsible if one.basis in read}
    return tuple(role for role in step.act.by if role in carry_out) if step.act else ()


def seats_of(step: Step, roles: Iterable[str], *, before: bool = False) -> frozenset[str]:
    """The roles of an agreement that somebody holding ``roles`` speaks for: their own, and the one read."""
    held = frozenset(roles)
    stands_in = held.intersection(stand_ins(step, before=before))
    return held.union(read_deciders(step, before=before)) if stands_in else held


def disposed_apart(procedure: Procedure) -> Step | None:
    """The step whose decision somebody else must give than the approval of the hosting request.

    It is the one that hosting completes (the disposition), where the SOP wants another official there than
    for the approval. Who holds both roles, or may still act for the other, gives one of the two.
    """
    rule = procedure.hosting
    step = procedure.step(rule.completes) if rule is not None and rule.completes else None
    if rule is None or step is None or step.act is None:
        return None
    # Where an agreement hangs on a document, those who decide without it are asked: they may be fewer.
    alone = step.act.agree_when.otherwise if step.act.agree_when else step.act.by
    return None if set(alone) & set(rule.approved_by) else step


def builders(procedure: Procedure, held: Roles) -> frozenset[str]:
    """Everyone who builds the application of a case."""
    roles = [role.id for role in procedure.roles if role.builds]
    return frozenset(account for role in roles for account in held.get(role, frozenset()))


def highest(procedure: Procedure) -> tuple[str, ...]:
    """The head of the ICT agency, who waives and moves cases; of a SOP that names none, its head of division.

    Muara Enim's SOPs name no head: nobody could else waive anything there, and their cases would stay on
    their version for ever.
    """
    return next((roles for one in ("ict_head", "division_head") if (roles := roles_of(procedure, one))), ())


def roles_of(procedure: Procedure, archetype: str) -> tuple[str, ...]:
    """The roles of one archetype."""
    return tuple(role.id for role in procedure.roles if role.archetype == archetype)


def reviewing(procedure: Procedure) -> tuple[str, ...]:
    """The roles that review what is built: the technical team, section heads where the SOP knows none."""
    return next((roles for one in REVIEWING if (roles := roles_of(procedure, one))), ())


def may_build_and_act(procedure: Procedure, roles: Iterable[str]) -> bool:
    """Whether a step is the builder's own to act at; everywhere else who builds may not judge."""
    building = {role.id for role in procedure.roles if role.builds}
    return bool(building & set(roles))


def unit_of(account: str, procedure: Procedure, held: Roles, agency: str) -> str:
    """The unit somebody acts for: the ICT agency, the applicant agency, or nobody's (``""``).

    Who holds roles on both sides acts for the ICT agency: two different units cannot be made of one person.
    """
    scopes = {role.scope for role in procedure.roles if account.casefold() in held.get(role.id, frozenset())}
    if "dinas" in scopes:
        return OFFICE
    return agency if "perangkat_daerah" in scopes else ""


@dataclass(frozen=True, slots=True)
class Voice:
    """One person's approval: the account's number, the roles held then, and the unit acted for."""

    account: int
    roles: frozenset[str]
    unit: str


def missing_voices(act: HumanAct, voices: Sequence[Voice]) -> tuple[str, ...]:
    """What is still missing for an agreement: role names, or ``""`` for a person of any deciding role.

    Every seat (a role of ``agree: each``, else anyone) is taken by a different person; with ``units`` by one
    of a different unit. The largest possible seating is looked for, so that it never matters in which order
    people approve or which of their roles laik happens to think of first (bipartite matching, Kuhn 1955).
    """
    seats: list[str] = list(dict.fromkeys(act.by)) if act.agree == "each" else []
    seats += [""] * (act.persons - len(seats))
    sitters = _sitters(act, voices)
    taken: dict[int, int] = {}
    empty = [at for at in range(len(seats)) if not _seat(at, seats, sitters, taken, set())]
    return tuple(seats[at] for at in empty)


def _sitters(act: HumanAct, voices: Sequence[Voice]) -> list[frozenset[str]]:
    """The roles of each person; with ``units`` of each unit, since a unit sits once."""
    merged: dict[object, frozenset[str]] = {}
    for voice in voices:
        who = voice.unit if act.units else voice.account
        merged[who] = merged.get(who, frozenset()) | voice.roles
    return list(merged.values())


def _seat(
    at: int, seats: Sequence[str], sitters: Sequence[frozenset[str]], taken: dict[int, int], tried: set[int]
) -> bool:
    for who, roles in enumerate(sitters):
        if who in tried or not (seats[at] == "" or seats[at] in roles):
            continue
        tried.add(who)
        if who not in taken or _seat(taken[who], seats, sitters, taken, tried):
            taken[who] = at
            return True
    return False
