"""SOP files: those that laik ships (package data of ``checks``) and those of an organisation.

What laik ships is ``<id>.yaml``, and ``<id>@<version>.yaml`` for older versions that cases may still run
under: content that changes gets a new version number, and the old file stays under its other name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

import checks
from automation.core.catalogue import Catalogue, version_order
from automation.core.documents import YamlDocument
from automation.core.errors import InvalidProcedure, UnreadableDocument, Where
from automation.core.procedure import Procedure, procedure_of, refuse_problems
from automation.core.procedure_continuation import continuation_of, in_continuation
from automation.core.procedure_flow import Problem
from automation.core.procedure_needs import undeclared_needs
from automation.core.text import Bilingual
from automation.core.yamltext import MAX_BYTES, load_mapping


@dataclass(frozen=True, slots=True)
class SopFile:
    """A SOP file as it was read; ``base`` is the SOP that a continuation continues."""

    document: YamlDocument
    procedure: Procedure
    base: Procedure | None = None


@cache
def bundled(*, known_checks: frozenset[str] | None = None) -> Mapping[str, Procedure]:
    """The newest version of each procedure that laik ships, by id, in order of id; read once a process.

    Args:
        known_checks: ids of the checks that exist; those that laik ships when None.

    Raises:
        UnreadableDocument: a file is broken YAML.
        InvalidProcedure: a file breaks the schema, or its id is not its file name.
    """
    return MappingProxyType(Catalogue.of(bundled_versions(known_checks=known_checks)).newest)


@cache
def bundled_versions(*, known_checks: frozenset[str] | None = None) -> tuple[Procedure, ...]:
    """Every version of every procedure that laik ships; see :func:`bundled`."""
    return tuple(file.procedure for file in read_bundled(known_checks=known_checks))


def load_file(path: Path, *, known_checks: frozenset[str] | None = None) -> Procedure:
    """One SOP file from disk; see :func:`read_file`."""
    return read_file(path, known_checks=known_checks).procedure


def read_file(path: Path, *, known_checks: frozenset[str] | None = None) -> SopFile:
    """One SOP file from disk, with the places of its parts.

    Args:
        path: the file; its name without ``.yaml`` must be the procedure's id, or ``<id>@<version>``.
        known_checks: ids of the checks that exist; those that laik ships when None.

    Raises:
        UnreadableDocument: the file cannot be read, or is broken YAML.
        InvalidProcedure: it breaks the schema, or its id is not its file name.
    """
    content = read_limited(path, Bilingual("Berkas SOP", "The SOP file"))
    exist = _check_ids(known_checks)
    bases = _bases(bundled_versions(known_checks=exist)) if _continues(content) else {}
    return _named(content, str(path), exist, bases)


def read_bundled(
    *, known_checks: frozenset[str] | None = None, folder: Traversable | None = None
) -> tuple[SopFile, ...]:
    """All procedures that laik ships with the places of their parts, by id and version; see :func:`bundled`.

    ``folder``: laik's own when None.

    Raises:
        InvalidProcedure: as :func:`bundled`, and where two files have the same id and version, and differ.
    """
    exist = _check_ids(known_checks)
    folder = folder or resources.files("checks").joinpath("sop")
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    contents = {f"checks/sop/{one.name}": one.read_bytes() for one in files}
    found: list[SopFile] = []
    for path in sorted(contents, key=lambda one: _continues(contents[one])):  # what is continued comes first
        bases = _bases(file.procedure for file in found)
        found.append(_named(contents[path], path, exist, bases))
    Catalogue.of(file.procedure for file in found)
    return tuple(sorted(found, key=lambda one: (one.procedure.id, version_order(one.procedure.version))))


def read_limited(path: Path, what: Bilingual) -> bytes:
    """A file that people wrote, at most one byte more than is accepted; too large is told by the reader.

    Raises:
        UnreadableDocument: it cannot be opened; ``what`` says what it should be.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)  # one byte too many is refused as too large, unread
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
        raise UnreadableDocument(
            Bilingual(f"{what.id} tidak dapat dibaca: {reason}.", f"{what.en} cannot be read: {reason}."),
            remedy=Bilingual("Periksa nama dan hak bacanya.", "Check its name and read access."),
            where=Where(file=str(path)),
        ) from None


def _continues(content: bytes) -> bool:
    """Whether a file only continues another SOP; see :mod:`automation.core.procedure_continuation`."""
    return re.search(rb"^continues:", content, re.MULTILINE) is not None


def _bases(procedures: Iterable[Procedure]) -> Mapping[str, Procedure]:
    """What may be continued: the newest version by its id, and every version by ``<id>@<version>``."""
    there = Catalogue.of(procedures)
    each = {f"{sop}@{version}": one for (sop, version), one in there.versions.items()}
    return {**each, **there.newest}


def _check_ids(known: frozenset[str] | None) -> frozenset[str]:
    return frozenset(checks.discover()) if known is None else known


def _needed(procedure: Procedure, base: Procedure | None) -> list[Problem]:
    """Documents that checks read and the SOP does not have; of a continuation at its own places."""
    found = undeclared_needs(procedure, {name: check.needs for name, check in checks.discover().items()})
    if base is None:
        return list(found)
    return [in_continuation(base, one) or ("continues", one[1]) for one in found]


def _named(content: bytes, path: str, exist: frozenset[str], bases: Mapping[str, Procedure]) -> SopFile:
    document, base = load_mapping(content, path=path), None
    if _continues(content):
        procedure, base = continuation_of(document, checks=exist, bases=bases)
    else:
        procedure = procedure_of(document, checks=exist)
    refuse_problems(document, _needed(procedure, base))
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
            where=Where(file=path, line=document.mark("id")[0], column=document.mark("id")[1]),
        )
    return SopFile(document, procedure, base)
