"""Many callers at once: what one request saw stays true until it has written."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gitlab
import pytest

from tests.localforge.forgeworld import World, commit, world


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("forge")) as made:
        yield made


def at_once(times: int, action: Any) -> list[Any]:
    """The answers, or the HTTP status of a refusal."""

    def attempt(number: int) -> Any:
        try:
            return action(number)
        except gitlab.GitlabError as refusal:
            return refusal.response_code

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(attempt, range(times)))


def client(forge: World) -> gitlab.Gitlab:
    return gitlab.Gitlab(forge.forge.url, private_token=forge.forge.admin_token)


def test_of_many_equal_merge_requests_one_is_made(forge: World) -> None:
    project = forge.project("bersama/permintaan", files={"a": "1"})
    commit(project, {"b": "2"}, "fitur", start_branch="main")
    facts = {"source_branch": "fitur", "target_branch": "main", "title": "T"}
    answers = at_once(6, lambda _: client(forge).projects.get(project.id).mergerequests.create(facts).iid)
    assert sorted(answers) == [1, 409, 409, 409, 409, 409]


def test_of_many_merges_of_one_request_one_is_done(forge: World) -> None:
    project = forge.project("bersama/gabung", files={"a": "1"})
    commit(project, {"b": "2"}, "fitur", start_branch="main")
    made = project.mergerequests.create({"source_branch": "fitur", "target_branch": "main", "title": "T"})

    def merge(_: int) -> str:
        request = client(forge).projects.get(project.id).mergerequests.get(made.iid)
        return str(request.merge(sha=made.sha)["state"])

    answers = at_once(5, merge)
    assert answers.count("merged") == 1
    assert answers.count(405) == 4
    assert len(project.commits.list(ref_name="main", get_all=True)) == 3


def test_issue_numbers_are_given_once_each(forge: World) -> None:
    project = forge.project("bersama/nomor")
    answers = at_once(
        8, lambda n: client(forge).projects.get(project.id).issues.create({"title": f"{n}"}).iid
    )
    assert sorted(answers) == list(range(1, 9))


def test_commits_to_one_branch_at_once_are_all_there_or_refused(forge: World) -> None:
    project = forge.project("bersama/cabang", files={"a": "1"})
    answers = at_once(5, lambda n: commit(client(forge).projects.get(project.id), {f"f{n}": "x"}))
    done = [answer for answer in answers if isinstance(answer, str)]
    names = {row["name"] for row in project.repository_tree(get_all=True)}
    assert len(done) == len(names) - 1 == 5


def test_a_text_too_long_for_gitlab_is_refused(forge: World) -> None:
    project = forge.project("bersama/panjang")
    for facts in ({"title": "x" * 256}, {"title": "x", "description": "x" * 1_048_577}):
        with pytest.raises(gitlab.GitlabCreateError, match="too long"):
            project.issues.create(facts)
    assert project.issues.list() == []
