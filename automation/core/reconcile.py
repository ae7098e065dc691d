"""Decide, in named small steps: what was observed in, what holds and what should be out.

``decide`` is pure. It answers either a :class:`Decision`, or raises ``NotCollected`` with the evidence ids to
collect before asking again (architecture, decision 1). ``difference`` turns what should be shown into the
plan of what has to be written: an empty plan means that nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from automation.core.act import Act
from automation.core.authority import deciders, highest
from automation.core.case import CaseState, Checks, StepState, judge_step, replay
from automation.core.clock import Moment, current_turn, entry_of
from automation.core.evidence import EvidenceView
from automation.core.forgery import forgeries, unremembered
from automation.core.gate import GateState, HostingVerdict, gates, judge_hosting
from automation.core.life import Docket, Life, hosting_stop, life_of, rule_life
from automation.core.life import entry_of as life_entry
from automation.core.memory import Memory, RuledAct, Shown, Turn
from automation.core.migration import Carried, carried_body
from automation.core.observation import Links, Observation, ShownState, Target
from automation.core.plan import (
    Answer,
    Change,
    CloseIssue,
    PlaceOnBoard,
    Plan,
    PostStatus,
    Relabel,
    Remember,
    ReopenIssue,
    WriteCard,
    ordered,
)
from automation.core.procedure import Procedure, Step
from automation.core.remembered import MIGRATION
from automation.core.ruling import Bench, Ruled, rule
from automation.core.standing import sent_back_since
from automation.core.waiver import LIFTS

__all__ = [
    "Decision",
    "Links",
    "Observation",
    "ShownState",
    "Target",
    "decide",
    "difference",
    "remembers",
    "with_shown",
]

MOVING = frozenset({"approved", "detoured", "refused", "resumed", "waived"})
TAKEN_AWAY = frozenset({"approved", "detoured", "waived"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What holds. ``memory`` already includes the rulings, which ``remembers`` will write.

    ``migration`` is the entry that moves the case to the SOP version that was accepted; None when none was.
    """

    observation: Observation
    state: CaseState
    gates: tuple[GateState, ...]
    hosting: HostingVerdict | None
    rulings: tuple[Ruled, ...]
    memory: Memory
    migration: Mapping[str, object] | None = None

    @property
    def procedure(self) -> Procedure:
        """The SOP."""
        return self.observation.procedure

    @property
    def life(self) -> Life:
        """Where the case stands beside its steps."""
        return life_of(self.memory, closed_by_hand=_closed_by_hand(self.observation, self.state))

    @property
    def turn(self) -> Turn | None:
        """Whose turn it is since when and until when; see ``automation.core.clock``."""
        seen = self.observation
        moment = Moment(seen.now, seen.rules, seen.acts, seen.shown.issue_open and self.life.running)
        return current_turn(self.state, self.memory, moment)


def decide(observation: Observation, view: EvidenceView, checks: Checks) -> Decision:
    """Replay the case, rule on every new act in order, and judge the hosting request.

    Raises:
        NotCollected: with the evidence ids that are missing.
    """
    memory = _standing(observation)
    state = replay(observation.procedure, view, memory, checks, observation.today)
    verdict = _hosting(observation, state, view, memory, checks)
    rulings: list[Ruled] = []
    done = set(memory.ruled())
    for act in observation.acts:
        if act.id in done:
            continue
        done.add(act.id)
        docket = _docket(observation, act, state, memory)
        ruled = rule_life(act, docket) or rule(act, _bench(observation, act, state, verdict, memory))
        rulings.append(ruled)
        memory = memory.with_act(ruled.remembered())
        if ruled.ruling in MOVING:
            state = replay(observation.procedure, view, memory, checks, observation.today)
        if ruled.ruling in MOVING or life_entry(ruled):
            verdict = _hosting(observation, state, view, memory, checks)
    migration = _migration(observation, state, view, memory, checks)
    return Decision(observation, state, gates(state), verdict, tuple(rulings), memory, migration)


def _migration(
    observation: Observation, state: CaseState, view: EvidenceView, memory: Memory, checks: Checks
) -> Mapping[str, object] | None:
    """What an accepted migration takes along: steps complete now, as they are judged under both versions.

    Asked of the memory and not of the acts of this round, so that a run that was cut off in between is made
    good by the next.
    """
    planned, new = observation.offered, observation.successor
    said = [act.digest for act in memory.acts if act.ruling == "migrated"]
    if planned is None or new is None or planned.digest not in said:
        return None
    carried: dict[str, Carried] = {}
    for key in planned.kept:
        old = state.state(key)
        if old is not None and old.complete:
            there = judge_step(new, new.step(key), view, memory, checks, observation.today)
            carried[key] = Carried(old.digest, there.digest)
    return carried_body(new.version, planned.digest, carried, observation.successor_digest)


