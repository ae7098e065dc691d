"""GitHub's JSON of issues, pull requests, statuses and check runs to the neutral records. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from automation.forges.base import Comment, Issue, MergeRequest, Status, StatusState, User
from automation.forges.github.convert import Data, moment, user

_UNDER_PULL = re.compile(r"/pull/[0-9]+(?:#[^/]*)?\Z")
_STATES = {
    "success": StatusState.SUCCESS,
    "failure": StatusState.FAILED,
    "error": StatusState.FAILED,
}
# The time of day in a due date: GitHub keeps midnight Pacific time of the day that the moment falls on there,
# so a date at 00:00 UTC becomes the day before. At noon UTC it is the same day in both winter and summer.
_NOON = "T12:00:00Z"


def due_on(due: date) -> str:
    """The moment to send for a due date."""
    return f"{due.isoformat()}{_NOON}"


def due_date(told: str | None) -> date | None:
    """The due date that GitHub shows; what it keeps is 07:00 or 08:00 UTC of that day."""
    return date.fromisoformat(told[:10]) if told else None


def is_pull_request(data: Data) -> bool:
    """Whether an issue is a pull request: GitHub answers both to whoever asks for issues."""
    return data.get("pull_request") is not None


def issue(data: Data, project_id: int) -> Issue:
    """An issue."""
    milestone = data.get("milestone")
    return Issue(
        project_id=project_id,
        iid=data["number"],
        title=data["title"],
        description=data.get("body") or "",
        author=user(data.get("user")),
        open=data["state"] == "open",
        labels=tuple(_label_name(label) for label in data.get("labels") or ()),
        milestone=milestone["title"] if milestone else None,
        created_at=moment(data["created_at"]),
        updated_at=moment(data["updated_at"]),
        web_url=data["html_url"],
    )


def _label_name(label: Mapping[str, Any] | str) -> str:
    return label if isinstance(label, str) else str(label.get("name") or "")


def comment(data: Data) -> Comment:
    """A comment. GitHub tells seconds only: an edit within the second of writing is not told here."""
    return Comment(
        id=data["id"],
        author=user(data.get("user")),
        body=data.get("body") or "",
        created_at=moment(data["created_at"]),
        updated_at=moment(data["updated_at"]),
        edited=moment(data["updated_at"]) > moment(data["created_at"]),
    )


def stands_under(data: Data, kind: Literal["issue", "merge_request"]) -> bool:
    """Whether a comment stands under that kind of thing: issues and pull requests share one address."""
    # By the end of the address: an organisation or a repository may be called "pull".
    under_pull = _UNDER_PULL.search(str(data.get("html_url") or "")) is not None
    return under_pull == (kind == "merge_request")


def merge_request(data: Data, project_id: int) -> MergeRequest:
    """A pull request. A listing leaves out who merged it and whether it can be merged; one alone tells.

    ``source_project_id`` is 0 when the fork that it came from was deleted. The commit that GitHub tries the
    merge with stands in ``merge_commit_sha`` while it is open; it is none on the target branch.
    """
    merged = bool(data.get("merged") or data.get("merged_at"))
    head = data["head"]
    merger = data.get("merged_by")
    return MergeRequest(
        project_id=project_id,
        iid=data["number"],
        title=data["title"],
        description=data.get("body") or "",
        author=user(data.get("user")),
        state="merged" if merged else "open" if data["state"] == "open" else "closed",
        draft=bool(data.get("draft")),
        source_project_id=(head.get("repo") or {}).get("id") or 0,
        source_branch=head["ref"],
        target_branch=data["base"]["ref"],
        head_sha=head["sha"],
        merged_by=user(merger) if merger and merged else None,
        merge_sha=(data.get("merge_commit_sha") or None) if merged else None,
        detail=_detail(data),
        created_at=moment(data["created_at"]),
        updated_at=moment(data["updated_at"]),
        web_url=data["html_url"],
    )


def _detail(data: Data) -> str:
    """GitHub's word for whether it can be merged; ``dirty`` is what it says to a conflict."""
    if data.get("state") != "open" or "mergeable_state" not in data:
        return ""
    if data.get("mergeable") is None:
        return "unknown"
    word = str(data["mergeable_state"])
    return "conflict (dirty)" if word == "dirty" else word


def status(data: Data) -> Status:
    """A commit status."""
    return Status(
        context=data["context"],
        state=_STATES.get(data["state"], StatusState.PENDING),
        description=data.get("description") or "",
        target_url=data.get("target_url") or "",
        author=user(data.get("creator")),
    )


def check_run(data: Data, author: User) -> Status:
    """A check run; its title is what a status calls description."""
    if data["status"] == "completed":
        # Skipped, neutral and stale are not passed: nothing was judged.
        state = StatusState.SUCCESS if data.get("conclusion") == "success" else StatusState.FAILED
    else:
        state = StatusState.RUNNING if data["status"] == "in_progress" else StatusState.PENDING
    return Status(
        context=data["name"],
        state=state,
        description=(data.get("output") or {}).get("title") or "",
        target_url=data.get("details_url") or "",
        author=author,
        # ``laik:<all>:<details>``, see ``statuses._Wanted``; a half-made run has none, and is made again
        details_digest=(data.get("external_id") or "").rpartition(":")[2],
    )
