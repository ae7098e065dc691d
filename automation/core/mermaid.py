"""A SOP as Mermaid text, for pages that draw it (GitLab and GitHub both do).

All words of a SOP are hostile here. Mermaid reads quotes, ``#``, ``<``, backticks, ``%%`` and directives out
of labels, and some renderers let HTML through; so every letter that is not known to be harmless is written
by its number (``#60;``), which Mermaid shows as the letter and reads as nothing else. A label starts with a
word, since one that starts with ``1.`` or ``-`` is read as a Markdown list.
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.flowchart import STANDS, UNSTATED, Chart, Row, chart_of, label_of
from automation.core.procedure_model import Branch, Procedure, Step

LONGEST = 90  # letters of an activity; the SOP itself has the rest
_HARMLESS = frozenset(" .,:/()-")
_SHAPES = {"kapsul": ("([", "])"), "kotak": ("[", "]"), "belah_ketupat": ("{", "}")}


def mermaid_of(procedure: Procedure) -> str:
    """The flowchart; the same text for the same SOP. Dotted is what the source does not state."""
    chart = chart_of(procedure)
    lines = ["flowchart TD", *_nodes(procedure, chart)]
    for step in procedure.steps:
        lines.extend(_ways(procedure, step))
    lines.append("  classDef bacaan stroke-dasharray: 4 3")
    read = [_id(row) for row in chart.rows if all(symbol.inferred for symbol in row.symbols)]
    if read:
        lines.append(f"  class {','.join(read)} bacaan")
    return "\n".join(lines) + "\n"


def _nodes(procedure: Procedure, chart: Chart) -> Iterator[str]:
    for row, step in zip(chart.rows, procedure.steps, strict=True):
        actors = ", ".join(chart.lanes[symbol.lane].label for symbol in row.symbols)
        opening, closing = _SHAPES[row.symbols[0].kind]
        label = f"Langkah {row.number}: {safe(_short(step.activity.id))}<br/>{safe(actors)}"
        yield f'  {_id(row)}{opening}"{label}"{closing}'
    if any(row.tail == STANDS for row in chart.rows):
        yield f'  ditangguhkan(["{STANDS}"])'
    yield '  selesai(["Selesai"])'


def _ways(procedure: Procedure, step: Step) -> Iterator[str]:
    number = {one.key: one.number for one in procedure.steps}
    for branch in step.flow.branches:
        target = "ditangguhkan" if step.suspends else "selesai"
        if branch.to is not None:
            target = f"langkah{number[branch.to]}"
        line = "-.->" if branch.basis in UNSTATED else "-->"
        label = _told(step, branch)
        yield f"  langkah{step.number} {line}{label} {target}"


def _told(step: Step, branch: Branch) -> str:
    words = label_of(step, branch)
    parts = [f"{words}: {branch.when}" if words else ""]
    if branch.on == "completed" and step.flow.wait is not None:
        parts.append(f"menunggu: {step.flow.wait.text.id}")
    told = safe(_short("; ".join(part for part in parts if part)))
    return f'|"{told}"|' if told else ""


def _id(row: Row) -> str:
    return f"langkah{row.number}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 3].rstrip() + "..."


def safe(text: str) -> str:
    """Letters and digits as they are, the harmless signs too, all else by number."""
    return "".join(
        letter if (letter.isascii() and letter.isalnum()) or letter in _HARMLESS else f"#{ord(letter)};"
        for letter in text
    )
