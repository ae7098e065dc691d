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
Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A date of which the source gives the month alone, as ``2021-01``."""
Version = Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d+$")]
Basis = Literal["stated", "column", "source", "inferred", "confirmed", "extension"]
"""``confirmed``: a reading that the region's policy made its rule (never written in a SOP file);
``extension``: what a region adds beyond the end of its source (an opt-in continuation)."""
Confidence = Literal["high", "medium", "low"]
Home = Literal["berkas", "aplikasi", "rahasia"]
DocumentKind = Literal["letter", "markdown", "yaml", "csv", "folder", "sarif"]


class Strict(BaseModel):
    """A frozen record that knows all its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Words(Strict):
    """The same text in Indonesian and English."""

    id: Text
    en: Text

    def bilingual(self) -> Bilingual:
        """As the value that messages use."""
        return Bilingual(self.id, self.en)


class Role(Strict):
    """Someone who acts: ``column`` tells whether the source's table has a column for them.

    ``named_by`` is the YAML document of the case file whose list ``akun`` names the holders in this case
    (scope ``kasus``); without it the policy names them.
    """

    id: Name
    label: Text
    en: Text
    archetype: Name
    scope: Literal["dinas", "perangkat_daerah", "kasus"] = "dinas"
    column: bool = False
    named_by: Name | None = None

    @property
    def builds(self) -> bool:
        """Whether its holders build the application, and so may not judge it."""
        return self.archetype.startswith("builder")


class StateOf(Strict):
    """A document in one of its states."""

    document: Name
    state: Name


class Document(Strict):
    """A document of the SOP and where laik keeps it.

    ``home`` is the repository: ``berkas`` (case file, never the builder's), ``aplikasi`` (the builder's
    repository) or ``rahasia`` (office only). ``path`` is relative to the case file or repository; a
    folder ends with ``/``. A letter's sidecar is ``<path without ending>.naskah.yaml``; it is signed by one
    of ``signed_by``, by all of them where ``signatures`` is ``each``; of a disposition kept as YAML
    ``signed_by`` are those who may give it. ``sections`` are the headings a
    Markdown document must fill, ``fields`` the dotted keys a YAML document must fill.
    ``states`` are those it passes through; ``state_of`` tells of a file of its own that it holds another
    document in one of them.
    """

    name: Text
    en: Text
    kind: DocumentKind
    home: Home
    path: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9./_-]*$", max_length=200)]
    signed_by: tuple[Name, ...] = ()
    signatures: Literal["any", "each"] = "any"
    states: tuple[Name, ...] = ()
    state_of: StateOf | None = None
    sections: tuple[Text, ...] = ()
    fields: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]*$", max_length=80)], ...] = ()


class Actor(Strict):
    """A role's part in a step, and whether the source says so.

    ``candidate``: the source may as well mean this role as the one responsible.
    """

    role: Name
    basis: Basis
    confidence: Confidence | None = None
    part: Text | None = None
    candidate: bool = False


class Actors(Strict):
    """Who carries a step out, and who else has a part."""

    responsible: tuple[Actor, ...] = Field(min_length=1)
    involved: tuple[Actor, ...] = ()
    note: Text | None = None


class Activity(Strict):
    """What is done: the source's own words, and both languages."""

    verbatim: Text
    id: Text
    en: Text


class Input(Strict):
    """Kelengkapan: something a step needs before it starts."""

    text: Text
    basis: Basis
    confidence: Confidence | None = None
    document: Name | None = None
    state: Name | None = None


class Duration(Strict):
    """Waktu: the source's words and ISO 8601; both None where the source is blank (never invented)."""

    raw: Text | None
    iso: Annotated[str, StringConstraints(pattern=r"^P(\d+D)?(T(\d+H)?(\d+M)?)?$")] | None
    iso_max: Annotated[str, StringConstraints(pattern=r"^P(\d+D)?(T(\d+H)?(\d+M)?)?$")] | None = None


class Output(Strict):
    """A document, in one of its states, that a step gives; or ``code``, where it gives the application.

    ``raw`` are the words of the source's cell. A ``confidence`` that is not given is left out of the data, so
    that offers of a migration, which bind to all of a SOP, are what they were.
    """

    document: Name
    state: Name | None = None
    raw: Text | None = None
    basis: Basis
    confidence: Confidence | None = Field(default=None, exclude_if=lambda given: given is None)


Column = Literal["inputs", "duration", "outputs"]
"""A column of mutu baku, by the key of its cells in a step."""
Way = Literal["completed", "refused", "detour", "resumed"]
"""How a step is left: done; sent back; done the other way; taken up again after a suspension."""


