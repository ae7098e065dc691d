"""Needs and requirements: the numbered needs of the identification, and the register they lead to.

Requirement ids flow into the UAT and the review, so that what was asked for and what was built can be held
against each other (the warning of the Muara Enim SOP).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from automation.core.documents import MarkdownDocument
from automation.core.evidence import EvidenceView
from automation.core.finding import Finding, worst
from automation.core.text import Bilingual
from checks._common import find_section
from checks._reading import Form, read_form
from checks._schema import Model, Strict, Written
from checks._subjects import WRITER
from checks._uat import RequirementId

ENOUGH = 10
"""Letters and digits of a need, a requirement or a reason at least: a word, not a dash."""

IDENTIFICATION = "identifikasi_kebutuhan"
REGISTER = "register_kebutuhan"
NEEDS_SECTION = ("Butir Kebutuhan", "Kebutuhan", "Daftar Kebutuhan")

NEED_ID = re.compile(r"^IDN-[0-9]{2,4}\b")


class Requirement(Strict):
    """One thing that the application must do or be.

    ``sumber`` are the needs it comes from (``IDN-01``), or in words what else asks for it (a regulation).
    """

    id: RequirementId
    uraian: Written
    jenis: Literal["fungsional", "nonfungsional"]
    prioritas: Literal["wajib", "penting", "tambahan"]
    sumber: tuple[Written, ...] = Field(min_length=1, max_length=50)
    kriteria_terima: Written

    @property
    def compulsory(self) -> bool:
        """Whether the application is not acceptable without it."""
        return self.prioritas == "wajib"


class Register(Strict):
    """``kebutuhan/kebutuhan.yaml``."""

    format: Literal["laik/kebutuhan/1"]
    kebutuhan: tuple[Requirement, ...] = Field(min_length=1, max_length=1000)


@dataclass(frozen=True, slots=True)
class Need:
    """One numbered need of the identification, with what is written about it."""

    id: str
    text: str


def needs_of(document: MarkdownDocument) -> tuple[Need, ...]:
    """The needs under "Butir Kebutuhan", in order; a line that starts with ``IDN-01`` opens one."""
    section = find_section(document, NEEDS_SECTION)
    found: list[Need] = []
    for line in section.text.splitlines() if section else ():
        started = NEED_ID.match(line.strip())
        if started:
            found.append(Need(started[0], line.strip()[started.end() :]))
        elif found:
            found[-1] = Need(found[-1].id, f"{found[-1].text} {line.strip()}")
    return tuple(found)


def read(check: str, view: EvidenceView, name: str, model: type[Model]) -> Form[Model] | tuple[Finding, ...]:
    """A YAML document as a ``model``, or the findings that say why it cannot be judged."""
    return read_form(check, view, name, model, who=WRITER)


def read_register(check: str, view: EvidenceView) -> Form[Register] | tuple[Finding, ...]:
    """The register, or one finding: what is wrong in it is told once, by ``requirements_are_traceable``."""
    register = read(check, view, REGISTER, Register)
    if not isinstance(register, tuple) or len(register) == 1:
        return register
    seen = Bilingual("Register kebutuhan belum sah.", "The register of requirements is not sound yet.")
    remedy = Bilingual(
        f"{WRITER.id} memperbaikinya; butirnya disebut oleh requirements_are_traceable.",
        f"Mend it ({WRITER.en}); requirements_are_traceable names each item.",
    )
    return (Finding(check, worst(register), seen, remedy, register[0].where, REGISTER),)


def doubles(names: Iterable[str]) -> frozenset[str]:
    """Those that stand more than once."""
    return frozenset(name for name, times in Counter(names).items() if times > 1)
