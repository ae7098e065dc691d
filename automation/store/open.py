"""Open the store: one database, its schema brought up to date, and everything kept in it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from automation.store.deliveries import Deliveries
from automation.store.engine import make_engine
from automation.store.ledger import Journal, Ledger
from automation.store.links import Links
from automation.store.schema import migrate
from automation.store.signatures import Signatures


@dataclass(frozen=True, slots=True)
class Store:
    """Everything kept in one database. ``close`` gives its connections back."""

    engine: Engine
    ledger: Ledger
    signatures: Signatures
    links: Links
    deliveries: Deliveries

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_store(url: str, *, journal: Journal | None = None) -> Store:
    """The store at a database URL (``sqlite:////path/laik.db``, ``postgresql+psycopg://...``).

    ``journal`` is told of every ledger entry that this process appends.

    Raises:
        StoreUnusable: the URL names no usable database, or one with a newer schema.
    """
    engine = make_engine(url)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, Ledger(engine, journal), Signatures(engine), Links(engine), Deliveries(engine))
