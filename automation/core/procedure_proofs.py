"""What is proved of a SOP before any case runs on it: it comes to its end, and nothing goes round a gate.

The SOP is read as a graph. Its nodes are the steps, its edges their branches; an inferred branch counts like
a stated one, since a region may confirm it any day. The *end* is a forward branch (``completed``,
``detour``) with ``to: null``; a suspension's ``to: null`` is no end, the case stands still there. *Hosting*
is the last step of ``hosting.after``. Proved are:

Ends
    From every step the end can be reached without anybody sending back (``refused`` leads back by
    somebody's will, so it is no way to the end). A step from which it cannot is a dead end, or lies in a
    loop without exit.

No way round
    A *guard* is a step, or a group of steps of which one is enough, that no case may miss:

    - the steps that one of the floor's checks sits on (:mod:`automation.core.floor`),
    - a step whose act belongs to heads alone (the archetypes of ``HEADS``): a decision of the head,
    - a step of ``hosting.after``, and ``hosting.completes``.

    For each guard: with it taken out of the graph the end cannot be reached from the first step. Every
    branch counts here, those that lead back too: a refusal that goes back to a step which had been passed
    by is a way as well. So a detour may lead round a step that only writes a report, and never round a
    decision.

Floor
    A SOP with ``hosting`` declares the floor's documents, has every one of the floor's checks on a step, and
    no way to hosting misses it; the builder is not among those who approve hosting.

Builder is not reviewer
    Who builds may not act at a step that one of the floor's checks sits on, nor at one that hosting needs:
    declaring one's own work safe would be a review by nobody.

Reachability itself is in :mod:`automation.core.procedure_flow`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from automation.core.floor import FLOOR, FLOOR_DOCUMENTS
from automation.core.procedure_flow import FORWARD, Problem
from automation.core.procedure_model import Procedure, Step, Way
from automation.core.text import Bilingual

HEADS = frozenset({"ict_head", "owner_head"})
"""Archetypes whose decision is that of an agency."""

END = ""
"""The node that stands for the end of the SOP; no key is empty."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One branch: from the step ``start`` (its place in the SOP) to a key, or to ``END``."""

    start: int
    at: int
    way: Way
    to: str

    @property
    def place(self) -> str:
        """The dotted path of where it leads."""
        return f"steps.{self.start}.flow.branches.{self.at}.to"


@dataclass(frozen=True, slots=True)
class Guard:
    """Steps of which no case may miss all, and why."""

    steps: tuple[str, ...]
    why: Bilingual


def proof_faults(procedure: Procedure, checks: frozenset[str]) -> Iterator[Problem]:
    """Everything that the proofs refuse; ``checks`` are the ids of the checks that exist."""
    floor = tuple(check for check in FLOOR if check in checks)
    edges = _edges(procedure)
    yield from _endless(procedure, edges)
    for guard in guards(procedure, floor):
        yield from _gone_round(procedure, edges, guard, END)
    yield from _reviewed_by_builders(procedure, floor)
    if procedure.hosting is not None:
        yield from _lowered(procedure, edges, floor)


def guards(procedure: Procedure, floor: Iterable[str] = FLOOR) -> tuple[Guard, ...]:
    """The steps that no case may miss, in the order of the SOP; one step may guard for several reasons."""
    found = [_floor_guard(procedure, check) for check in floor]
    heads = {role.id for role in procedure.roles if role.archetype in HEADS}
    decided = Bilingual("kepala memutuskan di sana", "a head decides there")
    acts = ((step.key, step.act) for step in procedure.steps if step.act is not None)
    found.extend(Guard((key,), decided) for key, act in acts if heads.issuperset(act.by))
    if procedure.hosting is not None:
        needed = Bilingual("hosting memerlukannya", "hosting needs it")
        completes = (procedure.hosting.completes,) if procedure.hosting.completes else ()
        found.extend(Guard((key,), needed) for key in (*procedure.hosting.after, *completes))
    order = {step.key: index for index, step in enumerate(procedure.steps)}
    known = [guard for guard in found if guard.steps and order.keys() >= set(guard.steps)]
    return tuple(sorted(known, key=lambda guard: order[guard.steps[0]]))


