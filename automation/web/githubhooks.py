"""What a GitHub webhook says, read for one thing only: which issue, pull request or repository it speaks of.

The kind of event stands in a header that no signature covers, so a captured body can be given another
name. That costs a look at a case and decides nothing, as with every hint.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

from automation.web.hooks import NotAnEvent, WebhookHint, a_mapping, a_number

PING = "ping"
_OF_REPOSITORY: Mapping[str, Literal["push", "status", "project"]] = {
    "push": "push",
    "status": "status",
    "check_run": "status",
    "check_suite": "status",
    "repository": "project",  # renamed, transferred, deleted, archived
}
_OF_PULL_REQUEST = frozenset({"pull_request", "pull_request_review", "pull_request_review_comment"})


def read_github_hint(event: str, body: bytes) -> WebhookHint | None:
    """What the event is about; None for a kind of event that laik does not follow (``installation``...).

    Args:
        event: the header ``X-GitHub-Event``.
        body: the payload, JSON.

    Raises:
        NotAnEvent: no event, or a field that says what it is about is missing or mistyped.
    """
    if not event:
        raise NotAnEvent
    payload = a_mapping(_json(body))
    if event in _OF_REPOSITORY:
        return WebhookHint(_repository(payload), _OF_REPOSITORY[event], None)
    if event in _OF_PULL_REQUEST:
        about = a_mapping(payload.get("pull_request"))
        return WebhookHint(_repository(payload), "merge_request", a_number(about.get("number")))
    if event in {"issues", "issue_comment"}:
        return _issue(payload)
    return None


def _issue(payload: Mapping[str, object]) -> WebhookHint:
    """An issue or a comment on one; GitHub calls a pull request an issue too and marks it inside."""
    issue = a_mapping(payload.get("issue"))
    kind: Literal["issue", "merge_request"] = (
        "issue" if issue.get("pull_request") is None else "merge_request"
    )
    return WebhookHint(_repository(payload), kind, a_number(issue.get("number")))


def _repository(payload: Mapping[str, object]) -> int:
    return a_number(a_mapping(payload.get("repository")).get("id"))


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise NotAnEvent from problem
