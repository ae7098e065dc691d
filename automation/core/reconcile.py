"""Decide, in named small steps: what was observed in, what holds and what should be out.

``decide`` is pure. It answers either a :class:`Decision`, or raises ``NotCollected`` with the evidence ids to
collect before asking again (architecture, decision 1). ``difference`` turns what should be shown into the
plan of what has to be written: an empty plan means that nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from automation.core.act import Act
from automation.core.authority import Acting, day_of, deciders, roles_on
from automation.core.case import CaseState, Checks, StepState, judge_step, replay
from automation.core.clock import ClockRules, Moment, current_turn, entry_of
from automation.core.evidence import EvidenceView
from automation.core.forgery import ForeignStatus, forgeries, unremembered
from automation.core.gate import GateState, HostingFacts, HostingVerdict, gates, judge_hosting
from automation.core.memory import Memory, RuledAct, Shown, Turn
from automation.core.migration import Carried, MigrationPlan, carried_body, plan_migration
from automation.core.plan import (
    Answer,
    Change,
    CloseIssue,
    Place,
    PlaceOnBoard,
    Plan,
    PostStatus,
    Relabel,
    Remember,
    WriteCard,
    ordered,
)
from automation.core.procedure import Procedure, Step
from automation.core.ruling import Bench, Ruled, rule
from automation.core.rulingmigration import MIGRATION
from automation.core.standing import sent_back_since
from automation.core.waiver import LIFTS

MOVING = frozenset({"approved", "detoured", "refused", "resumed", "waived"})
TAKEN_AWAY = frozenset({"approved", "detoured", "waived"})


@dataclass(frozen=True, slots=True)
class Target:
    """A commit that shows this case's gates."""

    project_id: int
    sha: str


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses people follow; empty while there is nothing to point to."""

    issue: str = ""
    berkas: str = ""
    aplikasi: str = ""
    hosting: str = ""


@dataclass(frozen=True, slots=True)
class ShownState:
    """What the forge shows now of what laik writes.

    Attributes:
        cards: by place, the card's comment id and text (only comments by laik's own account).
        answers: markers of answers already given.
        statuses: by (project, commit, context): state, description, and whether laik posted it.
        details: by the same, the digest of a check run's details; nothing where the forge tells none.
        foreign: the statuses in laik's name that others posted.
        labels: of the case's issue.
        issue_open: whether the issue is open.
    """

    cards: Mapping[Place, tuple[int, str]] = field(default_factory=dict)
    answers: frozenset[str] = frozenset()
    statuses: Mapping[tuple[int, str, str], tuple[str, str, bool]] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    issue_open: bool = True
    foreign: tuple[ForeignStatus, ...] = ()
    details: Mapping[tuple[int, str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything read of one case except its evidence.

    Attributes:
        key: the case key.
        place: the case's issue.
        procedure: the SOP version the case is pinned to.
        acts: from the issue and the hosting merge request, in order.
        memory: the ledger, read back.
        roles: accounts (casefolded) by role in this case.
        hosting: the case's open hosting merge request.
        targets: commits that show this case's gates.
        shown: what the forge shows now.
        now: the moment, aware, for clocks; never part of a digest.
        rules: what the organisation lays down about time.
        candidate: the commit that is judged, empty while there is none; ``code_digest`` of it.
        newer_commits: commits on the default branch after the one named for hosting.
        merged: intended hosting merges that laik's own account carried out: number -> merge commit.
        permanent: ``roles`` without acting officials; None where there are none.
        acting: the acting officials who may act in this case, on whatever day.
        successor: the SOP version that moving the case to was offered, as the region enforces it.
    """

    key: str
    place: Place
    procedure: Procedure
    acts: tuple[Act, ...]
    memory: Memory
    roles: Mapping[str, frozenset[str]]
    hosting: HostingFacts | None
    targets: tuple[Target, ...]
    shown: ShownState
    now: datetime
    rules: ClockRules = field(default_factory=ClockRules)
    links: Links = Links()
    title: str = ""
    agency: str = ""
    candidate: str = ""
    code_digest: str = ""
    newer_commits: int = 0
    merged: Mapping[int, str] = field(default_factory=dict)
    permanent: Mapping[str, frozenset[str]] | None = None
    acting: tuple[Acting, ...] = ()
    successor: Procedure | None = None

    @property
    def offered(self) -> MigrationPlan | None:
        """The migration that was offered, while it is still the very same."""
        offer = self.memory.offer
        if offer is None or self.successor is None:
            return None
        planned = plan_migration(self.key, self.procedure, self.successor, self.memory)
        return planned if planned.digest == offer.digest else None

    def roles_at(self, act: Act) -> Mapping[str, frozenset[str]]:
        """Accounts by role on the day of an act: an acting official's acts are those of his term."""
        permanent = self.roles if self.permanent is None else self.permanent
        return roles_on(permanent, self.acting, self.day_of(act))

    @property
    def today(self) -> date:
        """The day it is where the SOP is worked by; for waivers and acting officials, never in a digest."""
        return day_of(self.now, self.procedure.identity.timezone)

    def day_of(self, act: Act) -> date:
        """The day of an act where the SOP is worked by."""
        return day_of(act.at, self.procedure.identity.timezone)

    @property
    def hosting_place(self) -> Place | None:
        """Where the hosting merge request is."""
        if self.hosting is None:
            return None
        return Place(self.hosting.project_id, "merge_request", self.hosting.iid)


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
    def turn(self) -> Turn | None:
        """Whose turn it is since when and until when; see ``automation.core.clock``."""
        seen = self.observation
        moment = Moment(seen.now, seen.rules, seen.acts, seen.shown.issue_open)
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
        ruled = rule(act, _bench(observation, act, state, verdict, memory))
        rulings.append(ruled)
        memory = memory.with_act(ruled.remembered())
        if ruled.ruling in MOVING:
            state = replay(observation.procedure, view, memory, checks, observation.today)
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
    return carried_body(new.version, planned.digest, carried)


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
    said = standing.get(act.act)
    if said is None or act.step in observation.memory.closed:
        return act
    # An agreement that is not reached yet counts only roles that are still held.
    held = observation.roles_at(said)
    still = tuple(role for role in act.roles if said.account.casefold() in held.get(role, frozenset()))
    return replace(act, roles=still)


