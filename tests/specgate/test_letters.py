"""Webhooks both ways: what the embedded forge sends has the examples' shape, and laik reads every example."""

from __future__ import annotations

import json
from typing import Any

import pytest

from automation.web.githubhooks import read_github_hint
from automation.web.hooks import read_hint
from tests.specgate import packages
from tests.specgate.exchange import Letter
from tests.specgate.hookshapes import differences, shapes_of
from tests.specgate.letters import GITLAB_DOCUMENT, SAMPLES, gitlab_samples, hold_letter, shape_for

# What laik reads, by event: pointer and type.
READ_FROM_GITHUB = {
    "issues": {"/issue/number": "integer", "/repository/id": "integer"},
    "issue_comment": {"/issue/number": "integer", "/repository/id": "integer"},
    "pull_request": {"/pull_request/number": "integer", "/repository/id": "integer"},
    "pull_request_review": {"/pull_request/number": "integer", "/repository/id": "integer"},
    "pull_request_review_comment": {"/pull_request/number": "integer", "/repository/id": "integer"},
    "push": {"/repository/id": "integer"},
    "status": {"/repository/id": "integer"},
    "check_run": {"/repository/id": "integer"},
    "check_suite": {"/repository/id": "integer"},
    "repository": {"/repository/id": "integer"},
}
READ_FROM_GITLAB = {
    "Push Hook": {"/object_kind": "string", "/project_id": "integer"},
    "Tag Push Hook": {"/object_kind": "string", "/project_id": "integer"},
    "Issue Hook": {"/object_attributes/iid": "integer", "/project/id": "integer"},
    "Merge Request Hook": {"/object_attributes/iid": "integer", "/project/id": "integer"},
    "Note Hook": {"/object_attributes/noteable_type": "string", "/project/id": "integer"},
    "Pipeline Hook": {"/object_kind": "string", "/project/id": "integer"},
}


@pytest.fixture(scope="module")
def examples() -> dict[str, list[Any]]:
    vendor = packages.vendor()
    if vendor is None:
        pytest.skip("GitHub's examples are not there: `make specs` (needs npm)")
    found: dict[str, list[Any]] = vendor["examples"]
    return found


def test_laik_reads_every_example_of_github_without_an_error(examples: dict[str, list[Any]]) -> None:
    counted = 0
    for event, payloads in examples.items():
        for payload in payloads:
            hint = read_github_hint(event, json.dumps(payload).encode())
            counted += 1
            assert (hint is not None) == (event in READ_FROM_GITHUB), event
            if hint is not None:
                assert hint.project_id == payload["repository"]["id"]
    assert counted > 300


def test_a_comment_on_a_pull_request_is_told_from_one_on_an_issue(examples: dict[str, list[Any]]) -> None:
    for payload in examples["issue_comment"]:
        hint = read_github_hint("issue_comment", json.dumps(payload).encode())
        assert hint is not None
        assert hint.kind == ("merge_request" if "pull_request" in payload["issue"] else "issue")


def test_what_laik_reads_is_in_githubs_examples_with_that_type(examples: dict[str, list[Any]]) -> None:
    for event, fields in READ_FROM_GITHUB.items():
        for payload in examples[event]:
            shape = shapes_of({event: [payload]})[event]
            for pointer, kind in fields.items():
                assert shape.get(pointer) == [kind], (event, pointer)


def test_what_laik_reads_is_in_gitlabs_samples_with_that_type() -> None:
    for event, fields in READ_FROM_GITLAB.items():
        shape = shape_for("gitlab", event)
        assert shape is not None, event
        assert {pointer: shape[pointer] for pointer in fields} == {
            key: [kind] for key, kind in fields.items()
        }


def test_laik_reads_every_sample_of_gitlab_without_an_error() -> None:
    for event, payloads in gitlab_samples().items():
        for payload in payloads:
            hint = read_hint(json.dumps(payload).encode())
            of_commit = (
                payload["object_attributes"].get("noteable_type") == "Commit"
                if event == "Note Hook"
                else False
            )
            assert (hint is None) == of_commit
            assert hint is None or hint.project_id == 21


def test_every_gitlab_sample_names_its_page() -> None:
    files = list(SAMPLES.glob("*.json"))
    assert len(files) >= 14
    assert all(json.loads(file.read_text())["document"] == GITLAB_DOCUMENT for file in files)


def planted(event: str, **changed: Any) -> list[str]:
    payload = {**gitlab_samples()[event][0], **changed}
    letter = Letter("gitlab", event, json.dumps(payload).encode())
    return [f"{one.pointer}: {one.what}" for one in hold_letter(letter)]


def test_a_webhook_after_the_samples_passes() -> None:
    assert planted("Push Hook") == []


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"user_id": "11"}, "/user_id: is string, the examples have integer"),
        ({"user_id": None}, "/user_id: is null, the examples have integer"),
        ({"cuaca": 1}, "/cuaca: no example has such a field"),
        ({"commits": [{"cuaca": 1}]}, "/commits/*/cuaca: no example has such a field"),
        ({"object_kind": "issue"}, "/object_kind: is none of {'push'}"),
    ],
)
def test_a_wrong_field_of_a_webhook_is_found(changed: dict[str, Any], finding: str) -> None:
    assert finding in planted("Push Hook", **changed)


def test_an_event_that_the_vendor_does_not_have_is_found(examples: dict[str, list[Any]]) -> None:
    for letter in (Letter("gitlab", "Ramalan Hook", b"{}"), Letter("github", "ramalan", b"{}")):
        (found,) = hold_letter(letter)
        assert found.what == "no example of such an event"


def test_a_wrong_field_of_a_github_webhook_is_found(examples: dict[str, list[Any]]) -> None:
    payload = json.loads(json.dumps(examples["issues"][0]))
    payload["issue"]["number"] = "7"
    payload["issue"]["cuaca"] = "cerah"
    found = {one.pointer for one in hold_letter(Letter("github", "issues", json.dumps(payload).encode()))}
    assert found == {"/issue/number", "/issue/cuaca"}


def test_an_empty_list_or_an_unknown_branch_below_says_nothing() -> None:
    shape = {"": ["object"], "/a": ["array"], "/a/*": ["integer"], "/b": ["null"]}
    assert list(differences({"a": [], "b": {"c": 1}}, shape)) == []
