"""GitHub's primary rate limit: 5,000 requests an hour and account; answers 304 are free."""

from __future__ import annotations

import threading

from automation.localforge.engine import Engine
from automation.localforge.githubdialect.call import DOCS
from automation.localforge.refusals import Refusal

PER_HOUR = 5000
_HOUR = 3600


class Limits:
    """Counts by who asks, within the hour that began with the first request."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._used: dict[str, tuple[int, int]] = {}

    def check(self, who: str) -> None:
        """Refuse once the hour's requests are used up (403 with the time of the reset)."""
        used, _ = self._state(who)
        if used >= PER_HOUR:
            raise Refusal(
                403,
                {
                    "message": f"API rate limit exceeded for {who}.",
                    "documentation_url": DOCS,
                    "status": "403",
                },
            )

    def headers(self, who: str, *, counted: bool) -> dict[str, str]:
        """The headers of an answer; ``counted`` adds it to what was used."""
        with self._lock:
            used, reset = self._state(who)
            used = min(used + counted, PER_HOUR)
            self._used[who] = (used, reset)
        told = {"Limit": PER_HOUR, "Remaining": PER_HOUR - used, "Used": used, "Reset": reset}
        return {f"X-RateLimit-{key}": str(value) for key, value in told.items()} | {
            "X-RateLimit-Resource": "core"
        }

    def _state(self, who: str) -> tuple[int, int]:
        now = int(self._engine.clock().timestamp())
        used, reset = self._used.get(who, (0, 0))
        return (used, reset) if reset > now else (0, now + _HOUR)
