"""Clocks on both forges, over real HTTP: what time alone writes, and what a sweep over it costs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from automation.bots.timekeeper import LATE, NEAR
from automation.cli import run
from automation.core.canonical import canonical
from automation.demo import organisation as org
from automation.keys import EVERYTHING
from automation.store.engine import stamp, writing
from automation.store.ledger import _append
from tests.effects.neutral import Neutral, neutral_world
from tests.effects.quiet import quiet_cases

SWEEP_CALLS = 12
MINUTE = timedelta(minutes=1)


class Clock:
    """Laik's clock: it runs with the machine's, and can be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def put(self, moment: datetime) -> None:
        self.ahead = moment - datetime.now(UTC)


CLOCK = Clock()


@pytest.fixture(scope="module", params=["gitlab", "github"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neutral]:
    CLOCK.ahead = timedelta()
    with neutral_world(tmp_path_factory.mktemp(f"jam-{request.param}"), request.param, now=CLOCK) as running:
        running.laik.organise()
        yield running


def labels(world: Neutral, key: str) -> set[str]:
    issue = world.laik.forge.get_issue(world.number(org.CONTROL), int(key[8:]))
    assert issue is not None
    return {label for label in issue.labels if label.startswith("tenggat::")}


def said(world: Neutral, key: str) -> list[str]:
    """The reminders that stand in the case."""
    listed = world.who(org.TEAM).reads(org.CONTROL, int(key[8:]))
    return [text for _, text in listed if text.startswith("<!-- laik:jawab:pengingat:")]


def due_of(world: Neutral, key: str) -> datetime:
    due = world.memory(key).turns[-1].due
    assert due is not None
    return due


def rest(world: Neutral) -> None:
    """Sweep until nothing is left to do, and put the mark at now: the forge's header knows whole seconds."""
    world.worked(EVERYTHING)
    sweeper = world.laik.reconciler._sweeper
    assert sweeper._mark is not None
    sweeper._mark = replace(sweeper._mark, at=datetime.now(UTC) + timedelta(minutes=5))


def test_time_alone_writes_a_label_and_a_reminder_when_it_is_near_and_when_it_is_late(world: Neutral) -> None:
    key = world.filed("jam-satu")
    world.worked(key)
    due = due_of(world, key)
    CLOCK.put(due - MINUTE)
    assert world.spent(lambda: world.worked(EVERYTHING)).writes == 2
    assert labels(world, key) == {NEAR}
    assert world.spent(lambda: world.worked(EVERYTHING)).writes == 0
    rest(world)
    CLOCK.put(due + MINUTE)
    ran: list[str] = []
    assert world.spent(lambda: ran.extend(world.worked(EVERYTHING))).writes <= 3  # GitLab relabels in one
    assert key in ran
    assert labels(world, key) == {LATE}
    near, late = said(world, key)
    assert f"@{org.HEAD}" in near
    assert "sudah lewat" in late
    rest(world)
    CLOCK.put(due + 30 * MINUTE)
    assert world.spent(lambda: world.worked(EVERYTHING)).writes == 0
    assert len(said(world, key)) == 2


def test_a_reminder_that_people_delete_or_edit_is_not_given_again(world: Neutral) -> None:
    key = world.filed("jam-dua")
    world.worked(key)
    CLOCK.put(due_of(world, key) + MINUTE)
    world.worked(key)
    assert len(said(world, key)) == 1
    place = world.number(org.CONTROL)
    comments = world.laik.forge.list_comments(place, "issue", int(key[8:]))
    (given,) = [one for one in comments if "sudah lewat" in one.body]
    world.laik.forge.edit_comment(place, "issue", int(key[8:]), given.id, "hilang")
    world.worked(key)
    assert said(world, key) == []
    assert [what for _, _, what in world.memory(key).reminded] == ["late"]


def test_a_case_is_told_with_its_clock(
    world: Neutral, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = world.with_application("jam-tiga")
    due = due_of(world, key)
    CLOCK.put(due + MINUTE)
    monkeypatch.setattr("automation.settings.from_environment", lambda: world.laik.settings)
    monkeypatch.setattr("automation.wiring.build", lambda settings: world.laik)
    monkeypatch.setattr(type(world.laik), "close", lambda self: None)
    assert run(["case", "show", key]) == 0
    shown = capsys.readouterr().out
    assert "tindak-lanjut-hosting" in shown
    assert "1 hari kerja" in shown
    assert "terlambat" in shown
    assert run(["case", "show", key, "--json"]) == 0
    record: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert datetime.fromisoformat(record["due"]) == due
    assert record["clock"] == "late"
    assert [one["verdict"] for one in record["steps"]] == ["in_time", "late"]
    assert record["steps"][0]["target"] == "P1D"


def test_the_list_of_cases_tells_each_clock_from_the_ledger_alone(
    world: Neutral, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    CLOCK.ahead = timedelta()
    key = world.filed("jam-empat")
    world.worked(key)
    monkeypatch.setattr("automation.settings.from_environment", lambda: world.laik.settings)
    calls = world.laik.forge.calls
    assert run(["case", "list"]) == 0
    line = next(one for one in capsys.readouterr().out.splitlines() if one.startswith(key))
    assert "permohonan-bantuan-teknis: giliran kepala_pd, sesuai jadwal" in line
    assert run(["case", "list", "--json"]) == 0
    row = next(one for one in json.loads(capsys.readouterr().out) if one["key"] == key)
    assert (row["clock"], row["turn"]) == ("on_track", "kepala_pd")
    assert datetime.fromisoformat(row["due"]) == due_of(world, key)
    assert world.laik.forge.calls == calls


def test_a_sweep_over_a_thousand_running_clocks_costs_no_more_and_writes_nothing(world: Neutral) -> None:
    """Last in this file: the cases stay."""
    made = quiet_cases(world, 1000)
    now = CLOCK()
    with writing(world.laik.store.engine) as connection:
        for key in made:
            body = {"near": (now + 500 * MINUTE).isoformat(), "due": (now + 900 * MINUTE).isoformat()}
            _append(connection, key, "turn", canonical(body), stamp(now), 3)
    rest_of_sweeper(world, now)
    ran: list[str] = []
    cost = world.spent(lambda: ran.extend(world.laik.reconciler.reconcile(EVERYTHING).follow))
    assert not set(ran) & set(made)
    assert (cost.writes, cost.fetches) == (0, 0)
    assert cost.calls <= SWEEP_CALLS
    woken = world.laik.store.ledger.turning(now + 499 * MINUTE, now + 501 * MINUTE)
    assert set(woken) == set(made)


def rest_of_sweeper(world: Neutral, now: datetime) -> None:
    """As after a sweep of just now, without working off a thousand cases that have no repository."""
    world.laik.reconciler.reconcile(EVERYTHING)
    sweeper = world.laik.reconciler._sweeper
    assert sweeper._mark is not None
    sweeper._mark = replace(sweeper._mark, at=datetime.now(UTC) + 5 * MINUTE, woken=now)