class Branch(Strict):
    """One way out of a step. ``on`` is the outcome that takes it.

    ``completed`` and ``detour`` lead forward (``detour`` through steps that ``completed`` passes by),
    ``refused`` and ``resumed`` back. ``checks`` must hold besides the step's own for this way to be taken.
    An inferred way other than ``completed`` does not move a case before the region confirms it in its policy.
    ``turn`` are the roles who must mend what was sent back, where they are not those who carry the step out.
    """

    when: Text
    on: Way
    to: Key | None
    basis: Basis
    confidence: Confidence | None = None
    checks: tuple[Name, ...] = ()
    turn: tuple[Name, ...] = ()

    @property
    def moves(self) -> bool:
        """Whether taking it moves a case; see the class."""
        return self.on == "completed" or self.basis != "inferred"


class Wait(Strict):
    """A wait that the source does not count as a step; the clock stops.

    ``on`` are the roles that the case waits for meanwhile: it is their turn. The wait comes after the step,
    until the first sign of work on the next one; with ``until`` it lies within the step, while that document
    is all that the step still lacks.
    """

    key: Name
    text: Words
    on: tuple[Name, ...] = ()
    until: Name | None = None


class Flow(Strict):
    """Keterangan and the arrows of the flowchart.

    A ``suspension`` completes into a case that stands still until the way ``resumed`` is taken, or until
    what the step before it judged has changed.
    """

    kind: Literal["linear", "decision", "loop", "suspension", "terminal"]
    question: Text | None = None
    branches: tuple[Branch, ...] = Field(min_length=1)
    wait: Wait | None = None
    note: Text | None = None


class AgreeWhen(Strict):
    """The document whose presence has every role of an agreement speak; without it any of ``otherwise``."""

    document: Name
    otherwise: tuple[Name, ...] = Field(min_length=1)


class HumanAct(Strict):
    """The act that completes a step: ``@laik <verb> <about> <code>`` by one holding a role of ``by``.

    ``refuse``, ``detour`` and ``resume`` are the verbs that take the branches ``refused``, ``detour`` and
    ``resumed``; the first two carry a reason. One person counts once, whatever roles they hold:
    ``agree: each`` wants a person for every role of ``by`` on the same digest (two-party agreement),
    ``quorum`` that many persons, ``units`` that no two of them come from the same unit. With ``agree_when``
    the agreement is wanted only where that document is there; see :meth:`applied_to`.
    """

    verb: Name
    about: Key
    by: tuple[Name, ...] = Field(min_length=1)
    refuse: Name | None = None
    detour: Name | None = None
    resume: Name | None = None
    agree: Literal["any", "each"] = "any"
    quorum: int = Field(default=1, ge=1, le=9)
    units: bool = False
    agree_when: AgreeWhen | None = None

    def applied_to(self, subjects: Mapping[str, str]) -> HumanAct:
        """The act that is wanted where this is there ("dan/atau"): the whole agreement, or its other half.

        Args:
            subjects: digest of each subject that the step judges, ``""`` where it is not there. What is not
                known to be missing counts as there, so that nobody is left out by mistake.
        """
        when = self.agree_when
        if when is None or subjects.get(when.document) != "":
            return self
        return self.model_copy(update={"by": when.otherwise, "agree": "any", "agree_when": None})

    @property
    def persons(self) -> int:
        """How many different persons must approve."""
        return max(self.quorum, len(self.by) if self.agree == "each" else 1)

    def ways(self) -> Mapping[Way, str]:
        """The verb of every way there is."""
        verbs: dict[Way, str | None] = {
            "completed": self.verb,
            "refused": self.refuse,
            "detour": self.detour,
            "resumed": self.resume,
        }
        return {way: verb for way, verb in verbs.items() if verb is not None}


class Judging(Strict):
    """What the step looks at: ``subjects`` are evidence words its digest covers, ``checks`` their checks.

    A subject is a document id of this procedure, or ``form``, ``code``, ``scan``, ``hosting``. Of each group
    of ``any_of`` at least one subject must be there ("dan/atau"); the checks look at those that are.
    """

    subjects: tuple[Name, ...] = Field(min_length=1)
    checks: tuple[Name, ...] = ()
    any_of: tuple[tuple[Name, ...], ...] = ()


class Binding(Strict):
    """What takes an approval away again: ``always``, or only ``until_closed``, until the step was complete.

    Attributes:
        content: what the step judges changed (a push, an edited form, another KAK).
        comment: the approving comment was edited or deleted.
        role: the approver lost the role.
        policy: the slice of policy that the checks read changed; ``never`` for steps that only show it.

    An approval of a hosting request is bound more strictly, and by no setting: see ``core/gate.py``.
    """

    content: Literal["always", "until_closed"] = "always"
    comment: Literal["always", "until_closed"] = "until_closed"
    role: Literal["always", "until_closed"] = "until_closed"
    policy: Literal["always", "never"] = "always"


