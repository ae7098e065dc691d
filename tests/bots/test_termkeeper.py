from __future__ import annotations

from datetime import timedelta

import pytest

from automation.bots.termkeeper import EXPIRED
from automation.core.nameterm import stage_of, term_of
from tests.core.cases import ISSUE, START, Case, ready_for_hosting

UNTIL = "2026-09-01"
TODAY = START.date()


def served(until: str = UNTIL, *, at_end: str = "tandai") -> Case:
    """A finished case whose name was given until that day."""
    case = ready_for_hosting()
    hosting = case.policy.hosting.model_copy(update={"saat_kedaluwarsa": at_end})
    case.policy = case.policy.model_copy(update={"hosting": hosting})
    case.asks(until=until)
    case.pastes_hosting("teknis-1")
    case.settle()
    assert case.memory.finished
    return case


def on(case: Case, days: int) -> Case:
    """That many days after the name's term ends (before, when negative)."""
    case.now = START.replace(month=9, day=1) + timedelta(days=days)
    case.settle()
    return case


def notices(case: Case) -> list[str]:
    return [text for marker, text in case.answers.items() if ":masa:" in marker and "cabut" not in marker]


def test_nothing_is_said_while_a_term_is_far_from_its_end() -> None:
    case = on(served(), -31)
    assert notices(case) == []
    assert "Masa berlaku" not in case.cards[ISSUE][1]


def test_a_case_is_told_once_before_its_names_term_ends() -> None:
    case = on(served(), -30)
    (notice,) = notices(case)
    assert "1 September 2026" in notice
    assert "berlaku_sampai" in notice
    for days in (-20, -1, 0):
        on(case, days)
    assert len(notices(case)) == 1
    assert EXPIRED not in case.labels
    assert case.settle() == 0


def test_an_expired_name_stays_served_and_is_marked_by_default() -> None:
    case = on(on(served(), -30), 400)
    assert len(notices(case)) == 2
    assert case.memory.names
    assert EXPIRED in case.labels
    assert "tetap tersaji dan ditandai" in case.cards[ISSUE][1]


def test_where_the_policy_says_so_an_announced_name_is_taken_down_at_its_end() -> None:
    case = on(served(at_end="cabut"), -30)
    on(case, 0)
    assert case.memory.names
    on(case, 1)
    assert not case.memory.names
    assert not case.memory.down
    assert "masa berlakunya berakhir" in case.cards[ISSUE][1]
    assert case.settle() == 0


def test_a_whole_notice_period_passes_before_a_name_goes_also_where_laik_was_off() -> None:
    case = on(served(at_end="cabut"), 100)  # laik comes back long after the end
    assert case.memory.names
    on(case, 129)
    assert case.memory.names
    on(case, 130)
    assert not case.memory.names


def test_what_the_end_of_its_term_took_down_comes_back_by_a_request_approved_anew() -> None:
    case = on(on(served(at_end="cabut"), -30), 1)
    case.asks(iid=8, blob="1" * 40, until="2027-09-01")
    case.settle()
    assert not case.memory.names
    case.pastes_hosting("teknis-2")
    case.settle()
    assert case.memory.names["permohonan/antrean.yaml"].until == "2027-09-01"


def test_a_renewal_ends_the_notice() -> None:
    case = on(served(), 5)
    assert EXPIRED in case.labels
    case.asks(iid=8, blob="1" * 40, until="2027-09-01")
    case.pastes_hosting("teknis-2")
    case.settle()
    assert EXPIRED not in case.labels
    assert "Masa berlaku" not in case.cards[ISSUE][1]


@pytest.mark.parametrize(
    ("asked", "days", "until"),
    [
        ("", None, ""),
        ("2026-05-01", None, "2026-05-01"),
        ("2026-05-01", 365, "2026-05-01"),
        ("2036-05-01", 365, "2027-03-02"),
        ("", 365, "2027-03-02"),
        ("besok", 30, "2026-04-01"),
    ],
)
def test_a_term_is_what_was_asked_for_and_never_beyond_the_policys(
    asked: str, days: int | None, until: str
) -> None:
    assert term_of(asked, TODAY, days) == until


def test_a_name_without_a_term_never_expires() -> None:
    assert stage_of("", TODAY, 180) is None
