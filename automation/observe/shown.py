"""What the forge shows now of what laik writes: cards, answers, statuses.

A hidden marker counts only at the start of a comment by laik's own account: in anybody else's it is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from automation.bots.desk import answer_marker, answer_prefix, card_marker
from automation.core.forgery import ForeignStatus, in_our_name
from automation.core.plan import Place
from automation.core.reconcile import ShownState, Target
from automation.forges.base import Comment, Forge, Issue, User
from automation.observe.people import Comments

MARKER = re.compile(r"<!-- laik:[a-z]+:[^>]*? -->")

Context = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Posted:
    """Statuses as :class:`ShownState` has them."""

    standing: Mapping[Context, tuple[str, str, bool]]
    details: Mapping[Context, str]
    foreign: tuple[ForeignStatus, ...]


def shown_state(
    forge: Forge,
    me: User,
    key: str,
    issue: Issue,
    comments: Comments,
    targets: Sequence[Target] = (),
    answered: Iterable[str] = (),
) -> ShownState:
    """Everything shown of one case; what was ``answered`` stays so, whatever became of the comment."""
    posted = statuses(forge, me, targets)
    return ShownState(
        cards=cards(key, me, comments),
        answers=answers(me, comments, answered),
        statuses=posted.standing,
        labels=issue.labels,
        issue_open=issue.open,
        foreign=posted.foreign,
        details=posted.details,
    )


def answers(me: User, comments: Comments, answered: Iterable[str] = ()) -> frozenset[str]:
    """Markers of what laik has answered; what was ``answered`` stays so, whatever became of the comment."""
    standing = (_answer(me, one) for listed in comments.values() for one in listed)
    return frozenset([*filter(None, standing), *map(answer_marker, answered)])


def cards(key: str, me: User, comments: Comments) -> Mapping[Place, tuple[int, str]]:
    """Laik's own card of ``key`` at each place.

    Everything laik writes starts with a marker, and people with rights on the project can edit what it wrote.
    Where the card's own is gone, the first of laik's comments that lost its marker becomes the card again;
    else there would be one more card for every such edit.
    """
    found: dict[Place, tuple[int, str]] = {}
    for place, listed in comments.items():
        mine = [one for one in listed if one.author.id == me.id]
        marked = (one for one in mine if one.body.startswith(card_marker(key)))
        robbed = (one for one in mine if one.edited and not MARKER.match(one.body))
        card = next(marked, None) or next(robbed, None)
        if card is not None:
            found[place] = (card.id, card.body)
    return found


def statuses(forge: Forge, me: User, targets: Sequence[Target]) -> Posted:
    """The newest status of each context on each commit, with whether laik posted it; and the forged ones."""
    shown: dict[Context, tuple[str, str, bool]] = {}
    details: dict[Context, str] = {}
    foreign: list[ForeignStatus] = []
    for target in targets:
        for one in forge.list_statuses(target.project_id, target.sha):
            key = (target.project_id, target.sha, one.context)
            ours = one.author.id == me.id
            shown[key] = (one.state, one.description, ours)
            if one.details_digest is not None:
                details[key] = one.details_digest
            if not ours and in_our_name(one.context):
                foreign.append(ForeignStatus(*key, str(one.state), one.author.id))
    return Posted(shown, details, tuple(foreign))


def _answer(me: User, comment: Comment) -> str:
    match = MARKER.match(comment.body)
    ours = comment.author.id == me.id and match and match[0].startswith(answer_prefix())
    return match[0] if match and ours else ""