def _bench(
    observation: Observation, act: Act, state: CaseState, verdict: HostingVerdict | None, memory: Memory
) -> Bench:
    return Bench(
        procedure=observation.procedure,
        state=state,
        hosting=verdict,
        memory=memory,
        roles=observation.roles_at(act),
        day=observation.day_of(act),
        today=observation.today,
        permanent=observation.roles if observation.permanent is None else observation.permanent,
        acting=observation.acting,
        agency=observation.agency,
        offered=observation.offered,
    )


def _standing(observation: Observation) -> Memory:
    """The memory without acts that were taken away again before they took effect (architecture, decision 9).

    A comment that is gone, or reads otherwise than it did, voids its approval as long as the step was never
    closed on it: the disposition waits for the served name like that. So does a role that its giver lost.
    What was closed stays closed unless the step binds more strictly (``binding``), and a refusal stands
    whatever happens to its comment. Approvals of hosting requests are looked after by ``HostingFacts.gone``.
    """
    memory = observation.memory
    standing = {act.id: act for act in observation.acts if not act.edited}
    return replace(memory, acts=tuple(_as_it_stands(act, standing, observation) for act in memory.acts))


def _as_it_stands(act: RuledAct, standing: Mapping[str, Act], observation: Observation) -> RuledAct:
    if reason := _lost(act, standing, observation):
        return replace(act, ruling="void", voided=reason)
    said, step = standing.get(act.act), _step_of(act, observation)
    bound = step is not None and step.binding.role == "always"
    if said is None or (_in_effect(act, observation.memory) and not bound):
        return act
    # An agreement that is not reached yet counts only roles that are still held and may still act.
    held = observation.roles_at(said)
    may = act.roles if step is None else _authorised(observation.procedure, step, act)
    mine = (role for role in act.roles if said.account.casefold() in held.get(role, frozenset()))
    return replace(act, roles=tuple(role for role in mine if role in may))


def _lost(act: RuledAct, standing: Mapping[str, Act], observation: Observation) -> str:
    """What took an act away again: ``komentar``, ``peran``, or nothing (``""``)."""
    step = _step_of(act, observation)
    if act.ruling not in TAKEN_AWAY or step is None or not act.act.startswith("issue/"):
        return ""
    in_effect = _in_effect(act, observation.memory)
    said = standing.get(act.act)
    comment_stands = said is not None and said.body_digest == act.body
    if not comment_stands and (not in_effect or step.binding.comment == "always"):
        return "komentar"
    if said is None or (in_effect and step.binding.role != "always"):
        return ""
    held = observation.roles_at(said)
    by = _authorised(observation.procedure, step, act)
    return "" if any(said.account.casefold() in held.get(role, frozenset()) for role in by) else "peran"


def _in_effect(act: RuledAct, memory: Memory) -> bool:
    """Whether a step was closed on it. Having been closed once, on something else, protects no later act."""
    return memory.closed_on(act) or (act.ruling == "waived" and act.step in memory.closed)


def _step_of(act: RuledAct, observation: Observation) -> Step | None:
    return next((one for one in observation.procedure.steps if one.key == act.step), None)


def _authorised(procedure: Procedure, step: Step, act: RuledAct) -> tuple[str, ...]:
    """The roles that an act rests on: those its giver acted under and that may act still; else all that may.

    A region that confirms who acts takes the say from the other candidates, over what they said as well.
    """
    if act.ruling == "waived":
        return highest(procedure)
    may = deciders(step.applied_to(act.subjects))
    return tuple(role for role in act.roles if role in may) if act.roles else may


def _hosting(
    observation: Observation, state: CaseState, view: EvidenceView, memory: Memory, checks: Checks
) -> HostingVerdict | None:
    if observation.hosting is None:
        return None
    stop = hosting_stop(life_of(memory, closed_by_hand=_closed_by_hand(observation, state)))
    return judge_hosting(observation.procedure, state, observation.hosting, view, memory, checks, stop)


def _closed_by_hand(observation: Observation, state: CaseState) -> bool:
    """Whether the issue is closed though laik had no reason to: it does so once every step is complete."""
    return not observation.shown.issue_open and state.open is not None


def _docket(observation: Observation, act: Act, state: CaseState, memory: Memory) -> Docket:
    closed = _closed_by_hand(observation, state)
    asked = (observation.hosting.path, observation.hosting.blob) if observation.hosting else ("", "")
    cases, orphans, passed_on = observation.cases, observation.orphans, observation.passed_on
    accounts = observation.roles_at(act)
    return Docket(observation.procedure, memory, accounts, closed, cases, asked, orphans, passed_on)


def remembers(decision: Decision) -> list[Change]:
    """The ledger entries this decision adds: rulings, closed steps, digests that cards will show."""
    entries: list[Change] = [_ruling_entry(ruled) for ruled in decision.rulings]
    for state in decision.state.steps:
        closed = decision.memory.closed.get(state.step.key)
        done = state.complete or state.suspended
        sent_back = closed is not None and sent_back_since(
            decision.procedure, state.step, decision.memory, closed.seq
        )
        if done and (closed is None or closed.digest != state.digest or sent_back):
            body = {"step": state.step.key, "digest": state.digest, "subjects": dict(state.subjects)}
            entries.append(Remember("closed", body))
    entries.extend(_turn_entries(decision))
    entries.extend(_shown_entries(decision))
    if decision.migration is not None:
        entries.append(Remember("migrated", decision.migration))
    entries.extend(forgeries(decision.observation.shown.foreign, decision.memory))
    return entries


