"""One frozen record a table: what the engine's modules hand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Target = Literal["issue", "merge_request"]


@dataclass(frozen=True, slots=True)
class User:
    """An account."""

    id: int
    username: str
    name: str
    email: str
    admin: bool
    bot: bool
    state: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Token:
    """A personal access token; only its SHA-256 is kept."""

    id: int
    user_id: int
    name: str
    digest: str
    scopes: str
    created_at: str
    expires_at: str | None
    revoked: bool


@dataclass(frozen=True, slots=True)
class ResourceToken:
    """What makes a token that of a project or group: ``source`` is ``project`` or ``group``."""

    token_id: int
    source: str
    source_id: int
    level: int


@dataclass(frozen=True, slots=True)
class Namespace:
    """A group (kind ``group``) or a user's own namespace (kind ``user``)."""

    id: int
    kind: str
    parent_id: int | None
    path: str
    full_path: str
    name: str
    description: str
    visibility: str
    owner_id: int | None
    created_at: str


@dataclass(frozen=True, slots=True)
class Project:
    """A repository with its issues; ``settings`` is a JSON object of attributes that are only echoed."""

    id: int
    namespace_id: int
    path: str
    full_path: str
    name: str
    description: str
    visibility: str
    default_branch: str
    archived: bool
    creator_id: int
    merge_method: str
    pipeline_must_succeed: bool
    settings: str
    created_at: str
    last_activity_at: str


@dataclass(frozen=True, slots=True)
class Membership:
    """An account's level in one group or project."""

    source: str
    source_id: int
    user_id: int
    level: int
    created_at: str


@dataclass(frozen=True, slots=True)
class BranchRule:
    """A protected branch; ``name`` may hold ``*``. Level 0: nobody, 60: administrators only."""

    id: int
    project_id: int
    name: str
    push_level: int
    merge_level: int
    unprotect_level: int
    allow_force_push: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A project's label."""

    id: int
    project_id: int
    name: str
    color: str
    description: str
    priority: int | None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A project's milestone; dates are ``YYYY-MM-DD``."""

    id: int
    project_id: int
    iid: int
    title: str
    description: str
    due_date: str | None
    start_date: str | None
    state: str
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Board:
    """An issue board."""

    id: int
    project_id: int
    name: str


@dataclass(frozen=True, slots=True)
class BoardList:
    """One list of a board, showing one label."""

    id: int
    board_id: int
    label_id: int
    position: int


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue; ``state`` is ``opened`` or ``closed``."""

    id: int
    project_id: int
    iid: int
    title: str
    description: str
    author_id: int
    state: str
    milestone_id: int | None
    due_date: str | None
    confidential: bool
    created_at: str
    updated_at: str
    closed_at: str | None
    closed_by_id: int | None
    last_edited_at: str | None


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """A merge request; ``state`` is ``opened``, ``closed`` or ``merged``.

    ``base_sha`` (merge base) and ``start_sha`` (target head) are set once merged or closed, computed before.
    ``source_project_id`` is that of the fork it comes from, None within one project; ``head_at`` is when its
    head moved last.
    """

    id: int
    project_id: int
    iid: int
    title: str
    description: str
    author_id: int
    state: str
    milestone_id: int | None
    source_branch: str
    target_branch: str
    head_sha: str
    base_sha: str | None
    start_sha: str | None
    merge_commit_sha: str | None
    merge_user_id: int | None
    merged_at: str | None
    closed_at: str | None
    closed_by_id: int | None
    remove_source: bool
    created_at: str
    updated_at: str
    last_edited_at: str | None
    source_project_id: int | None
    head_at: str | None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a merge request, at which head."""

    merge_request_id: int
    user_id: int
    sha: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Note:
    """A comment, or (``system``) the forge's own remark."""

    id: int
    project_id: int
    target: Target
    target_id: int
    author_id: int
    body: str
    system: bool
    created_at: str
    updated_at: str
    last_edited_at: str | None


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """A rule (Premium) by which a merge request needs approvals; ``user_ids`` is JSON, empty: anybody's."""

    id: int
    project_id: int
    name: str
    approvals_required: int
    user_ids: str


@dataclass(frozen=True, slots=True)
class Thread:
    """What makes a note part of a discussion that can be resolved."""

    note_id: int
    discussion: str
    resolved: bool
    resolved_by_id: int | None
    resolved_at: str | None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline that commit statuses hang on."""

    id: int
    project_id: int
    iid: int
    sha: str
    ref: str
    source: str
    user_id: int
    status: str
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Status:
    """A commit status; ``retried`` when a newer one of that name stands in its pipeline."""

    id: int
    project_id: int
    pipeline_id: int
    sha: str
    ref: str
    name: str
    state: str
    description: str | None
    target_url: str | None
    coverage: float | None
    user_id: int
    retried: bool
    created_at: str
    started_at: str | None
    finished_at: str | None


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook; its ``token`` is sent and its ``signing_token`` signs, neither is ever shown."""

    id: int
    project_id: int
    url: str
    token: str | None
    signing_token: str | None
    push_events: bool
    issues_events: bool
    note_events: bool
    merge_requests_events: bool
    pipeline_events: bool
    enable_ssl_verification: bool
    failures: int
    disabled_until: str | None
    created_at: str
    name: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class PushEvent:
    """Who moved which branch or tag; ``action`` is ``created``, ``pushed`` or ``removed``."""

    id: int
    project_id: int
    user_id: int
    action: str
    ref_type: str
    ref: str
    commit_from: str | None
    commit_to: str | None
    commit_count: int
    commit_title: str | None
    created_at: str
