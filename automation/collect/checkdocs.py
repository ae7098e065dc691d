"""The documentation of checks: ``checks/checks.yml`` is its one source, ``checks/README.md`` its print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

from automation.core.errors import UnreadableDocument, Where
from automation.core.procedure import Name, Words
from automation.core.text import Bilingual, Language
from automation.core.yamltext import load_mapping, load_model

SOURCE = "checks/checks.yml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(_Strict):
    """What is told about one check, in both languages.

    ``judul`` is what holds when it passes, ``mengapa`` why it is asked, ``bukti`` what is looked at,
    ``perbaikan`` what to do when it fails.
    """

    judul: Words
    mengapa: Words
    bukti: Words
    perbaikan: Words


class _File(_Strict):
    format: Literal["laik/pemeriksaan/1"]
    pemeriksaan: Mapping[Name, Entry]


_PARTS: tuple[tuple[str, Bilingual], ...] = (
    ("mengapa", Bilingual("Mengapa", "Why")),
    ("bukti", Bilingual("Bukti", "Evidence")),
    ("perbaikan", Bilingual("Perbaikan", "Remedy")),
)


def load_entries() -> Mapping[str, Entry]:
    """The entries laik ships, by check id.

    Raises:
        UnreadableDocument: the file is broken, or an entry has a missing or unknown part.
    """
    content = resources.files("checks").joinpath("checks.yml").read_bytes()
    return read_entries(content)


def read_entries(content: str | bytes) -> Mapping[str, Entry]:
    """The entries of a ``checks.yml``, by check id; see :func:`load_entries`."""
    return load_model(load_mapping(content, path=SOURCE), _File, UnreadableDocument).pemeriksaan


def render_readme(entries: Mapping[str, Entry], ids: Iterable[str]) -> str:
    """``checks/README.md`` for the checks ``ids``, sorted by id.

    Raises:
        UnreadableDocument: a check without entry, or an entry without check.
    """
    wanted = frozenset(ids)
    _refuse_unmatched(wanted, frozenset(entries))
    names = sorted(wanted)
    parts = [_HEAD, _table(entries, names), *(_chapter(name, entries[name]) for name in names)]
    return "\n".join(parts)


def explain(name: str, entry: Entry, language: Language) -> str:
    """One entry as plain text, for the command line."""
    lines = [f"{name}: {entry.judul.bilingual().inlanguage(language)}"]
    for key, label in _PARTS:
        words: Words = getattr(entry, key)
        lines.append(f"{label.inlanguage(language)}: {words.bilingual().inlanguage(language)}")
    return "\n".join(lines)


_HEAD = """\
<!-- Dibuat dari checks.yml oleh `laik check docs --write`; jangan disunting. / Generated; do not edit. -->

# Pemeriksaan / Checks

Satu pemeriksaan satu berkas; namanya kalimat yang benar atau salah. Jawabannya `pass`, `fail`, `pending`
(bukti belum ada), `not_applicable`, `waived` atau `error` (tidak dapat dinilai: gerbang tetap tertutup).

One check a file; its name is a sentence that is true or false. It answers `pass`, `fail`, `pending` (the
evidence is not there yet), `not_applicable`, `waived` or `error` (could not be judged: the gate stays
closed).
"""


def _table(entries: Mapping[str, Entry], names: list[str]) -> str:
    rows = [
        f"| [`{name}`](#{name}) | {entries[name].judul.id} | {entries[name].judul.en} |" for name in names
    ]
    return "\n".join(["| Id | Indonesia | English |", "|--|--|--|", *rows, ""])


def _chapter(name: str, entry: Entry) -> str:
    lines = [f"## {name}", "", f"**{entry.judul.id}** / *{entry.judul.en}*", ""]
    for key, label in _PARTS:
        words: Words = getattr(entry, key)
        lines += [f"- {label.id}: {words.id}", f"  - *{label.en}: {words.en}*"]
    return "\n".join([*lines, ""])


def _refuse_unmatched(ids: frozenset[str], documented: frozenset[str]) -> None:
    unmatched = sorted(ids ^ documented)
    if unmatched:
        listing = ", ".join(unmatched)
        raise UnreadableDocument(
            Bilingual(
                f"Pemeriksaan dan dokumentasinya tidak berpasangan: {listing}.",
                f"Checks and their documentation do not match: {listing}.",
            ),
            remedy=Bilingual(
                "Tulis entrinya di checks.yml, atau hapus entri tanpa pemeriksaan.",
                "Write the entry in checks.yml, or remove the entry without a check.",
            ),
            where=Where(file=SOURCE),
        )
