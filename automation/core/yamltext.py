"""Strict YAML: every file laik reads from people passes here.

Refused, each with file, line and column: syntax errors, duplicate keys, anchors and aliases (a small
file can unfold into gigabytes), explicit tags, directives, more than one document, keys that are no
plain text, control characters, too many bytes or values, too deep nesting. YAML 1.2 rules (``no``
stays text). Source of the traps: YAML 1.2.2 section 3.2.1.3 (unique keys) and 7.1 (aliases).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError

from automation.core.documents import YamlDocument
from automation.core.errors import Fault, LaikError, UnreadableDocument, Where
from automation.core.schemafaults import said
from automation.core.text import Bilingual

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_NODES = 30_000  # keys and values; the largest SOP has some 3,000

Model = TypeVar("Model", bound=BaseModel)
Marks = dict[str, tuple[int, int]]

_TEXT_TAG = "tag:yaml.org,2002:str"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


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
    data, marks = _read(source, path)
    return YamlDocument(path=path, data=data, marks=marks)


def load_model(document: YamlDocument, model: type[Model], error: type[LaikError]) -> Model:
    """``document`` as a pydantic ``model``; its faults become ``error``.

    Every fault is named in the message; the place is that of the first which stands in the file: a key
    written wrong is two faults, and the one that is missing has no line.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as failure:
        details = failure.errors(include_url=False, include_input=False)
        faults = [_schema_fault(document, one, details) for one in details[:20]]
        written = (fault for fault in details if _dotted(fault["loc"]) in document.marks)
        first = document.mark(_dotted(next(written, details[0])["loc"]))
        raise error(
            Bilingual(
                f"Isi tidak sesuai: {'; '.join(fault.message.id for fault in faults)}.",
                f"Invalid content: {'; '.join(fault.message.en for fault in faults)}.",
            ),
            remedy=Bilingual(
                "Perbaiki kunci yang disebut, lalu kirim lagi.", "Mend the keys named, then send it again."
            ),
            where=Where(file=document.path, line=first[0], column=first[1]),
            faults=tuple(sorted(faults, key=lambda fault: (fault.where.line, fault.where.column))),
        ) from None


def placed(document: YamlDocument, problems: Iterable[tuple[str, Bilingual]]) -> tuple[Fault, ...]:
    """Problems told by the dotted paths of their places, as faults of the file in its order."""
    found = [Fault(Where(document.path, *document.mark(place)), told) for place, told in problems]
    return tuple(sorted(found, key=lambda fault: (fault.where.line, fault.where.column)))


def _schema_fault(document: YamlDocument, detail: ErrorDetails, all_of_them: list[ErrorDetails]) -> Fault:
    """One schema fault with its place, told as ``key (line n): what is wrong``."""
    dotted = _dotted(detail["loc"])
    line, column = document.mark(dotted)
    told = said(detail, all_of_them)
    return Fault(
        where=Where(file=document.path, line=line, column=column),
        message=Bilingual(
            f"{dotted or '(berkas)'} (baris {line}): {told.id}",
            f"{dotted or '(file)'} (line {line}): {told.en}",
        ),
    )


def _dotted(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc)


def _decode(text: str | bytes, path: str, max_bytes: int) -> str:
    size = len(text)
    if isinstance(text, str) and size <= max_bytes:
        size = len(text.encode("utf-8", "surrogatepass"))
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


