"""A YAML document of the case, opened and held against its model in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from automation.core.documents import YamlDocument
from automation.core.errors import Where
from automation.core.evidence import EvidenceView
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import opened
from checks._schema import Model, parsed


@dataclass(frozen=True, slots=True)
class Form(Generic[Model]):
    """A YAML document and the record it makes."""

    document: YamlDocument
    value: Model

    @property
    def where(self) -> Where:
        """The file."""
        return Where(file=self.document.path)


def read_form(
    check: str, view: EvidenceView, name: str, model: type[Model], *, who: Bilingual
) -> Form[Model] | tuple[Finding, ...]:
    """The document ``name`` as a ``model``, or the findings that say why it cannot be judged."""
    answer = opened(check, view, name, YamlDocument, who=who)
    if isinstance(answer, Finding):
        return (answer,)
    value = parsed(check, answer[1], model, who=who)
    return value if isinstance(value, tuple) else Form(answer[1], value)
