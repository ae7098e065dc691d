"""Replay: where a case stands in its SOP, from evidence, ruled acts and nothing else.

Theory of operation. A step is *complete* when

1. every check of it holds on the evidence as it is now, or is waived by someone in authority,
2. no refusal holds it (``core/standing.py``), and
3. if it wants a human act: enough different persons approved exactly the digest that the step has now.

The *digest* of a step covers the digests of its subjects, its findings (outcome and key, sorted), the step's
own definition and the slice of policy its checks read; no times, no durations, no probes. So an approval is
bound to what was seen, and lapses by itself when any of it changes; timestamps never decide. What else takes
it away, and whether a step once complete stays so, is the step's ``binding``.

The SOP is walked along the ways that were taken: a step decided the other way (``detour``) leads through
steps that are passed by otherwise. The *position* is the first step on that way that is not complete; a
suspended case stands at the step that suspended it. Steps behind it are not looked at: evidence is collected
lazily, and nothing can be approved before its turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from automation.core.evidence import EvidenceView
from automation.core.finding import HOLDS, Finding, worst
from automation.core.judging import (
    CheckLike,
    Checks,
    evidence_digest,
    findings_of,
    findings_of_way,
    subject_evidence,
)
from automation.core.memory import Memory, RuledAct
from automation.core.policy import digest_of
from automation.core.procedure import Procedure, Step, Way
from automation.core.standing import (
    COMPLETING,
    Standing,
    holding_refusal,
    is_unknown,
    sent_back_since,
    standing_at,
)
from automation.core.waiver import lifted

__all__ = [
    "CaseState",
    "CheckLike",
    "Checks",
    "StepState",
    "judge_step",
    "replay",
    "subject_evidence",
]


@dataclass(frozen=True, slots=True)
class StepState:
    """How one step stands.

    Attributes:
        step: its definition.
        findings: of its checks, sorted.
        subjects: digest of each subject as it is now ("" while absent).
        digest: what an approval binds to.
        standing: the approvals that count now, and whose are missing.
        held: the refusal that holds it.
        ways: what must hold besides for a way to be taken, by way; ways without such checks are left out.
        lapsed: what took an earlier completion away: subjects that changed, ``aturan``, ``komentar``,
            ``peran``; empty when the step never was complete.
        forfeited: what took away, in the same words, approvals that had not been enough to complete it.
        kept: it was complete once and stays so, whatever its subjects became (``binding.content``).
        waiting_for_service: everything is given, only the served name was not read back yet.
        waiting_for_provision: everything is given, only the repository does not stand yet.
    """

    step: Step
    findings: tuple[Finding, ...]
    subjects: Mapping[str, str]
    digest: str
    standing: Standing
    held: RuledAct | None
    ways: Mapping[Way, tuple[Finding, ...]] = field(default_factory=dict)
    lapsed: tuple[str, ...] = ()
    forfeited: tuple[str, ...] = ()
    kept: bool = False
    waiting_for_service: bool = False
    waiting_for_provision: bool = False

    @property
    def asked(self) -> Step:
        """The step with the act that is wanted for what is there now (``HumanAct.agree_when``)."""
        return self.step.applied_to(self.subjects)

    @property
    def approval(self) -> RuledAct | None:
        """The approval that completes it now."""
        return self.standing.decided

    @property
    def evidence_holds(self) -> bool:
        """Whether its checks hold and no refusal stands."""
        return self.held is None and (not self.findings or worst(self.findings) in HOLDS)

    def open_way(self, way: Way) -> bool:
        """Whether the evidence allows leaving the step this way."""
        return self.evidence_holds and all(one.holds for one in self.ways.get(way, ()))

    @property
    def given(self) -> bool:
        """Whether evidence and acts are there (the step may still wait for the service)."""
        if self.kept:
            return self.held is None
        if self.step.act is None:
            return self.evidence_holds
        return self.approval is not None and self.open_way(self.standing.way)

    @property
    def suspended(self) -> bool:
        """Whether the case stands still here until it is taken up again."""
        return self.given and self.step.suspends

    @property
    def complete(self) -> bool:
        """Whether the step is done and the case has moved on."""
        waiting = self.waiting_for_service or self.waiting_for_provision
        return self.given and not waiting and not self.suspended

    @property
    def next(self) -> str | None:
        """The key of the step that follows, by the way that was taken; None at the end."""
        branch = self.step.way(self.standing.way)
        return branch.to if branch is not None else None


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands: the states of all steps on its way up to and including the open one.

    ``open`` is None when every step on the way is complete.
    """

    procedure: Procedure
    steps: tuple[StepState, ...]

    @property
    def open(self) -> StepState | None:
        """The first step that is not complete; of a suspended case the step that suspended it."""
        last = self.steps[-1] if self.steps else None
        return None if last is None or last.complete else last

    @property
    def suspended(self) -> bool:
        """Whether the case stands still."""
        return self.open is not None and self.open.suspended

    @property
    def done(self) -> int:
        """How many steps are complete."""
        return sum(state.complete for state in self.steps)

    @property
    def passed_by(self) -> frozenset[str]:
        """Keys of the steps that the way taken so far does not need."""
        keys = [step.key for step in self.procedure.steps]
        seen = [state.step.key for state in self.steps]
        end = len(keys) if self.steps and self.open is None else keys.index(seen[-1]) if seen else 0
        return frozenset(keys[:end]) - frozenset(seen)

    def state(self, key: str) -> StepState | None:
        """The state of a step that was looked at."""
        return next((state for state in self.steps if state.step.key == key), None)


