"""Thrift, counted over real HTTP: what an event, a sweep and a repeated delivery cost the forge.

A read that is answered 304 costs GitHub's limit nothing; what is counted here is everything else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from automation.core.errors import ForgeUnreachable
from automation.core.plan import MergeHosting, PostStatus
from automation.core.text import Bilingual
from automation.demo import organisation as org
from automation.forges.base import Issue
from automation.keys import EVERYTHING, HOSTING, SECRET, SERVING, SHARED
from automation.locate import Locator
from automation.reconciler import MAX_REPEATS, NeverSettled
from automation.sweep import Sweeper
from automation.web.hooks import WebhookHint
from tests.effects.policies import bring_into_force
from tests.effects.quiet import quiet_cases
from tests.effects.world import World, running_world

READS, FETCHES, SWEEP_CALLS = 6, 2, 12


@dataclass(frozen=True)
class Spent:
    """What a piece of work cost; ``reads`` are those not answered 304."""

    calls: int
    reads: int
    writes: int
    fetches: int


def spent(world: World, work: Callable[[], object]) -> Spent:
    forge, mirrors = world.laik.forge, world.laik.office.mirrors
    before = (forge.calls, forge.unmodified, forge.writes, mirrors.fetches)
    work()
    now = (forge.calls, forge.unmodified, forge.writes, mirrors.fetches)
    calls, unmodified, writes, fetches = (after - was for after, was in zip(now, before, strict=True))
    return Spent(calls, calls - unmodified - writes, writes, fetches)


def handled(world: World, hint: WebhookHint) -> Spent:
    """An event as the door takes it: located, queued, and worked off with everything that follows."""
    key = Locator(world.laik.store.links, world.laik.office)(hint)
    assert key is not None
    return spent(world, lambda: worked(world, key))


def worked(world: World, *keys: str) -> list[str]:
    """Run keys and all that follows from them; what was run."""
    waiting, done = list(keys), []
    while waiting:
        done.append(waiting.pop(0))
        waiting.extend(world.settle(done[-1]).follow)
    return done


@dataclass(frozen=True)
class Case:
    """A case far along, with an open hosting request that a reviewer has spoken on."""

    key: str
    slug: str
    number: int


@pytest.fixture(scope="module")
def case(world: World) -> Case:
    key = world.with_evidence("hemat")
    number = world.ask({"permohonan/hemat.yaml": world.request_text(key, "hemat", "hemat")})
    worked(world, HOSTING)
    world.second.say(org.HOSTING, number, "Saya lihat.", kind="merge_request")
    worked(world, HOSTING, EVERYTHING)
    return Case(key, "hemat", number)


def issue_of(world: World, key: str) -> Any:
    return world.project(org.CONTROL).issues.get(int(key[8:]))


def request_of(world: World, case: Case) -> Any:
    return world.project(org.HOSTING).mergerequests.get(case.number)


def on_issue(world: World, key: str) -> WebhookHint:
    return WebhookHint(world.project(org.CONTROL).id, "issue", int(key[8:]))


def on_request(world: World, case: Case) -> WebhookHint:
    return WebhookHint(world.project(org.HOSTING).id, "merge_request", case.number)


def on_push(world: World, path: str) -> WebhookHint:
    return WebhookHint(world.project(path).id, "push", None)


def a_comment(world: World, case: Case) -> WebhookHint:
    world.say(org.HEAD, case.key, "Terima kasih, kami tunggu.")
    return on_issue(world, case.key)


def a_refused_act(world: World, case: Case) -> WebhookHint:
    world.say(org.TEAM, case.key, "@laik disposisi hosting-tindak-lanjut 0123abcd")
    return on_issue(world, case.key)


def a_push_to_the_application(world: World, case: Case) -> WebhookHint:
    path = f"aplikasi/{case.slug}"
    world.commit(path, {f"{world.unique('berkas')}.txt": b"isi"})
    return on_push(world, path)


def a_push_to_the_case_file(world: World, case: Case) -> WebhookHint:
    path = f"berkas/{case.key.lower()}"
    world.commit(path, {f"{world.unique('catatan')}.md": b"isi"})
    return on_push(world, path)


def a_title_of_the_request(world: World, case: Case) -> WebhookHint:
    request = request_of(world, case)
    request.title = world.unique("Judul lain")
    request.save()
    return on_request(world, case)


def a_push_to_the_request(world: World, case: Case) -> WebhookHint:
    text = world.request_text(case.key, case.slug, case.slug) + world.unique("# catatan").encode() + b"\n"
    world.commit_on(org.HOSTING, request_of(world, case).source_branch, {"permohonan/hemat.yaml": text})
    return on_request(world, case)


def a_comment_on_the_request(world: World, case: Case) -> WebhookHint:
    world.second.say(org.HOSTING, case.number, "Sedang dibaca.", kind="merge_request")
    return on_request(world, case)


def a_label_by_a_person(world: World, case: Case) -> WebhookHint:
    issue = issue_of(world, case.key)
    issue.labels = [*issue.labels, world.unique("penting")]
    issue.save()
    return on_issue(world, case.key)


def a_label_of_ours_taken_away(world: World, case: Case) -> WebhookHint:
    issue = issue_of(world, case.key)
    issue.labels = [one for one in issue.labels if not one.startswith("giliran::")]
    issue.save()
    return on_issue(world, case.key)


def an_edit_of_the_issue(world: World, case: Case) -> WebhookHint:
    issue = issue_of(world, case.key)
    issue.title = world.unique("Permohonan hemat")
    issue.save()
    return on_issue(world, case.key)


def a_forged_status(world: World, case: Case) -> WebhookHint:
    path = f"aplikasi/{case.slug}"
    commit = world.first.project(path).commits.get(world.head(path))
    commit.statuses.create({"state": "failed", "name": "laik/sop", "description": "palsu"})
    return WebhookHint(world.project(path).id, "status", None)


EVENTS = [
    a_comment,
    a_refused_act,
    a_push_to_the_application,
    a_push_to_the_case_file,
    a_title_of_the_request,
    a_push_to_the_request,
    a_comment_on_the_request,
    a_label_by_a_person,
    a_label_of_ours_taken_away,
    an_edit_of_the_issue,
    a_forged_status,
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_an_event_costs_few_reads_and_a_repeated_one_no_write(
    world: World, case: Case, event: Callable[[World, Case], WebhookHint]
) -> None:
    hint = event(world, case)
    first = handled(world, hint)
    assert first.reads <= READS
    assert first.fetches <= FETCHES
    handled(world, hint)  # what laik wrote comes back as events: seen once, then nothing is new
    again = handled(world, hint)
    assert (again.reads, again.writes, again.fetches) == (0, 0, 0)


def test_an_approving_comment_costs_few_reads(world: World) -> None:
    key = world.with_application("setuju")
    world.paste(org.ICT_HEAD, key, "disposisi hosting-tindak-lanjut")
    cost = handled(world, on_issue(world, key))
    assert any(act.ruling == "approved" for act in world.memory(key).acts[1:])
    assert cost.writes > 0
    assert cost.reads <= READS
    assert cost.fetches <= FETCHES


def test_a_report_costs_few_reads_and_leads_to_its_case_alone(world: World, case: Case) -> None:
    other = world.accepted("tanpa-laporan")
    path = f"{case.key.lower()}/keamanan/laporan-hasil-pengujian.md"
    world.commit(org.SECRET, {path: b"# Laporan\n"})
    hint = on_push(world, org.SECRET)
    assert Locator(world.laik.store.links, world.laik.office)(hint) == SECRET
    assert world.settle(SECRET).follow == (case.key,)
    assert other not in world.settle(SECRET).follow
    world.commit(org.SECRET, {path: b"# Laporan baru\n"})
    cost = handled(world, hint)
    assert cost.reads <= READS
    assert cost.fetches <= FETCHES


def test_a_shared_application_leads_to_all_its_cases_and_to_no_sweep(world: World, case: Case) -> None:
    later = world.accepted("menumpang")
    project = world.project(f"aplikasi/{case.slug}").id
    world.laik.store.links.set(later, "aplikasi", project)
    key = Locator(world.laik.store.links, world.laik.office)(WebhookHint(project, "push", None))
    assert key == f"{SHARED}{project}"
    assert set(world.settle(key).follow) == {case.key, later}
    world.laik.store.links.remove(later, "aplikasi")


def test_a_showing_that_the_forge_does_not_keep_is_told_and_still_written(
    world: World, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked(world, case.key)
    sha = world.head(f"aplikasi/{case.slug}")
    project = world.project(f"aplikasi/{case.slug}").id
    lost = PostStatus(project, sha, "laik/lain", "pending", "hilang", "")
    monkeypatch.setattr(world.laik.reconciler, "_plan", lambda seen: (lost,))
    for _ in range(MAX_REPEATS):
        world.settle(case.key)
    before = world.laik.forge.writes
    with pytest.raises(NeverSettled, match="laik/lain"):
        world.settle(case.key)
    assert world.laik.forge.writes == before + 1


def test_a_merge_waits_until_nothing_else_is_left_to_write(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the approval and the merge the approval is withdrawn; the round that would merge sees it."""
    key, number = world.approved("tunggu")
    plan = world.laik.reconciler.plan(key)
    assert any(isinstance(one, MergeHosting) for one in plan)
    assert len(plan) > 1
    real = world.laik.forge.set_status

    def withdrawn_meanwhile(*args: Any, **kwargs: Any) -> None:
        notes = world.second.project(org.HOSTING).mergerequests.get(number).notes
        for note in notes.list(get_all=True):
            if note.author["username"] == world.second.username:
                notes.delete(note.id)
        real(*args, **kwargs)

    monkeypatch.setattr(world.laik.forge, "set_status", withdrawn_meanwhile)
    worked(world, HOSTING)
    assert world.project(org.HOSTING).mergerequests.get(number).state == "opened"
    assert "merge_intended" not in world.kinds(key)
    world.team.close_request(org.HOSTING, number)
    worked(world, HOSTING)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of its own, so that only what a test does is new to a sweep."""
    folder: Path = tmp_path_factory.mktemp("kerumunan")
    with running_world(folder) as running:
        yield running


@pytest.fixture
def swept(crowd: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A sweep has just been, and only what comes now is new to the next one."""
    monkeypatch.setattr("automation.sweep.OVERLAP", timedelta(0))
    monkeypatch.setattr("automation.forges.gitlab.projects.ACTIVITY_CLOCK", timedelta(0))
    at_rest(crowd)
    return crowd


