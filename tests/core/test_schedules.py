"""Whatever happens in whatever order: tens of thousands of schedules over every SOP, in memory.

A schedule starts at a random step of a case and holds deeds of people and disturbances of laik: runs that are
lost, cut off after some writes, doubled, or overtaken by a deed while laik thinks. A monitor that was written
apart from the engine (``tests/core/monitor.py``) looks at every plan; so do the sabotaged engines at the end,
without which nobody would know that it sees anything.

``LAIK_SCHEDULES`` sets how many schedules a SOP gets.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from automation.collect.procedures import bundled
from automation.core import case as case_module
from automation.core import gate, reconcile, ruling, standing
from automation.core.authority import Acting
from automation.core.confirmation import Confirmed, confirm
from automation.core.gate import HostingFacts
from automation.core.memory import Memory, RuledAct, remember
from automation.core.procedure import HumanAct
from automation.core.reconcile import decide
from tests.core.branching import branching
from tests.core.cases import EVERYTHING, small_procedure
from tests.core.monitor import Monitor
from tests.core.schedulemaker import CALM, HOSTING, MAKERS, Makers, deeds_of, next_deed
from tests.core.schedules import Ask, Deed, Edit, Say, Sop, Stage, sop_of, starts

pytestmark = pytest.mark.timeout(1200)  # thousands of schedules a test
BUNDLED = sorted(bundled())
MANY = int(os.environ.get("LAIK_SCHEDULES", "2000"))
"""For each bundled SOP: ten thousand over the five, and as many for the continuation of one of them."""
WAYS = Confirmed(cabang="semua")
SOPS = {name: sop_of(confirm(one, EVERYTHING)) for name, one in sorted(bundled().items())}
SOPS |= {"bercabang": sop_of(confirm(branching(), EVERYTHING)), "kecil": sop_of(small_procedure())}
OPEN = {
    f"{name}, terbuka": sop_of(confirm(bundled()[name], WAYS))
    for name in ("bolmut", "lombok-tengah", "muara-enim-mandiri", "muara-enim-pengembang")
}
"""Where the region has confirmed no reading of who acts, so that other candidates may."""
ALL = SOPS | OPEN
every_sop = pytest.mark.parametrize("name", list(SOPS))


def plenty(name: str, share: float = 1.0) -> settings:
    """The bundled SOPs get them all, the two made for tests a quarter."""
    number = int(MANY * share) if name in BUNDLED else int(MANY * share / 4)
    return settings(
        max_examples=max(number, 10),
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def schedules(deeds: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=1 + 3 * (deeds // 2), max_size=1 + 3 * deeds)


def start(sop: Sop, schedule: bytes, *, last: int = 0) -> Stage:
    """The case at the step that the first byte says; ``last``: at one of the last so many."""
    found = starts(sop, Monitor)[-last:]
    return found[schedule[0] % len(found)].copy()


def does_disturbed(stage: Stage, deed: Deed, how: int) -> None:
    """The deed, and whatever becomes of the run that it should have called."""
    match how % 8:
        case 0:
            stage.does(deed)  # the event was lost
        case 1:
            stage.does(deed)
            stage.runs(writes=how // 8 % 6)  # laik was cut off
        case 2:
            stage.runs(between=(deed,))  # it came while laik was thinking
        case 3:
            stage.does(deed)
            stage.runs()
            stage.runs()  # the event came twice
        case _:
            stage.does(deed)
            stage.runs()


def end(stage: Stage) -> object:
    """All that a case comes to: rulings, closed steps, where it stands, what is merged and served."""
    memory, decided = stage.memory, stage.decided
    assert decided is not None
    return (
        {act.act: act.ruling for act in memory.acts},
        {act.act: (act.step, act.digest, act.roles) for act in memory.acts if act.ruling != "void"},
        {key: (one.digest, one.subjects) for key, one in memory.closed.items()},
        [(one.step.key, one.digest, one.complete, one.suspended) for one in decided.state.steps],
        (memory.finished, memory.applied, memory.admissions, dict(stage.merged)),
    )


def replays_to_itself(stage: Stage) -> None:
    """Deciding twice is the same, and the ledger is all that there is to remember."""
    observation, view, checks = stage.observation(), stage.view(), stage.sop.checks
    assert decide(observation, view, checks) == decide(observation, view, checks) == stage.decided
    assert remember(stage.entries) == stage.memory
    assert stage.plan()[2] == ()


# the monitor looks on


@pytest.mark.parametrize("name", list(ALL))
def test_no_interleaving_closes_or_merges_what_nobody_approved(name: str) -> None:
    met: Counter[str] = Counter()

    @plenty(name)
    @given(schedules(7))
    def hold(schedule: bytes) -> None:
        stage = start(ALL[name], schedule)
        for kind, arg, how in deeds_of(schedule[1:]):
            deed = next_deed(stage, kind, arg)
            if deed is not None:
                does_disturbed(stage, deed, how)
        stage.runs()
        replays_to_itself(stage)
        watched = _monitor(stage)
        met.update(schedules=1, deeds=stage.spoken, closed=watched.closed)
        met.update(acting=watched.acting, others=watched.others)

    hold()
    print(f"{name}: {dict(met)}")
    assert met["closed"] > met["schedules"] / 20
    # rare, and sure to be met only by many
    assert met["acting"] > 0 or met["schedules"] < 1000
    assert (met["others"] > 0 or met["schedules"] < 400) if name in OPEN else met["others"] == 0


HOSTED = ("bolmut", "lombok-tengah", "lombok-tengah, terbuka", "bali-lanjutan", "kecil")


def at_the_gate(name: str, schedule: bytes) -> Stage:
    """The case near its hosting, three times out of four with its request open and its card shown."""
    stage = start(ALL[name], schedule, last=2 if schedule[0] % 4 else 3)
    if schedule[0] % 4:
        stage.does(Ask("e" * 40, "b" * 40))
        stage.runs()
    return stage


@pytest.mark.parametrize("name", HOSTED)
def test_no_interleaving_around_a_hosting_request_merges_what_nobody_approved(name: str) -> None:
    """Pushes, approvals, edits, retargets, merges, and whatever else, in ten thousand orders in all."""
    met: Counter[str] = Counter()

    @settings(plenty(name), max_examples=max(MANY * 5 // len(HOSTED), 10))
    @given(schedules(8))
    def hold(schedule: bytes) -> None:
        stage = at_the_gate(name, schedule)
        for kind, arg, how in deeds_of(schedule[1:]):
            deed = next_deed(stage, kind, arg, HOSTING)
            if deed is not None:
                met.update({type(deed).__name__.lower(): 1, "retarget": _retargets(stage, deed)})
                does_disturbed(stage, deed, how)
        stage.runs()
        replays_to_itself(stage)
        merged = stage.memory.admitted is not None
        met.update(schedules=1, intended=len(_monitor(stage).merges), merged=merged)

    hold()
    print(f"{name}: {dict(met)}")
    assert met["merged"] > met["schedules"] / 50
    assert min(met[one] for one in ("retarget", "push", "edit", "say")) > met["schedules"] / 20


def _retargets(stage: Stage, deed: Deed) -> bool:
    was = stage.request
    return isinstance(deed, Ask) and was is not None and deed.head is not None and deed.target != was.target


def _monitor(stage: Stage) -> Monitor:
    assert isinstance(stage.watch, Monitor)
    return stage.watch


# lost, doubled, cut off


@every_sop
def test_events_that_are_lost_doubled_or_cut_off_change_nothing_after_one_sweep(name: str) -> None:
    """As long as nothing else changed before laik read an act, and its code had been shown by then.

    The end of a case is such a change: it is an entry that laik writes in a run, and a line said after it
    decides nothing any more. If that run is lost the case has not ended, and the line is one said in time.
    A merge is another: a refusal said after it comes too late, and in time where the run with it was lost.
    So whoever speaks after either speaks here after laik has written it as well.
    """
    met: Counter[str] = Counter()

    @plenty(name)
    @given(schedules(6))
    def hold(schedule: bytes) -> None:
        calm = start(SOPS[name], schedule)
        rough, behind = calm.copy(), False
        for kind, arg, how in deeds_of(schedule[1:]):
            deed = next_deed(calm, kind, arg)
            if deed is None:
                continue
            written = calm.memory.finished or calm.merged != rough.merged
            calm.does(deed)
            calm.runs()
            if behind and (written or not _can_wait(rough, deed)):
                rough.runs()
            does_disturbed(rough, deed, how)
            behind = True
            met.update(deeds=1, lost=how % 8 == 0, cut=how % 8 == 1, overtaken=how % 8 == 2)
        rough.runs()
        assert end(rough) == end(calm)
        met.update(schedules=1)

    hold()
    print(f"{name}: {dict(met)}")


def _can_wait(stage: Stage, deed: Deed) -> bool:
    """A comment with a code that a card has shown changes nothing of what those before it meant."""
    codes = {code for _, _, code in stage.cards}
    return isinstance(deed, Say) and deed.command.code in codes


@every_sop
def test_a_doubled_event_is_no_event(name: str) -> None:
    @plenty(name, 0.05)
    @given(schedules(6))
    def hold(schedule: bytes) -> None:
        stage = start(SOPS[name], schedule)
        for kind, arg, _ in deeds_of(schedule[1:]):
            deed = next_deed(stage, kind, arg)
            if deed is not None:
                stage.does(deed)
            stage.runs()
            before = (list(stage.entries), dict(stage.merged), stage.issue_open)
            stage.runs()
            assert before == (stage.entries, stage.merged, stage.issue_open)

    hold()


@every_sop
def test_what_is_approved_after_lost_events_would_have_been_without_any_lost(name: str) -> None:
    """Less, never more: where contents only go forward, roles stay, and who writes has read."""
    met: Counter[str] = Counter()

    @plenty(name, 0.2)
    @given(schedules(8))
    def hold(schedule: bytes) -> None:
        calm = start(SOPS[name], schedule)
        rough = calm.copy()
        for kind, arg, how in deeds_of(schedule[1:]):
            deed = next_deed(calm, kind, arg, CALM)
            if deed is None:
                continue
            calm.does(deed)
            calm.runs()
            if isinstance(deed, Say) and not _can_wait(rough, deed):
                rough.runs()  # nobody knows a code that no card has shown
            does_disturbed(rough, deed, how * (how % 3 != 0))
        rough.runs()
        less, all_of_it = approved(rough.memory), approved(calm.memory)
        assert less <= all_of_it or calm.memory.finished  # what is finished takes no more approvals
        met.update(schedules=1, less=less < all_of_it)

    hold()
    print(f"{name}: {dict(met)}")


def approved(memory: Memory) -> frozenset[tuple[str, str]]:
    """Which digests of which steps were ever approved."""
    rulings = {"approved", "detoured", "waived"}
    return frozenset((act.step, act.digest) for act in memory.acts if act.ruling in rulings)


@pytest.mark.parametrize("name", ["bali", "lombok-tengah", "muara-enim-mandiri", "muara-enim-pengembang"])
def test_comments_that_are_edited_or_deleted_before_they_took_effect_close_nothing(name: str) -> None:
    """The same schedule with approvals edited or deleted: every step done then is done without it as well.

    Or it was done there, on the same contents, until a refusal sent the case back: where the approval before
    it is gone, the refused step was never open, no card showed its code, and the refusal speaks of nothing.
    """
    met: Counter[str] = Counter()

    @plenty(name, 0.2)
    @given(schedules(8), st.binary(min_size=8, max_size=8))
    def hold(schedule: bytes, edits: bytes) -> None:
        calm = start(SOPS[name], schedule)
        spoilt = calm.copy()
        for (kind, arg, how), edit in zip(deeds_of(schedule[1:]), edits, strict=False):
            deed = next_deed(calm, kind, arg, CALM)
            if deed is None:
                continue
            spoil = isinstance(deed, Say) and edit < 128 and not _sends_back(calm, deed)
            for stage in (calm, spoilt):
                stage.does(deed)
                if how % 2 and not spoil:
                    stage.runs()
            if spoil:
                spoilt.does(Edit(spoilt.spoken, gone=bool(edit % 2)))
            for stage in (calm, spoilt):
                stage.runs()
            met.update(spoilt=spoil)
        assert closed(spoilt) <= closed(calm) or calm.memory.finished
        assert done(spoilt) <= done(calm) or calm.memory.finished or _was_sent_back(calm)
        met.update(schedules=1, less=done(spoilt) < done(calm), sent_back=_was_sent_back(calm))

    hold()
    print(f"{name}: {dict(met)}")


def _sends_back(stage: Stage, say: Say) -> bool:
    return any(one.act and one.act.refuse == say.command.verb for one in stage.sop.procedure.steps)


def _was_sent_back(stage: Stage) -> bool:
    return any(act.ruling == "refused" for act in stage.memory.acts)


def closed(stage: Stage) -> frozenset[tuple[str, str]]:
    """Every step with every digest that it was ever closed on."""
    found = (one.body for one in stage.entries if one.kind == "closed")
    return frozenset((str(body["step"]), str(body["digest"])) for body in found)


def done(stage: Stage) -> frozenset[str]:
    assert stage.decided is not None
    return frozenset(one.step.key for one in stage.decided.state.steps if one.complete)


# the monitor sees


def _never(*args: object, **more: object) -> None:
    return None


def _forgets_refusals(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(case_module, "holding_refusal", _never)


def _lets_anybody_act(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ruling, "not_allowed", _never)


def _forgets_late_refusals(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ruling, "_refused_late", _never)


def _counts_what_was_edited(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reconcile, "_lost", lambda *args: "")


def _never_looks_at_contents(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(case_module, "evidence_digest", lambda evidence: "sama")


def _one_is_enough(patch: pytest.MonkeyPatch) -> None:
    def missing(act: object, voices: Sequence[object]) -> tuple[str, ...]:
        return () if voices else ("",)

    patch.setattr(standing, "missing_voices", missing)


def _asks_one_side_alone(patch: pytest.MonkeyPatch) -> None:
    """Where an agreement hangs on a document, as if it never were there."""

    def alone(act: HumanAct, subjects: Mapping[str, str]) -> HumanAct:
        when = act.agree_when
        return act.model_copy(update={"by": when.otherwise, "agree": "any"}) if when is not None else act

    patch.setattr(HumanAct, "applied_to", alone)


def _forgets_when_a_term_ends(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Acting, "holds_on", lambda self, day: True)


def _refuses_no_request(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "_hosting_refusal", _never)


def _merges_what_is_gone(patch: pytest.MonkeyPatch) -> None:
    """An approval that stands whatever the request became."""

    def newest(
        facts: HostingFacts, digest: str, memory: Memory, disposed_by: frozenset[int]
    ) -> RuledAct | None:
        found = [act for act in memory.acts if act.step == facts.step_key and act.ruling == "approved"]
        return found[-1] if found else None

    patch.setattr(gate, "_hosting_approval", newest)


def _lets_one_person_do_both(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "_disposed_by", lambda *args: frozenset())


@pytest.mark.parametrize(
    ("sabotage", "name", "makers"),
    [
        (_forgets_refusals, "kecil", MAKERS),
        (_lets_anybody_act, "bali", MAKERS),
        (_forgets_late_refusals, "kecil", MAKERS),
        (_counts_what_was_edited, "bali", MAKERS),
        (_never_looks_at_contents, "lombok-tengah", MAKERS),
        (_one_is_enough, "muara-enim-mandiri", MAKERS),
        (_asks_one_side_alone, "bali", MAKERS),
        (_forgets_when_a_term_ends, "kecil", MAKERS),
        (_refuses_no_request, "kecil", HOSTING),
        (_merges_what_is_gone, "kecil", HOSTING),
        (_lets_one_person_do_both, "kecil", HOSTING),
    ],
)
def test_the_monitor_sees_a_laik_that_errs(
    sabotage: Callable[[pytest.MonkeyPatch], None], name: str, makers: Makers
) -> None:
    starts(SOPS[name], Monitor)  # the way there is an honest one
    lots = random.Random(1)

    def seen() -> bool:
        stage = start(SOPS[name], bytes([lots.randrange(256)]))
        try:
            for _ in range(8):
                kind, arg, how = (lots.randrange(256) for _ in range(3))
                deed = next_deed(stage, kind, arg, makers)
                if deed is not None:
                    does_disturbed(stage, deed, how)
            stage.runs()
        except AssertionError:
            return True
        return False

    with pytest.MonkeyPatch.context() as patch:
        sabotage(patch)
        assert any(seen() for _ in range(4000))
