"""Values of YAML documents: which of them somebody has written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checks._common import has_placeholder


def is_written(value: object) -> bool:
    """Whether a YAML value says something: no blank, no placeholder, nothing of it left open."""
    if isinstance(value, str):
        return any(ch.isalnum() for ch in value) and not has_placeholder(value)
    if isinstance(value, Mapping):
        return bool(value) and all(is_written(one) for one in value.values())
    if isinstance(value, list | tuple):
        return bool(value) and all(is_written(one) for one in value)
    return value is not None


def says_something(value: object) -> bool:
    """Whether anything at all in a YAML value was written."""
    if isinstance(value, Mapping):
        return any(says_something(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(says_something(one) for one in value)
    return is_written(value)


def is_left_open(value: object) -> bool:
    """Whether the template's placeholder still stands anywhere in a YAML value."""
    if isinstance(value, Mapping):
        return any(is_left_open(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(is_left_open(one) for one in value)
    return isinstance(value, str) and has_placeholder(value)


def unwritten(data: object, dotted: str, *, base: str = "") -> Iterator[str]:
    """The dotted places at which the field ``dotted`` is missing or blank; in a list, of every item."""
    if isinstance(data, list) and data:
        for index, item in enumerate(data):
            yield from unwritten(item, dotted, base=f"{base}{index}.")
        return
    head, _, rest = dotted.partition(".")
    value = data.get(head) if isinstance(data, Mapping) else None
    if rest and value is not None and value != []:
        yield from unwritten(value, rest, base=f"{base}{head}.")
    elif rest or not is_written(value):
        yield f"{base}{dotted}"
