"""Waivers: who may lift what, for which findings, until when, and what happens when they end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from automation.collect.procedures import bundled
from automation.core.authority import highest
from automation.core.case import StepState
from automation.core.finding import Outcome
from automation.core.waiver import NEVER, read
from tests.core.branching import branching_case
from tests.core.cases import FLAWED, Case, ready_for_hosting, small_case
from tests.core.test_scenarios import case_of, walked

HEAD = "kepala-diskominfo"


def flawed() -> Case:
    case = branching_case(pemeriksaan=FLAWED)
    case.settle()
    return case


def opened(case: Case) -> StepState:
    state = case.decide().state.open
    assert state is not None
    return state


def waives(
    case: Case, account: str = HEAD, *, check: str = "dokumen_ada", days: int = 10, reason: str = "darurat"
) -> str:
    state = opened(case)
    about = state.step.act.about if state.step.act else state.step.key
    until = (case.now + timedelta(days=days)).date().isoformat()
    line = f"@laik kecualikan {about} {state.digest[:6]} {check} sampai {until} {reason}"
    act = case.says(account, line)
    case.settle()
    return act


def test_the_head_of_the_ict_agency_lifts_a_failing_check_for_a_time() -> None:
    case = flawed()
    assert case.ruling(waives(case)) == "waived"
    assert "! dikecualikan `dokumen_ada`" in case.card()
    assert "pengecualian `dokumen_ada` berlaku sampai 12 Maret 2026" in case.card()
    case.takes("kabid", "lengkap")
    assert case.open_step == "sepakati"


def test_a_waiver_ends_with_its_day_and_the_step_opens_again() -> None:
    case = flawed()
    waives(case, days=3)
    case.takes("kabid", "lengkap")
    case.now += timedelta(days=3)
    assert case.open_step == "sepakati"
    case.now += timedelta(days=1)
    assert case.open_step == "periksa"


def test_a_waiver_covers_what_failed_then_and_nothing_that_fails_later() -> None:
    case = branching_case(pemeriksaan=FLAWED)
    step = case.procedure.step("periksa")
    judging = step.judging.model_copy(update={"subjects": ("pemeriksaan", "usulan")})
    steps = tuple(
        one.model_copy(update={"judging": judging}) if one.key == "periksa" else one
        for one in case.procedure.steps
    )
    case.procedure = case.procedure.model_copy(update={"steps": steps})
    case.settle()
    waives(case)
    case.content["usulan"] = FLAWED
    outcomes = {one.key: one.outcome for one in case.decide().state.steps[0].findings}
    assert outcomes == {"pemeriksaan": Outcome.WAIVED, "usulan": Outcome.FAIL}


@pytest.mark.parametrize("account", ["kabid", "kasi", "orang-lain", "vendor-maju"])
def test_nobody_else_can_lift_a_check(account: str) -> None:
    case = flawed()
    assert case.ruling(waives(case, account)) == "void"
    assert case.open_step == "periksa"


def test_where_the_sop_names_no_head_its_head_of_division_lifts_a_check() -> None:
    case = walked(case_of("muara-enim-mandiri"), "review-spesifikasi")
    step = case.procedure.step("review-spesifikasi")
    case.content[step.judging.subjects[0]] = FLAWED
    failing = next(one.check for one in opened(case).findings if not one.holds)
    refused = waives(case, "kasi", check=failing)
    assert case.ruling(refused) == "void"
    assert "KABID E-Government" in case.answer(refused)
    assert case.ruling(waives(case, "kabid", check=failing)) == "waived"


@pytest.mark.parametrize("sop", sorted(bundled()))
def test_every_sop_has_somebody_who_may_lift_a_check(sop: str) -> None:
    assert highest(bundled()[sop])


@pytest.mark.parametrize("days", [-1, 400])
def test_a_waiver_must_end_within_a_year_and_not_before_it_begins(days: int) -> None:
    case = flawed()
    act = waives(case, days=days)
    assert case.ruling(act) == "void"
    assert "Tanggal akhir pengecualian" in case.answer(act)


def test_what_does_not_fail_cannot_be_lifted() -> None:
    case = branching_case()
    case.settle()
    act = waives(case)
    assert case.ruling(act) == "void"
    assert "Tidak ada temuan" in case.answer(act)


@pytest.mark.parametrize("check", sorted(NEVER))
def test_the_floor_and_what_guards_laik_cannot_be_lifted(check: str) -> None:
    case = flawed()
    act = waives(case, check=check)
    assert case.ruling(act) == "void"
    assert "tidak dapat dikecualikan" in case.answer(act)


def test_a_waiver_without_a_reason_or_day_is_answered_with_how_it_is_written() -> None:
    case = flawed()
    state = case.decide().state.open
    assert state is not None
    act = case.says(HEAD, f"@laik kecualikan kebutuhan {state.digest[:6]} dokumen_ada karena darurat")
    case.settle()
    assert case.ruling(act) == "void"
    assert "sampai <tahun-bulan-tanggal> <alasan>" in case.answer(act)


def test_a_waiver_taken_away_before_the_step_was_decided_lifts_nothing() -> None:
    case = flawed()
    act = waives(case)
    case.deletes(act)
    assert not case.decide().state.steps[0].evidence_holds
    assert case.decide().state.steps[0].forfeited == ()  # a waiver is no approval that could be missed


def test_a_waiver_edited_after_the_step_was_complete_changes_nothing() -> None:
    case = flawed()
    act = waives(case)
    case.takes("kabid", "lengkap")
    case.edits(act, "tidak jadi")
    assert case.open_step == "sepakati"


def test_an_approval_given_before_a_waiver_does_not_count_after_it() -> None:
    case = branching_case()
    case.takes("kabid", "lengkap")
    case.content["pemeriksaan"] = FLAWED
    case.settle()
    waives(case)
    assert case.open_step == "periksa"


def test_no_waiver_reaches_the_hosting_gate() -> None:
    case = ready_for_hosting()
    case.content["uat_hasil"] = FLAWED
    verdict = case.decide().hosting
    assert verdict is not None
    assert not verdict.approvable
    act = waives(case, check="uat_passed_for_code")
    assert case.ruling(act) == "void"


def test_an_unfilled_step_without_a_person_can_be_waived_too() -> None:
    case = small_case(naskah=FLAWED)
    case.settle()
    assert case.ruling(waives(case, check="naskah_is_filled")) == "waived"
    assert case.open_step == "periksa"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dokumen_ada",
        "dokumen_ada sampai 2026-02-30 alasan",
        "dokumen_ada sampai besok alasan",
        "Dokumen sampai 2026-03-01 alasan",
        "dokumen_ada sampai 2026-03-01 ",
        "dokumen_ada sampai 2026-03-01",
        "dokumen_ada sampai ٢٠٢٦-٠٣-٠١ alasan",
    ],
)
def test_only_check_day_and_reason_read_as_a_waiver(text: str) -> None:
    assert read(text) is None
