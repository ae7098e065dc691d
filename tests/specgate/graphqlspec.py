"""GraphQL requests and answers held against GitHub's own schema."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from tests.specgate.exchange import Exchange, Violation, shown

DOCUMENT = "https://docs.github.com/graphql/reference"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "Int": (int,),
    "Float": (int, float),
    "Boolean": (bool,),
    "ID": (str,),
    "BigInt": (str,),
    "Base64String": (str,),
}


class GraphQLSpec:
    """Holds GraphQL exchanges."""

    def __init__(self, text: str) -> None:
        self.schema: GraphQLSchema = build_schema(
            text, assume_valid=True, assume_valid_sdl=True, no_location=True
        )
        self.read = functools.lru_cache(maxsize=512)(self._read)
        self.operations: set[str] = set()

    def _read(self, query: str) -> tuple[Any, tuple[str, ...]]:
        try:
            document = parse(query)
        except GraphQLError as problem:
            return None, (problem.message,)
        return document, tuple(problem.message for problem in validate(self.schema, document))

    def hold(self, one: Exchange) -> tuple[str, list[Violation], list[Violation]]:
        """The operation's name, what is wrong with the request, and with the answer."""
        body = _json(one.body)
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return "graphql", [_found("graphql", "request body", "/query", "is no GraphQL request", None)], []
        document, problems = self.read(body["query"])
        if problems:
            return "graphql", [_found("graphql", "request", "/query", text, None) for text in problems], []
        asked = _operation(document, body.get("operationName"))
        if asked is None:
            return "graphql", [_found("graphql", "request", "/operationName", "names no operation", None)], []
        name = _name(asked)
        self.operations.add(name)
        wrong = list(self._variables(name, asked, body.get("variables") or {}))
        return name, wrong, list(self._answer(name, document, asked, body.get("variables") or {}, one))

    def _variables(self, name: str, asked: OperationDefinitionNode, given: Any) -> Iterator[Violation]:
        values = get_variable_values(self.schema, asked.variable_definitions or (), given)
        for problem in values if isinstance(values, list) else ():
            yield _found(name, "variables", "/variables", _without_values(problem.message), None)
        known = {definition.variable.name.value for definition in asked.variable_definitions or ()}
        for extra in sorted(set(given) - known):
            yield _found(name, "variables", f"/variables/{extra}", "is declared nowhere", given[extra])

    def _answer(
        self, name: str, document: Any, asked: OperationDefinitionNode, given: Any, one: Exchange
    ) -> Iterator[Violation]:
        if one.status != 200:
            if one.status not in {401, 403, 502}:
                yield _found(name, "answer", "", f"status {one.status} is not documented", None)
            return
        body = _json(one.answer)
        if not isinstance(body, dict) or not ("data" in body or "errors" in body):
            yield _found(name, "answer", "", "has neither data nor errors", body)
            return
        yield from _errors(name, body.get("errors"))
        root = self.schema.get_root_type(asked.operation)
        if body.get("data") is not None and root is not None:
            fragments = {
                part.name.value: part
                for part in document.definitions
                if isinstance(part, FragmentDefinitionNode)
            }
            shape = _Shape(self.schema, fragments, given, bool(body.get("errors")))
            for pointer, what, value in shape.composite(root, asked.selection_set, body["data"], "/data"):
                yield _found(name, "answer", pointer, what, value)


def _errors(name: str, errors: Any) -> Iterator[Violation]:
    if errors is None:
        return
    fine = isinstance(errors, list) and all(
        isinstance(one, dict) and isinstance(one.get("message"), str) for one in errors
    )
    if not fine or not errors:
        yield _found(name, "answer", "/errors", "is no list of errors with a message", errors)


Wrong = tuple[str, str, Any]


