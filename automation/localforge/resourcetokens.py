"""Access tokens of a project or group: each belongs to a bot account that GitLab makes for it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from automation.localforge import users
from automation.localforge.engine import Engine
from automation.localforge.members import check_level, set_member
from automation.localforge.records import ResourceToken, Token, User
from automation.localforge.refusals import not_found

LONGEST_LIFE = timedelta(days=365)


def create_resource_token(
    engine: Engine,
    source: str,
    source_id: int,
    name: str,
    *,
    scopes: Sequence[str],
    level: int,
    giver: int,
    expires_at: str | None = None,
) -> tuple[ResourceToken, Token, str]:
    """A new token with its bot ``project_<id>_bot_<hash>`` (``group_...``), a member from now on.

    Raises:
        Refusal: 400 for a level or scope that is none, 403 for a level above the giver's own.
    """
    check_level(level, giver)
    bot = users.create_user(engine, f"{source}_{source_id}_bot_{secrets.token_hex(16)}", name=name, bot=True)
    set_member(engine, source, source_id, bot.id, level)
    last_day = (engine.clock() + LONGEST_LIFE).date().isoformat()
    record, secret = users.create_token(engine, bot, name, scopes=scopes, expires_at=expires_at or last_day)
    engine.store.insert(
        "resource_tokens", token_id=record.id, source=source, source_id=source_id, level=level
    )
    return _of_token(engine, record.id), record, secret


def _of_token(engine: Engine, token_id: int) -> ResourceToken:
    found = engine.store.one(ResourceToken, "SELECT * FROM resource_tokens WHERE token_id = ?", token_id)
    if found is None:
        raise not_found()
    return found


def list_resource_tokens(engine: Engine, source: str, source_id: int) -> list[tuple[ResourceToken, Token]]:
    """Those of one project or group."""
    rows = engine.store.all(
        ResourceToken,
        "SELECT * FROM resource_tokens WHERE source = ? AND source_id = ? ORDER BY token_id",
        source,
        source_id,
    )
    return [(row, users.get_token(engine, row.token_id)) for row in rows]


def get_resource_token(
    engine: Engine, source: str, source_id: int, token_id: int
) -> tuple[ResourceToken, Token]:
    """One of them; 404 when it is another's."""
    found = _of_token(engine, token_id)
    if (found.source, found.source_id) != (source, source_id):
        raise not_found()
    return found, users.get_token(engine, token_id)


def revoke_resource_token(engine: Engine, record: Token) -> None:
    """Let the token open nothing, and take its bot's membership away; the account stays, as an author."""
    users.revoke_token(engine, record.id)
    engine.store.run("DELETE FROM members WHERE user_id = ?", record.user_id)


def bot_of(engine: Engine, record: Token) -> User:
    """The account that a token belongs to."""
    return users.get_user(engine, record.user_id)