class _Reader:
    """One pass over the parser's events: refuses as it goes, builds the plain values and their marks.

    Nothing is built before the event at hand was found harmless, so neither depth nor size of a
    hostile file ever reaches the constructor. One parser and one constructor serve the whole file.
    """

    def __init__(self, source: str, path: str) -> None:
        self.path = path
        self.marks: Marks = {}
        self._nodes = 0
        # plug_ins: ruamel otherwise searches the disk for plug-ins at every load
        self._yaml = YAML(typ="safe", pure=True, plug_ins=[])
        self._events: Iterator[Any] = self._yaml.parse(source)

    def top_mapping(self) -> dict[str, Any]:
        """The file's one mapping."""
        self._next(StreamStartEvent)
        start = self._next(object)
        if isinstance(start, StreamEndEvent):
            raise _refused(self.path, (1, 1), "Berkas kosong.", "The file is empty.")
        if start.version or start.tags:
            # "%YAML 1.1" would turn `no` into false behind the reader's back
            raise self._at(start, "Arahan YAML (%) tidak diterima.", "YAML directives (%) are not accepted.")
        value = self._value(self._next(object), "", 0)
        if not isinstance(value, dict):
            raise _refused(
                self.path,
                (1, 1),
                "Isi berkas bukan pasangan kunci: nilai.",
                "The file is not a mapping of key: value.",
            )
        self._next(DocumentEndEvent)
        after = self._next(object)
        if not isinstance(after, StreamEndEvent):
            raise self._at(after, "Hanya satu dokumen per berkas.", "One document a file only.")
        return value

    def _next(self, kind: type) -> Any:
        event = next(self._events)
        if not isinstance(event, kind):
            raise self._at(event, "Susunan YAML tidak terduga.", "Unexpected YAML structure.")
        return event

    def _value(self, event: Any, dotted: str, depth: int) -> Any:
        self._refuse_unsafe(event, depth)
        if isinstance(event, MappingStartEvent):
            return self._mapping(dotted, depth + 1)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(dotted, depth + 1)
        return self._scalar(event)

    def _refuse_unsafe(self, event: Any, depth: int) -> None:
        self._nodes += 1
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise self._at(
                event,
                "Jangkar (&) dan alias (*) YAML tidak diterima; tulis nilainya langsung.",
                "YAML anchors (&) and aliases (*) are not accepted; write the value out.",
            )
        if event.tag is not None:
            raise self._at(event, "Tag YAML (!) tidak diterima.", "YAML tags (!) are not accepted.")
        if depth >= MAX_DEPTH and not isinstance(event, ScalarEvent):
            raise self._at(
                event,
                f"Sarang terlalu dalam (lebih dari {MAX_DEPTH}).",
                f"Nested too deep (over {MAX_DEPTH}).",
            )
        if self._nodes > MAX_NODES:
            raise self._at(
                event,
                f"Terlalu banyak nilai (lebih dari {MAX_NODES}).",
                f"Too many values (over {MAX_NODES}).",
            )

    def _mapping(self, dotted: str, depth: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            self._refuse_unsafe(event, depth)
            key = event.value if isinstance(event, ScalarEvent) else ""
            if not key:
                raise self._at(event, "Kunci harus berupa teks.", "A key must be plain text.")
            self._refuse_control(event)
            name = f"{dotted}.{key}" if dotted else key
            if key in mapping:
                first = self.marks[name][0]
                raise self._at(
                    event,
                    f"Kunci '{key}' tertulis dua kali (pertama pada baris {first}).",
                    f"The key '{key}' is written twice (first on line {first}).",
                )
            self.marks[name] = _place(event)
            mapping[key] = self._value(next(self._events), name, depth)
        return mapping

    def _sequence(self, dotted: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            name = f"{dotted}.{len(items)}" if dotted else str(len(items))
            self.marks[name] = _place(event)
            items.append(self._value(event, name, depth))
        return items

    def _scalar(self, event: Any) -> Any:
        self._refuse_control(event)
        if not event.implicit[0]:  # quoted or block text is text
            return event.value
        tag = self._yaml.resolver.resolve(ScalarNode, event.value, event.implicit)
        if str(tag) == _TEXT_TAG:
            return event.value
        node = ScalarNode(tag, event.value, event.start_mark, event.end_mark)
        try:
            return self._yaml.constructor.construct_object(node, deep=True)
        except (YAMLError, ValueError, OverflowError):
            shown = event.value[:60]
            raise self._at(
                event,
                f"Nilai '{shown}' tidak dapat dibaca; beri tanda kutip bila itu teks.",
                f"The value '{shown}' cannot be read; quote it if it is text.",
            ) from None

    def _refuse_control(self, event: Any) -> None:
        """Escapes in quoted text can smuggle in what a plain file cannot hold.

        NUL ends paths early in C libraries, and a lone surrogate makes every later encoding fail.
        """
        if _CONTROL.search(event.value):
            raise self._at(event, "Karakter kendali tidak diterima.", "Control characters are not accepted.")

    def _at(self, event: Any, indonesian: str, english: str) -> UnreadableDocument:
        return _refused(self.path, _place(event), indonesian, english)


def _read(source: str, path: str) -> tuple[dict[str, Any], Marks]:
    try:
        reader = _Reader(source, path)
        return reader.top_mapping(), reader.marks
    except MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = (failure.problem or "YAML").strip()
        raise _refused(path, place, f"YAML rusak: {problem}.", f"Broken YAML: {problem}.") from None
    except ReaderError as failure:
        before = source[: failure.position]
        place = (before.count("\n") + 1, failure.position - before.rfind("\n"))
        raise _refused(
            path, place, "Karakter kendali tidak diterima.", "Control characters are not accepted."
        ) from None
    except (YAMLError, RecursionError, ValueError, OverflowError) as failure:  # "\Uffffffff" overflows chr()
        problem = str(failure).splitlines()[0] if str(failure) else type(failure).__name__
        raise _refused(path, (1, 1), f"YAML rusak: {problem}.", f"Broken YAML: {problem}.") from None


def _place(event: Any) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _refused(path: str, place: tuple[int, int], indonesian: str, english: str) -> UnreadableDocument:
    return UnreadableDocument(
        Bilingual(indonesian, english),
        remedy=Bilingual(
            "Perbaiki berkas pada tempat itu, lalu kirim lagi.",
            "Mend the file at that place, then send it again.",
        ),
        where=Where(file=path, line=place[0], column=place[1]),
    )
