"""UAT as YAML: scenarios and results, opened together by the three checks that judge them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._reading import Form, read_form
from checks._schema import AccountName, Day, DigestStart, Model, Strict, Written

__all__ = ["NEEDS", "RESULTS", "SCENARIOS", "TESTERS", "Form", "Results", "Scenarios", "read"]

SCENARIOS = "uat_skenario"
RESULTS = "uat_hasil"
TESTERS = Bilingual("Penguji UAT dari pihak pengguna", "the users who test")
NEEDS = (document_id(SCENARIOS), document_id(RESULTS))

RequirementId = Annotated[str, StringConstraints(pattern=r"^KBT-[0-9]{3,4}$")]
ScenarioId = Annotated[str, StringConstraints(pattern=r"^UAT-[0-9]{2,4}$")]


class Scenario(Strict):
    """One thing a user does, and what must come of it; ``kebutuhan`` are the requirements that it tests."""

    id: ScenarioId
    kebutuhan: tuple[RequirementId, ...] = Field(default=(), max_length=100)
    judul: Written
    langkah: tuple[Written, ...] = Field(min_length=1, max_length=100)
    harapan: Written


class Scenarios(Strict):
    """``uat/skenario.yaml``."""

    format: Literal["laik/uat-skenario/1"]
    skenario: tuple[Scenario, ...] = Field(min_length=1, max_length=1000)


class Tester(Strict):
    """A user of the agency who tested."""

    akun: AccountName
    unit: Written


class Result(Strict):
    """What came of one scenario."""

    skenario: ScenarioId
    status: Literal["lulus", "gagal", "lulus_dengan_catatan"]
    catatan: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] | None = None


class Results(Strict):
    """``uat/hasil.yaml``; ``digest_kode`` is the code digest tested, or at least its first 32 digits.

    Fewer than those 128 bits, and code could be shaped until its digest starts like one that was tested.
    """

    format: Literal["laik/uat-hasil/1"]
    digest_kode: DigestStart
    tanggal: Day
    penguji: tuple[Tester, ...] = Field(min_length=1, max_length=100)
    hasil: tuple[Result, ...] = Field(min_length=1, max_length=1000)
    simpulan: Literal["diterima", "diterima_dengan_catatan", "ditolak"]


def read(check: str, view: EvidenceView, name: str, model: type[Model]) -> Form[Model] | tuple[Finding, ...]:
    """One of the two documents, or the findings that say why it cannot be judged."""
    return read_form(check, view, name, model, who=TESTERS)
