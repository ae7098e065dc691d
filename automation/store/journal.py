"""The provisioner's journal: which step of making something is done, and for which wished-for content.

A half-made repository is found and finished by it; a step whose digest differs is done again.
"""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from automation.store.engine import reading, writing
from automation.store.schema import journal as table


class Journal:
    """The journal in a prepared database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    def done(self, case: str, step: str) -> str | None:
        """The digest this step was last done for, or None when it was never finished."""
        query = select(table.c.digest).where(table.c.case_key == case, table.c.step == step)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one_or_none()

    def mark(self, case: str, step: str, digest: str) -> None:
        """Note that the step is finished for ``digest``."""
        row = self._insert(table).values(case_key=case, step=step, digest=digest)
        with writing(self._engine) as connection:
            connection.execute(
                row.on_conflict_do_update(index_elements=["case_key", "step"], set_={"digest": digest})
            )