def at_rest(world: World) -> None:
    """Sweep, and put the mark at this very millisecond: the forge's header knows whole seconds only."""
    worked(world, EVERYTHING)
    sweeper = world.laik.reconciler._sweeper
    assert sweeper._mark is not None
    time.sleep(0.002)
    sweeper._mark = replace(sweeper._mark, at=datetime.now(UTC))


def test_a_sweep_names_exactly_what_changed(swept: World) -> None:
    one, two = swept.accepted("sapu-satu"), swept.accepted("sapu-dua")
    at_rest(swept)
    swept.say(org.HEAD, one, "Halo")
    assert swept.settle(EVERYTHING).follow == (one, SERVING)
    at_rest(swept)
    swept.commit(f"berkas/{two.lower()}", {"catatan.md": b"isi"})
    assert swept.settle(EVERYTHING).follow == (two, SERVING)
    at_rest(swept)
    swept.commit(org.SECRET, {f"{one.lower()}/keamanan/laporan-hasil-pengujian.md": b"# L\n"})
    assert swept.settle(EVERYTHING).follow == (one, SERVING)
    at_rest(swept)
    swept.project(f"berkas/{two.lower()}").branches.create({"branch": "ubah", "ref": "main"})
    swept.commit_on(f"berkas/{two.lower()}", "ubah", {"catatan.md": b"lain"})
    swept.team.open_request(f"berkas/{two.lower()}", "ubah", "Ubah catatan")
    assert swept.settle(EVERYTHING).follow == (two, SERVING)


