"""The rules between the parts of a SOP, beyond its schema.

Names used are declared, every verb takes a way that is there, and no step completes without evidence or a
person. Where the ways lead is held in :mod:`automation.core.procedure_flow`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from automation.core.deadline import MINUTES_A_DAY, parse_duration
from automation.core.errors import InvalidProcedure
from automation.core.procedure_flow import Problem, broken_flow, unknown
from automation.core.procedure_model import Document, Duration, Input, Procedure, Step, Way
from automation.core.procedure_proofs import proof_faults
from automation.core.text import Bilingual
from automation.core.verbs import VERBS

AGGREGATE = "sop"
"""The gate name that stands for the whole procedure."""

RESERVED_SUBJECTS = frozenset({"form", "code", "scan", "hosting"})
"""Subjects that are no documents."""

APPLICATION = "code"
"""The output of a step that gives the application itself (a prototype, the finished application)."""


def problems_of(procedure: Procedure, checks: frozenset[str]) -> Iterator[Problem]:
    """Everything wrong between the parts; ``checks`` are the ids of the checks that exist."""
    yield from _double_names(procedure)
    yield from _broken_documents(procedure)
    for index, step in enumerate(procedure.steps):
        place = f"steps.{index}"
        yield from _reserved_gate(step, place)
        yield from _unknown_names(procedure, step, place, checks)
        yield from _broken_judging(step, place)
        yield from _broken_completion(step, place)
        yield from _broken_duration(step.duration, f"{place}.duration")
        yield from _cells_without_column(procedure, step, place)
    yield from _broken_roles(procedure)
    yield from _broken_acts(procedure)
    yield from _broken_hosting(procedure)
    yield from broken_flow(procedure)
    yield from proof_faults(procedure, checks)


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


def _reserved_gate(step: Step, place: str) -> Iterator[Problem]:
    """``laik/sop`` is the aggregate: a gate of that name would write over it, and be written over."""
    if step.gate == AGGREGATE:
        yield (
            f"{place}.gate",
            Bilingual(
                f"Nama '{AGGREGATE}' dipakai untuk status gabungan.",
                f"The name '{AGGREGATE}' is that of the aggregate status.",
            ),
        )


def _broken_documents(procedure: Procedure) -> Iterator[Problem]:
    for name, document in procedure.documents.items():
        for role in document.signed_by:
            if role not in procedure.role_ids():
                yield unknown(f"documents.{name}.signed_by", "Peran", "Role", role, procedure.role_ids())
        yield from _unknown_state_of(procedure, name, document)
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


def _unknown_state_of(procedure: Procedure, name: str, document: Document) -> Iterator[Problem]:
    """A file holds a document that is there and no file's state itself, in one of that document's states."""
    if document.state_of is None:
        return
    place, whole = f"documents.{name}.state_of", procedure.documents.get(document.state_of.document)
    if whole is None or whole is document or whole.state_of is not None:
        whole_ones = [one for one, other in procedure.documents.items() if other.states]
        yield unknown(f"{place}.document", "Dokumen", "Document", document.state_of.document, whole_ones)
    elif document.state_of.state not in whole.states:
        yield unknown(
            f"{place}.state", "Status dokumen", "Document state", document.state_of.state, whole.states
        )


def _unknown_names(procedure: Procedure, step: Step, place: str, checks: frozenset[str]) -> Iterator[Problem]:
    roles = procedure.role_ids()
    for part, actors in (("responsible", step.actors.responsible), ("involved", step.actors.involved)):
        for at, actor in enumerate(actors):
            if actor.role not in roles:
                yield unknown(f"{place}.actors.{part}.{at}.role", "Peran", "Role", actor.role, roles)
    for role in step.act.by if step.act else ():
        if role not in roles:
            yield unknown(f"{place}.act.by", "Peran", "Role", role, procedure.role_ids())
    if step.phase not in {phase.key for phase in procedure.phases}:
        yield unknown(
            f"{place}.phase", "Fase", "Phase", step.phase, (phase.key for phase in procedure.phases)
        )
    yield from _unknown_turns(step, place, roles)
    yield from _unknown_checks(step, place, checks)
    yield from _unknown_documents(procedure, step, place)


def _unknown_turns(step: Step, place: str, roles: frozenset[str]) -> Iterator[Problem]:
    named = [(f"{place}.flow.wait.on", role) for role in (step.flow.wait.on if step.flow.wait else ())]
    for at, branch in enumerate(step.flow.branches):
        named.extend((f"{place}.flow.branches.{at}.turn", role) for role in branch.turn)
    for where, role in named:
        if role not in roles:
            yield unknown(where, "Peran", "Role", role, roles)


def _unknown_checks(step: Step, place: str, checks: frozenset[str]) -> Iterator[Problem]:
    named = [(f"{place}.judging.checks", check) for check in step.judging.checks]
    for at, branch in enumerate(step.flow.branches):
        named.extend((f"{place}.flow.branches.{at}.checks", check) for check in branch.checks)
    for where, check in named:
        if check not in checks:
            yield unknown(where, "Pemeriksaan", "Check", check, checks)


def _unknown_documents(procedure: Procedure, step: Step, place: str) -> Iterator[Problem]:
    for subject in step.judging.subjects:
        if subject not in procedure.documents and subject not in RESERVED_SUBJECTS:
            yield unknown(f"{place}.judging.subjects", "Dokumen", "Document", subject, procedure.documents)
    for at, output in enumerate(step.outputs):
        declared = procedure.documents.get(output.document)
        if output.document == APPLICATION:
            continue
        if declared is None:
            yield unknown(
                f"{place}.outputs.{at}.document", "Dokumen", "Document", output.document, procedure.documents
            )
        elif output.state and output.state not in declared.states:
            yield unknown(
                f"{place}.outputs.{at}.state",
                "Status dokumen",
                "Document state",
                output.state,
                declared.states,
            )
    for part, cells in (("precondition", step.precondition), ("inputs", step.inputs)):
        for at, needed in enumerate(cells):
            yield from _unknown_input(procedure, needed, f"{place}.{part}.{at}")


def _unknown_input(procedure: Procedure, needed: Input, place: str) -> Iterator[Problem]:
    if not needed.document:
        return
    read = procedure.documents.get(needed.document)
    if read is None:
        yield unknown(f"{place}.document", "Dokumen", "Document", needed.document, procedure.documents)
    elif needed.state and needed.state not in read.states:
        yield unknown(f"{place}.state", "Status dokumen", "Document state", needed.state, read.states)


def _broken_judging(step: Step, place: str) -> Iterator[Problem]:
    until = step.flow.wait.until if step.flow.wait else None
    if until is not None and until not in step.judging.subjects:
        yield unknown(f"{place}.flow.wait.until", "Yang dinilai", "Subject", until, step.judging.subjects)
    for at, group in enumerate(step.judging.any_of):
        for subject in group:
            if subject not in step.judging.subjects:
                yield unknown(
                    f"{place}.judging.any_of.{at}", "Yang dinilai", "Subject", subject, step.judging.subjects
                )


def _broken_completion(step: Step, place: str) -> Iterator[Problem]:
    if (step.completion != "auto") != (step.act is not None):
        yield (
            f"{place}.completion",
            Bilingual(
                "'human_gate' dan 'attested' harus punya 'act', 'auto' tidak.",
                "'human_gate' and 'attested' must have an 'act', 'auto' must not.",
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
    if step.complete_when == "provided" and step.provisions is None:
        yield (
            f"{place}.complete_when",
            Bilingual(
                "Tidak ada yang disediakan langkah ini, jadi ia tidak pernah selesai.",
                "This step provisions nothing, so it would never be complete.",
            ),
        )


def _broken_duration(duration: Duration, place: str) -> Iterator[Problem]:
    """What could not be read once a case is at the step; and a deadline that its source does not give."""
    read: dict[str, int] = {}
    for key, text in (("iso", duration.iso), ("iso_max", duration.iso_max)):
        try:
            time = parse_duration(text)
        except InvalidProcedure as failure:
            yield (
                f"{place}.{key}",
                Bilingual(
                    f"{failure.message.id} {failure.remedy.id}", f"{failure.message.en} {failure.remedy.en}"
                ),
            )
            return
        if time is not None:
            read[key] = time.days * MINUTES_A_DAY + time.minutes
            if not read[key]:
                yield (
                    f"{place}.{key}",
                    Bilingual("Durasi nol bukan tenggat.", "No time at all is no deadline."),
                )
    if read and duration.raw is None:
        yield (
            f"{place}.raw",
            Bilingual(
                "Waktu yang kosong tidak diberi tenggat: tulis kata sumbernya, atau kosongkan juga 'iso'.",
                "A blank time gets no deadline: give the source's words, or leave 'iso' blank as well.",
            ),
        )
    if "iso_max" in read and read["iso_max"] < read.get("iso", read["iso_max"] + 1):
        yield (
            f"{place}.iso_max",
            Bilingual(
                "Batas atas rentang lebih pendek daripada batas bawahnya, atau tanpa batas bawah.",
                "The range's upper end is shorter than its lower end, or has none.",
            ),
        )


def _cells_without_column(procedure: Procedure, step: Step, place: str) -> Iterator[Problem]:
    """A column that the source's table does not have gives no cell."""
    given = {
        "inputs": any(one.basis == "source" for one in (*step.precondition, *step.inputs)),
        "duration": step.duration.raw is not None,
        "outputs": any(one.basis == "source" for one in step.outputs),
    }
    for column in procedure.missing_columns:
        if given[column]:
            yield (
                f"{place}.{column}",
                Bilingual(
                    f"Langkah {step.number} mengisi sel sumber pada kolom yang tidak ada ('{column}' pada"
                    " 'missing_columns'): hapus dari sana, atau jangan pakai 'basis: source' atau waktu.",
                    f"Step {step.number} fills the source's cell in a column that is not there ('{column}' in"
                    " 'missing_columns'): take it out there, or use no 'basis: source' and no time.",
                ),
            )


