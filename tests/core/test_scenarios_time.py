"""What happens in the regencies with time, and with documents of which one is enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from automation.core.case import StepState
from automation.core.clock import state_at, whose_turn
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


def open_state(case: Case) -> StepState:
    state = case.decide().state.open
    assert state is not None
    return state


def without(case: Case, *names: str) -> Case:
    for name in names:
        case.content.pop(name)
    case.settle()
    return case


def at_bali_7(*names: str, sop: str = "bali") -> Case:
    """A case at step 7, with these of its two letters there."""
    case = walked(case_of(sop), "berita-acara-surat-tugas")
    return without(case, *({"surat_tugas", "berita_acara"} - set(names)))


HEAD, AGENCY_HEAD = "kepala-diskominfo", "kepala-dinkes"
BOTH = "Berita acara pembangunan aplikasi ada, jadi setiap peran ini menyetujui isi yang sama: Kepala Dinas, "


def test_bali_7_with_the_surat_tugas_alone_the_head_of_the_ict_agency_decides_alone() -> None:
    case = at_bali_7("surat_tugas")
    assert "Tanpa Berita acara pembangunan aplikasi yang memutuskan: Kepala Dinas." in case.card()
    assert whose_turn(open_state(case)) == ("ka_dinas",)
    other = case.takes(AGENCY_HEAD, "sahkan")  # whose word nobody wants here: deny by default
    assert case.ruling(other) == "void"
    assert "Hanya pemegang peran Kepala Dinas yang" in case.answer(other)
    case.takes(HEAD, "sahkan")
    assert case.memory.finished


@pytest.mark.parametrize("letters", [("berita_acara",), ("berita_acara", "surat_tugas")])
@pytest.mark.parametrize("first", [HEAD, AGENCY_HEAD])
def test_bali_7_a_berita_acara_takes_both_heads_and_the_card_says_who_is_missing(
    letters: tuple[str, ...], first: str
) -> None:
    case = at_bali_7(*letters)
    assert BOTH in case.card()
    assert whose_turn(open_state(case)) == ("ka_dinas", "kepala_pd")
    case.takes(first, "sahkan")
    assert not case.memory.finished
    second, role, named = {
        HEAD: (AGENCY_HEAD, "kepala_pd", "Kepala PD"),
        AGENCY_HEAD: (HEAD, "ka_dinas", "Kepala Dinas"),
    }[first]
    assert f"Sudah disetujui 1 dari 2 orang; masih diperlukan: {named}, dari unit lain." in case.card()
    assert whose_turn(open_state(case)) == (role,)
    case.takes(second, "sahkan")
    assert case.memory.finished


def test_bali_7_a_berita_acara_that_comes_before_the_heads_word_is_read_makes_it_count_for_nothing() -> None:
    case = at_bali_7("surat_tugas")
    line = card_line(case, "sahkan")
    case.content["berita_acara"] = "isi"
    said = case.says(HEAD, line)
    case.settle()
    assert case.ruling(said) == "void"
    assert "Isinya sudah berubah" in case.answer(said)
    assert open_state(case).standing.missing == ("ka_dinas", "kepala_pd")


def test_bali_7_a_berita_acara_added_after_the_head_spoke_takes_both_heads_anew() -> None:
    case = at_bali_7("surat_tugas", sop="bali-lanjutan")
    case.takes(HEAD, "sahkan")
    assert case.open_step == "siapkan-repositori"
    case.content["berita_acara"] = "isi"
    case.settle()
    assert case.open_step == "berita-acara-surat-tugas"
    assert "Keputusan sebelumnya gugur: isi Berita acara pembangunan aplikasi berubah." in case.card()
    case.takes(HEAD, "sahkan")
    assert case.open_step == "berita-acara-surat-tugas"
    case.takes(AGENCY_HEAD, "sahkan")
    assert case.open_step == "siapkan-repositori"


def test_bali_7_a_berita_acara_taken_away_takes_what_was_said_of_it_along() -> None:
    case = at_bali_7("berita_acara", "surat_tugas")
    case.takes(HEAD, "sahkan")
    line = card_line(case, "sahkan")
    without(case, "berita_acara")
    assert open_state(case).standing.missing == ("",)
    assert "Persetujuan yang sudah diberikan gugur: isi Berita acara" in case.card()
    case.says(AGENCY_HEAD, line)
    case.settle()
    assert not case.memory.finished
    case.takes(HEAD, "sahkan")
    assert case.memory.finished


def test_bali_7_one_person_who_holds_both_roles_is_one_person() -> None:
    case = at_bali_7("berita_acara")
    case.roles = {**case.roles, "kepala_pd": frozenset({HEAD})}
    case.takes(HEAD, "sahkan")
    again = case.takes(HEAD, "sahkan")
    assert "satu orang dihitung sekali" in case.answer(again)
    assert not case.memory.finished


def test_bali_7_two_heads_of_one_unit_are_no_two_parties() -> None:
    case = at_bali_7("berita_acara")
    case.roles = {**case.roles, "kepala_pd": frozenset({"kabid"})}  # of the ICT agency itself
    for head in (HEAD, "kabid"):
        case.takes(head, "sahkan")
    assert not case.memory.finished


def test_bali_7_a_head_of_the_agency_who_is_none_any_more_leaves_a_seat_empty() -> None:
    case = at_bali_7("berita_acara")
    case.takes(AGENCY_HEAD, "sahkan")
    case.roles = {**case.roles, "kepala_pd": frozenset({"dua-topi"})}
    case.takes(HEAD, "sahkan")
    assert open_state(case).standing.missing == ("kepala_pd",)


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
