"""What adapters and laik hand to each other, in neutral words; see ``base`` for the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Literal

HookEvent = Literal["push", "issue", "comment", "merge_request", "status"]
"""What a webhook tells of; ``status``: commit statuses, check runs, pipelines."""


class Access(IntEnum):
    """Access of a member; the numbers are GitLab's, other forges map to the nearest not above."""

    NONE = 0
    GUEST = 10
    REPORTER = 20
    DEVELOPER = 30
    MAINTAINER = 40
    OWNER = 50


class StatusState(StrEnum):
    """State of a commit status."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class User:
    """An account; ``bot`` when the forge says that it is no person; ``email`` what it shows of it, if any."""

    id: int
    username: str
    name: str = ""
    bot: bool = False
    email: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group (GitLab) or organisation (GitHub)."""

    id: int
    path: str


@dataclass(frozen=True, slots=True)
class Project:
    """A repository with its issues. ``description`` may carry laik's key; ``http_url`` is for git."""

    id: int
    path: str
    name: str
    description: str
    default_branch: str
    web_url: str
    http_url: str
    empty: bool
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """An account's direct access to a project."""

    user: User
    access: Access


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue; ``iid`` is its number within the project.

    ``due``: its due date, where an issue itself has one (GitLab); on GitHub the item of a board has it.
    """

    project_id: int
    iid: int
    title: str
    description: str
    author: User
    open: bool
    labels: tuple[str, ...]
    milestone: str | None
    created_at: datetime
    updated_at: datetime
    web_url: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment by a person or bot. ``edited`` when its text changed after creation (forge's own word)."""

    id: int
    author: User
    body: str
    created_at: datetime
    updated_at: datetime
    edited: bool
    system: bool = False


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """A merge (pull) request. ``head_sha`` is the source branch's head as the forge sees it now.

    ``merged_by`` is the forge's own record of who merged; ``merge_sha`` the commit on the target branch
    that the merge made (or the head itself for fast-forward). ``detail`` is the forge's own word for
    whether it can be merged.
    """

    project_id: int
    iid: int
    title: str
    description: str
    author: User
    state: Literal["open", "closed", "merged"]
    draft: bool
    source_project_id: int
    source_branch: str
    target_branch: str
    head_sha: str
    merged_by: User | None
    merge_sha: str | None
    detail: str
    created_at: datetime
    updated_at: datetime
    web_url: str


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval by the forge's own button. ``sha`` None where the forge keeps no commit with it (GitLab).

    Without a commit it is bound to nothing that was seen, so it can never stand for a decision.
    """

    user: User
    sha: str | None


@dataclass(frozen=True, slots=True)
class Push:
    """Who pushed what to a branch, from the forge's own events (never git author fields)."""

    user: User
    branch: str
    sha: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """A commit status; ``author`` is who posted it (a builder can post one in our name).

    ``details_digest`` is that of the :class:`StatusDetails` it was posted with; None where the
    forge keeps none.
    """

    context: str
    state: StatusState
    description: str
    target_url: str
    author: User
    details_digest: str | None = None


@dataclass(frozen=True, slots=True)
class FileWrite:
    """One file of a commit: ``content`` None deletes it."""

    path: str
    content: bytes | None
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A label; ``color`` as ``#rrggbb``."""

    name: str
    color: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone by title, with its due date."""

    title: str
    due: date | None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Protection:
    """A protected branch: who may push to and merge into it; force pushes are always refused.

    ``checks``: statuses that must be green before a merge, where the forge can bind them (GitHub: by the
    app that reports them, where laik is an app; GitLab: the whole pipeline).
    """

    branch: str
    push: Access
    merge: Access
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook on a project. ``secret`` is write-only and never read back or shown."""

    url: str
    secret: str = field(repr=False)
    events: tuple[HookEvent, ...] = ("push", "issue", "comment", "merge_request", "status")


@dataclass(frozen=True, slots=True)
class Annotation:
    """One remark on a line of a file (1-based), shown where the forge can."""

    path: str
    line: int
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class StatusDetails:
    """What a check run shows beyond a status: Markdown that passed the output port, and remarks on lines.

    ``digest`` is the caller's word for them (letters and digits), told again by ``list_statuses``.
    """

    summary: str
    annotations: tuple[Annotation, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What the forge says of the token in use; None where it does not say.

    ``kind``: ``personal``, ``project``, ``group``, ``app`` (GitHub App installation) or ``unknown``.
    """

    kind: str
    scopes: tuple[str, ...] | None
    expires: date | None


@dataclass(frozen=True, slots=True)
class HookFacts:
    """A webhook as it stands. ``enabled`` False when the forge switched it off; ``why`` is its own word."""

    id: int
    url: str
    events: tuple[str, ...]
    enabled: bool
    why: str = ""
    verifies_tls: bool = True


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """How a project is set up. ``issues``: whether it has any; ``queued``: a train or queue merges.

    laik merges by itself, pinned to the commit that was judged, which a train or queue does not let it.
    """

    issues: bool
    queued: bool


@dataclass(frozen=True, slots=True)
class ProtectionFacts:
    """How a branch is protected. ``checks``: required status -> id of the app it must come from.

    The id is None where any source will do (GitLab has no such binding: its one key is ``pipeline``).
    ``by_name``: accounts, teams or apps that may push or merge beside the levels (Premium, GitHub).
    """

    branch: str
    push: Access
    merge: Access
    force_push: bool
    checks: Mapping[str, int | None]
    by_name: tuple[str, ...] = ()
