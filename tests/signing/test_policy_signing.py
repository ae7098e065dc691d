"""What the signer takes for an admission of policy: the story of two owners, or the hand of a person."""

from __future__ import annotations

import json
from typing import Any

import pytest

from automation.admission import hold_policy, read_admissions
from automation.core.errors import CheckFailed
from automation.inforce import digest_of_text
from automation.keys import POLICY
from automation.signing.keyfiles import RING
from tests.signedworld import CASE, SignedWorld
from tests.signing.test_signer import forge

FIRST, SECOND, THIRD, STRANGER = 11, 12, 13, 99
ONE, TWO, THREE = (digest_of_text(text) for text in (b"satu", b"dua", b"tiga"))


def body(digest: str, before: str, way: str, *agreed: object, owners: tuple[int, ...] = ()) -> dict[str, Any]:
    said = [{"account": one, "act": f"merge_request/{one}/0", "body": "e" * 64} for one in agreed]
    return {
        "digest": digest,
        "blob": "b" * 40,
        "before": before,
        "owners": list(owners or (FIRST, SECOND)),
        "way": way,
        "merge_request": 5 if agreed else 0,
        "merge_sha": "",
        "merged_by": FIRST,
        "agreed": said,
    }


def begun(world: SignedWorld) -> SignedWorld:
    world.append(POLICY, "policy", body(ONE, "", "first"))
    assert world.sign().refused == ()
    return world


def refused(world: SignedWorld, *, everything: bool = False) -> list[str]:
    return [one.reason.id for one in world.sign(everything=everything).refused]


def test_the_first_policy_and_one_that_two_owners_agreed_to_are_signed(world: SignedWorld) -> None:
    begun(world)
    world.append(POLICY, "shown", {"step": "kebijakan", "digest": "x", "subjects": {}})
    world.append(POLICY, "policy", body(TWO, ONE, "owners", FIRST, SECOND, owners=(SECOND, THIRD)))
    world.append(POLICY, "policy", body(THREE, TWO, "owners", THIRD, SECOND))
    assert world.sign().refused == ()
    assert world.verified().numbers() == {(POLICY, seq) for seq in (1, 2, 3, 4)}


@pytest.mark.parametrize(
    ("agreed", "why"),
    [
        ((), "no one"),
        ((FIRST,), "one owner"),
        ((FIRST, FIRST), "one owner twice"),
        ((FIRST, STRANGER), "one of them no owner"),
        ((FIRST, THIRD), "one of them an owner only of the new policy"),
    ],
)
def test_a_policy_without_two_owners_of_the_one_before_is_not_signed(
    world: SignedWorld, agreed: tuple[int, ...], why: str
) -> None:
    begun(world)
    world.append(POLICY, "policy", body(TWO, ONE, "owners", *agreed, owners=(FIRST, SECOND, THIRD)))
    for everything in (False, True):
        assert [
            "dua pemilik kebijakan sebelumnya" in one for one in refused(world, everything=everything)
        ] == [True], why


def test_a_policy_that_does_not_follow_the_one_before_it_is_not_signed(world: SignedWorld) -> None:
    """The attack: agreements over a policy of long ago are written down once more."""
    begun(world)
    world.append(POLICY, "policy", body(TWO, ONE, "owners", FIRST, SECOND))
    world.append(POLICY, "policy", body(THREE, ONE, "owners", FIRST, SECOND))
    assert ["tidak menyambung" in one for one in refused(world, everything=True)] == [True]


@pytest.mark.parametrize(("before", "told"), [(ONE, "bukan kebijakan pertama"), ("", "tidak menyambung")])
def test_there_is_one_first_policy(world: SignedWorld, before: str, told: str) -> None:
    """The attack: the ledger begins anew, with owners that somebody chose."""
    begun(world)
    world.append(POLICY, "policy", body(TWO, before, "first", owners=(STRANGER,)))
    assert [told in one for one in refused(world, everything=True)] == [True]


def test_a_policy_admitted_by_hand_is_signed_by_hand(world: SignedWorld) -> None:
    begun(world)
    world.append(POLICY, "policy", body(TWO, ONE, "operator"))
    world.append(POLICY, "shown", {"step": "kebijakan", "digest": "x", "subjects": {}})
    (told,) = refused(world)
    assert "laik ledger sign --all" in told
    assert world.verified().numbers() == {(POLICY, 1)}
    assert refused(world, everything=True) == []
    assert world.verified().numbers() == {(POLICY, 1), (POLICY, 2), (POLICY, 3)}


@pytest.mark.parametrize(
    "changed",
    [
        {"agreed": 5},
        {"agreed": [{}, 7, None, {"account": {}}, {"account": "11"}]},
        {"agreed": {"account": 11}},
        {"way": "siapa saja"},
        {"way": None},
        {"before": 3},
    ],
)
def test_what_somebody_else_wrote_is_refused_and_stops_no_other_case(
    world: SignedWorld, changed: dict[str, object]
) -> None:
    """The attack: write access to the database, and a person who signs all that is there."""
    begun(world)
    text = json.dumps({**body(TWO, ONE, "owners", FIRST, SECOND), **changed}, sort_keys=True)
    forge(world, "policy", text.replace(" ", ""), case=POLICY, seq=2)
    world.append(CASE, "accepted", {})
    done = world.sign(everything=True)
    assert [(one.case, one.seq) for one in done.refused] == [(POLICY, 2)]
    assert (CASE, 1) in world.verified().numbers()


# ---- apply


def held(world: SignedWorld, text: bytes, *, ring: bool) -> str:
    """What apply says to a policy; empty where it takes it."""
    out = world.keys.parent / "saji"
    admissions = read_admissions(world.store, world.keys / RING if ring else None, out=out)
    try:
        hold_policy(admissions, text, out / "kebijakan.yaml")
    except CheckFailed as refusal:
        return refusal.explain("id")
    return ""


def test_apply_takes_the_policy_in_force_alone(world: SignedWorld) -> None:
    begun(world)
    for ring in (False, True):
        assert held(world, b"satu", ring=ring) == ""
        told = held(world, b"dua", ring=ring)
        assert "bukan yang berlaku" in told
        assert "kebijakan.yaml" in told
        assert "laik policy show" in told


def test_apply_takes_the_last_one_and_with_keys_the_last_that_is_signed(world: SignedWorld) -> None:
    begun(world)
    world.append(POLICY, "policy", body(TWO, ONE, "operator"))
    world.sign()
    assert (held(world, b"dua", ring=False), held(world, b"satu", ring=True)) == ("", "")
    assert held(world, b"satu", ring=False)
    assert "laik ledger sign --all" in held(world, b"dua", ring=True)
    world.sign(everything=True)
    assert held(world, b"dua", ring=True) == ""
    assert held(world, b"satu", ring=True)


def test_a_ledger_from_before_policy_was_admitted_holds_apply_to_none_unless_there_are_keys(
    world: SignedWorld,
) -> None:
    world.append(CASE, "accepted", {})
    world.sign()
    assert held(world, b"satu", ring=False) == ""
    assert "belum bertanda tangan" in held(world, b"satu", ring=True)


def test_an_entry_of_another_case_is_no_policy(world: SignedWorld) -> None:
    begun(world)
    world.append(CASE, "policy", body(TWO, "", "first", owners=(STRANGER,)))
    world.sign(everything=True)
    for ring in (False, True):
        assert held(world, b"dua", ring=ring)
        assert held(world, b"satu", ring=ring) == ""
