"""The contract between laik and a forge, in neutral words.

Small contracts by theme; an adapter implements all of them over a real client. Ids are the forge's
immutable numbers (as int); a project is always named by id once known. Times are aware UTC datetimes.
Every method may raise :class:`ForgeRefused` (the forge said no) or :class:`ForgeUnreachable` (nothing
is known). Methods named ``ensure_*`` are idempotent: they look first, write only a difference, and
answer whether they wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Literal, Protocol


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
    """An issue; ``iid`` is its number within the project."""

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
class Push:
    """Who pushed what to a branch, from the forge's own events (never git author fields)."""

    user: User
    branch: str
    sha: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """A commit status; ``author`` is who posted it (a builder can post one in our name)."""

    context: str
    state: StatusState
    description: str
    target_url: str
    author: User


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
    """A protected branch: who may push to and merge into it; force pushes are always refused."""

    branch: str
    push: Access
    merge: Access


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook on a project. ``secret`` is write-only and never read back or shown."""

    url: str
    secret: str = field(repr=False)
    events: tuple[Literal["push", "issue", "comment", "merge_request"], ...] = (
        "push",
        "issue",
        "comment",
        "merge_request",
    )


class Accounts(Protocol):
    """Who is who."""

    def whoami(self) -> User:
        """The account the adapter's token belongs to."""

    def find_user(self, username: str) -> User | None:
        """The account of that name, or None."""


class Projects(Protocol):
    """Groups, projects, members."""

    def find_group(self, path: str) -> Group | None:
        """The group at that full path, or None."""

    def ensure_group(self, path: str, name: str) -> Group:
        """The group at that full path, made (private) where absent; its parent must exist."""

    def find_project(self, path: str) -> Project | None:
        """The project at that full path, or None; a renamed project is not found by its old path."""

    def get_project(self, project_id: int) -> Project | None:
        """The project with this id, or None when it is gone."""

    def list_group_projects(self, group: Group) -> Sequence[Project]:
        """All projects directly in a group."""

    def create_project(self, group: Group, slug: str, *, name: str, description: str) -> Project:
        """A new private, empty project."""

    def ensure_member(self, project_id: int, user: User, access: Access) -> bool:
        """Give ``user`` exactly this direct access; True when something was written."""

    def list_members(self, project_id: int) -> Sequence[Member]:
        """Direct and inherited members."""


class Repositories(Protocol):
    """Files and branches over the API (bulk reading goes through a git mirror instead)."""

    def branch_head(self, project_id: int, branch: str) -> str | None:
        """The full commit id of a branch, or None."""

    def read_file(self, project_id: int, path: str, ref: str) -> bytes | None:
        """One file at a ref, or None when the file or ref is not there."""

    def commit_files(self, project_id: int, branch: str, message: str, files: Sequence[FileWrite]) -> str:
        """One commit with all ``files`` (created, updated or deleted as needed); the new commit id.

        Works on an empty repository too (makes the branch).
        """

    def ensure_protection(self, project_id: int, wanted: Protection) -> bool:
        """Protect a branch just so; True when something was written. Never unprotects in between."""

    def pushes(self, project_id: int, branch: str) -> Sequence[Push]:
        """Who pushed to ``branch``, by account."""


class Issues(Protocol):
    """Issues, comments, labels, milestones, boards, hooks."""

    def list_issues(
        self,
        project_id: int,
        *,
        updated_after: datetime | None = None,
        state: Literal["open", "all"] = "open",
    ) -> Sequence[Issue]:
        """Issues, oldest first."""

    def get_issue(self, project_id: int, iid: int) -> Issue | None:
        """One issue, or None when it is gone."""

    def create_issue(
        self, project_id: int, title: str, description: str, labels: Sequence[str] = ()
    ) -> Issue:
        """A new issue."""

    def relabel_issue(self, issue: Issue, *, add: Iterable[str], remove: Iterable[str]) -> None:
        """Add and remove labels, leaving all others as they are."""

    def set_issue_milestone(self, issue: Issue, title: str | None) -> None:
        """Put the issue on the milestone of that title."""

    def close_issue(self, issue: Issue) -> None:
        """Close the issue."""

    def list_comments(
        self, project_id: int, kind: Literal["issue", "merge_request"], iid: int
    ) -> Sequence[Comment]:
        """All comments, oldest first, without the forge's own system notes."""

    def add_comment(
        self, project_id: int, kind: Literal["issue", "merge_request"], iid: int, body: str
    ) -> Comment:
        """Write a comment; ``body`` has passed the output port.

        Raises:
            ForgeRefused: also when the forge reports that it ran a command in the text.
        """

    def edit_comment(
        self, project_id: int, kind: Literal["issue", "merge_request"], iid: int, comment_id: int, body: str
    ) -> None:
        """Replace a comment's text."""

    def ensure_labels(self, project_id: int, labels: Sequence[Label]) -> int:
        """Make missing labels; the number written. Labels that exist are left as people made them."""

    def ensure_milestones(self, project_id: int, milestones: Sequence[Milestone]) -> int:
        """Make missing milestones and correct due dates; the number written."""

    def ensure_board_lists(self, project_id: int, board: str, labels: Sequence[str]) -> int:
        """A board of that name with one list a label, in order; the number written."""

    def ensure_hook(self, project_id: int, hook: Hook) -> bool:
        """A webhook to that address; True when it was made."""


class MergeRequests(Protocol):
    """Merge requests and statuses."""

    def list_merge_requests(
        self, project_id: int, *, state: Literal["open", "merged", "all"] = "open"
    ) -> Sequence[MergeRequest]:
        """Merge requests, oldest first."""

    def get_merge_request(self, project_id: int, iid: int) -> MergeRequest | None:
        """One merge request, or None."""

    def create_merge_request(
        self, project_id: int, source: str, target: str, title: str, description: str
    ) -> MergeRequest:
        """A new merge request within one project."""

    def merge(self, request: MergeRequest, *, sha: str, message: str) -> MergeRequest:
        """Merge, pinned to ``sha``; the merge request afterwards.

        Raises:
            HeadMoved: the source branch is at another commit now.
            ForgeRefused: the forge refuses for another reason.
        """

    def list_statuses(self, project_id: int, sha: str) -> Sequence[Status]:
        """The newest status of each context on a commit."""

    def set_status(
        self,
        project_id: int,
        sha: str,
        *,
        context: str,
        state: StatusState,
        description: str,
        target_url: str,
    ) -> None:
        """Post one commit status; posting what already stands is no error."""


class Forge(Accounts, Projects, Repositories, Issues, MergeRequests, Protocol):
    """All of it; what the reconciler holds."""

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, counted below the client."""

    @property
    def writes(self) -> int:
        """Of those, the ones that were not GET or HEAD."""
