"""JSON with one spelling a value, so that a digest or a signature over it means one thing only."""

from __future__ import annotations

import json
from collections.abc import Mapping

JSON = None | bool | int | str | list["JSON"] | tuple["JSON", ...] | Mapping[str, "JSON"]


def canonical(value: JSON) -> str:
    """JSON with one spelling a value: sorted keys, no spaces, ASCII only.

    Raises:
        ValueError: a float (its spelling is no fact) or another thing that is no JSON.
    """
    _refuse_floats(value)
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    except TypeError as problem:
        raise ValueError(f"the body of a ledger entry must be JSON: {problem}") from problem


def is_canonical(text: str) -> bool:
    """Whether a text is the one spelling of its value."""
    try:
        return canonical(json.loads(text)) == text
    except (ValueError, RecursionError):
        return False


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise ValueError("a ledger entry holds no floats")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("the keys of a ledger entry are text")
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
