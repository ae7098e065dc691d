from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from automation.core import clock
from automation.core.clock import MEND, PAUSED, entry_of, runs, state_at, visits
from automation.core.clockreport import step_times
from automation.core.memory import Turn
from automation.core.plan import Remember
from automation.core.policy import load_policy
from tests.core.branching import BRANCHING, agreed, branching_case
from tests.core.cases import (
    FLAWED,
    GOOD,
    POLICY,
    SMALL,
    START,
    UNKNOWN,
    Case,
    lombok_case,
    small_case,
    small_procedure,
    walk_to,
)

# The vendor mends what the judges of a step send back to the very step, as in Lombok Tengah 13.
MENDED = SMALL.replace(
    "on: refused, to: amankan, basis: stated}", "on: refused, to: amankan, basis: stated, turn: [pengembang]}"
)
INVOLVED = SMALL.replace(
    "Securing}\n    actors: {responsible: [{role: tim_teknis_diskominfo, basis: stated}]}",
    "Securing}\n    actors: {responsible: [{role: tim_teknis_diskominfo, basis: stated}],"
    " involved: [{role: pengembang, basis: inferred, confidence: high}]}",
)
OF_LETTERS = SMALL.replace(
    "subjects: [scan], checks: [scan_is_clean]", "subjects: [surat], checks: [surat_is_good]"
)
WAITED = OF_LETTERS.replace(
    "on: refused, to: tulis, basis: inferred}",
    "on: refused, to: tulis, basis: inferred}\n"
    "      wait: {key: pengadaan, text: {id: Menunggu pengadaan, en: Waiting for procurement}}",
)


def case_of(text: str, **content: str) -> Case:
    """A case of that SOP with everything there that it judges."""
    return Case(procedure=small_procedure(text), content={**GOOD, **content})


def there(case: Case, moment: datetime | None) -> str:
    """A moment by the office's wall clock."""
    return f"{case.rules().calendar.local(moment):%m-%d %H:%M}" if moment else ""


def turn(case: Case) -> Turn:
    found = case.decide().turn
    assert found is not None
    return found


def told(case: Case) -> list[tuple[str, str]]:
    """The turns remembered, as (step, whose)."""
    return [(one.step, one.turn) for one in case.memory.turns]


def turns_planned(case: Case) -> list[str]:
    return [one.kind for one in case.plan() if isinstance(one, Remember) and one.kind == "turn"]


def later(case: Case, text: str) -> None:
    """Let it be that moment by the office's wall clock (WITA)."""
    case.now = datetime.fromisoformat(f"2026-{text}:00+08:00").astimezone(UTC)


def test_a_case_at_rest_writes_no_turn_whatever_time_it_is() -> None:
    case = small_case()
    case.settle()
    assert told(case) == [("periksa", "tim_teknis_diskominfo")]
    for days in (1, 10, 400):
        case.now = START + timedelta(days=days)
        assert turns_planned(case) == []


def test_a_turn_begins_with_the_act_that_caused_it_so_that_an_outage_shifts_no_clock() -> None:
    quick, slow = small_case(), small_case()
    for case, outage in ((quick, timedelta()), (slow, timedelta(days=3, hours=5))):
        case.settle()
        line = next(one for one in case.card().splitlines() if one.startswith("@laik"))
        later(case, "03-03T10:00")
        case.says("teknis-1", line)
        case.now += outage
        case.settle()
    assert told(slow)[-1] == ("amankan", "tim_teknis_diskominfo")
    assert turn(slow).since == turn(quick).since
    assert turn(slow).due == turn(quick).due
    assert there(slow, turn(slow).due) == "03-05 16:00"


