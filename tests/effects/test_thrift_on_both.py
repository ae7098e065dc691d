"""The budget of an event and of a sweep, on GitLab and on GitHub alike, counted over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from automation.cli import run
from automation.demo import organisation as org
from automation.keys import EVERYTHING, SERVING
from automation.web.hooks import WebhookHint
from tests.effects.neutral import Neutral, neutral_world

READS, FETCHES, SWEEP_CALLS = 6, 2, 12


@dataclass(frozen=True)
class Case:
    """A case with an application and an open hosting request that a reviewer has spoken on."""

    key: str
    slug: str
    number: int
    branch: str

    @property
    def issue(self) -> int:
        return int(self.key[8:])


@pytest.fixture(scope="module", params=["gitlab", "github"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neutral]:
    with neutral_world(tmp_path_factory.mktemp(request.param), request.param) as running:
        yield running


@pytest.fixture(scope="module")
def case(world: Neutral) -> Case:
    key = world.with_application("hemat")
    number, branch = world.asked(key, "hemat")
    world.who(org.REVIEWERS[1]).say(org.HOSTING, number, "Saya lihat.", kind="merge_request")
    # GitLab is asked once about each account whether it is a bot.
    world.who(org.ICT_HEAD).say(org.CONTROL, int(key[8:]), "Kami pantau.")
    world.worked(EVERYTHING)
    world.worked(key)
    return Case(key, "hemat", number, branch)


def a_comment(world: Neutral, case: Case) -> WebhookHint:
    world.who(org.HEAD).say(org.CONTROL, case.issue, "Terima kasih.")
    return WebhookHint(world.number(org.CONTROL), "issue", case.issue)


def an_approving_comment(world: Neutral, case: Case) -> WebhookHint:
    world.paste(org.ICT_HEAD, case.key, "disposisi hosting-tindak-lanjut")
    return WebhookHint(world.number(org.CONTROL), "issue", case.issue)


def a_refused_act(world: Neutral, case: Case) -> WebhookHint:
    world.who(org.TEAM).say(org.CONTROL, case.issue, "@laik disposisi hosting-tindak-lanjut 0123abcd")
    return WebhookHint(world.number(org.CONTROL), "issue", case.issue)


def an_edit_of_the_issue(world: Neutral, case: Case) -> WebhookHint:
    issue = world.laik.forge.get_issue(world.number(org.CONTROL), case.issue)
    assert issue is not None
    world.who(org.TEAM).edit_issue(org.CONTROL, case.issue, issue.description + "\n")
    return WebhookHint(issue.project_id, "issue", case.issue)


def a_push_to_the_application(world: Neutral, case: Case) -> WebhookHint:
    path = world.aplikasi(case.slug)
    world.who(org.REVIEWERS[0]).push(path, {"tambahan.txt": b"isi"}, "Tambah")
    return WebhookHint(world.number(path), "push", None)


def a_push_to_the_case_file(world: Neutral, case: Case) -> WebhookHint:
    path = world.berkas(case.key)
    world.who(org.TEAM).push(path, {"catatan.md": b"isi"}, "Catatan")
    return WebhookHint(world.number(path), "push", None)


def a_push_to_the_request(world: Neutral, case: Case) -> WebhookHint:
    world.push_request(case.key, case.slug, case.branch, b"# catatan\n")
    return WebhookHint(world.number(org.HOSTING), "merge_request", case.number)


def a_comment_on_the_request(world: Neutral, case: Case) -> WebhookHint:
    world.who(org.REVIEWERS[1]).say(org.HOSTING, case.number, "Dibaca.", kind="merge_request")
    return WebhookHint(world.number(org.HOSTING), "merge_request", case.number)


EVENTS: list[Callable[[Neutral, Case], WebhookHint]] = [
    a_comment,
    an_approving_comment,
    a_refused_act,
    an_edit_of_the_issue,
    a_push_to_the_application,
    a_push_to_the_case_file,
    a_push_to_the_request,
    a_comment_on_the_request,
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_an_event_costs_few_reads_and_a_repeated_one_no_write(
    world: Neutral, case: Case, event: Callable[[Neutral, Case], WebhookHint]
) -> None:
    hint = event(world, case)
    first = world.handled(hint)
    assert first.reads <= READS
    assert first.fetches <= FETCHES
    echo = world.handled(hint)  # what laik wrote comes back as events: seen once, then nothing is new
    assert echo.reads <= READS
    assert (echo.writes, echo.fetches) == (0, 0)
    again = world.handled(hint)
    assert (again.reads, again.writes, again.fetches) == (0, 0, 0)


def test_an_act_that_counts_and_one_that_does_not_in_one_comment_cost_few_reads(world: Neutral) -> None:
    """Two things are written in answer to it: what stands now, and why the other does not count."""
    key = world.with_application("dua-perintah")
    who, number = world.who(org.ICT_HEAD), int(key[8:])
    lines = who.lines_to_paste(org.CONTROL, number, bot=world.organisation.bot)
    counts = next(line for line in lines if line.startswith("@laik disposisi"))
    who.say(org.CONTROL, number, f"{counts}\n@laik setujukan hosting")
    cost = world.handled(WebhookHint(world.number(org.CONTROL), "issue", number))
    assert [act.ruling for act in world.memory(key).acts[-2:]] == ["approved", "void"]
    assert len(world.memory(key).answered) == 1
    assert cost.reads <= READS


def mark_now(world: Neutral) -> None:
    """What was made a moment ago is old to the next sweep."""
    sweeper = world.laik.reconciler._sweeper
    assert sweeper._mark is not None
    sweeper._mark = replace(sweeper._mark, at=datetime.now(UTC) + timedelta(seconds=1))


def test_a_sweep_at_rest_costs_few_calls_and_no_write(
    world: Neutral, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automation.sweep.OVERLAP", timedelta(0))
    monkeypatch.setattr("automation.forges.gitlab.projects.ACTIVITY_CLOCK", timedelta(0))
    world.worked(EVERYTHING)
    mark_now(world)
    ran: list[str] = []
    cost = world.spent(lambda: ran.extend(world.worked(EVERYTHING)))
    assert ran == [EVERYTHING, SERVING]
    assert cost.calls <= SWEEP_CALLS
    assert (cost.writes, cost.fetches) == (0, 0)


def test_a_button_pressed_on_the_forge_counts_for_nothing_and_the_case_says_so(
    world: Neutral, case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    presser: Any = world.who(org.REVIEWERS[0])
    if world.organisation.forge == "github":
        presser.repo(org.HOSTING).get_pull(case.number).create_review(body="Setuju.", event="APPROVE")
    else:
        presser.project(org.HOSTING).mergerequests.get(case.number, lazy=True).approve()
    world.worked(case.key)
    monkeypatch.setattr("automation.settings.from_environment", lambda: world.laik.settings)
    monkeypatch.setattr("automation.wiring.build", lambda settings: world.laik)
    monkeypatch.setattr(type(world.laik), "close", lambda self: None)
    assert run(["case", "show", case.key]) == 0
    told = capsys.readouterr().out
    assert f"tombol setuju forge ditekan oleh {org.REVIEWERS[0]}: tidak dihitung" in told
    decision = world.laik.reconciler.decision(case.key)
    assert decision is not None
    assert decision.hosting is not None
    assert decision.hosting.approval is None
