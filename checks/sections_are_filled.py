"""Every Markdown document of the step has the sections that its SOP declares, each filled.

A section declared with "(bila ada)" may say "Tidak ada"; one left blank is never the same as none.
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.documents import MarkdownDocument, normalise_title
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import MINIMUM, find_section, has_placeholder, opened, passed
from checks._sections import Required, section_faults
from checks._subjects import WRITER, keyed, named, nothing_named

ID = "sections_are_filled"
NEEDS: tuple[str, ...] = ()
POLICY: tuple[str, ...] = ()

_IF_ANY = "(bila ada)"
_NONE = ("tidak ada", "nihil")


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """One FAIL for each section that is missing or unfilled, one PASS for each document without fault."""
    names = named(view, subjects, lambda document: document.kind == "markdown" and bool(document.sections))
    if not names:
        return nothing_named(ID)
    view.need(*(document_id(name) for name in names))
    return tuple(finding for name in names for finding in _judged(view, name))


def _judged(view: EvidenceView, name: str) -> Iterator[Finding]:
    answer = opened(ID, view, name, MarkdownDocument, who=WRITER)
    if isinstance(answer, Finding):
        yield answer
        return
    evidence, document = answer
    declared = view.documents[name]
    required = [_required(title, document) for title in declared.sections]
    faults = list(section_faults(ID, document, required, who=WRITER))
    yield from (keyed(name, fault) for fault in faults)
    if not faults:
        count = len(required)
        seen = Bilingual(
            f"{declared.name}: {count} bagian terisi.", f"{declared.en}: {count} sections filled."
        )
        yield passed(ID, seen, where=evidence.where, key=name)


def _required(declared: str, document: MarkdownDocument) -> Required:
    title = declared.removesuffix(_IF_ANY).strip()
    section = find_section(document, (title,))
    text = " ".join(section.text.casefold().split()) if section else ""
    none = title != declared and text.startswith(_NONE) and not has_placeholder(text)
    return Required("_".join(normalise_title(title).split()), (title,), 1 if none else MINIMUM)
