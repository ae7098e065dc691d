"""What happened in the forge, without any vendor's words; a dialect's sender turns it into payloads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from automation.localforge.git import CommitRecord
from automation.localforge.records import Issue, MergeRequest, Note, Pipeline, Project, User

__all__ = [
    "CheckRunChanged",
    "Commented",
    "Event",
    "IssueChanged",
    "PipelineChanged",
    "Pushed",
    "RequestChanged",
    "ReviewSubmitted",
    "StatusPosted",
]


@dataclass(frozen=True, slots=True)
class Pushed:
    """A branch or tag moved from ``old`` to ``new`` (ZERO: none); new ``commits``, newest first."""

    user: User
    project: Project
    ref: str
    old: str
    new: str
    commits: Sequence[CommitRecord]


@dataclass(frozen=True, slots=True)
class IssueChanged:
    """``action``: ``open``, ``update``, ``close``, ``reopen``, or a dialect's own finer word (``labeled``).

    ``details`` are more keys of the payload in the dialect's own shape, such as the label that was put on.
    """

    user: User
    issue: Issue
    action: str
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RequestChanged:
    """As an issue, and ``merge``, ``approved``, ``unapproved``; ``old_head`` when a push moved its head."""

    user: User
    request: MergeRequest
    action: str
    old_head: str | None = None
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Commented:
    """A comment on ``thing``; ``action`` is ``create``, ``update`` or ``delete``."""

    user: User
    note: Note
    thing: Issue | MergeRequest
    action: str


@dataclass(frozen=True, slots=True)
class ReviewSubmitted:
    """A review of a pull request; ``review`` is its JSON as the dialect shows it elsewhere."""

    user: User
    request: MergeRequest
    action: str
    review: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StatusPosted:
    """A commit status; ``state`` in the words of the dialect that took it."""

    user: User
    project: Project
    id: int
    sha: str
    context: str
    state: str
    description: str | None
    target_url: str | None
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class PipelineChanged:
    """A pipeline (GitLab) stands as ``pipeline`` says now."""

    user: User
    project: Project
    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class CheckRunChanged:
    """A check run was ``created`` or ``completed``; ``check_run`` is its JSON as the dialect shows it."""

    user: User
    project: Project
    action: str
    check_run: Mapping[str, Any]


Event: TypeAlias = (
    Pushed
    | IssueChanged
    | RequestChanged
    | Commented
    | ReviewSubmitted
    | StatusPosted
    | CheckRunChanged
    | PipelineChanged
)