def _ruling_entry(ruled: Ruled) -> Remember:
    own = life_entry(ruled)
    if own is not None:
        return Remember(*own)
    return Remember(
        "act",
        {
            "act": ruled.act.id,
            "step": ruled.step,
            "ruling": ruled.ruling,
            "digest": ruled.digest,
            "subjects": dict(ruled.subjects),
            "account": ruled.act.account_id,
            "body": ruled.act.body_digest,
            **ruled.remembered().extras(),
        },
    )


def _turn_entries(decision: Decision) -> list[Change]:
    turn = decision.turn
    known = decision.memory.turns[-1:]
    return [Remember("turn", entry_of(turn))] if turn is not None and (turn,) != known else []


def _shown_entries(decision: Decision) -> list[Change]:
    """Digests are remembered before a card shows their code, so that a code never binds to nothing."""
    showing: list[Shown] = []
    open_state = decision.state.open
    if open_state is not None and _shows_code(open_state):
        showing.append(Shown(open_state.step.key, open_state.digest, open_state.subjects))
    offered = decision.observation.offered
    if offered is not None and decision.migration is None:
        showing.append(Shown(MIGRATION, offered.digest, {}))
    if decision.hosting is not None:
        verdict = decision.hosting
        showing.append(Shown(verdict.facts.step_key, verdict.digest, verdict.remembered))
    known = {(one.step, one.digest) for one in decision.memory.shown}
    return [
        Remember("shown", {"step": one.step, "digest": one.digest, "subjects": dict(one.subjects)})
        for one in showing
        if (one.step, one.digest) not in known
    ]


def _shows_code(state: StepState) -> bool:
    """Whether the card shows a code: to decide, or to waive what fails."""
    return state.step.act is not None or any(one.outcome in LIFTS for one in state.findings)


def with_shown(decision: Decision) -> Decision:
    """The decision with its own ``shown`` entries in memory, so that codes are unambiguous when written.

    And with the forgeries it found, so that the card tells of them at once.
    """
    new = tuple(
        Shown(str(entry.body["step"]), str(entry.body["digest"]), {})
        for entry in _shown_entries(decision)
        if isinstance(entry, Remember)
    )
    memory = decision.memory
    forged = unremembered(decision.observation.shown.foreign, memory)
    return replace(
        decision,
        memory=replace(memory, shown=(*memory.shown, *new), forged=(*memory.forged, *forged)),
    )


def difference(wished: Iterable[Change], shown: ShownState) -> Plan:
    """The plan: what is wished for and not shown yet."""
    changes: list[Change] = []
    for wish in wished:
        match wish:
            case WriteCard():
                changes.extend(_card_difference(wish, shown))
            case PostStatus():
                changes.extend(_status_difference(wish, shown))
            case Relabel():
                changes.extend(_label_difference(wish, shown))
            case Answer():
                if wish.marker not in shown.answers:
                    changes.append(wish)
            case CloseIssue() | ReopenIssue():
                if shown.issue_open == isinstance(wish, CloseIssue):
                    changes.append(wish)
            case PlaceOnBoard():
                if not _was_placed(wish, shown):
                    changes.append(wish)
            case _:
                changes.append(wish)
    return ordered(changes)


def _was_placed(wish: PlaceOnBoard, shown: ShownState) -> bool:
    """Whether the card says so; at its end, where nobody else's words ever stand."""
    _, body = shown.cards.get(wish.place, (0, ""))
    return body.rstrip().endswith(wish.marker)


def _card_difference(wish: WriteCard, shown: ShownState) -> list[Change]:
    there = shown.cards.get(wish.place)
    if there is None:
        return [wish]
    comment_id, body = there
    return [] if body.strip() == wish.body.strip() else [replace(wish, comment_id=comment_id)]


def _status_difference(wish: PostStatus, shown: ShownState) -> list[Change]:
    """A status that someone else posted under our name is written over, whatever it says.

    Details alone are a difference only where the forge tells of them.
    """
    key = (wish.project_id, wish.sha, wish.context)
    same = shown.statuses.get(key) == (wish.state, wish.description, True)
    detailed = shown.details.get(key, wish.details_digest) == wish.details_digest
    return [] if same and detailed else [wish]


def _label_difference(wish: Relabel, shown: ShownState) -> list[Change]:
    add = tuple(label for label in wish.add if label not in shown.labels)
    remove = tuple(label for label in wish.remove if label in shown.labels)
    return [replace(wish, add=add, remove=remove)] if add or remove else []
