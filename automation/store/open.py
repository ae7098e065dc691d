"""Open the store: one database, its schema brought up to date, and everything kept in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from automation.core.errors import Where
from automation.core.text import Bilingual
from automation.store.deliveries import Deliveries
from automation.store.engine import StoreUnusable, make_engine, unreachable
from automation.store.ledger import Journal, Ledger
from automation.store.links import Links
from automation.store.schema import migrate, version_of
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


def open_store(url: str, *, journal: Journal | None = None, make: bool = True) -> Store:
    """The store at a database URL (``sqlite:////path/laik.db``, ``postgresql+psycopg://...``).

    Args:
        url: where it is.
        journal: is told of every ledger entry that this process appends.
        make: whether a database that is not there is made. Whoever only looks at one says no: of a mistyped
            address he would else be told that all is well in it.

    Raises:
        StoreUnusable: the URL names no usable database, one out of reach, or one with a newer schema.
    """
    engine = make_engine(url)
    try:
        if not make and not _is_there(engine):
            raise _missing()
        migrate(engine)
    except SQLAlchemyError as problem:
        engine.dispose()
        raise unreachable(problem) from None
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, Ledger(engine, journal), Signatures(engine), Links(engine), Deliveries(engine))


def _is_there(engine: Engine) -> bool:
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
        return False  # connecting would make the file
    return version_of(engine) > 0


def _missing() -> StoreUnusable:
    return StoreUnusable(
        Bilingual("Tidak ada buku besar pada alamat itu.", "There is no ledger at that address."),
        remedy=Bilingual(
            "Periksa alamatnya; buku besar dibuat oleh `laik serve` atau `laik reconcile`.",
            "Look at the address; a ledger is made by `laik serve` or `laik reconcile`.",
        ),
        where=Where(file="LAIK_STORE"),
    )
