"""A case in memory for tens of thousands of schedules: deeds of people on one side, laik's runs on the other.

Lighter than ``tests/core/cases.py``: comments are commands already, no card is written out, and of the bots
only those are asked that do something which cannot be taken back (hosting, the end of a case). A *deed* is
data and holds all that it does, so that the same deeds can be done again while laik runs at other moments.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache

from automation.bots import host, registrar
from automation.bots.desk import Desk
from automation.core.act import Act, Command
from automation.core.authority import Acting, roles_on
from automation.core.codes import code_for
from automation.core.documents import CodeSnapshot
from automation.core.evidence import Evidence, EvidenceView, State
from automation.core.finding import Finding, Outcome
from automation.core.gate import FLOOR, FLOOR_SUBJECTS, HOSTING_CHECK, HostingFacts
from automation.core.memory import Memory, remember
from automation.core.plan import (
    Answer,
    Change,
    CloseIssue,
    MergeHosting,
    Plan,
    Provision,
    Remember,
    RepositoryWish,
    ServeHosting,
)
from automation.core.policy import load_policy
from automation.core.procedure import Procedure, Step
from automation.core.reconcile import (
    Decision,
    Observation,
    ShownState,
    decide,
    difference,
    remembers,
    with_shown,
)
from tests.core.cases import BROKEN, COMMIT, FLAWED, ISSUE, KEY, POLICY, TREE, UNKNOWN, Entry, finding

BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BAD = frozenset({FLAWED, BROKEN, UNKNOWN})
OFFICE = load_policy(POLICY)
STRANGER, BUILDER, BOTH = "orang-lain", "pembangun", "dua-topi"
IID = 7


@dataclass(frozen=True)
class Sop:
    """A SOP with the people of its roles: two each, somebody with all roles at once, and a stranger."""

    procedure: Procedure
    checks: Mapping[str, Judge]
    roles: Mapping[str, frozenset[str]]
    ids: Mapping[str, int]
    documents: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.procedure.id)

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(self.ids)


def head_who_reviews(procedure: Procedure) -> str:
    """One who may dispose of a hosting request and holds a role that approves it; empty where SOPs differ."""
    rule = procedure.hosting
    step = procedure.step(rule.completes) if rule is not None and rule.completes else None
    return f"{step.act.by[0]}-1" if step is not None and step.act is not None else ""


def sop_of(procedure: Procedure) -> Sop:
    building = [role.id for role in procedure.roles if role.builds]
    own = [f"{role.id}-{one}" for role in procedure.roles if not role.builds for one in (1, 2)]
    roles = {
        role.id: frozenset({BUILDER} if role.builds else {f"{role.id}-1", f"{role.id}-2", BOTH})
        for role in procedure.roles
    }
    head = head_who_reviews(procedure)
    if procedure.hosting is not None and head:
        roles |= {role: roles[role] | {head} for role in procedure.hosting.approved_by}
    people = sorted({*own, BOTH, STRANGER, *([BUILDER] if building else [])})
    named = {subject for step in procedure.steps for subject in step.judging.subjects}
    more = set(FLOOR_SUBJECTS) if procedure.hosting else set()
    return Sop(
        procedure,
        {one.id: one for one in _judges(procedure)},
        roles,
        {name: 10 + at for at, name in enumerate(people)},
        tuple(sorted(named | more)),
    )


@dataclass(frozen=True)
class Judge:
    """Holds when everything it looks at is there and good; ``wants``: only where it says yes, or no."""

    id: str
    wants: str = ""
    needs: tuple[str, ...] = ()
    policy: tuple[str, ...] = ("ambang",)

    def judge(self, view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
        named = [name if name in _RESERVED else f"doc:{name}" for name in subjects]
        return tuple(_found(self, name, view.get(one)) for name, one in zip(subjects, named, strict=True))


_RESERVED = frozenset({"form", "code", "scan", "hosting"})


@lru_cache(100_000)
def _found(judge: Judge, name: str, evidence: Evidence) -> Finding:
    outcome = Outcome.PASS
    if evidence.state is State.ABSENT:
        outcome = Outcome.PENDING
    elif evidence.state is not State.PRESENT:
        outcome = Outcome.ERROR
    elif evidence.value == FLAWED or judge.wants == ("tidak" if said_no(evidence.value) is False else "ya"):
        outcome = Outcome.FAIL
    return finding(judge.id, outcome, key=name)


def said_no(content: object) -> bool:
    return isinstance(content, str) and content.startswith("tidak")


def _judges(procedure: Procedure) -> Iterator[Judge]:
    for name in {*FLOOR, HOSTING_CHECK, *(one for step in procedure.steps for one in step.judging.checks)}:
        yield Judge(name)
    for step in procedure.steps:
        for branch in step.flow.branches:
            # A decision that has checks of its own on both ways is one about what the record says.
            other = any(one.checks for one in step.flow.branches if one.on != branch.on)
            wants = ("ya" if branch.on == "completed" else "tidak") if other else ""
            yield from (Judge(name, wants) for name in branch.checks)


# deeds


@dataclass(frozen=True)
class Say:
    account: str
    command: Command
    hosting: bool = False


@dataclass(frozen=True)
class Push:
    document: str
    content: str | None


@dataclass(frozen=True)
class Edit:
    """Edit, or with ``gone`` delete, the comment of that number."""

    comment: int
    gone: bool


@dataclass(frozen=True)
class Name:
    """Give a role to an account, or take it away."""

    role: str
    account: str
    holds: bool


@dataclass(frozen=True)
class Appoint:
    """Name an acting official from that day on; ``days`` 0: his order is withdrawn, as if never given."""

    role: str
    account: str
    starts: int
    days: int


@dataclass(frozen=True)
class Ambang:
    """Change the part of the policy that the checks read."""

    value: int


@dataclass(frozen=True)
class Wait:
    days: int


@dataclass(frozen=True)
class Ask:
    """The hosting request becomes this; None: it is closed. ``target``: the branch it is to be merged to."""

    head: str | None
    blob: str = ""
    target: str = "main"


Deed = Say | Push | Edit | Name | Appoint | Ambang | Wait | Ask


@dataclass(frozen=True)
class Seen:
    """Everything that laik saw at one moment, as people would put it: contents, not digests."""

    content: Mapping[str, str]
    roles: Mapping[str, frozenset[str]]
    ambang: int
    request: Ask | None
    comments: Mapping[int, Act]
    now: datetime
    acting: tuple[Acting, ...] = ()

    def holding(self, account: str, moment: datetime) -> frozenset[str]:
        """The roles somebody holds on the day of a moment, by the clock of the office in Jakarta."""
        day = (moment + timedelta(hours=7)).date()
        named = {role for role, names in self.roles.items() if account in names}
        return frozenset(
            named
            | {one.role for one in self.acting if one.account == account and one.since <= day <= one.until}
        )

    def of(self, subjects: tuple[str, ...]) -> tuple[str | None, ...]:
        return tuple(self.content.get(name) for name in subjects)


class Watch:
    """Looks at what laik does; the safety monitor is one (``tests/core/monitor.py``)."""

    def copy(self) -> Watch:
        return self

    def showed(self, step: str, digest: str, seen: Seen) -> None: ...

    def moves_to(self, sop: Sop, carried: Mapping[str, tuple[str, str]]) -> None: ...

    def plans(self, plan: Plan, decision: Decision, seen: Seen) -> None: ...


@dataclass
class Stage:
    """See the module. ``does`` does a deed, ``runs`` lets laik run until nothing is left to write."""

    sop: Sop
    content: dict[str, str]
    roles: dict[str, frozenset[str]]
    ambang: int = 1
    request: Ask | None = None
    comments: dict[int, Act] = field(default_factory=dict)
    spoken: int = 0
    entries: list[Entry] = field(default_factory=list)
    merged: dict[int, str] = field(default_factory=dict)
    answers: frozenset[str] = frozenset()
    issue_open: bool = True
    now: datetime = BEGIN
    cards: tuple[tuple[str, str, str], ...] = ()
    watch: Watch = field(default_factory=Watch)
    decided: Decision | None = None
    acting: tuple[Acting, ...] = ()
    successor: Procedure | None = None
    memory: Memory = field(default_factory=Memory)

    def copy(self) -> Stage:
        return replace(
            self,
            content=dict(self.content),
            roles=dict(self.roles),
            comments=dict(self.comments),
            entries=list(self.entries),
            merged=dict(self.merged),
            watch=self.watch.copy(),
        )

    # what people do

    def does(self, deed: Deed) -> None:
        self.now += timedelta(minutes=1)
        match deed:
            case Say():
                self._says(deed)
            case Push():
                if deed.content is None:
                    self.content.pop(deed.document, None)
                else:
                    self.content[deed.document] = deed.content
            case Edit() if deed.comment in self.comments:
                act = self.comments.pop(deed.comment)
                if not deed.gone:
                    self.comments[deed.comment] = replace(act, edited=True, body_digest="disunting")
            case Name():
                held = self.roles.get(deed.role, frozenset())
                self.roles[deed.role] = held | {deed.account} if deed.holds else held - {deed.account}
            case Appoint():
                self._appoints(deed)
            case Ambang():
                self.ambang = deed.value
            case Wait():
                self.now += timedelta(days=deed.days)
            case Ask():
                self.request = None if deed.head is None or IID in self.merged else deed
                self.content["hosting"] = FLAWED if deed.blob == "1" * 40 else f"permohonan {deed.blob}"

    @property
    def today(self) -> date:
        return (self.now + timedelta(hours=7)).date()

    def _appoints(self, deed: Appoint) -> None:
        others = tuple(one for one in self.acting if (one.role, one.account) != (deed.role, deed.account))
        first = self.today + timedelta(days=deed.starts)
        order = Acting(deed.role, deed.account, "plh", first, first + timedelta(days=deed.days - 1))
        self.acting = (*others, order) if deed.days else others

    def _says(self, say: Say) -> None:
        self.spoken += 1
        source = "merge_request" if say.hosting else "issue"
        self.comments[self.spoken] = Act(
            id=f"{source}/{self.spoken}/0",
            command=say.command,
            account=say.account,
            account_id=self.sop.ids[say.account],
            bot=False,
            at=self.now,
            source="merge_request" if say.hosting else "issue",
            place=source,
            edited=False,
            body_digest=f"kata-{self.spoken}",
        )

    # laik at work

    def seen(self) -> Seen:
        return Seen(
            dict(self.content),
            dict(self.roles),
            self.ambang,
            self.request,
            self.read(),
            self.now,
            self.acting,
        )

    def read(self) -> dict[int, Act]:
        """The comments that laik reads: in a hosting request only while it is open to the right branch."""
        asked = self.request is not None and self.request.head is not None and self.request.target == "main"
        return {number: act for number, act in self.comments.items() if asked or act.source == "issue"}

    def view(self) -> EvidenceView:
        procedure = self.sop.procedure
        names = [*self.sop.documents, *(("form", "scan", "code", "hosting") if procedure.hosting else ())]
        collected = [_evidence(name, self.content.get(name)) for name in names]
        by_id = {one.id: one for one in collected}
        roles = roles_on(self.roles, self.acting, self.today)
        return EvidenceView(by_id, {"ambang": self.ambang}, procedure.documents, roles, procedure.roles)

    def observation(self) -> Observation:
        procedure = self.sop.procedure
        return Observation(
            key=KEY,
            place=ISSUE,
            procedure=procedure,
            acts=tuple(act for _, act in sorted(self.read().items())),
            memory=self.memory,
            roles=roles_on(self.roles, self.acting, self.today),
            permanent=self.roles,
            acting=self.acting,
            successor=self.successor,
            hosting=self._facts(),
            targets=(),
            shown=ShownState(answers=self.answers, issue_open=self.issue_open),
            now=self.now,
            agency="dinkes",
            merged=dict(self.merged),
        )

    def _facts(self) -> HostingFacts | None:
        rule, request = self.sop.procedure.hosting, self.request
        if rule is None or request is None or request.target != "main" or request.head is None:
            return None
        today = roles_on(self.roles, self.acting, self.today)
        held = frozenset(name for role in rule.approved_by for name in today.get(role, frozenset()))
        standing = {act.id: act.body_digest for act in self.comments.values() if not act.edited}
        step = f"hosting!{IID}"
        return HostingFacts(
            project_id=2,
            iid=IID,
            head_sha=request.head,
            path="permohonan/antrean.yaml",
            blob=request.blob,
            sha=COMMIT,
            barred=frozenset({self.sop.ids[name] for name in (BOTH, BUILDER) if name in self.sop.ids}),
            holders=frozenset(self.sop.ids[name] for name in held if name in self.sop.ids),
            gone=frozenset(
                one.act for one in self.memory.acts if one.step == step and standing.get(one.act) != one.body
            ),
        )

    def runs(self, *, writes: int = 1000, between: tuple[Deed, ...] = ()) -> None:
        """Let laik run; ``writes``: it is cut off after so many; ``between``: done while it thinks."""
        for _ in range(10):
            seen, decision, plan = self.plan()
            self.watch.plans(plan, decision, seen)
            for deed in between:
                self.does(deed)
            between = ()
            self._carries_out(plan, writes, decision, seen)
            writes -= len(plan)
            if not plan or writes <= 0:
                return
        raise AssertionError(f"never settles: {plan}")

    def plan(self) -> tuple[Seen, Decision, Plan]:
        observation = self.observation()
        decision = decide(observation, self.view(), self.sop.checks)
        self.decided = decision
        desk = Desk(with_shown(decision), OFFICE, None)
        wished = [*remembers(decision), *_repository(decision), *host.wishes(desk), *registrar.wishes(desk)]
        return self.seen(), decision, difference(wished, observation.shown)

    def _carries_out(self, plan: Plan, writes: int, decision: Decision, seen: Seen) -> None:
        ledger = [change for change in plan if isinstance(change, Remember)]
        for change in [*ledger, None, *(one for one in plan if not isinstance(one, Remember))][:writes]:
            if change is None:
                self._shows(decision, seen)
            else:
                self._carry_out(change)

    def _shows(self, decision: Decision, seen: Seen) -> None:
        """The cards, which come after what is remembered and before all else."""
        memory = with_shown(decision).memory
        state, verdict = decision.state.open, decision.hosting
        told = []
        if state is not None and (state.step.act is not None or not state.evidence_holds):
            told.append((state.step.key, state.digest))
        if verdict is not None:
            told.append((verdict.facts.step_key, verdict.digest))
        for step, digest in told:
            self.watch.showed(step, digest, seen)
            card = (step, digest, code_for(memory, step, digest))
            self.cards = (*(one for one in self.cards if one != card), card)

    def _carry_out(self, change: Change) -> None:
        match change:
            case Remember():
                self._append(change.kind, change.body)
            case Provision():
                self._append("linked", {"kind": "aplikasi", "project": 3})
                self._append("provisioned", {"kind": "aplikasi", "wish": change.digest})
            case MergeHosting():
                self._append("merge_intended", change.intent)
                if self.request is not None and self.request.head == change.head_sha:
                    # Into another branch it is merged as well: the forge pins the head alone.
                    if self.request.target == "main":
                        self.merged[change.iid] = "9" * 40
                    self.request = None
            case ServeHosting():
                self._append("applied", {"decision": change.decision, "sha": change.sha})
            case Answer():
                self.answers |= {change.marker}
            case CloseIssue():
                self.issue_open = False

    def _append(self, kind: str, body: Mapping[str, object]) -> None:
        self.entries.append(Entry(kind, len(self.entries) + 1, body, self.now))
        self.memory = remember(self.entries[-1:], since=self.memory)
        if kind == "migrated" and self.successor is not None:  # read under its new version from now on
            carried = {key: (old, new) for key, (old, new) in body["carried"].items()}  # type: ignore[attr-defined]
            self.sop, self.successor = sop_of(self.successor), None
            self.watch.moves_to(self.sop, carried)


WISH = RepositoryWish("aplikasi", "aplikasi", "antrean", "Antrean", KEY, "base", {})


def _repository(decision: Decision) -> list[Change]:
    """As the provisioner has it: due once the step that provides it was ever complete."""
    memory = decision.memory
    for step in decision.procedure.steps:
        if step.provisions and "aplikasi" not in memory.provisioned:
            state = decision.state.state(step.key)
            if step.key in memory.closed or (state is not None and state.given):
                return [Provision(WISH, "w")]
    return []


@cache
def _evidence(name: str, content: str | None) -> Evidence:
    one = name if name in _RESERVED else f"doc:{name}"
    if content is None:
        return Evidence(one, State.ABSENT)
    digest = hashlib.sha256(content.encode()).hexdigest()
    if content == UNKNOWN:
        return Evidence(one, State.UNKNOWN)
    if content == BROKEN:
        return Evidence(one, State.UNREADABLE, digest)
    good = content != FLAWED
    return Evidence(
        one, State.PRESENT, digest, CodeSnapshot(COMMIT, TREE, digest) if name == "code" and good else content
    )


def new_stage(sop: Sop, watch: Watch) -> Stage:
    """A case of that SOP with everything there, before its first step."""
    stage = Stage(sop, dict.fromkeys(sop.documents, "v0"), dict(sop.roles), watch=watch)
    body = {"form": "f", "procedure": sop.procedure.id, "version": sop.procedure.version}
    stage._append("accepted", body)
    stage.runs()
    return stage


@cache
def starts(sop: Sop, watch: Callable[[Sop], Watch]) -> tuple[Stage, ...]:
    """The case at every step of its straight way, each with all that led there."""
    stage, found = new_stage(sop, watch(sop)), []
    found.append(stage.copy())
    for _ in range(60):
        assert stage.decided is not None
        state = stage.decided.state.open
        if state is None or state.given:
            break
        for say in agreeing(stage, state.step):
            stage.does(say)
            stage.runs()
        found.append(stage.copy())
    return tuple(found)


def agreeing(stage: Stage, step: Step) -> list[Say]:
    """What completes the open step: everybody it wants, with the code of the card."""
    assert step.act is not None
    code = next(code for key, _, code in reversed(stage.cards) if key == step.key)
    each = step.act.by if step.act.agree == "each" else step.act.by[:1]
    people = [f"{role}-1" for role in each] if step.act.quorum == 1 else []
    people = people or [f"{role}-1" for role in step.act.by][: step.act.quorum]
    return [Say(one, Command(step.act.verb, step.act.about, code, "", 1)) for one in people]
