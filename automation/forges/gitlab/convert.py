"""GitLab's JSON to the neutral records. Pure functions; people come through a given function."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

from automation.forges.base import (
    Access,
    Comment,
    Group,
    Issue,
    Member,
    MergeRequest,
    Project,
    Push,
    Status,
    StatusState,
    User,
)

Data = Mapping[str, Any]
Person = Callable[[Data], User]

# Accounts that GitLab makes for project, group and service tokens.
_BOT_NAME = re.compile(
    r"(project|group)_\d+_bot(_[0-9a-f]+)?|service_account_.*|ghost\d*|support-bot|alert-bot"
)

_STATES = {
    "success": StatusState.SUCCESS,
    "running": StatusState.RUNNING,
    "failed": StatusState.FAILED,
    "canceled": StatusState.FAILED,
    # Skipped is not passed: nothing was judged.
    "skipped": StatusState.FAILED,
}

_ACCESS = sorted(Access, reverse=True)


def moment(text: str) -> datetime:
    """GitLab's ISO time as aware UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def iso(when: datetime) -> str:
    """A time as GitLab's parameters take it."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def looks_like_bot(username: str) -> bool:
    """Whether the name is one that GitLab gives to accounts of tokens."""
    return _BOT_NAME.fullmatch(username) is not None


def user(data: Data, *, bot: bool = False) -> User:
    """An account; the word of the JSON's own ``bot`` field outweighs ``bot``."""
    told = data.get("bot", bot)
    return User(
        id=data["id"],
        username=data["username"],
        name=data.get("name", ""),
        bot=bool(told) or looks_like_bot(data["username"]),
        email=data.get("public_email") or "",
    )


def group(data: Data) -> Group:
    """A group."""
    return Group(data["id"], data["full_path"])


def project(data: Data) -> Project:
    """A project; an empty one may have no default branch yet."""
    return Project(
        id=data["id"],
        path=data["path_with_namespace"],
        name=data["name"],
        description=data.get("description") or "",
        default_branch=data.get("default_branch") or "main",
        web_url=data["web_url"],
        http_url=data["http_url_to_repo"],
        empty=bool(data.get("empty_repo")),
        archived=bool(data.get("archived")),
    )


def access(level: int) -> Access:
    """A level; one that we do not name becomes the nearest one below."""
    return next(access for access in _ACCESS if access <= level)


def member(data: Data, person: Person) -> Member:
    """A member."""
    return Member(person(data), access(data["access_level"]))


def token_kind(username: str) -> str:
    """``project``, ``group`` or ``personal``, by the name of the account that a token belongs to."""
    found = _BOT_NAME.fullmatch(username)
    return (found[1] if found else None) or "personal"


def issue(data: Data, person: Person) -> Issue:
    """An issue."""
    milestone, due = data.get("milestone"), data.get("due_date")
    return Issue(
        project_id=data["project_id"],
        iid=data["iid"],
        title=data["title"],
        description=data.get("description") or "",
        author=person(data["author"]),
        open=data["state"] == "opened",
        labels=tuple(data.get("labels") or ()),
        milestone=milestone["title"] if milestone else None,
        created_at=moment(data["created_at"]),
        updated_at=moment(data["updated_at"]),
        web_url=data["web_url"],
        due=date.fromisoformat(due) if due else None,
    )


def comment(data: Data, person: Person) -> Comment:
    """A note.

    ``edited``: ``last_edited_at`` where the server gives it. Else a later ``updated_at``; GitLab moves that
    for other reasons too (a resolved thread, a suggestion applied, a task list ticked), so an untouched
    comment may count as edited. That errs to the safe side: an approval in it is asked for again.
    """
    if "last_edited_at" in data:
        edited = data["last_edited_at"] is not None
    else:
        edited = data["updated_at"] != data["created_at"]
    return Comment(
        id=data["id"],
        author=person(data["author"]),
        body=data["body"],
        created_at=moment(data["created_at"]),
        updated_at=moment(data["updated_at"]),
        edited=edited,
        system=bool(data.get("system")),
    )


def merge_request(data: Data, person: Person) -> MergeRequest:
    """A merge request. ``locked`` (being merged right now) is still open.

    A fast-forward leaves ``merge_commit_sha`` null: the head itself is then on the target branch.
    """
    states: dict[str, Literal["open", "closed", "merged"]] = {"closed": "closed", "merged": "merged"}
    state = states.get(data["state"], "open")
    head = data.get("sha") or ""
    merger = data.get("merge_user") or data.get("merged_by")
    made = data.get("merge_commit_sha") or data.get("squash_commit_sha") or head
    return MergeRequest(
        project_id=data["project_id"],
        iid=data["iid"],
        title=data["title"],
        description=data.get("description") or "",
        author=person(data["author"]),
        state=state,
        draft=bool(data.get("draft") or data.get("work_in_progress")),
        source_project_id=data.get("source_project_id") or 0,
        source_branch=data["source_branch"],
        target_branch=data["target_branch"],
        head_sha=head,
        merged_by=person(merger) if merger and state == "merged" else None,
        merge_sha=(made or None) if state == "merged" else None,
        detail=data.get("detailed_merge_status") or data.get("merge_status") or "",
        created_at=moment(data["created_at"]),
        updated_at=moment(data["updated_at"]),
        web_url=data["web_url"],
    )


def status(data: Data, person: Person) -> Status:
    """A commit status; states that we do not name are still on their way."""
    return Status(
        context=data["name"],
        state=_STATES.get(data["status"], StatusState.PENDING),
        description=data.get("description") or "",
        target_url=data.get("target_url") or "",
        author=person(data["author"]),
    )


def push(data: Data, branch: str, person: Person) -> Push | None:
    """A push event as far as it concerns ``branch``, else None.

    More than a few refs in one push make one event without names (``ref`` null, ``ref_count``). Whether the
    branch was among them is unknown, so it counts: who may have pushed is barred like who did.
    """
    what = data.get("push_data") or {}
    named = what.get("ref")
    if named is None and not what.get("ref_count"):
        return None
    if named is not None and (what.get("ref_type") != "branch" or named != branch):
        return None
    return Push(person(data["author"]), branch, what.get("commit_to") or "", moment(data["created_at"]))
