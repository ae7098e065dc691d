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
a refusal back) or the subjects change. So 7->6, 8->7, 11->10 and 13->13 need no counters.

The *position* is the first step that is not complete. Steps behind it are not looked at: evidence is
collected lazily, and nothing can be approved before its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from automation.core.evidence import Evidence, EvidenceView, NotCollected, State, document_id
from automation.core.finding import Finding, Outcome, worst
from automation.core.memory import Memory, RuledAct
from automation.core.policy import digest_of
from automation.core.procedure import RESERVED_SUBJECTS, Procedure, Step
from automation.core.text import Bilingual


class CheckLike(Protocol):
    """A check as ``checks.discover`` gives it."""

    @property
    def id(self) -> str:
        """The check's id."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Evidence ids beyond the subjects."""

    @property
    def policy(self) -> tuple[str, ...]:
        """Keys of the policy slice it reads."""

    @property
    def judge(self) -> Callable[[EvidenceView, tuple[str, ...]], tuple[Finding, ...]]:
        """The pure judgement."""


Checks = Mapping[str, CheckLike]


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
    findings = _findings(step, view, checks)
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


def subject_evidence(subject: str) -> str:
    """The evidence id of a subject word."""
    return subject if subject in RESERVED_SUBJECTS else document_id(subject)


def _subject_digests(step: Step, view: EvidenceView, checks: Checks) -> Mapping[str, str]:
    ids = [subject_evidence(subject) for subject in step.judging.subjects]
    more = [need for check in step.judging.checks for need in checks[check].needs]
    view.need(*ids, *more)  # one round of collecting serves the whole step
    return {
        subject: _evidence_digest(view.get(subject_evidence(subject))) for subject in step.judging.subjects
    }


def _evidence_digest(evidence: Evidence) -> str:
    """The digest; a state that is not PRESENT never looks like content."""
    if evidence.state is State.ABSENT:
        return ""
    return evidence.digest if evidence.state is State.PRESENT else f"{evidence.state}:{evidence.digest}"


def _findings(step: Step, view: EvidenceView, checks: Checks) -> tuple[Finding, ...]:
    found: list[Finding] = []
    missing: set[str] = set()
    for check_id in step.judging.checks:
        try:
            found.extend(checks[check_id].judge(view, step.judging.subjects))
        except NotCollected as question:
            missing |= question.ids
    if missing:
        raise NotCollected(missing)
    if step.judging.checks and not found:
        found.append(_nothing_judged(step))
    return tuple(sorted(found, key=lambda one: (one.check, one.key, one.outcome, one.where.line)))


def _nothing_judged(step: Step) -> Finding:
    return Finding(
        check=step.judging.checks[0],
        outcome=Outcome.ERROR,
        seen=Bilingual("Tidak ada yang dinilai.", "Nothing was judged."),
        remedy=Bilingual("Laporkan kepada pengelola laik.", "Report it to those who run laik."),
    )


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
        unchanged = all(act.subjects.get(name) == digest for name, digest in subjects.items())
        if unchanged and not _taken_back(act, memory.acts[position + 1 :]):
            return act
    return None


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
    changed = tuple(sorted(name for name in now if before.get(name) != now[name]))
    return changed or ("aturan",)


def _served(memory: Memory) -> bool:
    return memory.admitted is not None and memory.applied == memory.admitted.decision