@pytest.mark.parametrize("wrong", [timedelta(hours=30), timedelta(days=3660)])
def test_a_machines_clock_that_was_wrong_and_is_put_right_gives_and_takes_no_time(wrong: timedelta) -> None:
    case = case_of(SMALL.replace("iso: P1D", "iso: PT300M"))
    case.settle()
    stood = turn(case)
    case.now += wrong
    case.issue_open = False
    case.settle()
    case.now -= wrong
    case.issue_open = True
    case.settle()
    assert (turn(case).turn, turn(case).due) == (stood.turn, stood.due)
    assert turns_planned(case) == []
    case.now += timedelta(hours=1)
    calendar = case.rules().calendar
    (only,) = step_times(case.procedure, case.memory.turns, calendar, case.now, finished=False)
    assert only.worked >= timedelta(hours=1)


def test_a_step_opened_by_a_clock_years_ahead_is_due_by_the_clock_that_is_right() -> None:
    case = small_case()
    case.now += timedelta(days=3660)
    case.settle()
    case.now -= timedelta(days=3660)
    case.issue_open = False
    case.settle()
    case.issue_open = True
    case.settle()
    assert there(case, turn(case).due) == "03-03 16:00"
    calendar = case.rules().calendar
    (only,) = step_times(case.procedure, case.memory.turns, calendar, case.now, finished=False)
    assert only.worked >= timedelta()


def test_evidence_alone_is_timed_when_laik_sees_it() -> None:
    case = Case()
    case.settle()
    assert told(case) == [("tulis", "pengembang")]
    later(case, "03-04T09:00")
    case.content.update(GOOD)
    case.settle()
    assert there(case, turn(case).since) == "03-04 09:00"
    assert there(case, turn(case).due) == "03-05 16:00"


def test_a_blank_duration_has_a_turn_and_no_deadline() -> None:
    case = Case()
    case.settle()
    assert (turn(case).due, turn(case).near, turn(case).calendar) == (None, None, "")
    assert state_at(turn(case), START + timedelta(days=999)) is None


def test_the_clock_is_on_track_then_near_then_late() -> None:
    case = small_case()
    case.settle()
    found = turn(case)
    assert (there(case, found.near), there(case, found.due)) == ("03-03 08:15", "03-03 16:00")
    states = [
        state_at(found, datetime.fromisoformat(f"2026-03-{text}+08:00"))
        for text in ("03T08:14:00", "03T08:15:00", "03T16:00:00", "03T16:00:01")
    ]
    assert states == ["on_track", "near", "near", "late"]


def ninety(*, policy: str = POLICY) -> Case:
    """A case at a step of ninety days, from Monday 2 March, 10:00; no day off but weekends."""
    case = small_case()
    case.procedure = small_procedure(SMALL.replace("iso: P1D", "iso: P90D", 1))
    case.policy = load_policy(policy)
    case.settle()
    return case


@pytest.mark.parametrize(
    ("days", "half", "near", "due"),
    [
        ("kerja", "05-05 07:30", "06-24 07:30", "07-06 16:00"),
        ("kalender", "04-16 23:59", "05-22 23:59", "05-31 23:59"),
    ],
)
def test_ninety_days_are_near_when_nine_of_them_are_left(days: str, half: str, near: str, due: str) -> None:
    case = ninety(policy=f"{POLICY}kalender: {{hari: {days}}}\n")
    found = turn(case)
    assert [there(case, one) for one in (found.half, found.near, found.due)] == [half, near, due]
    case.now = START + timedelta(days=500)
    assert turns_planned(case) == []


@pytest.mark.parametrize(
    ("least", "near"), [("PT60M", "06-24 07:30"), ("PT4050M", "06-24 07:30"), ("PT6750M", "06-16 07:30")]
)
def test_what_the_policy_says_stays_the_least_that_people_are_told_before(least: str, near: str) -> None:
    case = ninety(policy=f"{POLICY}kalender: {{pengingat: {{dekat: {least}}}}}\n")
    assert there(case, turn(case).near) == near


