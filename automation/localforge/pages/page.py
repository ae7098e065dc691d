"""What the views of the pages share: where one looks, what comes out, and whose eyes it is seen with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from automation.localforge.engine import Engine
from automation.localforge.permissions import ONLOOKER_ID
from automation.localforge.records import Project, User
from automation.localforge.refusals import not_found

PER_PAGE = 50
_LAST_PAGE = 100_000

Row = TypeVar("Row")

# The pages stand behind the door's guard and show everything, as the administrator of the folder sees it.
ONLOOKER = User(ONLOOKER_ID, "", "", "", admin=True, bot=False, state="active", created_at="")


@dataclass(frozen=True, slots=True)
class Look:
    """One question: ``tail`` is the address after ``/-/<kind>/``, ``query`` what stands behind ``?``."""

    engine: Engine
    project: Project
    tail: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)

    def number(self) -> int:
        """The whole number that is the only part of ``tail``; 404 for anything else."""
        text = self.tail[0] if len(self.tail) == 1 else ""
        if not (text.isascii() and text.isdigit() and len(text) <= 15):
            raise not_found()
        return int(text)

    def end(self) -> None:
        """404 where the address goes on although nothing follows."""
        if self.tail:
            raise not_found()


@dataclass(frozen=True, slots=True)
class Page:
    """A template with its facts; all texts in ``facts`` are escaped by the template."""

    template: str
    title: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Row]):
    """One sheet of a long list; ``before`` and ``after`` are sheet numbers, 0 where there is none."""

    rows: Sequence[Row]
    before: int
    after: int


def sheet_number(query: Mapping[str, str]) -> int:
    """The sheet asked for with ``?halaman=``, from 1."""
    text = query.get("halaman", "1")
    return min(max(1, int(text)), _LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def sheet(rows: Sequence[Row], number: int) -> Sheet[Row]:
    """Sheet ``number`` of all ``rows``."""
    return sheet_of(rows[(number - 1) * PER_PAGE : number * PER_PAGE + 1], number)


def sheet_of(rows: Sequence[Row], number: int) -> Sheet[Row]:
    """A sheet from its own rows and, where the list goes on, one more."""
    return Sheet(rows[:PER_PAGE], number - 1, number + 1 if len(rows) > PER_PAGE else 0)
