"""Webhooks lost, doubled, late, out of order, over HTTP at laik's own door: one sweep makes all good.

A short SOP that makes no application, so that a schedule costs little. Each schedule is a new version of
the form and some deeds on it; what laik makes of the same deeds with every event in its place was taken down
before, for each script of deeds once.
"""

from __future__ import annotations

import itertools
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests

from automation.core.procedure import Procedure
from automation.demo import documents
from automation.demo import organisation as org
from automation.demo.webserver import serve
from automation.keys import EVERYTHING
from tests.effects import world as world_module
from tests.effects.world import SHORT, World, running_world

SCHEDULES = int(os.environ.get("LAIK_HTTP_SCHEDULES", "200"))
SECRET = "rahasia-uji"
SCRIPTS = (
    ("right",),
    ("wrong", "right"),
    ("right", "form"),
    ("form", "stale", "right"),
    ("right", "deleted"),
    ("wrong", "form", "right", "stale"),
    ("right", "form", "right", "right"),
    ("stale", "wrong", "unsaid"),
)
_real = world_module.short_procedure


def without_repositories() -> Procedure:
    whole = _real()
    steps = tuple(step.model_copy(update={"provisions": None}) for step in whole.steps)
    return whole.model_copy(update={"steps": steps, "hosting": None})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world_module, "short_procedure", without_repositories)
        with running_world(tmp_path_factory.mktemp("hilang"), hook_secrets=(SECRET,)) as running:
            yield running


@dataclass
class Playing:
    """One case, and what reached laik of what happened in it."""

    world: World
    door: str
    key: str
    slug: str
    versions: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    deliveries: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    waiting: list[bytes] = field(default_factory=list)
    line: str = ""
    old_line: str = "@laik ajukan permohonan 0000"

    @property
    def number(self) -> int:
        return int(self.key[8:])

    def event(self, kind: str) -> bytes:
        project = {"id": self.world.project(org.CONTROL).id}
        about = {"iid": self.number} if kind == "issue" else {"noteable_type": "Issue"}
        return json.dumps(
            {
                "object_kind": kind,
                "project": project,
                "object_attributes": about,
                "issue": {"iid": self.number},
            }
        ).encode()

    def delivers(self, body: bytes) -> None:
        """One delivery at laik's door, as the forge makes it; a delivery that comes twice has one id."""
        headers = {"X-Gitlab-Token": SECRET, "X-Gitlab-Event-UUID": f"{self.key}-{next(self.deliveries)}"}
        for _ in range(2):
            assert requests.post(self.door, data=body, headers=headers, timeout=30).status_code // 100 == 2

    def works(self) -> None:
        self.world.laik.worker.run_until_idle()

    def reads(self) -> None:
        """What the card offers now; nobody writes a code that he has not seen."""
        lines = self.world.who(org.HEAD).lines_to_paste(org.CONTROL, self.number, bot=org.BOT)
        self.line = next((line for line in lines if line.startswith("@laik ajukan")), self.line)

    def begins(self) -> None:
        self._writes_form()
        self.world.settle(self.key)
        self.reads()
        self.waiting = []

    def _writes_form(self) -> None:
        version = next(self.versions)
        body = documents.request_form(org.AGENCY, slug=self.slug, pagu=str(1000 + version))
        body = body.replace("lombok-tengah", SHORT).replace("php-laravel", "base")
        self.world.team.edit_issue(org.CONTROL, self.number, body)

    def does(self, deed: str) -> None:
        match deed:
            case "form":
                self.old_line = self.line
                self._writes_form()
                self.waiting.append(self.event("issue"))
                return
            case "right":
                self.world.say(org.HEAD, self.key, self.line)
            case "wrong":
                self.world.say(org.TEAM, self.key, self.line)
            case "stale":
                self.world.say(org.HEAD, self.key, self.old_line)
            case "deleted" | "unsaid":
                issue = self.world.project(org.CONTROL).issues.get(self.number)
                notes = [one for one in issue.notes.list(get_all=True) if one.body.startswith("@laik")]
                newest = max(notes, key=lambda one: one.id)
                newest.delete()
        self.waiting.append(self.event("note"))

    def comes_to(self, since: int) -> object:
        """What the case is and what was ruled in this schedule, without ids, codes and times."""
        memory = self.world.memory(self.key)
        issue = self.world.project(org.CONTROL).issues.get(self.number)
        decision = self.world.laik.reconciler.decision(self.key)
        assert decision is not None
        return (
            [(act.ruling, act.step) for act in memory.acts[since:]],
            [(one.step.key, one.complete) for one in decision.state.steps],
            sorted(issue.labels),
            issue.state,
        )


def playing(world: World, door: str, slug: str) -> Playing:
    return Playing(world, door, world.accepted(slug), slug)


def in_order(case: Playing, script: tuple[str, ...]) -> object:
    case.begins()
    since = len(case.world.memory(case.key).acts)
    for deed in script:
        case.does(deed)
        case.delivers(case.waiting.pop())
        case.works()
        case.reads()
    return case.comes_to(since)


def disturbed(case: Playing, script: tuple[str, ...], lots: random.Random, met: Counter[str]) -> object:
    """Before anything but a comment with a code that is known, laik runs; all else is left to chance."""
    case.begins()
    since, changed = len(case.world.memory(case.key).acts), False
    for at, deed in enumerate(script):
        if at and (changed or deed in {"form", "deleted", "unsaid"}):
            case.world.settle(case.key)  # some event or other came through in time
            case.reads()
        case.does(deed)
        changed = deed == "form"
        lots.shuffle(case.waiting)
        while case.waiting and lots.random() < 0.6:
            fate = lots.choice(("lost", "once", "twice"))
            body = case.waiting.pop()
            met[fate] += 1
            for _ in range(("lost", "once", "twice").index(fate)):
                case.delivers(body)
        if lots.random() < 0.4:
            case.works()
    met["late"] += len(case.waiting)
    for body in case.waiting:
        case.delivers(body)
    case.works()
    for key in case.world.settle(EVERYTHING).follow:
        case.world.settle(key)
    return case.comes_to(since)


@pytest.mark.timeout(1200)
def test_events_lost_doubled_late_or_out_of_order_come_to_the_same_after_one_sweep(world: World) -> None:
    met: Counter[str] = Counter()
    with serve() as (address, mount):
        mount(world.laik.web)
        door = f"{address}/webhook/gitlab"
        calm = playing(world, door, "tenang")
        expected = {script: in_order(calm, script) for script in SCRIPTS}
        rough = playing(world, door, "goyah")
        for seed in range(SCHEDULES):
            script = SCRIPTS[seed % len(SCRIPTS)]
            got = disturbed(rough, script, random.Random(seed), met)
            assert got == expected[script], (seed, script)
    print(f"{SCHEDULES} schedules over HTTP: {dict(met)}")
    assert min(met.values()) > SCHEDULES / 10