def _broken_roles(procedure: Procedure) -> Iterator[Problem]:
    """Holders named in a case come from a document that the builder cannot write."""
    for index, role in enumerate(procedure.roles):
        if role.named_by is None:
            continue
        document = procedure.documents.get(role.named_by)
        if document is None:
            yield unknown(
                f"roles.{index}.named_by", "Dokumen", "Document", role.named_by, procedure.documents
            )
        elif document.kind != "yaml" or document.home != "berkas" or role.scope != "kasus":
            yield (
                f"roles.{index}.named_by",
                Bilingual(
                    "Pemegang peran dalam satu kasus dicatat pada berkas YAML di berkas kasus.",
                    "Holders of a role within one case stand in a YAML document of the case file.",
                ),
            )


WITH_REASON: frozenset[Way] = frozenset({"refused", "detour"})


def _broken_acts(procedure: Procedure) -> Iterator[Problem]:
    """Verbs that comments know, and no verb about one thing twice: else a command would fit two steps."""
    taken: set[tuple[str, str]] = set()
    for index, step in enumerate(procedure.steps):
        for way, verb in step.act.ways().items() if step.act else ():
            place = f"steps.{index}.act.{PARTS[way]}"
            known = VERBS.get(verb)
            fits = known is not None and known.use == "decide" and known.name == verb
            if known is None or not fits or known.needs_reason != (way in WITH_REASON):
                yield unknown(place, "Kata kerja", "Verb", verb, VERBS)
            about = step.act.about if step.act else ""
            if (verb, about) in taken:
                said = f"{verb} {about}"
                yield place, Bilingual(f"'{said}' dipakai dua kali.", f"'{said}' is used twice.")
            taken.add((verb, about))
        yield from _unpaired(step, f"steps.{index}")
        yield from _too_few(step, f"steps.{index}")
        yield from _broken_condition(step, f"steps.{index}.act.agree_when")