def test_short_days_never_make_more_than_half_the_time_near() -> None:
    hours = ", ".join(f"{day}: 08:00-09:00" for day in ("senin", "selasa", "rabu", "kamis", "jumat"))
    case = small_case()
    case.procedure = small_procedure(SMALL.replace("iso: P1D", "iso: P9D", 1))
    case.policy = load_policy(f"{POLICY}kalender: {{jam: {{{hours}}}}}\n")
    case.settle()
    assert (there(case, turn(case).near), there(case, turn(case).due)) == ("03-09 08:30", "03-13 09:00")


def test_half_the_time_is_kept_of_long_work_alone_and_in_turns_that_began_before_it() -> None:
    shorter = small_case()
    shorter.procedure = small_procedure(SMALL.replace("iso: P1D", "iso: P29D", 1))
    shorter.settle()
    assert (turn(shorter).half, "half" in entry_of(turn(shorter))) == (None, False)
    for moment, half in (("04-20T10:00", "05-05 07:30"), ("05-05T10:00", "")):
        case = ninety()
        later(case, moment)
        for stands in (False, True):  # stopped and taken up on the same day, which costs no time
            case.issue_open = stands
            case.settle()
        assert there(case, turn(case).half) == half


def test_a_turn_from_before_half_times_is_read_and_written_once_more() -> None:
    case = ninety()
    (known,) = [one for one in case.entries if one.kind == "turn"]
    old = {name: value for name, value in known.body.items() if name != "half"}
    case.entries = [replace(one, body=old) if one is known else one for one in case.entries]
    assert case.memory.turns[-1].half is None
    assert turns_planned(case) == ["turn"]
    case.settle()
    assert there(case, turn(case).half) == "05-05 07:30"
    assert turns_planned(case) == []


def test_refused_by_the_next_step_the_time_is_with_those_who_wrote_it() -> None:
    case = case_of(SMALL.replace("{raw: null, iso: null}", "{raw: 3 hari, iso: P3D}"))
    case.settle()
    later(case, "03-05T10:00")
    case.pastes("teknis-1", refuse=True)
    assert told(case)[-1] == ("tulis", "pengembang")
    assert there(case, turn(case).due) == "03-10 16:00"
    later(case, "03-06T10:00")
    case.content["naskah"] = "naskah yang diperbaiki"
    case.settle()
    assert told(case)[-1] == ("periksa", "tim_teknis_diskominfo")
    assert there(case, turn(case).due) == "03-09 16:00"


@pytest.mark.parametrize("text", [MENDED, INVOLVED])
def test_the_judges_clock_stands_while_the_vendor_mends_and_starts_anew_after_that(
    text: str,
) -> None:
    case = walk_to(case_of(text), "amankan")
    later(case, "03-04T10:00")
    case.pastes("teknis-1", refuse=True)
    assert told(case)[-1] == ("amankan", f"{MEND}pengembang")
    assert turn(case).due is None
    assert "giliran **Pengembang**" in case.card()
    assert "jam berhenti selama perbaikan" in case.card()
    assert "giliran::pengembang" in case.labels
    later(case, "03-20T10:00")
    assert turns_planned(case) == []
    case.content["scan"] = "bersih sekarang"
    case.settle()
    assert told(case)[-1] == ("amankan", "tim_teknis_diskominfo")
    assert there(case, turn(case).due) == "03-24 16:00"
    assert [len(one) for one in visits(case.memory.turns) if one[0].step == "amankan"] == [1, 1, 1]


def test_sent_back_to_the_very_people_who_judge_it_is_a_visit_of_its_own() -> None:
    case = walk_to(small_case(), "amankan")
    later(case, "03-04T10:00")
    case.pastes("teknis-1", refuse=True)
    again = turn(case)
    assert (again.turn, there(case, again.since)) == ("tim_teknis_diskominfo", "03-04 10:01")
    assert len([one for one in visits(case.memory.turns) if one[0].step == "amankan"]) == 2
    assert turns_planned(case) == []


