"""The signatures of ledger entries: envelopes, numbered without gaps over all cases, append-only."""

from __future__ import annotations

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError

from automation.core.errors import LedgerConflict, Where
from automation.core.text import Bilingual
from automation.core.verified import SignatureRow
from automation.store.engine import reading, writing
from automation.store.schema import ledger, signatures


class Signatures:
    """The signatures in a database that :func:`automation.store.open_store` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, rows: list[tuple[SignatureRow, str]]) -> None:
        """Keep envelopes, each with the id of the key that signed it: all of them or none.

        Raises:
            LedgerConflict: another signer was first, or an entry is not there; nothing was kept.
        """
        values = [
            {
                "serial": row.serial,
                "case_key": row.case,
                "seq": row.seq,
                "key_id": key,
                "envelope": row.envelope,
            }
            for row, key in rows
        ]
        try:
            with writing(self._engine) as connection:
                for one in values:
                    connection.execute(signatures.insert().values(one))
        except DBAPIError as problem:
            raise _conflict(rows[0][0]) from problem

    def rows(self, case: str | None = None) -> tuple[SignatureRow, ...]:
        """All signatures, or those of one case, by serial."""
        query = select(signatures).order_by(signatures.c.serial)
        if case is not None:
            query = query.where(signatures.c.case_key == case)
        with reading(self._engine) as connection:
            found = connection.execute(query).all()
        return tuple(SignatureRow(row.serial, row.case_key, row.seq, row.envelope) for row in found)

    def since(self, serial: int) -> tuple[SignatureRow, ...]:
        """The signatures from that number on."""
        query = select(signatures).where(signatures.c.serial >= serial).order_by(signatures.c.serial)
        with reading(self._engine) as connection:
            found = connection.execute(query).all()
        return tuple(SignatureRow(row.serial, row.case_key, row.seq, row.envelope) for row in found)

    def unsigned(self) -> tuple[tuple[str, str], ...]:
        """(case, kind) of every entry without any signature, in the order in which they were appended."""
        there = (signatures.c.case_key == ledger.c.case_key) & (signatures.c.seq == ledger.c.seq)
        query = select(ledger.c.case_key, ledger.c.kind).outerjoin(signatures, there)
        query = query.where(signatures.c.serial.is_(None)).order_by(ledger.c.position)
        with reading(self._engine) as connection:
            return tuple((case, kind) for case, kind in connection.execute(query))

    def counts(self) -> tuple[int, int]:
        """How many entries there are, and how many of them have a signature, whatever it is worth."""
        entries = select(func.count()).select_from(ledger)
        pairs = select(signatures.c.case_key, signatures.c.seq).distinct().subquery()
        with reading(self._engine) as connection:
            total = connection.execute(entries).scalar_one()
            return total, connection.execute(select(func.count()).select_from(pairs)).scalar_one()


def _conflict(row: SignatureRow) -> LedgerConflict:
    return LedgerConflict(
        Bilingual(
            f"Penanda tangan lain sudah menulis tanda {row.serial}.",
            f"Another signer has written signature {row.serial}.",
        ),
        remedy=Bilingual(
            "Buku besar dibaca ulang, lalu dicoba lagi.", "The ledger is read anew, then tried again."
        ),
        where=Where(case=f"{row.case} entri {row.seq}"),
    )
