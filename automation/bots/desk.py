"""The desk: what every bot is handed, and the words they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from automation.core.clock import turn_of
from automation.core.policy import Policy
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


def role_label(desk: Desk, role: str) -> str:
    """A role as the SOP labels it."""
    return next((one.label for one in desk.decision.procedure.roles if one.id == role), role)


def turn(desk: Desk) -> tuple[str, ...]:
    """Roles whose turn it is in the case; see :func:`automation.core.clock.turn_of`."""
    return turn_of(desk.decision.state, desk.decision.memory)


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
