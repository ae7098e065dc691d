"""The records of a procedure: one SOP as data.

The words follow PermenPAN-RB 35/2012 (identity, mutu baku, keterangan) and the source SOPs. Everything
that the source does not state carries ``basis: inferred``, so that a region can tell its own SOP from
our reading of it. A step's ``key`` is stable; its ``number`` is for display only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from automation.core.text import Bilingual

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Basis = Literal["stated", "column", "source", "inferred"]
Confidence = Literal["high", "medium", "low"]
Home = Literal["berkas", "aplikasi", "rahasia"]
DocumentKind = Literal["letter", "markdown", "yaml", "csv", "folder", "sarif"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Words(_Strict):
    """The same text in Indonesian and English."""

    id: Text
    en: Text

    def bilingual(self) -> Bilingual:
        """As the value that messages use."""
        return Bilingual(self.id, self.en)


class Role(_Strict):
    """Someone who acts: ``column`` tells whether the source's table has a column for them."""

    id: Name
    label: Text
    en: Text
    archetype: Name
    scope: Literal["dinas", "perangkat_daerah", "kasus"] = "dinas"
    column: bool = False


class Document(_Strict):
    """A document of the SOP and where laik keeps it.

    ``home`` is the repository: ``berkas`` (case file, never the builder's), ``aplikasi`` (the builder's
    repository) or ``rahasia`` (office only). ``path`` is relative to the case file or repository; a
    folder ends with ``/``. A letter's sidecar is ``<path without ending>.naskah.yaml``.
    """

    name: Text
    en: Text
    kind: DocumentKind
    home: Home
    path: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9./_-]*$", max_length=200)]
    signed_by: tuple[Name, ...] = ()
    states: tuple[Name, ...] = ()


class Actor(_Strict):
    """A role's part in a step, and whether the source says so."""

    role: Name
    basis: Basis
    confidence: Confidence | None = None
    part: Text | None = None


class Actors(_Strict):
    """Who carries a step out, and who else has a part."""

    responsible: tuple[Actor, ...] = Field(min_length=1)
    involved: tuple[Actor, ...] = ()
    note: Text | None = None


class Activity(_Strict):
    """What is done: the source's own words, and both languages."""

    verbatim: Text
    id: Text
    en: Text


class Input(_Strict):
    """Kelengkapan: something a step needs before it starts."""

    text: Text
    basis: Basis
    confidence: Confidence | None = None
    document: Name | None = None
    state: Name | None = None


class Duration(_Strict):
    """Waktu: the source's words and ISO 8601; both None where the source is blank (never invented)."""

    raw: Text | None
    iso: Annotated[str, StringConstraints(pattern=r"^P(\d+D)?(T(\d+H)?(\d+M)?)?$")] | None
    iso_max: Annotated[str, StringConstraints(pattern=r"^P(\d+D)?(T(\d+H)?(\d+M)?)?$")] | None = None


class Output(_Strict):
    """A document, in one of its states, that a step gives."""

    document: Name
    state: Name | None = None
    raw: Text | None = None
    basis: Basis


class Branch(_Strict):
    """One way out of a decision. ``on`` is the outcome of the step that takes it."""

    when: Text
    on: Literal["completed", "refused"]
    to: Key | None
    basis: Basis
    confidence: Confidence | None = None


class Wait(_Strict):
    """A wait after the step that the source does not count as a step; the clock stops."""

    key: Name
    text: Words


class Flow(_Strict):
    """Keterangan and the arrows of the flowchart."""

    kind: Literal["linear", "decision", "loop", "terminal"]
    question: Text | None = None
    branches: tuple[Branch, ...] = Field(min_length=1)
    wait: Wait | None = None
    note: Text | None = None


class HumanAct(_Strict):
    """The act that completes a step: ``@laik <verb> <about> <code>`` by one holding a role of ``by``.

    ``refuse`` is the verb that sends the case back along the ``refused`` branch; it carries a reason.
    """

    verb: Name
    about: Key
    by: tuple[Name, ...] = Field(min_length=1)
    refuse: Name | None = None


class Judging(_Strict):
    """What the step looks at: ``subjects`` are evidence words its digest covers, ``checks`` their checks.

    A subject is a document id of this procedure, or ``form``, ``code``, ``scan``, ``hosting``.
    """

    subjects: tuple[Name, ...] = Field(min_length=1)
    checks: tuple[Name, ...] = ()


class Step(_Strict):
    """One step of the SOP."""

    key: Key
    number: int = Field(ge=1, le=99)
    phase: Name
    gate: Name
    activity: Activity
    actors: Actors
    precondition: tuple[Input, ...] = ()
    inputs: tuple[Input, ...] = ()
    duration: Duration
    outputs: tuple[Output, ...] = ()
    flow: Flow
    judging: Judging
    completion: Literal["auto", "human_gate"]
    act: HumanAct | None = None
    provisions: Literal["application"] | None = None
    notes: tuple[Text, ...] = ()

    @property
    def next(self) -> str | None:
        """The key of the step after completion; None at the end."""
        return next((branch.to for branch in self.flow.branches if branch.on == "completed"), None)

    @property
    def back(self) -> str | None:
        """The key of the step a refusal goes back to; None when the step cannot be refused."""
        return next((branch.to for branch in self.flow.branches if branch.on == "refused"), None)


class Phase(_Strict):
    """A label over steps, for boards and milestones; never a gate."""

    key: Name
    label: Text
    en: Text


class HostingRule(_Strict):
    """When a hosting request of this SOP may be merged, and the step its read-back completes.

    All steps of ``after`` must be complete and the human act of ``completes`` (the disposition) given;
    ``completes`` itself closes only when the served name was read back.
    """

    after: tuple[Key, ...] = Field(min_length=1)
    completes: Key
    approved_by: tuple[Name, ...] = Field(min_length=1)


class LegalBasis(_Strict):
    """One printed entry of Dasar Hukum; ``number`` as printed, ``text`` None where the cell is blank."""

    number: int
    text: Text | None


class Identity(_Strict):
    """The SOP's identity part (PermenPAN-RB 35/2012), blank cells as None."""

    government: Text
    agency: Text
    timezone: Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
    number: Text | None
    created_on: date | None
    revised_on: date | None
    effective_on: date | None
    signed: Text | None
    authorised_by: Text
    title: Text
    legal_basis: tuple[LegalBasis, ...]
    qualifications: tuple[Text, ...]
    related: tuple[Text, ...]
    equipment: tuple[Text, ...]
    warnings: tuple[Text, ...]
    records: tuple[Text, ...]


class Erratum(_Strict):
    """A slip of the source: what it prints, and how it is read here."""

    where: Text
    found: Text
    read_as: Text


class Procedure(_Strict):
    """One whole SOP; see the module docstring."""

    format: Literal["laik/sop/1"]
    id: Key
    version: Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d+$")]
    title: Words
    identity: Identity
    roles: tuple[Role, ...]
    phases: tuple[Phase, ...]
    documents: Mapping[Name, Document]
    steps: tuple[Step, ...] = Field(min_length=1)
    hosting: HostingRule | None = None
    errata: tuple[Erratum, ...] = ()
    open_questions: tuple[Text, ...] = ()

    def step(self, key: str) -> Step:
        """The step with this key."""
        return next(step for step in self.steps if step.key == key)

    def gates(self) -> tuple[str, ...]:
        """Gate names in the order of their first step."""
        return tuple(dict.fromkeys(step.gate for step in self.steps))

    def role_ids(self) -> frozenset[str]:
        """All declared roles."""
        return frozenset(role.id for role in self.roles)
