"""A procedure: one SOP as data, loaded strictly.

The words follow PermenPAN-RB 35/2012 (identity, mutu baku, keterangan) and the source SOPs. Everything
that the source does not state carries ``basis: inferred``, so that a region can tell its own SOP from
our reading of it. A step's ``key`` is stable; its ``number`` is for display only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from automation.core.act import VERBS
from automation.core.errors import InvalidProcedure, Where
from automation.core.text import Bilingual
from automation.core.yamltext import load_mapping, load_model

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


RESERVED_SUBJECTS = frozenset({"form", "code", "scan", "hosting"})


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
    problems = list(_problems(procedure, checks))
    if problems:
        dotted, _ = problems[0]
        line, column = document.mark(dotted)
        listing = " ".join(
            f"[baris {document.mark(place)[0]}] {problem.id}" for place, problem in problems[:20]
        )
        english = " ".join(
            f"[line {document.mark(place)[0]}] {problem.en}" for place, problem in problems[:20]
        )
        raise InvalidProcedure(
            Bilingual(listing, english),
            remedy=Bilingual(
                "Perbaiki berkas SOP; kasus yang berjalan tetap pada versi lamanya.",
                "Mend the SOP file; running cases stay on their version.",
            ),
            where=Where(file=path, line=line, column=column),
        )
    return procedure


Problem = tuple[str, Bilingual]


def _problems(procedure: Procedure, checks: frozenset[str]) -> Iterator[Problem]:
    yield from _double_names(procedure)
    yield from _broken_documents(procedure)
    for index, step in enumerate(procedure.steps):
        place = f"steps.{index}"
        yield from _unknown_names(procedure, step, place, checks)
        yield from _broken_flow(procedure, step, place)
        yield from _broken_completion(step, place)
    yield from _broken_acts(procedure)
    yield from _broken_hosting(procedure)
    yield from _unreachable(procedure)


def _double_names(procedure: Procedure) -> Iterator[Problem]:
    groups = {
        "steps": [step.key for step in procedure.steps],
        "roles": [role.id for role in procedure.roles],
        "phases": [phase.key for phase in procedure.phases],
    }
    numbers = [str(step.number) for step in procedure.steps]
    for group, names in [*groups.items(), ("steps", numbers)]:
        for index, name in enumerate(names):
            if name in names[:index]:
                yield (
                    f"{group}.{index}",
                    Bilingual(f"'{name}' dipakai dua kali.", f"'{name}' is used twice."),
                )


def _broken_documents(procedure: Procedure) -> Iterator[Problem]:
    for name, document in procedure.documents.items():
        for role in document.signed_by:
            if role not in procedure.role_ids():
                yield _unknown(f"documents.{name}.signed_by", "Peran", "Role", role)
        if {"", ".", ".."} & set(document.path.removesuffix("/").split("/")):
            yield (
                f"documents.{name}.path",
                Bilingual(
                    "Jalur dokumen tidak boleh keluar dari foldernya.",
                    "A document's path must not leave its folder.",
                ),
            )
        if (document.kind == "folder") != document.path.endswith("/"):
            yield (
                f"documents.{name}.path",
                Bilingual(
                    "Folder, dan hanya folder, berakhir '/'.", "A folder, and only a folder, ends in '/'."
                ),
            )


def _unknown(place: str, kind_id: str, kind_en: str, name: str) -> Problem:
    return place, Bilingual(
        f"{kind_id} '{name}' tidak dideklarasikan.", f"{kind_en} '{name}' is not declared."
    )


def _unknown_names(procedure: Procedure, step: Step, place: str, checks: frozenset[str]) -> Iterator[Problem]:
    roles = procedure.role_ids()
    for part, actors in (("responsible", step.actors.responsible), ("involved", step.actors.involved)):
        for at, actor in enumerate(actors):
            if actor.role not in roles:
                yield _unknown(f"{place}.actors.{part}.{at}.role", "Peran", "Role", actor.role)
    for role in step.act.by if step.act else ():
        if role not in roles:
            yield _unknown(f"{place}.act.by", "Peran", "Role", role)
    if step.phase not in {phase.key for phase in procedure.phases}:
        yield _unknown(f"{place}.phase", "Fase", "Phase", step.phase)
    for check in step.judging.checks:
        if check not in checks:
            yield _unknown(f"{place}.judging.checks", "Pemeriksaan", "Check", check)
    yield from _unknown_documents(procedure, step, place)


def _unknown_documents(procedure: Procedure, step: Step, place: str) -> Iterator[Problem]:
    for subject in step.judging.subjects:
        if subject not in procedure.documents and subject not in RESERVED_SUBJECTS:
            yield _unknown(f"{place}.judging.subjects", "Dokumen", "Document", subject)
    for at, output in enumerate(step.outputs):
        declared = procedure.documents.get(output.document)
        if declared is None:
            yield _unknown(f"{place}.outputs.{at}.document", "Dokumen", "Document", output.document)
        elif output.state and output.state not in declared.states:
            yield _unknown(f"{place}.outputs.{at}.state", "Status dokumen", "Document state", output.state)
    for at, needed in enumerate(step.inputs):
        if needed.document and needed.document not in procedure.documents:
            yield _unknown(f"{place}.inputs.{at}.document", "Dokumen", "Document", needed.document)


def _broken_flow(procedure: Procedure, step: Step, place: str) -> Iterator[Problem]:
    keys = [other.key for other in procedure.steps]
    ways = [branch.on for branch in step.flow.branches]
    if ways.count("completed") != 1 or ways.count("refused") > 1:
        yield (
            f"{place}.flow.branches",
            Bilingual(
                "Harus ada tepat satu cabang 'completed' dan paling banyak satu 'refused'.",
                "There must be exactly one 'completed' branch and at most one 'refused'.",
            ),
        )
    for at, branch in enumerate(step.flow.branches):
        if branch.to is not None and branch.to not in keys:
            yield _unknown(f"{place}.flow.branches.{at}.to", "Langkah", "Step", branch.to)
        elif branch.on == "completed" and branch.to and keys.index(branch.to) <= keys.index(step.key):
            yield (
                f"{place}.flow.branches.{at}.to",
                Bilingual(
                    "Cabang 'completed' harus maju; putaran balik hanya lewat 'refused'.",
                    "A 'completed' branch must go forward; only 'refused' goes back.",
                ),
            )
        elif branch.on == "refused" and (branch.to is None or keys.index(branch.to) > keys.index(step.key)):
            yield (
                f"{place}.flow.branches.{at}.to",
                Bilingual(
                    "Cabang 'refused' harus kembali ke langkah ini atau sebelumnya.",
                    "A 'refused' branch must go back to this step or an earlier one.",
                ),
            )
        elif branch.on == "refused" and branch.to:
            target = procedure.step(branch.to)
            if not set(target.judging.subjects) <= set(step.judging.subjects):
                yield (
                    f"{place}.judging.subjects",
                    Bilingual(
                        f"Harus memuat semua yang dinilai '{branch.to}', agar penolakan mengikat isinya.",
                        f"Must hold all that '{branch.to}' judges, so that a refusal binds its content.",
                    ),
                )


def _broken_completion(step: Step, place: str) -> Iterator[Problem]:
    if (step.completion == "human_gate") != (step.act is not None):
        yield (
            f"{place}.completion",
            Bilingual(
                "'human_gate' harus punya 'act', 'auto' tidak.",
                "'human_gate' must have an 'act', 'auto' must not.",
            ),
        )
    if step.completion == "auto" and not step.judging.checks:
        yield (
            f"{place}.judging.checks",
            Bilingual(
                "Langkah 'auto' tanpa pemeriksaan akan selesai tanpa bukti.",
                "An 'auto' step without checks would complete without evidence.",
            ),
        )
    if step.act and (step.back is None) != (step.act.refuse is None):
        yield (
            f"{place}.act.refuse",
            Bilingual(
                "Cabang 'refused' dan kata kerja 'refuse' harus berpasangan.",
                "A 'refused' branch and a 'refuse' verb go together.",
            ),
        )


def _broken_acts(procedure: Procedure) -> Iterator[Problem]:
    """Verbs that comments know, and no verb about one thing twice: else a command would fit two steps."""
    taken: set[tuple[str, str]] = set()
    for index, step in enumerate(procedure.steps):
        for part, verb in (("verb", step.act.verb), ("refuse", step.act.refuse)) if step.act else ():
            place = f"steps.{index}.act.{part}"
            if verb is None or step.act is None:
                continue
            known = VERBS.get(verb)
            if known is None or known.name != verb or known.needs_reason != (part == "refuse"):
                yield _unknown(place, "Kata kerja", "Verb", verb)
            if (verb, step.act.about) in taken:
                said = f"{verb} {step.act.about}"
                yield place, Bilingual(f"'{said}' dipakai dua kali.", f"'{said}' is used twice.")
            taken.add((verb, step.act.about))


def _broken_hosting(procedure: Procedure) -> Iterator[Problem]:
    if procedure.hosting is None:
        return
    keys = {step.key for step in procedure.steps}
    for key in (*procedure.hosting.after, procedure.hosting.completes):
        if key not in keys:
            yield _unknown("hosting", "Langkah", "Step", key)
    for role in procedure.hosting.approved_by:
        if role not in procedure.role_ids():
            yield _unknown("hosting.approved_by", "Peran", "Role", role)


def _unreachable(procedure: Procedure) -> Iterator[Problem]:
    """Forward-only 'completed' branches make one chain; a step off it can never be reached."""
    by_key = {step.key: step for step in procedure.steps}
    reached: list[str] = []
    at: str | None = procedure.steps[0].key
    while at is not None and at in by_key and at not in reached:
        reached.append(at)
        at = by_key[at].next
    for index, step in enumerate(procedure.steps):
        if step.key not in reached:
            yield (
                f"steps.{index}.key",
                Bilingual(
                    f"Langkah '{step.key}' tidak pernah tercapai.", f"Step '{step.key}' is never reached."
                ),
            )
