"""Remarks on a sound SOP: what its region should still fill in or confirm. None of them stops a case."""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.procedure import Actor, Branch, Input, Output, Procedure, Step
from automation.core.text import Bilingual


def remarks(procedure: Procedure) -> tuple[Bilingual, ...]:
    """Blank header cells (PermenPAN-RB 35/2012), steps without a duration, and readings to confirm."""
    return (*_blank_cells(procedure), *_blank_durations(procedure), *_readings(procedure))


def _blank_cells(procedure: Procedure) -> Iterator[Bilingual]:
    identity = procedure.identity
    cells = {
        "nomor SOP": (identity.number, "SOP number"),
        "tanggal pembuatan": (identity.created_on, "date of creation"),
        "tanggal efektif": (identity.effective_on, "effective date"),
        "pencatatan dan pendataan": (identity.records, "records kept"),
    }
    blank = [(name, english) for name, (value, english) in cells.items() if not value]
    if blank:
        yield Bilingual(
            f"Sel kosong pada identitas: {', '.join(name for name, _ in blank)}.",
            f"Blank cells in the identity: {', '.join(english for _, english in blank)}.",
        )


def _blank_durations(procedure: Procedure) -> Iterator[Bilingual]:
    steps = ", ".join(str(step.number) for step in procedure.steps if step.duration.iso is None)
    if steps:
        yield Bilingual(
            f"Tanpa waktu, jadi tanpa tenggat: langkah {steps}.", f"No time, so no deadline: steps {steps}."
        )


def _readings(procedure: Procedure) -> Iterator[Bilingual]:
    steps = [str(step.number) for step in procedure.steps if inferred(step)]
    count = sum(inferred(step) for step in procedure.steps)
    if count:
        listing = ", ".join(steps)
        yield Bilingual(
            f"{count} butir adalah bacaan, bukan isi sumber; konfirmasikan pada langkah {listing}.",
            f"{count} items are readings, not the source's words; confirm them in steps {listing}.",
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
