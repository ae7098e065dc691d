"""The typed documents that readers hand to checks: plain, frozen, without a trace of their format.

Readers live in ``automation.collect`` (they parse bytes); checks only see these records.
Line numbers count from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

YamlValue = object  # str | int | float | bool | None | date | list | dict, as ruamel's safe loader gives


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of a Markdown document with the text under it (sub-headings included).

    ``text`` is plain visible text: no HTML comments, no markup characters, no titles of sub-headings or
    table columns; the template's placeholder stays in it. ``level`` is 1 to 6.
    """

    title: str
    level: int
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class MarkdownDocument:
    """A Markdown file by its headings; ``links`` are (target, line) in order."""

    path: str
    sections: tuple[Section, ...]
    text: str
    links: tuple[tuple[str, int], ...] = ()

    def section(self, *names: str) -> Section | None:
        """The first section whose normalised title equals one of ``names`` (also normalised)."""
        wanted = {normalise_title(name) for name in names}
        for section in self.sections:
            if normalise_title(section.title) in wanted:
                return section
        return None


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A YAML mapping; ``marks`` gives (line, column) of dotted paths (``pejabat.nama``, ``a.0.b``)."""

    path: str
    data: Mapping[str, YamlValue]
    marks: Mapping[str, tuple[int, int]]

    def mark(self, dotted: str) -> tuple[int, int]:
        """Line and column of a key, of its nearest parent when the key is not there, else (1, 1)."""
        while dotted:
            if dotted in self.marks:
                return self.marks[dotted]
            dotted = dotted.rpartition(".")[0]
        return (1, 1)


@dataclass(frozen=True, slots=True)
class CsvDocument:
    """A CSV file with a header row; ``rows`` are (line number, {column: text})."""

    path: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


@dataclass(frozen=True, slots=True)
class FileFact:
    """One file of a tree: its path, git blob id and size in bytes.

    ``media`` is its kind by content where a reader looked into it, else empty: ``pdf``, ``png``, ``jpeg``,
    ``gif``, ``webp``, ``svg``, ``html``, ``office``, ``text``, ``blank`` (nothing but space, comments or the
    template's placeholder), ``pointer`` (Git LFS) or ``unknown``.
    """

    path: str
    blob: str
    size: int
    media: str = ""


@dataclass(frozen=True, slots=True)
class FolderDocument:
    """A folder handed in as one document (a mockup, a presentation): its files, never their bytes."""

    path: str
    files: tuple[FileFact, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: the signed file and its sidecar ``<name>.naskah.yaml``.

    ``sha256`` and ``size`` are of the file itself; ``media`` is its kind by content (``pdf``, ``png``,
    ``jpeg``, ``unknown``), never by its ending. ``sidecar`` is None when there is none.
    """

    path: str
    sha256: str
    size: int
    media: str
    sidecar: YamlDocument | None


@dataclass(frozen=True, slots=True)
class CodeSnapshot:
    """The candidate commit of the application.

    ``code_digest`` is the digest of the commit's tree without ``dokumen/``: a test result cannot stand
    inside the commit that it names, so results bind to this. ``own`` are the files outside ``dokumen/`` that
    are not as the repository's first commit had them, which is the scaffold laik made it with.
    """

    commit: str
    tree: str
    code_digest: str
    files: tuple[FileFact, ...] = ()
    own: tuple[FileFact, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanFlaw:
    """One thing a scan found. ``severity`` is kritis, tinggi, sedang, rendah or info."""

    rule: str
    severity: str
    path: str
    line: int
    fingerprint: str
    message_id: str
    message_en: str
    source: str = "laik"


@dataclass(frozen=True, slots=True)
class ScanReport:
    """The result of scanning the whole tree of one commit (architecture, decision 10).

    ``unscanned`` are source files that were not parsed or scanned, with the reason: each is an ERROR.
    ``ruleset`` is the digest of rules and tool versions.
    """

    commit: str
    tree: str
    ruleset: str
    flaws: tuple[ScanFlaw, ...]
    unscanned: tuple[tuple[str, str], ...]
    files_scanned: int
    suppressions: tuple[tuple[str, int, str], ...] = ()


def normalise_title(title: str) -> str:
    """A heading without numbering, case or punctuation: ``"2. Maksud & Tujuan"`` -> ``maksud tujuan``."""
    words: list[str] = []
    for raw in title.casefold().replace("_", " ").replace("-", " ").replace("/", " ").split():
        word = "".join(ch for ch in raw if ch.isalnum())
        if word and not (not words and _is_numbering(raw)):
            words.append(word)
    return " ".join(words)


def _is_numbering(word: str) -> bool:
    """Whether a heading's leading word is only its number: ``2.``, ``IV.``, ``3.1``, ``a.``, ``b)``."""
    bare = word.rstrip(".)")
    if not bare:
        return True
    if bare.replace(".", "").isdigit():
        return True
    return bare != word and (len(bare) == 1 or all(ch in "ivxlc" for ch in bare))
