"""The comments of a case as they read now, at its issue and at every hosting merge request it ever had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from automation.core.comments import CommentNow, CommentsNow, comment_digest, request_of
from automation.core.memory import Memory
from automation.core.plan import Place
from automation.forges.base import Comment, Forge, Issue
from automation.observe.office import Office


def comments_of(comments: Mapping[Place, Sequence[Comment]]) -> CommentsNow:
    """What was read already, in neutral words."""
    found = {
        f"{place.kind}/{one.id}": CommentNow(comment_digest(one.body), one.edited)
        for place, listed in comments.items()
        for one in listed
    }
    return CommentsNow(
        found,
        issue=any(place.kind == "issue" for place in comments),
        requests=frozenset(place.iid for place in comments if place.kind == "merge_request"),
    )


def read_comments(forge: Forge, office: Office, iid: int, memory: Memory) -> CommentsNow:
    """Read the comments at every place where the case's acts were.

    Args:
        forge: the forge.
        office: the organisation's projects.
        iid: number of the case's issue.
        memory: what the ledger remembers of the case.

    Raises:
        ForgeRefused, ForgeUnreachable: they cannot be read.
    """
    places = [Place(office.hosting.id, "merge_request", one) for one in sorted(_requests(memory))]
    there = is_there(forge.get_issue(office.control.id, iid), memory)
    if there:
        places.insert(0, Place(office.control.id, "issue", iid))
    found = comments_of({one: forge.list_comments(one.project_id, one.kind, one.iid) for one in places})
    return found if there else replace(found, issue=True)  # with the issue all that was said in it is gone


def is_there(issue: Issue | None, memory: Memory) -> bool:
    """Whether it is the case's own issue, and not a later one of the same number."""
    return issue is not None and memory.filed in {"", issue.created_at.isoformat()}


def _requests(memory: Memory) -> Iterable[int]:
    spoken_of = (request_of(act) for act in memory.acts)
    return {*memory.intended, *(one for one in spoken_of if one is not None)}
