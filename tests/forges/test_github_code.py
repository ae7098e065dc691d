"""The code side of the GitHub adapter, over real PyGithub and git against the embedded forge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from automation.core.errors import ForgeRefused, ForgeUnreachable
from automation.forges.base import Access, FileWrite, Hook, Project, Protection, StatusDetails, StatusState
from automation.forges.github import GitHubForge
from automation.forges.github.firstpush import FirstPush, is_safe_path
from automation.localforge.githubprotection import protection_of
from automation.localforge.server import start

from .world import GitHubWorld

MAINTAINED = Protection("main", Access.MAINTAINER, Access.MAINTAINER)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitHubWorld]:
    folder = tmp_path_factory.mktemp("forge")
    with start(folder / "data", dialect="github") as running:
        made = GitHubWorld(running, folder)
        yield made
        made.close()


@pytest.fixture
def forge(world: GitHubWorld) -> GitHubForge:
    return world.bot


@pytest.fixture
def project(world: GitHubWorld) -> Project:
    return world.project()


def _at(project: Project) -> str:
    return f"/repos/{project.path}"


def _ask(world: GitHubWorld, verb: str, path: str, body: Any = None) -> Any:
    """One bare request as the bot, who administers its repositories."""
    return world.asks(verb, path, body, token=world.token("bot-laik"))


def _fill(forge: GitHubForge, project: Project) -> str:
    return forge.commit_files(project.id, "main", "awal", [FileWrite("a", b"1")])


# -- the empty repository ----------------------------------------------------------------------------


def test_rule_the_git_data_api_answers_409_while_a_repository_is_empty(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    for verb, path in (("GET", "/git/matching-refs/heads"), ("POST", "/git/blobs")):
        with pytest.raises(AssertionError, match="409"):
            _ask(world, verb, _at(project) + path, {"content": "x"} if verb == "POST" else None)
    assert forge.branch_head(project.id, "main") is None
    assert dict(forge.branch_heads(project.id)) == {}
    assert forge.read_file(project.id, "a", "main") is None
    assert list(forge.pushes(project.id, "main")) == []


def test_a_scaffold_in_an_empty_repository_is_one_commit_with_modes_and_bytes(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    files = [
        FileWrite("README.md", "halo \u00e9\n".encode()),
        FileWrite("alat/jalan", b"#!/bin/sh\r\n\0\xff", executable=True),
        FileWrite("kosong", b""),
    ]
    before = forge.writes
    sha = forge.commit_files(project.id, "main", "Siapkan\n\nisi", files)
    assert forge.writes == before, "the API's way would have been several writes and two commits"
    repository = world.running.engine.repository(project.id)
    (commit,) = repository.log("main")
    assert (commit.sha, commit.parents, commit.message.strip()) == (sha, (), "Siapkan\n\nisi")
    assert commit.author_email.endswith("+bot-laik@users.noreply.github.com")
    modes = {entry.path: entry.mode for entry in repository.tree(sha, recursive=True) if entry.type == "blob"}
    assert modes == {"README.md": "100644", "alat/jalan": "100755", "kosong": "100644"}
    for file in files:
        assert forge.read_file(project.id, file.path, sha) == file.content
    (push,) = forge.pushes(project.id, "main")
    assert (push.user.username, push.sha) == ("bot-laik", sha)


def test_the_first_push_never_overwrites_what_somebody_pushed_meanwhile(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    head = _fill(forge, project)
    late = FirstPush(project.http_url.removesuffix(".git") + ".git", "x", forge.git_token(), forge.whoami())
    with pytest.raises(ForgeRefused):
        late.push("main", "terlambat", [FileWrite("b", b"2")])
    assert forge.branch_head(project.id, "main") == head


def test_the_first_push_tells_a_wrong_token_and_a_dead_server_apart(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    url = project.http_url
    with pytest.raises(ForgeRefused) as refused:
        FirstPush(url, "x", "token-salah", forge.whoami()).push("main", "m", [FileWrite("a", b"1")])
    assert "token-salah" not in str(refused.value)
    with pytest.raises(ForgeUnreachable):
        FirstPush("http://127.0.0.1:9/a/b.git", "x", "t", forge.whoami()).push("main", "m", [])
    assert "rahasia" not in repr(FirstPush(url, "x", "rahasia", forge.whoami()))


@pytest.mark.parametrize(
    "path",
    ["../a", "a/../b", "/a", "a//b", ".git/config", "a/.GIT/x", 'a"b', "a\nM 100644 inline b", "", "a\\b"],
)
def test_a_path_that_leaves_the_repository_or_ends_a_line_of_the_stream_is_refused(
    forge: GitHubForge, project: Project, path: str
) -> None:
    assert not is_safe_path(path)
    with pytest.raises(ForgeRefused):
        forge.commit_files(project.id, "main", "m", [FileWrite(path, b"x")])
    assert forge.branch_head(project.id, "main") is None


# -- commits through git data ------------------------------------------------------------------------


def test_text_goes_inside_the_tree_so_that_a_commit_is_three_writes(
    forge: GitHubForge, project: Project
) -> None:
    _fill(forge, project)
    before = forge.writes
    files = [FileWrite(f"dokumen/{number}.md", b"teks\n") for number in range(40)]
    forge.commit_files(project.id, "main", "banyak", files)
    assert forge.writes - before == 3  # tree, commit, ref
    forge.commit_files(project.id, "main", "biner", [FileWrite("gambar.png", b"\x89PNG\0\xff")])
    assert forge.writes - before == 7  # one blob more
    assert forge.read_file(project.id, "gambar.png", "main") == b"\x89PNG\0\xff"


def test_an_executable_file_and_a_deletion_go_into_one_commit(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    head = _fill(forge, project)
    changes = [FileWrite("a", None), FileWrite("jalan", b"#!/bin/sh\n", executable=True)]
    sha = forge.commit_files(project.id, "main", "ubah", changes)
    repository = world.running.engine.repository(project.id)
    commit = repository.commit(sha)
    assert commit is not None
    assert commit.parents == (head,)
    assert [(entry.path, entry.mode) for entry in repository.tree(sha)] == [("jalan", "100755")]


def test_a_ref_that_moved_meanwhile_is_an_error_and_is_not_forced(
    world: GitHubWorld, forge: GitHubForge, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(forge, project)
    moved: list[str] = []
    tree = forge._tree

    def slow_tree(project_id: int, base: str, files: Any) -> str:
        if not moved:
            moved.append("")
            moved[0] = world.bot.commit_files(project_id, "main", "lebih cepat", [FileWrite("b", b"2")])
        return tree(project_id, base, files)

    monkeypatch.setattr(forge, "_tree", slow_tree)
    with pytest.raises(ForgeRefused, match="fast forward"):
        forge.commit_files(project.id, "main", "terlambat", [FileWrite("c", b"3")])
    assert forge.branch_head(project.id, "main") == moved[0]


def test_a_file_above_one_megabyte_is_read_through_its_blob(forge: GitHubForge, project: Project) -> None:
    content = b"x" * (1024 * 1024 + 1)
    forge.commit_files(project.id, "main", "besar", [FileWrite("besar.txt", content)])
    assert forge.read_file(project.id, "besar.txt", "main") == content


def test_a_folder_or_a_path_out_of_the_repository_is_no_file(forge: GitHubForge, project: Project) -> None:
    forge.commit_files(project.id, "main", "m", [FileWrite("map/isi", b"1")])
    assert forge.read_file(project.id, "map", "main") is None
    assert forge.read_file(project.id, "../../user", "main") is None


def test_branch_names_with_slashes_and_odd_letters_are_whole(forge: GitHubForge, project: Project) -> None:
    head = _fill(forge, project)
    other = forge.commit_files(project.id, "fitur/a#1%20", "m", [FileWrite("b", b"2")])
    assert dict(forge.branch_heads(project.id)) == {"main": head, "fitur/a#1%20": other}
    assert forge.branch_head(project.id, "fitur/a#1%20") == other
    assert forge.branch_head(project.id, "fitur") is None
    assert forge.read_file(project.id, "b", "fitur/a#1%20") == b"2"


def test_heads_asked_again_cost_no_content_while_nothing_moved(forge: GitHubForge, project: Project) -> None:
    _fill(forge, project)
    forge.branch_heads(project.id)
    before = forge.unmodified
    assert "main" in forge.branch_heads(project.id)
    assert forge.unmodified == before + 1


# -- who pushed --------------------------------------------------------------------------------------


def test_pushes_survive_a_force_push_and_leave_deletions_out(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    _fill(forge, project)
    clone = world.clone(project, "tim-dinkes", Access.DEVELOPER)
    clone.git("checkout", "-q", "-b", "usul")
    first = clone.commit("b", b"1")
    clone.git("push", "-q", "origin", "usul")
    clone.git("commit", "-q", "--amend", "-m", "ditulis ulang")
    second = clone.git("rev-parse", "HEAD").stdout.strip()
    clone.git("push", "-q", "--force", "origin", "usul")
    kinds = [
        row["activity_type"] for row in _ask(world, "GET", f"{_at(project)}/activity?ref=usul&direction=asc")
    ]
    assert kinds == ["branch_creation", "force_push"]
    clone.git("push", "-q", "origin", ":usul")
    rows = forge.pushes(project.id, "usul")
    assert [(row.user.username, row.sha) for row in rows] == [("tim-dinkes", first), ("tim-dinkes", second)]


def test_pushes_are_read_over_all_pages(world: GitHubWorld, forge: GitHubForge, project: Project) -> None:
    _fill(forge, project)
    engine = world.running.engine
    for number in range(1, 251):
        row = {"action": "pushed", "ref_type": "branch", "ref": "usul", "commit_count": 1}
        sha = f"{number:040x}"
        user = engine.store.value("SELECT id FROM users WHERE username = 'bot-laik'")
        engine.store.insert(
            "events", project_id=project.id, user_id=user, commit_to=sha, created_at=engine.now(), **row
        )
    # Commits that do not exist cannot be compared, so they must not be: all are creations to the forge.
    engine.store.run("UPDATE events SET action = 'created' WHERE ref = 'usul'")
    assert len(forge.pushes(project.id, "usul")) == 250


# -- protection --------------------------------------------------------------------------------------


def test_rule_2_a_required_check_is_bound_to_the_app_that_reports_it(
    world: GitHubWorld, project: Project
) -> None:
    secrets = world.app("laik-cek")
    app = world.as_app(secrets)
    head = _fill(app, project)
    wanted = replace(MAINTAINED, checks=("laik/sop",))
    assert app.ensure_protection(project.id, wanted)
    facts = app.find_protection(project.id, "main")
    assert facts is not None
    assert dict(facts.checks) == {"laik/sop": secrets.app_id}
    assert "app:laik-cek" in facts.by_name
    before = app.writes
    assert not app.ensure_protection(project.id, wanted)
    assert app.writes == before
    # A builder's status of the same name does not count, the App's own does.
    branch = app.commit_files(project.id, "usul", "m", [FileWrite("b", b"2")])
    assert branch != head
    world.join(project, "tim-dinkes", Access.DEVELOPER).set_status(
        project.id, branch, context="laik/sop", state=StatusState.SUCCESS, description="", target_url=""
    )
    request = app.create_merge_request(project.id, "usul", "main", "usul", "")
    with pytest.raises(ForgeRefused, match="laik/sop"):
        app.merge(request, sha=branch, message="m")
    app.set_status(
        project.id,
        branch,
        context="laik/sop",
        state=StatusState.SUCCESS,
        description="",
        target_url="",
        details=StatusDetails("lulus"),
    )
    assert app.merge(request, sha=branch, message="m").state == "merged"


def test_rule_2_with_a_token_the_check_is_required_from_any_source(
    forge: GitHubForge, project: Project
) -> None:
    _fill(forge, project)
    wanted = replace(MAINTAINED, checks=("laik/sop", "laik/uat"))
    assert forge.ensure_protection(project.id, wanted)
    facts = forge.find_protection(project.id, "main")
    assert facts is not None
    assert dict(facts.checks) == {"laik/sop": None, "laik/uat": None}
    assert not forge.ensure_protection(project.id, wanted)


def test_rule_2_contexts_and_checks_exclude_each_other_though_the_specification_demands_contexts(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    _fill(forge, project)
    both = {"strict": False, "contexts": ["a"], "checks": [{"context": "a"}]}
    rest: dict[str, Any] = {
        "enforce_admins": True,
        "required_pull_request_reviews": None,
        "restrictions": None,
    }
    with pytest.raises(AssertionError, match="422"):
        _ask(
            world, "PUT", f"{_at(project)}/branches/main/protection", {**rest, "required_status_checks": both}
        )


def test_rule_3_rulesets_and_classic_protection_are_read_together(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    _fill(forge, project)
    assert forge.find_protection(project.id, "main") is None
    rules = [
        {"type": "non_fast_forward"},
        {
            "type": "required_status_checks",
            "parameters": {
                "strict_required_status_checks_policy": False,
                "required_status_checks": [{"context": "laik/sop", "integration_id": 7}],
            },
        },
    ]
    target = {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}
    body = {
        "name": "utama",
        "target": "branch",
        "enforcement": "active",
        "conditions": target,
        "rules": rules,
    }
    _ask(world, "POST", f"{_at(project)}/rulesets", body)
    facts = forge.find_protection(project.id, "main")
    assert facts is not None
    assert (facts.push, facts.force_push, dict(facts.checks)) == (Access.DEVELOPER, False, {"laik/sop": 7})
    forge.ensure_protection(project.id, MAINTAINED)
    assert [row["type"] for row in _ask(world, "GET", f"{_at(project)}/rules/branches/main")] == [
        "non_fast_forward",
        "required_status_checks",
    ]
    facts = forge.find_protection(project.id, "main")
    assert facts is not None
    assert (facts.push, dict(facts.checks), facts.by_name) == (
        Access.MAINTAINER,
        {"laik/sop": 7},
        ("bot-laik",),
    )
    assert forge.find_protection(project.id, "usul") is None


def test_rule_3_classic_protection_of_private_repositories_needs_a_paid_plan(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    _fill(forge, project)
    store = world.running.engine.store
    store.run("INSERT INTO github_free_plans SELECT namespace_id FROM projects WHERE id = ?", project.id)
    try:
        for ask in (
            lambda: forge.ensure_protection(project.id, MAINTAINED),
            lambda: forge.find_protection(project.id, "main"),
        ):
            with pytest.raises(ForgeRefused, match="Upgrade to GitHub Pro") as refused:
                ask()
            assert "GitHub Team" in refused.value.remedy.en
    finally:
        store.run("DELETE FROM github_free_plans")


@pytest.mark.parametrize(
    ("push", "merge", "people", "laik"),
    [
        (Access.MAINTAINER, Access.MAINTAINER, False, True),
        (Access.MAINTAINER, Access.DEVELOPER, False, True),
        (Access.DEVELOPER, Access.DEVELOPER, True, True),
        (Access.NONE, Access.MAINTAINER, False, False),
        (Access.NONE, Access.DEVELOPER, False, False),
        (Access.NONE, Access.NONE, False, False),
    ],
)
def test_levels_become_what_github_can_hold(
    world: GitHubWorld,
    forge: GitHubForge,
    project: Project,
    push: Access,
    merge: Access,
    people: bool,
    laik: bool,
) -> None:
    _fill(forge, project)
    forge.ensure_protection(project.id, Protection("main", push, merge))
    facts = forge.find_protection(project.id, "main")
    assert facts is not None
    assert (facts.push, facts.merge, facts.force_push) == (push, merge, False)
    builder = world.join(project, "tim-dinkes", Access.DEVELOPER)
    for who, may in ((builder, people), (forge, laik)):
        head = forge.branch_head(project.id, "main")
        if may:
            who.commit_files(project.id, "main", "m", [FileWrite("a", who.whoami().username.encode())])
        else:
            with pytest.raises(ForgeRefused):
                who.commit_files(project.id, "main", "m", [FileWrite("a", b"x")])
        assert (forge.branch_head(project.id, "main") != head) == may


def test_a_branch_for_maintainers_is_for_those_who_are_let_into_the_repository_as_such(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    _fill(forge, project)
    assert forge.ensure_protection(project.id, MAINTAINED)
    reviewer = world.join(project, "teknis-1", Access.MAINTAINER)
    builder = world.join(project, "tim-dinkes", Access.DEVELOPER)
    with pytest.raises(ForgeRefused):  # GitHub names people one by one, and he came later
        reviewer.commit_files(project.id, "main", "m", [FileWrite("a", b"2")])
    assert forge.ensure_protection(project.id, MAINTAINED)
    assert not forge.ensure_protection(project.id, MAINTAINED)
    reviewer.commit_files(project.id, "main", "m", [FileWrite("a", b"2")])
    with pytest.raises(ForgeRefused):
        builder.commit_files(project.id, "main", "m", [FileWrite("a", b"3")])
    forge.ensure_member(project.id, reviewer.whoami(), Access.DEVELOPER)
    assert forge.ensure_protection(project.id, MAINTAINED)
    with pytest.raises(ForgeRefused):
        reviewer.commit_files(project.id, "main", "m", [FileWrite("a", b"4")])


def test_a_loosened_protection_is_tightened_again_in_one_replacement(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    _fill(forge, project)
    forge.ensure_protection(project.id, MAINTAINED)
    loose = {
        "required_status_checks": None,
        "enforce_admins": None,
        "required_pull_request_reviews": None,
        "restrictions": None,
        "allow_force_pushes": True,
        "allow_deletions": True,
    }
    _ask(world, "PUT", f"{_at(project)}/branches/main/protection", loose)
    facts = forge.find_protection(project.id, "main")
    assert facts is not None
    assert (facts.push, facts.force_push, facts.by_name) == (Access.DEVELOPER, True, ("role:admin",))
    before = forge.writes
    assert forge.ensure_protection(project.id, MAINTAINED)
    assert forge.writes == before + 1
    kept = protection_of(world.running.engine, project.id, "main")
    assert kept is not None
    assert (kept["enforce_admins"], kept["allow_deletions"]) == (True, False)


def test_a_restriction_on_a_personal_repository_is_refused_with_the_way_out(
    world: GitHubWorld, forge: GitHubForge
) -> None:
    row = world.asks(
        "POST", "/user/repos", {"name": "pribadi", "private": True}, token=world.token("bot-laik")
    )
    forge.commit_files(row["id"], "main", "m", [FileWrite("a", b"1")])
    with pytest.raises(ForgeRefused, match="Only organization") as refused:
        forge.ensure_protection(row["id"], MAINTAINED)
    assert "organisation" in refused.value.remedy.en


# -- hooks -------------------------------------------------------------------------------------------

HOOK = Hook("http://127.0.0.1:9/webhook/github", "rahasia-kait")


def test_rule_11_a_hook_tells_of_all_that_laik_listens_to_and_is_signed(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    assert forge.ensure_hook(project.id, HOOK)
    (row,) = _ask(world, "GET", f"{_at(project)}/hooks")
    assert row["config"] == {
        "url": HOOK.url,
        "content_type": "json",
        "insecure_ssl": "0",
        "secret": "********",
    }
    assert set(row["events"]) == {
        "push",
        "issues",
        "issue_comment",
        "pull_request",
        "pull_request_review",
        "status",
        "check_run",
        "check_suite",
    }
    (facts,) = forge.list_hooks(project.id)
    assert (facts.events, facts.enabled, facts.verifies_tls) == (HOOK.events, True, True)


def test_rule_11_a_hook_that_somebody_loosened_is_mended_and_keeps_its_secret(
    world: GitHubWorld, forge: GitHubForge, project: Project
) -> None:
    forge.ensure_hook(project.id, HOOK)
    (facts,) = forge.list_hooks(project.id)
    place = f"{_at(project)}/hooks/{facts.id}"
    config = {"url": HOOK.url, "content_type": "form", "insecure_ssl": "1"}
    _ask(world, "PATCH", place, {"active": False, "events": ["push", "gollum"], "config": config})
    (facts,) = forge.list_hooks(project.id)
    assert (facts.enabled, facts.verifies_tls) == (False, False)
    assert forge.ensure_hook(project.id, HOOK)
    (facts,) = forge.list_hooks(project.id)
    assert (facts.enabled, facts.verifies_tls) == (True, True)
    assert set(facts.events) == {*HOOK.events, "gollum"}
    secret = world.running.engine.store.value("SELECT secret FROM github_hooks WHERE id = ?", facts.id)
    assert secret == HOOK.secret
    before = forge.writes
    assert not forge.ensure_hook(project.id, HOOK)
    assert forge.writes == before


def test_rule_11_a_hook_that_exists_already_is_no_error(
    world: GitHubWorld, forge: GitHubForge, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge.ensure_hook(project.id, HOOK)
    # Somebody makes it between our look and our write.
    monkeypatch.setattr(forge, "_rows", lambda *_, **__: iter(()))
    assert not forge.ensure_hook(project.id, HOOK)


def test_a_hook_that_is_removed_twice_is_gone(forge: GitHubForge, project: Project) -> None:
    forge.ensure_hook(project.id, HOOK)
    (facts,) = forge.list_hooks(project.id)
    forge.delete_hook(project.id, facts.id)
    forge.delete_hook(project.id, facts.id)
    assert list(forge.list_hooks(project.id)) == []


def test_a_hook_whose_deliveries_fail_stays_and_says_why(
    world: GitHubWorld, forge: GitHubForge, project: Project, tmp_path: Path
) -> None:
    forge.ensure_hook(project.id, HOOK)
    assert world.running.sender.wait_until_idle()
    (facts,) = forge.list_hooks(project.id)
    assert facts.enabled
    assert facts.why.startswith("502 ")
