"""The store's tests run on SQLite, and on PostgreSQL too where one is offered.

``LAIK_TEST_POSTGRES=postgresql+psycopg://user@host/database make test`` (with psycopg in ``.venv``); the
database is emptied before each test. Without it there are simply fewer tests, none is skipped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from automation.store import Store, open_store
from automation.store.engine import make_engine

POSTGRES = os.environ.get("LAIK_TEST_POSTGRES", "")


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRES else ["sqlite"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'laik.db'}"
    engine = make_engine(POSTGRES)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return POSTGRES


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    yield opened
    opened.close()
