"""The tables, and the migrations that make them.

The tables below are for writing queries; what exists in a database is made by :data:`MIGRATIONS` alone.
A migration that has run somewhere is never changed: the next change is a new one at the end. A test
holds tables and migrations together.

Column names avoid the SQL word ``case``; times are the UTC text of ``engine.stamp``.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    inspect,
    select,
    text,
)

from automation.core.text import Bilingual
from automation.store.engine import StoreUnusable, reading, writing

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

ledger = Table(
    "ledger",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("case_key", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("digest", Text, nullable=False),
)

signatures = Table(
    "signatures",
    metadata,
    Column("serial", BigInteger, primary_key=True),
    Column("case_key", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("envelope", Text, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("case_key", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("project_id", BigInteger, nullable=False),
    Column("iid", BigInteger, nullable=False),  # 0: the whole project
)

deliveries = Table(
    "deliveries", metadata, Column("key", Text, primary_key=True), Column("at", Text, nullable=False)
)

Statements = tuple[str, ...]

_LEDGER_COLUMNS = """
    case_key TEXT NOT NULL,
    seq INTEGER NOT NULL CHECK (seq > 0),
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL,
    UNIQUE (case_key, seq)
"""

_SHARED_1: Statements = (
    "CREATE INDEX ledger_by_kind ON ledger (kind, position)",
    """CREATE TABLE links (
        case_key TEXT NOT NULL,
        kind TEXT NOT NULL,
        project_id BIGINT NOT NULL,
        iid BIGINT NOT NULL DEFAULT 0,
        PRIMARY KEY (case_key, kind)
    )""",
    # An application may be adopted by a later case; issue, case file and merge request belong to one.
    "CREATE UNIQUE INDEX links_owned ON links (kind, project_id, iid) WHERE kind <> 'aplikasi'",
    "CREATE INDEX links_by_project ON links (project_id, iid)",
    "CREATE TABLE deliveries (key TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL)",
    "CREATE INDEX deliveries_by_age ON deliveries (at)",
    "CREATE TABLE watermarks (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
)

_SQLITE_1: Statements = (
    f"CREATE TABLE ledger (position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, {_LEDGER_COLUMNS})",
    """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    # INSERT OR REPLACE deletes the old row without firing the delete trigger: an entry could be
    # swapped. So an insert must continue its case's sequence and may not name a position in use.
    """CREATE TRIGGER ledger_only_next BEFORE INSERT ON ledger
       WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM ledger WHERE case_key = NEW.case_key)
         OR EXISTS (SELECT 1 FROM ledger WHERE position = NEW.position)
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    *_SHARED_1,
)

_POSTGRESQL_1: Statements = (
    f"""CREATE TABLE ledger (
        position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {_LEDGER_COLUMNS}
    )""",
    """CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
       FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()""",
    *_SHARED_1,
)

# How far a sweep has read lives with the queue, in memory: what was queued is lost together with it, so a
# mark that outlived both would skip what nobody looked at. Every start looks at everything.
_SHARED_2: Statements = ("DROP TABLE watermarks",)

# The signer alone need be allowed to insert here; nobody need be allowed more. Rows are numbered without
# gaps, so that two signers at once cannot both be right. One entry may be signed again by another key: after
# a theft, what the stolen key signed counts as unsigned.
_SIGNATURES = """CREATE TABLE signatures (
    serial BIGINT NOT NULL PRIMARY KEY CHECK (serial > 0),
    case_key TEXT NOT NULL,
    seq INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    envelope TEXT NOT NULL,
    UNIQUE (case_key, seq, key_id),
    FOREIGN KEY (case_key, seq) REFERENCES ledger (case_key, seq)
)"""

_SQLITE_3: Statements = (
    _SIGNATURES,
    """CREATE TRIGGER signatures_no_update BEFORE UPDATE ON signatures
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER signatures_no_delete BEFORE DELETE ON signatures
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER signatures_only_next BEFORE INSERT ON signatures
       WHEN NEW.serial <> (SELECT COALESCE(MAX(serial), 0) + 1 FROM signatures)
         OR EXISTS (SELECT 1 FROM signatures
                    WHERE case_key = NEW.case_key AND seq = NEW.seq AND key_id = NEW.key_id)
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
)

_POSTGRESQL_3: Statements = (
    _SIGNATURES,
    """CREATE TRIGGER signatures_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON signatures
       FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()""",
)

MIGRATIONS: dict[str, tuple[Statements, ...]] = {
    "sqlite": (_SQLITE_1, _SHARED_2, _SQLITE_3),
    "postgresql": (_POSTGRESQL_1, _SHARED_2, _POSTGRESQL_3),
}
_MIGRATION_LOCK = 0x6C61696B  # "laik": one process migrates a PostgreSQL database at a time


def migrate(engine: Engine) -> int:
    """Bring the database to this program's schema; the version it has now. Running again does nothing.

    Of a database that is up to date nothing is asked but to be read: PostgreSQL refuses even ``CREATE TABLE
    IF NOT EXISTS`` to the signer's and apply's accounts, which may make no tables.

    Raises:
        StoreUnusable: the database has a newer schema than this program knows.
    """
    steps = MIGRATIONS[engine.dialect.name]
    if _held(version_of(engine), len(steps)) == len(steps):
        return len(steps)
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        connection.execute(text("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)"))
        present = _held(_version(connection), len(steps))
        for number, statements in enumerate(steps[present:], start=present + 1):
            for statement in statements:
                connection.exec_driver_sql(statement)
            connection.execute(schema_version.insert().values(version=number))
    return len(steps)


def version_of(engine: Engine) -> int:
    """The version of the schema that is there, 0 where there is none."""
    with reading(engine) as connection:
        there = inspect(connection).has_table(schema_version.name)
        return _version(connection) if there else 0


def _held(present: int, known: int) -> int:
    if present > known:
        raise _newer(present, known)
    return present


def _version(connection: Connection) -> int:
    versions = connection.execute(select(schema_version.c.version)).scalars().all()
    return max(versions, default=0)


def _newer(present: int, known: int) -> StoreUnusable:
    return StoreUnusable(
        Bilingual(
            f"Basis data berskema versi {present}, program ini hanya mengenal sampai {known}.",
            f"The database has schema version {present}, this program knows up to {known}.",
        ),
        remedy=Bilingual("Jalankan laik yang lebih baru.", "Run a newer laik."),
    )