class _Shape:
    """The answer's value held against the fields that were asked."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        given: Mapping[str, Any],
        failed: bool,
    ) -> None:
        self._schema, self._fragments, self._given, self._failed = schema, fragments, given, failed

    def value(self, kind: Any, field: FieldNode, value: Any, pointer: str) -> Iterator[Wrong]:
        """A value of any type."""
        if is_non_null_type(kind):
            if value is None:
                yield pointer, f"is null, and {kind} is never", value
                return
            kind = kind.of_type
        if value is None:
            return
        if is_list_type(kind):
            if not isinstance(value, list):
                yield pointer, f"is no list of {kind.of_type}", value
                return
            for number, inner in enumerate(value):
                yield from self.value(kind.of_type, field, inner, f"{pointer}/{number}")
        elif is_composite_type(kind):
            yield from self.composite(kind, field.selection_set, value, pointer)
        elif not _leaf_fits(kind, value):
            yield pointer, f"is not of type {kind}", value

    def composite(
        self, kind: Any, selected: SelectionSetNode | None, value: Any, pointer: str
    ) -> Iterator[Wrong]:
        """An object, interface or union with the asked fields."""
        if not isinstance(value, dict):
            yield pointer, f"is no {kind}", value
            return
        concrete = self._concrete(kind, value)
        if isinstance(concrete, str):
            yield pointer, concrete, value
            return
        wanted: dict[str, tuple[Any, FieldNode, bool]] = {}
        self._collect(concrete, selected, wanted, sure=True)
        for name in sorted(set(value) - set(wanted)):
            yield f"{pointer}/{name}", "was not asked", value[name]
        for name, (field_kind, field, sure) in wanted.items():
            if name in value:
                yield from self.value(field_kind, field, value[name], f"{pointer}/{name}")
            elif sure and not self._failed:
                yield f"{pointer}/{name}", "was asked and is missing", None

    def _concrete(self, kind: GraphQLNamedType, value: Mapping[str, Any]) -> GraphQLNamedType | str:
        named = value.get("__typename")
        if not is_abstract_type(kind) or named is None:
            return kind
        found = self._schema.get_type(str(named))
        if not isinstance(found, GraphQLObjectType) or not self._schema.is_sub_type(kind, found):  # type: ignore[arg-type]
            return f"{named} is no {kind}"
        return found

    def _collect(
        self, kind: Any, selected: SelectionSetNode | None, wanted: dict[str, Any], *, sure: bool
    ) -> None:
        for one in selected.selections if selected else ():
            certain = sure and not one.directives
            if isinstance(one, FieldNode):
                self._collect_field(kind, one, wanted, sure=certain)
                continue
            fragment = self._fragments[one.name.value] if isinstance(one, FragmentSpreadNode) else one
            if not isinstance(fragment, InlineFragmentNode | FragmentDefinitionNode):
                continue
            on = fragment.type_condition
            aim: Any = self._schema.get_type(on.name.value) if on else kind
            if aim is kind or self._always(aim, kind):
                self._collect(
                    kind if is_composite_type(kind) and not is_abstract_type(kind) else aim,
                    fragment.selection_set,
                    wanted,
                    sure=certain,
                )
            elif is_abstract_type(kind):
                self._collect(aim, fragment.selection_set, wanted, sure=False)

    def _always(self, aim: Any, kind: Any) -> bool:
        return bool(is_abstract_type(aim) and self._schema.is_sub_type(aim, kind))

    @staticmethod
    def _collect_field(kind: Any, one: FieldNode, wanted: dict[str, Any], *, sure: bool) -> None:
        shown_as = one.alias.value if one.alias else one.name.value
        if one.name.value == "__typename":
            wanted[shown_as] = (_Text, one, sure)
            return
        fields = getattr(kind, "fields", {})
        if one.name.value in fields:
            wanted[shown_as] = (fields[one.name.value].type, one, sure)


class _Text:
    """The type of ``__typename``."""

    name = "String"


def _leaf_fits(kind: Any, value: Any) -> bool:
    if is_enum_type(kind):
        return isinstance(value, str) and value in kind.values
    expected = _TYPES.get(get_named_type(kind).name if kind is not _Text else "String", (str,))
    return isinstance(value, expected) and (bool in expected or not isinstance(value, bool))


def _operation(document: Any, name: str | None) -> OperationDefinitionNode | None:
    found = [part for part in document.definitions if isinstance(part, OperationDefinitionNode)]
    if name:
        found = [part for part in found if part.name and part.name.value == name]
    return found[0] if len(found) == 1 else None


def _name(asked: OperationDefinitionNode) -> str:
    fields = [one.name.value for one in asked.selection_set.selections if isinstance(one, FieldNode)]
    return f"{asked.operation.value} {' '.join(fields)}"


def _without_values(message: str) -> str:
    """The message without the value that it quotes, which may be anything."""
    start, _, rest = message.partition("got invalid value")
    return f"{start}got an invalid value{rest[rest.find(';') :] if ';' in rest else ''}" if rest else message


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _found(operation: str, where: str, pointer: str, what: str, value: Any) -> Violation:
    text = "" if value is None else shown(value, pointer)
    return Violation(f"GraphQL {operation} (schema.graphql)", where, pointer, what, text, DOCUMENT)
