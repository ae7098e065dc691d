"""The rules between the parts of a SOP, beyond its schema.

Names used are declared, loops go back and completion goes on, refusals bind what they send back, every
step is reached, and no step completes without evidence or a person.
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.act import VERBS
from automation.core.procedure_model import Procedure, Step
from automation.core.text import Bilingual

Problem = tuple[str, Bilingual]
"""The dotted path of the key at fault, and what is wrong there."""

AGGREGATE = "sop"
"""The gate name that stands for the whole procedure."""

RESERVED_SUBJECTS = frozenset({"form", "code", "scan", "hosting"})
"""Subjects that are no documents."""


def problems_of(procedure: Procedure, checks: frozenset[str]) -> Iterator[Problem]:
    """Everything wrong between the parts; ``checks`` are the ids of the checks that exist."""
    yield from _double_names(procedure)
    yield from _broken_documents(procedure)
    for index, step in enumerate(procedure.steps):
        place = f"steps.{index}"
        yield from _reserved_gate(step, place)
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
