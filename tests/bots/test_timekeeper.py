from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from automation.bots import timekeeper
from automation.core.plan import PlaceOnBoard, Relabel, WriteCard
from automation.core.policy import load_policy
from automation.core.policycalendar import NationalDays
from tests.core.cases import (
    ISSUE,
    POLICY,
    SMALL,
    Case,
    ready_for_hosting,
    small_case,
    small_procedure,
    walk_to,
)


def relabel(case: Case) -> Relabel:
    (change,) = [one for one in timekeeper.wishes(case.desk()) if isinstance(one, Relabel)]
    return change


def clock_labels(case: Case) -> set[str]:
    return {label for label in case.labels if label.startswith("tenggat::")}


def kinds(case: Case) -> list[type]:
    """What would be written of the case's card and its place on the board, in order."""
    ours = [one for one in case.plan() if isinstance(one, WriteCard | PlaceOnBoard)]
    return [type(one) for one in ours if one.place == ISSUE]


def test_the_labels_say_the_phase_and_whose_turn_it_is() -> None:
    assert relabel(Case()).add == ("fase::awal", "giliran::pengembang")
    assert relabel(walk_to(small_case(), "sajikan")).add == ("fase::akhir", "giliran::kepala_diskominfo")


def test_stale_siblings_are_taken_off_and_other_labels_are_left() -> None:
    case = small_case()
    case.labels = {"fase::akhir", "giliran::pengembang", "penting", "fase::awal"}
    assert relabel(case).remove == ("fase::akhir", "giliran::pengembang")


def test_a_finished_case_has_one_label_whatever_happens_later() -> None:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-1")
    case.settle()
    assert case.labels == {timekeeper.DONE}
    case.content["naskah"] = "diubah sesudah selesai"
    case.settle()
    assert case.labels == {timekeeper.DONE}


def test_a_step_is_due_so_many_working_days_after_the_step_before_it_was_done() -> None:
    case = small_case()
    case.now += timedelta(days=3)
    case.settle()
    assert timekeeper.due(case.desk()) == date(2026, 3, 6)


def test_late_in_the_evening_utc_it_is_the_next_day_there() -> None:
    case = small_case()
    case.now = case.now.replace(hour=20)
    case.settle()
    assert timekeeper.due(case.desk()) == date(2026, 3, 4)


def test_a_step_that_was_sent_back_has_its_time_anew() -> None:
    case = walk_to(small_case(), "amankan")
    case.now += timedelta(days=7)
    case.pastes("teknis-1", refuse=True)
    assert timekeeper.due(case.desk()) == date(2026, 3, 11)


def test_a_blank_duration_gives_no_date() -> None:
    assert timekeeper.due(Case().desk()) is None
    assert timekeeper.clock_words(Case().desk()) == []


def test_time_passing_writes_what_the_clock_says_and_then_nothing_more() -> None:
    case = small_case()
    case.settle()
    assert clock_labels(case) == set()
    case.now = datetime(2026, 3, 3, 6, tzinfo=UTC)  # 14:00, due at 16:00
    case.settle()
    assert clock_labels(case) == {timekeeper.NEAR}
    card = case.cards[ISSUE]
    for days in (1, 30, 400):
        case.now += timedelta(days=days)
        case.settle()
        assert clock_labels(case) == {timekeeper.LATE}
        assert case.plan() == ()
    assert case.cards[ISSUE] == card
    case.pastes("teknis-1")
    assert clock_labels(case) == set()


def test_hours_that_end_within_a_day_are_told_with_the_time() -> None:
    case = small_case()
    case.procedure = small_procedure(SMALL.replace("iso: P1D", "iso: PT1H, iso_max: PT2H"))
    case.settle()
    assert "tenggat **2 Maret 2026 pukul 11.00 WITA**" in case.card()  # begun at 09:00


def test_holidays_of_the_nation_and_of_the_region_move_the_date() -> None:
    case = small_case()
    case.national = NationalDays(off={date(2026, 3, 3): "Nyepi"})
    case.policy = load_policy(POLICY + 'kalender: {libur: {"2026-03-04": HUT Daerah}}\n')
    case.settle()
    assert case.placed == ("fase::awal", date(2026, 3, 5))


def test_a_decree_that_comes_later_moves_the_date_once() -> None:
    case = small_case()
    case.settle()
    first = case.memory.turns[-1]
    case.national = NationalDays(off={date(2026, 3, 3): "Cuti bersama"})
    case.settle()
    (again,) = case.memory.turns[-1:]
    assert case.placed == ("fase::awal", date(2026, 3, 4))
    assert (again.since, len(case.memory.turns)) == (first.since, 1)
    assert again.calendar != first.calendar
    case.national = NationalDays(off={date(2026, 3, 3): "Cuti bersama", date(2026, 12, 24): "Natal"})
    assert case.plan() == ()


def test_a_finished_case_is_due_on_no_day() -> None:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-1")
    case.settle()
    assert timekeeper.due(case.desk()) is None


def test_the_board_shows_the_phase_and_the_day_the_step_is_due() -> None:
    case = small_case()
    case.settle()
    assert case.placed == ("fase::awal", date(2026, 3, 3))
    sent_on = walk_to(small_case(), "sajikan")
    assert sent_on.placed == ("fase::akhir", timekeeper.due(sent_on.desk()))


def test_the_board_is_told_once_and_again_with_a_card_that_does_not_say_so() -> None:
    case = small_case()
    assert kinds(case) == [PlaceOnBoard, WriteCard]
    case.settle()
    case.labels = set()
    assert kinds(case) == []
    number, text = case.cards[ISSUE]
    case.cards[ISSUE] = (number, text.replace("Langkah", "Tahap"))
    assert kinds(case) == [WriteCard]
    case.cards[ISSUE] = (number, text.replace("papan:", ""))
    assert kinds(case) == [PlaceOnBoard, WriteCard]


def test_words_of_a_request_never_pass_for_what_the_board_was_told() -> None:
    case = small_case()
    case.settle()
    number, text = case.cards[ISSUE]
    case.cards[ISSUE] = (number, f"{timekeeper.placing(case.desk()).marker}\n{text}lain")
    assert kinds(case) == [PlaceOnBoard, WriteCard]


def test_a_placing_that_was_cut_off_is_planned_again() -> None:
    case = small_case()
    plan = case.plan()
    case.carry_out(plan[: [type(one) for one in plan].index(PlaceOnBoard)])
    assert kinds(case) == [PlaceOnBoard, WriteCard]


def test_a_finished_case_stands_in_no_lane_of_work_and_has_no_due_date() -> None:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-1")
    case.settle()
    assert case.placed == (timekeeper.DONE, None)


def test_a_case_closed_by_hand_loses_its_due_date_and_gets_it_back_when_it_is_opened_again() -> None:
    case = small_case()
    case.settle()
    stood = case.placed
    case.issue_open = False
    case.settle()
    assert "tenggat" not in case.card()
    assert case.placed == (stood[0], None)
    case.issue_open = True
    case.settle()
    assert case.placed == stood
    assert stood[1] is not None
