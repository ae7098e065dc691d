"""What a GitLab webhook says, read for one thing only: which issue, merge request or project it speaks of.

Nothing is decided from an event; the case is read anew. So a forged, stale or repeated event costs a look
and changes nothing, and fields that laik has no use for are not even looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

LARGEST_ID = 2**63 - 1  # what the store can hold


class NotAnEvent(Exception):
    """The body is no event: no JSON, or a field that says what it is about is missing or mistyped."""


@dataclass(frozen=True, slots=True)
class WebhookHint:
    """Where something happened. ``iid`` is None for a push, a status and what befell a whole project."""

    project_id: int
    kind: Literal["issue", "merge_request", "push", "status", "project"]
    iid: int | None


def read_hint(body: bytes) -> WebhookHint | None:
    """What the event is about; None for a kind of event that laik does not follow.

    Raises:
        NotAnEvent: see there.
    """
    event = a_mapping(_json(body))
    match event.get("object_kind"):
        case "push" | "tag_push":
            return WebhookHint(a_number(event.get("project_id")), "push", None)
        case "issue" | "merge_request" as kind:
            about = a_mapping(event.get("object_attributes"))
            return WebhookHint(_project(event), kind, a_number(about.get("iid")))
        case "note":
            return _note(event)
        case "pipeline":  # commit statuses come in pipelines, external ones too
            return WebhookHint(_project(event), "status", None)
        case str():
            return None
        case _:
            raise NotAnEvent


def _note(event: Mapping[str, object]) -> WebhookHint | None:
    """A comment: the issue or merge request it stands under; comments on commits are not followed."""
    match a_mapping(event.get("object_attributes")).get("noteable_type"):
        case "Issue":
            return WebhookHint(_project(event), "issue", a_number(a_mapping(event.get("issue")).get("iid")))
        case "MergeRequest":
            about = a_mapping(event.get("merge_request"))
            return WebhookHint(_project(event), "merge_request", a_number(about.get("iid")))
        case str():
            return None
        case _:
            raise NotAnEvent


def _project(event: Mapping[str, object]) -> int:
    return a_number(a_mapping(event.get("project")).get("id"))


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    # RecursionError: a body of nothing but brackets.
    except (ValueError, RecursionError) as problem:
        raise NotAnEvent from problem


def a_mapping(value: object) -> Mapping[str, object]:
    """``value`` where it is an object; :class:`NotAnEvent` else."""
    if not isinstance(value, dict):
        raise NotAnEvent
    return value


def a_number(value: object) -> int:
    """``value`` where it is an id or number that the store can hold; :class:`NotAnEvent` else."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST_ID:
        raise NotAnEvent
    return value
