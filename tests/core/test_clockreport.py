from __future__ import annotations

from datetime import UTC, datetime, timedelta

from automation.core.clockreport import StepTime, duration_words, step_times, turn_words, worked_words
from automation.core.memory import with_turn
from automation.core.procedure_model import Duration
from tests.core.cases import Case, small_case, walk_to
from tests.core.test_clock import MENDED, case_of


def times(case: Case) -> list[StepTime]:
    decision = case.decide()
    turn, memory = decision.turn, decision.memory
    turns = with_turn(memory.turns, turn) if turn else ()
    calendar = case.rules().calendar
    return list(step_times(case.procedure, turns, calendar, case.now, finished=memory.finished))


def at(case: Case, text: str) -> None:
    """Let it be that moment by the office's wall clock (WITA)."""
    case.now = datetime.fromisoformat(f"2026-{text}:00+08:00").astimezone(UTC)


def minutes(one: StepTime) -> int:
    return round(one.worked.total_seconds() / 60)


def test_a_step_is_told_with_its_target_what_it_took_and_whether_that_was_in_time() -> None:
    case = small_case()
    case.settle()
    at(case, "03-03T08:59")
    case.pastes("teknis-1")
    at(case, "03-09T10:00")
    first, second = times(case)
    assert (first.step, first.verdict, first.target.iso, first.visits) == ("periksa", "in_time", "P1D", 1)
    assert minutes(first) == 360 + 90  # Monday 09:00 to 16:00 without the break, Tuesday 07:30 to 09:00
    assert (second.step, second.verdict, second.open) == ("amankan", "late", True)
    case.pastes("teknis-1")
    assert [one.verdict for one in times(case)] == ["in_time", "was_late", "on_track"]


def test_waits_mending_and_pauses_are_not_the_steps_time() -> None:
    case = walk_to(case_of(MENDED), "amankan")
    at(case, "03-03T09:00")
    case.pastes("teknis-1", refuse=True)
    at(case, "03-20T09:00")
    assert times(case)[-1].verdict == "stopped"
    case.content["scan"] = "bersih sekarang"
    case.settle()
    case.issue_open = False
    case.settle()
    at(case, "03-24T10:00")
    case.issue_open = True
    case.settle()
    at(case, "03-24T11:00")
    last = times(case)[-1]
    assert (last.step, last.visits, last.verdict) == ("amankan", 2, "on_track")
    # Monday 09:00 to Tuesday 09:00, and the last hour.
    assert minutes(last) in range(450 + 60 - 3, 450 + 60 + 3)


def test_a_step_without_a_target_has_no_verdict() -> None:
    case = Case()
    case.settle()
    (only,) = times(case)
    assert (only.verdict, only.due, duration_words(only.target)) == ("untimed", None, "-")


def test_targets_and_working_time_are_told_in_words() -> None:
    assert duration_words(Duration(raw=None, iso="P7D")) == "7 hari kerja"
    assert duration_words(Duration(raw=None, iso="P7D"), "kalender") == "7 hari kalender"
    assert duration_words(Duration(raw=None, iso="PT1H", iso_max="PT2H")) == "1 jam sampai 2 jam"
    assert duration_words(Duration(raw=None, iso="P1DT90M")) == "1 hari kerja 1 jam 30 menit"
    assert worked_words(timedelta(minutes=450 * 2 + 61)) == "2 hari 1 jam 1 menit"
    assert worked_words(timedelta()) == "0 menit"


def test_every_kind_of_turn_is_told_in_words() -> None:
    assert turn_words("kabid_aptika,tim_teknis") == "kabid_aptika, tim_teknis"
    assert turn_words("paused") == "tidak ada, kasus berhenti"
    assert turn_words("wait:pengadaan") == "pihak lain, menunggu pengadaan"
    assert turn_words("mend:pengembang") == "pengembang, memperbaiki"
    assert turn_words("laik") == "laik sendiri"
