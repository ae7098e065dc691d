"""Remarks on a sound SOP: what its region should look at, fill in or confirm. None of them stops a case.

What makes a SOP unsound is refused before (:mod:`automation.core.procedure_rules`); here is what only people
can settle: cells that the source leaves blank, slips it was printed with, and readings of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from automation.core.authority import read_deciders, stand_ins
from automation.core.procedure import Actor, Branch, Input, Output, Procedure, Step
from automation.core.procedure_flow import Problem
from automation.core.procedure_model import Column
from automation.core.readings import is_added
from automation.core.regions import foreign_regions
from automation.core.text import Bilingual


def remarks(procedure: Procedure) -> tuple[Problem, ...]:
    """Everything worth a look, each with the dotted path of its place in the file."""
    return (
        *_blank_identity(procedure),
        *_blank_related(procedure),
        *_bare_months(procedure),
        *_repeated_numbers(procedure),
        *_blank_standards(procedure),
        *foreign_regions(procedure),
        *_lapse_traps(procedure),
        *_unreached_states(procedure),
        *_unused(procedure),
        *_one_way_decisions(procedure),
        *_uninvited_deciders(procedure),
        *_unquestioned(procedure),
        *_readings(procedure),
    )


def _blank_identity(procedure: Procedure) -> Iterator[Problem]:
    """Blank cells of the identity part (PermenPAN-RB 35/2012)."""
    identity = procedure.identity
    cells = {
        "number": ("nomor SOP", "SOP number", identity.number),
        "created_on": ("tanggal pembuatan", "date of creation", identity.created_on),
        "effective_on": ("tanggal efektif", "effective date", identity.effective_on),
        "legal_basis": ("dasar hukum", "legal basis", identity.legal_basis),
        "qualifications": ("kualifikasi pelaksana", "qualifications", identity.qualifications),
        "related": ("keterkaitan", "related SOPs", identity.related),
        "equipment": ("peralatan", "equipment", identity.equipment),
        "warnings": ("peringatan", "warnings", identity.warnings),
        "records": ("pencatatan dan pendataan", "records kept", identity.records),
    }
    for key, (name, english, value) in cells.items():
        if not value:
            yield (
                f"identity.{key}",
                Bilingual(
                    f"Sel {name} kosong; isi sebelum SOP disahkan lagi.",
                    f"The cell '{english}' is blank; fill it in before the SOP is legalised again.",
                ),
            )


def _blank_related(procedure: Procedure) -> Iterator[Problem]:
    for at, entry in enumerate(procedure.identity.related):
        if entry is None:
            yield (
                f"identity.related.{at}",
                Bilingual(
                    f"Butir {at + 1} keterkaitan kosong; isi atau hapus.",
                    f"Entry {at + 1} of the related SOPs is blank; fill it in or take it out.",
                ),
            )


def _bare_months(procedure: Procedure) -> Iterator[Problem]:
    """Dates of which the source gives the month alone: no day that a SOP comes into force on."""
    identity = procedure.identity
    dates = {
        "created_on": ("Tanggal pembuatan", "The date of creation", identity.created_on),
        "revised_on": ("Tanggal revisi", "The date of revision", identity.revised_on),
        "effective_on": ("Tanggal efektif", "The effective date", identity.effective_on),
    }
    for key, (name, english, value) in dates.items():
        if isinstance(value, str):
            yield (
                f"identity.{key}",
                Bilingual(
                    f"{name} hanya menyebut bulan ({value}); lengkapi harinya sebelum SOP disahkan lagi.",
                    f"{english} gives the month only ({value}); add the day before it is legalised again.",
                ),
            )


def _repeated_numbers(procedure: Procedure) -> Iterator[Problem]:
    seen: set[int] = set()
    for at, entry in enumerate(procedure.identity.legal_basis):
        place = f"identity.legal_basis.{at}"
        if entry.number in seen:
            yield (
                place,
                Bilingual(
                    f"Nomor {entry.number} pada dasar hukum dipakai lebih dari sekali; nomori ulang.",
                    f"Number {entry.number} of the legal basis is used more than once; number it anew.",
                ),
            )
        seen.add(entry.number)
        if entry.text is None:
            yield (
                place,
                Bilingual(
                    f"Butir {entry.number} dasar hukum kosong; isi atau hapus.",
                    f"Entry {entry.number} of the legal basis is blank; fill it in or take it out.",
                ),
            )


STANDARDS: tuple[tuple[Column, str, str, Callable[[Step], object]], ...] = (
    ("inputs", "kelengkapan", "requirements", lambda step: _filled((*step.precondition, *step.inputs))),
    ("duration", "waktu, jadi tanpa tenggat", "time, so no deadline", lambda step: step.duration.iso),
    ("outputs", "output", "output", lambda step: _filled(step.outputs)),
)
"""The columns of mutu baku: key, name in both languages, and whether a step's cell is filled."""


