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

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, text
from sqlalchemy.exc import IntegrityError

from automation.core.canonical import JSON, canonical
from automation.core.chain import START, Link, first_break, link_digest
from automation.core.errors import LedgerConflict, Where
from automation.core.heldnames import ADMITTED, REVOKED, AdmittedRow, Names, ReleasedRow, Told, names_of
from automation.core.policyadmission import KIND as POLICY_KIND
from automation.core.policyadmission import WAYS
from automation.core.text import Bilingual
from automation.store.engine import reading, stamp, unstamp, writing
from automation.store.schema import ledger as table

__all__ = ["JSON", "KINDS", "START", "AdmittedRow", "Entry", "Journal", "Ledger"]

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
        "life",
        "issue_gone",
        "inventory",
        POLICY_KIND,
        REVOKED,
    }
)
BODY_LIMIT = 64 * 1024  # bytes of canonical JSON: ids and hashes need far less
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_BLOB = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?", re.ASCII)


Journal = Callable[[str, int, str], None]
"""Is told (case, seq, digest) of an entry before it is kept, so that none is kept untold."""


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


class Ledger:
    """The ledger in a database that :func:`automation.store.open_store` has prepared."""

    def __init__(self, engine: Engine, journal: Journal | None = None) -> None:
        self._engine = engine
        self._journal = journal

    def append(self, case: str, kind: str, body: Mapping[str, JSON], *, at: datetime, expect: int) -> Entry:
        """Append one entry after number ``expect`` (0 for the first), and nothing else.

        An ``admitted`` body is ``{path, blob, sha, decision, merge_request, merge_sha, removed}`` with or
        without ``until``; apply serves from it, so its shape is held here.

        Raises:
            LedgerConflict: the last entry of the case is not ``expect``, or an admission is of a path that
                another case holds; nothing was appended.
            ValueError: an unknown kind, or a body that no ledger entry may have (a defect of the caller).
        """
        if kind not in KINDS:
            raise ValueError(f"unknown kind of ledger entry: {kind}")
        if kind == ADMITTED:
            _hold_admitted(body)
        if kind == POLICY_KIND:
            _hold_policy(body)
        text_of = canonical(body)
        if len(text_of) > BODY_LIMIT:
            raise ValueError(f"the body of a ledger entry is over {BODY_LIMIT} bytes")
        try:
            with writing(self._engine) as connection:
                entry = _append(connection, case, kind, text_of, stamp(at), expect)
                if self._journal is not None:
                    self._journal(entry.case, entry.seq, entry.digest)
                return entry
        except IntegrityError as problem:
            raise moved_on(case, expect) from problem

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
        """The cases whose turn comes to half its time, near its end or past it in (``after``, ``until``]."""
        newest = select(func.max(table.c.position)).where(table.c.kind == "turn").group_by(table.c.case_key)
        query = select(table.c.case_key, table.c.body).where(table.c.position.in_(newest))
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(table.c.position)).all()
        return tuple(row.case_key for row in rows if _turns(json.loads(row.body), after, until))

    def verify(self, case: str) -> int | None:
        """The number of the first entry that breaks the chain, or None when it is whole.

        Entries cut off at the end leave no trace in the chain itself.
        """
        return first_break(self.links(case), case)

    def links(self, case: str) -> tuple[Link, ...]:
        """All entries of a case as the texts that are kept, oldest first."""
        with reading(self._engine) as connection:
            return tuple(_link(row) for row in _rows(connection, case))

    def all_links(self) -> tuple[Link, ...]:
        """All entries of all cases in the order in which they were appended."""
        with reading(self._engine) as connection:
            return tuple(_link(row) for row in connection.execute(select(table).order_by(table.c.position)))

    def intended(self) -> tuple[AdmittedRow, ...]:
        """What laik was about to merge and never admitted, over all cases, in order."""
        waiting: dict[tuple[str, int], AdmittedRow] = {}
        for row, body in self._rows_of("merge_intended", ADMITTED, REVOKED):
            if row.kind == REVOKED:  # it overtakes what was meant before it
                for number in [one for one, held in waiting.items() if _same(held, row.case_key, body)]:
                    del waiting[number]
                continue
            number = (row.case_key, int(body["merge_request"]))
            if row.kind == ADMITTED:
                waiting.pop(number, None)
            else:
                waiting[number] = _admitted_row(row, body)
        return tuple(waiting.values())

    def admitted(self) -> tuple[AdmittedRow, ...]:
        """The admitted set over all cases: the latest admission of each path, unless it removed it.

        In the order of admission, without those that the case that holds the name has revoked since.
        """
        return self._names().admitted

    def released(self) -> tuple[ReleasedRow, ...]:
        """What was admitted once and was removed or revoked since: gone on purpose."""
        return self._names().released

    def unapplied(self) -> tuple[str, ...]:
        """Cases with a name whose last decision (given, removed, revoked) was not read back as served yet."""
        last: dict[tuple[str, str], str] = {}
        served: set[tuple[str, str]] = set()
        for row, body in self._rows_of(ADMITTED, REVOKED, "applied"):
            if row.kind == "applied":
                served.add((row.case_key, body["decision"]))
            else:
                last[row.case_key, body["path"]] = body["decision"]
        return tuple(dict.fromkeys(case for (case, _), one in last.items() if (case, one) not in served))

    def gone(self) -> tuple[str, ...]:
        """Cases whose issue was found deleted, and not found again since."""
        last = {row.case_key: bool(body["gone"]) for row, body in self._rows_of("issue_gone")}
        return tuple(case for case, gone in last.items() if gone)

    def proposals(self) -> tuple[Entry, ...]:
        """The last ``inventory`` entry of each case that has one."""
        return tuple({row.case_key: _entry(row) for row, _ in self._rows_of("inventory")}.values())

    def _names(self) -> Names:
        told = (Told(row.case_key, row.seq, row.kind, body) for row, body in self._rows_of(ADMITTED, REVOKED))
        return names_of(told)

    def _rows_of(self, *kinds: str) -> list[tuple[Row[tuple[object, ...]], Any]]:
        query = select(table).where(table.c.kind.in_(kinds)).order_by(table.c.position)
        with reading(self._engine) as connection:
            return [(row, json.loads(row.body)) for row in connection.execute(query)]


