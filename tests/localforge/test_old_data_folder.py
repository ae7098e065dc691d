"""A data folder that an earlier version made opens, and gets the columns that came later."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from automation.localforge.records import Hook
from automation.localforge.schema import ADDED, SCHEMA
from automation.localforge.store import Store


def test_columns_that_came_later_are_added_once_and_rows_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "forge.sqlite3"
    with sqlite3.connect(path) as old:
        old.executescript(SCHEMA)
        old.execute("INSERT INTO hooks (project_id, url, created_at) VALUES (1, 'https://x.contoh/', 'dulu')")
    old.close()
    for _ in range(2):
        store = Store(path)
        hook = store.one(Hook, "SELECT * FROM hooks")
        names = "SELECT name FROM pragma_table_info(?)"
        columns = {table: set(store.column(names, table)) for table, *_ in ADDED}
        store.close()
        assert hook is not None
        assert (hook.url, hook.pipeline_events, hook.signing_token) == ("https://x.contoh/", False, None)
        assert all(column in columns[table] for table, column, _ in ADDED)
