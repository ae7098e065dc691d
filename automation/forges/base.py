"""The contract between laik and a forge, in neutral words.

Small contracts by theme; an adapter implements all of them over a real client. Ids are the forge's
immutable numbers (as int); a project is always named by id once known. Times are aware UTC datetimes.
Every method may raise :class:`ForgeRefused` (the forge said no) or :class:`ForgeUnreachable` (nothing
is known). Methods named ``ensure_*`` are idempotent: they look first, write only a difference, and
answer whether they wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

from automation.forges.records import (
    Access,
    Annotation,
    Approval,
    Comment,
    FileWrite,
    Group,
    Hook,
    HookEvent,
    HookFacts,
    Issue,
    Label,
    Member,
    MergeRequest,
    Milestone,
    Project,
    ProjectFacts,
    Protection,
    ProtectionFacts,
    Push,
    Status,
    StatusDetails,
    StatusState,
    TokenFacts,
    User,
)

__all__ = [
    "Access",
    "Accounts",
    "Annotation",
    "Approval",
    "Comment",
    "FileWrite",
    "Forge",
    "Group",
    "Hook",
    "HookEvent",
    "HookFacts",
    "Inspection",
    "Issue",
    "Issues",
    "Label",
    "Member",
    "MergeRequest",
    "MergeRequests",
    "Milestone",
    "Project",
    "ProjectFacts",
    "Projects",
    "Protection",
    "ProtectionFacts",
    "Push",
    "Repositories",
    "Status",
    "StatusDetails",
    "StatusState",
    "TokenFacts",
    "User",
]


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

    def list_changed_projects(self, group: Group, since: datetime) -> Sequence[Project]:
        """Projects directly in a group with a push or other activity since then, in few calls.

        May name more than those (the forge's clock of activity is coarse), never fewer.
        """

    def list_changed_requests(self, group: Group, since: datetime) -> frozenset[int]:
        """Ids of the projects in a group that have a merge request changed since then, in few calls."""

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

    def branch_heads(self, project_id: int) -> Mapping[str, str]:
        """Every branch with its full commit id; asked conditionally, so that no change costs no content."""

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

    def reopen_issue(self, issue: Issue) -> None:
        """Open the issue again."""

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

    def place_on_board(self, issue: Issue, board: str, lane: str | None, due: date | None) -> bool:
        """Let an issue stand in that lane of the board with that due date; True when something was written.

        None clears. Where a lane is the list of a label (GitLab), the label alone moves the issue; where a
        board is not there or knows no such lane, the issue stands in none. ``issue`` as it was read a
        moment ago: what it tells is not asked for again.
        """

    def ensure_hook(self, project_id: int, hook: Hook) -> bool:
        """A webhook to that address; True when it was made."""


class MergeRequests(Protocol):
    """Merge requests and statuses."""

    def list_merge_requests(
        self,
        project_id: int,
        *,
        state: Literal["open", "merged", "all"] = "open",
        updated_after: datetime | None = None,
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

    def list_approvals(self, project_id: int, iid: int) -> Sequence[Approval]:
        """The approvals by the forge's own button that stand now, one a person."""

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
        details: StatusDetails | None = None,
    ) -> None:
        """Post one commit status; posting what already stands is no error.

        With ``details`` a forge that can (GitHub, laik being an app) shows them as a check run.
        """


class Inspection(Protocol):
    """What `laik doctor` asks: nothing here writes but the removals after its own smoke test."""

    def version(self) -> str:
        """The forge's name and version as it tells them, e.g. ``GitLab 19.5.0``."""

    def server_time(self) -> datetime:
        """The forge's clock, from the Date header of an answer that no cache gave."""

    def token_facts(self) -> TokenFacts:
        """What the token in use may do and until when."""

    def list_hooks(self, project_id: int) -> Sequence[HookFacts]:
        """The webhooks of a project."""

    def find_protection(self, project_id: int, branch: str) -> ProtectionFacts | None:
        """How a branch is protected (the sum of all rules that match it); None while it is not."""

    def project_facts(self, project_id: int, branch: str) -> ProjectFacts:
        """How a project is set up, as far as laik cares; ``branch`` is the one that requests merge into."""

    def own_access(self, project_id: int) -> Access:
        """The access of the token's account to a project; NONE where it is no member."""

    def delete_project(self, project_id: int) -> None:
        """Remove a whole repository. Only ever called for one that laik made a moment ago."""

    def delete_hook(self, project_id: int, hook_id: int) -> None:
        """Remove one webhook."""


class Forge(Accounts, Projects, Repositories, Issues, MergeRequests, Inspection, Protocol):
    """All of it; what the reconciler holds."""

    @property
    def url(self) -> str:
        """The address people use, without a slash at the end."""

    @property
    def git_username(self) -> str:
        """The name git wants beside the token (GitLab ``oauth2``, GitHub ``x-access-token``)."""

    def git_token(self) -> str:
        """The token for git over HTTP, fresh (an app's token lives an hour); never logged or shown."""

    def close(self) -> None:
        """Close the kept connections."""

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, counted below the client."""

    @property
    def writes(self) -> int:
        """Of those, the ones that were not GET or HEAD."""

    @property
    def unmodified(self) -> int:
        """Of those, the ones answered 304: the content came from the cache, and GitHub counts them not."""
