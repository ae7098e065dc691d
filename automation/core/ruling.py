"""Rulings: what one act amounts to. Each act is ruled on exactly once, and the ruling is remembered.

Ruled once, because authority is that of the moment: an act refused today must not come to life when its
author gets a role tomorrow, or when the content happens to return. So the result of late, repeated or
reordered events is equal or less approved, never more (architecture, decision 9).

Acts come in the order of (server's time, source, id), and each is ruled on what those before it left: of two
contradictory acts in one second the first by id counts, and the second meets a step that has moved.
"""

from __future__ import annotations

from automation.core.act import Act
from automation.core.authority import deciders
from automation.core.bench import Bench, Ruled
from automation.core.case import StepState
from automation.core.codes import (
    CODE_LENGTH,
    code_for,
    hosting_line,
    line_to_paste,
    line_to_take_back,
    typed,
)
from automation.core.memory import Ruling
from automation.core.procedure import Procedure, Step, Way
from automation.core.rulingauthority import bind, not_allowed
from automation.core.rulinghosting import rule_hosting
from automation.core.rulingmigration import VERB as MIGRATE
from automation.core.rulingmigration import rule_migration
from automation.core.rulingwaivers import VERB as WAIVE
from automation.core.rulingwaivers import rule_waiver
from automation.core.rulingwords import (
    DELEGATION,
    EDITED,
    NOTED,
    REFUSED_LATE,
    another_person,
    evidence_missing,
    needs_reason,
    not_yet,
    only_a_reading,
    void,
)
from automation.core.standing import refusals_of
from automation.core.text import Bilingual
from automation.core.usage import FINISHED, helped, no_such_step, unknown_verb, usage
from automation.core.verbs import VERBS

__all__ = [
    "CODE_LENGTH",
    "Bench",
    "Ruled",
    "code_for",
    "hosting_line",
    "line_to_paste",
    "line_to_take_back",
    "rule",
    "typed",
]

RULING_OF: dict[Way, Ruling] = {
    "completed": "approved",
    "refused": "refused",
    "detour": "detoured",
    "resumed": "resumed",
}


def rule(act: Act, bench: Bench) -> Ruled:
    """Rule on one act; never raises for what people write."""
    command = act.command
    if act.edited:
        return void(act, "", EDITED)
    if not command.known:
        return void(act, "", unknown_verb(act, bench))
    use = VERBS[command.verb].use
    if use == "ask":
        answers = {"delegasi": lambda: DELEGATION, "bantuan": lambda: helped(act, bench)}
        told = answers.get(command.verb, lambda: usage(act, bench))()
        return Ruled(act, "told", "", "", {}, told)
    if use == "note":
        return _note(act, bench)
    if act.source == "merge_request":  # also of a finished case: its name may be changed, renewed, removed
        return rule_hosting(act, bench)
    if bench.memory.finished:
        return void(act, "", FINISHED)
    ruler = {WAIVE: rule_waiver, MIGRATE: rule_migration}.get(command.verb, _rule_step)
    return ruler(act, bench)


def _note(act: Act, bench: Bench) -> Ruled:
    """Notes are kept for the record by whoever the case concerns, and decide nothing."""
    if not bench.concerns(act.account):
        return void(
            act,
            "",
            Bilingual(
                "Hanya mereka yang memegang peran pada kasus ini dapat membuat catatan.",
                "Only those who hold a role in this case can make a note.",
            ),
        )
    if act.command.lacks_reason and not act.command.about:
        return void(act, "", needs_reason(f"@laik {typed(act.command.verb)} <catatan>"))
    open_state = bench.state.open
    return Ruled(act, "noted", open_state.step.key if open_state else "", "", {}, NOTED)


def _rule_step(act: Act, bench: Bench) -> Ruled:
    found = _step_for(act, bench.procedure)
    if found is None:
        return void(act, "", no_such_step(act, bench))
    step, way = _as_meant(act, found[0], bench), found[1]
    if problem := not_allowed(act, deciders(step), bench):
        return void(act, step.key, problem)
    # Taking back needs the role as well: an approval comes of it, and a refusal outlives its giver's role.
    if way == "completed" and (taken_back := _taken_back(act, step, bench)):
        return bench.given_by(taken_back, step)
    state = bench.state.open
    if way == "refused" and (late := _refused_late(act, step, bench)):
        return bench.given_by(late, step)
    if state is None or state.step.key != step.key or (state.suspended and way != "resumed"):
        return void(act, step.key, not_yet(bench))
    return _rule_open(act, state, way, bench)


