"""Which projects of the forge belong to which case, by the forge's immutable numbers.

Linked here and never by a file in a repository, because a builder could edit that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from sqlalchemy import Engine, Row, select
from sqlalchemy.exc import IntegrityError

from automation.core.errors import LaikError, Where
from automation.core.text import Bilingual
from automation.store.engine import reading, writing
from automation.store.schema import links as table

LinkKind = Literal["issue", "berkas", "aplikasi", "hosting_mr"]


class LinkTaken(LaikError):
    """The issue, case file or merge request already belongs to another case."""


@dataclass(frozen=True, slots=True)
class Link:
    """``case`` has ``project_id`` as its ``kind``; ``iid`` is the issue or merge request within it."""

    case: str
    kind: LinkKind
    project_id: int
    iid: int | None = None


class Links:
    """Links in a prepared database; a case has at most one of each kind."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set(self, case: str, kind: LinkKind, project_id: int, iid: int | None = None) -> bool:
        """Link just so; True when something was written. A link of the same kind is replaced.

        Raises:
            LinkTaken: another case has it. Only an application may be shared (adopted by a later case).
        """
        if self.get(case, kind) == Link(case, kind, project_id, iid):
            return False
        here = (table.c.case_key == case) & (table.c.kind == kind)
        row = {"case_key": case, "kind": kind, "project_id": project_id, "iid": iid or 0}
        try:
            with writing(self._engine) as connection:
                connection.execute(table.delete().where(here))
                connection.execute(table.insert().values(**row))
        except IntegrityError as problem:
            raise _taken(case, kind, project_id) from problem
        return True

    def get(self, case: str, kind: LinkKind) -> Link | None:
        """The case's link of that kind, or None."""
        query = select(table).where(table.c.case_key == case, table.c.kind == kind)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return _link(row) if row else None

    def remove(self, case: str, kind: LinkKind) -> None:
        """Take away the case's link of that kind, if there is one."""
        with writing(self._engine) as connection:
            connection.execute(table.delete().where(table.c.case_key == case, table.c.kind == kind))

    def of_kind(self, kind: LinkKind) -> tuple[Link, ...]:
        """All links of a kind, by case."""
        query = select(table).where(table.c.kind == kind).order_by(table.c.case_key)
        with reading(self._engine) as connection:
            return tuple(_link(row) for row in connection.execute(query))

    def of_case(self, case: str) -> tuple[Link, ...]:
        """All links of a case, by kind."""
        query = select(table).where(table.c.case_key == case).order_by(table.c.kind)
        with reading(self._engine) as connection:
            return tuple(_link(row) for row in connection.execute(query))

    def cases_of(self, project_id: int, iid: int | None = None) -> tuple[str, ...]:
        """The cases that an event in a project may speak of, newest key first.

        With ``iid`` the exact issue or merge request where one is linked, else whoever has the whole
        project (a merge request inside an application belongs to the application's case).
        """
        query = select(table.c.case_key).where(table.c.project_id == project_id)
        newest = table.c.case_key.desc()
        with reading(self._engine) as connection:
            for number in (iid, 0) if iid else (0,):
                found = connection.execute(query.where(table.c.iid == number).order_by(newest)).scalars()
                if cases := tuple(dict.fromkeys(found)):
                    return cases
        return ()

    def case_of(self, project_id: int, iid: int | None = None) -> str | None:
        """The first of :meth:`cases_of`, or None."""
        return next(iter(self.cases_of(project_id, iid)), None)


def _link(row: Row[tuple[object, ...]]) -> Link:
    return Link(row.case_key, cast("LinkKind", row.kind), row.project_id, row.iid or None)


def _taken(case: str, kind: str, project_id: int) -> LinkTaken:
    return LinkTaken(
        Bilingual(
            f"Tautan {kind} ke proyek {project_id} sudah milik kasus lain.",
            f"The {kind} link to project {project_id} already belongs to another case.",
        ),
        remedy=Bilingual(
            "Periksa kasus mana yang memilikinya; jangan tautkan ganda.",
            "Look which case has it; do not link it twice.",
        ),
        where=Where(case=case),
    )
