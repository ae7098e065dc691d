"""SOP files: those that laik ships (package data of ``checks``) and those of an organisation."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import checks
from automation.core.documents import YamlDocument
from automation.core.errors import InvalidProcedure, UnreadableDocument, Where
from automation.core.procedure import Procedure, procedure_of
from automation.core.text import Bilingual
from automation.core.yamltext import MAX_BYTES, load_mapping


def bundled(*, known_checks: frozenset[str] | None = None) -> Mapping[str, Procedure]:
    """All procedures that laik ships, by id, in order of id.

    Args:
        known_checks: ids of the checks that exist; those that laik ships when None.

    Raises:
        UnreadableDocument: a file is broken YAML.
        InvalidProcedure: a file breaks the schema, or its id is not its file name.
    """
    return {procedure.id: procedure for _, procedure in read_bundled(known_checks=known_checks)}


def load_file(path: Path, *, known_checks: frozenset[str] | None = None) -> Procedure:
    """One SOP file from disk; see :func:`read_file`."""
    return read_file(path, known_checks=known_checks)[1]


def read_file(path: Path, *, known_checks: frozenset[str] | None = None) -> tuple[YamlDocument, Procedure]:
    """One SOP file from disk, with the places of its parts.

    Args:
        path: the file; its name without ``.yaml`` must be the procedure's id.
        known_checks: ids of the checks that exist; those that laik ships when None.

    Raises:
        UnreadableDocument: the file cannot be read, or is broken YAML.
        InvalidProcedure: it breaks the schema, or its id is not its file name.
    """
    content = read_limited(path, Bilingual("Berkas SOP", "The SOP file"))
    return _named(content, str(path), _check_ids(known_checks))


def read_bundled(*, known_checks: frozenset[str] | None = None) -> tuple[tuple[YamlDocument, Procedure], ...]:
    """All procedures that laik ships with the places of their parts, in order of id; see :func:`bundled`."""
    exist = _check_ids(known_checks)
    folder = resources.files("checks").joinpath("sop")
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    return tuple(_named(one.read_bytes(), f"checks/sop/{one.name}", exist) for one in files)


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


def _check_ids(known: frozenset[str] | None) -> frozenset[str]:
    return frozenset(checks.discover()) if known is None else known


def _named(content: bytes, path: str, exist: frozenset[str]) -> tuple[YamlDocument, Procedure]:
    document = load_mapping(content, path=path)
    procedure = procedure_of(document, checks=exist)
    if procedure.id != Path(path).stem:
        raise InvalidProcedure(
            Bilingual(
                f"Id '{procedure.id}' tidak sama dengan nama berkasnya.",
                f"The id '{procedure.id}' is not the name of its file.",
            ),
            remedy=Bilingual(
                f"Namai berkasnya {procedure.id}.yaml atau samakan id-nya.",
                f"Name the file {procedure.id}.yaml or mend the id.",
            ),
            where=Where(file=path, line=document.mark("id")[0], column=document.mark("id")[1]),
        )
    return document, procedure