def test_a_case_closed_by_hand_stands_still_and_gets_its_lost_days_back() -> None:
    case = small_case()
    case.settle()
    due = turn(case).due
    case.issue_open = False
    case.settle()
    assert told(case)[-1] == ("periksa", PAUSED)
    assert turn(case).due is None
    case.issue_open = True
    case.settle()
    assert turn(case).due == due  # no working day ended meanwhile
    case.issue_open = False
    case.settle()
    later(case, "03-06T10:00")  # the 2nd to the 5th ended
    case.issue_open = True
    case.settle()
    assert there(case, turn(case).due) == "03-09 16:00"
    assert len(visits(case.memory.turns)[-1]) == 5


def test_a_wait_is_nobodys_time_until_the_first_work_on_what_comes_next() -> None:
    case = walk_to(case_of(WAITED, surat=FLAWED), "amankan")
    assert told(case)[-1] == ("amankan", "wait:pengadaan")
    assert turn(case).due is None
    assert "jam berhenti: Menunggu pengadaan" in case.card()
    later(case, "04-15T10:00")
    assert turns_planned(case) == []
    case.issue_open = False
    case.settle()
    case.issue_open = True
    case.settle()
    assert told(case)[-1] == ("amankan", "wait:pengadaan")
    case.content["surat"] = UNKNOWN
    assert turns_planned(case) == []
    case.content["surat"] = "surat pertama"
    case.settle()
    assert told(case)[-1] == ("amankan", "tim_teknis_diskominfo")
    assert there(case, turn(case).due) == "04-17 16:30"
    later(case, "04-16T10:00")
    case.content["surat"] = FLAWED
    case.settle()
    assert there(case, turn(case).due) == "04-17 16:30"


def test_a_suspended_case_stands_still_and_goes_on_with_the_act_that_takes_it_up() -> None:
    text = BRANCHING.replace("{raw: null, iso: null}", "{raw: 1 hari, iso: P1D}")
    case = agreed(branching_case(text=text, ketersediaan="tidak ada"))
    case.takes("kabid", "tidak-tersedia", "anggaran habis")
    case.takes("kabid", "ajukan")
    assert told(case)[-1] == ("lapor", PAUSED)
    assert turn(case).due is None
    later(case, "06-02T10:00")
    assert turns_planned(case) == []
    line = next(one for one in case.card().splitlines() if one.startswith("@laik lanjut"))
    case.says("kabid", line)
    case.now += timedelta(hours=3)
    case.settle()
    assert told(case)[-1] == ("sediakan", "kabid")
    assert there(case, turn(case).since) == "06-02 10:01"
    assert there(case, turn(case).due) == "06-03 16:00"


def test_an_agreement_of_two_is_given_when_the_second_gives_it() -> None:
    text = BRANCHING.replace("{raw: null, iso: null}", "{raw: 1 hari, iso: P1D}")
    case = agreed(branching_case(text=text))
    step = next(one for one in case.memory.turns if one.step == "sepakati")
    following = case.memory.turns[case.memory.turns.index(step) + 1 :]
    given = max(one.created_at for one in case.said)
    assert following[-1].since == given.replace(microsecond=0)


def test_what_could_not_be_looked_at_changes_no_clock() -> None:
    case = walk_to(small_case(), "amankan")
    stood = turn(case)
    case.now += timedelta(days=1)
    case.content["naskah"] = UNKNOWN
    assert turns_planned(case) == []
    assert turn(case) == stood
    case.content["naskah"] = "naskah"
    assert turns_planned(case) == []


def test_a_step_whose_evidence_changed_is_open_from_then_on() -> None:
    case = walk_to(small_case(), "amankan")
    later(case, "03-30T10:00")
    case.content["naskah"] = "diubah"
    case.settle()
    assert told(case)[-1] == ("periksa", "tim_teknis_diskominfo")
    assert there(case, turn(case).since) == "03-30 10:00"
    case.pastes("teknis-1")
    assert told(case)[-1] == ("amankan", "tim_teknis_diskominfo")
    assert there(case, turn(case).due) == "04-01 16:00"


