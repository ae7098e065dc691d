"""Gates: what the findings and acts of a case amount to, per group of steps and for hosting.

A gate with nothing judged is an error, never green (architecture, decision 4). The organisation's floor
holds for every SOP; a SOP may raise it, never lower it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from automation.core import floor
from automation.core.authority import disposed_apart
from automation.core.case import CaseState, StepState
from automation.core.documents import CodeSnapshot
from automation.core.errors import Where
from automation.core.evidence import CODE, HOSTING, SCAN, EvidenceView, NotCollected, State
from automation.core.finding import Finding, Outcome, worst
from automation.core.judging import (
    Checks,
    evidence_digest,
    in_order,
    judged_by,
    nothing_judged,
    subject_evidence,
)
from automation.core.memory import Memory, RuledAct
from automation.core.policy import digest_of
from automation.core.procedure import Procedure, Step
from automation.core.standing import is_unknown, wanted_at
from automation.core.text import Bilingual

FLOOR = floor.FLOOR
FLOOR_SUBJECTS = (*floor.FLOOR_DOCUMENTS, CODE, SCAN)
HOSTING_CHECK = "hosting_request_is_valid"
REQUEST = "permohonan"
"""The word under which an act remembers which request file it spoke of."""
HEAD, STEPS = "head", "langkah"
"""And which head of the request, and which steps of the SOP; acts of older ledgers remember neither."""


class Light(StrEnum):
    """What a gate shows on a commit."""

    SUCCESS = "success"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class GateState:
    """One gate: its steps so far, and the light it shows."""

    name: str
    light: Light
    steps: tuple[Step, ...]
    open: StepState | None


def gates(state: CaseState) -> tuple[GateState, ...]:
    """Every gate of the procedure in order; what lies behind the open step is pending."""
    return tuple(_gate(state, name) for name in state.procedure.gates())


def _gate(state: CaseState, name: str) -> GateState:
    passed_by = state.passed_by
    steps = tuple(step for step in state.procedure.steps if step.gate == name and step.key not in passed_by)
    known = [one for one in state.steps if one.step.gate == name]
    open_step = next((one for one in known if not one.complete), None)
    if open_step is None:
        green = bool(steps) and len(known) == len(steps)  # a gate that was passed by judged nothing
        return GateState(name, Light.SUCCESS if green else Light.PENDING, steps, None)
    return GateState(name, _light(open_step), steps, open_step)


def _light(state: StepState) -> Light:
    failed = state.held is not None or worst(state.findings) in {Outcome.FAIL, Outcome.ERROR}
    return Light.FAILED if failed and (state.findings or state.held) else Light.PENDING


@dataclass(frozen=True, slots=True)
class HostingFacts:
    """What the forge says of the case's open hosting merge request, read anew.

    Attributes:
        project_id: the hosting project.
        iid: the merge request's number.
        head_sha: its head now; merging is pinned to it.
        path: the request file; empty when there is not exactly one.
        blob: git blob id of the request file at the head.
        sha: the application commit the file names; empty when unreadable.
        removes: the one file is taken away: the name is to go.
        until: the day the name's term would end (ISO), empty for no end; ``expired`` when that day is past.
        barred: account ids that may not approve: author, everyone who pushed, bots.
        holders: account ids that hold an approving role now.
        gone: ids of acts whose comment was edited or deleted since it was ruled on.
        parent: the parent domain the file names; text of the request, empty when unreadable. No digest
            covers it, the file's ``blob`` does.
    """

    project_id: int
    iid: int
    head_sha: str
    path: str
    blob: str
    sha: str
    barred: frozenset[int]
    holders: frozenset[int]
    gone: frozenset[str]
    removes: bool = False
    until: str = ""
    expired: bool = False
    parent: str = ""

    @property
    def step_key(self) -> str:
        """The word under which its codes are shown and its acts ruled."""
        return f"hosting!{self.iid}"


@dataclass(frozen=True, slots=True)
class HostingVerdict:
    """Whether the hosting merge request may be merged, and everything that is missing if not.

    ``steps_missing`` are keys of steps that must be complete (or acted on) first; ``disposed_by`` are the
    accounts without whose disposition the request could not go on, so that their approval does not count.
    ``beside`` is what acts remember beside the subjects: the request's head, a digest of the SOP's steps.
    ``lapsed`` is what took away the approvals that were given, while none counts: subjects that changed,
    ``head``, ``langkah``, ``aturan``, or ``lain`` (one of these, of an act that remembers less of them);
    ``cabut`` (a name was revoked since), ``komentar``, ``peran``, ``dorong`` (its giver is barred now),
    ``disposisi`` (its giver disposed).
    """

    facts: HostingFacts
    findings: tuple[Finding, ...]
    subjects: Mapping[str, str]
    steps_missing: tuple[str, ...]
    digest: str
    approval: RuledAct | None
    refusal: RuledAct | None
    disposed_by: frozenset[int] = frozenset()
    beside: Mapping[str, str] = field(default_factory=dict)
    lapsed: tuple[str, ...] = ()

    @property
    def remembered(self) -> Mapping[str, str]:
        """What an act on it remembers, to tell later what changed."""
        return {**self.subjects, **self.beside}

    @property
    def evidence_holds(self) -> bool:
        """Whether request and floor hold for the named commit."""
        return all(finding.holds for finding in self.findings) and bool(self.findings)

    @property
    def approvable(self) -> bool:
        """Whether only the approval is missing."""
        return self.evidence_holds and not self.steps_missing

    @property
    def ready(self) -> bool:
        """Whether laik merges now."""
        return self.approvable and self.approval is not None and self.refusal is None


def judge_hosting(
    procedure: Procedure,
    state: CaseState,
    facts: HostingFacts,
    view: EvidenceView,
    memory: Memory,
    checks: Checks,
    stop: tuple[Finding, ...] = (),
) -> HostingVerdict:
    """Judge one hosting merge request: the request, the floor, the SOP's steps, the approval.

    A removal needs no floor and no steps: the name goes, so only who may say so is left to ask. In a finished
    case the steps were all complete once and cannot be acted on any more; a change, a renewal and a restoring
    are held to the floor for the very commit named, and to an approval of their own.

    Args:
        procedure: the SOP.
        state: where the case stands in it.
        facts: the merge request.
        view: the evidence.
        memory: the ledger.
        checks: the checks of the floor and of the request.
        stop: why the case does not run; holds up everything but a removal.

    Raises:
        NotCollected: evidence for the named commit is missing.
    """
    floor = () if facts.removes else FLOOR_SUBJECTS
    view.need(HOSTING, *(subject_evidence(subject) for subject in floor))
    findings = _hosting_findings(facts, view, checks, () if facts.removes else stop)
    subjects = {
        REQUEST: digest_of([facts.path, facts.blob]),
        **{subject: evidence_digest(view.get(subject_evidence(subject))) for subject in floor},
    }
    without_steps = facts.removes or memory.finished
    missing = () if without_steps else steps_missing(procedure, state)
    disposed_by = frozenset[int]() if facts.removes else _disposed_by(procedure, state, memory)
    steps = [] if without_steps else [[one.step.key, one.digest] for one in state.steps]
    judged = {
        "subjects": subjects,
        "findings": [[one.check, one.outcome, one.key] for one in findings],
        "steps": steps,
    }
    digest = digest_of({**_asked_for(facts), **judged, **_rules(procedure, view, memory, checks)})
    verdict = HostingVerdict(
        facts=facts,
        findings=findings,
        subjects=subjects,
        steps_missing=missing,
        digest=digest,
        approval=_hosting_approval(facts, digest, memory, disposed_by),
        refusal=_hosting_refusal(facts, subjects[REQUEST], memory),
        disposed_by=disposed_by,
        beside={HEAD: facts.head_sha, **({} if without_steps else {STEPS: digest_of(steps)})},
    )
    return replace(verdict, lapsed=_hosting_lapses(verdict, memory, unsure=_unsure(facts, view, stop)))


def _asked_for(facts: HostingFacts) -> Mapping[str, object]:
    """What an approval binds to of the request itself."""
    return {"head": facts.head_sha, "path": facts.path, "blob": facts.blob, "sha": facts.sha}


def _rules(procedure: Procedure, view: EvidenceView, memory: Memory, checks: Checks) -> Mapping[str, object]:
    """What it binds to of the rules: the SOP, the policy that the checks read, the revocations so far."""
    return {
        "procedure": [procedure.id, procedure.version],
        "policy": {key: view.policy.get(key) for key in _policy_read(checks)},
        **_since_revoked(memory),
    }


def _disposed_by(procedure: Procedure, state: CaseState, memory: Memory) -> frozenset[int]:
    """On whose disposition the request rests, where another person approves it (``disposed_apart``).

    In a finished case it is the one that the step was closed on: nobody can act there any more.
    """
    step = disposed_apart(procedure)
    if step is None:
        return frozenset()
    closed, at = memory.closed.get(step.key), state.state(step.key)
    if memory.finished and closed is not None:
        return wanted_at(procedure, step.applied_to(closed.subjects), closed.digest, memory)
    return wanted_at(procedure, at.asked, at.digest, memory) if at is not None else frozenset()


def _since_revoked(memory: Memory) -> Mapping[str, object]:
    """The revocations so far, so that no approval from before one is worth anything after it."""
    revoked = memory.revocations()
    return {"revoked": revoked} if revoked else {}


def steps_missing(procedure: Procedure, state: CaseState) -> tuple[str, ...]:
    """Keys of the steps that must come before hosting and are not complete, in SOP order.

    The completing step (the disposition) only needs its act; the read-back comes after the merge.
    """
    if procedure.hosting is None:
        return tuple(step.key for step in procedure.steps)
    keys = [step.key for step in procedure.steps]
    last = max(keys.index(key) for key in procedure.hosting.after)
    complete = {one.step.key for one in state.steps if one.complete}
    missing = [key for key in keys[: last + 1] if key not in complete and key not in state.passed_by]
    completes = procedure.hosting.completes
    completing = state.state(completes) if completes else None
    if completes is not None and (completing is None or not completing.given):
        missing.append(completes)
    return tuple(missing)


def _policy_read(checks: Checks) -> tuple[str, ...]:
    return tuple(sorted({key for check in (HOSTING_CHECK, *FLOOR) for key in checks[check].policy}))


def _hosting_findings(
    facts: HostingFacts, view: EvidenceView, checks: Checks, stop: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    found: list[Finding] = [*stop]
    missing: set[str] = set()
    for check_id in (HOSTING_CHECK,) if facts.removes else (HOSTING_CHECK, *FLOOR):
        subjects = (HOSTING,) if check_id == HOSTING_CHECK else FLOOR_SUBJECTS
        try:
            judged = judged_by(checks[check_id], view, subjects)
        except NotCollected as question:
            missing |= question.ids
            continue
        found.extend(judged)
        if all(one.outcome is Outcome.NOT_APPLICABLE for one in judged):
            found.append(nothing_judged(check_id))  # the floor holds for every SOP
    if missing:
        raise NotCollected(missing)
    if not facts.removes:
        found.extend(_not_this_request(facts, view))
    return in_order(found)


def _not_this_request(facts: HostingFacts, view: EvidenceView) -> Iterator[Finding]:
    """What was judged is what would be merged: a request file, and evidence of the commit it names."""
    where = Where(file=facts.path)
    if facts.path and not facts.blob:
        yield Finding(
            check=HOSTING_CHECK,
            outcome=Outcome.FAIL,
            seen=Bilingual(
                "Tidak ada berkas permohonan pada head.",
                "There is no request file at the head.",
            ),
            remedy=Bilingual("Tambahkan berkasnya.", "Add the file."),
            where=where,
            key="merged_file",
        )
    if facts.expired:
        yield Finding(
            check=HOSTING_CHECK,
            outcome=Outcome.FAIL,
            seen=Bilingual(
                f"berlaku_sampai {facts.until} sudah lewat.", f"berlaku_sampai {facts.until} is past."
            ),
            remedy=Bilingual("Tulis tanggal yang akan datang.", "Write a day to come."),
            where=where,
            key="term",
        )
    code = view.get(CODE).value
    if isinstance(code, CodeSnapshot) and code.commit != facts.sha:
        yield Finding(
            check=HOSTING_CHECK,
            outcome=Outcome.ERROR,
            seen=Bilingual(
                f"Yang dinilai commit {code.commit[:12]}, bukan commit yang diminta.",
                f"Judged was commit {code.commit[:12]}, not the commit asked for.",
            ),
            remedy=Bilingual(
                "Tulis sha lengkap (40 angka heksadesimal) dari cabang utama aplikasi.",
                "Write the full sha (40 hex digits) from the application's default branch.",
            ),
            where=where,
            key="judged_commit",
        )


def _hosting_approval(
    facts: HostingFacts, digest: str, memory: Memory, disposed_by: frozenset[int]
) -> RuledAct | None:
    """An approval counts while its comment stands as it was and its giver still holds the role.

    Asked again of who disposed, since the approver may have disposed anew after approving.
    """
    for act in reversed(memory.acts):
        if (
            act.step == facts.step_key
            and act.ruling == "approved"
            and act.digest == digest
            and act.account in facts.holders
            and act.account not in facts.barred | disposed_by
            and act.act not in facts.gone
        ):
            return act
    return None


def _hosting_refusal(facts: HostingFacts, request: str, memory: Memory) -> RuledAct | None:
    """A refusal stands while the request file is the one refused, until its giver approves that file.

    It binds to the file and not to the whole digest: a step completed in the meantime, an empty commit or
    a new line in the minutes must not make it go away. Deleting the comment changes nothing.
    """
    standing: dict[int, RuledAct] = {}
    for act in memory.acts:
        if act.step != facts.step_key or act.subjects.get(REQUEST) != request:
            continue
        if act.ruling == "refused":
            standing[act.account] = act
        elif act.ruling in {"approved", "noted"}:  # noted: of whoever disposed, who takes back and no more
            standing.pop(act.account, None)
    return next(iter(standing.values()), None)


def _unsure(facts: HostingFacts, view: EvidenceView, stop: tuple[Finding, ...]) -> bool:
    """Whether steps and rules may be what they were, although an approval of them does not count now.

    Something could not be looked for; or the case does not run, which a finding of its own says.
    """
    paused = bool(stop) and not facts.removes
    return paused or any(one.state is State.UNKNOWN for one in view.collected.values())


def _hosting_lapses(verdict: HostingVerdict, memory: Memory, *, unsure: bool) -> tuple[str, ...]:
    """What took away the approvals that were their givers' last words; nothing where one counts."""
    facts = verdict.facts
    if verdict.approval is not None or facts.iid in memory.admissions:
        return ()
    last = {
        act.account: (position, act)
        for position, act in enumerate(memory.acts)
        if act.step == facts.step_key and act.ruling in {"approved", "refused"}
    }
    gone: list[str] = []
    for position, act in last.values():
        if act.ruling != "approved":
            continue
        gone.extend(_lost_by_giver(act, verdict))
        if act.digest != verdict.digest:
            since = {one.act for one in memory.acts[position + 1 :]}
            revoked = not since.isdisjoint(memory.revocations())
            gone.extend(_changed_since(act, verdict, revoked=revoked, unsure=unsure))
    return tuple(dict.fromkeys(gone))


def _lost_by_giver(act: RuledAct, verdict: HostingVerdict) -> tuple[str, ...]:
    """Why the act of this account counts no more; roles are known only of those whose comment is there."""
    facts = verdict.facts
    reasons = {
        "komentar": act.act in facts.gone,
        "peran": act.act not in facts.gone and act.account not in facts.holders,
        "dorong": act.account in facts.barred,
        "disposisi": act.account in verdict.disposed_by,
    }
    return tuple(reason for reason, applies in reasons.items() if applies)


def _changed_since(act: RuledAct, verdict: HostingVerdict, *, revoked: bool, unsure: bool) -> tuple[str, ...]:
    """What is not as it was approved; what follows from another change is not told beside it."""
    now = {name: value for name, value in verdict.remembered.items() if not is_unknown(value)}
    changed = {name for name in now if act.subjects.get(name, now[name]) != now[name]}
    if REQUEST in changed:
        changed.discard(HEAD)
    if unsure or changed & set(FLOOR_SUBJECTS):
        changed.discard(STEPS)
    named = (*(name for name in now if name in changed), *(("cabut",) if revoked else ()))
    if named or unsure:
        return named
    return ("aturan",) if set(act.subjects) == set(verdict.remembered) else ("lain",)
