"""What the forge shows now of what laik writes: cards, answers, statuses.

A hidden marker counts only at the start of a comment by laik's own account: in anybody else's it is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from automation.bots.desk import answer_prefix, card_marker
from automation.core.plan import Place
from automation.core.reconcile import ShownState, Target
from automation.forges.base import Comment, Forge, Issue, User
from automation.observe.people import Comments

MARKER = re.compile(r"<!-- laik:[a-z]+:[^>]*? -->")

Statuses = Mapping[tuple[int, str, str], tuple[str, str, bool]]


def shown_state(
    forge: Forge, me: User, key: str, issue: Issue, comments: Comments, targets: Sequence[Target] = ()
) -> ShownState:
    """Everything shown of one case."""
    return ShownState(
        cards=cards(key, me, comments),
        answers=frozenset(
            marker for listed in comments.values() for one in listed if (marker := _answer(me, one))
        ),
        statuses=statuses(forge, me, targets),
        labels=issue.labels,
        issue_open=issue.open,
    )


def cards(key: str, me: User, comments: Comments) -> Mapping[Place, tuple[int, str]]:
    """Laik's own card of ``key`` at each place."""
    found: dict[Place, tuple[int, str]] = {}
    for place, listed in comments.items():
        for comment in listed:
            if comment.author.id == me.id and comment.body.startswith(card_marker(key)):
                found.setdefault(place, (comment.id, comment.body))
    return found


def statuses(forge: Forge, me: User, targets: Sequence[Target]) -> Statuses:
    """The newest status of each context on each commit, and whether laik posted it."""
    shown: dict[tuple[int, str, str], tuple[str, str, bool]] = {}
    for target in targets:
        for one in forge.list_statuses(target.project_id, target.sha):
            key = (target.project_id, target.sha, one.context)
            shown[key] = (one.state, one.description, one.author.id == me.id)
    return shown


def _answer(me: User, comment: Comment) -> str:
    match = MARKER.match(comment.body)
    ours = comment.author.id == me.id and match and match[0].startswith(answer_prefix())
    return match[0] if match and ours else ""
