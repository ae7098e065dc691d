"""Members of groups and projects."""

from __future__ import annotations

from collections.abc import Sequence

from automation.localforge.engine import Engine
from automation.localforge.permissions import ADMIN, LEVELS
from automation.localforge.records import Membership
from automation.localforge.refusals import forbidden, not_found, refused


def set_member(engine: Engine, source: str, source_id: int, user_id: int, level: int) -> Membership:
    """Give an account this direct level, replacing another."""
    engine.store.run(
        "INSERT INTO members VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (source, source_id, user_id) DO UPDATE SET level = excluded.level",
        source,
        source_id,
        user_id,
        level,
        engine.now(),
    )
    found = direct_member(engine, source, source_id, user_id)
    if found is None:  # pragma: no cover - written just above under the same lock
        raise not_found("Member")
    return found


def direct_member(engine: Engine, source: str, source_id: int, user_id: int) -> Membership | None:
    """The account's direct membership, or None."""
    return engine.store.one(
        Membership,
        "SELECT * FROM members WHERE source = ? AND source_id = ? AND user_id = ?",
        source,
        source_id,
        user_id,
    )


def direct_members(engine: Engine, source: str, source_id: int) -> Sequence[Membership]:
    """All direct members, by account id."""
    return engine.store.all(
        Membership,
        "SELECT * FROM members WHERE source = ? AND source_id = ? ORDER BY user_id",
        source,
        source_id,
    )


def remove_member(engine: Engine, source: str, source_id: int, user_id: int) -> None:
    """Take a direct membership away; 404 when there is none."""
    if direct_member(engine, source, source_id, user_id) is None:
        raise not_found()
    engine.store.run(
        "DELETE FROM members WHERE source = ? AND source_id = ? AND user_id = ?", source, source_id, user_id
    )


def check_level(level: int, giver: int) -> None:
    """Refuse a level that is none, or one above the giver's own."""
    if level not in LEVELS:
        raise refused(400, {"access_level": ["is not included in the list"]})
    if giver < ADMIN and level > giver:
        raise forbidden()
