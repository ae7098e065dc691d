from __future__ import annotations

from datetime import UTC, datetime, timedelta

from automation.bots import reminder
from automation.core.clock import PAUSED
from automation.core.memory import Memory
from automation.core.plan import Remember, Remind
from automation.core.policy import load_policy
from tests.core.cases import POLICY, ROLES, SMALL, Case, small_case, small_procedure, walk_to

ESCALATED = POLICY + "kalender: {eskalasi: [kepala_diskominfo]}\n"


def at(case: Case, text: str) -> Case:
    """Let it be that moment by the office's wall clock (WITA), and laik look at the case."""
    case.settle()
    case.now = datetime.fromisoformat(f"2026-{text}:00+08:00").astimezone(UTC)
    case.settle()
    return case


def reminded(memory: Memory) -> list[str]:
    return sorted(what for _, _, what in memory.reminded)


def test_people_are_told_once_that_time_is_nearly_up_and_once_that_it_is() -> None:
    case = at(small_case(), "03-02T15:00")
    assert case.reminders == []
    for moment in ("03-03T09:00", "03-03T12:00", "03-03T15:59"):
        at(case, moment)
        assert len(case.reminders) == 1
    for moment in ("03-03T16:01", "03-04T09:00", "06-01T09:00"):
        at(case, moment)
        assert len(case.reminders) == 2
    near, late = case.reminders
    assert "langkah 2 (periksa) jatuh tempo **3 Maret 2026**" in near
    assert "Tim Teknis Diskominfo (@teknis-1, @teknis-2)" in near
    assert "Tenggat langkah 2 (periksa) sudah lewat" in late
    assert reminded(case.memory) == ["late", "near"]


def test_a_case_found_late_is_not_told_that_it_will_be() -> None:
    case = at(small_case(), "03-09T10:00")
    (text,) = case.reminders
    assert "sudah lewat" in text


def test_another_turn_is_reminded_of_its_own() -> None:
    case = at(small_case(), "03-03T09:00")
    walk_to(case, "amankan")
    at(case, "03-09T09:00")
    assert len(case.reminders) == 2
    assert "langkah 3" in case.reminders[1]


def test_only_what_is_late_goes_on_to_the_roles_of_the_policy() -> None:
    case = small_case()
    case.policy = load_policy(ESCALATED)
    at(case, "03-03T09:00")
    at(case, "03-04T09:00")
    near, late = case.reminders
    assert "Diteruskan" not in near
    assert "Diteruskan kepada Kepala Diskominfo (@kepala-diskominfo)" in late


def test_work_of_less_than_a_day_gets_no_word_beforehand() -> None:
    case = small_case()
    case.procedure = small_procedure(SMALL.replace("iso: P1D", "iso: PT2H"))
    at(case, "03-02T10:30")
    assert "tenggat::dekat" in case.labels
    assert case.reminders == []
    at(case, "03-02T11:30")
    (text,) = case.reminders
    assert "2 Maret 2026 pukul 11.00 WITA" in text


def test_the_policy_turns_reminders_off_and_says_how_long_before() -> None:
    silent = small_case()
    silent.policy = load_policy(POLICY + "kalender: {pengingat: {dekat: null, lewat: false}}\n")
    at(silent, "03-03T09:00")
    at(silent, "03-09T09:00")
    assert silent.reminders == []
    assert "tenggat::lewat" in silent.labels
    short = small_case()
    short.policy = load_policy(POLICY + "kalender: {pengingat: {dekat: PT60M}}\n")
    assert at(short, "03-03T14:59").reminders == []
    assert len(at(short, "03-03T15:00").reminders) == 1


def long_case(policy: str = POLICY) -> Case:
    """A case at a step of ninety working days, from Monday 2 March; no day off but weekends."""
    case = small_case()
    case.procedure = small_procedure(SMALL.replace("iso: P1D", "iso: P90D", 1))
    case.policy = load_policy(policy)
    return case


