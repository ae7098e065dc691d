"""Where the ways of a SOP lead: forward when something is done, back when it is sent back, never in circles.

Done (``completed``) and done the other way (``detour``) go forward only, so no case runs in a circle without
a person sending it back, and every case comes to its end; a loop has its exit in the same step. Being sent
back binds what is sent back, and a suspension can be taken up again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from automation.core.procedure_model import Branch, Procedure, Step, Way
from automation.core.text import Bilingual

Problem = tuple[str, Bilingual]
"""The dotted path of the key at fault, and what is wrong there."""

FORWARD: frozenset[Way] = frozenset({"completed", "detour"})


def unknown(place: str, kind_id: str, kind_en: str, name: str, known: Iterable[str] = ()) -> Problem:
    """A name that nothing declares; of the ``known`` ones the nearest is offered."""
    near = get_close_matches(name, sorted(known), n=1)
    return place, Bilingual(
        f"{kind_id} '{name}' tidak dideklarasikan; "
        + (f"mungkin maksudnya '{near[0]}'." if near else "perbaiki namanya atau deklarasikan."),
        f"{kind_en} '{name}' is not declared; "
        + (f"perhaps '{near[0]}' was meant." if near else "mend the name or declare it."),
    )


def broken_flow(procedure: Procedure) -> Iterator[Problem]:
    """Everything wrong with the ways between the steps."""
    for index, step in enumerate(procedure.steps):
        yield from _broken_ways(step, f"steps.{index}.flow.branches")
        for at, branch in enumerate(step.flow.branches):
            yield from _broken_branch(procedure, step, branch, f"steps.{index}.flow.branches.{at}.to")
        yield from _broken_suspension(step, f"steps.{index}.flow.kind")
        yield from _unbound_return(procedure, step, f"steps.{index}.judging.subjects")
    yield from _unreachable(procedure)


def _broken_ways(step: Step, place: str) -> Iterator[Problem]:
    ways = [branch.on for branch in step.flow.branches]
    if ways.count("completed") != 1 or any(ways.count(way) > 1 for way in ways):
        yield (
            place,
            Bilingual(
                "Harus ada tepat satu cabang 'completed', dan paling banyak satu untuk tiap hasil lain.",
                "There must be exactly one 'completed' branch, and at most one for each other outcome.",
            ),
        )


def _broken_branch(procedure: Procedure, step: Step, branch: Branch, place: str) -> Iterator[Problem]:
    keys = [other.key for other in procedure.steps]
    if branch.to is not None and branch.to not in keys:
        yield unknown(place, "Langkah", "Step", branch.to, keys)
        return
    here = keys.index(step.key)
    there = keys.index(branch.to) if branch.to is not None else len(keys)
    if branch.on in FORWARD and there <= here:
        yield (
            place,
            Bilingual(
                f"Cabang '{branch.on}' harus maju; putaran balik hanya lewat 'refused' atau 'resumed'.",
                f"A '{branch.on}' branch must go forward; only 'refused' and 'resumed' go back.",
            ),
        )
    elif branch.on not in FORWARD and there > here:
        yield (
            place,
            Bilingual(
                f"Cabang '{branch.on}' harus kembali ke langkah ini atau sebelumnya.",
                f"A '{branch.on}' branch must go back to this step or an earlier one.",
            ),
        )
    done = step.way("completed")
    if branch.on == "detour" and done is not None and branch.to == done.to:
        yield (
            place,
            Bilingual(
                "Cabang 'detour' harus menuju langkah lain daripada 'completed'.",
                "A 'detour' branch must lead to another step than 'completed'.",
            ),
        )


def _broken_suspension(step: Step, place: str) -> Iterator[Problem]:
    """A case that can never be taken up again would be lost without anybody having ended it."""
    if step.suspends != (step.way("resumed") is not None):
        yield (
            place,
            Bilingual(
                "Penangguhan ('suspension') dan cabang 'resumed' harus berpasangan.",
                "A 'suspension' and a 'resumed' branch go together.",
            ),
        )


def _unbound_return(procedure: Procedure, step: Step, place: str) -> Iterator[Problem]:
    target = next((one for one in procedure.steps if one.key == step.back), None)
    if target is not None and not set(target.judging.subjects) <= set(step.judging.subjects):
        yield (
            place,
            Bilingual(
                f"Harus memuat semua yang dinilai '{target.key}', agar penolakan mengikat isinya.",
                f"Must hold all that '{target.key}' judges, so that a refusal binds its content.",
            ),
        )


def _unreachable(procedure: Procedure) -> Iterator[Problem]:
    """What no way forward leads to can never be reached, however often a case is sent back."""
    by_key = {step.key: step for step in procedure.steps}
    reached: set[str] = set()
    ahead = [procedure.steps[0].key]
    while ahead:
        key = ahead.pop()
        if key in by_key and key not in reached:
            reached.add(key)
            forward = [branch for branch in by_key[key].flow.branches if branch.on in FORWARD]
            ahead.extend(branch.to for branch in forward if branch.to is not None)
    for index, step in enumerate(procedure.steps):
        if step.key not in reached:
            yield (
                f"steps.{index}.key",
                Bilingual(
                    f"Langkah '{step.key}' tidak pernah tercapai.", f"Step '{step.key}' is never reached."
                ),
            )
