"""``.laik/jawaban.yml``: which template made a repository, with which answers, and what it owns there.

The managed files' digests tell a file that a person edited from one that only is old, so an update
never needs a merge (hosting design, A2).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from automation.core.errors import UnreadableDocument
from automation.core.procedure import Key
from automation.core.yamltext import load_mapping, load_model

RECORD_PATH = ".laik/jawaban.yml"
FORMAT = "laik/jawaban/1"
_HEADER = (
    "# Dikelola Diskominfo melalui laik: jangan diubah dengan tangan.\n"
    "# Catatan templat, jawaban, dan sidik berkas yang dikelola; dipakai saat templat diperbarui.\n"
)

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class RecordedAnswers(BaseModel):
    """The whole of ``.laik/jawaban.yml``; ``berkas`` maps managed paths to the SHA-256 laik wrote."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["laik/jawaban/1"]
    templat: Key
    versi: str
    jawaban: Mapping[str, str | bool | int | tuple[str, ...]]
    berkas: Mapping[str, Sha256]


class Change(StrEnum):
    """What an update does with one managed file."""

    NEW = "baru"
    SAME = "sama"
    UPDATED = "diperbarui"
    EDITED = "disunting"  # a person changed it: kept, unless it is taken back on purpose
    DROPPED = "tidak_lagi_dikelola"  # the template has it no more: left to the repository


@dataclass(frozen=True, slots=True)
class FileChange:
    """One managed file of an update."""

    path: str
    change: Change


def digest(content: bytes) -> str:
    """Hex SHA-256 of a managed file."""
    return hashlib.sha256(content).hexdigest()


def write_record(
    template: str, version: str, answers: Mapping[str, object], managed: Mapping[str, bytes]
) -> bytes:
    """The record as YAML, keys in order; the same values give the same bytes."""
    lines = [f"format: {FORMAT}", f"templat: {template}", f"versi: {json.dumps(version)}"]
    lines += _mapping("jawaban", answers)
    lines += _mapping("berkas", {path: digest(content) for path, content in managed.items()})
    return (_HEADER + "\n".join(lines) + "\n").encode()


def _mapping(name: str, values: Mapping[str, object]) -> list[str]:
    if not values:
        return [f"{name}: {{}}"]
    # A JSON value is a YAML flow value, so nothing an answer holds can leave its place.
    return [f"{name}:"] + [
        f"  {json.dumps(key)}: {json.dumps(values[key], ensure_ascii=False)}" for key in sorted(values)
    ]


def load_record(text: str | bytes, *, path: str = RECORD_PATH) -> RecordedAnswers:
    """The record of a repository.

    Raises:
        UnreadableDocument: broken YAML, or not a record.
    """
    return load_model(load_mapping(text, path=path), RecordedAnswers, UnreadableDocument)


def plan_update(
    rendered: Mapping[str, bytes], recorded: Mapping[str, str], present: Mapping[str, str]
) -> tuple[FileChange, ...]:
    """What to do with every managed file, sorted by path.

    Args:
        rendered: managed files of the template as it is now, without the record itself.
        recorded: the digests laik wrote, by path.
        present: the digests of the files that are there now, by path; absent files are left out.
    """
    changes = [
        FileChange(path, _change(digest(content), recorded.get(path), present.get(path)))
        for path, content in rendered.items()
    ]
    changes += [
        FileChange(path, Change.DROPPED) for path in recorded if path not in rendered and path in present
    ]
    return tuple(sorted(changes, key=lambda one: one.path))


def _change(wanted: str, recorded: str | None, present: str | None) -> Change:
    if present is None:
        return Change.NEW
    if present == wanted:
        return Change.SAME
    return Change.UPDATED if present == recorded else Change.EDITED
