"""Bytes of a repository -> typed evidence, one reader a kind of document.

Bad content never raises here: it becomes evidence that is UNREADABLE, with the reason and the place.
What is not there is ABSENT, what could not be looked for is UNKNOWN (architecture, decision 4).

How digests are worked out is in :mod:`automation.core.docdigest`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from automation.collect.decode import MEGABYTE, too_large
from automation.collect.markdown import read_markdown
from automation.collect.media import media_of
from automation.collect.sarif import read_sarif
from automation.collect.tables import read_csv
from automation.collect.tree import Tree
from automation.core.docdigest import folder_digest, letter_digest, sidecar_path
from automation.core.documents import FileFact, FolderDocument, Letter
from automation.core.errors import ForgeRefused, ForgeUnreachable, LaikError, UnsafePath, Where
from automation.core.evidence import Evidence, State, document_id
from automation.core.procedure import Document
from automation.core.text import Bilingual
from automation.core.yamltext import load_mapping

Reader = Callable[..., object]

# Nothing larger is fetched into memory; a kind's own limit is lower where parsing costs.
MAX_BYTES = 25 * MEGABYTE
MAX_FOLDER_FILES = 2000

READERS: Mapping[str, Reader] = {
    "markdown": read_markdown,
    "yaml": load_mapping,
    "csv": read_csv,
    "sarif": read_sarif,
}


def read_document(kind: str, path: str, content: bytes | None, *, evidence_id: str) -> Evidence:
    """One single-file document as evidence.

    Args:
        kind: ``markdown``, ``yaml``, ``csv`` or ``sarif``.
        path: the name that problems give.
        content: the file's bytes; None when there is no such file.
        evidence_id: the id the evidence gets.
    """
    where = Where(file=path)
    if content is None:
        return Evidence(evidence_id, State.ABSENT, where=where)
    digest = hashlib.sha256(content).hexdigest()
    try:
        value = READERS[kind](content, path=path)
    except LaikError as refusal:
        return _unreadable(evidence_id, refusal, digest)
    return Evidence(evidence_id, State.PRESENT, digest=digest, value=value, where=where)


def read_letter(path: str, content: bytes | None, sidecar: bytes | None, *, evidence_id: str) -> Evidence:
    """A letter and its sidecar as evidence; a letter without sidecar is present, a broken one unreadable."""
    where = Where(file=path)
    if content is None:
        return Evidence(evidence_id, State.ABSENT, where=where)
    sha256 = hashlib.sha256(content).hexdigest()
    beside = hashlib.sha256(sidecar).hexdigest() if sidecar is not None else None
    digest = letter_digest(sha256, beside)
    try:
        form = load_mapping(sidecar, path=sidecar_path(path)) if sidecar is not None else None
    except LaikError as refusal:
        return _unreadable(evidence_id, refusal, digest)
    letter = Letter(path=path, sha256=sha256, size=len(content), media=_letter_media(content), sidecar=form)
    return Evidence(evidence_id, State.PRESENT, digest=digest, value=letter, where=where)


def collect_document(name: str, document: Document, tree: Tree, *, folder: str = "") -> Evidence:
    """The procedure's document ``name`` as it is in ``tree``.

    Args:
        name: the document's id in the procedure.
        document: its declaration: kind and path.
        tree: the repository it is kept in.
        folder: the folder of the case where several share the repository (``rahasia``), with ``/``.
    """
    evidence_id = document_id(name)
    path = folder + document.path
    try:
        if document.kind == "folder":
            return _collect_folder(evidence_id, path, tree)
        if document.kind == "letter":
            return _collect_letter(evidence_id, path, tree)
        return read_document(document.kind, path, _fetch(tree, path), evidence_id=evidence_id)
    except (ForgeUnreachable, ForgeRefused) as failure:
        return Evidence(evidence_id, State.UNKNOWN, where=Where(file=path), problem=failure.message)
    except LaikError as refusal:
        return _unreadable(evidence_id, refusal, "")


def _collect_letter(evidence_id: str, path: str, tree: Tree) -> Evidence:
    content = _fetch(tree, path)
    sidecar = _fetch(tree, sidecar_path(path)) if content is not None else None
    return read_letter(path, content, sidecar, evidence_id=evidence_id)


def _fetch(tree: Tree, path: str) -> bytes | None:
    """The file's bytes, its size asked first: a file of 50 MB is refused before it is loaded."""
    facts = tree.files(path)
    if not facts:
        return None
    if facts[0].size > MAX_BYTES:
        raise too_large(path, facts[0].size, MAX_BYTES)
    return tree.read(path)


def _collect_folder(evidence_id: str, path: str, tree: Tree) -> Evidence:
    facts = sorted(tree.files(path), key=lambda fact: fact.path.encode())
    where = Where(file=path)
    if not facts:
        return Evidence(evidence_id, State.ABSENT, where=where)
    if len(facts) > MAX_FOLDER_FILES:
        raise _too_many(path, len(facts))
    digest = folder_digest((fact.path.removeprefix(path), fact.blob) for fact in facts)
    files = tuple(replace(fact, media=_media(fact, tree)) for fact in facts)
    return Evidence(
        evidence_id, State.PRESENT, digest=digest, value=FolderDocument(path=path, files=files), where=where
    )


def _media(fact: FileFact, tree: Tree) -> str:
    if fact.size > MAX_BYTES:
        return "unknown"
    return media_of(tree.read(fact.path) or b"")


def _letter_media(content: bytes) -> str:
    media = media_of(content[:4096])
    return media if media in {"pdf", "png", "jpeg"} else "unknown"


def _unreadable(evidence_id: str, refusal: LaikError, digest: str) -> Evidence:
    return Evidence(
        evidence_id, State.UNREADABLE, digest=digest, where=refusal.where, problem=refusal.message
    )


def _too_many(path: str, count: int) -> UnsafePath:
    return UnsafePath(
        Bilingual(
            f"Folder berisi {count} berkas, paling banyak {MAX_FOLDER_FILES}.",
            f"The folder holds {count} files, at most {MAX_FOLDER_FILES}.",
        ),
        remedy=Bilingual(
            "Serahkan hanya bahan yang dipresentasikan.", "Hand in only the material that is presented."
        ),
        where=Where(file=path),
    )
