"""A SOP's official document as data: the identity page and the table with the flowchart.

The parts and their order are those of PermenPAN-RB 35/2012: identity with legal basis, qualifications,
related SOPs, equipment, warnings and records; then activities, actors and mutu baku (kelengkapan, waktu,
output) with keterangan. Only positions appear, never a person. What the source leaves blank stays blank and
says so; what laik reads into it is a :class:`Cell` with ``inferred``, and is printed so that nobody takes it
for the source. The same holds for a cell of mutu baku that only the activity's text gives: the source's cell
itself is blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from automation.core.flowchart import UNSTATED, Chart, label_of
from automation.core.flowsvg import shown
from automation.core.policy import Organisation
from automation.core.procedure_model import Column, Input, Month, Output, Procedure, Step
from automation.core.readings import is_added
from automation.core.text import indonesian_date, indonesian_month

LONGEST_WORD = 18  # letters that fit into the narrowest column of text
_MARKUP = re.compile(r"</?(?:i|b|u|em|strong)>", re.IGNORECASE)
_SINGLE = re.compile(r"\b(\w)-(?=\w)")
JOIN = "\u2060"  # no line breaks here
BREAK = "\u200b"  # a line may break here, and nothing is printed


@dataclass(frozen=True, slots=True)
class Cell:
    """One paragraph of a cell."""

    text: str
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Widths:
    """Millimetres of the table's columns, from left to right; ``lanes`` are the actors' columns."""

    number: float
    activity: float
    lanes: tuple[float, ...]
    needs: float
    time: float
    output: float
    remark: float


STANDARDS: Mapping[Column, str] = {"inputs": "Kelengkapan", "duration": "Waktu", "outputs": "Output"}
BLANK = Cell("(kosong pada sumber)", inferred=True)


def widths_for(lanes: int, room: float) -> Widths:
    """Columns that fill ``room``: the more actors, the narrower their columns and the activity's.

    A lane is between 11.5 and 24 mm, so that a symbol and the arrows beside it fit; the activity gets the
    rest.
    """
    number, needs, time, output, remark = 8.0, 31.0, 16.0, 29.0, 31.0
    fixed = number + needs + time + output + remark
    if lanes > 7:
        needs, output, remark = 27.0, 26.0, 28.0
        fixed = number + needs + time + output + remark
    lane = min(max((room - fixed - 48.0) / lanes, 11.5), 24.0)
    return Widths(number, room - fixed - lane * lanes, (lane,) * lanes, needs, time, output, remark)


def document_of(procedure: Procedure, chart: Chart, adopted_by: Organisation | None) -> Mapping[str, object]:
    """Everything the document says, as plain values; ``adopted_by`` is whose policy applies it."""
    return {
        "id": procedure.id,
        "versi": procedure.version,
        "judul": breakable(procedure.title.id),
        "identitas": _identity(procedure),
        "bagian": [
            {"judul": title, "isi": [asdict(cell) for cell in cells]} for title, cells in _parts(procedure)
        ],
        "penerap": breakable(f"{adopted_by.instansi}, {adopted_by.pemerintah}") if adopted_by else "",
        "mutu_baku": [
            {"label": label, "inferred": key in procedure.missing_columns} for key, label in STANDARDS.items()
        ],
        "pelaksana": [{"label": breakable(lane.label), "inferred": lane.inferred} for lane in chart.lanes],
        "langkah": [_row(procedure, step) for step in procedure.steps],
    }


def _identity(procedure: Procedure) -> Mapping[str, object]:
    identity = procedure.identity
    cells = {
        "Nomor SOP": _or_blank(identity.number),
        "Tanggal Pembuatan": _date(identity.created_on),
        "Tanggal Revisi": _date(identity.revised_on),
        "Tanggal Efektif": _date(identity.effective_on),
        "Disahkan oleh": _or_blank(identity.authorised_by),
        "Nama SOP": _or_blank(identity.title),
    }
    return {
        "pemerintah": breakable(identity.government),
        "instansi": breakable(identity.agency),
        "tertanda": breakable(identity.signed or ""),
        "sel": [{"nama": name, **asdict(cell)} for name, cell in cells.items()],
    }


def _parts(procedure: Procedure) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
    identity = procedure.identity
    laws = tuple(_numbered(entry.number, entry.text) for entry in identity.legal_basis)
    return (
        ("Dasar Hukum", laws or (BLANK,)),
        ("Kualifikasi Pelaksana", _list(identity.qualifications)),
        ("Keterkaitan", _list(identity.related)),
        ("Peralatan/Perlengkapan", _list(identity.equipment)),
        ("Peringatan", _list(identity.warnings)),
        ("Pencatatan dan Pendataan", _list(identity.records)),
    )


def _list(entries: Sequence[str | None]) -> tuple[Cell, ...]:
    if len(entries) == 1:
        return (_or_blank(entries[0]),)
    return tuple(_numbered(at, entry) for at, entry in enumerate(entries, 1)) or (BLANK,)


def _numbered(number: int, entry: str | None) -> Cell:
    cell = _or_blank(entry)
    return replace(cell, text=f"{number}. {cell.text}")


def _row(procedure: Procedure, step: Step) -> Mapping[str, object]:
    needs = (*step.precondition, *step.inputs)
    return {
        "nomor": str(step.number),
        "uraian": asdict(Cell(breakable(step.activity.id), is_added(step))),
        "kelengkapan": _cells(_need(one) for one in needs),
        "waktu": _cells([Cell(breakable(step.duration.raw))] if step.duration.raw else []),
        "output": _cells(_given(procedure, one) for one in step.outputs),
        "keterangan": _cells(_remarks(procedure, step)),
    }


def _need(needed: Input) -> Cell:
    return Cell(breakable(needed.text), not _of_the_cell(needed))


def _of_the_cell(one: Input | Output) -> bool:
    """Whether it stands in the source's own cell, and not only in the activity's text or in our reading."""
    return one.basis == "source"


def _given(procedure: Procedure, output: Output) -> Cell:
    """In the source's own words where it has some, else by the document's name."""
    if output.raw:
        return Cell(breakable(output.raw), not _of_the_cell(output))
    state = f" ({output.state.replace('_', ' ')})" if output.state else ""
    given = procedure.documents.get(output.document)  # the application itself is no document
    name = given.name if given is not None else "Aplikasi"
    return Cell(breakable(f"{name}{state}"), not _of_the_cell(output))


def _remarks(procedure: Procedure, step: Step) -> Iterable[Cell]:
    """The question of a decision, where its ways lead, and what is waited for after the step."""
    number = {one.key: one.number for one in procedure.steps}
    if step.flow.question:
        yield Cell(breakable(step.flow.question), all(one.basis in UNSTATED for one in step.flow.branches))
    for branch in step.flow.branches:
        word = label_of(step, branch)
        after = "ditangguhkan" if step.suspends else "selesai"
        to = f"ke {number[branch.to]}" if branch.to else after
        if word:
            yield Cell(breakable(f"{word}: {branch.when} ({to})"), branch.basis in UNSTATED)
        elif branch.to is None and branch.basis in UNSTATED:  # that it ends here is no arrow of the source
            yield Cell(breakable(f"{branch.when} ({to})"), inferred=True)
    if step.flow.wait is not None:
        yield Cell(breakable(f"Jeda: {step.flow.wait.text.id}"), inferred=True)


def _cells(cells: Iterable[Cell]) -> list[Mapping[str, object]]:
    """Each said once; a cell without any stays empty."""
    return [asdict(cell) for cell in dict.fromkeys(cells)]


def _or_blank(text: str | None) -> Cell:
    return Cell(breakable(text)) if text else BLANK


def _date(day: date | Month | None) -> Cell:
    """As exactly as the source has it: a day, a month, or nothing."""
    if day is None:
        return BLANK
    return Cell(indonesian_date(day) if isinstance(day, date) else indonesian_month(day))


def breakable(text: str) -> str:
    """Printable text in which no word is wider than a column.

    The markup that a source's cells carry (``<i>``) is left out; ``e-office`` is not torn at its hyphen.
    """
    plain = _SINGLE.sub(rf"\1-{JOIN}", _MARKUP.sub("", shown(text)))
    words = plain.replace("/", f"/{BREAK}").replace("_", f"_{BREAK}").split(" ")
    return " ".join(_broken(word) for word in words)


def _broken(word: str) -> str:
    parts = word.split(BREAK)
    return BREAK.join(
        BREAK.join(part[at : at + LONGEST_WORD] for at in range(0, len(part), LONGEST_WORD)) for part in parts
    )