def test_turn_within_a_step_does_not_restart_the_steps_time() -> None:
    case = walk_to(case_of(OF_LETTERS, surat=FLAWED), "amankan")
    due = turn(case).due
    case.now += timedelta(days=1)
    case.content["surat"] = "baik"
    case.settle()
    assert turn(case).due == due


def test_a_finished_case_has_a_last_turn_that_is_nobodys_and_keeps_it() -> None:
    case = lombok_case()
    case.procedure = case.procedure.model_copy(update={"hosting": None})
    walk_to_the_end(case)
    assert told(case)[-1] == ("", "")
    assert case.memory.finished
    later(case, "12-01T10:00")
    assert turns_planned(case) == []


def walk_to_the_end(case: Case) -> None:
    for _ in case.procedure.steps:
        case.settle()
        state = case.decide().state.open
        if state is None:
            break
        assert state.step.act is not None
        holder = {"kepala_pd": "kepala-dinkes", "kepala_diskominfo": "kepala-diskominfo"}
        case.pastes(holder.get(state.step.act.by[0], "teknis-1"))
    case.settle()


def test_a_ledger_from_before_turns_is_taken_up_where_it_stands() -> None:
    case = walk_to(small_case(), "amankan")
    known = turn(case)
    case.entries = [one for one in case.entries if one.kind != "turn"]
    case.now += timedelta(days=9)
    taken = turn(case)
    assert (taken.step, taken.turn, taken.due) == (known.step, known.turn, known.due)


# Anything may happen in any order: what holds of turns whatever happened.

ACTIONS = ("wait", "approve", "refuse", "change", "break", "close", "open", "lose", "settle")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(1, 3000)), max_size=12))
def test_turns_follow_each_other_and_nothing_at_rest_is_written(steps: list[tuple[str, int]]) -> None:
    case = case_of(MENDED)
    for number, (action, minutes) in enumerate(steps):
        case.now += timedelta(minutes=minutes)
        _play(case, action, number)
    case.settle()
    turns = case.memory.turns
    event(f"{len(turns)} turns")
    assert list(turns) == sorted(turns, key=lambda one: one.since)
    for visit in visits(turns):
        opened = clock.opened_at(visit)  # a later turn of a visit may begin when its step is late already
        assert all(one.due is None or (runs(one) and opened and one.due >= opened) for one in visit)
    assert all(bool(one.due) == bool(one.calendar) for one in turns)
    assert all(first != replace(second, since=first.since) for first, second in itertools.pairwise(turns))
    case.now += timedelta(minutes=1)
    assert turns_planned(case) == []


def _play(case: Case, action: str, number: int) -> None:
    match action:
        case "approve" | "refuse" if case.issue_open:
            case.settle()
            lines = [one for one in case.card().splitlines() if one.startswith("@laik")]
            wanted = [one for one in lines if one.endswith("<alasan>") == (action == "refuse")]
            if wanted:
                who = "kepala-diskominfo" if "disposisi" in wanted[0] else "teknis-1"
                case.says(who, wanted[0].replace("<alasan>", "kurang"))
        case "change" | "break" | "lose":
            word = {"change": f"isi {number}", "break": FLAWED, "lose": UNKNOWN}[action]
            case.content[("naskah", "scan")[number % 2]] = word
        case "close" | "open":
            case.issue_open = action == "open"
        case "settle":
            case.settle()
        case _:
            pass


@pytest.mark.parametrize("word", [clock.PAUSED, clock.LAIK, "wait:pengadaan", "mend:pengembang"])
def test_no_time_runs_in_a_turn_that_is_nobodys(word: str) -> None:
    assert not runs(Turn("periksa", word, START))
    assert runs(Turn("periksa", "tim_teknis_diskominfo", START))
    assert not runs(Turn("", "", START))
