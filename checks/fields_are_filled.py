"""Every YAML document of the step has the fields that its SOP declares, each filled.

A field below a list is wanted of every item: ``kebutuhan.pengusul`` is filled when each need names who
proposed it.
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.documents import YamlDocument
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import opened, passed
from checks._schema import field_fault
from checks._subjects import WRITER, keyed, named, nothing_named
from checks._values import unwritten

ID = "fields_are_filled"
NEEDS: tuple[str, ...] = ()
POLICY: tuple[str, ...] = ()
MOST = 50  # faults of one field that are worth naming


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """One FAIL for each field that is missing or blank, one PASS for each document without fault."""
    names = named(view, subjects, lambda document: document.kind == "yaml" and bool(document.fields))
    if not names:
        return nothing_named(ID)
    view.need(*(document_id(name) for name in names))
    return tuple(finding for name in names for finding in _judged(view, name))


def _judged(view: EvidenceView, name: str) -> Iterator[Finding]:
    answer = opened(ID, view, name, YamlDocument, who=WRITER)
    if isinstance(answer, Finding):
        yield answer
        return
    evidence, document = answer
    declared = view.documents[name]
    blank = [place for field in declared.fields for place in list(unwritten(document.data, field))[:MOST]]
    yield from (keyed(name, _fault(document, place)) for place in blank)
    if not blank:
        count = len(declared.fields)
        seen = Bilingual(f"{declared.name}: {count} isian terisi.", f"{declared.en}: {count} fields filled.")
        yield passed(ID, seen, where=evidence.where, key=name)


def _fault(document: YamlDocument, place: str) -> Finding:
    return field_fault(
        ID,
        document,
        place,
        Bilingual(f"'{place}' belum diisi.", f"'{place}' is not filled in."),
        Bilingual(f"{WRITER.id} mengisi '{place}'.", f"Fill in '{place}'; to be done by {WRITER.en}."),
    )
