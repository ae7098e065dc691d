"""GitLab's operations, written down by hand from its documentation in ``gitlab/*.json``.

A type is written shortly: ``integer``, ``string``, ``boolean``, ``number``, ``object``, ``any``,
``datetime``, ``date``, ``uri``, ``sha``, ``csv`` (text with commas, or a list), ``id_or_path``,
``=a|b`` (one of these), ``@name`` (a shape), ``[type]`` (a list), an object of fields. ``?`` behind a type:
or null. ``!`` behind a field's name: always there. Objects are closed: a field that the documentation does
not show is found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.specgate.operations import COMPONENTS, RAW, Operation, Schema, Table

FOLDER = Path(__file__).parent / "gitlab"
_TIME = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d| UTC)$"
_SIMPLE: Mapping[str, Schema] = {
    "integer": {"type": "integer"},
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "number": {"type": "number"},
    "object": {"type": "object"},
    "any": {},
    "datetime": {"type": "string", "pattern": _TIME},
    "moment": {
        "type": "string",
        "pattern": r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[ +-]\d\d:?\d\d)?)?$",
    },
    "date": {"type": "string", "format": "date"},
    "day": {"anyOf": [{"type": "string", "format": "date"}, {"const": ""}]},
    "uri": {"type": "string", "format": "uri"},
    "sha": {"type": "string", "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$"},
    "csv": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    "id_or_path": {"type": ["integer", "string"]},
    "level": {"type": "integer", "enum": [0, 5, 10, 15, 20, 30, 40, 50, 60]},
}
PAGE = {"page": "integer", "per_page": "integer"}
KEYSET = {
    **PAGE,
    "pagination": "=keyset|legacy",
    "order_by": "string",
    "sort": "=asc|desc",
    "cursor": "string",
    "id_after": "integer",
    "id_before": "integer",
    "page_token": "string",
}


def schema_of(kind: Any, *, closed: bool = True) -> Any:
    """The JSON schema of a shortly written type."""
    if isinstance(kind, list):
        return {"type": "array", "items": schema_of(kind[0])}
    if isinstance(kind, Mapping):
        fields = {name.rstrip("!"): schema_of(one) for name, one in kind.items() if name != "..."}
        needed = [name.rstrip("!") for name in kind if name.endswith("!")]
        made: dict[str, Any] = {"type": "object", "properties": fields, "required": needed}
        return {**made, "additionalProperties": False} if closed and "..." not in kind else made
    if kind.endswith("?"):
        return {"anyOf": [{"type": "null"}, schema_of(kind[:-1])]}
    if kind.startswith("["):
        return {"type": "array", "items": schema_of(kind[1:-1])}
    if kind.startswith("@"):
        return {"$ref": f"{COMPONENTS}#/$defs/{kind[1:]}"}
    if kind.startswith("="):
        return {"type": "string", "enum": kind[1:].split("|")}
    return _SIMPLE[kind]


def documents() -> Iterator[tuple[str, Any]]:
    """The files by name, without those of webhooks."""
    for file in sorted(FOLDER.glob("*.json")):
        yield file.name, json.loads(file.read_text(encoding="utf-8"))


def gitlab_table() -> Table:
    """All operations of ``gitlab/*.json``."""
    operations, shapes = [], {}
    for name, document in documents():
        for shape, fields in document.get("shapes", {}).items():
            shapes[shape] = _shape(fields, document)
        operations += [
            _operation(key, facts, name, document) for key, facts in document.get("operations", {}).items()
        ]
    return Table(operations, {name: schema_of(fields) for name, fields in shapes.items()})


def _shape(fields: Any, document: Any) -> Any:
    """``"<": "name"`` takes over the fields of a shape of the same file."""
    if isinstance(fields, Mapping) and "<" in fields:
        base = _shape(document["shapes"][fields["<"]], document)
        return {**base, **{key: value for key, value in fields.items() if key != "<"}}
    return fields


def _operation(key: str, facts: Any, file: str, document: Any) -> Operation:
    method, _, path = key.partition(" ")
    reading = method in {"GET", "HEAD"}
    asked = {
        **(KEYSET if facts.get("page") == "keyset" else PAGE if facts.get("page") else {}),
        **_shape(facts.get("ask", {}), document),
    }
    return Operation(
        name=key,
        source=f"gitlab/{file}",
        document=document["document"] + facts.get("anchor", ""),
        path={name: schema_of(_path_type(name, document)) for name in _names(path)},
        query={name.rstrip("!"): schema_of(kind) for name, kind in asked.items()} if reading else {},
        needed=frozenset(name.rstrip("!") for name in asked if reading and name.endswith("!")),
        body=None if reading else schema_of(asked),
        answers={
            status: kind if kind in (None, RAW) else schema_of(kind)
            for status, kind in facts["answers"].items()
        },
        merged=True,
    )


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _path_type(name: str, document: Any) -> str:
    given: str | None = document.get("path", {}).get(name)
    if given:
        return given
    if name == "id":
        return "id_or_path"
    return "integer" if name.endswith(("_id", "iid")) else "string"
