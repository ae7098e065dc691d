"""The database under the store: SQLite or PostgreSQL by URL, and how to read and write it.

Reading and writing are two doors. A writer takes SQLite's write lock when it begins (``BEGIN
IMMEDIATE``): a transaction that began as a reader and then writes would fail at once, without waiting,
when another has written in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from automation.core.errors import LaikError, Where
from automation.core.text import Bilingual

BUSY_SECONDS = 30
_WRITES = "laik_writes"


class StoreUnusable(LaikError):
    """The database named by the settings cannot be used: unknown kind, out of reach, or a newer schema."""


def make_engine(url: str) -> Engine:
    """An engine for ``sqlite:///file`` or ``postgresql+psycopg://...``; makes no tables.

    Raises:
        StoreUnusable: another kind of database, no driver for it, or SQLite without a file (each thread
            would see a database of its own, and a restart would forget what was decided).
    """
    engine = _engine_for(url)
    if engine.dialect.name == "sqlite":
        if engine.url.database in (None, "", ":memory:"):
            raise _unusable("SQLite tanpa berkas", "SQLite without a file")
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name != "postgresql":
        raise _unusable(f"jenis {engine.dialect.name}", f"kind {engine.dialect.name}")
    return engine


def unreachable(problem: SQLAlchemyError) -> StoreUnusable:
    """What a driver said, told by its kind alone: its text may hold the address with the password."""
    driver = getattr(problem, "orig", None)
    kind = type(driver or problem).__name__
    return StoreUnusable(
        Bilingual(f"Basis data tidak dapat dibuka ({kind}).", f"The database cannot be opened ({kind})."),
        remedy=Bilingual(
            "Periksa alamatnya, apakah layanan atau berkasnya ada, dan hak akun ini atasnya.",
            "Look at its address, whether its service or file is there, and this account's rights on it.",
        ),
        where=Where(file="LAIK_STORE"),
    )


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection in one consistent view; nothing is written."""
    with engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction: all of it is kept, or, when an exception leaves, nothing."""
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection


def stamp(at: datetime) -> str:
    """An aware time as UTC text that sorts and hashes the same in every database.

    Raises:
        ValueError: the time has no zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time without zone cannot be stored")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def unstamp(text: str) -> datetime:
    """The aware UTC time that :func:`stamp` wrote."""
    return datetime.fromisoformat(text)


def _engine_for(url: str) -> Engine:
    try:
        return create_engine(make_url(url), pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as problem:
        # The URL holds a password, so neither it nor the problem's text is repeated.
        raise _unusable("alamat atau pengandar tidak dikenal", "unknown address or driver") from problem


def _prepare_sqlite(connection: object, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _unusable(what_id: str, what_en: str) -> StoreUnusable:
    return StoreUnusable(
        Bilingual(f"Basis data tidak dapat dipakai: {what_id}.", f"The database cannot be used: {what_en}."),
        remedy=Bilingual(
            "Pakai sqlite:///berkas atau postgresql+psycopg://... (dengan paket psycopg).",
            "Use sqlite:///file or postgresql+psycopg://... (with the psycopg package).",
        ),
    )
