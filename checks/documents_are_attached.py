"""Every document that the step names is there and not empty; each missing one is named.

Each document counts for itself: what a SOP lists by name ("antara lain berupa: UAT, penetration testing,
...", Bolmut step 13) is handed in by name, and one file with a promising title does not stand for six.
"""

from __future__ import annotations

from automation.core.documents import CsvDocument, FileFact, FolderDocument, Letter, MarkdownDocument
from automation.core.documents import YamlDocument as Yaml
from automation.core.errors import Where
from automation.core.evidence import Evidence, EvidenceView, State, document_id
from automation.core.finding import Finding
from automation.core.procedure import Document
from automation.core.text import Bilingual
from checks._common import failed, passed, unavailable
from checks._prose import written
from checks._subjects import WRITER, named, nothing_named
from checks._values import is_left_open, says_something

ID = "documents_are_attached"
NEEDS: tuple[str, ...] = ()
POLICY: tuple[str, ...] = ()

_NOTES = (".", "readme", "baca-saya", "bacasaya")
_NO_MATERIAL = frozenset({"blank", "pointer"})


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """One finding a document: PASS, or what is missing; a step without documents is an error."""
    names = named(view, subjects, lambda _: True)
    if not names:
        return nothing_named(ID)
    found = zip(names, view.need(*(document_id(name) for name in names)), strict=True)
    return tuple(_judged(view, name, evidence) for name, evidence in found)


def _judged(view: EvidenceView, name: str, evidence: Evidence) -> Finding:
    if evidence.state is not State.PRESENT:
        return unavailable(ID, view, name, evidence, who=WRITER)
    declared = view.documents[name]
    where = evidence.where if evidence.where.file else Where(file=declared.path)
    if _has_content(evidence.value):
        seen = Bilingual(f"{declared.name} terlampir.", f"{declared.en} is attached.")
        return passed(ID, seen, where=where, key=name)
    return _empty(name, declared, where)


def _empty(name: str, declared: Document, where: Where) -> Finding:
    return failed(
        ID,
        Bilingual(
            f"{declared.name} belum berisi; templat, README dan berkas kosong tidak dihitung.",
            f"{declared.en} holds nothing yet; templates, READMEs and empty files do not count.",
        ),
        Bilingual(f"{WRITER.id} mengisi {where.file}.", f"Fill {where.file}; to be done by {WRITER.en}."),
        where=where,
        key=name,
    )


def _has_content(value: object) -> bool:
    if isinstance(value, FolderDocument):
        return any(_is_material(fact) for fact in value.files)
    if isinstance(value, Letter):
        return value.size > 0
    if isinstance(value, MarkdownDocument):
        return written(value)
    if isinstance(value, Yaml):
        content = {key: part for key, part in value.data.items() if key != "format"}
        return says_something(content) and not is_left_open(content)
    if isinstance(value, CsvDocument):
        return any(says_something(cell) for _, row in value.rows for cell in row.values())
    return value is not None


def _is_material(fact: FileFact) -> bool:
    name = fact.path.rpartition("/")[2].casefold()
    return bool(fact.size) and not name.startswith(_NOTES) and fact.media not in _NO_MATERIAL
