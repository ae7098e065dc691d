"""GitLab for real: tokens of groups, subgroups, lists that move while read, trains, hooks, health."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import gitlab
import pytest
import requests
from gitlab.exceptions import GitlabError

from automation.core.errors import ForgeRefused
from automation.forges.base import Access, FileWrite, Hook, Project
from automation.forges.gitlab import GitLabForge
from automation.localforge import issues
from automation.localforge.projects import project_by_id
from automation.localforge.server import start
from automation.localforge.users import find_user

from .world import GitLabWorld

_numbers = itertools.count(1)
URL = "https://laik.contoh.go.id/webhook/gitlab"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitLabWorld]:
    folder = tmp_path_factory.mktemp("besar")
    with start(folder / "data") as running:
        made = GitLabWorld(running, folder)
        yield made
        made.close()


@pytest.fixture
def bot(world: GitLabWorld) -> GitLabForge:
    return world.bot


@pytest.fixture
def raw(world: GitLabWorld) -> gitlab.Gitlab:
    return gitlab.Gitlab(world.running.url, private_token=world._tokens["bot-laik"])


@pytest.fixture
def project(world: GitLabWorld) -> Project:
    return world.project()


def _many_issues(world: GitLabWorld, project: Project, count: int) -> None:
    engine = world.running.engine
    user = find_user(engine, "bot-laik")
    assert user is not None
    with engine.store.transaction():
        for number in range(count):
            issues.create_issue(engine, user, project_by_id(engine, project.id), f"Isu {number}", {})


def _between_pages(forge: GitLabForge, path: str, act: Callable[[], Any]) -> Iterator[None]:
    """Do something once, right after the first page of a list was read."""
    send, done = forge._session.send, []

    def interrupted(request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        response = send(request, **kwargs)
        if not done and path in str(request.url):
            done.append(True)
            act()
        return response

    forge._session.send = interrupted  # type: ignore[method-assign]
    try:
        yield
    finally:
        forge._session.send = send  # type: ignore[method-assign]
    assert done


def test_an_issue_that_closes_while_the_open_ones_are_read_hides_no_other(
    world: GitLabWorld, bot: GitLabForge, project: Project, raw: gitlab.Gitlab
) -> None:
    _many_issues(world, project, 230)
    for _ in _between_pages(bot, "/issues", lambda: bot.close_issue(bot.get_issue(project.id, 3))):  # type: ignore[arg-type]
        seen = [issue.iid for issue in bot.list_issues(project.id)]
    assert sorted(seen) == seen
    assert len(seen) == len(set(seen))
    assert set(range(1, 231)) - {3} <= set(seen)


def test_more_issues_of_one_moment_than_a_page_holds_are_all_read(
    world: GitLabWorld, bot: GitLabForge, project: Project
) -> None:
    _many_issues(world, project, 250)
    store = world.running.engine.store
    store.run("UPDATE issues SET created_at = ? WHERE project_id = ?", "2026-03-01T08:00:00.000Z", project.id)
    assert [issue.iid for issue in bot.list_issues(project.id)] == list(range(1, 251))


def test_a_branch_that_goes_while_the_branches_are_read_hides_no_other(
    world: GitLabWorld, bot: GitLabForge, project: Project, raw: gitlab.Gitlab
) -> None:
    sha = bot.commit_files(project.id, "main", "Awal", [FileWrite("a.txt", b"a")])
    repository = world.running.engine.repository(project.id)
    for number in range(120):
        repository.create_branch(f"c-{number:03}", sha)
    for _ in _between_pages(bot, "/branches", lambda: repository.delete_branch("c-000")):
        heads = bot.branch_heads(project.id)
    assert set(heads) == {"main", *(f"c-{number:03}" for number in range(1, 120))}


def test_changed_projects_are_told_with_an_hour_more_and_in_one_call(
    world: GitLabWorld, bot: GitLabForge, raw: gitlab.Gitlab
) -> None:
    group = bot.ensure_group(f"ubah-{next(_numbers)}", "Ubah")
    made = [
        bot.create_project(group, f"p-{number}", name=f"P{number}", description="") for number in range(4)
    ]
    now = datetime.now(UTC)
    store = world.running.engine.store
    for ago, one in zip((0, 50, 70, 900), made, strict=True):
        seen = (now - timedelta(minutes=ago)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        store.update("projects", one.id, last_activity_at=seen)
    before = bot.calls
    assert [one.id for one in bot.list_changed_projects(group, now)] == [made[0].id, made[1].id]
    assert bot.calls - before == 1


def test_changed_requests_name_their_projects(world: GitLabWorld, bot: GitLabForge) -> None:
    group = bot.ensure_group(f"ubah-{next(_numbers)}", "Ubah")
    quiet, busy = (bot.create_project(group, name, name=name, description="") for name in ("sepi", "ramai"))
    for one in (quiet, busy):
        bot.commit_files(one.id, "main", "Awal", [FileWrite("a.txt", b"a")])
        bot.commit_files(one.id, "usul", "Usul", [FileWrite("b.txt", b"b")])
        bot.create_merge_request(one.id, "usul", "main", "Usul", "")
    moment = datetime.now(UTC) + timedelta(seconds=1)
    store = world.running.engine.store
    assert bot.list_changed_requests(group, moment) == frozenset()
    later = (moment + timedelta(seconds=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    store.run("UPDATE merge_requests SET updated_at = ? WHERE project_id = ?", later, busy.id)
    assert bot.list_changed_requests(group, moment) == {busy.id}
    assert [row.iid for row in bot.list_merge_requests(busy.id, updated_after=moment)] == [1]
    assert bot.list_merge_requests(quiet.id, updated_after=moment) == []


def test_subgroups_are_groups_like_others(world: GitLabWorld, bot: GitLabForge) -> None:
    above = bot.ensure_group(f"dinas-{next(_numbers)}", "Dinas")
    below = bot.ensure_group(f"{above.path}/bidang/".rstrip("/"), "Bidang")
    deep = bot.ensure_group(f"{below.path}/seksi", "Seksi")
    made = bot.create_project(deep, "aplikasi", name="Aplikasi", description="")
    assert made.path == f"{deep.path}/aplikasi"
    assert bot.find_project(made.path) == made
    assert [one.id for one in bot.list_group_projects(deep)] == [made.id]
    assert bot.list_group_projects(above) == []
    assert bot.own_access(made.id) is Access.OWNER


def test_a_group_token_is_a_bot_that_works_in_the_group_and_below(
    world: GitLabWorld, bot: GitLabForge, raw: gitlab.Gitlab
) -> None:
    group = bot.ensure_group(f"token-{next(_numbers)}", "Token")
    inside = bot.create_project(group, "isi", name="Isi", description="")
    outside = world.project()
    made: Any = raw.groups.get(group.id).access_tokens.create(
        {"name": "laik", "scopes": ["api"], "access_level": 40, "expires_at": "2999-12-31"}
    )
    forge = world.connect(made.token)
    me = forge.whoami()
    assert (me.username.startswith(f"group_{group.id}_bot_"), me.bot) == (True, True)
    facts = forge.token_facts()
    assert (facts.kind, facts.scopes, str(facts.expires)) == ("group", ("api",), "2999-12-31")
    assert forge.own_access(inside.id) is Access.MAINTAINER
    assert (forge.get_project(outside.id), forge.own_access(outside.id)) == (None, Access.NONE)
    assert forge.create_issue(inside.id, "Dari bot", "").author == me
    raw.groups.get(group.id).access_tokens.delete(made.id)
    with pytest.raises(ForgeRefused) as gone:
        world.connect(made.token).whoami()
    assert gone.value.status == 401


def test_a_project_token_reaches_no_other_project_and_gives_no_more_than_its_giver_has(
    world: GitLabWorld, bot: GitLabForge, raw: gitlab.Gitlab
) -> None:
    mine, other = world.project(), world.project()
    made: Any = raw.projects.get(mine.id).access_tokens.create({"name": "laik", "scopes": ["read_api"]})
    forge = world.connect(made.token)
    assert (forge.token_facts().kind, forge.own_access(mine.id)) == ("project", Access.MAINTAINER)
    assert forge.get_project(other.id) is None
    with pytest.raises(ForgeRefused):
        forge.create_issue(mine.id, "Tidak boleh", "")
    helper = world.login("penolong")
    bot.ensure_member(mine.id, helper.whoami(), Access.MAINTAINER)
    theirs = gitlab.Gitlab(world.running.url, private_token=world._tokens["penolong"])
    with pytest.raises(GitlabError) as refusal:
        theirs.projects.get(mine.id).access_tokens.create(
            {"name": "lebih", "scopes": ["api"], "access_level": 50}
        )
    assert refusal.value.response_code == 403


def test_a_merge_train_is_refused_clearly_and_nothing_is_merged(
    world: GitLabWorld, bot: GitLabForge, project: Project, raw: gitlab.Gitlab
) -> None:
    bot.commit_files(project.id, "main", "Awal", [FileWrite("a.txt", b"a")])
    sha = bot.commit_files(project.id, "usul", "Usul", [FileWrite("b.txt", b"b")])
    request = bot.create_merge_request(project.id, "usul", "main", "Usul", "")
    raw.projects.update(project.id, {"merge_pipelines_enabled": True, "merge_trains_enabled": True})
    before = bot.writes
    with pytest.raises(ForgeRefused, match="merge train") as refusal:
        bot.merge(request, sha=sha, message="Gabung")
    assert "Settings > Merge requests" in refusal.value.remedy.en
    assert bot.writes == before


def test_a_hook_is_set_once_mended_when_changed_and_its_secret_exchanged(
    bot: GitLabForge, project: Project, raw: gitlab.Gitlab
) -> None:
    hook = Hook(URL, "rahasia-pertama")
    assert [bot.ensure_hook(project.id, hook) for _ in range(2)] == [True, False]
    (row,) = raw.projects.get(project.id).hooks.list()
    raw.projects.get(project.id).hooks.update(row.id, {"url": URL, "note_events": False})
    assert [bot.ensure_hook(project.id, hook) for _ in range(2)] == [True, False]
    renewed = Hook(URL, "rahasia-kedua")
    assert [bot.ensure_hook(project.id, renewed) for _ in range(2)] == [True, False]
    (row,) = raw.projects.get(project.id).hooks.list()
    shown = str(row.attributes)
    assert (row.note_events, row.token_present) == (True, True)
    assert "rahasia" not in shown


def test_doubles_of_a_hook_are_taken_away_and_others_left_alone(
    bot: GitLabForge, project: Project, raw: gitlab.Gitlab
) -> None:
    hooks = raw.projects.get(project.id).hooks
    for url in (URL, URL, "https://lain.contoh.go.id/"):
        hooks.create({"url": url})
    assert bot.ensure_hook(project.id, Hook(URL, "rahasia"))
    assert sorted(row.url for row in bot.list_hooks(project.id)) == [URL, "https://lain.contoh.go.id/"]
    other = next(row for row in bot.list_hooks(project.id) if row.url != URL)
    bot.delete_hook(project.id, other.id)
    bot.delete_hook(project.id, other.id)
    assert [row.url for row in bot.list_hooks(project.id)] == [URL]


def test_version_and_clock_are_the_servers_own(bot: GitLabForge) -> None:
    assert bot.version().startswith("GitLab 19.")
    bot.version()
    before = bot.unmodified
    assert abs(bot.server_time() - datetime.now(UTC)) < timedelta(seconds=5)
    assert bot.unmodified == before


def test_a_project_of_ones_own_is_removed_whole(bot: GitLabForge, project: Project) -> None:
    bot.delete_project(project.id)
    assert bot.get_project(project.id) is None


def test_git_takes_the_token_under_its_own_name(world: GitLabWorld, bot: GitLabForge) -> None:
    assert (bot.git_username, bot.git_token()) == ("oauth2", world._tokens["bot-laik"])
    assert world._tokens["bot-laik"] not in repr(bot)