def _blank_standards(procedure: Procedure) -> Iterator[Problem]:
    """Cells of mutu baku that the source leaves blank, one remark a column.

    What only the activity's text names (``stated``) fills no cell, and what a region adds has none.
    """
    own = [(at, step) for at, step in enumerate(procedure.steps) if not is_added(step)]
    for key, name, english, filled in STANDARDS:
        blank = [(at, step.number) for at, step in own if not filled(step)]
        if key in procedure.missing_columns:
            yield "missing_columns", _told_missing(Bilingual(name, english))
        elif blank:
            numbers = ", ".join(str(number) for _, number in blank)
            where = Bilingual(f"langkah {numbers}", f"steps {numbers}")
            if len(blank) == len(own):
                where = Bilingual("semua langkah", "all steps")
            yield f"steps.{blank[0][0]}.{key}", _told_blank(Bilingual(name, english), where)


def _told_blank(column: Bilingual, where: Bilingual) -> Bilingual:
    return Bilingual(
        f"Mutu baku kosong pada sumber: {column.id}, {where.id}.",
        f"Blank in the source's quality standard: {column.en}, {where.en}.",
    )


def _told_missing(column: Bilingual) -> Bilingual:
    return Bilingual(
        f"Tabel sumber tidak punya kolom mutu baku: {column.id}; tambahkan sebelum SOP disahkan lagi.",
        f"The source's table has no column of the quality standard: {column.en}; add it before the SOP is"
        " legalised again.",
    )


def _filled(cells: Iterable[Input | Output]) -> bool:
    return any(cell.basis == "source" for cell in cells)


def _lapse_traps(procedure: Procedure) -> Iterator[Problem]:
    """An approval that the SOP's own further course takes away again.

    An approval is bound to what the step judged. When a later step writes into the same document, the earlier
    approval lapses by work that the SOP itself asks for, unless it is bound only until the step was complete.
    """
    for at, step in enumerate(procedure.steps):
        if step.act is None or step.binding.content == "until_closed":
            continue
        for subject in step.judging.subjects:
            later = [
                str(other.number)
                for other in procedure.steps[at + 1 :]
                if any(output.document == subject for output in other.outputs)
            ]
            if later:
                yield f"steps.{at}.judging.subjects", _told_lapse(step, subject, ", ".join(later))


def _told_lapse(step: Step, subject: str, later: str) -> Bilingual:
    return Bilingual(
        f"'{subject}' yang dinilai langkah {step.number} juga dihasilkan langkah {later}: bila isinya berubah"
        f" di sana, persetujuan langkah {step.number} gugur. Bila langkah itu memang mengubahnya, pakai"
        " 'binding: {content: until_closed}' atau berkas tersendiri untuk tiap keadaan.",
        f"'{subject}', judged by step {step.number}, is also given by step {later}: when its content"
        f" changes there, the approval of step {step.number} lapses. If that step does change it, use"
        " 'binding: {content: until_closed}', or a file of its own for each state.",
    )


def _unreached_states(procedure: Procedure) -> Iterator[Problem]:
    outputs = [output for step in procedure.steps for output in step.outputs]
    files = [procedure.documents.get(output.document) for output in outputs]
    given = {(output.document, output.state) for output in outputs}
    given |= {(one.state_of.document, one.state_of.state) for one in files if one and one.state_of}
    for name, document in procedure.documents.items():
        never = [state for state in document.states if (name, state) not in given]
        if never:
            listing = ", ".join(never)
            yield (
                f"documents.{name}.states",
                Bilingual(
                    f"Keadaan '{listing}' dari '{name}' tidak dihasilkan langkah mana pun.",
                    f"No step gives '{name}' the state '{listing}'.",
                ),
            )


