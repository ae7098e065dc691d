"""GraphQL documents as data: the part of the language that clients of the embedded forge write.

After spec.graphql.org/October2021 section 2: operations with variables, fields with aliases and arguments,
inline fragments. Named fragments, directives and block strings are refused: nothing here uses them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r"""(?P<skip>[\s,\ufeff]+|\#[^\n\r]*)
    |(?P<mark>\.\.\.|[!$()\[\]{}:=@|&])
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<string>"(?!"")(?:[^"\\\n\r]|\\.)*")""",
    re.VERBOSE,
)
_DEEPEST = 40


class NotUnderstood(Exception):
    """The document is no GraphQL that is understood here; the text is GitHub's wording of a parse error."""


@dataclass(frozen=True, slots=True)
class Variable:
    """``$name`` where a value is wanted."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """One selected field; ``key`` is its name in the answer."""

    name: str
    key: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    selection: tuple[Field | Fragment, ...] = ()


@dataclass(frozen=True, slots=True)
class Fragment:
    """``... on Type { ... }``: what is selected of things of that type."""

    on: str
    selection: tuple[Field | Fragment, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """The one operation of a document; ``defaults`` are its variables, with None for those without any."""

    kind: str
    selection: tuple[Field | Fragment, ...]
    defaults: Mapping[str, Any] = field(default_factory=dict)


def parse(text: str) -> Operation:
    """The operation in a document.

    Raises:
        NotUnderstood: it is no GraphQL, or uses more of the language than is known here.
    """
    return _Reader(_tokens(text)).document()


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise NotUnderstood(f"Expected one of SCHEMA, QUERY, MUTATION, actual: UNKNOWN_CHAR at {place}")
        if match.lastgroup != "skip":
            found.append((str(match.lastgroup), match[0]))
        place = match.end()
    return found


class _Reader:
    """Reads tokens from the left; each method takes what its name says."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def document(self) -> Operation:
        kind, defaults = "query", {}
        if not self._sees("{"):
            kind = self._name()
            if kind not in {"query", "mutation"}:
                raise NotUnderstood(f"Expected query or mutation, actual: {kind}")
            if self._kind() == "name":
                self._name()
            defaults = self._variables()
        operation = Operation(kind, self._selection(), defaults)
        if self._place < len(self._tokens):
            raise NotUnderstood("Only one operation without named fragments is understood")
        return operation

    def _variables(self) -> dict[str, Any]:
        defaults: dict[str, Any] = {}
        if not self._take("("):
            return defaults
        while not self._take(")"):
            self._want("$")
            name = self._name()
            self._want(":")
            self._type()
            defaults[name] = self._value() if self._take("=") else None
        return defaults

    def _type(self) -> None:
        """A variable's type; what values fit is left to those who use them."""
        if self._take("["):
            self._type()
            self._want("]")
        else:
            self._name()
        self._take("!")

    def _selection(self) -> tuple[Field | Fragment, ...]:
        self._deeper()
        self._want("{")
        chosen: list[Field | Fragment] = []
        while not self._take("}"):
            chosen.append(self._fragment() if self._take("...") else self._field())
        self._depth -= 1
        if not chosen:
            raise NotUnderstood("Expected a field, actual: RCURLY")
        return tuple(chosen)

    def _fragment(self) -> Fragment:
        if self._name() != "on":
            raise NotUnderstood("Named fragments are not understood")
        return Fragment(self._name(), self._selection())

    def _field(self) -> Field:
        key = name = self._name()
        if self._take(":"):
            name = self._name()
        arguments = self._arguments()
        return Field(name, key, arguments, self._selection() if self._sees("{") else ())

    def _arguments(self) -> dict[str, Any]:
        return self._pairs(")") if self._take("(") else {}

    def _pairs(self, end: str) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        while not self._take(end):
            name = self._name()
            self._want(":")
            pairs[name] = self._value()
        return pairs

    def _value(self) -> Any:
        self._deeper()
        value = self._bare_value()
        self._depth -= 1
        return value

    def _bare_value(self) -> Any:
        if self._take("$"):
            return Variable(self._name())
        if self._take("["):
            rows = []
            while not self._take("]"):
                rows.append(self._value())
            return rows
        if self._take("{"):
            return self._pairs("}")
        kind, text = self._next()
        if kind == "name":
            # An enum's value is told from a text by whoever takes it.
            return {"true": True, "false": False, "null": None}.get(text, text)
        if kind in {"number", "string"}:
            return _scalar(text)
        raise NotUnderstood(f"Expected a value, actual: {text}")

    def _deeper(self) -> None:
        """Refuse a document that nests without end: it would end in the program's own stack."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotUnderstood("Query has nesting that is too deep")

    def _kind(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def _sees(self, mark: str) -> bool:
        return self._place < len(self._tokens) and self._tokens[self._place] == ("mark", mark)

    def _take(self, mark: str) -> bool:
        seen = self._sees(mark)
        self._place += seen
        return seen

    def _want(self, mark: str) -> None:
        if not self._take(mark):
            raise NotUnderstood(f"Expected {mark}, actual: {self._next()[1]}")

    def _name(self) -> str:
        kind, text = self._next()
        if kind != "name":
            raise NotUnderstood(f"Expected a name, actual: {text}")
        return text

    def _next(self) -> tuple[str, str]:
        if self._place >= len(self._tokens):
            raise NotUnderstood("Unexpected end of document")
        token = self._tokens[self._place]
        self._place += 1
        return token


def _scalar(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise NotUnderstood(f"Expected a value, actual: {text}") from None
