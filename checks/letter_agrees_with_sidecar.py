"""Every letter of the step is a real PDF, and its sidecar describes exactly that file.

Dates are only held to be real days: a check has no clock, so "in the future" is not judged here.
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.documents import Letter, YamlDocument
from automation.core.errors import Where
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.procedure import Document
from automation.core.text import Bilingual
from checks._common import failed, opened, passed, quoted, unknown
from checks._forms import Sidecar
from checks._schema import field_fault, parsed

ID = "letter_agrees_with_sidecar"
NEEDS: tuple[str, ...] = ()
POLICY: tuple[str, ...] = ()

_WHO = Bilingual("Penerbit surat", "whoever issues the letter")


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """Findings for every subject that is a letter; a step without letters cannot be judged by this."""
    names = sorted({name for name in subjects if _is_letter(view, name)})
    if not names:
        seen = Bilingual(
            "Langkah ini tidak menyebut satu surat pun.", "This step does not name a single letter."
        )
        return (unknown(ID, seen),)
    view.need(*(document_id(name) for name in names))
    return tuple(finding for name in names for finding in _letter(view, name))


def _is_letter(view: EvidenceView, name: str) -> bool:
    declared = view.documents.get(name)
    return declared is not None and declared.kind == "letter"


def _letter(view: EvidenceView, name: str) -> tuple[Finding, ...]:
    answer = opened(ID, view, name, Letter, who=_WHO)
    if isinstance(answer, Finding):
        return (answer,)
    letter, declared = answer[1], view.documents[name]
    faults = tuple(_keyed(name, fault) for fault in (*_file(letter), *_sidecar(name, declared, letter)))
    if faults:
        return tuple(sorted(faults, key=lambda fault: (fault.where.file, fault.where.line, fault.key)))
    seen = Bilingual(f"{declared.name}: PDF dan naskahnya sesuai.", f"{declared.en}: PDF and sidecar agree.")
    return (passed(ID, seen, where=Where(file=letter.path), key=name),)


def _keyed(name: str, fault: Finding) -> Finding:
    return Finding(fault.check, fault.outcome, fault.seen, fault.remedy, fault.where, f"{name}.{fault.key}")


def _file(letter: Letter) -> Iterator[Finding]:
    if letter.size == 0:
        seen = Bilingual("Berkas surat kosong (0 bita).", "The letter's file is empty (0 bytes).")
    elif letter.media != "pdf":
        seen = Bilingual(
            f"Isi berkas bukan PDF (terbaca: {letter.media}).",
            f"The file's content is no PDF (read as: {letter.media}).",
        )
    else:
        return
    remedy = Bilingual(
        f"{_WHO.id} mengunggah ulang surat sebagai PDF.",
        f"Upload the letter again as a PDF; to be done by {_WHO.en}.",
    )
    yield failed(ID, seen, remedy, where=Where(file=letter.path), key="berkas")


def _sidecar(name: str, declared: Document, letter: Letter) -> Iterator[Finding]:
    document = letter.sidecar
    if document is None:
        beside = f"{letter.path.rpartition('.')[0]}.naskah.yaml"
        yield failed(
            ID,
            Bilingual(f"Naskah {beside} belum ada.", f"The sidecar {beside} is missing."),
            Bilingual(f"{_WHO.id} menambahkan {beside}.", f"Add {beside}; to be done by {_WHO.en}."),
            where=Where(file=beside),
            key="naskah",
        )
        return
    sidecar = parsed(ID, document, Sidecar, who=_WHO)
    if isinstance(sidecar, tuple):
        yield from sidecar
        return
    yield from _disagreements(name, declared, letter, document, sidecar)


def _disagreements(
    name: str, declared: Document, letter: Letter, document: YamlDocument, sidecar: Sidecar
) -> Iterator[Finding]:
    if sidecar.sha256 != letter.sha256:
        yield field_fault(
            ID,
            document,
            "sha256",
            Bilingual(
                f"sha256 naskah {sidecar.sha256[:12]}… bukan sha256 berkas {letter.sha256[:12]}….",
                f"The sidecar's sha256 {sidecar.sha256[:12]}… is not the file's {letter.sha256[:12]}….",
            ),
            Bilingual(
                f"Tulis sha256 PDF yang benar-benar ditandatangani: {letter.sha256}.",
                f"Write the sha256 of the PDF that was really signed: {letter.sha256}.",
            ),
        )
    if sidecar.jenis != name:
        yield field_fault(
            ID,
            document,
            "jenis",
            Bilingual(
                f"jenis {quoted(sidecar.jenis)}, seharusnya '{name}'.",
                f"jenis is {quoted(sidecar.jenis)}, expected '{name}'.",
            ),
            Bilingual(f"Tulis jenis: {name}.", f"Write jenis: {name}."),
        )
    yield from _signatures(declared, document, sidecar)


def _signatures(declared: Document, document: YamlDocument, sidecar: Sidecar) -> Iterator[Finding]:
    """Signed by those in charge and nobody else; by all of them where the SOP wants each signature."""
    if not declared.signed_by:
        return
    allowed = ", ".join(declared.signed_by)
    remedy = Bilingual(
        "Mintakan tanda tangan pejabat yang berwenang.", "Have it signed by the office in charge."
    )
    for place, role in sidecar.signers.items():
        if role not in declared.signed_by:
            wrong = Bilingual(
                f"Ditandatangani {quoted(role)}, seharusnya {allowed}.",
                f"Signed by {quoted(role)}, expected {allowed}.",
            )
            yield field_fault(ID, document, place, wrong, remedy)
    for role in declared.signed_by if declared.signatures == "each" else ():
        if role not in sidecar.signers.values():
            missing = Bilingual(
                f"Tanda tangan {role} belum ada; surat ini ditandatangani {allowed}.",
                f"The signature of {role} is missing; this letter is signed by {allowed}.",
            )
            yield field_fault(ID, document, f"penandatangan_lain.{role}", missing, remedy)
