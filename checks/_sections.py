"""Sections a Markdown document must have, and findings for those missing or left as in the template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from automation.core.documents import MarkdownDocument, Section
from automation.core.errors import Where
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import MINIMUM, failed, find_section, has_placeholder, is_filled


@dataclass(frozen=True, slots=True)
class Required:
    """One section: stable ``key``, the headings that mean it (the first is shown), how much is enough."""

    key: str
    titles: tuple[str, ...]
    minimum: int = MINIMUM


def section_faults(
    check: str, document: MarkdownDocument, required: Iterable[Required], *, who: Bilingual
) -> Iterator[Finding]:
    """One FAIL for each required section that is missing or not filled; content is never quoted."""
    for one in required:
        section = find_section(document, one.titles)
        if section is None:
            yield _missing(check, document, one, who)
        elif not is_filled(section.text, minimum=one.minimum):
            yield _unfilled(check, document, one, section, who)


def _missing(check: str, document: MarkdownDocument, one: Required, who: Bilingual) -> Finding:
    title = one.titles[0]
    return failed(
        check,
        Bilingual(f"Bagian '{title}' tidak ada.", f"The section '{title}' is missing."),
        Bilingual(
            f"{who.id} menambahkan judul '{title}' beserta isinya.",
            f"Add the heading '{title}' with its content; to be done by {who.en}.",
        ),
        where=Where(file=document.path),
        key=one.key,
    )


def _unfilled(
    check: str, document: MarkdownDocument, one: Required, section: Section, who: Bilingual
) -> Finding:
    title = one.titles[0]
    if has_placeholder(section.text):
        seen = Bilingual(
            f"Bagian '{title}' masih memuat isian templat 'ISI DI SINI'.",
            f"The section '{title}' still holds the template's placeholder 'ISI DI SINI'.",
        )
    else:
        seen = Bilingual(
            f"Bagian '{title}' kosong atau terlalu pendek (paling sedikit {one.minimum} huruf).",
            f"The section '{title}' is empty or too short (at least {one.minimum} letters).",
        )
    return failed(
        check,
        seen,
        Bilingual(
            f"{who.id} mengisi bagian '{title}'.", f"Fill the section '{title}'; to be done by {who.en}."
        ),
        where=Where(file=document.path, line=section.line, column=1),
        key=one.key,
    )
