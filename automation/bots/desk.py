"""The desk: what every bot is handed, and the words they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from automation.core.case import StepState
from automation.core.policy import Policy
from automation.core.reconcile import Decision
from automation.core.request import Request

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
# Indonesia has no summer time, so fixed offsets tell the day without reading a time zone database.
OFFSETS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}


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
    hours = OFFSETS[desk.decision.procedure.identity.timezone]
    return moment.astimezone(timezone(timedelta(hours=hours))).date()


def role_label(desk: Desk, role: str) -> str:
    """A role as the SOP labels it."""
    return next((one.label for one in desk.decision.procedure.roles if one.id == role), role)


def whose_turn(state: StepState) -> tuple[str, ...]:
    """Roles whose turn it is at an open step.

    While evidence is missing it is the turn of those who carry the step out; once only the human act is
    missing, of those who may give it.
    """
    if state.step.act is not None and state.evidence_holds:
        return state.step.act.by
    return tuple(actor.role for actor in state.step.actors.responsible)


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
    return whose_turn(state)


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
