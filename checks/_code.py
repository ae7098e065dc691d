"""Documents that speak of one state of the code: the candidate it is compared with, and what differs.

They name the code digest (the tree without ``dokumen/``), because a result cannot stand inside the commit
that it names.
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.documents import CodeSnapshot, YamlDocument
from automation.core.evidence import CODE, Evidence, State
from automation.core.finding import Finding, Outcome
from automation.core.text import Bilingual
from checks._common import BUILDER, unknown
from checks._schema import field_fault


def candidate(check: str, code: Evidence) -> CodeSnapshot | Finding:
    """The code there is now, or the finding that says why nothing can be compared."""
    if code.state is State.PRESENT and isinstance(code.value, CodeSnapshot):
        return code.value
    if code.state is State.ABSENT:
        seen = Bilingual("Kode aplikasi belum ada.", "There is no application code yet.")
        remedy = Bilingual(
            f"{BUILDER.id} mendorong kode ke repositori aplikasi.",
            f"Push the code to the application's repository; to be done by {BUILDER.en}.",
        )
        return Finding(check, Outcome.PENDING, seen, remedy, code.where, CODE)
    seen = Bilingual("Kode aplikasi tidak dapat dibaca.", "The application's code could not be read.")
    return unknown(check, seen, where=code.where, key=CODE)


def other_code(
    check: str, document: YamlDocument, named: str, code: CodeSnapshot, *, work: Bilingual, remedy: Bilingual
) -> Iterator[Finding]:
    """A FAIL at ``digest_kode`` when the document speaks of other code.

    Args:
        check: the check's id.
        document: the document, for the place.
        named: the digest it names, whole or at least its first 32 digits.
        code: the candidate.
        work: what was done to the code that it names: "UAT menguji", "The UAT tested".
        remedy: what to do; the line to write is added.
    """
    if code.code_digest.startswith(named):
        return
    short = code.code_digest[:12]
    yield field_fault(
        check,
        document,
        "digest_kode",
        Bilingual(
            f"{work.id} kode {named[:12]}, calon rilis {short}.",
            f"{work.en} {named[:12]}, the candidate is {short}.",
        ),
        Bilingual(
            f'{remedy.id} digest_kode: "{code.code_digest}".',
            f'{remedy.en} digest_kode: "{code.code_digest}".',
        ),
    )
