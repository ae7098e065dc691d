"""The vendor's OpenAPI files cut down to the operations in use, as JSON schemas that say what they mean.

The files are OpenAPI 3.0: ``nullable`` becomes a type, ``oneOf`` becomes ``anyOf`` (overlapping branches are
many there), and objects that list their fields are closed, so that a field nobody documents is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.specgate.operations import COMPONENTS

Json = Any
OPEN = "~open"
METHODS = ("get", "post", "put", "patch", "delete")
_DROP = frozenset(
    {
        "description",
        "example",
        "examples",
        "summary",
        "title",
        "default",
        "deprecated",
        "externalDocs",
        "discriminator",
        "xml",
        "readOnly",
        "writeOnly",
        "nullable",
        "x-multi-segment",
        "x-github-breaking-changes",
    }
)
_KEEP_FORMATS = frozenset({"date-time", "date", "uri", "email"})


class Cutter:
    """Cuts one OpenAPI file."""

    def __init__(self, spec: Json, source: str, prefix: str) -> None:
        self._spec, self._source, self._prefix = spec, source, prefix
        self._wanted: set[str] = set()
        self.components: dict[str, Json] = {}

    def index(self) -> list[str]:
        """All operations that the file documents, as ``GET /path``."""
        return [
            f"{method.upper()} {path}"
            for path, item in self._spec["paths"].items()
            for method in METHODS
            if method in item
        ]

    def operation(self, name: str) -> Json:
        """One operation with converted schemas; what it refers to is gathered in ``components``."""
        method, _, path = name.partition(" ")
        item = self._spec["paths"][path]
        found = item[method.lower()]
        parameters = [
            self._resolved(one) for one in (*item.get("parameters", ()), *found.get("parameters", ()))
        ]
        body = self._resolved(found.get("requestBody") or {})
        cut = {
            "name": name,
            "source": self._source,
            "document": found.get("externalDocs", {}).get("url", ""),
            **self._parameters(parameters),
            "body": self._json_schema(body),
            "body_needed": bool(body.get("required")),
            "answers": {
                status: self._answer(self._resolved(answer)) for status, answer in found["responses"].items()
            },
        }
        self._gather()
        return cut

    def _parameters(self, parameters: Sequence[Json]) -> Json:
        by_place = {
            place: {one["name"]: self.convert(one["schema"]) for one in parameters if one["in"] == place}
            for place in ("path", "query")
        }
        needed = [one["name"] for one in parameters if one["in"] == "query" and one.get("required")]
        greedy = [
            one["name"]
            for one in parameters
            if one["in"] == "path"
            and (one.get("x-multi-segment") or one["name"] in {"ref", "path", "branch"})
        ]
        return {**by_place, "needed": needed, "greedy": greedy}

    def _answer(self, answer: Json) -> Json:
        if not answer.get("content"):
            return None
        schema = self._json_schema(answer)
        return "raw" if schema is None else schema

    def _json_schema(self, holder: Json) -> Json:
        for kind, content in (holder.get("content") or {}).items():
            if "json" in kind and "schema" in content:
                return self.convert(content["schema"])
        return None

    def _resolved(self, node: Json) -> Json:
        while isinstance(node, Mapping) and "$ref" in node:
            place = self._spec
            for part in node["$ref"].removeprefix("#/").split("/"):
                place = place[part]
            node = place
        return node

    def _gather(self) -> None:
        """Convert what is referred to, and what that refers to."""
        while missing := self._wanted - set(self.components):
            for name in sorted(missing):
                schema = self._spec["components"]["schemas"][
                    name.removeprefix(self._prefix).removesuffix(OPEN)
                ]
                self.components[name] = self.convert(schema, close=not name.endswith(OPEN))

    def convert(self, schema: Json, *, close: bool = True) -> Json:
        """An OpenAPI 3.0 schema as JSON Schema; ``close``: fields that it does not list are refused."""
        if "$ref" in schema:
            return self._reference(schema["$ref"], close)
        branches = [key for key in ("allOf", "anyOf", "oneOf") if schema.get(key)]
        mixed = "allOf" in branches or (bool(branches) and "properties" in schema)
        made = {
            key: value
            for key, value in schema.items()
            if key not in _DROP and not key.startswith("x-") and key not in {"allOf", "anyOf", "oneOf"}
        }
        self._fields(made, schema)
        for key in branches:
            inner = [self.convert(one, close=close and not mixed) for one in schema[key]]
            made["allOf" if key == "allOf" else "anyOf"] = inner
        if (
            close
            and "additionalProperties" not in schema
            and (mixed or ("properties" in schema and not branches))
        ):
            made["unevaluatedProperties" if mixed else "additionalProperties"] = False
        return _nullable(made) if schema.get("nullable") else made

    def _fields(self, made: dict[str, Json], schema: Json) -> None:
        if "properties" in schema:
            made["properties"] = {name: self.convert(one) for name, one in schema["properties"].items()}
        if "items" in schema:
            made["items"] = self.convert(schema["items"])
        if isinstance(schema.get("additionalProperties"), Mapping):
            made["additionalProperties"] = self.convert(schema["additionalProperties"])
        if isinstance(schema.get("not"), Mapping):
            made["not"] = self.convert(schema["not"], close=False)
        if made.get("format") not in _KEEP_FORMATS:
            made.pop("format", None)
        for bound in ("Minimum", "Maximum"):
            # OpenAPI 3.0 writes a flag where JSON Schema has the number itself.
            if made.get(f"exclusive{bound}") is True:
                made[f"exclusive{bound}"] = made.pop(bound.lower())
            elif made.get(f"exclusive{bound}") is False:
                del made[f"exclusive{bound}"]

    def _reference(self, reference: str, close: bool) -> Json:
        name = self._prefix + reference.rpartition("/")[2] + ("" if close else OPEN)
        self._wanted.add(name)
        return {"$ref": f"{COMPONENTS}#/$defs/{name}"}


def _nullable(schema: dict[str, Json]) -> Json:
    kind = schema.get("type")
    if isinstance(kind, str) and not {"allOf", "anyOf"} & set(schema):
        widened = {**schema, "type": [kind, "null"]}
        return {**widened, "enum": [*schema["enum"], None]} if "enum" in schema else widened
    return {"anyOf": [{"type": "null"}, schema]}


def cut_down(specs: Iterable[tuple[str, Json]], names: Iterable[str]) -> Json:
    """The named operations, each from the first file that documents it.

    Returns:
        ``operations``, ``components``, ``index`` (all operation names by file), ``unknown``.
    """
    wanted = list(names)
    made: Json = {"operations": [], "components": {}, "index": {}, "unknown": []}
    for number, (source, spec) in enumerate(specs):
        cutter = Cutter(spec, source, f"{source}:" if number else "")
        made["index"][source] = index = cutter.index()
        known = set(index)
        made["operations"] += [cutter.operation(name) for name in wanted if name in known]
        made["components"] |= cutter.components
        wanted = [name for name in wanted if name not in known]
    made["unknown"] = wanted
    return made
