"""The application's record in the inventory: proposed at the end of its case, and again on people's word."""

from __future__ import annotations

from typing import Any

from automation.demo import organisation as org
from tests.effects.world import World

AGAIN = "@laik ajukan inventaris"


def proposals(world: World, slug: str, state: str = "all") -> list[Any]:
    listed = world.project(org.CONTROL).mergerequests.list(state=state, get_all=True)
    return [one for one in listed if one.source_branch.startswith(f"inventaris/{slug}-")]


def swept(world: World) -> tuple[str, ...]:
    """What a whole sweep looks at."""
    return world.laik.reconciler.keys()


def test_a_closed_proposal_is_made_again_on_peoples_word_and_never_twice(world: World) -> None:
    slug = "daftar"
    key, _ = world.approved(slug)
    world.settle(key)
    (first,) = proposals(world, slug)
    world.say(org.ICT_HEAD, key, AGAIN)
    world.settle(key)
    assert len(proposals(world, slug)) == 1, "that one is still open"
    first.state_event = "close"
    first.save()
    assert world.writes_of(key) == 0
    assert len(proposals(world, slug)) == 1, "whoever closed it may have meant to"
    world.say(org.ICT_HEAD, key, AGAIN)
    world.settle(key)
    (second,) = proposals(world, slug, "opened")
    assert second.source_branch != first.source_branch
    assert len(proposals(world, slug)) == 2
    assert world.writes_of(key) == 0
    second.merge()
    world.say(org.ICT_HEAD, key, AGAIN)
    world.settle(key)
    assert len(proposals(world, slug)) == 2, "merged as it is"


def test_a_sweep_finds_the_record_whose_day_of_attestation_was_lost(world: World) -> None:
    slug = "tanpa-tanggal"
    key, _ = world.approved(slug)
    world.settle(key)
    (proposal,) = proposals(world, slug)
    proposal.merge()
    assert key not in swept(world)
    record = world.project(org.CONTROL).files.get(f"inventaris/{slug}.yaml", ref="main")
    lines = record.decode().decode().splitlines()
    record.content = "\n".join(one for one in lines if not one.startswith("ditegaskan_pada")) + "\n"
    record.save(branch="main", commit_message="Tanggal hilang")
    assert key in swept(world)
    world.settle(key)
    said = [text for text in world.cards(org.CONTROL, int(key[8:])) if "kosong, bukan tanggal" in text]
    assert len(said) == 1
    assert world.writes_of(key) == 0
