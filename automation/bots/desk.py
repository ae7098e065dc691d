"""The desk: what every bot is handed, and the words they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from automation.core.authority import day_of
from automation.core.case import StepState
from automation.core.policy import Policy
from automation.core.procedure import Procedure
from automation.core.reconcile import Decision
from automation.core.request import Request

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Desk:
    """A decided case with the organisation's policy and the request it came from.

    ``request`` is None while the form, edited after acceptance, cannot be read.
    """

    decision: Decision
    policy: Policy
    request: Request | None

    @property
    def application_name(self) -> str:
        """What people call the application; hostile text."""
        return self.request.nama_aplikasi if self.request else self.decision.observation.title

    @property
    def key(self) -> str:
        """The case key."""
        return self.decision.observation.key


def indonesian_date(day: date) -> str:
    """``2021-01-05`` -> ``5 Januari 2021``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def local_day(desk: Desk, moment: datetime) -> date:
    """The day it was where the SOP is worked by; the ledger's times are UTC, eight hours behind Praya."""
    return day_of(moment, desk.decision.procedure.identity.timezone)


def role_label(desk: Desk, role: str) -> str:
    """A role as the SOP labels it."""
    return next((one.label for one in desk.decision.procedure.roles if one.id == role), role)


def whose_turn(state: StepState) -> tuple[str, ...]:
    """Roles whose turn it is at an open step.

    While evidence is missing it is the turn of those who carry the step out; once only the human act is
    missing, of those who may give it, and of an agreement of those who have not agreed yet.
    """
    act = state.step.act
    if act is not None and state.evidence_holds:
        missing = tuple(role for role in state.standing.missing if role)
        return missing if act.agree == "each" and missing else act.by
    return tuple(actor.role for actor in state.step.actors.responsible)


def mending(procedure: Procedure, state: StepState) -> tuple[str, ...]:
    """Roles who must mend what was sent back; empty where the SOP names none, or nothing was sent back."""
    if state.held is None:
        return ()
    source = next((one for one in procedure.steps if one.key == state.held.step), None)
    back = source.way("refused") if source else None
    return back.turn if back else ()


def turn(desk: Desk) -> tuple[str, ...]:
    """Roles whose turn it is in the case; nobody's once it is finished, or while it does not run.

    With every decision of the last step given, it is the turn of those who approve the hosting request,
    and nobody's while laik itself serves what was admitted.
    """
    state, rule = desk.decision.state.open, desk.decision.procedure.hosting
    if state is None or desk.decision.memory.finished or not desk.decision.life.running:
        return ()
    if state.given and state.waiting_for_service and rule is not None:
        return () if desk.decision.memory.admitted else rule.approved_by
    return mending(desk.decision.procedure, state) or whose_turn(state)


def card_marker(key: str) -> str:
    """The hidden marker of a case's card; trusted only in comments by laik's own account."""
    return f"<!-- laik:kartu:{key} -->"


def answer_marker(answered: str) -> str:
    """The hidden marker of the answer to one act, so that nothing is answered twice."""
    return f"{answer_prefix()}{answered} -->"


def answered_by(marker: str) -> str:
    """What an answer marker speaks of: the act, or ``selesai:<case>``."""
    return marker.removeprefix(answer_prefix()).removesuffix(" -->")


def answer_prefix() -> str:
    """How every answer marker starts."""
    return "<!-- laik:jawab:"
