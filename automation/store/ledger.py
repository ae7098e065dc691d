"""The append-only ledger: what was decided and done, on which evidence, one chain of entries a case.

Theory of operation. An entry is unique on (case, seq) and appended only by a caller who has seen all
before it: he says the last ``seq`` he saw, and when another has appended since, he loses with
:class:`LedgerConflict` and must read the case anew. Each entry's digest covers its content and the digest
before it, so that a changed, swapped or missing entry in the middle shows in :meth:`Ledger.verify`.
Cases have sequences of their own; ``position`` counts over all of them and says which of two admissions of
one path is the later.

Bodies hold ids and hashes only, no personal data and no text from requests.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Row, func, select, text
from sqlalchemy.exc import IntegrityError

from automation.core.errors import LedgerConflict, Where
from automation.core.text import Bilingual
from automation.store.engine import reading, stamp, unstamp, writing
from automation.store.schema import ledger as table

JSON = None | bool | int | str | list["JSON"] | tuple["JSON", ...] | Mapping[str, "JSON"]

ADMITTED = "admitted"
KINDS = frozenset(
    {
        "accepted",
        "linked",
        "provisioned",
        "shown",
        "act",
        "merge_intended",
        ADMITTED,
        "deviation",
        "applied",
        "finished",
        "closed",
        "offered",
        "migrated",
        "answered",
        "forged_status",
        "turn",
        "reminded",
        "belongs",
        "account",
    }
)
BODY_LIMIT = 64 * 1024  # bytes of canonical JSON: ids and hashes need far less
START = ""  # ``previous`` of a case's first entry
_BLOB = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``seq`` counts from 1 within the case; ``digest`` and ``previous`` are hex SHA-256."""

    case: str
    seq: int
    kind: str
    body: Mapping[str, JSON]
    digest: str
    previous: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AdmittedRow:
    """One file that is admitted now: ``blob`` is the git blob id, ``decision`` the digest decided on."""

    path: str
    blob: str
    case: str
    decision: str
    seq: int


class Ledger:
    """The ledger in a database that :func:`automation.store.open_store` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, case: str, kind: str, body: Mapping[str, JSON], *, at: datetime, expect: int) -> Entry:
        """Append one entry after number ``expect`` (0 for the first), and nothing else.

        An ``admitted`` body is ``{path, blob, decision, merge_request, merge_sha, removed}``; apply serves
        from it, so its shape is held here.

        Raises:
            LedgerConflict: the last entry of the case is not ``expect``, or an admission is of a path that
                another case holds; nothing was appended.
            ValueError: an unknown kind, or a body that no ledger entry may have (a defect of the caller).
        """
        if kind not in KINDS:
            raise ValueError(f"unknown kind of ledger entry: {kind}")
        if kind == ADMITTED:
            _hold_admitted(body)
        canonical = _canonical(body)
        if len(canonical) > BODY_LIMIT:
            raise ValueError(f"the body of a ledger entry is over {BODY_LIMIT} bytes")
        try:
            with writing(self._engine) as connection:
                return _append(connection, case, kind, canonical, stamp(at), expect)
        except IntegrityError as problem:
            raise _conflict(case, expect) from problem

    def entries(self, case: str) -> tuple[Entry, ...]:
        """All entries of a case, oldest first."""
        with reading(self._engine) as connection:
            return tuple(_entry(row) for row in _rows(connection, case))

    def last_seq(self, case: str) -> int:
        """The number of the case's last entry, 0 when it has none."""
        with reading(self._engine) as connection:
            return _last(connection, case)[0]

    def cases(self) -> tuple[str, ...]:
        """The keys of all cases with an entry, in the order of their first."""
        query = select(table.c.case_key).group_by(table.c.case_key).order_by(func.min(table.c.position))
        with reading(self._engine) as connection:
            return tuple(connection.execute(query).scalars())

    def unfinished(self) -> tuple[str, ...]:
        """As :meth:`cases`, without those that have a ``finished`` entry."""
        done = select(table.c.case_key).where(table.c.kind == "finished")
        query = select(table.c.case_key).where(table.c.case_key.not_in(done))
        first = func.min(table.c.position)
        with reading(self._engine) as connection:
            return tuple(connection.execute(query.group_by(table.c.case_key).order_by(first)).scalars())

    def turning(self, after: datetime, until: datetime) -> tuple[str, ...]:
        """The cases whose turn of now comes near its due moment, or passes it, in (``after``, ``until``]."""
        newest = select(func.max(table.c.position)).where(table.c.kind == "turn").group_by(table.c.case_key)
        query = select(table.c.case_key, table.c.body).where(table.c.position.in_(newest))
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(table.c.position)).all()
        return tuple(row.case_key for row in rows if _turns(json.loads(row.body), after, until))

    def verify(self, case: str) -> int | None:
        """The number of the first entry that breaks the chain, or None when it is whole.

        Entries cut off at the end leave no trace in the chain itself.
        """
        previous, expected = START, 1
        with reading(self._engine) as connection:
            for row in _rows(connection, case):
                wanted = _digest(case, expected, row.kind, row.body, row.at, previous)
                if (row.seq, row.previous, row.digest) != (expected, previous, wanted):
                    return expected
                previous, expected = row.digest, expected + 1
        return None

    def intended(self) -> tuple[AdmittedRow, ...]:
        """What laik was about to merge and never admitted, over all cases, in order."""
        query = select(table).where(table.c.kind.in_(("merge_intended", ADMITTED)))
        waiting: dict[tuple[str, int], AdmittedRow] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query.order_by(table.c.position)):
                body = json.loads(row.body)
                number = (row.case_key, int(body["merge_request"]))
                if row.kind == ADMITTED:
                    waiting.pop(number, None)
                else:
                    waiting[number] = AdmittedRow(
                        body["path"], body["blob"], row.case_key, body["decision"], row.seq
                    )
        return tuple(waiting.values())

    def admitted(self) -> tuple[AdmittedRow, ...]:
        """The admitted set over all cases: the latest admission of each path, unless it removed it.

        In the order of admission.
        """
        query = select(table).where(table.c.kind == ADMITTED).order_by(table.c.position)
        current: dict[str, AdmittedRow] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                body = json.loads(row.body)
                current.pop(body["path"], None)
                if not body["removed"]:
                    current[body["path"]] = AdmittedRow(
                        body["path"], body["blob"], row.case_key, body["decision"], row.seq
                    )
        return tuple(current.values())