def test_of_long_work_people_hear_at_half_of_it_when_nine_days_are_left_and_when_it_is_late() -> None:
    case = long_case()
    given = [(0, "05-05T07:29"), (1, "05-05T07:30"), (1, "06-24T07:29"), (2, "06-24T07:30")]
    for count, moment in (*given, (2, "07-06T16:00"), (3, "07-06T16:01"), (3, "09-01T09:00")):
        at(case, moment)
        assert len(case.reminders) == count
    half, near, late = case.reminders
    assert "Separuh waktu langkah 2 (periksa) sudah lewat; jatuh tempo **6 Juli 2026**" in half
    assert "Giliran Tim Teknis Diskominfo (@teknis-1, @teknis-2)" in half
    assert "Pengingat: langkah 2 (periksa) jatuh tempo **6 Juli 2026**" in near
    assert "Tenggat langkah 2 (periksa) sudah lewat" in late
    assert reminded(case.memory) == ["half", "late", "near"]


def test_half_the_time_changes_no_label_and_goes_on_to_nobody() -> None:
    case = at(long_case(ESCALATED), "05-05T09:00")
    assert not [one for one in case.labels if one.startswith("tenggat::")]
    (half,) = case.reminders
    assert "Diteruskan" not in half
    case.now += timedelta(days=40)
    assert case.plan() == ()


def test_long_work_found_near_or_late_is_not_told_of_half_its_time() -> None:
    for moment, word in (("06-25T09:00", "Pengingat"), ("08-03T09:00", "sudah lewat")):
        (text,) = at(long_case(), moment).reminders
        assert word in text
        assert "Separuh" not in text


def test_a_turn_that_begins_after_half_the_time_is_not_told_of_it_again() -> None:
    case = at(long_case(), "05-05T09:00")
    for stands in (False, True):
        case.issue_open = stands
        at(case, f"05-06T{9 + stands:02}:00")
    assert [one.turn == PAUSED for one in case.memory.turns] == [False, True, False]
    assert len(case.reminders) == 1


def test_a_policy_without_a_word_beforehand_gives_none_at_half_the_time_either() -> None:
    case = long_case(POLICY + "kalender: {pengingat: {dekat: null}}\n")
    for moment in ("05-05T09:00", "06-24T09:00"):
        assert at(case, moment).reminders == []
    assert "tenggat::dekat" in case.labels


def test_a_reminder_whose_memory_was_lost_is_not_given_again() -> None:
    case = at(small_case(), "03-03T09:00")
    case.entries = [one for one in case.entries if one.kind != "reminded"]
    (again,) = [one for one in reminder.wishes(case.desk()) if isinstance(one, Remind)]
    case.answers[again.marker] = again.body
    (change,) = reminder.wishes(case.desk())
    assert isinstance(change, Remember)
    case.settle()
    assert reminded(case.memory) == ["near"]
    assert len(case.reminders) == 1


def test_nobody_is_reminded_while_the_case_is_closed_by_hand() -> None:
    case = small_case()
    case.settle()
    case.issue_open = False
    at(case, "03-20T09:00")
    assert case.reminders == []


def test_nobody_is_called_whom_the_policy_does_not_name_and_no_group_is() -> None:
    case = Case()
    case.procedure = small_procedure(SMALL.replace("{raw: null, iso: null}", "{raw: 1 hari, iso: P1D}"))
    case.roles = {**ROLES, "pengembang": frozenset({"vendor-maju", "all", "orang-lain"})}
    (text,) = at(case, "03-09T09:00").reminders
    assert "Giliran Pengembang." in text
    assert "@" not in text
    held = {**ROLES, "tim_teknis_diskominfo": frozenset({"teknis-1", "all", "diskominfo"})}
    office = small_case()
    office.policy = load_policy(POLICY.replace("[teknis-1, teknis-2]", "[teknis-1, all, diskominfo]"))
    office.roles = held
    (text,) = at(office, "03-09T09:00").reminders
    assert "(@teknis-1)" in text
    assert "@all" not in text
    assert "@diskominfo" not in text


def test_a_late_case_at_rest_costs_no_write() -> None:
    case = at(small_case(), "03-09T09:00")
    case.now += timedelta(days=40)
    assert case.plan() == ()