PARTS: Mapping[Way, str] = {
    "completed": "verb",
    "refused": "refuse",
    "detour": "detour",
    "resumed": "resume",
}


def _unpaired(step: Step, place: str) -> Iterator[Problem]:
    """A way without a verb could never be taken, a verb without a way would lead nowhere."""
    verbs = step.act.ways() if step.act else {}
    for way, part in PARTS.items():
        if way != "completed" and (way in verbs) != (step.way(way) is not None):
            yield (
                f"{place}.act.{part}",
                Bilingual(
                    f"Cabang '{way}' dan kata kerja '{part}' harus berpasangan.",
                    f"A '{way}' branch and a '{part}' verb go together.",
                ),
            )


def _too_few(step: Step, place: str) -> Iterator[Problem]:
    if step.act and step.act.agree == "each" and len(set(step.act.by)) < 2:
        yield (
            f"{place}.act.agree",
            Bilingual(
                "Kesepakatan memerlukan paling sedikit dua peran.", "An agreement needs two roles at least."
            ),
        )


def _broken_condition(step: Step, place: str) -> Iterator[Problem]:
    """An agreement that hangs on a document: one that may be missing, and what is left without it."""
    when = step.act.agree_when if step.act is not None else None
    if step.act is None or when is None:
        return
    if step.act.agree != "each":
        yield (
            place,
            Bilingual(
                "Syarat dokumen hanya berlaku bagi kesepakatan ('agree: each').",
                "Only an agreement ('agree: each') can hang on a document.",
            ),
        )
    groups = (set(group) for group in step.judging.any_of)
    optional = {subject for group in groups if len(group) > 1 for subject in group - RESERVED_SUBJECTS}
    if when.document not in optional:
        known = "Dokumen pilihan ('any_of')", "Optional document ('any_of')"
        yield unknown(f"{place}.document", *known, when.document, optional)
    for role in when.otherwise:
        if role not in step.act.by:
            yield unknown(f"{place}.otherwise", "Peran", "Role", role, step.act.by)
    if set(when.otherwise) >= set(step.act.by):
        yield (
            f"{place}.otherwise",
            Bilingual(
                "Tanpa dokumennya yang memutuskan harus lebih sedikit daripada 'by'.",
                "Without the document fewer roles than those of 'by' must decide.",
            ),
        )


def _broken_hosting(procedure: Procedure) -> Iterator[Problem]:
    if procedure.hosting is None:
        return
    keys = {step.key for step in procedure.steps}
    completes = (procedure.hosting.completes,) if procedure.hosting.completes else ()
    for key in (*procedure.hosting.after, *completes):
        if key not in keys:
            yield unknown("hosting", "Langkah", "Step", key, keys)
    for role in procedure.hosting.approved_by:
        if role not in procedure.role_ids():
            yield unknown("hosting.approved_by", "Peran", "Role", role, procedure.role_ids())
