"""Replay: where a case stands in its SOP, from evidence, ruled acts and nothing else.

Theory of operation. A step is *complete* when

1. every check of it holds on the evidence as it is now,
2. no refusal holds it (see below), and
3. if it wants a human act: an approval was ruled for exactly the digest that the step has now.

The *digest* of a step covers the digests of its subjects, its findings (outcome and key, sorted), the step's
own definition and the slice of policy its checks read; no times, no durations, no probes. So an approval is
bound to what was seen, and lapses by itself when any of it changes; timestamps never decide.

A *refusal* at step S goes back to step T (``S.back``). It holds T for as long as everything T judges is
still exactly what was refused, and S until the refuser himself approves that same digest (the way to take
a refusal back) or the subjects change. So 7->6, 8->7, 11->10 and 13->13 need no counters. A subject that
could not be looked for has not changed.

The *position* is the first step that is not complete. Steps behind it are not looked at: evidence is
collected lazily, and nothing can be approved before its turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from automation.core.evidence import EvidenceView, State
from automation.core.finding import Finding, Outcome, worst
from automation.core.judging import CheckLike, Checks, evidence_digest, findings_of, subject_evidence
from automation.core.memory import Memory, RuledAct
from automation.core.policy import digest_of
from automation.core.procedure import Procedure, Step

__all__ = [
    "CaseState",
    "CheckLike",
    "Checks",
    "StepState",
    "judge_step",
    "replay",
    "standing_refusals",
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
        approval: the approval that counts now.
        held: the refusal that holds it.
        lapsed: subjects that changed since the step was last closed; empty when it never was.
        waiting_for_service: everything is given, only the served name was not read back yet.
    """

    step: Step
    findings: tuple[Finding, ...]
    subjects: Mapping[str, str]
    digest: str
    approval: RuledAct | None
    held: RuledAct | None
    lapsed: tuple[str, ...] = ()
    waiting_for_service: bool = False

    @property
    def evidence_holds(self) -> bool:
        """Whether its checks hold and no refusal stands."""
        return self.held is None and (not self.findings or worst(self.findings) in _HOLDING)

    @property
    def given(self) -> bool:
        """Whether evidence and act are there (the step may still wait for the service)."""
        return self.evidence_holds and (self.step.act is None or self.approval is not None)

    @property
    def complete(self) -> bool:
        """Whether the step is done."""
        return self.given and not self.waiting_for_service


_HOLDING = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.WAIVED})


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case stands: the states of all steps up to and including the open one.

    ``open`` is None when every step is complete.
    """

    procedure: Procedure
    steps: tuple[StepState, ...]

    @property
    def open(self) -> StepState | None:
        """The first step that is not complete."""
        last = self.steps[-1] if self.steps else None
        return None if last is None or last.complete else last

    @property
    def done(self) -> int:
        """How many steps are complete."""
        return sum(state.complete for state in self.steps)

    def state(self, key: str) -> StepState | None:
        """The state of a step that was looked at."""
        return next((state for state in self.steps if state.step.key == key), None)


def replay(
    procedure: Procedure,
    view: EvidenceView,
    memory: Memory,
    checks: Checks,
) -> CaseState:
    """Walk the SOP from its first step to the first one that is not complete.

    Raises:
        NotCollected: evidence of the step just reached is missing; collect it and replay again.
    """
    states: list[StepState] = []
    for step in procedure.steps:
        state = judge_step(procedure, step, view, memory, checks)
        states.append(state)
        if not state.complete:
            break
    return CaseState(procedure, tuple(states))


def judge_step(
    procedure: Procedure, step: Step, view: EvidenceView, memory: Memory, checks: Checks
) -> StepState:
    """The state of one step on its own, whatever came before it."""
    subjects = _subject_digests(step, view, checks)
    findings = findings_of(step, view, checks)
    digest = _step_digest(procedure, step, subjects, findings, view, checks)
    closed = memory.closed.get(step.key)
    serves = procedure.hosting is not None and procedure.hosting.completes == step.key
    return StepState(
        step=step,
        findings=findings,
        subjects=subjects,
        digest=digest,
        approval=_approval(step, digest, memory),
        held=_holding_refusal(procedure, step, subjects, memory),
        lapsed=_changed(closed.subjects, subjects) if closed and closed.digest != digest else (),
        waiting_for_service=serves and not _served(memory),
    )


def _subject_digests(step: Step, view: EvidenceView, checks: Checks) -> Mapping[str, str]:
    ids = [subject_evidence(subject) for subject in step.judging.subjects]
    more = [need for check in step.judging.checks for need in checks[check].needs]
    view.need(*ids, *more)  # one round of collecting serves the whole step
    return {
        subject: evidence_digest(view.get(subject_evidence(subject))) for subject in step.judging.subjects
    }


def _is_unknown(digest: str) -> bool:
    return digest.startswith(f"{State.UNKNOWN}:")


def _step_digest(
    procedure: Procedure,
    step: Step,
    subjects: Mapping[str, str],
    findings: tuple[Finding, ...],
    view: EvidenceView,
    checks: Checks,
) -> str:
    read = sorted({key for check in step.judging.checks for key in checks[check].policy})
    return digest_of(
        {
            "procedure": [procedure.id, procedure.version],
            "step": step.key,
            "checks": step.judging.checks,
            "act": step.act.model_dump() if step.act else None,
            "subjects": dict(subjects),
            "findings": [[one.check, one.outcome, one.key] for one in findings],
            "policy": {key: view.policy.get(key) for key in read},
        }
    )


def _approval(step: Step, digest: str, memory: Memory) -> RuledAct | None:
    if step.act is None:
        return None
    for act in reversed(memory.acts):
        if act.step == step.key and act.ruling == "approved" and act.digest == digest:
            return act
    return None


def _holding_refusal(
    procedure: Procedure, step: Step, subjects: Mapping[str, str], memory: Memory
) -> RuledAct | None:
    for position, act in enumerate(memory.acts):
        if act.ruling != "refused":
            continue
        source = next((one for one in procedure.steps if one.key == act.step), None)
        if source is None or step.key not in (source.key, source.back):
            continue
        if _unchanged(act.subjects, subjects) and not _taken_back(act, memory.acts[position + 1 :]):
            return act
    return None


def _unchanged(refused: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """A forge that does not answer must not lift a refusal."""
    return all(_is_unknown(digest) or refused.get(name) == digest for name, digest in now.items())


def standing_refusals(memory: Memory, step: str) -> tuple[RuledAct, ...]:
    """The refusals at ``step`` that their givers have not taken back, oldest first."""
    return tuple(
        act
        for position, act in enumerate(memory.acts)
        if act.ruling == "refused" and act.step == step and not _taken_back(act, memory.acts[position + 1 :])
    )


def _taken_back(refusal: RuledAct, later: tuple[RuledAct, ...]) -> bool:
    """Only the one who refused can take it back, by approving the very same digest."""
    return any(
        act.ruling == "approved"
        and act.account == refusal.account
        and act.step == refusal.step
        and act.digest == refusal.digest
        for act in later
    )


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """What changed; nothing is said to have changed while it only could not be looked for."""
    if any(_is_unknown(digest) for digest in now.values()):
        return ()
    changed = tuple(sorted(name for name in now if before.get(name) != now[name]))
    return changed or ("aturan",)


def _served(memory: Memory) -> bool:
    """Read back means: of the very decision that stands admitted; two empty texts prove nothing."""
    return memory.admitted is not None and bool(memory.applied) and memory.applied == memory.admitted.decision
