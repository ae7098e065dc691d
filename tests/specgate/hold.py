"""One exchange held against the vendor's operation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.specgate.exchange import Exchange, Violation, shown
from tests.specgate.faults import Error, component_of, faults_of
from tests.specgate.operations import RAW, Operation, Schema, Table

_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
Pardons = Mapping[str, Sequence[str]]
"""Schema (or operation) to the needed fields that the embedded forge leaves out of its answers."""


class Holder:
    """Holds the exchanges of one vendor."""

    def __init__(self, table: Table, *, errors: Mapping[int, str], pardons: Pardons | None = None) -> None:
        self.table = table
        self._errors = errors
        self._pardons = {name: frozenset(fields) for name, fields in (pardons or {}).items()}

    def request(self, operation: Operation, values: Mapping[str, str], one: Exchange) -> Iterator[Violation]:
        """What is wrong with the question."""
        for name, raw in values.items():
            if name in operation.path:
                value = coerced(unquote(raw), operation.path[name])
                yield from self._against(operation, f"path {name}", value)
        query = query_of(one.query)
        if operation.merged and one.method not in {"GET", "HEAD"}:
            yield from self._merged(operation, query, one)
            return
        yield from self._query(operation, query)
        yield from self._body(operation, one)

    def _query(self, operation: Operation, query: Mapping[str, Any]) -> Iterator[Violation]:
        for name, value in query.items():
            if name not in operation.query:
                yield self._found(operation, "query", f"/{name}", "no such parameter", value)
            else:
                yield from self._against(operation, f"query {name}", coerced(value, operation.query[name]))
        for name in sorted(operation.needed - set(query)):
            yield self._found(operation, "query", f"/{name}", "the parameter is missing", None)

    def _body(self, operation: Operation, one: Exchange) -> Iterator[Violation]:
        if not one.body:
            if operation.body_needed:
                yield self._found(operation, "request body", "", "the body is missing", None)
            return
        body, fine = parsed(one.body)
        if not fine:
            yield self._found(operation, "request body", "", "is not JSON", one.kind)
        elif operation.body is not None:
            yield from self._against(operation, "body", body)
        elif body not in ({}, None):
            yield self._found(operation, "request body", "", "no body is documented", body)

    def _merged(self, operation: Operation, query: Mapping[str, Any], one: Exchange) -> Iterator[Violation]:
        properties: Mapping[str, Schema] = (operation.body or {}).get("properties", {})
        body: Any = {}
        if one.kind == "application/x-www-form-urlencoded":
            query = {**query, **query_of(one.body.decode("utf-8", "replace"))}
        elif one.body:
            body, fine = parsed(one.body)
            if not fine or not isinstance(body, dict):
                yield self._found(operation, "request body", "", "is no JSON object", one.kind)
                return
        asked = {name: coerced(value, properties.get(name, {})) for name, value in query.items()}
        yield from self._against(operation, "body", {**asked, **body})

    def answer(self, operation: Operation, one: Exchange) -> Iterator[Violation]:
        """What is wrong with the answer."""
        if one.status == 304 and one.conditional and not one.answer:
            return
        status = str(one.status)
        if status in operation.answers:
            schema = operation.answers[status]
            if schema is None or one.method == "HEAD":
                if one.answer and one.method != "HEAD":
                    yield self._found(
                        operation, f"answer {status}", "", "has a body where none is documented", None
                    )
            elif schema != RAW:
                yield from self._answer_body(operation, one, f"answer {status}")
        elif one.status in self._errors:
            yield from self._refusal(operation, one)
        else:
            yield self._found(operation, "answer", "", f"status {status} is not documented", None)

    def _answer_body(self, operation: Operation, one: Exchange, part: str) -> Iterator[Violation]:
        body, fine = parsed(one.answer)
        if not fine:
            yield self._found(operation, part, "", "is not JSON", one.answer_kind)
        else:
            yield from self._against(operation, part, body)

    def _refusal(self, operation: Operation, one: Exchange) -> Iterator[Violation]:
        body, fine = parsed(one.answer)
        name = self._errors[one.status]
        holds = isinstance(body, dict) and any(
            isinstance(body.get(key), str | dict | list) for key in name.split("|")
        )
        if one.method != "HEAD" and not (fine and holds):
            yield self._found(operation, f"answer {one.status}", "", f"a refusal has {name}", body)

    def _against(self, operation: Operation, part: str, value: Any) -> Iterator[Violation]:
        validator = self.table.validator(operation.name, part)
        if validator is None:
            return
        kind, _, name = part.partition(" ")
        start = f"/{name}" if kind in {"query", "path"} else ""
        where = {"body": "request body"}.get(kind, part if kind == "answer" else kind)
        for pointer, what, wrong in faults_of(
            validator, value, lambda error: self._pardoned(operation, error)
        ):
            yield self._found(operation, where, start + pointer, what, wrong)

    def _pardoned(self, operation: Operation, error: Error) -> bool:
        if error.kind.name != "required":
            return False
        return error.kind.property in self._pardons.get(component_of(error) or operation.name, ())

    @staticmethod
    def _found(operation: Operation, where: str, pointer: str, what: str, value: Any) -> Violation:
        text = "" if value is None and "type" not in what else shown(value, pointer)
        return Violation(
            f"{operation.name} ({operation.source})", where, pointer, what, text, operation.document
        )


def parsed(body: bytes) -> tuple[Any, bool]:
    """The JSON value and whether it is one."""
    try:
        return json.loads(body), True
    except (ValueError, RecursionError):
        return None, False


def query_of(text: str) -> dict[str, Any]:
    """A query string; ``name[]`` is gathered into a list, ``name[key]`` into an object."""
    found: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        name, bracket, inner = key.partition("[")
        if not bracket:
            found[key] = value
        elif inner == "]":
            found.setdefault(name, []).append(value)
        else:
            found.setdefault(name, {})[inner.rstrip("]")] = value
    return found


def coerced(value: Any, schema: Schema) -> Any:
    """The value of a parameter, which comes as text, as the type that the schema asks for."""
    if isinstance(value, list):
        items = schema.get("items", {})
        return [coerced(item, items if isinstance(items, Mapping) else {}) for item in value]
    if not isinstance(value, str):
        return value
    types = _types(schema)
    if "integer" in types and value.lstrip("-").isdigit():
        return int(value)
    if "boolean" in types and value.lower() in _WORDS:
        return _WORDS[value.lower()]
    if "array" in types and "string" not in types:
        return value.split(",")
    return value


def _types(schema: Schema) -> set[str]:
    kind = schema.get("type")
    found = {kind} if isinstance(kind, str) else set(kind or ())
    for branch in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        found |= _types(branch)
    return found