def _lost(act: RuledAct, standing: Mapping[str, Act], observation: Observation) -> str:
    """What took an act away again: ``komentar``, ``peran``, or nothing (``""``)."""
    step = next((one for one in observation.procedure.steps if one.key == act.step), None)
    if act.ruling not in TAKEN_AWAY or step is None or not act.act.startswith("issue/"):
        return ""
    closed = observation.memory.closed.get(act.step)
    in_effect = closed is not None and (closed.digest == act.digest or act.ruling == "waived")
    said = standing.get(act.act)
    comment_stands = said is not None and said.body_digest == act.body
    if not comment_stands and (not in_effect or step.binding.comment == "always"):
        return "komentar"
    if said is None or (in_effect and step.binding.role != "always"):
        return ""
    held = observation.roles_at(said)
    by = _authorised(observation.procedure, step, act)
    return "" if any(said.account.casefold() in held.get(role, frozenset()) for role in by) else "peran"


def _authorised(procedure: Procedure, step: Step, act: RuledAct) -> tuple[str, ...]:
    """The roles that an act rests on: those its giver acted under; else all that might have."""
    if act.ruling == "waived":
        return tuple(role.id for role in procedure.roles if role.archetype == "ict_head")
    return act.roles or deciders(step)


def _hosting(
    observation: Observation, state: CaseState, view: EvidenceView, memory: Memory, checks: Checks
) -> HostingVerdict | None:
    if observation.hosting is None or memory.finished:
        return None  # a finished case asks for nothing any more, and nothing is merged in its name
    return judge_hosting(observation.procedure, state, observation.hosting, view, memory, checks)


def remembers(decision: Decision) -> list[Change]:
    """The ledger entries this decision adds: rulings, closed steps, digests that cards will show."""
    entries: list[Change] = [
        Remember(
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
        for ruled in decision.rulings
    ]
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
        showing.append(Shown(verdict.facts.step_key, verdict.digest, verdict.subjects))
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
            case CloseIssue():
                if shown.issue_open:
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
