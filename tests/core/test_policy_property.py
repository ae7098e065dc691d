"""Whatever people do to a change of the policy: nobody brings it into force alone, or by what was unsaid.

Judged by a model that knows what was said in plain words (which content a person had before him, over which
entry of the ledger) and never computes a digest.
"""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.core.policyworld import FIRST, NAMES, SECOND, STRANGER, THIRD, PolicyWorld, changed_to

PEOPLE = (FIRST, SECOND, THIRD, STRANGER)
CONTENTS = ("a", "c", "e")
OWNERS = ((FIRST, SECOND, THIRD), (FIRST, SECOND), (SECOND, THIRD, STRANGER))
SPEECH = ("right", "right", "right", "stale", "none", "wrong")

people = st.sampled_from(PEOPLE)
steps = st.one_of(
    st.tuples(st.just("agree"), st.sampled_from((FIRST, SECOND, THIRD)), st.just("right")),
    st.tuples(st.just("agree"), people, st.sampled_from(SPEECH)),
    st.tuples(st.just("refuse"), people, st.sampled_from(SPEECH)),
    st.tuples(st.just("edit"), st.integers(0, 30), st.sampled_from(("same", "other", "agree"))),
    st.tuples(st.just("delete"), st.integers(0, 30), st.just("")),
    st.tuples(st.just("push"), st.sampled_from(CONTENTS), st.sampled_from(OWNERS)),
    st.tuples(st.just("admit"), st.sampled_from(("0", "d", *CONTENTS)), st.sampled_from(OWNERS)),
    st.tuples(st.just("look"), st.just(0), st.just("")),
)
Step = tuple[str, object, object]
schedules = st.lists(st.tuples(steps, st.integers(0, 1)), min_size=1, max_size=14)


@dataclass(frozen=True)
class Meant:
    """What one comment says: who agrees (or refuses) to which content over which entry of the ledger."""

    account: int
    agrees: bool
    content: tuple[object, ...] | None
    second: int
    shown: bool
    """Whether laik had shown a code for that content when this was said."""


@dataclass
class Model:
    """The truth, in plain words."""

    world: PolicyWorld = field(default_factory=PolicyWorld)
    said: dict[int, Meant] = field(default_factory=dict)
    untouched: set[int] = field(default_factory=set)
    seen_refusals: list[Meant] = field(default_factory=list)
    lines: dict[tuple[object, ...], dict[str, str]] = field(default_factory=dict)
    second: int = 0

    @property
    def content(self) -> tuple[object, ...]:
        return self.world.wanted.digest, frozenset(self.world.wanted.owners), self.world.standing.seq

    def look(self) -> None:
        self.seen_refusals += [
            one for at, one in self.said.items() if not one.agrees and at in self.untouched
        ]
        self.world.look()
        self.lines[self.content] = {verb: self.world.line(verb) for verb in ("setuju", "tolak")}

    def say(self, verb: str, account: int, how: object, after: int) -> None:
        content = self._content_meant(how)
        line = f"@laik {verb} kebijakan"
        if how == "wrong":
            line = f"{line} ffffffff"
        elif content is not None:
            line = self.lines[content][verb]
        if verb == "tolak":
            line = line.replace("<alasan>", "keliru") if content else f"{line} keliru"
        number = self.world.says(account, line, after=after)
        self.second += after
        agrees = verb == "setuju"
        self.said[number] = Meant(account, agrees, content, self.second, shown=content is not None)
        self.untouched.add(number)

    def _content_meant(self, how: object) -> tuple[object, ...] | None:
        if how == "right":
            return self.content if self.content in self.lines else None
        others = [one for one in self.lines if one != self.content]
        return others[-1] if how == "stale" and others else None

    def do(self, step: Step, after: int) -> None:
        kind, one, other = step
        match kind:
            case "agree" | "refuse":
                assert isinstance(one, int)
                self.say("setuju" if kind == "agree" else "tolak", one, other, after)
            case "edit" | "delete":
                self._spoil(one, other)
            case "push":
                self.world.wanted = changed_to(str(one), *_numbers(other))
            case "admit":
                self.world.admits(changed_to(str(one), *_numbers(other)))
            case _:
                pass
        self.look()

    def _spoil(self, at: object, how: object) -> None:
        if not self.world.comments:
            return
        assert isinstance(at, int)
        number = self.world.comments[at % len(self.world.comments)].id
        self.untouched.discard(number)
        if not how:
            self.world.deletes(number)
        elif how == "agree":
            self.world.edits(number, self.lines.get(self.content, {}).get("setuju", "baik"))
        else:
            self.world.edits(number, None if how == "same" else "baik")

    def standing_owners(self) -> set[int]:
        """Owners in force with an unedited agreement to exactly this, given after every refusal of it."""
        agreed = [
            one
            for at, one in self.said.items()
            if one.agrees and one.shown and at in self.untouched and one.content == self.content
        ]
        # What laik has read stays; what it has not read yet is there, or nobody can know of it.
        refused = [one for one in self.seen_refusals if one.content == self.content]
        return {
            one.account
            for one in agreed
            if one.account in self.world.standing.owners
            and not any(no.account == one.account and no.second >= one.second for no in refused)
        }


def _numbers(owners: object) -> tuple[int, ...]:
    assert isinstance(owners, tuple)
    return owners


def _spoilt(world: PolicyWorld) -> list[PolicyWorld]:
    """The world with one comment deleted or edited, each in turn."""
    found = []
    for one in world.comments:
        rest = [other for other in world.comments if other.id != one.id]
        found.append(replace(world, comments=rest))
        for body in (one.body, "baik", world.line(), world.line("tolak").replace("<alasan>", "keliru")):
            spoilt = replace(one, body=body, edited=True)
            found.append(replace(world, comments=[*rest, spoilt]))
    return found


def test_nothing_comes_into_force_without_two_standing_agreements(capsys: pytest.CaptureFixture[str]) -> None:
    count: Counter[str] = Counter()

    @settings(max_examples=500)
    @given(schedules)
    def run(schedule: list[tuple[Step, int]]) -> None:
        count["schedules"] += 1
        model = Model()
        model.look()
        reached = False
        for step, after in schedule:
            model.do(step, after)
            count["steps"] += 1
            note(f"{step} after {after}: {model.world.agreed}")
            agreed = model.world.agreed
            assert agreed <= model.standing_owners(), (step, {NAMES[one] for one in agreed})
            reached |= model.world.verdict.admissible
            assert not model.world.verdict.admissible or len(model.standing_owners()) >= 2
        count["admissible"] += reached
        for spoilt in _spoilt(model.world):
            count["comments spoilt"] += 1
            assert spoilt.agreed <= model.world.agreed

    run()
    with capsys.disabled():
        print("\npolicy: " + ", ".join(f"{number} {what}" for what, number in count.items()))
    assert count["admissible"] >= 10
    assert count["comments spoilt"] > count["schedules"]


def test_a_change_that_two_agreed_to_lapses_with_every_single_thing_that_moves() -> None:
    """The model itself must be able to fail: what is said here is not what it computes."""
    model = Model()
    model.look()
    for account in (FIRST, SECOND):
        model.do(("agree", account, "right"), 1)
    assert model.world.verdict.admissible
    assert model.standing_owners() == {FIRST, SECOND}
    for step in (
        ("push", "c", OWNERS[0]),
        ("push", "a", OWNERS[1]),
        ("admit", "d", OWNERS[0]),
        ("edit", 0, "same"),
        ("delete", 1, ""),
        ("refuse", SECOND, "right"),
    ):
        other = deepcopy(model)
        other.do(step, 1)
        assert not other.world.verdict.admissible, step
