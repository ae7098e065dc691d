"""Webhook deliveries already seen, so that a repeated one costs nothing.

Only an economy: work is idempotent, and a delivery forgotten after a week does no harm.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from automation.store.engine import reading, stamp, writing
from automation.store.schema import deliveries as table

KEPT = timedelta(days=7)


class Deliveries:
    """Seen deliveries in a prepared database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    def known(self, key: str) -> bool:
        """Whether this delivery was remembered before."""
        with reading(self._engine) as connection:
            return connection.execute(select(table.c.key).where(table.c.key == key)).first() is not None

    def remember(self, key: str, *, at: datetime) -> bool:
        """Remember a delivery; True when it was new. Forgets those older than :data:`KEPT`."""
        row = self._insert(table).values(key=key, at=stamp(at))
        new = row.on_conflict_do_nothing().returning(table.c.key)  # rowcount is not told by every driver
        with writing(self._engine) as connection:
            connection.execute(table.delete().where(table.c.at < stamp(at - KEPT)))
            return connection.execute(new).first() is not None
