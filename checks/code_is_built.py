"""The application has code of its own, beyond the scaffold its repository was made with.

Whether it does what was agreed is judged where it is presented, tested and compared; here an untouched
scaffold, new documents or a changed README are told apart from an application.
"""

from __future__ import annotations

from automation.core.documents import CodeSnapshot, FileFact
from automation.core.evidence import CODE, EvidenceView, State
from automation.core.finding import Finding, Outcome
from automation.core.text import Bilingual
from checks._common import BUILDER, failed, passed, unknown

ID = "code_is_built"
NEEDS = (CODE,)
POLICY: tuple[str, ...] = ()

_NOTES = (".md", ".markdown", ".txt", ".rst", ".lock", ".gitkeep")
_REMEDY = Bilingual(
    f"{BUILDER.id} mendorong kode aplikasi ke cabang utama repositori aplikasi.",
    f"Push the application's code to the default branch of its repository; to be done by {BUILDER.en}.",
)


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """PASS when a file of code was added or changed since the scaffold; PENDING until then."""
    code = view.get(CODE)
    if code.state is State.ABSENT:
        seen = Bilingual("Kode aplikasi belum ada.", "There is no application code yet.")
        return (Finding(ID, Outcome.PENDING, seen, _REMEDY, code.where, CODE),)
    if code.state is not State.PRESENT or not isinstance(code.value, CodeSnapshot):
        seen = Bilingual("Kode aplikasi tidak dapat dibaca.", "The application's code could not be read.")
        return (unknown(ID, seen, where=code.where, key=CODE),)
    written = [fact for fact in code.value.own if _is_code(fact)]
    short = code.value.commit[:12]
    if not written:
        seen = Bilingual(
            f"Commit {short} belum memuat kode selain kerangka dari templat.",
            f"The commit {short} holds no code beyond the template's scaffold.",
        )
        return (failed(ID, seen, _REMEDY, where=code.where, key=CODE),)
    seen = Bilingual(
        f"{len(written)} berkas kode ditulis sejak kerangka (commit {short}).",
        f"{len(written)} files of code were written since the scaffold (commit {short}).",
    )
    return (passed(ID, seen, where=code.where, key=CODE),)


def _is_code(fact: FileFact) -> bool:
    """Not laik's records, settings of the forge, hidden files or notes."""
    path = fact.path.casefold()
    return fact.size > 0 and not path.startswith(".") and not path.endswith(_NOTES) and "/." not in path
