"""A continuation: what a region adds after the end of another SOP, without copying its steps.

Nothing in it comes from the source, so every part of it has ``basis: extension``. It is a SOP of its own id;
a case follows it only where the policy lists that id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from automation.core.documents import YamlDocument
from automation.core.errors import InvalidProcedure
from automation.core.procedure import refuse_problems
from automation.core.procedure_flow import Problem, unknown
from automation.core.procedure_model import (
    Branch,
    Document,
    Erratum,
    HostingRule,
    Key,
    Name,
    Phase,
    Procedure,
    Role,
    Step,
    Strict,
    Text,
    Version,
    Words,
)
from automation.core.procedure_rules import problems_of
from automation.core.text import Bilingual
from automation.core.yamltext import load_mapping, load_model


class Continuation(Strict):
    """The file: as a :class:`Procedure`, with only what is added to the SOP that it continues.

    ``continues_version`` names the version of that SOP; the newest when None. An older version of a
    continuation needs it as soon as its SOP has a newer one: its cases are bound to the steps of both.
    """

    format: Literal["laik/sop-lanjutan/1"]
    id: Key
    version: Version
    continues: Key
    continues_version: Version | None = None
    title: Words
    roles: tuple[Role, ...] = ()
    phases: tuple[Phase, ...] = ()
    documents: Mapping[Name, Document] = Field(default_factory=dict)
    steps: tuple[Step, ...] = Field(min_length=1)
    hosting: HostingRule | None = None
    errata: tuple[Erratum, ...] = ()
    open_questions: tuple[Text, ...] = ()

    @property
    def base(self) -> str:
        """The name of the SOP that it continues among those that it may: ``<id>`` or ``<id>@<version>``."""
        return f"{self.continues}@{self.continues_version}" if self.continues_version else self.continues


def load_continuation(
    text: str | bytes, *, path: str, checks: frozenset[str], bases: Mapping[str, Procedure]
) -> Procedure:
    """A continuation file as the whole SOP it makes: the base's steps, then its own.

    Args:
        text: the YAML.
        path: the name that errors give.
        checks: ids of the checks that exist.
        bases: the SOPs it may continue, the newest by id and each version by ``<id>@<version>``.

    Raises:
        UnreadableDocument: broken YAML.
        InvalidProcedure: schema broken, the base is not there, or a part does not fit to it.
    """
    return continuation_of(load_mapping(text, path=path), checks=checks, bases=bases)[0]


def continuation_of(
    document: YamlDocument, *, checks: frozenset[str], bases: Mapping[str, Procedure]
) -> tuple[Procedure, Procedure]:
    """A continuation file that was read: the whole SOP, and its base; see :func:`load_continuation`."""
    more = load_model(document, Continuation, InvalidProcedure)
    base = bases.get(more.base)
    if base is None:
        refuse_problems(document, [unknown("continues", "SOP", "SOP", more.base, bases)])
        raise AssertionError("an unknown base was refused")
    refuse_problems(document, [*_clashes(base, more), *_claims_of_the_source(more)])
    whole = continued(base, more)
    found = list(problems_of(whole, checks))
    refuse_problems(document, [in_continuation(base, one) or ("continues", one[1]) for one in found])
    return whole, base


def continued(base: Procedure, more: Continuation) -> Procedure:
    """The whole SOP: where the base ends, the continuation begins."""
    first = more.steps[0].key
    return Procedure(
        format=base.format,
        id=more.id,
        version=more.version,
        title=more.title,
        identity=base.identity,
        roles=(*base.roles, *more.roles),
        phases=(*base.phases, *more.phases),
        documents={**base.documents, **more.documents},
        steps=(*(_led_on(step, first) for step in base.steps), *more.steps),
        hosting=more.hosting or base.hosting,
        errata=(*base.errata, *more.errata),
        open_questions=(*base.open_questions, *more.open_questions),
        continues=base.id,
        request=base.request,
        missing_columns=base.missing_columns,
    )


def _led_on(step: Step, first: str) -> Step:
    """The base's end leads on to ``first``; a case that stands still there has not come to its end."""
    if step.suspends or step.next is not None:
        return step
    branches = tuple(_on_to(branch, first) for branch in step.flow.branches)
    kind = "linear" if step.flow.kind == "terminal" else step.flow.kind
    return step.model_copy(update={"flow": step.flow.model_copy(update={"kind": kind, "branches": branches})})


def _on_to(branch: Branch, first: str) -> Branch:
    if branch.on != "completed":
        return branch
    return branch.model_copy(update={"to": first, "basis": "extension", "confidence": None})


def _clashes(base: Procedure, more: Continuation) -> Iterator[Problem]:
    """What the base declares stays as it is: a continuation adds, and changes nothing of the source."""
    for name in more.documents:
        if name in base.documents:
            yield (
                f"documents.{name}",
                Bilingual(
                    f"Dokumen '{name}' sudah dideklarasikan SOP '{base.id}'.",
                    f"The document '{name}' is declared by the SOP '{base.id}' already.",
                ),
            )


def _claims_of_the_source(more: Continuation) -> Iterator[Problem]:
    for index, step in enumerate(more.steps):
        bases = {
            "actors": [one.basis for one in (*step.actors.responsible, *step.actors.involved)],
            "precondition": [one.basis for one in step.precondition],
            "inputs": [one.basis for one in step.inputs],
            "outputs": [one.basis for one in step.outputs],
            "flow.branches": [one.basis for one in step.flow.branches],
        }
        for part, found in bases.items():
            if set(found) - {"extension"}:
                yield (
                    f"steps.{index}.{part}",
                    Bilingual(
                        "Semua bagian lanjutan harus 'basis: extension'; ia bukan isi sumber.",
                        "Every part of a continuation must be 'basis: extension'; it is not of the source.",
                    ),
                )


def in_continuation(base: Procedure, problem: Problem) -> Problem | None:
    """The problem of the whole SOP at its place in the continuation's file; None where it is the base's."""
    place, said = problem
    group, _, rest = place.partition(".")
    name, dot, below = rest.partition(".")
    before = {"steps": len(base.steps), "roles": len(base.roles), "phases": len(base.phases)}
    if group in before and name.isdigit():
        own = int(name) - before[group]
        return (f"{group}.{own}{dot}{below}", said) if own >= 0 else None
    if group in {"identity", "missing_columns"} or (group == "documents" and name in base.documents):
        return None
    return problem