def _floor_guard(procedure: Procedure, check: str) -> Guard:
    return Guard(
        tuple(step.key for step in procedure.steps if check in _checks(step)),
        Bilingual(
            f"'{check}', lantai organisasi, diperiksa di sana", f"the floor's '{check}' is judged there"
        ),
    )


def _checks(step: Step) -> frozenset[str]:
    """What is judged whenever the step is complete: checks of a branch hold for that way only."""
    return frozenset(step.judging.checks)


def _edges(procedure: Procedure) -> tuple[Edge, ...]:
    keys = {step.key for step in procedure.steps}
    return tuple(
        Edge(start, at, branch.on, branch.to or END)
        for start, step in enumerate(procedure.steps)
        for at, branch in enumerate(step.flow.branches)
        if branch.to in keys or (branch.to is None and branch.on in FORWARD and not step.suspends)
    )


def _endless(procedure: Procedure, edges: tuple[Edge, ...]) -> Iterator[Problem]:
    """Steps from which the case cannot come to its end; of several in a row the last one is named."""
    onward: dict[str, set[str]] = {step.key: set() for step in procedure.steps}
    for edge in edges:
        if edge.way != "refused":
            onward[procedure.steps[edge.start].key].add(edge.to)
    ending = {END}
    while more := {key for key, after in onward.items() if key not in ending and after & ending}:
        ending |= more
    named: set[str] = set()
    for index, step in enumerate(procedure.steps):
        if step.key in ending or step.key in named:
            continue
        place = f"steps.{index}.flow.branches"
        if not onward[step.key]:
            yield place, _dead_end(step.key)
        elif step.key in (ahead := _reached(onward, step.key)):
            circle = [key for key in onward if key in ahead and step.key in _reached(onward, key)]
            named.update(circle)
            yield place, _no_exit(circle)


def _reached(onward: Mapping[str, set[str]], start: str) -> set[str]:
    """What lies ahead of a step, itself only when a way leads back to it."""
    reached: set[str] = set()
    ahead = set(onward[start])
    while ahead:
        key = ahead.pop()
        if key != END and key not in reached:
            reached.add(key)
            ahead |= onward[key]
    return reached


def _dead_end(key: str) -> Bilingual:
    return Bilingual(
        f"Langkah '{key}' adalah jalan buntu: tidak ada cabang yang meneruskannya. Beri cabang 'completed'"
        " ke langkah berikutnya, 'to: null' bila SOP selesai di sini, atau 'resumed' bila ditangguhkan.",
        f"Step '{key}' is a dead end: no branch leads on. Give it a 'completed' branch to the next step,"
        " 'to: null' if the SOP ends here, or 'resumed' if the case is suspended.",
    )


def _no_exit(circle: list[str]) -> Bilingual:
    listing = " -> ".join([*circle, circle[0]])
    return Bilingual(
        f"Lingkaran tanpa jalan keluar: {listing}. Beri salah satu langkahnya cabang maju ke luar lingkaran.",
        f"A loop without exit: {listing}. Give one of its steps a branch that leads forward out of it.",
    )


def _path(procedure: Procedure, edges: tuple[Edge, ...], closed: frozenset[str], goal: str) -> list[Edge]:
    """A way from the first step to ``goal`` through no step of ``closed``; empty when there is none."""
    first = procedure.steps[0].key
    came: dict[str, list[Edge]] = {} if first in closed else {first: []}
    ahead = list(came)
    while ahead:
        key = ahead.pop(0)
        for edge in edges:
            if procedure.steps[edge.start].key == key and edge.to not in closed and edge.to not in came:
                came[edge.to] = [*came[key], edge]
                ahead.append(edge.to)
    return came.get(goal, [])