def replay(
    procedure: Procedure,
    view: EvidenceView,
    memory: Memory,
    checks: Checks,
    today: date | None = None,
) -> CaseState:
    """Walk the SOP from its first step to the first one that is not complete.

    ``today`` is for waivers alone, which end with a day; without it none is in force.

    Raises:
        NotCollected: evidence of the step just reached is missing; collect it and replay again.
    """
    states: list[StepState] = []
    at: str | None = procedure.steps[0].key
    while at is not None:  # ways forward only go forward, so this ends (core/procedure_flow.py)
        state = judge_step(procedure, procedure.step(at), view, memory, checks, today)
        states.append(state)
        at = state.next if state.complete else None
    return CaseState(procedure, tuple(states))


def judge_step(
    procedure: Procedure,
    step: Step,
    view: EvidenceView,
    memory: Memory,
    checks: Checks,
    today: date | None = None,
) -> StepState:
    """The state of one step on its own, whatever came before it."""
    subjects = _subject_digests(step, view, checks)
    findings = lifted(step.key, findings_of(step, view, checks), memory, today)
    digest = _step_digest(procedure, step, subjects, findings, view, checks)
    kept = _kept_digest(procedure, step, memory)
    closed = memory.closed.get(step.key)
    decided_on = closed.subjects if closed and kept else subjects
    standing = standing_at(procedure, step.applied_to(decided_on), kept or digest, memory)
    state = StepState(
        step=step,
        findings=findings,
        subjects=subjects,
        digest=kept or digest,
        standing=standing,
        held=holding_refusal(procedure, step, subjects, memory),
        ways=findings_of_way(step, view, checks),
        lapsed=_changed(closed.subjects, subjects) if closed and closed.digest != (kept or digest) else (),
        kept=bool(kept),
        waiting_for_service=_waits_for_service(procedure, step, memory),
        waiting_for_provision=step.complete_when == "provided" and "aplikasi" not in memory.provisioned,
    )
    return replace(_with_voided(state, memory), forfeited=_forfeited(state, memory))


def _kept_digest(procedure: Procedure, step: Step, memory: Memory) -> str:
    """The digest a step was closed with, where later content does not reopen it (``binding.content``).

    Being sent back, or losing the approval, ends that: then what is there now is judged anew.
    """
    closed = memory.closed.get(step.key)
    if step.binding.content != "until_closed" or closed is None:
        return ""
    if sent_back_since(procedure, step, memory, closed.seq):
        return ""
    standing = standing_at(procedure, step.applied_to(closed.subjects), closed.digest, memory)
    return closed.digest if step.act is None or standing.decided is not None else ""


def _with_voided(state: StepState, memory: Memory) -> StepState:
    """Says what took a completion away when nothing that the step judges has changed."""
    if state.lapsed or state.given or state.step.key not in memory.closed:
        return state
    gone = [act.voided for act in memory.acts if act.digest == state.digest and act.voided]
    return replace(state, lapsed=tuple(dict.fromkeys(gone)))


def _forfeited(state: StepState, memory: Memory) -> tuple[str, ...]:
    """What took away the approvals of a step that was not complete yet, like the first of two sides.

    Of each person the newest approval is asked; who approved what is there now has lost nothing.
    """
    if state.given or state.step.key in memory.closed:
        return ()
    newest = {
        act.account: act
        for act in memory.acts
        if act.step == state.step.key and act.waiver is None and (act.ruling in COMPLETING or act.voided)
    }
    gone: list[str] = []
    for act in newest.values():
        if act.voided:
            gone.append(act.voided)
        elif act.digest != state.digest:
            gone.extend(_changed(act.subjects, state.subjects))
    return tuple(dict.fromkeys(gone))


def _waits_for_service(procedure: Procedure, step: Step, memory: Memory) -> bool:
    serves = procedure.hosting is not None and procedure.hosting.completes == step.key
    return serves and not _served(memory)


def _subject_digests(step: Step, view: EvidenceView, checks: Checks) -> Mapping[str, str]:
    ids = [subject_evidence(subject) for subject in step.judging.subjects]
    named = [*step.judging.checks, *(check for branch in step.flow.branches for check in branch.checks)]
    more = [need for check in named for need in checks[check].needs]
    view.need(*ids, *more)  # one round of collecting serves the whole step
    return {
        subject: evidence_digest(view.get(subject_evidence(subject))) for subject in step.judging.subjects
    }


def _step_digest(
    procedure: Procedure,
    step: Step,
    subjects: Mapping[str, str],
    findings: tuple[Finding, ...],
    view: EvidenceView,
    checks: Checks,
) -> str:
    read = sorted({key for check in step.judging.checks for key in checks[check].policy})
    bound = read if step.binding.policy == "always" else []
    return digest_of(
        {
            "procedure": [procedure.id, procedure.version],
            "step": step.key,
            "checks": step.judging.checks,
            "act": _act_definition(step),
            "subjects": dict(subjects),
            "findings": [[one.check, one.outcome, one.key] for one in findings],
            "policy": {key: view.policy.get(key) for key in bound},
        }
    )


def _act_definition(step: Step) -> Mapping[str, object] | None:
    """The act as data; what a SOP leaves at its default adds nothing, so that a newer laik lapses nothing."""
    if step.act is None:
        return None
    first = {"verb": step.act.verb, "about": step.act.about, "by": step.act.by, "refuse": step.act.refuse}
    return {**step.act.model_dump(exclude_defaults=True), **first}


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """What changed; nothing is said to have changed while it only could not be looked for."""
    if any(is_unknown(digest) for digest in now.values()):
        return ()
    changed = tuple(sorted(name for name in now if before.get(name) != now[name]))
    return changed or ("aturan",)


def _served(memory: Memory) -> bool:
    """Read back means: of the very decision that stands admitted; two empty texts prove nothing."""
    return memory.admitted is not None and bool(memory.applied) and memory.applied == memory.admitted.decision
