"""Which acts stand at a step: approvals of its present digest, and refusals that still hold it.

An approval stands while the step has exactly the digest it was given for. A *refusal* at step S goes back to
step T (``S.back``). It holds T for as long as everything T judges is still exactly what was refused, and S
until the refuser himself approves that same digest (the way to take a refusal back) or the subjects change.
So 7->6, 8->7, 11->10 and 13->13 of Lombok Tengah need no counters. A subject that could not be looked for has
not changed. A way back that is only laik's reading holds S alone until the region confirms it.

Taking a suspension up again puts all that was decided before it at the target step out of force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from automation.core.authority import Voice, deciders, missing_voices, seats_of
from automation.core.evidence import State
from automation.core.memory import Memory, RuledAct
from automation.core.procedure import Procedure, Step, Way

__all__ = [
    "COMPLETING",
    "Standing",
    "holding_refusal",
    "refusals_of",
    "rounds",
    "sent_back_since",
    "standing_at",
]

COMPLETING: Mapping[str, Way] = {"approved": "completed", "detoured": "detour"}
NEWEST = 1 << 62


@dataclass(frozen=True, slots=True)
class Standing:
    """What was decided at a step for one digest.

    ``approvals`` are of different persons and agree on ``way``; ``missing`` are roles (``""``: any deciding
    role) whose agreement is still wanted.
    """

    approvals: tuple[RuledAct, ...] = ()
    way: Way = "completed"
    missing: tuple[str, ...] = ()

    @property
    def decided(self) -> RuledAct | None:
        """The approval that completed it; None while persons are missing."""
        return self.approvals[-1] if self.approvals and not self.missing else None


def standing_at(procedure: Procedure, step: Step, digest: str, memory: Memory) -> Standing:
    """The approvals that stand for ``digest``; where both ways were decided on it, the last word counts.

    ``step`` is as it applies to what ``digest`` was made of (``Step.applied_to``).
    """
    if step.act is None:
        return Standing()
    since = _last_resumption(procedure, step, memory)
    leading = {ruling for ruling, way in COMPLETING.items() if _leads(step, way)}
    acts = [
        act
        for act in memory.acts[since:]
        if act.step == step.key and act.digest == digest and act.ruling in leading
    ]
    if not acts:
        return Standing(missing=missing_voices(step.act, ()))
    last = acts[-1].ruling
    by_person = {act.account: act for act in acts if act.ruling == last}
    voices = [_voice(step, act, memory) for act in by_person.values()]
    return Standing(tuple(by_person.values()), COMPLETING[last], missing_voices(step.act, voices))


def _leads(step: Step, way: Way) -> bool:
    """Whether a way moves a case; one that was confirmed when it was taken may not be any more."""
    branch = step.way(way)
    return branch is not None and branch.moves


def wanted_at(procedure: Procedure, step: Step, digest: str, memory: Memory) -> frozenset[int]:
    """The accounts without whom a step would not be decided on ``digest``; nobody where others are enough.

    ``step`` as in :func:`standing_at`.
    """
    if step.act is None:
        return frozenset()
    given = standing_at(procedure, step, digest, memory).approvals
    voices = [_voice(step, act, memory) for act in given]
    people = {act.account for act in given}
    without = {one: [voice for voice in voices if voice.account != one] for one in people}
    return frozenset(one for one, others in without.items() if missing_voices(step.act, others))


def _voice(step: Step, act: RuledAct, memory: Memory) -> Voice:
    """Entries older than agreements say no roles; their steps wanted one person of any deciding role.

    What a step was closed on keeps the seat it had, also when the region confirms later who sits there.
    """
    roles = frozenset(act.roles) or frozenset(deciders(step))
    seats = seats_of(step, roles, before=memory.closed_on(act))
    return Voice(act.account, seats, act.unit or f"akun-{act.account}")


def _last_resumption(procedure: Procedure, step: Step, memory: Memory) -> int:
    """The position after the last act that took the case up again at this step."""
    sources = {
        one.key
        for one in procedure.steps
        if (way := one.way("resumed")) is not None and way.moves and way.to == step.key
    }
    taken_up = [at for at, act in enumerate(memory.acts) if act.ruling == "resumed" and act.step in sources]
    return taken_up[-1] + 1 if taken_up else 0


def holding_refusal(
    procedure: Procedure, step: Step, subjects: Mapping[str, str], memory: Memory
) -> RuledAct | None:
    """The first refusal that holds a step; None when it is free."""
    for position, act in enumerate(memory.acts):
        if act.ruling != "refused" or not _reaches(procedure, act, step):
            continue
        if _unchanged(act.subjects, subjects) and not _taken_back(act, memory.acts[position + 1 :]):
            return act
    return None


def _reaches(procedure: Procedure, refusal: RuledAct, step: Step) -> bool:
    if refusal.step == step.key:
        return True
    source = next((one for one in procedure.steps if one.key == refusal.step), None)
    back = source.way("refused") if source else None
    return back is not None and back.moves and back.to == step.key


def sent_back_since(procedure: Procedure, step: Step, memory: Memory, seq: int) -> bool:
    """Whether a step was sent back, or taken up again, after the ledger entry ``seq``.

    An act of this very round has no number yet and is newer than every entry.
    """
    since = _last_resumption(procedure, step, memory)
    resumed = since and (memory.acts[since - 1].seq or NEWEST) > seq
    return bool(resumed) or any(
        act.ruling == "refused"
        and (act.seq or NEWEST) > seq
        and _reaches(procedure, act, step)
        and not _taken_back(act, memory.acts[position + 1 :])
        for position, act in enumerate(memory.acts)
    )


def is_unknown(digest: str) -> bool:
    """Whether a subject could not be looked for."""
    return digest.startswith(f"{State.UNKNOWN}:")


def _unchanged(refused: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """A forge that does not answer must not lift a refusal."""
    return all(is_unknown(digest) or refused.get(name) == digest for name, digest in now.items())


def refusals_of(memory: Memory, step: str) -> tuple[RuledAct, ...]:
    """The refusals at ``step`` that their givers have not taken back, oldest first."""
    return tuple(
        act
        for position, act in enumerate(memory.acts)
        if act.ruling == "refused" and act.step == step and not _taken_back(act, memory.acts[position + 1 :])
    )


def rounds(memory: Memory, step: str) -> int:
    """Which round (putaran) a step is in: one more than it was ever sent back."""
    return 1 + sum(act.ruling == "refused" and act.step == step for act in memory.acts)


def _taken_back(refusal: RuledAct, later: tuple[RuledAct, ...]) -> bool:
    """Only the one who refused can take it back, by approving the very same digest."""
    return any(
        act.ruling == "approved"
        and act.account == refusal.account
        and act.step == refusal.step
        and act.digest == refusal.digest
        for act in later
    )
