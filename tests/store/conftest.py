"""The store's tests run on SQLite and on PostgreSQL: a server of their own, or the one that is named.

``LAIK_TEST_POSTGRES=postgresql+psycopg://user@host/database make test`` names one; that database is emptied
before each test.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from automation.store import Store, open_store
from automation.store.engine import make_engine
from tests.store.postgres import running

POSTGRES = os.environ.get("LAIK_TEST_POSTGRES", "")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server."""
    if POSTGRES:
        yield POSTGRES
    else:
        with running() as url:
            yield url


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """The address of an empty PostgreSQL database."""
    engine = make_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'laik.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    yield opened
    opened.close()
