"""As many programmers are appointed as the plan asks for (Muara Enim Mandiri, steps 5 and 6)."""

from __future__ import annotations

from automation.core.documents import YamlDocument
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import opened, passed, verdict
from checks._programmers import PLANNED, Programmers
from checks._requirements import read
from checks._schema import field_fault
from checks._subjects import WRITER

ID = "programmers_are_as_planned"
APPOINTED = "penunjukan_programmer"
NEEDS = (document_id(PLANNED), document_id(APPOINTED))
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL when another number of different accounts is appointed than planned."""
    view.need(*NEEDS)
    planned = read(ID, view, PLANNED, Programmers)
    appointed = opened(ID, view, APPOINTED, YamlDocument, who=WRITER)
    if isinstance(planned, tuple) or isinstance(appointed, Finding):
        first = planned if isinstance(planned, tuple) else ()
        second = (appointed,) if isinstance(appointed, Finding) else ()
        return verdict(ID, (*first, *second), Bilingual("", ""))
    evidence, document = appointed
    count, wanted = _accounts(document), planned.value.jumlah
    if count == wanted:
        seen = Bilingual(
            f"{count} programmer ditunjuk, sesuai rencana.", f"{count} programmers are appointed, as planned."
        )
        return (passed(ID, seen, where=evidence.where, key=APPOINTED),)
    return (_mismatch(document, count, wanted),)


def _accounts(document: YamlDocument) -> int:
    """How many different accounts; one named twice is one programmer."""
    listed = document.data.get("akun")
    names = listed if isinstance(listed, list) else []
    return len({name.casefold() for name in names if isinstance(name, str)})


def _mismatch(document: YamlDocument, count: int, wanted: int) -> Finding:
    return field_fault(
        ID,
        document,
        "akun",
        Bilingual(
            f"{count} programmer ditunjuk, rencana meminta {wanted}.",
            f"{count} programmers are appointed, the plan asks for {wanted}.",
        ),
        Bilingual(
            f"{WRITER.id} menunjuk {wanted} programmer, atau memperbaiki usulan pada rencana lebih dahulu.",
            f"Appoint {wanted} programmers, or change the plan first; to be done by {WRITER.en}.",
        ),
    )
