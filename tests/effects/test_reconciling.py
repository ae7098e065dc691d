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
from automation.core.plan import MergeHosting, Remember
from automation.demo import organisation as org
from automation.demo.webserver import serve
from automation.locate import Locator
from automation.reconciler import EVERYTHING, HOSTING, SERVING
from automation.store.ledger import Ledger
from automation.web.app import create_app
from automation.worker import Outcome, Worker
from tests.effects.world import BERKAS_OPEN, World

CALLS_AT_REST = 40  # reads of a case at rest; more means that something asks again and again
DECIDES = "disposisi hosting-tindak-lanjut"
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
    assert key not in world.settle(EVERYTHING).follow


def cut_off(
    world: World, key: str, monkeypatch: pytest.MonkeyPatch, where: Any, step: str, *, acted: bool
) -> None:
    """Run the case and lose power right before, or after, one step."""
    real = getattr(where, step)

    def cut(*args: Any, **kwargs: Any) -> None:
        if acted:
            real(*args, **kwargs)
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(where, step, cut)
        with pytest.raises(PowerCut):
            world.settle(key)


def state_of(world: World, number: int) -> str:
    return str(world.project(org.HOSTING).mergerequests.get(number).state)


def labels_of(world: World, key: str) -> list[str]:
    return sorted(world.project(org.CONTROL).issues.get(int(key[8:])).labels)


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


def test_a_case_cut_off_around_its_merge_ends_right_on_the_next_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off before the merge, refused by the forge, cut off after it: one intent, one merge."""
    key, number = world.approved("seputar-gabung")
    plan = [type(change) for change in world.laik.reconciler.plan(key)]
    assert (plan[0], plan[-1]) == (Remember, MergeHosting)
    cut_off(world, key, monkeypatch, world.laik.forge, "merge", acted=False)
    assert world.kinds(key)[-1] == "merge_intended"
    assert state_of(world, number) == "opened"
    _merge_level(world, 0)
    for _ in range(2):
        with pytest.raises(ForgeRefused):
            world.settle(key)
    _merge_level(world, 40)
    cut_off(world, key, monkeypatch, world.laik.forge, "merge", acted=True)
    assert state_of(world, number) == "merged"
    assert world.memory(key).admitted is None
    world.settle(key)
    finished_once(world, key, number)


def test_a_case_cut_off_around_its_serving_ends_right_on_the_next_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off before serving, not proven, cut off before remembering it: served once, never claimed early."""
    key, number = world.approved("seputar-saji")
    cut_off(world, key, monkeypatch, Applier, "_serve_name", acted=False)
    assert world.kinds(key)[-2:] == ["admitted", "turn"]
    with monkeypatch.context() as patch:
        patch.setattr("automation.serving.read_manifest", lambda folder: None)
        with pytest.raises(CheckFailed, match="belum terbukti"):
            world.settle(key)
    served = world.served()
    assert not world.memory(key).applied
    cut_off(world, key, monkeypatch, world.laik.store.ledger, "append", acted=False)
    assert world.served() == served
    world.settle(key)
    assert world.served() == served
    finished_once(world, key, number)


def test_a_ruling_is_remembered_before_anything_of_it_is_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off at the first thing that people would see: the next run shows it, and rules on nothing anew."""
    key = world.with_application("catat-dahulu")
    before = labels_of(world, key)
    world.paste(org.ICT_HEAD, key, DECIDES)
    cut_off(world, key, monkeypatch, world.laik.forge, "relabel_issue", acted=False)
    ruled = world.kinds(key)
    assert (ruled[-1], world.memory(key).acts[-1].ruling) == ("act", "approved")
    assert labels_of(world, key) == before
    world.settle(key)
    assert labels_of(world, key) != before
    assert world.kinds(key) == ruled


def test_an_approval_withdrawn_right_after_its_ruling_is_never_shown_as_standing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = world.with_application("tarik-seketika")
    before = labels_of(world, key)
    world.paste(org.ICT_HEAD, key, DECIDES)
    notes = world.project(org.CONTROL).issues.get(int(key[8:])).notes
    (said,) = [
        one for one in notes.list(get_all=True) if DECIDES in one.body and one.body.startswith("@laik")
    ]
    real, shown = Ledger.append, []

    def append(ledger: Ledger, case: str, kind: str, body: Any, **more: Any) -> Any:
        entry = real(ledger, case, kind, body, **more)
        if (case, kind) == (key, "act"):
            notes.delete(said.id)
        return entry

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append", append)
        patch.setattr(world.laik.forge, "relabel_issue", lambda *_, **wish: shown.append(wish))
        world.settle(key)
    assert world.memory(key).acts[-1].ruling == "approved"
    assert (shown, labels_of(world, key)) == ([], before)


def test_an_act_that_does_not_count_is_told_why_beside_one_that_does(world: World) -> None:
    """The reason is known in the round of the ruling alone, so that round answers as well."""
    key = world.with_application("dua-perintah")
    lines = world.who(org.ICT_HEAD).lines_to_paste(org.CONTROL, int(key[8:]), bot=org.BOT)
    counts = next(line for line in lines if line.startswith(f"@laik {DECIDES}"))
    world.say(org.ICT_HEAD, key, f"{counts}\n@laik setujukan hosting")
    world.settle(key)
    assert [act.ruling for act in world.memory(key).acts[-2:]] == ["approved", "void"]
    assert "Perintah tidak dikenal." in world.cards(org.CONTROL, int(key[8:]))[-1]


def test_nothing_is_admitted_without_an_approval_that_stands_and_laiks_own_merge(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, number = world.approved("belum-sah")
    branch = world.project(org.HOSTING).mergerequests.get(number).source_branch
    text = world.request_text(key, "belum-sah", "belum-sah") + b"# catatan\n"
    world.team.push(org.HOSTING, {"permohonan/belum-sah.yaml": text}, "Ubah sesudah disetujui", branch=branch)
    world.settle(key)
    assert state_of(world, number) == "opened"

    world.approve_hosting(number)
    cut_off(world, key, monkeypatch, world.laik.forge, "merge", acted=False)
    notes = world.second.project(org.HOSTING).mergerequests.get(number).notes
    for note in notes.list(get_all=True):
        if note.author["username"] == world.second.username:
            notes.delete(note.id)
    world.settle(key)
    assert state_of(world, number) == "opened"

    world.project(org.HOSTING).mergerequests.get(number).merge()
    world.settle(key)
    assert world.memory(key).admitted is None
    handle = world.project(org.HOSTING).files
    handle.delete(file_path="permohonan/belum-sah.yaml", commit_message="Kembalikan", branch="main")


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
    assert world.kinds(key) == ["accepted", "turn", "shown", "linked", "provisioned"]


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
        secrets=["rahasia-uji"],
        locate=Locator(laik.store.links, laik.office),
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
    assert worked == 1  # the case that the issue is linked to
    assert laik.forge.writes == before


def _merge_level(world: World, level: int) -> None:
    rules = world.project(org.HOSTING).protectedbranches
    rules.delete("main")
    rules.create({"name": "main", "push_access_level": level, "merge_access_level": level})


def _now() -> datetime:
    return datetime.now(UTC)
