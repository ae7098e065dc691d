"""SOP files: those that laik ships (package data of ``checks``) and those of an organisation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import checks
from automation.core.errors import InvalidProcedure, UnreadableDocument, Where
from automation.core.procedure import Procedure, load_procedure
from automation.core.procedure_continuation import load_continuation
from automation.core.text import Bilingual
from automation.core.yamltext import MAX_BYTES


def bundled(*, known_checks: frozenset[str] | None = None) -> Mapping[str, Procedure]:
    """All procedures that laik ships, by id, in order of id.

    Args:
        known_checks: ids of the checks that exist; those that laik ships when None.

    Raises:
        UnreadableDocument: a file is broken YAML.
        InvalidProcedure: a file breaks the schema, or its id is not its file name.
    """
    exist = _check_ids(known_checks)
    folder = resources.files("checks").joinpath("sop")
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    contents = {f"checks/sop/{one.name}": one.read_bytes() for one in files}
    found: dict[str, Procedure] = {}
    for path in sorted(contents, key=lambda one: _continues(contents[one])):  # what is continued comes first
        procedure = _named(contents[path], path, exist, found)
        found[procedure.id] = procedure
    return {name: found[name] for name in sorted(found)}


def load_file(path: Path, *, known_checks: frozenset[str] | None = None) -> Procedure:
    """One SOP file from disk.

    Args:
        path: the file; its name without ``.yaml`` must be the procedure's id.
        known_checks: ids of the checks that exist; those that laik ships when None.

    Raises:
        UnreadableDocument: the file cannot be read, or is broken YAML.
        InvalidProcedure: it breaks the schema, or its id is not its file name.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)  # one byte too many is refused as too large, unread
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
        raise UnreadableDocument(
            Bilingual(f"Berkas SOP tidak dapat dibaca: {reason}.", f"The SOP file cannot be read: {reason}."),
            remedy=Bilingual("Periksa nama dan hak bacanya.", "Check its name and read access."),
            where=Where(file=str(path)),
        ) from None
    exist = _check_ids(known_checks)
    bases = bundled(known_checks=exist) if _continues(content) else {}
    return _named(content, str(path), exist, bases)


def _continues(content: bytes) -> bool:
    """Whether a file only continues another SOP; see :mod:`automation.core.procedure_continuation`."""
    return re.search(rb"^continues:", content, re.MULTILINE) is not None


def _check_ids(known: frozenset[str] | None) -> frozenset[str]:
    return frozenset(checks.discover()) if known is None else known


def _named(content: bytes, path: str, exist: frozenset[str], bases: Mapping[str, Procedure]) -> Procedure:
    if _continues(content):
        procedure = load_continuation(content, path=path, checks=exist, bases=bases)
    else:
        procedure = load_procedure(content, path=path, checks=exist)
    if Path(path).stem not in {procedure.id, f"{procedure.id}@{procedure.version}"}:
        raise InvalidProcedure(
            Bilingual(
                f"Id '{procedure.id}' tidak sama dengan nama berkasnya.",
                f"The id '{procedure.id}' is not the name of its file.",
            ),
            remedy=Bilingual(
                f"Namai berkasnya {procedure.id}.yaml (atau {procedure.id}@{procedure.version}.yaml), atau"
                " samakan id-nya.",
                f"Name the file {procedure.id}.yaml (or {procedure.id}@{procedure.version}.yaml), or mend"
                " the id.",
            ),
            where=Where(file=path, line=1, column=1),
        )
    return procedure
