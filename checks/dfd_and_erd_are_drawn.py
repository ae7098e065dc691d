"""The design folder holds a data flow diagram and an entity relation diagram.

A file counts by a word of its name (``dfd``, ``erd``) and by its content; whether the design is right is
for people to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from automation.core.documents import FileFact, FolderDocument
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import failed, opened, verdict
from checks._material import PICTURES
from checks._subjects import WRITER

ID = "dfd_and_erd_are_drawn"
DOCUMENT = "dfd_erd"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()

DIAGRAMS = {
    "dfd": Bilingual("Data flow diagram (DFD)", "The data flow diagram (DFD)"),
    "erd": Bilingual("Entity relation diagram (ERD)", "The entity relation diagram (ERD)"),
}
_DRAWN = PICTURES | {"pdf", "office"}
_WRITTEN = (".md", ".markdown", ".mmd", ".mermaid", ".dbml", ".puml", ".plantuml")


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each of the two diagrams that no file of the folder holds."""
    answer = opened(ID, view, DOCUMENT, FolderDocument, who=WRITER)
    if isinstance(answer, Finding):
        return (answer,)
    evidence, folder = answer
    seen = Bilingual("DFD dan ERD ada.", "DFD and ERD are there.")
    return verdict(ID, _missing(folder), seen, where=evidence.where)


def _missing(folder: FolderDocument) -> Iterator[Finding]:
    drawn = {word for fact in folder.files if _is_drawing(fact) for word in _words(folder, fact)}
    for word, title in DIAGRAMS.items():
        if word not in drawn:
            yield failed(
                ID,
                Bilingual(
                    f"{title.id} tidak ada di {folder.path}.", f"{title.en} is missing in {folder.path}."
                ),
                Bilingual(
                    f"{WRITER.id} menambahkan {folder.path}{word}.svg (atau PNG, PDF, Mermaid, DBML).",
                    f"Add {folder.path}{word}.svg (or PNG, PDF, Mermaid, DBML); to be done by {WRITER.en}.",
                ),
                key=word,
            )


def _words(folder: FolderDocument, fact: FileFact) -> frozenset[str]:
    inside = fact.path.removeprefix(folder.path).casefold()
    return frozenset(re.split(r"[^a-z]+", inside))


def _is_drawing(fact: FileFact) -> bool:
    name = fact.path.rpartition("/")[2].casefold()
    if not fact.size or name.startswith((".", "readme")):
        return False
    return fact.media in _DRAWN or (fact.media == "text" and name.endswith(_WRITTEN))
