"""Carries a GraphQL operation out over things that say themselves what fields they have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from automation.localforge.githubdialect.graphqltext import Field, Fragment, NotUnderstood, Variable, parse

LARGEST_PAGE = 100
Arguments = Mapping[str, Any]
Resolver = Callable[[Arguments], Any]


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of the answer: its type, the interfaces it has, and its fields.

    A field is a value or a function of the field's arguments; it is only called when it is selected. A field
    that is ``never_null`` takes the whole thing with it when it cannot be answered.
    """

    kind: str
    fields: Mapping[str, Any]
    interfaces: frozenset[str] = frozenset()
    never_null: frozenset[str] = frozenset()


class Problem(Exception):
    """A field that cannot be answered: it is null, and the answer carries an error of that type."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        self.message = message
        super().__init__(message)


class _Gone(Exception):
    """A field that may not be null is: nothing can be told of the thing it belongs to."""


@dataclass(slots=True)
class _Run:
    """One execution: the variables given, the errors so far."""

    variables: Mapping[str, Any]
    errors: list[dict[str, Any]] = field(default_factory=list)

    def select(
        self, thing: Thing, selection: Sequence[Field | Fragment], path: tuple[str | int, ...]
    ) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for one in selection:
            if isinstance(one, Fragment):
                if one.on == thing.kind or one.on in thing.interfaces:
                    shown |= self.select(thing, one.selection, path)
            else:
                shown[one.key] = self._field(thing, one, (*path, one.key))
        return shown

    def _field(self, thing: Thing, one: Field, path: tuple[str | int, ...]) -> Any:
        if one.name == "__typename":
            return thing.kind
        if one.name not in thing.fields:
            raise NotUnderstood(f"Field '{one.name}' doesn't exist on type '{thing.kind}'")
        value = thing.fields[one.name]
        try:
            found = value(self._given(one.arguments)) if callable(value) else value
        except Problem as problem:
            self.errors.append({"type": problem.kind, "path": list(path), "message": problem.message})
            if one.name in thing.never_null:
                raise _Gone from None
            return None
        return self._shown(found, one, path)

    def _shown(self, value: Any, one: Field, path: tuple[str | int, ...]) -> Any:
        if isinstance(value, list | tuple):
            return [self._shown(row, one, (*path, place)) for place, row in enumerate(value)]
        if isinstance(value, Thing):
            if not one.selection:
                raise NotUnderstood(
                    f"Field must have selections (field '{one.name}' returns {value.kind} but has no "
                    f"selections. Did you mean '{one.name} {{ ... }}'?)"
                )
            try:
                return self.select(value, one.selection, path)
            except _Gone:
                return None
        if one.selection and value is not None:
            raise NotUnderstood(f"Selections can't be made on scalars (field '{one.name}')")
        return value

    def _given(self, value: Any) -> Any:
        """A value of the document with its variables filled in."""
        if isinstance(value, Variable):
            return self.variables.get(value.name)
        if isinstance(value, Mapping):
            return {name: self._given(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self._given(part) for part in value]
        return value


def run(document: str, variables: Mapping[str, Any], roots: Mapping[str, Thing]) -> dict[str, Any]:
    """Answer a document as GraphQL over HTTP does: ``data``, and ``errors`` where there are any.

    Args:
        document: one operation.
        variables: the values of its variables.
        roots: what ``query`` and ``mutation`` start from.
    """
    try:
        operation = parse(document)
        known = {
            **operation.defaults,
            **{key: variables[key] for key in operation.defaults if key in variables},
        }
        execution = _Run(known)
        data = execution.select(roots[operation.kind], operation.selection, ())
    except NotUnderstood as problem:
        return {"errors": [{"message": str(problem), "locations": [{"line": 1, "column": 1}]}]}
    return {"data": data, "errors": execution.errors} if execution.errors else {"data": data}


def connection(
    name: str, kind: str, rows: Sequence[Any], arguments: Arguments, render: Callable[[Any], Thing]
) -> Thing:
    """One page of rows in GraphQL's shape; the cursor is the place of the last row.

    Raises:
        Problem: no page size was asked for, or one above 100 (GitHub's limits).
    """
    size, after = arguments.get("first"), arguments.get("after")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise Problem(
            "MISSING_PAGINATION_BOUNDARIES",
            f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.",
        )
    if size > LARGEST_PAGE:
        raise Problem(
            "EXCESSIVE_PAGINATION",
            f"Requesting {size} records on the `{name}` connection exceeds the `first` limit of 100 records.",
        )
    start = int(after) if isinstance(after, str) and after.isascii() and after.isdigit() else 0
    page = rows[start : start + size]
    end = start + len(page)
    info = {"hasNextPage": end < len(rows), "endCursor": str(end) if page else None}
    return Thing(
        kind,
        {
            "totalCount": len(rows),
            "nodes": lambda _: [render(row) for row in page],
            "pageInfo": Thing("PageInfo", info),
        },
    )
