"""A procedure: one SOP as data, loaded strictly.

The records are in :mod:`automation.core.procedure_model`, the rules between their parts in
:mod:`automation.core.procedure_rules`; both are reached through this module.
"""

from __future__ import annotations

from collections.abc import Sequence

from automation.core.documents import YamlDocument
from automation.core.errors import InvalidProcedure, Where
from automation.core.procedure_flow import Problem
from automation.core.procedure_model import (
    Activity,
    Actor,
    Actors,
    Basis,
    Binding,
    Branch,
    Confidence,
    Document,
    DocumentKind,
    Duration,
    Erratum,
    Flow,
    Home,
    HostingRule,
    HumanAct,
    Identity,
    Input,
    Judging,
    Key,
    LegalBasis,
    Name,
    Output,
    Phase,
    Procedure,
    RequestRule,
    Role,
    Step,
    Text,
    Wait,
    Way,
    Words,
)
from automation.core.procedure_rules import RESERVED_SUBJECTS, problems_of
from automation.core.text import Bilingual
from automation.core.yamltext import load_mapping, load_model

__all__ = [
    "RESERVED_SUBJECTS",
    "Activity",
    "Actor",
    "Actors",
    "Basis",
    "Binding",
    "Branch",
    "Confidence",
    "Document",
    "DocumentKind",
    "Duration",
    "Erratum",
    "Flow",
    "Home",
    "HostingRule",
    "HumanAct",
    "Identity",
    "Input",
    "Judging",
    "Key",
    "LegalBasis",
    "Name",
    "Output",
    "Phase",
    "Procedure",
    "RequestRule",
    "Role",
    "Step",
    "Text",
    "Wait",
    "Way",
    "Words",
    "load_procedure",
    "refuse_problems",
]


def load_procedure(text: str | bytes, *, path: str, checks: frozenset[str]) -> Procedure:
    """A SOP file as a :class:`Procedure`; refused whole when anything in it is wrong.

    Args:
        text: the YAML.
        path: the name that errors give.
        checks: ids of the checks that exist.

    Raises:
        UnreadableDocument: broken YAML.
        InvalidProcedure: schema broken, or a part names something that is not declared.
    """
    document = load_mapping(text, path=path)
    procedure = load_model(document, Procedure, InvalidProcedure)
    refuse_problems(document, list(problems_of(procedure, checks)), path)
    return procedure


def refuse_problems(document: YamlDocument, problems: Sequence[Problem], path: str) -> None:
    """Refuse a SOP file with everything that is wrong in it, each with its line.

    Raises:
        InvalidProcedure: there is any problem.
    """
    if not problems:
        return
    line, column = document.mark(problems[0][0])
    named = [(document.mark(place)[0], problem) for place, problem in problems[:20]]
    raise InvalidProcedure(
        Bilingual(
            " ".join(f"[baris {at}] {problem.id}" for at, problem in named),
            " ".join(f"[line {at}] {problem.en}" for at, problem in named),
        ),
        remedy=Bilingual(
            "Perbaiki berkas SOP; kasus yang berjalan tetap pada versi lamanya.",
            "Mend the SOP file; running cases stay on their version.",
        ),
        where=Where(file=path, line=line, column=column),
    )
