"""Crashes, losses and repetitions: each ends in the right state on the next run, with nothing doubled."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from automation.apply import Applier
from automation.core.errors import CheckFailed, ForgeRefused, LedgerConflict
from automation.core.plan import MergeHosting, Remember, ServeHosting
from automation.demo import organisation as org
from automation.demo.webserver import serve
from automation.reconciler import EVERYTHING, HOSTING, SERVING
from automation.store.ledger import Ledger
from automation.web.app import create_app
from automation.wiring import Locator
from automation.worker import Outcome, Worker
from tests.effects.world import BERKAS_OPEN, World

CALLS_AT_REST = 40  # reads of a case at rest; more means that something asks again and again
ONCE = ("accepted", "merge_intended", "admitted", "applied", "finished")


class PowerCut(Exception):
    """The process is gone."""


def finished_once(world: World, key: str, number: int) -> None:
    """The case ended as it should: merged by laik, served, answered, closed, each exactly once."""
    counted = Counter(world.kinds(key))
    assert {kind: counted[kind] for kind in ONCE} == dict.fromkeys(ONCE, 1)
    assert world.laik.store.ledger.verify(key) is None
    request = world.project(org.HOSTING).mergerequests.get(number)
    assert (request.state, request.merged_by["username"]) == ("merged", org.BOT)
    issue = world.project(org.CONTROL).issues.get(int(key[8:]))
    assert issue.state == "closed"
    answers = [one for one in world.cards(org.CONTROL, issue.iid) if "selesai:" in one.partition("\n")[0]]
    assert len(answers) == 1
    slug = world.memory(key).admitted
    assert slug is not None
    assert f"nginx/vhosts/{slug.path[11:-5]}.{org.PARENT}.conf" in world.served()
    assert world.writes_of(key) == 0


def test_a_case_at_rest_is_read_in_few_calls_and_writes_nothing(world: World) -> None:
    key = world.with_application("tenang")
    before = world.laik.forge.calls
    assert world.writes_of(key) == 0
    assert 0 < world.laik.forge.calls - before <= CALLS_AT_REST


def test_a_plan_shows_what_would_be_written_and_writes_nothing(world: World) -> None:
    key = world.file("rencana")
    before = world.laik.forge.writes
    plan = world.laik.reconciler.plan(key)
    assert [type(change) for change in plan] == [Remember]
    assert (world.laik.forge.writes, world.kinds(key)) == (before, [])


def test_a_crash_between_the_intent_and_the_merge_merges_on_the_next_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, number = world.approved("sebelum-gabung")
    with monkeypatch.context() as patch:
        patch.setattr(world.laik.forge, "merge", _cut)
        with pytest.raises(PowerCut):
            world.settle(key)
    assert world.kinds(key)[-1] == "merge_intended"
    assert world.project(org.HOSTING).mergerequests.get(number).state == "opened"
    world.settle(key)
    finished_once(world, key, number)


def test_a_crash_between_the_merge_and_the_admission_admits_on_the_next_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, number = world.approved("sesudah-gabung")
    real = world.laik.forge.merge

    def merged_then_gone(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(world.laik.forge, "merge", merged_then_gone)
        with pytest.raises(PowerCut):
            world.settle(key)
    assert world.memory(key).admitted is None
    assert world.project(org.HOSTING).mergerequests.get(number).state == "merged"
    world.settle(key)
    finished_once(world, key, number)


def test_a_crash_between_the_admission_and_the_serving_serves_on_the_next_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, number = world.approved("sebelum-saji")
    with monkeypatch.context() as patch:
        patch.setattr(Applier, "_serve_name", _cut)
        with pytest.raises(PowerCut):
            world.settle(key)
    memory = world.memory(key)
    assert memory.admitted is not None
    assert (memory.applied, memory.finished) == ("", False)
    world.settle(key)
    finished_once(world, key, number)


def test_a_crash_after_serving_and_before_remembering_it_changes_nothing_that_is_served(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, number = world.approved("sesudah-saji")
    real = Ledger.append

    def append(ledger: Ledger, case: str, kind: str, *args: Any, **kwargs: Any) -> Any:
        if kind == "applied":
            raise PowerCut
        return real(ledger, case, kind, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append", append)
        with pytest.raises(PowerCut):
            world.settle(key)
    before = world.served()
    world.settle(key)
    assert world.served() == before
    finished_once(world, key, number)


def test_a_name_that_is_not_read_back_keeps_the_case_open_and_says_why(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, number = world.approved("belum-terbukti")
    with monkeypatch.context() as patch:
        patch.setattr("automation.serving.read_manifest", lambda folder: None)
        with pytest.raises(CheckFailed, match="belum terbukti"):
            world.settle(key)
    assert not world.memory(key).finished
    world.settle(key)
    finished_once(world, key, number)


def test_a_refused_merge_leaves_one_intent_however_often_it_is_tried(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, number = world.approved("tak-tergabung")
    rule = world.project(org.HOSTING).protectedbranches.get("main")
    _merge_level(world, 0)
    try:
        for _ in range(3):
            with pytest.raises(ForgeRefused):
                world.settle(key)
    finally:
        _merge_level(world, rule.merge_access_levels[0]["access_level"])
    assert Counter(world.kinds(key))["merge_intended"] == 1
    world.settle(key)
    finished_once(world, key, number)


def test_a_merge_by_somebody_else_admits_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key, number = world.approved("gabung-sendiri")
    with monkeypatch.context() as patch:
        patch.setattr(world.laik.forge, "merge", _cut)
        with pytest.raises(PowerCut):
            world.settle(key)
    world.project(org.HOSTING).mergerequests.get(number).merge()
    world.settle(key)
    assert world.memory(key).admitted is None
    assert f"nginx/vhosts/gabung-sendiri.{org.PARENT}.conf" not in world.served()
    project = world.project(org.HOSTING)
    project.files.delete(
        file_path="permohonan/gabung-sendiri.yaml", commit_message="Kembalikan", branch="main"
    )


def test_a_push_after_the_approval_takes_the_approval_with_it(world: World) -> None:
    key, number = world.approved("berubah")
    branch = world.project(org.HOSTING).mergerequests.get(number).source_branch
    text = world.request_text(key, "berubah", "berubah") + b"# catatan\n"
    world.team.push(org.HOSTING, {"permohonan/berubah.yaml": text}, "Ubah", branch=branch)
    world.settle(key)
    assert world.memory(key).admitted is None
    assert world.project(org.HOSTING).mergerequests.get(number).state == "opened"
    world.team.close_request(org.HOSTING, number)


def test_an_approval_that_was_taken_back_before_the_merge_does_not_merge(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, number = world.approved("ditarik")
    with monkeypatch.context() as patch:
        patch.setattr(world.laik.forge, "merge", _cut)
        with pytest.raises(PowerCut):
            world.settle(key)
    notes = world.second.project(org.HOSTING).mergerequests.get(number).notes
    mine = next(one for one in notes.list(get_all=True) if one.author["username"] == world.second.username)
    notes.delete(mine.id)
    world.settle(key)
    assert world.project(org.HOSTING).mergerequests.get(number).state == "opened"
    world.team.close_request(org.HOSTING, number)


def test_another_worker_that_was_first_wins_and_a_fresh_read_ends_right(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = world.file("beradu")
    real = Ledger.append
    raced: list[str] = []

    def append(ledger: Ledger, case: str, kind: str, body: Any, *, at: Any, expect: int) -> Any:
        if case == key and not raced:
            raced.append(kind)
            real(ledger, case, kind, body, at=at, expect=expect)
        return real(ledger, case, kind, body, at=at, expect=expect)

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append", append)
        with pytest.raises(LedgerConflict):
            world.settle(key)
    world.settle(key)
    assert world.kinds(key) == ["accepted", "shown", "linked", "provisioned"]


def test_the_worker_tries_a_lost_race_again_by_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key = world.file("beradu-lagi")
    outcomes = iter([True, False])

    def work(one: str) -> Outcome:
        if next(outcomes):
            world.laik.store.ledger.append(one, "finished", {}, at=_now(), expect=99)
        world.settle(one)
        return Outcome.done()

    queue = world.laik.queue
    worker = Worker(queue, work)
    queue.put(key)
    worker.run_once()
    assert world.kinds(key) == []
    assert worker.run_once(30) == key
    assert world.kinds(key)[0] == "accepted"


def test_a_lost_event_is_made_good_by_a_sweep(world: World) -> None:
    key = world.accepted("tanpa-kabar")
    world.paste(org.HEAD, key, "ajukan permohonan")
    filed = world.file("tanpa-kabar-2")
    result = world.settle(EVERYTHING)
    assert {key, filed, HOSTING, SERVING} <= set(result.follow)
    for follow in result.follow:
        world.settle(follow)
    assert BERKAS_OPEN in world.memory(key).closed
    assert world.memory(filed).is_case


def test_a_finished_case_is_not_swept_again(world: World) -> None:
    key, number = world.approved("tuntas")
    world.settle(key)
    finished_once(world, key, number)
    assert key not in world.settle(EVERYTHING).follow


def test_a_key_with_a_wrong_year_is_no_second_case(world: World) -> None:
    key = world.accepted("tahun-salah")
    wrong = f"PA-1999{key[7:]}"
    world.settle(wrong)
    assert world.kinds(wrong) == []
    assert world.laik.reconciler.decision(wrong) is None


def test_a_repeated_delivery_is_answered_and_writes_nothing(world: World) -> None:
    key = world.accepted("berulang")
    laik = world.laik
    app = create_app(
        secret="rahasia-uji",
        locate=Locator(laik.store, laik.office),
        queue=laik.queue,
        deliveries=laik.store.deliveries,
        clock=_now,
    )
    number = int(key[8:])
    event = {
        "object_kind": "note",
        "project": {"id": world.project(org.CONTROL).id},
        "object_attributes": {"noteable_type": "Issue"},
        "issue": {"iid": number},
    }
    headers = {"X-Gitlab-Token": "rahasia-uji", "X-Gitlab-Event-UUID": "kiriman-1"}
    with serve() as (address, mount):
        mount(app)
        door, body = f"{address}/webhook/gitlab", json.dumps(event)
        answers = [requests.post(door, data=body, headers=headers, timeout=10) for _ in range(3)]
    assert {answer.status_code // 100 for answer in answers} == {2}
    before = laik.forge.writes
    worked = laik.worker.run_until_idle()
    assert worked == 2  # the issue's number, then the case that it is
    assert laik.forge.writes == before


def test_the_order_of_a_plan_is_memory_first_and_the_merge_before_the_serving(world: World) -> None:
    key, number = world.approved("urut")
    first = world.laik.reconciler.plan(key)
    kinds = [type(change) for change in first]
    assert kinds[0] is Remember
    assert kinds[-1] is MergeHosting
    changes = world.settle(key).changes
    kinds = [type(change) for change in changes]
    assert kinds.index(MergeHosting) < kinds.index(ServeHosting)
    finished_once(world, key, number)


def _cut(*_args: Any, **_kwargs: Any) -> None:
    raise PowerCut


def _merge_level(world: World, level: int) -> None:
    rules = world.project(org.HOSTING).protectedbranches
    rules.delete("main")
    rules.create({"name": "main", "push_access_level": level, "merge_access_level": level})


def _now() -> datetime:
    return datetime.now(UTC)
