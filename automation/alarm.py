"""Alarms: one issue in the control project while something deviates; closed by itself when nothing does.

The ledger says that there is an alarm from before it is told until after it is closed, so that the control
project's issues are listed only while there may be one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from automation.bots.desk import card_marker
from automation.core.outputport import outgoing
from automation.core.policy import digest_of
from automation.core.text import Bilingual
from automation.forges.base import Forge, Issue
from automation.observe.office import Office
from automation.store.ledger import JSON, Ledger

LABEL = "penyimpangan"
KIND = "deviation"
# Told one by one; a comment and a ledger entry have their limits, and whoever pushes ten thousand files
# must not be able to silence the alarm by its length.
MAX_TOLD = 50


@dataclass(frozen=True, slots=True)
class Deviating:
    """One thing that is not as it was decided; ``seen`` tells two states of it apart. Hostile text."""

    path: str
    kind: str
    seen: str
    text: Bilingual


@dataclass(frozen=True, slots=True)
class AlarmBell:
    """What one alarm is called: ``ledger_key`` where it is remembered, ``card`` the key of its card."""

    ledger_key: str
    card: str
    title: str


class Alarm:
    """Raises and ends one alarm."""

    def __init__(self, forge: Forge, ledger: Ledger, bell: AlarmBell, *, now: Callable[[], datetime]) -> None:
        self._forge = forge
        self._ledger = ledger
        self._bell = bell
        self._now = now

    def tell(self, office: Office, deviating: Sequence[Deviating], body: str) -> None:
        """Make the alarm say ``body`` while anything deviates, and end it when nothing does."""
        digest, last = digest_of([[one.path, one.kind, one.seen] for one in deviating]), self._last()
        if deviating:
            self._note(deviating, digest, last)
            self._show(office, self._issue(office), body)
        elif digest != last:
            issue = self._issue(office)
            if issue is not None:
                self._forge.close_issue(issue)
            self._note(deviating, digest, last)

    @property
    def rings(self) -> bool:
        """Whether something was told that has not ended since."""
        return self._last() != digest_of([])

    def _last(self) -> str:
        told = [one for one in self._ledger.entries(self._bell.ledger_key) if one.kind == KIND]
        return str(told[-1].body.get("digest", "")) if told else digest_of([])

    def _note(self, deviating: Sequence[Deviating], digest: str, last: str) -> None:
        if digest == last:
            return
        paths: list[JSON] = [one.path[:300] for one in deviating[:MAX_TOLD]]
        body: dict[str, JSON] = {"digest": digest, "paths": paths, "count": len(deviating)}
        key = self._bell.ledger_key
        self._ledger.append(key, KIND, body, at=self._now(), expect=self._ledger.last_seq(key))

    def _issue(self, office: Office) -> Issue | None:
        issues = self._forge.list_issues(office.control.id)
        mine = (one for one in issues if one.author.id == office.me.id and one.title == self._bell.title)
        return next(mine, None)

    def _show(self, office: Office, issue: Issue | None, body: str) -> None:
        if issue is None:
            told = outgoing(["Lihat kartu di bawah.\n"])
            issue = self._forge.create_issue(office.control.id, self._bell.title, told, [LABEL])
        comments = self._forge.list_comments(office.control.id, "issue", issue.iid)
        marker = card_marker(self._bell.card)
        mine = (one for one in comments if one.author.id == office.me.id and one.body.startswith(marker))
        card = next(mine, None)
        if card is None:
            self._forge.add_comment(office.control.id, "issue", issue.iid, body)
        elif card.body.strip() != body.strip():
            self._forge.edit_comment(office.control.id, "issue", issue.iid, card.id, body)
