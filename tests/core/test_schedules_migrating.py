"""Random schedules in which a case moves to another version of its SOP, while the monitor looks on.

Some deeds, an offer, a deed in between, a word that accepts it (of the head or of anybody else), and some
deeds under whichever version it then is.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given

from automation.core import memory, migration, rulingmigration
from automation.core.act import Command
from automation.core.memory import Memory, Shown
from automation.core.migration import plan_migration
from automation.core.procedure import Procedure, Step
from automation.core.remembered import MIGRATION
from tests.core.cases import KEY
from tests.core.monitor import Monitor
from tests.core.schedulemaker import deeds_of, next_deed
from tests.core.schedules import BUILDER, STRANGER, Say, Sop, Stage
from tests.core.test_schedules import (
    BUNDLED,
    SOPS,
    does_disturbed,
    plenty,
    replays_to_itself,
    schedules,
    start,
)

pytestmark = pytest.mark.timeout(1200)


def newer(procedure: Procedure, arg: int) -> Procedure:
    """The same SOP in another version, where one of its decisions is about something else."""
    deciding = [one.key for one in procedure.steps if one.act is not None]
    changed = deciding[arg % len(deciding)]
    steps = tuple(_otherwise(one) if one.key == changed else one for one in procedure.steps)
    return procedure.model_copy(update={"version": f"{procedure.version}.1", "steps": steps})


def _otherwise(step: Step) -> Step:
    assert step.act is not None
    return step.model_copy(update={"act": step.act.model_copy(update={"about": f"{step.act.about}-baru"})})


def offer(stage: Stage, successor: Procedure) -> str:
    """What `laik case migrate` writes, read once more by laik; the digest of what was offered."""
    stage.runs()
    stage.successor = successor
    planned = plan_migration(KEY, stage.sop.procedure, successor, stage.memory)
    stage._append("offered", {"version": planned.version, "digest": planned.digest})
    stage.runs()
    return planned.digest


def heads(sop: Sop) -> list[str]:
    """Who may accept: the head of the agency, or of the division where the SOP names no head."""
    offices = ("ict_head", "division_head")
    roles = [role.id for one in offices for role in sop.procedure.roles if role.archetype == one][:1]
    return [f"{role}-1" for role in roles]


def accepts(stage: Stage, digest: str, arg: int) -> None:
    """Somebody accepts, with the code of the offer, or with another; mostly the head does."""
    people = [*heads(stage.sop), *heads(stage.sop), STRANGER, BUILDER, stage.sop.people[arg % 5]]
    who = next(one for one in people[arg % len(people) :] + people if one in stage.sop.ids)
    code = digest[:8] if arg % 16 else "abcd1234"
    stage.does(Say(who, Command("migrasi", "sop", code, "", 1)))


def took_along(stage: Stage, old: Procedure, before: dict[str, bool]) -> bool:
    """Whether the case moved; what it took along was decided alike, and nothing else stays complete."""
    told = [entry for entry in stage.entries if entry.kind == "migrated"]
    if not told:
        return False
    new = stage.sop.procedure
    assert stage.memory.version == new.version != old.version
    carried = told[-1].body["carried"]
    assert isinstance(carried, dict)
    alike = {one.key for one in old.steps if one in new.steps}
    assert carried.keys() <= {key for key in alike if before.get(key)}, "took along what is decided otherwise"
    changed = {one.key for one in old.steps} - alike
    assert not changed & {key for key, done in complete(stage).items() if done}, "done under another rule"
    return True


def complete(stage: Stage) -> dict[str, bool]:
    assert stage.decided is not None
    return {one.step.key: one.complete for one in stage.decided.state.steps}


def moves(name: str, schedule: bytes) -> Counter[str]:
    """One schedule, from its deeds under the one version to those under the other; what was met in it."""
    stage = start(SOPS[name], schedule)
    deeds = list(deeds_of(schedule[1:]))
    middle = len(deeds) // 2
    disturbed(stage, deeds[:middle])
    if stage.memory.finished:
        return Counter()
    word, lots = (schedule[0] * 7 + len(schedule)) % 256, schedule[-1]
    digest = offer(stage, newer(stage.sop.procedure, lots))
    between = next_deed(stage, *deeds[middle][:2]) if lots % 3 == 0 else None
    if between is not None:
        stage.does(between)
        stage.runs()
    old, before = stage.sop.procedure, complete(stage)
    accepts(stage, digest, word)
    stage.runs(writes=1 + lots % 4)
    stage.runs()
    moved = took_along(stage, old, before)
    disturbed(stage, deeds[middle + 1 :])
    stage.runs()
    replays_to_itself(stage)
    assert isinstance(stage.watch, Monitor)
    return Counter(schedules=1, moved=moved, closed=stage.watch.closed)


def disturbed(stage: Stage, deeds: Iterable[tuple[int, int, int]]) -> None:
    for kind, arg, how in deeds:
        deed = next_deed(stage, kind, arg)
        if deed is not None:
            does_disturbed(stage, deed, how)


@pytest.mark.parametrize("name", list(SOPS))
def test_no_move_to_another_version_closes_or_merges_what_nobody_approved(name: str) -> None:
    met: Counter[str] = Counter()

    @plenty(name, 0.2)
    @given(schedules(9))
    def hold(schedule: bytes) -> None:
        met.update(moves(name, schedule))

    hold()
    print(f"{name}: {dict(met)}")
    if name in BUNDLED:
        assert met["moved"] > met["schedules"] / 20
    assert MIGRATION not in {step.key for step in SOPS[name].procedure.steps}


# the monitor sees


def _anybody_accepts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rulingmigration, "not_allowed", lambda *args: None)


def _whatever_was_shown_accepts(patch: pytest.MonkeyPatch) -> None:
    shown = Shown(MIGRATION, "", {})
    patch.setattr(rulingmigration, "bind", lambda *args: shown)


def _takes_along_what_is_decided_otherwise(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(migration, "_same", lambda *args: True)


def _keeps_what_was_not_taken_along(patch: pytest.MonkeyPatch) -> None:
    honest = memory._migrated

    def keeps(before: Memory, body: Mapping[str, object]) -> Memory:
        after = honest(before, body)
        return replace(after, closed={**before.closed, **after.closed})

    patch.setattr(memory, "_migrated", keeps)


@pytest.mark.parametrize(
    ("sabotage", "name"),
    [
        (_anybody_accepts, "kecil"),
        (_whatever_was_shown_accepts, "kecil"),
        (_takes_along_what_is_decided_otherwise, "kecil"),
        (_keeps_what_was_not_taken_along, "bercabang"),
    ],
)
def test_the_monitor_sees_a_laik_that_errs_in_moving(
    sabotage: Callable[[pytest.MonkeyPatch], None], name: str
) -> None:
    start(SOPS[name], b"\0")  # the way there is an honest one
    lots = random.Random(1)

    def seen() -> bool:
        try:
            moves(name, lots.randbytes(28))
        except AssertionError:
            return True
        return False

    with pytest.MonkeyPatch.context() as patch:
        sabotage(patch)
        assert any(seen() for _ in range(4000))
