"""Facts of the way to the forge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from automation.core.errors import ForgeUnreachable
from automation.core.health import Unread
from automation.core.health_forge import ForgeFacts
from automation.examine.asking import ask
from automation.forges.base import Forge, User
from automation.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Remote:
    """The facts, and the adapter as long as it is worth asking."""

    facts: ForgeFacts
    forge: Forge | Unread
    me: User | Unread

    def ask(self, question: Callable[[Forge], T]) -> T | Unread:
        """One question, or why it is not asked."""
        forge = self.forge
        return forge if isinstance(forge, Unread) else ask(lambda: question(forge))


def read_forge(settings: Settings, forge: Forge | Unread, now: Callable[[], datetime]) -> Remote:
    """All facts of the theme. A forge that does not answer the first question is asked no more."""
    version = forge if isinstance(forge, Unread) else ask(forge.version)
    if isinstance(version, Unread) and isinstance(version.why, ForgeUnreachable):
        forge = version
    if isinstance(forge, Unread):
        facts = ForgeFacts(settings.forge, settings.url, now().date(), forge, forge, forge, forge)
        return Remote(facts, forge, forge)
    adapter = forge
    me = ask(adapter.whoami)
    facts = ForgeFacts(
        kind=settings.forge,
        url=settings.url,
        today=now().date(),
        version=version,
        drift=ask(lambda: _drift(adapter, now)),
        me=me,
        token=ask(adapter.token_facts),
    )
    return Remote(facts, adapter, me)


def _drift(forge: Forge, now: Callable[[], datetime]) -> float:
    """Our clock minus the forge's, in seconds; the Date header cuts half a second off on average."""
    before = now()
    theirs = forge.server_time()
    middle = before + (now() - before) / 2
    return (middle - theirs).total_seconds() - 0.5
