"""Code, branches and rules of the GitHub dialect, with PyGithub as it comes and bare requests."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import github
import pytest
import requests
from github.InputGitTreeElement import InputGitTreeElement
from github.Repository import Repository

from automation.forges.base import Access, FileWrite, Project
from automation.localforge.gitobjects import BadObject, GitObjects, TreeChange
from automation.localforge.server import start
from tests.forges.world import GitHubWorld


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitHubWorld]:
    folder = tmp_path_factory.mktemp("forge")
    with start(folder / "data", dialect="github") as running:
        made = GitHubWorld(running, folder)
        yield made
        made.close()


@pytest.fixture
def project(world: GitHubWorld) -> Project:
    return world.project()


def _client(world: GitHubWorld, username: str, project: Project) -> Repository:
    client = github.Github(
        base_url=f"{world.running.url}/api/v3",
        auth=github.Auth.Token(world.token(username)),
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
    return client.get_repo(project.path)


@pytest.fixture
def repo(world: GitHubWorld, project: Project) -> Repository:
    """The repository with one commit, as its administrator sees it."""
    world.bot.commit_files(project.id, "main", "awal", [FileWrite("a", b"1"), FileWrite("map/b", b"2")])
    return _client(world, "bot-laik", project)


def _raw(world: GitHubWorld, username: str, verb: str, project: Project, below: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {world.token(username)}"}
    url = f"{world.running.url}/api/v3/repos/{project.path}{below}"
    return requests.request(verb, url, json=body, headers=headers, timeout=10)


def test_the_first_file_of_an_empty_repository_comes_through_the_contents_api_alone(
    world: GitHubWorld, project: Project
) -> None:
    repo = _client(world, "bot-laik", project)
    with pytest.raises(github.GithubException) as refused:
        repo.create_git_blob("x", "utf-8")
    assert (refused.value.status, refused.value.data["message"]) == (409, "Git Repository is empty.")
    with pytest.raises(github.GithubException) as refused:
        repo.create_file("b", "m", b"1", branch="lain")
    assert refused.value.status == 404
    made = repo.create_file("b", "pertama", b"1")
    assert repo.get_git_ref("heads/main").object.sha == made["commit"].sha


def test_files_are_made_changed_and_removed_by_who_names_the_blob_they_replace(repo: Repository) -> None:
    standing = repo.get_contents("map/b")
    assert not isinstance(standing, list)
    assert (standing.decoded_content, standing.type) == (b"2", "file")
    with pytest.raises(github.GithubException) as refused:
        repo.update_file("map/b", "m", b"3", "0" * 40)
    assert refused.value.status == 409
    repo.update_file("map/b", "m", b"3", standing.sha)
    fresh = repo.get_contents("map/b")
    assert not isinstance(fresh, list)
    repo.delete_file("map/b", "hapus", fresh.sha)
    listed = repo.get_contents("")
    assert isinstance(listed, list)
    assert [(one.name, one.type) for one in listed] == [("a", "file")]


def test_a_commit_is_put_together_from_blob_tree_and_ref(repo: Repository) -> None:
    head = repo.get_git_ref("heads/main").object.sha
    blob = repo.create_git_blob(base64.b64encode(b"\0\xff").decode(), "base64")
    rows = [
        InputGitTreeElement("alat/jalan", "100755", "blob", sha=blob.sha),
        InputGitTreeElement("map/b", "100644", "blob", sha=None),
    ]
    tree = repo.create_git_tree(rows, repo.get_git_tree(head))
    commit = repo.create_git_commit("rakit", tree, [repo.get_git_commit(head)])
    repo.get_git_ref("heads/main").edit(commit.sha)
    entries = {one.path: one.mode for one in repo.get_git_tree(commit.sha, recursive=True).tree}
    assert entries == {"a": "100644", "alat": "040000", "alat/jalan": "100755"}
    assert repo.get_commit("main").parents[0].sha == head
    assert repo.compare(head, commit.sha).ahead_by == 1


def test_a_ref_is_not_forced_unless_asked_and_the_default_branch_stays(
    repo: Repository, world: GitHubWorld, project: Project
) -> None:
    head = repo.get_git_ref("heads/main").object.sha
    root = repo.create_git_commit("lain", repo.get_git_tree(head), [])
    with pytest.raises(github.GithubException) as refused:
        repo.get_git_ref("heads/main").edit(root.sha)
    assert refused.value.data["message"] == "Update is not a fast forward"
    with pytest.raises(github.GithubException) as refused:
        repo.create_git_ref("refs/heads/main", head)
    assert refused.value.data["message"] == "Reference already exists"
    with pytest.raises(github.GithubException) as refused:
        repo.get_git_ref("heads/main").delete()
    assert refused.value.status == 422
    repo.get_git_ref("heads/main").edit(root.sha, force=True)
    assert repo.get_git_ref("heads/main").object.sha == root.sha
    repo.create_git_ref("refs/heads/fitur/satu", head)
    assert [one.ref for one in repo.get_git_matching_refs("heads/fi")] == ["refs/heads/fitur/satu"]
    repo.get_git_ref("heads/fitur/satu").delete()
    assert {one.name for one in repo.get_branches()} == {"main"}


@pytest.mark.off_spec("wrong on purpose")
@pytest.mark.parametrize(
    "row",
    [
        {"path": "../x", "mode": "100644", "type": "blob", "content": "x"},
        {"path": ".git/config", "mode": "100644", "type": "blob", "content": "x"},
        {"path": "x", "mode": "100644", "type": "blob", "sha": "0" * 40},
        {"path": "x", "mode": "100644", "type": "blob"},
        {"path": "x", "mode": "100644", "type": "blob", "content": "x", "sha": "0" * 40},
        {"path": "tidak-ada", "mode": "100644", "type": "blob", "sha": None},
        {"path": "x", "mode": "777", "type": "blob", "content": "x"},
        {"path": 5, "mode": "100644"},
        "x",
    ],
)
def test_a_tree_that_cannot_be_is_refused(
    repo: Repository, world: GitHubWorld, project: Project, row: Any
) -> None:
    base = repo.get_git_tree("main").sha
    answer = _raw(world, "bot-laik", "POST", project, "/git/trees", {"base_tree": base, "tree": [row]})
    assert answer.status_code == 422


def test_a_ref_out_of_heads_and_tags_is_never_made(repo: Repository) -> None:
    head = repo.get_git_ref("heads/main").object.sha
    for name in ("refs/laik/x", "refs/heads/../x", "refs/heads/a b", "refs/heads/-x.lock"):
        with pytest.raises(github.GithubException) as refused:
            repo.create_git_ref(name, head)
        assert refused.value.status == 422


def test_a_reader_may_read_and_not_write(world: GitHubWorld, repo: Repository, project: Project) -> None:
    world.join(project, "tim-baca", Access.GUEST)
    theirs = _client(world, "tim-baca", project)
    assert not isinstance(theirs.get_contents("a"), list)
    for act in (
        lambda: theirs.create_file("x", "m", b"x"),
        lambda: theirs.create_git_blob("x", "utf-8"),
    ):
        with pytest.raises(github.GithubException) as refused:
            act()
        assert refused.value.status in {403, 404}
    answer = _raw(world, "vendor-luar", "GET", project, "/contents/a")
    assert answer.status_code == 404


def test_rule_3_a_ruleset_and_classic_protection_stand_beside_each_other(
    world: GitHubWorld, repo: Repository, project: Project
) -> None:
    assert _raw(world, "bot-laik", "GET", project, "/branches/main/protection").json()["message"] == (
        "Branch not protected"
    )
    everything = {"ref_name": {"include": ["refs/heads/main"], "exclude": []}}
    body = {
        "name": "PR",
        "target": "branch",
        "enforcement": "active",
        "conditions": everything,
        "rules": [{"type": "deletion"}, {"type": "pull_request", "parameters": _REVIEW}],
    }
    made = _raw(world, "bot-laik", "POST", project, "/rulesets", body).json()
    assert repo.get_branch("main").protected
    with pytest.raises(github.GithubException) as refused:
        repo.create_file("x", "m", b"x")
    assert "Repository rule violations found" in refused.value.data["message"]
    clone = world.own_clone(project)
    clone.commit("c", b"1")
    assert "GH013" in clone.git("push", "origin", "HEAD:main", fine=False).stderr
    assert _raw(world, "bot-laik", "GET", project, "/branches/main/protection").status_code == 404
    assert _raw(world, "bot-laik", "DELETE", project, f"/rulesets/{made['id']}").status_code == 204
    clone.git("push", "-q", "origin", "HEAD:main")


_REVIEW = {
    "dismiss_stale_reviews_on_push": False,
    "require_code_owner_review": False,
    "require_last_push_approval": False,
    "required_approving_review_count": 0,
    "required_review_thread_resolution": False,
}


def test_administrators_pass_a_protection_that_is_not_enforced_on_them(
    world: GitHubWorld, repo: Repository, project: Project
) -> None:
    world.join(project, "tim-tulis", Access.DEVELOPER)
    body: dict[str, Any] = {
        "required_status_checks": None,
        "enforce_admins": None,
        "required_pull_request_reviews": {"required_approving_review_count": 0},
        "restrictions": None,
    }
    assert _raw(world, "bot-laik", "PUT", project, "/branches/main/protection", body).ok
    with pytest.raises(github.GithubException) as refused:
        _client(world, "tim-tulis", project).create_file("x", "m", b"x")
    assert refused.value.data["message"] == "Changes must be made through a pull request."
    repo.create_file("x", "m", b"x")
    body["enforce_admins"] = True
    assert _raw(world, "bot-laik", "PUT", project, "/branches/main/protection", body).ok
    with pytest.raises(github.GithubException):
        repo.create_file("y", "m", b"x")


def test_protection_is_neither_shown_to_nor_set_by_who_does_not_administer(
    world: GitHubWorld, repo: Repository, project: Project
) -> None:
    world.join(project, "tim-pelihara", Access.MAINTAINER)
    for verb in ("GET", "DELETE"):
        answer = _raw(world, "tim-pelihara", verb, project, "/branches/main/protection")
        assert answer.status_code == 404
    body = {"name": "x", "target": "branch", "enforcement": "active", "rules": []}
    assert _raw(world, "tim-pelihara", "POST", project, "/rulesets", body).status_code == 403


def test_a_protected_branch_takes_no_deletion_and_no_required_check_on_trust(
    world: GitHubWorld, repo: Repository, project: Project
) -> None:
    repo.create_git_ref("refs/heads/rilis", repo.get_git_ref("heads/main").object.sha)
    body = {
        "required_status_checks": {"strict": False, "contexts": ["laik/sop"]},
        "enforce_admins": True,
        "required_pull_request_reviews": None,
        "restrictions": None,
    }
    assert _raw(world, "bot-laik", "PUT", project, "/branches/rilis/protection", body).ok
    clone = world.own_clone(project)
    sha = clone.commit("c", b"1")
    assert "laik/sop" in clone.git("push", "origin", "HEAD:rilis", fine=False).stderr
    assert clone.git("push", "origin", ":rilis", fine=False).returncode != 0
    clone.git("push", "-q", "origin", "HEAD:usul")
    _raw(world, "bot-laik", "POST", project, f"/statuses/{sha}", {"state": "success", "context": "laik/sop"})
    clone.git("push", "-q", "origin", "HEAD:rilis")


def test_git_takes_any_user_name_with_the_token(
    world: GitHubWorld, repo: Repository, project: Project
) -> None:
    for name in ("x-access-token", "oauth2", "siapa saja"):
        answer = requests.get(
            f"{project.http_url}/info/refs?service=git-upload-pack",
            auth=(name, world.token("bot-laik")),
            timeout=10,
        )
        assert answer.status_code == 200
    answer = requests.get(f"{project.http_url}/info/refs?service=git-upload-pack", timeout=10)
    assert answer.status_code == 401


def test_objects_are_checked_before_git_is_asked(
    world: GitHubWorld, repo: Repository, project: Project
) -> None:
    objects = GitObjects(world.running.engine.repository_path(project.id))
    assert objects.kind("--batch-all-objects") is None
    blob = objects.put_blob(b"x")
    with pytest.raises(BadObject):
        objects.make_tree(blob, [TreeChange("a", "100644", blob)])
    with pytest.raises(BadObject):
        objects.make_tree(None, [TreeChange("a", "040000", blob)])
    with pytest.raises(BadObject):
        objects.move("refs/laik/x", blob, "0" * 40)
