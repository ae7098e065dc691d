"""A case outlives its issue: told of once; what is served stays, and no other issue becomes the case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from automation.cli import run
from automation.collect.procedures import bundled
from automation.core.errors import InvalidProcedure
from automation.demo import organisation as org
from automation.keys import EVERYTHING, HOSTING, SERVING
from automation.orphanterms import BELL, LEDGER_KEY
from automation.wiring import build
from tests.effects.world import SHORT, World, running_world, short_procedure


def delete(world: World, key: str) -> None:
    world.project(org.CONTROL).issues.delete(int(key[8:]))


def says(world: World, key: str, account: str, text: str) -> None:
    world.say(account, key, text)
    world.settle(key)


def listed(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> dict[str, str]:
    """What `laik case list` says of each case."""
    monkeypatch.setattr("automation.settings.from_environment", lambda: world.laik.settings)
    capsys.readouterr()
    assert run(["case", "list", "--json"]) == 0
    return {one["key"]: one["state"] for one in json.loads(capsys.readouterr().out)}


def test_a_case_whose_issue_was_deleted_is_told_of_once_and_its_name_stays_served(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key, _ = world.approved("terhapus")
    world.settle(key)
    assert world.memory(key).finished
    served = world.served()
    delete(world, key)
    for one in (key, EVERYTHING, HOSTING, SERVING, key):
        world.settle(one)
    assert world.kinds(key).count("issue_gone") == 1
    assert world.memory(key).issue_gone
    assert world.served() == served
    assert world.laik.reconciler.decision(key) is None
    assert listed(world, monkeypatch, capsys)[key] == "issue_dihapus"


def test_an_unfinished_case_without_its_issue_breaks_no_sweep(world: World) -> None:
    key = world.accepted("terhapus-awal")
    delete(world, key)
    assert key in world.settle(EVERYTHING).follow
    for _ in range(3):
        assert world.writes_of(key) == 0
    assert world.kinds(key).count("issue_gone") == 1


def test_another_issue_of_the_same_number_does_not_take_the_case_over(world: World) -> None:
    """As after a forge was restored from a copy that is older than the case."""
    key = world.accepted("nomor-ulang")
    ledger = world.laik.store.ledger
    (accepted,) = [one for one in ledger.entries(key) if one.kind == "accepted"]
    earlier = {**accepted.body, "filed": "2026-01-01T00:00:00+00:00"}
    ledger.append(key, "accepted", earlier, at=accepted.at, expect=ledger.last_seq(key))
    assert world.laik.reconciler.decision(key) is None
    world.settle(key)
    assert world.memory(key).issue_gone


def test_the_ict_head_takes_down_the_name_of_a_case_without_its_issue_from_another(world: World) -> None:
    slug = "yatim"
    key, _ = world.approved(slug)
    world.settle(key)
    other = world.accepted("tetangga")
    says(world, other, org.ICT_HEAD, f"@laik cabut {slug} masih punya issue")
    assert slug in str(world.memory(key).names), "its own case is the place while that has an issue"
    delete(world, key)
    says(world, other, org.HEAD, f"@laik cabut {slug} bukan hak saya")
    says(world, other, org.ICT_HEAD, f"@laik cabut {slug}")
    assert world.memory(key).names
    says(world, other, org.ICT_HEAD, f"@laik cabut {slug} disusupi")
    assert not world.memory(key).names
    assert not world.memory(key).down, "seen gone"
    assert world.kinds(key)[-2:] == ["revoked", "applied"]
    assert f"{slug}.{org.PARENT}" not in str(world.served())
    assert world.writes_of(other) == 0
    says(world, other, org.ICT_HEAD, f"@laik cabut {slug} sekali lagi")
    assert world.kinds(key).count("revoked") == 1


def test_the_name_of_a_case_that_stands_still_is_taken_down_from_another_too(world: World) -> None:
    slug, before = "macet", world.laik
    key, _ = world.approved(slug)
    world.settle(key)
    short = short_procedure()
    reworded = short.model_copy(update={"title": short.title.model_copy(update={"en": "Reworded"})})
    world.laik = build(before.settings, procedures={**bundled(), SHORT: reworded})
    try:
        other = world.accepted("tetangga-macet")
        with pytest.raises(InvalidProcedure):
            says(world, key, org.ICT_HEAD, f"@laik cabut {slug} disusupi")
        assert world.memory(key).names, "nothing is ruled in the case itself"
        assert "`@laik cabut` pada issue kasus lain" in world.cards(org.CONTROL, int(key[8:]))[0]
        says(world, other, org.HEAD, f"@laik cabut {slug} bukan hak saya")
        assert world.memory(key).names
        says(world, other, org.ICT_HEAD, f"@laik cabut {slug} disusupi")
        assert not world.memory(key).names
        assert not world.memory(key).down, "seen gone"
        assert f"{slug}.{org.PARENT}" not in str(world.served())
    finally:
        world.laik.close()
        world.laik = before
    world.settle(key)
    assert not world.memory(key).names, "going on brings nothing back"


@pytest.fixture
def ending(tmp_path: Path) -> Iterator[World]:
    """A world whose policy takes names down at the end of their term."""
    with running_world(tmp_path) as world:
        policy = world.project(org.CONTROL).files.get("laik.yaml", ref="main")
        policy.content = policy.decode().decode().replace("kedaluwarsa: tandai", "kedaluwarsa: cabut")
        policy.save(branch="main", commit_message="Nama diturunkan pada akhir masanya")
        yield world


def served_on(world: World, day: date) -> int:
    """Start laik anew on that day and have it look after what is served; how much it wrote on the forge."""
    procedures = {**bundled(), SHORT: short_procedure()}
    at = datetime.combine(day, time(4), UTC)
    laik = build(world.laik.settings, procedures=procedures, now=lambda: at)
    try:
        assert laik.reconciler.reconcile(SERVING).failed == ()
        return laik.forge.writes
    finally:
        laik.close()


def alarms(world: World, state: str) -> list[str]:
    """The cards of the alarm's issues in that state."""
    issues = world.project(org.CONTROL).issues.list(state=state, get_all=True)
    mine = [one.iid for one in issues if one.title == BELL.title]
    return [card for iid in mine for card in world.cards(org.CONTROL, iid)]


def test_the_term_of_a_name_without_an_issue_is_told_of_and_ended_as_the_policy_says(ending: World) -> None:
    slug = "berakhir"
    key, _ = ending.approved(slug)
    ending.settle(key)
    (held,) = ending.memory(key).names.values()
    end = date.fromisoformat(held.until)
    delete(ending, key)
    ending.settle(key)
    assert served_on(ending, end - timedelta(days=31)) == 0

    assert served_on(ending, end - timedelta(days=30)) > 0
    (card,) = alarms(ending, "opened")
    assert f"nama {slug}, kasus {key}, berlaku sampai {end.day} " in card
    assert "@laik cabut <subdomain> <alasan>" in card
    for days in (30, 20, 0):
        assert served_on(ending, end - timedelta(days=days)) == 0
    assert ending.kinds(key)[-1] == "answered"
    assert f"{slug}.{org.PARENT}" in str(ending.served())

    served_on(ending, end + timedelta(days=1))
    assert ending.kinds(key)[-4:] == ["answered", "answered", "revoked", "applied"]
    assert f"{slug}.{org.PARENT}" not in str(ending.served())
    assert alarms(ending, "opened") == []
    whole = (ending.kinds(key), ending.kinds(LEDGER_KEY))
    assert served_on(ending, end + timedelta(days=2)) == 0
    assert (ending.kinds(key), ending.kinds(LEDGER_KEY)) == whole
