"""The statuses of a commit, with who posted each."""

from __future__ import annotations

from dataclasses import dataclass

from automation.localforge import statuses
from automation.localforge.pages.page import Look
from automation.localforge.records import Status, User
from automation.localforge.users import get_user


@dataclass(frozen=True, slots=True)
class Light:
    """A status with who posted it."""

    status: Status
    author: User


def lights(look: Look, sha: str) -> list[Light]:
    """The statuses of a commit, the latest of each name."""
    rows = statuses.list_statuses(look.engine, look.project, sha, wanted={})
    return [Light(row, get_user(look.engine, row.user_id)) for row in rows]