def _unused(procedure: Procedure) -> Iterator[Problem]:
    """Roles and documents that are declared and then play no part."""
    roles = set(procedure.hosting.approved_by) if procedure.hosting else set()
    documents = {role.named_by for role in procedure.roles}
    for step in procedure.steps:
        roles |= {actor.role for actor in (*step.actors.responsible, *step.actors.involved)}
        roles |= {*(step.act.by if step.act else ()), *(step.flow.wait.on if step.flow.wait else ())}
        documents |= {*step.judging.subjects, *(output.document for output in step.outputs)}
        documents |= {needed.document for needed in (*step.inputs, *step.precondition)}
    for document in procedure.documents.values():
        roles |= set(document.signed_by)
    for at, role in enumerate(procedure.roles):
        if role.id not in roles:
            yield (
                f"roles.{at}",
                Bilingual(f"Peran '{role.id}' tidak dipakai.", f"Role '{role.id}' is not used."),
            )
    for name in procedure.documents:
        if name not in documents:
            yield (
                f"documents.{name}",
                Bilingual(f"Dokumen '{name}' tidak dipakai.", f"Document '{name}' is not used."),
            )


def _one_way_decisions(procedure: Procedure) -> Iterator[Problem]:
    for at, step in enumerate(procedure.steps):
        if step.flow.kind in {"decision", "loop"} and len(step.flow.branches) < 2:
            yield (
                f"steps.{at}.flow.branches",
                Bilingual(
                    f"Langkah {step.number} adalah keputusan dengan satu cabang saja; tulis cabang lainnya.",
                    f"Step {step.number} is a decision with one branch only; write the other one.",
                ),
            )


def _uninvited_deciders(procedure: Procedure) -> Iterator[Problem]:
    for at, step in enumerate(procedure.steps):
        named = {actor.role for actor in (*step.actors.responsible, *step.actors.involved)}
        for role in step.act.by if step.act else ():
            if role not in named:
                yield (
                    f"steps.{at}.act.by",
                    Bilingual(
                        f"Peran '{role}' memutuskan langkah {step.number} tanpa disebut pada 'actors'.",
                        f"Role '{role}' decides step {step.number} without being named under 'actors'.",
                    ),
                )


def _readings(procedure: Procedure) -> Iterator[Problem]:
    read = [(at, step, inferred(step)) for at, step in enumerate(procedure.steps) if inferred(step)]
    if read:
        count, listing = sum(one[2] for one in read), ", ".join(str(step.number) for _, step, _ in read)
        yield (
            f"steps.{read[0][0]}",
            Bilingual(
                f"{count} butir adalah bacaan, bukan isi sumber; konfirmasikan pada langkah {listing}.",
                f"{count} items are readings, not the source's words; confirm them in steps {listing}.",
            ),
        )


def _unquestioned(procedure: Procedure) -> Iterator[Problem]:
    """A reading of who acts without another candidate holds before a region confirms it."""
    for at, step in enumerate(procedure.steps):
        if read_deciders(step) and not stand_ins(step):
            yield (
                f"steps.{at}.actors.responsible",
                Bilingual(
                    f"Pelaksana langkah {step.number} hanya bacaan dan tanpa kandidat lain, jadi berlaku"
                    " sejak awal; konfirmasikan, atau sebut siapa lagi yang mungkin dimaksud (candidate).",
                    f"Who acts in step {step.number} is only a reading, with no other candidate, so it holds"
                    " from the start; confirm it, or name who else may be meant (candidate).",
                ),
            )


def inferred(step: Step) -> int:
    """How many actors, inputs, outputs and branches of a step the source does not state."""
    marked: tuple[Actor | Input | Output | Branch, ...] = (
        *step.actors.responsible,
        *step.actors.involved,
        *step.precondition,
        *step.inputs,
        *step.outputs,
        *step.flow.branches,
    )
    return sum(one.basis == "inferred" for one in marked)