class Step(Strict):
    """One step of the SOP.

    ``completion``: ``auto`` closes by evidence alone; ``human_gate`` wants an act of one in authority;
    ``attested`` records a person's word that laik cannot verify, and says so wherever the step is shown.
    ``complete_when: provided`` keeps a step that ``provisions`` open until the repository is there.
    """

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
    completion: Literal["auto", "human_gate", "attested"]
    act: HumanAct | None = None
    binding: Binding = Binding()
    provisions: Literal["application"] | None = None
    complete_when: Literal["given", "provided"] = "given"
    notes: tuple[Text, ...] = ()

    def applied_to(self, subjects: Mapping[str, str]) -> Step:
        """The step with the act that is wanted where this is there; see :meth:`HumanAct.applied_to`."""
        act = self.act.applied_to(subjects) if self.act is not None else None
        return self if act is self.act else self.model_copy(update={"act": act})

    def way(self, on: Way) -> Branch | None:
        """The branch taken on this outcome; None when there is none."""
        return next((branch for branch in self.flow.branches if branch.on == on), None)

    @property
    def next(self) -> str | None:
        """The key of the step after completion; None at the end."""
        return branch.to if (branch := self.way("completed")) else None

    @property
    def back(self) -> str | None:
        """The key of the step a refusal goes back to; None when the step cannot be refused."""
        return branch.to if (branch := self.way("refused")) else None

    @property
    def suspends(self) -> bool:
        """Whether the case stands still once this step is done."""
        return self.flow.kind == "suspension"


class Phase(Strict):
    """A label over steps, for boards and milestones; never a gate."""

    key: Name
    label: Text
    en: Text


class HostingRule(Strict):
    """When a hosting request of this SOP may be merged, and the step its read-back completes.

    All steps of ``after`` must be complete and the human act of ``completes`` (the disposition) given;
    ``completes`` itself closes only when the served name was read back. A SOP that only recommends hosting
    has no such step.
    """

    after: tuple[Key, ...] = Field(min_length=1)
    completes: Key | None = None
    approved_by: tuple[Name, ...] = Field(min_length=1)


class RequestRule(Strict):
    """What a request must say to start a case of this SOP.

    ``kinds`` are the kinds of request that its first step names; ``budget``: it is for activities that have
    their budget document (DPA) already, so that number, year and ceiling are asked for.
    """

    kinds: tuple[Name, ...] = Field(default=("pembangunan", "pengembangan"), min_length=1)
    budget: bool = False


class LegalBasis(Strict):
    """One printed entry of Dasar Hukum; ``number`` as printed, ``text`` None where the cell is blank."""

    number: int
    text: Text | None


class Identity(Strict):
    """The SOP's identity part (PermenPAN-RB 35/2012), blank cells and blank numbered entries as None."""

    government: Text
    agency: Text
    timezone: Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
    number: Text | None
    created_on: date | Month | None
    revised_on: date | Month | None
    effective_on: date | Month | None
    signed: Text | None
    authorised_by: Text
    title: Text
    legal_basis: tuple[LegalBasis, ...]
    qualifications: tuple[Text, ...]
    related: tuple[Text | None, ...]
    equipment: tuple[Text, ...]
    warnings: tuple[Text, ...]
    records: tuple[Text, ...]


class Erratum(Strict):
    """A slip of the source: what it prints, and how it is read here."""

    where: Text
    found: Text
    read_as: Text


class Procedure(Strict):
    """One whole SOP; see the module docstring.

    ``continues`` is the SOP whose steps come first, where a region carries on beyond the end of its source.
    ``missing_columns`` are the columns of mutu baku that the source's table does not have at all.
    """

    format: Literal["laik/sop/1"]
    id: Key
    version: Version
    title: Words
    identity: Identity
    roles: tuple[Role, ...]
    phases: tuple[Phase, ...]
    documents: Mapping[Name, Document]
    steps: tuple[Step, ...] = Field(min_length=1)
    hosting: HostingRule | None = None
    errata: tuple[Erratum, ...] = ()
    open_questions: tuple[Text, ...] = ()
    continues: Key | None = None
    request: RequestRule = RequestRule()
    missing_columns: tuple[Column, ...] = Field(default=(), exclude_if=lambda missing: not missing)

    def step(self, key: str) -> Step:
        """The step with this key."""
        return next(step for step in self.steps if step.key == key)

    def gates(self) -> tuple[str, ...]:
        """Gate names in the order of their first step."""
        return tuple(dict.fromkeys(step.gate for step in self.steps))

    def role_ids(self) -> frozenset[str]:
        """All declared roles."""
        return frozenset(role.id for role in self.roles)
