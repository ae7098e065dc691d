"""The forge's memory: one SQLite connection, one lock, records in and out."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from automation.localforge.githubschema import GITHUB_SCHEMA
from automation.localforge.schema import ADDED, SCHEMA

Record = TypeVar("Record")


class Store:
    """SQLite in WAL mode behind one re-entrant lock.

    The server is one process; a write request holds the lock from its first look to its commit, so that
    what it looked at cannot change before it writes (two merges, two merge requests for one branch).
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._afterwards: list[Callable[[], None]] = []
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, cached_statements=512)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;")
        self._db.executescript(SCHEMA + GITHUB_SCHEMA)
        for table, column, kind in ADDED:
            if column not in {row["name"] for row in self._db.execute(f"PRAGMA table_info({table})")}:
                self._db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")

    def close(self) -> None:
        """Close the database; the store is of no use afterwards."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested ones join the outermost. What was put off runs after the commit."""
        with self._lock:
            if self._depth:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth = 1
            self._afterwards = []
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            else:
                self._db.execute("COMMIT")
                put_off, self._afterwards = self._afterwards, []
            finally:
                self._depth = 0
        for step in put_off:
            step()

    def afterwards(self, step: Callable[[], None]) -> None:
        """Run ``step`` once the current transaction has been committed (never when it is rolled back)."""
        if self._depth:
            self._afterwards.append(step)
        else:
            step()

    def run(self, sql: str, *values: Any) -> int:
        """Execute one statement; the id of the inserted row (0 for other statements)."""
        with self._lock:
            return self._db.execute(sql, values).lastrowid or 0

    def insert(self, table: str, **values: Any) -> int:
        """Insert one row; its id. Table and column names come from our own code only."""
        columns = ", ".join(values)
        marks = ", ".join("?" * len(values))
        return self.run(f"INSERT INTO {table} ({columns}) VALUES ({marks})", *values.values())  # noqa: S608 - own names

    def update(self, table: str, row_id: int, **values: Any) -> None:
        """Change columns of one row. Table and column names come from our own code only."""
        if not values:
            return
        pairs = ", ".join(f"{column} = ?" for column in values)
        self.run(f"UPDATE {table} SET {pairs} WHERE id = ?", *values.values(), row_id)  # noqa: S608 - own names

    def all(self, record: type[Record], sql: str, *values: Any) -> list[Record]:
        """All rows of a ``SELECT table.*`` as records."""
        with self._lock:
            rows = self._db.execute(sql, values).fetchall()
        return [_build(record, row) for row in rows]

    def one(self, record: type[Record], sql: str, *values: Any) -> Record | None:
        """The first row as a record, or None."""
        with self._lock:
            row = self._db.execute(sql, values).fetchone()
        return None if row is None else _build(record, row)

    def column(self, sql: str, *values: Any) -> list[Any]:
        """The first column of all rows."""
        with self._lock:
            return [row[0] for row in self._db.execute(sql, values).fetchall()]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows as plain tuples."""
        with self._lock:
            return [tuple(row) for row in self._db.execute(sql, values).fetchall()]

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        with self._lock:
            row = self._db.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def next_number(self, project_id: int, kind: str) -> int:
        """The next iid of that kind in a project; numbers of deleted things are never given again."""
        self.run(
            "INSERT INTO counters VALUES (?, ?, 1)"
            " ON CONFLICT (project_id, kind) DO UPDATE SET value = value + 1",
            project_id,
            kind,
        )
        return int(
            self.value("SELECT value FROM counters WHERE project_id = ? AND kind = ?", project_id, kind)
        )


@cache
def _columns(record: Any) -> list[tuple[str, bool]]:
    """The record's fields, each with whether SQLite's 0 or 1 means a bool."""
    return [(item.name, str(item.type) == "bool") for item in fields(record)]


def _build(record: type[Record], row: sqlite3.Row) -> Record:
    kind: Any = record
    built: Record = kind(**{name: bool(row[name]) if flag else row[name] for name, flag in _columns(kind)})
    return built
