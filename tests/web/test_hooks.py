from __future__ import annotations

import json

import pytest

from automation.web.hooks import NotAnEvent, WebhookHint, read_hint

PROJECT = {"id": 5, "path_with_namespace": "diskominfo/kendali"}


def event(**fields: object) -> bytes:
    return json.dumps(fields).encode()


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (event(object_kind="push", project_id=5, ref="refs/heads/main"), WebhookHint(5, "push", None)),
        (event(object_kind="tag_push", project_id=5), WebhookHint(5, "push", None)),
        (event(object_kind="pipeline", project=PROJECT), WebhookHint(5, "status", None)),
        (
            event(object_kind="issue", project=PROJECT, object_attributes={"iid": 3}),
            WebhookHint(5, "issue", 3),
        ),
        (
            event(object_kind="merge_request", project=PROJECT, object_attributes={"iid": 4}),
            WebhookHint(5, "merge_request", 4),
        ),
        (
            event(
                object_kind="note",
                project=PROJECT,
                object_attributes={"id": 99, "noteable_type": "Issue"},
                issue={"id": 77, "iid": 3},
            ),
            WebhookHint(5, "issue", 3),
        ),
        (
            event(
                object_kind="note",
                project=PROJECT,
                object_attributes={"noteable_type": "MergeRequest"},
                merge_request={"iid": 8},
            ),
            WebhookHint(5, "merge_request", 8),
        ),
    ],
)
def test_an_event_says_which_thing_it_is_about(body: bytes, hint: WebhookHint) -> None:
    assert read_hint(body) == hint


@pytest.mark.parametrize(
    "body",
    [
        event(object_kind="deployment", project=PROJECT),
        event(object_kind="note", project=PROJECT, object_attributes={"noteable_type": "Commit"}),
    ],
)
def test_events_of_other_kinds_are_about_nothing(body: bytes) -> None:
    assert read_hint(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"bukan json",
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b"[]",
        b"null",
        event(),
        event(object_kind=3),
        event(object_kind="push"),
        event(object_kind="push", project_id="5"),
        event(object_kind="push", project_id=True),
        event(object_kind="push", project_id=-1),
        event(object_kind="push", project_id=2**63),
        b'{"object_kind": "push", "project_id": ' + b"9" * 6000 + b"}",
        event(object_kind="issue", project=PROJECT),
        event(object_kind="issue", project=PROJECT, object_attributes={"iid": "3"}),
        event(object_kind="issue", object_attributes={"iid": 3}),
        event(object_kind="pipeline"),
        event(object_kind="issue", project=[5], object_attributes={"iid": 3}),
        event(object_kind="note", project=PROJECT, object_attributes={"noteable_type": "Issue"}),
        event(object_kind="note", project=PROJECT, object_attributes={}),
    ],
)
def test_what_is_no_event_is_refused_and_nothing_else_breaks(body: bytes) -> None:
    with pytest.raises(NotAnEvent):
        read_hint(body)
