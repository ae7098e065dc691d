"""A procedure: one SOP as data, loaded strictly.

The records are in :mod:`automation.core.procedure_model`, the rules between their parts in
:mod:`automation.core.procedure_rules`; both are reached through this module.
"""

from __future__ import annotations

from collections.abc import Sequence

from automation.core.documents import YamlDocument
from automation.core.errors import InvalidProcedure, told_together
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
    Month,
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
from automation.core.yamltext import load_mapping, load_model, placed

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
    "Month",
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
    "procedure_of",
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
        InvalidProcedure: as :func:`procedure_of` says.
    """
    return procedure_of(load_mapping(text, path=path), checks=checks)


def procedure_of(document: YamlDocument, *, checks: frozenset[str]) -> Procedure:
    """A SOP file that was read, as a :class:`Procedure`; see :func:`load_procedure`.

    Raises:
        InvalidProcedure: schema broken, a name not declared, or a way that leads nowhere or round a gate.
    """
    procedure = load_model(document, Procedure, InvalidProcedure)
    refuse_problems(document, list(problems_of(procedure, checks)))
    return procedure


def refuse_problems(document: YamlDocument, problems: Sequence[Problem]) -> None:
    """Refuse a SOP file with everything that is wrong in it, each with its place.

    Raises:
        InvalidProcedure: there is any problem.
    """
    if not problems:
        return
    faults = placed(document, problems)
    raise InvalidProcedure(
        told_together(faults),
        remedy=Bilingual(
            "Perbaiki berkas SOP; kasus yang berjalan tetap pada versi lamanya.",
            "Mend the SOP file; running cases stay on their version.",
        ),
        where=placed(document, problems[:1])[0].where,  # of what was found first; the rest may follow from it
        faults=faults,
    )