def _append(connection: Connection, case: str, kind: str, body: str, at: str, expect: int) -> Entry:
    if connection.dialect.name == "postgresql":
        # Positions must be given in the order of commits: without the lock a later admission could
        # become visible first, and an older one would win over it. SQLite has one writer anyway.
        connection.execute(text("LOCK TABLE ledger IN SHARE ROW EXCLUSIVE MODE"))
    last, previous = _last(connection, case)
    if last != expect:
        raise _conflict(case, expect)
    if kind == ADMITTED and _holder(connection, json.loads(body)["path"]) not in {"", case}:
        raise _conflict(case, expect)  # two workers, two cases, one name: the first admission stands
    digest = _digest(case, last + 1, kind, body, at, previous)
    connection.execute(
        table.insert().values(
            case_key=case, seq=last + 1, kind=kind, body=body, at=at, previous=previous, digest=digest
        )
    )
    return Entry(case, last + 1, kind, json.loads(body), digest, previous, unstamp(at))


def _holder(connection: Connection, path: str) -> str:
    """The case whose admission of ``path`` stands; empty when none does."""
    query = select(table).where(table.c.kind == ADMITTED).order_by(table.c.position.desc())
    for row in connection.execute(query):
        body = json.loads(row.body)
        if body["path"] == path:
            return "" if body["removed"] else str(row.case_key)
    return ""


def _last(connection: Connection, case: str) -> tuple[int, str]:
    """(number, digest) of the case's last entry; (0, START) when it has none."""
    query = select(table.c.seq, table.c.digest).where(table.c.case_key == case)
    row = connection.execute(query.order_by(table.c.seq.desc()).limit(1)).one_or_none()
    return (row.seq, row.digest) if row else (0, START)


def _rows(connection: Connection, case: str) -> list[Row[tuple[object, ...]]]:
    query = select(table).where(table.c.case_key == case).order_by(table.c.seq)
    return list(connection.execute(query))


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(
        row.case_key, row.seq, row.kind, json.loads(row.body), row.digest, row.previous, unstamp(row.at)
    )


def _digest(case: str, seq: int, kind: str, body: str, at: str, previous: str) -> str:
    """Over one JSON list, so that no field can run into its neighbour."""
    content = _canonical([case, seq, kind, body, at, previous])
    return hashlib.sha256(content.encode("ascii")).hexdigest()


def _canonical(value: JSON) -> str:
    """JSON with one spelling a value: sorted keys, no spaces, ASCII only.

    Raises:
        ValueError: a float (its spelling is no fact) or another thing that is no JSON.
    """
    _refuse_floats(value)
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    except TypeError as problem:
        raise ValueError(f"the body of a ledger entry must be JSON: {problem}") from problem


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise ValueError("a ledger entry holds no floats")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("the keys of a ledger entry are text")
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)


def _hold_admitted(body: Mapping[str, JSON]) -> None:
    """Refuse an admission that apply could misread."""
    if set(body) != {"path", "blob", "sha", "decision", "merge_request", "merge_sha", "removed"}:
        raise ValueError(f"an admission has other fields: {sorted(body)}")
    if not isinstance(body["path"], str) or not body["path"] or not isinstance(body["decision"], str):
        raise ValueError("an admission names a path and a decision")
    blob, removed = body["blob"], body["removed"]
    if not isinstance(removed, bool) or not isinstance(blob, str):
        raise ValueError("an admission says whether it removes, and its blob as text")
    if not removed and not _BLOB.fullmatch(blob):
        raise ValueError("an admission names the whole blob id")


def _turns(body: Mapping[str, str], after: datetime, until: datetime) -> bool:
    near, due = (datetime.fromisoformat(body[name]) if body.get(name) else None for name in ("near", "due"))
    return (near is not None and after < near <= until) or (due is not None and after <= due < until)


def _conflict(case: str, expect: int) -> LedgerConflict:
    return LedgerConflict(
        Bilingual(
            f"Pekerja lain sudah mencatat sesudah entri {expect}.",
            f"Another worker has recorded after entry {expect}.",
        ),
        remedy=Bilingual("Kasus dibaca ulang, lalu dicoba lagi.", "The case is read anew, then tried again."),
        where=Where(case=case),
    )
