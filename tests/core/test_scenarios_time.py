"""What happens in the regencies with time, and with documents of which one is enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from automation.core.clock import state_at
from tests.core.cases import Case
from tests.core.test_clock import there, turn
from tests.core.test_scenarios import card_line, case_of, walked


def at(case: Case, text: str) -> None:
    """Let it be that moment by the office's wall clock (WITA)."""
    case.now = datetime.fromisoformat(f"2026-{text}:00+08:00").astimezone(UTC)


# Bali


def test_bali_2_a_disposition_asked_for_after_hours_is_due_two_hours_into_the_next_working_day() -> None:
    case = case_of("bali")
    at(case, "04-10T17:45")  # Friday, after 16:30
    case.takes("tim-dinkes", "ajukan")
    assert case.open_step == "disposisi"
    assert there(case, turn(case).due) == "04-13 09:30"  # the range's later end, from Monday 07:30 on
    for moment, state in (("04-12T12:00", "on_track"), ("04-13T09:00", "near"), ("04-13T09:31", "late")):
        at(case, moment)
        assert state_at(turn(case), case.now) == state
    case.settle()
    assert "tenggat::lewat" in case.labels
    assert len(case.reminders) == 1


def without(case: Case, *names: str) -> Case:
    for name in names:
        case.content.pop(name)
    case.settle()
    return case


@pytest.mark.parametrize("left", ["surat_tugas", "berita_acara"])
def test_bali_7_one_of_the_two_documents_is_enough(left: str) -> None:
    (gone,) = {"surat_tugas", "berita_acara"} - {left}
    case = without(walked(case_of("bali"), "berita-acara-surat-tugas"), gone)
    case.takes("kepala-diskominfo", "sahkan")
    assert case.memory.finished


def test_bali_7_neither_of_the_two_documents_is_too_few() -> None:
    case = walked(case_of("bali"), "berita-acara-surat-tugas")
    line = card_line(case, "sahkan")
    without(case, "surat_tugas", "berita_acara")
    assert "@laik sahkan" not in case.card()
    case.says("kepala-diskominfo", line)
    case.settle()
    assert not case.memory.finished


# Muara Enim


def test_muara_enim_5_ninety_days_are_warned_of_when_the_office_says_and_once_more_when_over() -> None:
    """By default at half of it and when nine are left; an office that wants to know weeks ahead writes so."""
    for ahead, day in (("PT450M", "07-29"), ("PT6750M", "07-21")):
        case = case_of("muara-enim-pengembang")
        section = case.policy.kalender
        reminders = section.pengingat.model_copy(update={"dekat": ahead})
        section = section.model_copy(update={"pengingat": reminders})
        case.policy = case.policy.model_copy(update={"kalender": section})
        at(case, "04-06T09:00")
        walked(case, "monitoring-evaluasi")
        found = turn(case)
        assert there(case, found.due) == "08-10 16:00"  # the ninetieth working day after 6 April
        assert there(case, found.near)[:5] == day
        assert found.near is not None
        case.now = found.near - timedelta(minutes=1)
        case.settle()
        assert ["Separuh waktu" in one for one in case.reminders] == [True]
        for moment in (found.near, found.near + timedelta(hours=1)):
            case.now = moment
            case.settle()
        assert len(case.reminders) == 2
        at(case, "08-11T08:00")
        case.settle()
        assert ["jatuh tempo" in case.reminders[1], "sudah lewat" in case.reminders[2]] == [True, True]


def test_holidays_fridays_and_ramadan_meet_in_one_step() -> None:
    case = case_of("bali")
    days = (date(2026, 3, 20), date(2026, 3, 21), date(2026, 3, 23), date(2026, 3, 24))
    ramadan = ((date(2026, 2, 19), date(2026, 3, 19)),)
    case.national = replace(case.national, ramadan=ramadan, off=dict.fromkeys(days, "Idul Fitri"))
    at(case, "03-19T14:29")  # the last day of Ramadan, a Thursday: said at 14:30, half an hour before it ends
    case.takes("tim-dinkes", "ajukan")
    assert there(case, turn(case).due) == "03-25 09:00"