def _gone_round(procedure: Procedure, edges: tuple[Edge, ...], guard: Guard, goal: str) -> Iterator[Problem]:
    path = _path(procedure, edges, frozenset(guard.steps), goal)
    order = {step.key: index for index, step in enumerate(procedure.steps)}
    passed = order[guard.steps[0]]
    for edge in path:
        if edge.start < passed < order.get(edge.to, len(order)):
            yield edge.place, _told_round(procedure.steps[edge.start].key, edge.way, guard)
            return


def _told_round(start: str, way: Way, guard: Guard) -> Bilingual:
    missed, sure = ", ".join(f"'{key}'" for key in guard.steps), guard.steps[0]
    return Bilingual(
        f"Cabang '{way}' dari '{start}' memutari {missed}, padahal {guard.why.id}. Arahkan ke '{sure}' atau"
        " langkah sebelumnya.",
        f"The '{way}' branch of '{start}' goes round {missed}, though {guard.why.en}. Lead it to '{sure}' or"
        " a step before it.",
    )


def _lowered(procedure: Procedure, edges: tuple[Edge, ...], floor: tuple[str, ...]) -> Iterator[Problem]:
    rule = procedure.hosting
    order = {step.key: index for index, step in enumerate(procedure.steps)}
    if rule is None or not order.keys() >= set(rule.after):
        return
    opening = max(rule.after, key=lambda key: order[key])
    for check in floor:
        guard = _floor_guard(procedure, check)
        before = tuple(key for key in guard.steps if order[key] <= order[opening])
        if not before:
            yield "hosting.after", _told_lowered(check, opening)
        elif opening not in before:
            yield from _gone_round(procedure, edges, Guard(before, guard.why), opening)
    for name in FLOOR_DOCUMENTS if floor else ():
        if name not in procedure.documents:
            yield "documents", _told_undeclared(name)
    builders = {role.id for role in procedure.roles if role.builds}
    for role in rule.approved_by:
        if role in builders:
            yield "hosting.approved_by", _told_builder(role)


def _reviewed_by_builders(procedure: Procedure, floor: tuple[str, ...]) -> Iterator[Problem]:
    builders = {role.id for role in procedure.roles if role.builds}
    rule = procedure.hosting
    needed = {*rule.after, rule.completes} if rule is not None else set()
    for index, step in enumerate(procedure.steps):
        if step.act is None or not (step.key in needed or _checks(step) & set(floor)):
            continue
        everyone = (*step.actors.responsible, *step.actors.involved)
        candidates = (actor.role for actor in everyone if actor.candidate)
        for role in dict.fromkeys((*step.act.by, *candidates)):
            if role in builders:
                yield f"steps.{index}.act.by", _told_own_work(role, step.number)


def _told_own_work(role: str, number: int) -> Bilingual:
    return Bilingual(
        f"Peran '{role}' membangun aplikasi, jadi tidak boleh memutuskan langkah {number}, yang menilai"
        " aplikasinya. Pilih peran lain.",
        f"Role '{role}' builds the application, so it may not decide step {number}, which judges it."
        " Choose another role.",
    )


def _told_lowered(check: str, opening: str) -> Bilingual:
    return Bilingual(
        f"Lantai organisasi diturunkan: '{check}' tidak diperiksa sebelum hosting. Tambahkan pada"
        f" 'judging.checks' langkah '{opening}' atau langkah sebelumnya.",
        f"The organisation's floor is lowered: '{check}' is not judged before hosting. Add it to"
        f" 'judging.checks' of step '{opening}' or of a step before it.",
    )


def _told_undeclared(name: str) -> Bilingual:
    return Bilingual(
        f"Dokumen '{name}' tidak dideklarasikan, padahal lantai organisasi menilainya sebelum hosting."
        " Tambahkan pada 'documents'.",
        f"Document '{name}' is not declared, though the organisation's floor judges it before hosting."
        " Add it to 'documents'.",
    )


def _told_builder(role: str) -> Bilingual:
    return Bilingual(
        f"Peran '{role}' membangun aplikasi, jadi tidak boleh menyetujui hostingnya. Pilih peran lain.",
        f"Role '{role}' builds the application, so it may not approve its hosting. Choose another role.",
    )
