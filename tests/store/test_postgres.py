"""What only PostgreSQL can be asked: accounts with few rights, and a ledger signed and changed there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from automation.core.attest import BadSignature
from automation.core.verified import hold_chains
from automation.store import open_store
from automation.store.engine import StoreUnusable, make_engine
from tests.signedworld import CASE, OTHER, SignedWorld, signed_world

PATH = "permohonan/simpus.yaml"
FEW_RIGHTS = """
    DROP ROLE IF EXISTS penanda;
    CREATE ROLE penanda LOGIN;
    GRANT USAGE ON SCHEMA public TO penanda;
    GRANT SELECT ON ledger, signatures, schema_version TO penanda;
    GRANT INSERT ON signatures TO penanda;
"""


@pytest.fixture
def world(tmp_path: Path, postgres_url: str) -> Iterator[SignedWorld]:
    with signed_world(tmp_path, postgres_url) as made:
        yield made


def run_sql(url: str, *statements: str) -> None:
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            for one in statements:
                connection.execute(text(one))
    finally:
        engine.dispose()


@pytest.fixture
def few_rights(world: SignedWorld) -> Iterator[str]:
    """The address for an account that may read the ledger and add signatures."""
    run_sql(world.url, *filter(str.strip, FEW_RIGHTS.split(";")))
    yield world.url.replace("//laik@", "//penanda@")
    world.store.close()
    run_sql(world.url, "DROP OWNED BY penanda", "DROP ROLE penanda")


def test_a_ledger_is_signed_and_what_is_changed_in_it_afterwards_is_found(world: SignedWorld) -> None:
    world.tell(CASE, PATH)
    world.tell(OTHER, "permohonan/lain.yaml")
    assert world.sign().signed == len(world.verified().signed) == 10
    hold_chains(world.store.ledger.all_links())
    run_sql(
        world.url,
        "ALTER TABLE ledger DISABLE TRIGGER USER",
        "UPDATE ledger SET body = replace(body, 'simpus', 'rampas') WHERE kind = 'admitted'",
    )
    with pytest.raises(BadSignature):
        world.verified()


def test_a_ledger_that_was_put_back_is_not_signed_further(world: SignedWorld) -> None:
    world.tell(CASE, PATH)
    assert world.sign().signed == 5
    run_sql(
        world.url,
        "ALTER TABLE signatures DISABLE TRIGGER USER",
        "ALTER TABLE ledger DISABLE TRIGGER USER",
        "DELETE FROM signatures",
        "DELETE FROM ledger",
    )
    world.tell(CASE, PATH)
    with pytest.raises(BadSignature):
        world.sign()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE signatures SET envelope = ''", "DELETE FROM signatures", "TRUNCATE signatures, ledger"],
)
def test_the_database_itself_refuses_to_change_signatures(world: SignedWorld, statement: str) -> None:
    world.tell(CASE, PATH)
    world.sign()
    with pytest.raises(DBAPIError, match="append-only"):
        run_sql(world.url, statement)


def test_an_account_that_may_read_and_add_signatures_is_enough_for_the_signer(
    world: SignedWorld, few_rights: str
) -> None:
    world.tell(CASE, PATH)
    store = open_store(few_rights)
    try:
        made = SignedWorld(store, world.journal, world.keys, few_rights)
        assert made.sign().signed == 5
        assert len(made.verified().signed) == 5
    finally:
        store.close()
    with pytest.raises(DBAPIError, match="permission denied"):
        run_sql(few_rights, "INSERT INTO deliveries VALUES ('x', 'y')")


def test_an_account_without_any_right_is_refused_in_words(world: SignedWorld, few_rights: str) -> None:
    run_sql(world.url, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM penanda")
    with pytest.raises(StoreUnusable, match="tidak dapat dibuka"):
        open_store(few_rights)
