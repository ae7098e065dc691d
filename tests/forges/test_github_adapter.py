"""The ground of the GitHub adapter: signing in, addresses, people, places, what a health check asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import github
import pytest

from automation.core.errors import ForgeRefused, ForgeUnreachable
from automation.core.rights import APP_PERMISSIONS
from automation.core.text import Bilingual
from automation.forges.base import Access, FileWrite, Project
from automation.forges.github import AppAuth, GitHubForge, TokenAuth, convert
from automation.forges.github.projects import description_of
from automation.forges.github.session import api_address, next_page, translated
from automation.localforge import apps, users
from automation.localforge.server import start

from .world import GitHubWorld


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitHubWorld]:
    folder = tmp_path_factory.mktemp("github")
    with start(folder / "data", dialect="github") as running:
        made = GitHubWorld(running, folder)
        yield made
        made.close()


@pytest.fixture(scope="module")
def app(world: GitHubWorld) -> apps.AppSecrets:
    return world.app()


def _say(problem: github.GithubException) -> str:
    found = translated(problem, Bilingual("mencoba", "try"))
    return f"{type(found).__name__} {found.explain('en')}"


# -- addresses and the wire ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://github.com", "https://api.github.com"),
        ("https://git.contoh.go.id", "https://git.contoh.go.id/api/v3"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/v3"),
    ],
)
def test_the_api_lies_elsewhere_on_github_com_than_on_an_office_s_own_server(url: str, api: str) -> None:
    assert api_address(url) == api


@pytest.mark.parametrize("url", ["ftp://github.com", "https://bot:rahasia@github.com", "github.com", ""])
def test_an_address_that_is_none_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ForgeRefused) as refused:
        GitHubForge(url, TokenAuth("ghp_rahasia"))
    assert "rahasia" not in refused.value.explain("id")


def test_rule_14_every_request_goes_over_the_wire_and_none_is_put_off_by_pygithub(world: GitHubWorld) -> None:
    forge = world.connect(world.token("bot-laik"))
    requester = forge._client.requester
    settings = requester.kwargs
    assert (settings["retry"], settings["seconds_between_requests"], settings["seconds_between_writes"]) == (
        None,
        0,
        0,
    )
    began = datetime.now(UTC)
    for lazy in (False, True):
        client = requester.withLazy(lazy).withApiVersion("2026-03-10")
        client.requestJsonAndCheck("GET", "/meta")
    list(forge._client.get_organization("berkas").get_repos())
    assert forge.calls >= 3
    assert datetime.now(UTC) - began < timedelta(seconds=3)


def test_an_address_in_an_answer_never_gets_the_token_to_another_host(world: GitHubWorld) -> None:
    forge = world.connect(world.token("bot-laik"))
    forge._client.requester.requestJsonAndCheck("GET", "http://127.0.0.1:9/api/v3/meta")
    assert forge.calls == 1


def test_a_redirect_is_not_followed_and_a_renamed_repository_is_known_by_its_id_alone(
    world: GitHubWorld,
) -> None:
    project = world.project()
    owner, name = project.path.split("/")
    world.asks("PATCH", f"/repos/{project.path}", {"name": f"{name}-baru"}, token=world.token("bot-laik"))
    assert world.bot.find_project(project.path) is None
    found = world.bot.get_project(project.id)
    assert found is not None
    assert found.path == f"{owner}/{name}-baru"
    calls = world.bot.calls
    with pytest.raises(github.GithubException) as moved:
        world.bot._raw("GET", f"/repos/{project.path}")
    assert (moved.value.status, world.bot.calls - calls) == (301, 1)


def test_whoever_takes_the_name_of_a_renamed_repository_gets_nothing_that_was_meant_for_it(
    world: GitHubWorld,
) -> None:
    project = world.project()
    group = world.bot.find_group("berkas")
    assert group is not None
    slug = project.path.partition("/")[2]
    world.asks("PATCH", f"/repos/{project.path}", {"name": f"{slug}-lama"}, token=world.token("bot-laik"))
    taker = world.bot.create_project(group, slug, name=slug, description="")
    world.bot.commit_files(project.id, "main", "isi", [FileWrite("a", b"1")])
    assert world.bot.branch_head(project.id, "main") is not None
    assert world.bot.branch_head(taker.id, "main") is None


def test_what_was_read_before_is_asked_conditionally(world: GitHubWorld) -> None:
    forge, group = world.connect(world.token("bot-laik")), world.bot.find_group("berkas")
    assert group is not None
    world.project()
    first = forge.list_group_projects(group)
    calls, unmodified = forge.calls, forge.unmodified
    assert forge.list_group_projects(group) == first
    assert forge.calls - calls == forge.unmodified - unmodified > 0


@pytest.mark.parametrize(
    ("status", "message", "headers", "said"),
    [
        (403, "Resource protected by organization SAML enforcement.", {"X-GitHub-SSO": "required"}, "SSO"),
        (403, "Upgrade to GitHub Pro or make this repository public", {}, "GitHub Team"),
        (403, "Resource not accessible by integration", {}, "permission"),
        (403, "You have exceeded a secondary rate limit", {}, "ForgeUnreachable"),
        (403, "API rate limit exceeded for user ID 1.", {}, "ForgeUnreachable"),
        (401, "Bad credentials", {}, "LAIK_TOKEN_FILE"),
        (410, "Issues are disabled for this repo", {}, "switch Issues on"),
        (429, "", {}, "ForgeUnreachable"),
        (502, "Server Error", {}, "ForgeUnreachable"),
    ],
)
def test_a_refusal_says_what_helps(status: int, message: str, headers: dict[str, str], said: str) -> None:
    found = github.Requester.Requester.createException(status, headers, {"message": message})
    assert said in _say(found)


def test_the_words_about_single_fields_are_told() -> None:
    errors = [
        {"resource": "Label", "code": "already_exists", "field": "name"},
        {"message": "terlalu\npanjang"},
    ]
    problem = github.GithubException(422, {"message": "Validation Failed", "errors": errors})
    assert "Validation Failed; name already_exists; terlalu panjang" in _say(problem)


def test_the_next_page_is_found_wherever_it_stands_in_the_link_header() -> None:
    link = (
        '<https://h/a?page=1>; rel="prev", <https://h/a?page=3&x=%3E>; rel="next", <https://h/a>; rel="last"'
    )
    assert next_page(link) == "https://h/a?page=3&x=%3E"
    assert next_page('<https://h/a?page=1>; rel="first"') is None


# -- tokens ----------------------------------------------------------------------------------------


def test_a_classic_token_tells_its_scopes_and_its_end(world: GitHubWorld) -> None:
    engine = world.running.engine
    world.login("pemegang-token")
    account = users.find_user(engine, "pemegang-token")
    assert account is not None
    _, token = users.create_token(engine, account, "t", scopes=("repo", "project"), expires_at="2099-05-06")
    facts = world.connect(token).token_facts()
    assert (facts.kind, facts.scopes, facts.expires) == ("personal", ("repo", "project"), date(2099, 5, 6))


def test_a_fine_grained_token_names_no_scopes(world: GitHubWorld) -> None:
    engine = world.running.engine
    account = users.find_user(engine, "bot-laik")
    assert account is not None
    _, token = users.create_token(engine, account, "t", scopes=("fine-grained",))
    assert world.connect(token).token_facts().scopes is None


def test_the_health_check_knows_version_and_clock(world: GitHubWorld) -> None:
    assert world.bot.version() == "GitHub Enterprise Server 3.19.0"
    assert abs(world.bot.server_time() - datetime.now(UTC)) < timedelta(seconds=5)
    unmodified = world.bot.unmodified
    world.bot.server_time()
    assert world.bot.unmodified == unmodified


# -- GitHub Apps -----------------------------------------------------------------------------------


def test_rule_4_an_app_signs_in_with_an_hourly_token_of_any_length(
    world: GitHubWorld, app: apps.AppSecrets
) -> None:
    forge = world.as_app(app)
    assert (forge.whoami().username, forge.whoami().bot) == ("laik-uji[bot]", True)
    token = forge.git_token()
    assert token.startswith(f"ghs_{app.app_id}_")
    assert len(token) > 40
    assert forge.git_token() == token
    assert forge.find_group("berkas") is not None


def test_rule_4_a_token_is_renewed_before_it_ends(world: GitHubWorld, app: apps.AppSecrets) -> None:
    forge = world.as_app(app)
    first = forge.git_token()
    credentials = forge._credentials
    credentials._now = lambda: datetime.now(UTC).timestamp() + 54 * 60  # type: ignore[union-attr]
    assert forge.git_token() == first
    credentials._now = lambda: datetime.now(UTC).timestamp() + 56 * 60  # type: ignore[union-attr]
    with pytest.raises(ForgeRefused):
        # The server's clock has not moved: an assertion from its future is refused, not guessed around.
        forge.git_token()
    credentials._now = lambda: datetime.now(UTC).timestamp()  # type: ignore[union-attr]
    credentials._expires = credentials._now() + 200  # type: ignore[union-attr]
    assert forge.git_token() != first


def test_rule_4_a_401_in_mid_run_renews_the_token_once_and_the_write_happens_once(
    world: GitHubWorld, app: apps.AppSecrets
) -> None:
    forge, project = world.as_app(app), world.project()
    first = forge.git_token()
    _revoke(world, first)
    issue = forge.create_issue(project.id, "judul", "")
    assert issue.author.username == "laik-uji[bot]"
    assert forge.git_token() != first
    assert [one.iid for one in forge.list_issues(project.id)] == [issue.iid]


def _revoke(world: GitHubWorld, token: str) -> None:
    engine = world.running.engine
    found = users.authenticate(engine, token)
    assert found is not None
    users.revoke_token(engine, found[1].id)


def test_rule_4_an_expired_installation_token_opens_nothing(world: GitHubWorld, app: apps.AppSecrets) -> None:
    engine, token = world.running.engine, world.as_app(app).git_token()
    assert users.authenticate(engine, token) is not None
    clock = engine.clock
    try:
        engine.clock = lambda: datetime.now(UTC) + timedelta(minutes=61)
        assert users.authenticate(engine, token) is None
    finally:
        engine.clock = clock


def test_rule_9_a_renewed_token_asks_anew_and_never_gets_another_s_answer(
    world: GitHubWorld, app: apps.AppSecrets
) -> None:
    forge, project = world.as_app(app), world.project()
    forge.get_issue(project.id, 1)
    first = forge.list_issues(project.id)
    forge.list_issues(project.id)
    unmodified = forge.unmodified
    assert unmodified > 0
    _revoke(world, forge.git_token())
    assert forge.list_issues(project.id) == first
    assert forge.unmodified == unmodified


def test_an_app_s_permissions_are_told_and_hold(world: GitHubWorld) -> None:
    reading = {"metadata": "read", "contents": "read", "issues": "read"}
    forge, project = world.as_app(world.app("laik-baca", permissions=reading)), world.project()
    assert forge.token_facts().kind == "app"
    assert forge.token_facts().scopes == ("contents:read", "issues:read", "metadata:read")
    assert forge.own_access(project.id) is Access.GUEST
    with pytest.raises(ForgeRefused, match="not accessible by integration") as refused:
        forge.create_issue(project.id, "judul", "")
    assert "izin" in refused.value.remedy.id


def test_an_app_with_all_it_needs_owns_what_it_works_on(world: GitHubWorld, app: apps.AppSecrets) -> None:
    forge, project = world.as_app(app), world.project()
    assert forge.own_access(project.id) is Access.OWNER
    assert set(forge.token_facts().scopes or ()) == {
        f"{name}:{level}" for name, level in APP_PERMISSIONS.items()
    }


def test_a_wrong_key_is_refused_without_showing_it(world: GitHubWorld, app: apps.AppSecrets) -> None:
    other = world.app("laik-lain")
    for key in (
        other.private_key_pem,
        "-----BEGIN RSA PRIVATE KEY-----\nrahasia\n-----END RSA PRIVATE KEY-----",
    ):
        auth = AppAuth(app.app_id, key)
        with pytest.raises(ForgeRefused) as refused:
            GitHubForge(world.running.url, auth, write_spacing=0).git_token()
        assert "rahasia" not in refused.value.explain("id") + repr(auth)
        assert "BEGIN" not in repr(auth)


def test_an_app_on_no_or_several_organisations_asks_which(world: GitHubWorld) -> None:
    lonely = apps.create_app(world.running.engine, "laik-sendiri", APP_PERMISSIONS)
    with pytest.raises(ForgeRefused, match="0 akun"):
        world.as_app(lonely).git_token()
    world.bot.ensure_group("aplikasi-app", "Aplikasi")
    both = apps.create_app(
        world.running.engine, "laik-dua", APP_PERMISSIONS, organisations=("berkas", "aplikasi-app")
    )
    with pytest.raises(ForgeRefused, match="berkas"):
        world.as_app(both).git_token()
    auth = AppAuth(both.app_id, both.private_key_pem, both.installation_ids[1])
    chosen = GitHubForge(world.running.url, auth, write_spacing=0)
    group = chosen.find_group("aplikasi-app")
    assert group is not None
    made = chosen.create_project(group, "antrian", name="Antrian", description="")
    assert made.path == "aplikasi-app/antrian"
    assert chosen.find_project(world.project().path) is None


def test_an_app_that_cannot_be_reached_is_unreachable(app: apps.AppSecrets) -> None:
    away = GitHubForge("http://127.0.0.1:9", AppAuth(app.app_id, app.private_key_pem), write_spacing=0)
    with pytest.raises(ForgeUnreachable):
        away.get_project(1)


# -- places and people -----------------------------------------------------------------------------


def test_an_organisation_that_may_not_be_made_says_how_people_make_it(world: GitHubWorld) -> None:
    with pytest.raises(ForgeRefused) as refused:
        world.login("teknis-1").ensure_group("tidak-ada", "Tidak ada")
    assert f"{world.running.url}/organizations/new" in refused.value.remedy.id


@pytest.mark.parametrize(
    "path", ["..", "berkas/../user", "berkas", "a/b/c", "berkas/x?y=1", "/", "berkas/.."]
)
def test_a_path_that_is_no_repository_s_name_is_not_asked_for(world: GitHubWorld, path: str) -> None:
    calls = world.bot.calls
    assert world.bot.find_project(path) is None
    assert world.bot.calls == calls


def test_a_description_is_one_line_of_at_most_350_characters() -> None:
    assert description_of("kunci: PA-2026-0001\r\nbaris\tdua\x00") == "kunci: PA-2026-0001 baris dua"
    assert len(description_of("x" * 400)) == 350


def test_an_invitation_that_offers_just_this_is_not_sent_again(world: GitHubWorld) -> None:
    project, user = world.project(), world.login("vendor-maju").whoami()
    assert world.bot.ensure_member(project.id, user, Access.DEVELOPER)
    writes = world.bot.writes
    assert not world.bot.ensure_member(project.id, user, Access.DEVELOPER)
    assert world.bot.writes == writes
    # Who is invited is told: he can let himself in at any moment.
    offered = {one.user.username: one.access for one in world.bot.list_members(project.id)}
    assert offered[user.username] is Access.DEVELOPER
    assert world.bot.ensure_member(project.id, user, Access.REPORTER)
    assert world.accept("vendor-maju") == 1
    levels = {one.user.username: one.access for one in world.bot.list_members(project.id)}
    assert levels["vendor-maju"] is Access.REPORTER
    assert world.login("vendor-maju").own_access(project.id) is Access.REPORTER


def test_an_invitation_is_withdrawn(world: GitHubWorld) -> None:
    project, user = world.project(), world.login("vendor-maju").whoami()
    world.bot.ensure_member(project.id, user, Access.DEVELOPER)
    assert world.bot.ensure_member(project.id, user, Access.NONE)
    assert not world.bot.ensure_member(project.id, user, Access.NONE)
    assert world.accept("vendor-maju") == 0


def test_an_owner_of_the_organisation_is_not_lowered_in_vain(world: GitHubWorld) -> None:
    project, user = world.project(), world.login("kepala-diskominfo").whoami()
    world.bot.ensure_member(project.id, user, Access.OWNER)
    world.accept("kepala-diskominfo")
    world.asks(
        "PUT",
        "/orgs/berkas/memberships/kepala-diskominfo",
        {"role": "admin"},
        token=world.token("bot-laik"),
    )
    writes = world.bot.writes
    assert not world.bot.ensure_member(project.id, user, Access.DEVELOPER)
    assert world.bot.writes == writes


@pytest.mark.parametrize("access", [one for one in Access if one is not Access.NONE])
def test_each_access_is_a_role_of_github_and_back(world: GitHubWorld, access: Access) -> None:
    project = world.project()
    world.join(project, "tim-dinkes", access)
    levels = {one.user.username: one.access for one in world.bot.list_members(project.id)}
    assert levels["tim-dinkes"] is access
    assert world.login("tim-dinkes").own_access(project.id) is access
    assert convert.access("peran-buatan-sendiri") is Access.GUEST


def test_projects_pushed_to_since_are_listed_and_the_listing_ends_early(world: GitHubWorld) -> None:
    group = world.bot.ensure_group("banyak", "Banyak")
    made = [world.bot.create_project(group, f"r{at}", name="r", description="") for at in range(3)]
    _move_back(world, made)
    since = datetime.now(UTC) - timedelta(minutes=1)
    assert list(world.bot.list_changed_projects(group, since)) == []
    world.bot.commit_files(made[1].id, "main", "isi", [FileWrite("a", b"1")])
    calls = world.bot.calls
    assert [one.id for one in world.bot.list_changed_projects(group, since)] == [made[1].id]
    assert world.bot.calls - calls <= 2


def _move_back(world: GitHubWorld, projects: list[Project]) -> None:
    """As if they had been made an hour ago."""
    for one in projects:
        world.running.engine.store.update("projects", one.id, created_at="2026-01-01T00:00:00.000Z")


def test_requests_changed_since_name_their_repository_and_issues_do_not(world: GitHubWorld) -> None:
    group = world.bot.ensure_group("banyak", "Banyak")
    with_issue = world.bot.create_project(group, "isu", name="r", description="")
    with_pull = world.bot.create_project(group, "usul", name="r", description="")
    since = datetime.now(UTC) - timedelta(minutes=1)
    world.bot.create_issue(with_issue.id, "judul", "")
    for branch in ("main", "usul"):
        world.bot.commit_files(with_pull.id, branch, "isi", [FileWrite(branch, b"1")])
    world.bot.create_merge_request(with_pull.id, "usul", "main", "Usul", "")
    assert world.bot.list_changed_requests(group, since) == {with_pull.id}
    assert world.bot.list_changed_requests(group, datetime.now(UTC) + timedelta(hours=1)) == frozenset()


def test_a_deleted_repository_is_gone_and_no_access_to_it(world: GitHubWorld) -> None:
    project = world.project()
    world.bot.delete_project(project.id)
    assert world.bot.get_project(project.id) is None
    assert world.bot.own_access(project.id) is Access.NONE


def test_an_account_s_name_that_is_none_finds_nobody(world: GitHubWorld) -> None:
    assert world.bot.find_user("../user") is None
    assert world.bot.find_user("berkas") is None


def test_a_data_folder_keeps_its_dialect(tmp_path: Path) -> None:
    with start(tmp_path, dialect="github") as running:
        token = running.admin_token
    with pytest.raises(ForgeRefused, match="dialek github"):
        start(tmp_path)
    with start(tmp_path, dialect="github") as running:
        assert running.admin_token == token
