"""Which acts stand at a step, act by act."""

from __future__ import annotations

import pytest

from automation.core.memory import Memory, RuledAct, Ruling
from automation.core.standing import (
    Standing,
    holding_refusal,
    is_unknown,
    refusals_of,
    rounds,
    sent_back_since,
    standing_at,
)
from tests.core.branching import branching_case
from tests.core.cases import small_procedure

SMALL = small_procedure()
BRANCHING = branching_case().procedure
HELD = {"naskah": "n1"}


def act(
    ruling: Ruling,
    account: int = 1,
    *,
    step: str = "periksa",
    digest: str = "d",
    seq: int = 0,
    roles: tuple[str, ...] = ("tim_teknis_diskominfo",),
    unit: str = "",
    subjects: dict[str, str] | None = None,
) -> RuledAct:
    held = HELD if subjects is None else subjects
    name = f"{step}/{ruling}/{account}/{digest}/{seq}"
    return RuledAct(name, step, ruling, digest, held, account, "b", seq, roles=roles, unit=unit)


def memory(*acts: RuledAct) -> Memory:
    return Memory(acts=acts)


REFUSED = act("refused")


# refusals and taking them back


def test_the_refusals_of_a_step_are_told_oldest_first_and_no_others() -> None:
    first, second = act("refused", 1, digest="a"), act("refused", 2, digest="b")
    other, noted = act("refused", step="amankan"), act("noted", 3)
    assert refusals_of(memory(noted, first, other, act("approved", 4), second), "periksa") == (first, second)


@pytest.mark.parametrize(
    "later",
    [
        act("approved", 2),
        act("approved", digest="e"),
        act("approved", step="amankan"),
        act("detoured"),
        act("noted"),
        act("refused", 2),
    ],
    ids=lambda one: one.act,
)
def test_only_its_giver_takes_a_refusal_back_by_approving_the_same_there(later: RuledAct) -> None:
    assert REFUSED in refusals_of(memory(REFUSED, later), "periksa")
    assert refusals_of(memory(REFUSED, later, act("approved")), "periksa") == tuple(
        one for one in (later,) if one.ruling == "refused"
    )
    assert holding_refusal(SMALL, SMALL.step("periksa"), HELD, memory(REFUSED, later)) == REFUSED


@pytest.mark.parametrize("between", [(), (act("noted", 5),)], ids=["at once", "later"])
def test_a_refusal_is_taken_back_by_what_comes_after_it_and_not_by_what_came_before(
    between: tuple[RuledAct, ...],
) -> None:
    before, after = memory(act("approved"), *between, REFUSED), memory(REFUSED, *between, act("approved"))
    step = SMALL.step("periksa")
    assert (refusals_of(before, "periksa"), refusals_of(after, "periksa")) == ((REFUSED,), ())
    held = (holding_refusal(SMALL, step, HELD, before), holding_refusal(SMALL, step, HELD, after))
    assert held == (REFUSED, None)
    assert sent_back_since(SMALL, step, before, 1)
    assert not sent_back_since(SMALL, step, after, 1)


def test_every_refusal_of_a_step_begins_a_round() -> None:
    assert rounds(memory(), "periksa") == 1
    back = memory(REFUSED, act("approved"), act("refused", step="amankan"), act("refused", 2))
    assert rounds(back, "periksa") == 3


# what a refusal holds


@pytest.mark.parametrize(("step", "held"), [("tulis", True), ("periksa", True), ("amankan", False)])
def test_a_refusal_holds_its_own_step_and_the_one_it_goes_back_to(step: str, held: bool) -> None:
    found = holding_refusal(SMALL, SMALL.step(step), HELD, memory(act("noted"), REFUSED))
    assert (found == REFUSED) is held
    assert sent_back_since(SMALL, SMALL.step(step), memory(act("noted"), REFUSED), 1) is held


def test_of_several_refusals_the_first_that_still_holds_is_named() -> None:
    gone, stale = act("refused", 1), act("refused", 2, subjects={"naskah": "n0"})
    first, second = act("refused", 3), act("refused", 4)
    acts = memory(gone, act("approved", 1), stale, first, second)
    assert holding_refusal(SMALL, SMALL.step("periksa"), HELD, acts) == first


@pytest.mark.parametrize(
    ("now", "held"),
    [
        ({"naskah": "n1"}, True),
        ({"naskah": "n2"}, False),
        ({"naskah": "n1", "surat": "s"}, False),
        ({"naskah": "unknown:"}, True),
        ({"naskah": "n2", "surat": "unknown:"}, False),
    ],
)
def test_a_refusal_holds_while_all_that_is_known_is_what_was_refused(now: dict[str, str], held: bool) -> None:
    assert (holding_refusal(SMALL, SMALL.step("periksa"), now, memory(REFUSED)) is not None) is held


def test_unknown_is_a_state_and_no_word_in_a_digest() -> None:
    assert is_unknown("unknown:ab")
    assert not is_unknown("ab")
    assert not is_unknown("unknown")


def test_a_refusal_at_a_step_the_sop_has_no_more_holds_no_step() -> None:
    for step in SMALL.steps:
        assert holding_refusal(SMALL, step, HELD, memory(act("refused", step="dihapus"))) is None


