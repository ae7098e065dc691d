from __future__ import annotations

import json

import pytest

from automation.web.githubhooks import read_github_hint
from automation.web.hooks import NotAnEvent, WebhookHint

REPOSITORY = {"id": 5, "full_name": "diskominfo/kendali"}


def payload(**fields: object) -> bytes:
    return json.dumps({"repository": REPOSITORY, **fields}).encode()


@pytest.mark.parametrize(
    ("event", "body", "hint"),
    [
        ("push", payload(ref="refs/heads/main"), WebhookHint(5, "push", None)),
        ("issues", payload(action="opened", issue={"number": 3}), WebhookHint(5, "issue", 3)),
        ("issue_comment", payload(issue={"number": 3}, comment={"id": 9}), WebhookHint(5, "issue", 3)),
        (
            "issue_comment",
            payload(issue={"number": 4, "pull_request": {"url": "https://x"}}),
            WebhookHint(5, "merge_request", 4),
        ),
        ("issues", payload(issue={"number": 3, "pull_request": None}), WebhookHint(5, "issue", 3)),
        ("pull_request", payload(pull_request={"number": 8}), WebhookHint(5, "merge_request", 8)),
        ("pull_request_review", payload(pull_request={"number": 8}), WebhookHint(5, "merge_request", 8)),
        ("status", payload(sha="a" * 40, state="success"), WebhookHint(5, "status", None)),
        ("check_run", payload(check_run={}), WebhookHint(5, "status", None)),
        ("check_suite", payload(check_suite={}), WebhookHint(5, "status", None)),
        ("repository", payload(action="renamed"), WebhookHint(5, "project", None)),
        ("repository", payload(action="deleted"), WebhookHint(5, "project", None)),
        ("repository", payload(action="transferred"), WebhookHint(5, "project", None)),
    ],
)
def test_an_event_says_which_thing_it_is_about(event: str, body: bytes, hint: WebhookHint) -> None:
    assert read_github_hint(event, body) == hint


@pytest.mark.parametrize("event", ["installation", "installation_repositories", "star", "ping", "x" * 300])
def test_events_of_other_kinds_are_about_nothing(event: str) -> None:
    assert read_github_hint(event, b"{}") is None


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("", payload(issue={"number": 3})),
        ("issues", b""),
        ("issues", b"payload=%7B%22action%22"),
        ("issues", b"[" * 200_000),
        ("issues", b"[]"),
        ("issues", b"{}"),
        ("issues", payload()),
        ("issues", payload(issue=[3])),
        ("issues", payload(issue={"number": "3"})),
        ("issues", payload(issue={"number": True})),
        ("issues", payload(issue={"number": 0})),
        ("issues", payload(issue={"number": 2**63})),
        ("issues", json.dumps({"issue": {"number": 3}}).encode()),
        ("push", json.dumps({"repository": {"id": "5"}}).encode()),
        ("push", json.dumps({"repository": {"id": 5.0}}).encode()),
        ("pull_request", payload(number=8)),
        ("installation", b"null"),
    ],
)
def test_what_is_no_event_is_refused_and_nothing_else_breaks(event: str, body: bytes) -> None:
    with pytest.raises(NotAnEvent):
        read_github_hint(event, body)