def _admitted_row(row: Row[tuple[object, ...]], body: Mapping[str, str]) -> AdmittedRow:
    return AdmittedRow(
        body["path"], body["blob"], row.case_key, body["decision"], row.seq, body.get("until", "")
    )


def _same(held: AdmittedRow, case: str, body: Mapping[str, str]) -> bool:
    return held.case == case and held.path == body["path"]


def _append(connection: Connection, case: str, kind: str, body: str, at: str, expect: int) -> Entry:
    if connection.dialect.name == "postgresql":
        # Positions must be given in the order of commits: without the lock a later admission could
        # become visible first, and an older one would win over it. SQLite has one writer anyway.
        connection.execute(text("LOCK TABLE ledger IN SHARE ROW EXCLUSIVE MODE"))
    last, previous = _last(connection, case)
    if last != expect:
        raise moved_on(case, expect)
    if kind == ADMITTED and _holder(connection, json.loads(body)["path"]) not in {"", case}:
        raise moved_on(case, expect)  # two workers, two cases, one name: the first admission stands
    digest = link_digest(case, last + 1, kind, body, at, previous)
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


def _link(row: Row[tuple[object, ...]]) -> Link:
    return Link(row.case_key, row.seq, row.kind, row.body, row.at, row.previous, row.digest)


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(
        row.case_key, row.seq, row.kind, json.loads(row.body), row.digest, row.previous, unstamp(row.at)
    )


def _hold_admitted(body: Mapping[str, JSON]) -> None:
    """Refuse an admission that apply could misread."""
    fields = {"path", "blob", "sha", "decision", "merge_request", "merge_sha", "removed"}
    if set(body) - {"until"} != fields:
        raise ValueError(f"an admission has other fields: {sorted(body)}")
    if not isinstance(body["path"], str) or not body["path"] or not isinstance(body["decision"], str):
        raise ValueError("an admission names a path and a decision")
    blob, removed = body["blob"], body["removed"]
    if not isinstance(removed, bool) or not isinstance(blob, str):
        raise ValueError("an admission says whether it removes, and its blob as text")
    if not removed and not _BLOB.fullmatch(blob):
        raise ValueError("an admission names the whole blob id")


def _hold_policy(body: Mapping[str, JSON]) -> None:
    """Refuse an admission of policy that could be misread: who may decide everything else hangs on it."""
    fields = {"digest", "blob", "before", "owners", "way", "agreed"}
    fields |= {"merge_request", "merge_sha", "merged_by"}
    if set(body) != fields:
        raise ValueError(f"an admission of policy has other fields: {sorted(body)}")
    if not isinstance(body["digest"], str) or not _DIGEST.fullmatch(body["digest"]):
        raise ValueError("an admission of policy names the whole SHA-256 of its text")
    if not isinstance(body["owners"], list) or not all(type(one) is int for one in body["owners"]):
        raise ValueError("an admission of policy lists its owners by account number")
    if body["way"] not in WAYS:
        raise ValueError(f"an admission of policy in an unknown way: {body['way']}")
    if type(body["merge_request"]) is not int or type(body["merged_by"]) is not int:
        raise ValueError("an admission of policy names its merge request and who merged it by number")
    if not isinstance(body["agreed"], list) or not all(map(_is_agreement, body["agreed"])):
        raise ValueError("an admission of policy lists who agreed by account number, act and hash")


def _is_agreement(one: JSON) -> bool:
    return isinstance(one, dict) and set(one) == {"account", "act", "body"} and type(one["account"]) is int


def _turns(body: Mapping[str, str], after: datetime, until: datetime) -> bool:
    half, near, due = (
        datetime.fromisoformat(body[name]) if body.get(name) else None for name in ("half", "near", "due")
    )
    reached = any(one is not None and after < one <= until for one in (half, near))
    return reached or (due is not None and after <= due < until)


def moved_on(case: str, expect: int) -> LedgerConflict:
    """The error for a case that somebody else recorded in since it was read."""
    return LedgerConflict(
        Bilingual(
            f"Pekerja lain sudah mencatat sesudah entri {expect}.",
            f"Another worker has recorded after entry {expect}.",
        ),
        remedy=Bilingual("Kasus dibaca ulang, lalu dicoba lagi.", "The case is read anew, then tried again."),
        where=Where(case=case),
    )