@pytest.mark.parametrize(("seq", "since"), [(4, False), (5, False), (6, True), (0, True)])
def test_a_step_was_sent_back_by_what_is_newer_than_an_entry(seq: int, since: bool) -> None:
    refused = memory(act("noted", seq=1), act("refused", seq=seq))
    assert sent_back_since(SMALL, SMALL.step("periksa"), refused, 5) is since
    resumed = memory(act("noted", seq=1), act("resumed", step="lapor", seq=seq))
    assert sent_back_since(BRANCHING, BRANCHING.step("sediakan"), resumed, 5) is since


def test_an_approval_sends_nothing_back() -> None:
    assert not sent_back_since(SMALL, SMALL.step("periksa"), memory(act("approved", seq=9)), 5)
    assert not sent_back_since(SMALL, SMALL.step("periksa"), memory(act("refused", step="amankan", seq=9)), 5)


# approvals


def test_a_step_without_a_person_has_nothing_decided_and_nobody_missing() -> None:
    assert standing_at(SMALL, SMALL.step("tulis"), "d", memory(act("approved", step="tulis"))) == Standing()


def test_a_step_on_which_nobody_spoke_misses_who_may_decide() -> None:
    assert standing_at(BRANCHING, BRANCHING.step("sepakati"), "d", memory()).missing == ("kabid", "pd")
    quorum = standing_at(BRANCHING, BRANCHING.step("tugaskan"), "d", memory())
    assert (quorum.approvals, quorum.way, len(quorum.missing)) == ((), "completed", 2)


@pytest.mark.parametrize(
    "other",
    [act("approved", digest="e"), act("approved", step="amankan"), act("refused"), act("noted"), act("void")],
    ids=lambda one: one.act,
)
def test_only_an_approval_of_this_very_digest_stands(other: RuledAct) -> None:
    step, given = SMALL.step("periksa"), act("approved", 2)
    assert standing_at(SMALL, step, "d", memory(other)).approvals == ()
    assert standing_at(SMALL, step, "d", memory(other, given, other)) == Standing((given,), "completed", ())


def test_whoever_approves_twice_is_one_person_and_the_newest_word_counts() -> None:
    first, again, other = (act("approved", one, seq=at) for at, one in enumerate([1, 1, 2], 1))
    assert standing_at(SMALL, SMALL.step("periksa"), "d", memory(first, other, again)).approvals == (
        again,
        other,
    )


def test_where_both_ways_were_decided_the_last_word_counts() -> None:
    step = BRANCHING.step("sediakan")
    yes = act("approved", 1, step="sediakan", roles=("kabid",))
    no = act("detoured", 2, step="sediakan", roles=("kabid",))
    assert standing_at(BRANCHING, step, "d", memory(yes, no)) == Standing((no,), "detour", ())
    assert standing_at(BRANCHING, step, "d", memory(no, yes)) == Standing((yes,), "completed", ())


def test_a_way_the_step_does_not_have_leads_nowhere() -> None:
    assert standing_at(SMALL, SMALL.step("periksa"), "d", memory(act("detoured"))).approvals == ()


def test_an_entry_older_than_agreements_speaks_for_any_deciding_role() -> None:
    step = BRANCHING.step("sepakati")
    old, agency = (
        act("approved", 1, step="sepakati", roles=()),
        act("approved", 2, step="sepakati", roles=("pd",)),
    )
    assert standing_at(BRANCHING, step, "d", memory(old, agency)).missing == ()
    division = act("approved", 1, step="sepakati", roles=("kabid",))
    assert standing_at(BRANCHING, step, "d", memory(division)).missing == ("pd",)


@pytest.mark.parametrize(
    ("units", "missing"), [(("dinkes", "dinkes"), 1), (("dinkes", "dinsos"), 0), (("", ""), 0)]
)
def test_units_that_must_differ_are_those_named_and_without_a_name_the_persons(
    units: tuple[str, str], missing: int
) -> None:
    step = SMALL.step("periksa")
    assert step.act is not None
    two = step.model_copy(update={"act": step.act.model_copy(update={"quorum": 2, "units": True})})
    given = [act("approved", who, unit=unit) for who, unit in enumerate(units, 1)]
    assert len(standing_at(SMALL, two, "d", memory(*given)).missing) == missing


def test_taking_a_suspension_up_again_puts_out_of_force_what_was_decided_there_before() -> None:
    step, kabid = BRANCHING.step("sediakan"), ("kabid",)
    before = act("approved", 1, step="sediakan", roles=kabid)
    after = act("approved", 2, step="sediakan", roles=kabid)
    resumed = act("resumed", 3, step="lapor", roles=kabid)
    assert standing_at(BRANCHING, step, "d", memory(before, resumed)).approvals == ()
    assert standing_at(BRANCHING, step, "d", memory(resumed, after)).approvals == (after,)
    assert standing_at(BRANCHING, step, "d", memory(resumed, before, resumed, after)).approvals == (after,)
    elsewhere = act("resumed", 3, step="sediakan", roles=kabid)
    assert standing_at(BRANCHING, step, "d", memory(before, elsewhere)).approvals == (before,)
    told = act("noted", 3, step="lapor", roles=kabid)
    assert standing_at(BRANCHING, step, "d", memory(before, told)).approvals == (before,)
    agreed = act("approved", 1, step="sepakati", roles=("kabid",))
    kept = standing_at(BRANCHING, BRANCHING.step("sepakati"), "d", memory(agreed, resumed))
    assert kept.approvals == (agreed,)
