"""Operations as a vendor documents them, found by method and path."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

Schema = Mapping[str, Any]
COMPONENTS = "urn:specgate:components"


@dataclass(frozen=True)
class Operation:
    """One documented operation.

    Attributes:
        name: ``GET /projects/{id}``.
        source: the file it stands in.
        document: the address of the vendor's page.
        path, query: schemas of the parameters by name, and which of the query's are needed.
        body: the schema of a JSON body; None: no body is taken.
        answers: status to the schema of the body; None: no body, ``RAW``: not JSON.
        merged: query and body are read together, as GitLab does.
    """

    name: str
    source: str
    document: str
    path: Mapping[str, Schema] = field(default_factory=dict)
    query: Mapping[str, Schema] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    body: Schema | None = None
    body_needed: bool = False
    answers: Mapping[str, Schema | str | None] = field(default_factory=dict)
    greedy: frozenset[str] = frozenset()
    merged: bool = False


RAW = "raw"


class Table:
    """Operations of one vendor; fixed path parts win over named ones, a greedy name takes the rest."""

    def __init__(self, operations: Iterable[Operation], components: Mapping[str, Schema]) -> None:
        self.operations = {one.name: one for one in operations}
        self._root: dict[str, Any] = {}
        self._registry = jsonschema_rs.Registry(
            [(COMPONENTS, {"$defs": dict(components)})], draft=jsonschema_rs.Draft202012
        )
        for one in self.operations.values():
            self._plant(one)
        self.validator: Callable[[str, str], jsonschema_rs.Draft202012Validator | None] = functools.cache(
            self._validator
        )

    def _plant(self, operation: Operation) -> None:
        method, _, path = operation.name.partition(" ")
        node, names = self._root, []
        for part in path.strip("/").split("/"):
            if part.startswith("{") and part.endswith("}"):
                names.append(part[1:-1])
                part = "{*}" if part[1:-1] in operation.greedy else "{}"  # noqa: PLW2901
            node = node.setdefault(part, {})
        node.setdefault("", {})[method] = (operation, names)

    def find(self, method: str, parts: Sequence[str]) -> tuple[Operation, dict[str, str]] | None:
        """The operation and the path's raw values; None where the vendor documents none."""
        found = self._walk(self._root, method, parts, ())
        return None if found is None else (found[0][0], dict(zip(found[0][1], found[1], strict=True)))

    def _walk(self, node: dict[str, Any], method: str, parts: Sequence[str], values: tuple[str, ...]) -> Any:
        if not parts:
            if method in node.get("", {}):
                return node[""][method], values
            if "{*}" in node and method in node["{*}"].get("", {}):
                return node["{*}"][""][method], (*values, "")  # the root of a repository's contents
            return None
        head, rest = parts[0], parts[1:]
        if head in node and (found := self._walk(node[head], method, rest, values)):
            return found
        if "{}" in node and (found := self._walk(node["{}"], method, rest, (*values, head))):
            return found
        for used in range(1, len(parts) + 1) if "{*}" in node else ():
            taken = "/".join(parts[:used])
            if found := self._walk(node["{*}"], method, parts[used:], (*values, taken)):
                return found
        return None

    def _validator(self, name: str, part: str) -> jsonschema_rs.Draft202012Validator | None:
        """The compiled schema of ``body``, ``query <name>``, ``path <name>`` or ``answer <status>``."""
        schema = self._schema(self.operations[name], part)
        if not isinstance(schema, Mapping):
            return None
        return jsonschema_rs.Draft202012Validator(
            dict(schema), registry=self._registry, validate_formats=True
        )

    @staticmethod
    def _schema(operation: Operation, part: str) -> Schema | str | None:
        kind, _, which = part.partition(" ")
        match kind:
            case "body":
                return operation.body
            case "query":
                return operation.query[which]
            case "path":
                return operation.path[which]
            case _:
                return operation.answers[which]
