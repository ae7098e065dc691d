"""What GitHub keeps of pull requests beside the engine's record: draft, reviews, mergeability."""

from __future__ import annotations

from dataclasses import dataclass

from automation.localforge import merging
from automation.localforge.engine import Engine
from automation.localforge.githubreports import reports_on
from automation.localforge.permissions import DEVELOPER, project_level
from automation.localforge.projects import project_by_id
from automation.localforge.records import MergeRequest, User
from automation.localforge.users import get_user

UNKNOWN_READS = 1
"""How often the answer to whether it can be merged is null after a branch moved."""


@dataclass(frozen=True, slots=True)
class PullFacts:
    """``tried``: the two heads for which the merge was last tried out."""

    merge_request_id: int
    draft: bool
    tried: str
    unknown_reads: int


@dataclass(frozen=True, slots=True)
class Review:
    """A review; PENDING until it is submitted, and then seen by its writer alone."""

    id: int
    merge_request_id: int
    user_id: int
    state: str
    body: str
    sha: str
    submitted_at: str | None


def facts_of(engine: Engine, request: MergeRequest) -> PullFacts:
    """The facts of a pull request, made where they are missing."""
    found = engine.store.one(PullFacts, "SELECT * FROM github_pulls WHERE merge_request_id = ?", request.id)
    if found is None:
        engine.store.run("INSERT OR IGNORE INTO github_pulls (merge_request_id) VALUES (?)", request.id)
        return PullFacts(request.id, draft=False, tried="", unknown_reads=0)
    return found


def set_draft(engine: Engine, request: MergeRequest, draft: bool) -> None:
    """Make it a draft, or ready."""
    facts_of(engine, request)
    engine.store.run("UPDATE github_pulls SET draft = ? WHERE merge_request_id = ?", draft, request.id)


def delay(engine: Engine, request: MergeRequest, reads: int) -> None:
    """For tests: let the next ``reads`` questions whether it can be merged stay without an answer."""
    facts_of(engine, request)
    _note_tried(engine, request, _heads(engine, request), reads)


def mergeable(engine: Engine, request: MergeRequest) -> bool | None:
    """Whether it merges without conflict; None at the first question after a branch moved.

    GitHub tries merges out in the background and answers null meanwhile; asking is what starts it.
    """
    known, heads = facts_of(engine, request), _heads(engine, request)
    waiting = known.unknown_reads if known.tried == heads else UNKNOWN_READS
    if waiting > 0:
        _note_tried(engine, request, heads, waiting - 1)
        return None
    return can_be_merged(engine, request)


def can_be_merged(engine: Engine, request: MergeRequest) -> bool:
    """Whether head and base merge without conflict, whatever was told before."""
    target = merging.target_head(engine, request)
    return target is not None and engine.mergeable(request.project_id, request.head_sha, target)


def is_late(engine: Engine, request: MergeRequest) -> bool:
    """Whether the merge is still being tried out, so that merging is refused; each question counts."""
    known = facts_of(engine, request)
    if known.tried != _heads(engine, request) or known.unknown_reads == 0:
        return False
    _note_tried(engine, request, known.tried, known.unknown_reads - 1)
    return True


def _heads(engine: Engine, request: MergeRequest) -> str:
    return f"{request.head_sha} {merging.target_head(engine, request)}"


def _note_tried(engine: Engine, request: MergeRequest, heads: str, reads: int) -> None:
    engine.store.run(
        "UPDATE github_pulls SET tried = ?, unknown_reads = ? WHERE merge_request_id = ?",
        heads,
        reads,
        request.id,
    )


def unstable(engine: Engine, request: MergeRequest) -> bool:
    """Whether something that was reported on the head has not passed."""
    return any(not one.success for one in reports_on(engine, request.project_id, request.head_sha))


# -- reviews -----------------------------------------------------------------------------------------


def reviews_on(engine: Engine, request: MergeRequest, viewer: User | None) -> list[Review]:
    """The reviews, oldest first; pending ones only to their writers."""
    rows = engine.store.all(
        Review, "SELECT * FROM github_reviews WHERE merge_request_id = ? ORDER BY id", request.id
    )
    mine = viewer.id if viewer else 0
    return [row for row in rows if row.state != "PENDING" or row.user_id == mine]


def approvals(engine: Engine, request: MergeRequest) -> int:
    """How many accounts with write access approve now: each account's last word counts."""
    last: dict[int, str] = {}
    for row in reviews_on(engine, request, None):
        if row.state != "COMMENTED":
            last[row.user_id] = row.state
    project = project_by_id(engine, request.project_id)
    return sum(
        state == "APPROVED" and project_level(engine, get_user(engine, user_id), project) >= DEVELOPER
        for user_id, state in last.items()
    )
