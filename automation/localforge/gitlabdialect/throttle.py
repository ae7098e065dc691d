"""GitLab's rate limit for signed-in accounts: its headers, and 429 where a limit is set."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from starlette.responses import PlainTextResponse, Response

from automation.localforge.engine import Engine

PER_MINUTE = 2000
"""What GitLab.com lets an account ask; told where no limit is set here."""


class Throttle:
    """Counts requests by account within the running minute (docs.gitlab.com/security/rate_limits/)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._minute = 0
        self._observed: dict[int, int] = {}

    def count(self, user_id: int) -> tuple[dict[str, str], Response | None]:
        """The headers for the answer; and the refusal, once the minute's requests are used up."""
        now = int(self._engine.clock().timestamp())
        with self._lock:
            if now // 60 != self._minute:
                self._minute, self._observed = now // 60, {}
            observed = self._observed[user_id] = self._observed.get(user_id, 0) + 1
        limit = self._engine.quirks.requests_per_minute
        reset = (now // 60 + 1) * 60
        headers = {
            "RateLimit-Limit": str(limit or PER_MINUTE),
            "RateLimit-Name": "throttle_authenticated_api",
            "RateLimit-Observed": str(observed),
            "RateLimit-Remaining": str(max(0, (limit or PER_MINUTE) - observed)),
            "RateLimit-Reset": str(reset),
        }
        if not limit or observed <= limit:
            return headers, None
        return headers, _refusal({**headers, "Retry-After": str(reset - now)})


def _refusal(headers: Mapping[str, str]) -> Response:
    return PlainTextResponse("Retry later\n", 429, dict(headers))
