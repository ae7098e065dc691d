"""A safety monitor: says what laik may have done, from what people did and saw alone.

Written against the rules, not against the engine: it compares contents and never computes a digest, asks who
held which role when a comment was first read, and seats agreements by trying out. It looks at every plan
before it is carried out, and fails with what laik would have done wrongly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from itertools import permutations

from automation.core.act import Act
from automation.core.plan import MergeHosting, Plan, Remember, ServeHosting
from automation.core.procedure import Procedure, Step
from automation.core.reconcile import Decision
from automation.core.remembered import MIGRATION
from tests.core.cases import BROKEN, FLAWED, UNKNOWN
from tests.core.schedules import IID, Seen, Sop, Watch

HOSTING = f"hosting!{IID}"
FLOOR = ("mockup", "uat_skenario", "uat_hasil", "code", "scan")
COMPLETING = ("completed", "detour")
OFFICES = ("ict_head", "division_head")


def _others(step: Step) -> frozenset[str]:
    """Whom the source may as well mean where who acts is only a reading, and nobody has confirmed it."""
    everyone = (*step.actors.responsible, *step.actors.involved)
    read = any(one.basis == "inferred" for one in step.actors.responsible)
    return frozenset(one.role for one in everyone if one.candidate and read)


def _wanted(step: Step, seen: Seen | None) -> tuple[tuple[str, ...], bool]:
    """Whose words a step wants on what was seen, and whether everybody's.

    An agreement may hang on a document: where it lay on the table all sides speak, else the rest alone.
    """
    assert step.act is not None
    when = step.act.agree_when
    if when is not None and seen is not None and seen.content.get(when.document) is None:
        return when.otherwise, False
    return step.act.by, step.act.agree == "each"


def _speakers(step: Step, seen: Seen | None) -> frozenset[str]:
    return frozenset(_wanted(step, seen)[0]) | _others(step)


def _sits(step: Step, seat: str, roles: Set[str]) -> bool:
    """Whether somebody of these roles fills a seat ("": anybody's); the others fill what is read."""
    read = any(one.role == seat and one.basis == "inferred" for one in step.actors.responsible)
    return not seat or seat in roles or (read and bool(roles & _others(step)))


@dataclass(frozen=True)
class Heard:
    """A comment as it was when laik first read it, with the roles its author held then."""

    act: Act
    roles: frozenset[str]
    builder: bool
    number: int
    shown: tuple[tuple[str, str], ...]
    """Which (step, digest) its code could mean then."""

    @property
    def digest(self) -> str:
        return self.shown[0][1] if len(self.shown) == 1 else ""


@dataclass(frozen=True)
class Closing:
    """A step as it was closed."""

    digest: str
    contents: tuple[str | None, ...]
    way: str


def _written(plan: Plan, decision: Decision) -> frozenset[str]:
    """The acts that the ledger had a ruling on before this plan."""
    planned = {str(one.body["act"]) for one in plan if isinstance(one, Remember) and one.kind == "act"}
    return frozenset(one.act for one in decision.memory.acts) - planned


@dataclass
class Monitor(Watch):
    """See the module."""

    sop: Sop
    showings: dict[tuple[str, str], Seen] = field(default_factory=dict)
    heard: dict[int, Heard] = field(default_factory=dict)
    closings: dict[str, Closing] = field(default_factory=dict)
    refusals: list[tuple[Heard, Step]] = field(default_factory=list)
    merges: set[str] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)
    finished: bool = False
    closed: int = 0
    offers: set[str] = field(default_factory=set)
    acting: int = 0
    """How many acts of acting officials counted."""
    others: int = 0
    """How many acts counted that only another candidate gave."""

    def copy(self) -> Monitor:
        fresh = Monitor(self.sop, dict(self.showings), dict(self.heard), dict(self.closings))
        fresh.refusals, fresh.merges, fresh.counted = list(self.refusals), set(self.merges), set(self.counted)
        fresh.finished = self.finished
        return fresh

    @property
    def procedure(self) -> Procedure:
        return self.sop.procedure

    # what people see

    def showed(self, step: str, digest: str, seen: Seen) -> None:
        """A card showed a code: from now on it means these contents, and for ever."""
        before = self.showings.setdefault((step, digest), seen)
        assert self._judged(step, before) == self._judged(step, seen), f"{step}: one code, two contents"

    def _judged(self, step: str, seen: Seen) -> object:
        if step != HOSTING:
            return seen.of(self.procedure.step(step).judging.subjects)
        request = seen.request
        assert request is not None
        return (request.head, request.blob, *seen.of(FLOOR), seen.content.get("hosting"))

    def moves_to(self, sop: Sop, carried: Mapping[str, tuple[str, str]]) -> None:
        """The case runs under another version: what was closed on what is there now is closed there as well.

        What was shown and said of a step that is taken along means the same there, under another digest.
        """
        self.sop = sop
        self.closings = {
            key: replace(one, digest=carried[key][1]) for key, one in self.closings.items() if key in carried
        }
        for key, (old, new) in carried.items():
            if (key, old) in self.showings:
                self.showings[key, new] = self.showings[key, old]
            for number, heard in self.heard.items():
                if heard.shown == ((key, old),):
                    self.heard[number] = replace(heard, shown=((key, new),))

    # what laik does

    def plans(self, plan: Plan, decision: Decision, seen: Seen) -> None:
        written = _written(plan, decision)
        self.refusals = [(heard, at) for heard, at in self.refusals if heard.act.id in written]
        self._hears(seen, written)
        for change in plan:
            match change:
                case Remember(kind="shown") if change.body["step"] == MIGRATION:
                    self.offers.add(str(change.body["digest"]))
                case Remember(kind="shown"):  # remembered before the card says it, so it counts from here on
                    self.showed(str(change.body["step"]), str(change.body["digest"]), seen)
                case Remember(kind="act"):
                    self._ruled(change, decision)
                case Remember(kind="closed"):
                    self._closes(change, seen)
                case Remember(kind="admitted"):
                    assert change.body["decision"] in self.merges, "admitted what laik never meant to merge"
                case Remember(kind="finished"):
                    self._finishes()
                case MergeHosting():
                    self._merges(change, seen, decision)
                case ServeHosting():
                    assert change.decision in self.merges, "serves what was never merged"

    def _hears(self, seen: Seen, written: frozenset[str]) -> None:
        """What laik was cut off from writing down is heard anew.

        It may have been edited since, or its giver may have lost the role; nothing remembers what it was.
        """
        for number, act in seen.comments.items():
            if number in self.heard and self.heard[number].act.id in written:
                continue
            held = seen.holding(act.account, act.at)  # an acting official's words are those of his term
            meant = [
                (step, digest)
                for step, digest in self.showings
                if len(act.command.code) >= 4 and digest.startswith(act.command.code)
                if self._speaks_of(act, step)
            ]
            builds = {role.id for role in self.procedure.roles if role.builds}
            self.heard[number] = Heard(act, held, bool(held & builds), number, tuple(meant))

    def _speaks_of(self, act: Act, step: str) -> bool:
        if step == HOSTING:
            return act.source == "merge_request" and act.command.about == "hosting"
        found = self.procedure.step(step).act
        return bool(
            act.source == "issue"
            and found
            and found.about == act.command.about
            and act.command.verb in found.ways().values()
        )

    def _meant(self, heard: Heard) -> Seen | None:
        """What the card showed under the code of a comment; None where that is nothing, or several things."""
        return self.showings.get(heard.shown[0]) if len(heard.shown) == 1 else None

    def _may(self, heard: Heard, step: Step) -> bool:
        assert step.act is not None
        builds = {role.id for role in self.procedure.roles if role.builds}
        own = bool(builds & set(step.act.by))
        return (
            bool(heard.roles & _speakers(step, self._meant(heard)))
            and (own or not heard.builder)
            and not heard.act.edited
        )

    def _ruled(self, change: Remember, decision: Decision) -> None:
        """An act that counts is one of a holder of the role, unedited, with a code that was shown."""
        ruling, key = str(change.body["ruling"]), str(change.body["step"])
        heard = next(one for one in self.heard.values() if one.act.id == change.body["act"])
        if ruling in {"void", "noted", "told"}:
            self._refused_all_the_same(heard, decision)
            return
        assert not heard.act.edited, "counted an edited comment"
        if key == HOSTING:
            assert heard.digest == change.body["digest"], "counted a code that no card showed"
            self.counted |= {heard.act.id} if ruling == "refused" else set()
            return
        if ruling == "migrated":
            offer = str(change.body["digest"])
            assert offer in self.offers, "moved to what no card offered"
            assert offer.startswith(heard.act.command.code), "moved to another offer"
        if ruling in {"waived", "migrated"}:
            assert heard.roles & self._heads()
            assert not heard.builder
            return
        step = self.procedure.step(key)
        assert self._may(heard, step), f"{heard.act.account} may not {heard.act.command.verb} at {key}"
        assert heard.digest == change.body["digest"], "counted a code that no card showed"
        self.acting += bool(change.body.get("capacity"))
        assert step.act is not None
        self.others += not heard.roles & set(step.act.by)
        if ruling == "refused":
            self.refusals.append((heard, step))

    def _heads(self) -> frozenset[str]:
        """Of the agency; of the division where the SOP names none, as Muara Enim's do."""
        by = {one: {role.id for role in self.procedure.roles if role.archetype == one} for one in OFFICES}
        return frozenset(next((roles for roles in by.values() if roles), set()))

    def _refused_all_the_same(self, heard: Heard, decision: Decision) -> None:
        """A refusal by one who may binds what its code stood for, whenever laik came to read it.

        Unless its step had been decided on by then.
        """
        if not heard.digest:
            return
        if heard.shown[0][0] == HOSTING:
            if decision.hosting is not None and heard.act.account_id not in decision.hosting.facts.barred:
                self.counted |= {heard.act.id} if heard.act.command.verb == "tolak" else set()
            return
        step = self.procedure.step(heard.shown[0][0])
        state = decision.state.state(step.key)
        assert step.act is not None
        refuses = heard.act.command.verb == step.act.refuse
        closed = self.closings.get(step.key)
        decided = (state is not None and state.given) or (closed and closed.digest == heard.digest)
        if refuses and self._may(heard, step) and not decided and not decision.memory.finished:
            self.refusals.append((heard, step))

    # closing

    def _closes(self, change: Remember, seen: Seen) -> None:
        step, digest = self.procedure.step(str(change.body["step"])), str(change.body["digest"])
        contents = seen.of(step.judging.subjects)
        self.closed += 1
        way = "completed"
        if step.act is not None:
            assert (step.key, digest) in self.showings, "closed on what no card showed"
            shown = self._judged(step.key, self.showings[step.key, digest])
            assert shown == contents, f"{step.key}: closed with {contents}, approved was {shown}"
            way = self._agreed(step, digest, seen)
        self._no_flaw(step, contents, seen)
        self._not_held(step, contents)
        self.closings[step.key] = Closing(digest, contents, way)

    def _agreed(self, step: Step, digest: str, seen: Seen) -> str:
        """By which way enough different persons agreed; their last words count."""
        assert step.act is not None
        closed_before = step.key in self.closings and self.closings[step.key].digest == digest
        last = [
            one
            for one in self.heard.values()
            if one.digest == digest and one.shown[0][0] == step.key and self._may(one, step)
            if closed_before or self._stands(one, step, seen)
        ]
        verbs = {way: verb for way, verb in step.act.ways().items() if way in COMPLETING}
        for way, verb in verbs.items():
            voices = {one.act.account: one for one in last if one.act.command.verb == verb}
            if self._enough(step, list(voices.values()), self.showings[step.key, digest]):
                return way
        raise AssertionError(f"{step.key} closed without its people")

    def _stands(self, heard: Heard, step: Step, seen: Seen) -> bool:
        """The comment is there as it was, and its author still holds the role, or acted for it that day."""
        now = seen.comments.get(heard.number)
        speakers = _speakers(step, self._meant(heard))
        holds = bool(seen.holding(heard.act.account, heard.act.at) & speakers)
        return now is not None and now.body_digest == heard.act.body_digest and holds

    def _enough(self, step: Step, voices: list[Heard], seen: Seen) -> bool:
        assert step.act is not None
        by, everybody = _wanted(step, seen)
        seats = list(by) if everybody else [""]
        seats += [""] * (step.act.quorum - len(seats))
        for sitting in permutations(voices, len(seats)):
            fits = all(_sits(step, seat, one.roles) for seat, one in zip(seats, sitting, strict=True))
            units = {self._unit(one) for one in sitting}
            if fits and (not step.act.units or len(units) == len(sitting)):
                return True
        return False

    def _unit(self, heard: Heard) -> str:
        scopes = {role.scope for role in self.procedure.roles if role.id in heard.roles}
        return "dinas" if "dinas" in scopes else "pd"

    def _no_flaw(self, step: Step, contents: tuple[str | None, ...], seen: Seen) -> None:
        """Nothing unread or missing is closed; what is flawed only where the head waived something."""
        named = dict(zip(step.judging.subjects, contents, strict=True))
        assert not set(contents) & {BROKEN, UNKNOWN}, f"{step.key}: closed on what nobody could read"
        for group in step.judging.any_of:
            there = [name for name in group if named.get(name) is not None]
            named = {name: text for name, text in named.items() if name not in group or name in there}
            assert there, f"{step.key}: none of {group}"
        looked_at = {None, FLAWED} if step.judging.checks else {None}  # what nobody checks has no flaws
        bad = [name for name, text in named.items() if text in looked_at]
        lifted = any(
            one.act.command.verb == "kecualikan" and one.roles & self._heads() for one in self.heard.values()
        )
        assert not bad or lifted, f"{step.key}: closed with {bad} missing or flawed"

    def _not_held(self, step: Step, contents: tuple[str | None, ...]) -> None:
        for heard, at in self.refusals:
            back = next((one for one in at.flow.branches if one.on == "refused"), None)
            if step.key != at.key and (back is None or back.to != step.key):
                continue
            refused = self.showings[heard.shown[0]]
            if refused.of(step.judging.subjects) == contents:
                assert self._taken_back(heard, at), f"{step.key} closed while a refusal stands"

    def _taken_back(self, refusal: Heard, step: Step) -> bool:
        assert step.act is not None
        return any(
            one.number > refusal.number
            and one.act.account == refusal.act.account
            and one.digest == refusal.digest
            and one.act.command.verb == step.act.verb
            and self._may(one, step)
            for one in self.heard.values()
        )

    # the end, and hosting

    def _way_walked(self) -> list[Step]:
        steps, at = [], self.procedure.steps[0].key
        while at is not None and at in self.closings:
            step = self.procedure.step(at)
            steps.append(step)
            way = next(one for one in step.flow.branches if one.on == self.closings[at].way)
            at = None if step.suspends else way.to
        return steps

    def _finishes(self) -> None:
        walked = self._way_walked()
        assert walked, "finished without a step"
        last = walked[-1]
        assert not last.suspends, "a suspended case finished"
        way = next(one for one in last.flow.branches if one.on == self.closings[last.key].way)
        assert way.to is None, f"finished at {last.key}"
        assert all(one.key in self.closings for one in walked)
        self.finished = True

    def _merges(self, change: MergeHosting, seen: Seen, decision: Decision) -> None:
        """Also after the end: the name of a finished case may be asked for, changed and renewed.

        Then every step was done once and takes no more acts, so what changed since holds nothing up. All else
        is asked for as before: the very request that the card showed, the floor, and an approval of its own.
        """
        rule, request = self.procedure.hosting, seen.request
        finished = decision.memory.finished
        assert rule is not None
        assert request is not None, "merges a request that is not open"
        assert self.finished or not finished, "finished unseen"
        assert request.target == "main", "merges into another branch"
        assert change.head_sha == request.head, "merges another head"
        digest = str(change.intent["decision"])
        assert (HOSTING, digest) in self.showings, "merges what no card showed"
        asked = self._judged(HOSTING, self.showings[HOSTING, digest])
        assert asked == self._judged(HOSTING, seen), "merges what nobody approved"
        barred = {self.sop.ids[name] for name in ("dua-topi", "pembangun") if name in self.sop.ids}
        fair = [one for one in self._spoke(rule.approved_by, seen) if one.act.account_id not in barred]
        said = {one.act.account for one in fair if one.act.command.verb == "setuju" and one.digest == digest}
        assert said, "no approval"
        self._nobody_refuses(rule.approved_by, request.blob, fair)
        self._steps_are_done(seen, finished=finished)
        self._by_two(said, seen, decision)
        assert not {seen.content.get(name) for name in FLOOR} & {None, FLAWED, BROKEN, UNKNOWN}, "the floor"
        self.merges.add(digest)

    def _spoke(self, by: Iterable[str], seen: Seen) -> list[Heard]:
        """Comments on the request that stand as they were read, by people who held and hold the role."""
        spoken = [one for one in self.heard.values() if one.act.source == "merge_request"]
        return [
            one
            for one in spoken
            if one.roles & set(by) and not one.builder and not one.act.edited
            if seen.holding(one.act.account, seen.now) & set(by)
            if (now := seen.comments.get(one.number)) and now.body_digest == one.act.body_digest
        ]

    def _nobody_refuses(self, by: Iterable[str], blob: str, fair: list[Heard]) -> None:
        """Who refused this very file has approved it since; refusals outlive their comments and roles."""
        for heard, refused in self._refused_requests(by):
            later = [
                one.number > heard.number and one.act.account == heard.act.account
                for one in self.heard.values()
                if one.act.command.verb == "setuju" and one.act.source == "merge_request"
            ]
            assert refused != blob or any(later), "merges what was refused"

    def _refused_requests(self, by: Iterable[str]) -> Iterable[tuple[Heard, str]]:
        for one in self.heard.values():
            said_no = one.act.source == "merge_request" and one.act.command.verb == "tolak"
            if said_no and one.roles & set(by) and not one.act.edited and one.act.id in self.counted:
                request = self.showings[HOSTING, one.digest].request
                assert request is not None
                yield one, request.blob

    def _steps_are_done(self, seen: Seen, *, finished: bool) -> None:
        rule = self.procedure.hosting
        assert rule is not None
        keys = [step.key for step in self.procedure.steps]
        walked = {step.key for step in self._way_walked()}
        for key in rule.after:
            assert key in walked, f"merges before {key}"
        if finished:
            return
        last = max(keys.index(key) for key in rule.after)
        for key in walked & set(keys[: last + 1]):
            step = self.procedure.step(key)
            now = seen.of(step.judging.subjects)
            kept = step.binding.content == "until_closed"
            assert kept or now == self.closings[key].contents, f"merges although {key} changed"
        if rule.completes:
            self._disposed(self.procedure.step(rule.completes), seen)

    def _disposed(self, step: Step, seen: Seen) -> None:
        now = seen.of(step.judging.subjects)
        assert any(
            self._may(one, step) and self.showings[one.shown[0]].of(step.judging.subjects) == now
            for one in self.heard.values()
            if one.digest and one.shown[0][0] == step.key and self._stands(one, step, seen)
        ), "merges without the disposition"

    def _by_two(self, said: Set[str], seen: Seen, decision: Decision) -> None:
        """Where the SOP names other roles for the two, somebody disposed and somebody else approved."""
        rule = self.procedure.hosting
        step = self.procedure.step(rule.completes) if rule is not None and rule.completes else None
        if rule is None or step is None or step.act is None or set(step.act.by) & set(rule.approved_by):
            return
        state = decision.state.state(step.key)
        assert state is not None
        closed = self.closings[step.key].digest if step.key in self.closings else ""
        words = [one for one in self.heard.values() if one.digest in {state.digest, closed}]
        disposed = {
            one.act.account
            for one in words
            if one.digest and one.shown[0][0] == step.key and self._may(one, step)
            if one.digest == closed or self._stands(one, step, seen)
        }
        assert any(who != one for who in said for one in disposed), "one person disposed and approved"
