"""Strict YAML: every file laik reads from people passes here.

Refused, each with file, line and column: syntax errors, duplicate keys, anchors and aliases (a small
file can unfold into gigabytes), explicit tags, more than one document, keys that are no plain text,
too many bytes, too deep nesting. YAML 1.2 rules (``no`` stays text). Source of the traps:
YAML 1.2.2 section 3.2.1.3 (unique keys) and 7.1 (aliases).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, DocumentStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from automation.core.documents import YamlDocument
from automation.core.errors import LaikError, UnreadableDocument, Where
from automation.core.text import Bilingual

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

Model = TypeVar("Model", bound=BaseModel)
Marks = dict[str, tuple[int, int]]


def load_mapping(text: str | bytes, *, path: str, max_bytes: int = MAX_BYTES) -> YamlDocument:
    """The top-level mapping of a YAML text.

    Args:
        text: the file's content; bytes must be UTF-8.
        path: the name that errors give.
        max_bytes: refuse longer texts before parsing them.

    Raises:
        UnreadableDocument: with line and column of the first thing wrong.
    """
    source = _decode(text, path, max_bytes)
    node = _compose(source, path)
    if not isinstance(node, MappingNode):
        raise _refused(
            path,
            _place(node),
            "Isi berkas bukan pasangan kunci: nilai.",
            "The file is not a mapping of key: value.",
        )
    marks: Marks = {}
    data = _plain(node, path, marks, "", 0)
    return YamlDocument(path=path, data=data, marks=marks)


def load_model(document: YamlDocument, model: type[Model], error: type[LaikError]) -> Model:
    """``document`` as a pydantic ``model``; the first fault becomes ``error`` with its place.

    Every fault is named in the message; the place is that of the first.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as failure:
        faults = failure.errors(include_url=False, include_context=False, include_input=False)
        first = document.mark(_dotted(faults[0]["loc"]))
        listing = "; ".join(describe_fault(document, fault["loc"], fault["msg"]) for fault in faults[:20])
        raise error(
            Bilingual(f"Isi tidak sesuai: {listing}.", f"Invalid content: {listing}."),
            remedy=Bilingual(
                "Perbaiki kunci yang disebut, lalu kirim lagi.", "Mend the keys named, then send it again."
            ),
            where=Where(file=document.path, line=first[0], column=first[1]),
        ) from None


def describe_fault(document: YamlDocument, loc: tuple[int | str, ...], message: str) -> str:
    """One schema fault as ``key (line n): what is wrong``."""
    dotted = _dotted(loc)
    line = document.mark(dotted)[0]
    return f"{dotted or '(berkas)'} (baris {line}): {message}"


def _dotted(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc)


def _decode(text: str | bytes, path: str, max_bytes: int) -> str:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        raise _refused(
            path,
            (1, 1),
            f"Berkas terlalu besar: {size} bita, paling banyak {max_bytes}.",
            f"The file is too large: {size} bytes, at most {max_bytes}.",
        )
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = text[: failure.start].count(b"\n") + 1
        raise _refused(path, (line, 1), "Berkas bukan teks UTF-8.", "The file is not UTF-8 text.") from None


def _compose(source: str, path: str) -> Node:
    try:
        _refuse_unsafe_events(source, path)
        node: Node | None = YAML(typ="safe", pure=True).compose(source)
    except MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = (failure.problem or "YAML").strip()
        raise _refused(path, place, f"YAML rusak: {problem}.", f"Broken YAML: {problem}.") from None
    except (YAMLError, RecursionError, ValueError) as failure:
        problem = str(failure).splitlines()[0] if str(failure) else type(failure).__name__
        raise _refused(path, (1, 1), f"YAML rusak: {problem}.", f"Broken YAML: {problem}.") from None
    if node is None:
        raise _refused(path, (1, 1), "Berkas kosong.", "The file is empty.")
    return node


def _refuse_unsafe_events(source: str, path: str) -> None:
    """Stop at anchors, aliases, tags, second documents and deep nesting before anything is built."""
    documents = depth = 0
    for event in _events(source):
        place = (event.start_mark.line + 1, event.start_mark.column + 1) if event.start_mark else (1, 1)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _refused(
                path,
                place,
                "Jangkar (&) dan alias (*) YAML tidak diterima; tulis nilainya langsung.",
                "YAML anchors (&) and aliases (*) are not accepted; write the value out.",
            )
        if isinstance(event, DocumentStartEvent):
            documents += 1
        if documents > 1:
            raise _refused(path, place, "Hanya satu dokumen per berkas.", "One document a file only.")
        if getattr(event, "tag", None) is not None:
            raise _refused(path, place, "Tag YAML (!) tidak diterima.", "YAML tags (!) are not accepted.")
        name = type(event).__name__
        depth += name in {"MappingStartEvent", "SequenceStartEvent"}
        depth -= name in {"MappingEndEvent", "SequenceEndEvent"}
        if depth > MAX_DEPTH:
            raise _refused(
                path,
                place,
                f"Sarang terlalu dalam (lebih dari {MAX_DEPTH}).",
                f"Nested too deep (over {MAX_DEPTH}).",
            )


def _events(source: str) -> Iterator[Any]:
    yield from YAML(typ="safe", pure=True).parse(source)


def _plain(node: Node, path: str, marks: Marks, dotted: str, depth: int) -> Any:
    if isinstance(node, MappingNode):
        return _plain_mapping(node, path, marks, dotted, depth)
    if isinstance(node, SequenceNode):
        items = []
        for index, child in enumerate(node.value):
            name = f"{dotted}.{index}" if dotted else str(index)
            marks[name] = _place(child)
            items.append(_plain(child, path, marks, name, depth + 1))
        return items
    return _scalar(node, path)


def _plain_mapping(node: MappingNode, path: str, marks: Marks, dotted: str, depth: int) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, ScalarNode) else None
        if not isinstance(key, str) or not key:
            raise _refused(path, _place(key_node), "Kunci harus berupa teks.", "A key must be plain text.")
        if key in mapping:
            first = marks[f"{dotted}.{key}" if dotted else key][0]
            raise _refused(
                path,
                _place(key_node),
                f"Kunci '{key}' tertulis dua kali (pertama pada baris {first}).",
                f"The key '{key}' is written twice (first on line {first}).",
            )
        name = f"{dotted}.{key}" if dotted else key
        marks[name] = _place(key_node)
        mapping[key] = _plain(value_node, path, marks, name, depth + 1)
    return mapping


def _scalar(node: Node, path: str) -> Any:
    yaml = YAML(typ="safe", pure=True)
    try:
        return yaml.constructor.construct_object(node, deep=True)
    except (YAMLError, ValueError, OverflowError):
        raise _refused(
            path,
            _place(node),
            f"Nilai '{node.value}' tidak dapat dibaca; beri tanda kutip bila itu teks.",
            f"The value '{node.value}' cannot be read; quote it if it is text.",
        ) from None


def _place(node: Node | None) -> tuple[int, int]:
    if node is None or node.start_mark is None:
        return (1, 1)
    return (node.start_mark.line + 1, node.start_mark.column + 1)


def _refused(path: str, place: tuple[int, int], indonesian: str, english: str) -> UnreadableDocument:
    return UnreadableDocument(
        Bilingual(indonesian, english),
        remedy=Bilingual(
            "Perbaiki berkas pada tempat itu, lalu kirim lagi.",
            "Mend the file at that place, then send it again.",
        ),
        where=Where(file=path, line=place[0], column=place[1]),
    )
