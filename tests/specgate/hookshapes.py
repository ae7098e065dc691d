"""The merged shape of a vendor's example payloads, and payloads held against it.

A shape tells for each JSON pointer, with list positions as ``*``, which JSON types the examples have there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Shape = dict[str, list[str]]
_TYPES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}


def shapes_of(examples: Mapping[str, Iterable[Any]]) -> dict[str, Shape]:
    """Event, and ``event.action``, to the merged shape of their examples."""
    shapes: dict[str, dict[str, set[str]]] = {}
    for event, payloads in examples.items():
        for payload in payloads:
            for name in _names(event, payload):
                shape = shapes.setdefault(name, {})
                for pointer, kind, _ in walk(payload):
                    shape.setdefault(pointer, set()).add(kind)
    return {
        name: {pointer: sorted(kinds) for pointer, kinds in shape.items()} for name, shape in shapes.items()
    }


def _names(event: str, payload: Any) -> list[str]:
    action = payload.get("action") if isinstance(payload, Mapping) else None
    return [event, f"{event}.{action}"] if isinstance(action, str) else [event]


def walk(value: Any, pointer: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every place of a value: pointer, type, value."""
    yield pointer, "null" if value is None else _TYPES[type(value)], value
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from walk(inner, f"{pointer}/{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner, f"{pointer}/*")


def differences(payload: Any, shape: Mapping[str, list[str]]) -> Iterator[tuple[str, str, Any]]:
    """What the payload says otherwise than the examples: pointer, what, value.

    An empty list or object says nothing of what would be in it; null beside a type, and an object or text
    beside null, are both "may be absent" in examples, so null is held where no example has anything else.
    """
    for pointer, kind, value in walk(payload):
        known = shape.get(pointer)
        if known is None:
            if _below_unknown(pointer, shape):
                yield pointer, "no example has such a field", value
        elif not _fits(kind, known):
            yield pointer, f"is {kind}, the examples have {' or '.join(known)}", value


def _below_unknown(pointer: str, shape: Mapping[str, list[str]]) -> bool:
    """Whether the field's parent is known with fields, so that the field itself is the news."""
    parent = pointer.rpartition("/")[0]
    kinds = shape.get(parent, [])
    return any(kind in kinds for kind in ("object", "array")) and any(
        known.startswith(f"{parent}/") for known in shape
    )


def _fits(kind: str, known: list[str]) -> bool:
    if kind in known or known == ["null"]:
        return True
    return kind == "integer" and "number" in known
