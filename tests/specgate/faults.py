"""What is wrong with a value, said shortly: the errors of a JSON schema, with ``anyOf`` read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import jsonschema_rs

Error = jsonschema_rs.ValidationError
Fault = tuple[str, str, Any]
"""JSON pointer, what is wrong, the value."""

_BRANCHES = {"anyOf", "oneOf"}
MOST = 8


def faults_of(
    validator: jsonschema_rs.Draft202012Validator, value: Any, pardoned: Callable[[Error], bool]
) -> list[Fault]:
    """What the schema finds wrong, without what is pardoned; at most a handful."""
    try:
        if validator.is_valid(value):
            return []
        errors = list(validator.iter_errors(value))
    except UnicodeEncodeError:
        return [("", "holds half a surrogate pair, which is no text", None)]
    return [_fault(error) for error in _left(errors, pardoned)][:MOST]


def _left(errors: Iterable[Error], pardoned: Callable[[Error], bool]) -> list[Error]:
    found: list[Error] = []
    for error in errors:
        branches = getattr(error.kind, "context", None) if error.kind.name in _BRANCHES else None
        if branches:
            found += _nearest([_left(branch, pardoned) for branch in branches])
        elif not pardoned(error):
            found.append(error)
    return found


def _nearest(branches: list[list[Error]]) -> list[Error]:
    """The branch that fits best; an empty one means that the value is fine."""

    def distance(branch: list[Error]) -> tuple[bool, int]:
        return any(error.kind.name in {"type", "const", "enum"} for error in branch), len(branch)

    return min(branches, key=distance)


def _fault(error: Error) -> Fault:
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error.instance_path)
    kind = error.kind.name
    if kind == "required":
        return pointer, f"{error.kind.property} is missing (schema {_component(error)})", None
    if kind in {"additionalProperties", "unevaluatedProperties"}:
        names = ", ".join(sorted(map(str, error.kind.unexpected)))
        return pointer, f"no such field: {names} (schema {_component(error)})", None
    return pointer, _expected(error, kind), error.instance


def _expected(error: Error, kind: str) -> str:
    match kind:
        case "type":
            return f"is not of type {' or '.join(error.kind.types)}"
        case "format":
            return f"is not a {error.kind.format}"
        case "enum":
            return f"is none of {', '.join(str(one) for one in error.kind.as_dict().get('options', ()))}"[
                :300
            ]
        case _:
            return f"breaks {kind}"


def component_of(error: Error) -> str:
    """The named schema in which the error arose; empty for one that stands in the operation itself."""
    path = list(error.schema_path)
    return str(path[1]) if len(path) > 1 and path[0] == "$defs" else ""


def _component(error: Error) -> str:
    return component_of(error) or "of the operation"