def _as_meant(act: Act, step: Step, bench: Bench) -> Step:
    """The step with the act wanted for what the code stands for; without a code, for what is there now."""
    state, code = bench.state.state(step.key), act.command.code
    shown = bench.memory.digests_shown(step.key, code) if len(code) >= CODE_LENGTH else ()
    if len(shown) == 1:
        return step.applied_to(shown[0].subjects)
    return state.asked if state is not None else step


def _rule_open(act: Act, state: StepState, way: Way, bench: Bench) -> Ruled:
    """An act at the open step, by one who may: bound to what the card showed, on evidence that holds."""
    step, branch = state.asked, state.step.way(way)
    if branch is None or (way == "resumed" and not (state.suspended and branch.moves)):
        return void(act, step.key, not_yet(bench))
    paste = line_to_paste(bench.memory, step, state.digest, way)
    if act.command.lacks_reason:
        return void(act, step.key, needs_reason(paste))
    bound = bind(act, step.key, state.digest, paste, bench.memory)
    if isinstance(bound, Bilingual):
        return void(act, step.key, bound)
    if way in {"completed", "detour"} and not state.open_way(way):
        return void(act, step.key, evidence_missing(state, state.ways.get(way, ()), bench))
    # Said and not enforced: the step is not done, which is certain, and the case stays where it is.
    ruling: Ruling = "refused" if not branch.moves else RULING_OF[way]
    reply = _said_before(act, state, way, bench) if branch.moves else only_a_reading(branch)
    return bench.given_by(Ruled(act, ruling, step.key, bound.digest, bound.subjects, reply), step)


def _said_before(act: Act, state: StepState, way: Way, bench: Bench) -> Bilingual | None:
    """What a person hears who agrees to the same content twice: one person counts once."""
    standing = state.standing
    again = any(one.account == act.account_id for one in standing.approvals)
    if not (again and standing.missing and way == standing.way):
        return None
    return another_person(bench.procedure, standing.missing)


def _refused_late(act: Act, step: Step, bench: Bench) -> Ruled | None:
    """A refusal of what its card showed, read only when that was not there, or not to be decided, any more.

    It binds all the same. Otherwise whoever pushes right after a refusal, or a rule that changes at that
    moment, undoes it, and the refused content comes back for somebody else to approve. A step that was
    decided on is not refused any more.
    """
    branch, code = step.way("refused"), act.command.code
    if branch is None or not branch.moves or act.command.lacks_reason or len(code) < CODE_LENGTH:
        return None
    shown, state = bench.memory.digests_shown(step.key, code), bench.state.state(step.key)
    if len(shown) != 1 or (state is not None and (state.given or state.digest == shown[0].digest)):
        return None
    closed = bench.memory.closed.get(step.key)
    if closed is not None and closed.digest == shown[0].digest:
        return None
    return Ruled(act, "refused", step.key, shown[0].digest, shown[0].subjects, REFUSED_LATE)


def _taken_back(act: Act, step: Step, bench: Bench) -> Ruled | None:
    """A refusal taken back by its giver: he approves the very digest that he refused.

    This is the only act allowed on a step behind the open one; it completes nothing by itself, since a
    step is complete only when its evidence holds for that digest.
    """
    held, code = bench.state.open.held if bench.state.open else None, act.command.code
    if held is None or held.step != step.key or len(code) < CODE_LENGTH:
        return None
    shown = [one.digest for one in bench.memory.digests_shown(step.key, code)]
    for refusal in refusals_of(bench.memory, step.key):
        # Two may have refused the same content: each takes back his own, in any order.
        own = refusal.account == act.account_id and dict(refusal.subjects) == dict(held.subjects)
        if own and shown == [refusal.digest]:
            return Ruled(act, "approved", step.key, refusal.digest, refusal.subjects, None)
    return None


def _step_for(act: Act, procedure: Procedure) -> tuple[Step, Way] | None:
    """The step and way whose words these are; several steps may share a word (kak), never with one verb."""
    for step in procedure.steps:
        if step.act is None or step.act.about != act.command.about:
            continue
        for way, verb in step.act.ways().items():
            if verb == act.command.verb:
                return step, way
    return None
