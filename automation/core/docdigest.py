"""Digests of documents, worked out the same way where they are judged and where a dossier is verified.

A single file's is the SHA-256 of its bytes; a letter's covers file and sidecar; a folder's covers the sorted
paths with their blob ids. The same content gives the same digest everywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def letter_digest(letter: str, sidecar: str | None) -> str:
    """Of a letter, from the SHA-256 of its bytes and of its sidecar's (None: there is none)."""
    return _lines([letter, sidecar or "-"])


def folder_digest(files: Iterable[tuple[str, str]]) -> str:
    """Of a folder, from (path below it, git blob id) of its files."""
    ordered = sorted(files, key=lambda one: one[0].encode("utf-8", "surrogateescape"))
    return _lines([f"{path}\0{blob}" for path, blob in ordered])


def blob_id(content: bytes, like: str) -> str:
    """The git blob id of a content, by the hash that ids like ``like`` are made with (SHA-1 or SHA-256)."""
    hashed = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return hashed(b"blob %d\0" % len(content) + content).hexdigest()


def sidecar_path(path: str) -> str:
    """Where a letter's sidecar is: ``<path without ending>.naskah.yaml``."""
    stem, dot, ending = path.rpartition(".")
    return f"{stem if dot and '/' not in ending else path}.naskah.yaml"


def _lines(lines: list[str]) -> str:
    text = "".join(f"{line}\n" for line in lines)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
