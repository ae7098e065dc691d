"""Routes: planning."""

from __future__ import annotations

from automation.localforge.githubdialect.call import Route

ROUTES: tuple[Route, ...] = ()
