"""Silence: a hook that the forge switched off, or that never was, makes no sound of its own.

The sweep finds what such a hook does not tell, only later; so nobody would notice but by slowness.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

log = logging.getLogger("laik.web")


class Silence:
    """Since when no event has come; counted from the start of this process until the first one.

    Safe to use from several threads: each method reads or writes one attribute.
    """

    def __init__(self, *, after: timedelta | None, clock: Callable[[], datetime]) -> None:
        """``after`` None: never remarkable, for an installation without webhooks."""
        self._after = after
        self._clock = clock
        self._since = clock()
        self._last: datetime | None = None
        self._told = False

    @property
    def last_event(self) -> datetime | None:
        """When the last event came that proved to be the forge's."""
        return self._last

    def heard(self) -> None:
        """An event came."""
        self._last = self._since = self._clock()
        self._told = False

    def is_remarkable(self) -> bool:
        """Whether it has been silent for longer than is likely."""
        return self._after is not None and self._clock() - self._since >= self._after

    def tell(self) -> None:
        """Write one warning a silence in the log."""
        if self.is_remarkable() and not self._told:
            self._told = True
            hours = int((self._clock() - self._since).total_seconds() // 3600)
            log.warning(
                "no event of the forge for %d hours: look whether its webhooks are switched off", hours
            )
