"""How far something has been read: one value a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from automation.store.engine import reading, stamp, unstamp, writing
from automation.store.schema import watermarks as table


class Watermarks:
    """Watermarks in a prepared database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    def get(self, name: str) -> str | None:
        """The value, or None when nothing was read yet."""
        with reading(self._engine) as connection:
            return connection.execute(select(table.c.value).where(table.c.name == name)).scalar_one_or_none()

    def set(self, name: str, value: str) -> None:
        """Put the value in place of the former one."""
        row = self._insert(table).values(name=name, value=value)
        with writing(self._engine) as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))

    def get_time(self, name: str) -> datetime | None:
        """The value as an aware UTC time, or None."""
        value = self.get(name)
        return None if value is None else unstamp(value)

    def set_time(self, name: str, at: datetime) -> None:
        """Put an aware time in place of the former one."""
        self.set(name, stamp(at))
