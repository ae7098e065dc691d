from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from automation.store import Store, open_store
from automation.store.engine import StoreUnusable, make_engine
from automation.store.schema import MIGRATIONS, metadata, migrate, version_of


def test_the_migrations_make_exactly_the_tables_that_queries_use(store: Store) -> None:
    found = inspect(store.engine)
    assert set(found.get_table_names()) == set(metadata.tables)
    for name, table in metadata.tables.items():
        assert {column["name"] for column in found.get_columns(name)} == set(table.columns.keys()), name


def test_opening_again_keeps_what_was_recorded(store: Store, store_url: str) -> None:
    store.ledger.append("PA-2026-0001", "accepted", {}, at=datetime(2026, 3, 2, tzinfo=UTC), expect=0)
    again = open_store(store_url)
    assert again.ledger.last_seq("PA-2026-0001") == 1
    assert migrate(again.engine) == len(MIGRATIONS[again.engine.dialect.name])
    again.close()


def test_processes_that_open_an_empty_database_at_once_do_not_disturb_each_other(store_url: str) -> None:
    failures: list[Exception] = []

    def work() -> None:
        try:
            open_store(store_url).close()
        except Exception as failure:  # noqa: BLE001 - collected for the assertion
            failures.append(failure)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []


def test_a_database_from_a_newer_program_is_not_touched(store: Store, store_url: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("INSERT INTO schema_version VALUES (99)"))
    with pytest.raises(StoreUnusable, match="99"):
        open_store(store_url)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "nonsense", "oracle9://x/y"])
def test_a_database_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(StoreUnusable):
        open_store(url)


def test_who_only_looks_makes_no_database(tmp_path: Path, postgres_url: str) -> None:
    for url in (f"sqlite:///{tmp_path / 'salah-ketik.db'}", postgres_url):
        with pytest.raises(StoreUnusable, match="Tidak ada buku besar"):
            open_store(url, make=False)
        open_store(url).close()
        open_store(url, make=False).close()


def test_a_database_with_half_of_the_migrations_gets_the_others(store_url: str) -> None:
    engine = make_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE schema_version (version INTEGER PRIMARY KEY)"))
        for statement in MIGRATIONS[engine.dialect.name][0]:
            connection.exec_driver_sql(statement)
        connection.execute(text("INSERT INTO schema_version VALUES (1)"))
    assert (version_of(engine), migrate(engine), version_of(engine)) == (1, 3, 3)
    assert set(inspect(engine).get_table_names()) == set(metadata.tables)
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://laik:sangat-rahasia@127.0.0.1:9/laik",
        "sqlite:////tidak/ada/laik.db",
        "sqlite:////dev/null",
    ],
)
def test_a_database_out_of_reach_is_refused_in_words(url: str) -> None:
    with pytest.raises(StoreUnusable, match="tidak dapat dibuka") as refusal:
        open_store(url)
    told = f"{refusal.value.explain('id')} {refusal.value.explain('en')} {refusal.value.__cause__}"
    assert "Periksa alamatnya" in told
    assert "sangat-rahasia" not in told


def test_a_password_in_the_address_is_not_repeated() -> None:
    with pytest.raises(StoreUnusable) as refusal:
        open_store("nosuchdb://laik:sangat-rahasia@db/laik")
    assert "sangat-rahasia" not in str(refusal.value)


def test_sqlite_runs_with_wal_and_foreign_keys(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'laik.db'}")
    with store.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    store.close()
