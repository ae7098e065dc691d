"""What the gate looks at: one HTTP exchange, one webhook letter, one thing found wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_VALUE = 120
_SECRET = re.compile(r"token|secret|password|private|signature|authorization|pem", re.IGNORECASE)
_LOOKS_SECRET = re.compile(r"\b(?:gl[a-z]{2,5}-|gh[a-z]_|github_pat_|whsec_)\S+|-----BEGIN")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer. The headers that sign in are left at the door and never come here."""

    method: str
    path: str
    query: str
    kind: str
    body: bytes
    status: int
    answer_kind: str
    answer: bytes
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A webhook as it went over the wire: ``event`` is the header's word, ``forge`` says whose header."""

    forge: str
    event: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that the vendor's document does not allow.

    Attributes:
        operation: method and path template, a GraphQL operation's name, or a webhook's event.
        where: what part: request body, query, answer 200 ...
        pointer: JSON pointer of the value.
        what: what is wrong with it.
        value: the value, shortened; never a secret.
        document: the address of the vendor's document.
    """

    operation: str
    where: str
    pointer: str
    what: str
    value: str = ""
    document: str = ""

    def __str__(self) -> str:
        value = f" (value {self.value})" if self.value else ""
        place = f"{self.operation}: {self.where} at {self.pointer or '/'}"
        return f"{place}: {self.what}{value}\n    {self.document}"


def shown(value: Any, pointer: str = "") -> str:
    """A value short enough to read, and hidden where its name or its look says that it is a secret."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    if _SECRET.search(pointer) or _LOOKS_SECRET.search(text) or _names_a_secret(value):
        return "(hidden)"
    text = repr(text) if isinstance(value, str) else text
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _names_a_secret(value: Any) -> bool:
    return any(_SECRET.search(key) for key in _keys(value))


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (str(key) for key in value)
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _keys(item)