def test_a_request_whose_closing_nobody_heard_of_leaves_its_case(swept: World) -> None:
    key = swept.with_application("sapu-hosting")
    text = swept.request_text(key, "sapu-hosting", "sapu-hosting")
    number = swept.ask({"permohonan/sapu-hosting.yaml": text})
    worked(swept, HOSTING)
    at_rest(swept)
    swept.team.close_request(org.HOSTING, number)
    assert swept.settle(EVERYTHING).follow == (key, HOSTING, SERVING)


def test_a_new_day_another_policy_and_a_restart_look_at_everything(
    swept: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (quiet,) = quiet_cases(swept, 1)  # nothing but a whole sweep names it
    sweeper = swept.laik.reconciler._sweeper
    with monkeypatch.context() as tomorrow:
        tomorrow.setattr(sweeper, "_now", lambda: datetime(2999, 1, 1, tzinfo=UTC))
        assert quiet in swept.settle(EVERYTHING).follow
        assert quiet not in swept.settle(EVERYTHING).follow
    assert quiet in swept.settle(EVERYTHING).follow
    policy = swept.project(org.CONTROL).files.get("laik.yaml", ref="main")
    policy.content = policy.decode().decode() + "# catatan\n"
    policy.save(branch="main", commit_message="Catatan")
    assert quiet not in swept.settle(EVERYTHING).follow  # on the branch, and not in force yet
    bring_into_force(swept.laik)
    assert quiet in swept.settle(EVERYTHING).follow
    assert quiet not in swept.settle(EVERYTHING).follow
    anew = Sweeper(swept.laik.forge, swept.laik.store, swept.laik.office, now=sweeper._now)
    assert quiet in anew.changed()
    assert set(anew.whole()) == set(swept.laik.reconciler.keys())


def test_a_sweep_that_failed_has_read_nothing(swept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key = swept.accepted("sapu-gagal")
    at_rest(swept)
    swept.say(org.HEAD, key, "Halo")

    def cut(*_: Any, **__: Any) -> Any:
        raise ForgeUnreachable(Bilingual("putus", "cut"), remedy=Bilingual("tunggu", "wait"))

    with monkeypatch.context() as patch:
        patch.setattr(swept.laik.forge, "list_merge_requests", cut)
        with pytest.raises(ForgeUnreachable):
            swept.settle(EVERYTHING)
    assert swept.settle(EVERYTHING).follow == (key, SERVING)


def test_an_issue_closed_between_two_pages_hides_no_other(
    crowd: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The forge's first answer was read before an issue was closed, the second after it."""
    real = crowd.laik.forge.list_issues
    newest = crowd.file("tergeser")
    shifted: list[int] = []

    def one_is_missed(project_id: int, **which: Any) -> list[Issue]:
        rows = list(real(project_id, **which))
        if not shifted:
            shifted.append(int(newest[8:]))
            return [one for one in rows if one.iid != shifted[0]]
        return rows

    monkeypatch.setattr(crowd.laik.forge, "list_issues", one_is_missed)
    whole = crowd.laik.reconciler.keys()
    assert newest in whole
    crowd.settle(newest)


def test_a_renamed_or_deleted_project_and_a_deleted_issue_lose_no_case(swept: World) -> None:
    renamed, gone, issueless = (swept.accepted(one) for one in ("sapu-nama", "sapu-hapus", "sapu-isu"))
    worked(swept, EVERYTHING)
    project = swept.project(f"berkas/{renamed.lower()}")
    project.path = "berkas-lain"
    project.save()
    swept.project(f"berkas/{gone.lower()}").delete()
    swept.project(org.CONTROL).issues.get(int(issueless[8:])).delete()
    for key in (renamed, gone, issueless):
        worked(swept, key)
    assert {renamed, gone, issueless} <= set(swept.laik.reconciler.keys())
    swept.commit("berkas/berkas-lain", {"catatan.md": b"isi"})
    assert renamed in swept.settle(EVERYTHING).follow
    before = swept.laik.forge.writes
    worked(swept, EVERYTHING)
    assert swept.laik.forge.writes == before


def test_a_renamed_hosting_project_and_a_renamed_branch_are_noticed(swept: World) -> None:
    hosting = swept.project(org.HOSTING)
    hosting.branches.create({"branch": "utama", "ref": "main"})
    hosting.default_branch = "utama"
    hosting.save()
    swept.laik.reconciler.keys()
    assert swept.laik.office.read().hosting.default_branch == "main"  # anyone could push to the new one
    hosting.protectedbranches.create({"name": "utama", "push_access_level": 40, "merge_access_level": 40})
    swept.laik.reconciler.keys()
    assert swept.laik.office.read().hosting.default_branch == "utama"
    hosting.default_branch = "main"
    hosting.path = "hosting-lain"
    hosting.save()
    swept.laik.reconciler.keys()
    office = swept.laik.office.read()
    assert (office.hosting.path, office.hosting.default_branch) == ("diskominfo/hosting-lain", "main")
    hosting.path = "hosting"
    hosting.save()
    swept.laik.office.refresh()


def test_what_was_given_up_on_gets_one_more_try_with_every_sweep(swept: World) -> None:
    queue = swept.laik.queue
    queue.put("PA-1999-0001")
    queue.get(0)
    queue.done("PA-1999-0001", give_up=True)
    assert queue.stuck() == ("PA-1999-0001",)
    queue.put(EVERYTHING)
    assert swept.laik.worker.run_until_idle() == 3  # the sweep, what is served, the key
    assert queue.stuck() == ()


@pytest.mark.parametrize("added", [0, 1, 100, 1000])
def test_a_sweep_over_unchanged_cases_costs_the_same_however_many_there_are(swept: World, added: int) -> None:
    """Last in this file: the cases stay."""
    before = len(swept.laik.store.ledger.unfinished())
    made = quiet_cases(swept, added)
    assert len(swept.laik.store.ledger.unfinished()) == before + len(made) == before + added
    at_rest(swept)
    ran: list[str] = []
    cost = spent(swept, lambda: ran.extend(worked(swept, EVERYTHING)))
    assert ran == [EVERYTHING, SERVING]
    assert cost.calls <= SWEEP_CALLS
    assert (cost.writes, cost.fetches) == (0, 0)
