"""Markdown documents without prescribed sections: there is something in them, and no placeholder left."""

from __future__ import annotations

import re

from automation.core.documents import MarkdownDocument
from automation.core.evidence import EvidenceView
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import BUILDER, failed, has_placeholder, is_filled, opened, passed

# The line by which a template names its case; it stands there before anyone has written a word.
_CASE_LINE = re.compile(r"^Kasus [A-Z]{2}-\d{4}-\d{4,}:.*$", re.MULTILINE)


def _written(document: MarkdownDocument) -> str:
    """What was written under the chapters, or in the whole document when it has none."""
    chapters = [section for section in document.sections if section.level == 2]
    text = "\n".join(section.text for section in chapters) if chapters else document.text
    return _CASE_LINE.sub("", text)


def written(document: MarkdownDocument) -> bool:
    """Whether somebody wrote something in a document, and left no placeholder in it."""
    return not has_placeholder(document.text) and is_filled(_written(document))


def judge_prose(
    check: str, view: EvidenceView, name: str, *, minimum: int, expected: Bilingual, picture: bool = False
) -> tuple[Finding, ...]:
    """PASS when the document ``name`` is written out.

    Args:
        check: the check's id.
        view: the evidence.
        name: the document's id.
        minimum: letters and digits of content at least.
        expected: what belongs in it, for the remedy.
        picture: whether a picture or link in place of text is enough.
    """
    answer = opened(check, view, name, MarkdownDocument, who=BUILDER)
    if isinstance(answer, Finding):
        return (answer,)
    evidence, document = answer
    remedy = Bilingual(
        f"{BUILDER.id} menulis {expected.id} di {document.path}.",
        f"Write {expected.en} in {document.path}; to be done by {BUILDER.en}.",
    )
    if has_placeholder(document.text):
        seen = Bilingual(
            "Masih memuat isian templat 'ISI DI SINI'.", "It still holds the placeholder 'ISI DI SINI'."
        )
        return (failed(check, seen, remedy, where=evidence.where, key=name),)
    if not is_filled(_written(document), minimum=minimum) and not (picture and document.links):
        seen = Bilingual(
            f"Isinya kosong atau terlalu pendek (paling sedikit {minimum} huruf).",
            f"Its content is empty or too short (at least {minimum} letters).",
        )
        return (failed(check, seen, remedy, where=evidence.where, key=name),)
    return (
        passed(check, Bilingual("Isinya tertulis.", "It is written out."), where=evidence.where, key=name),
    )
