"""What a verdict on a hosting request says: complaints in full, evidence asked for, whose word counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.core.errors import Where
from automation.core.evidence import NotCollected
from automation.core.finding import Finding, Outcome
from automation.core.gate import FLOOR, HOSTING_CHECK, judge_hosting, steps_missing
from automation.core.procedure_model import HostingRule
from automation.core.text import Bilingual
from tests.core.branching import branching_case
from tests.core.cases import BROKEN, FLAWED, FakeCheck, finding, ready_for_hosting, small_case
from tests.core.test_gate import approved, verdict


@pytest.mark.parametrize(
    ("way", "missing"), [("lengkap", ("sepakati",)), ("belum-lengkap", ("usulkan", "sepakati"))]
)
def test_steps_that_the_way_does_not_need_are_not_missing(way: str, missing: tuple[str, ...]) -> None:
    case = branching_case(usulan=FLAWED)
    rule = HostingRule(after=("periksa", "sepakati"), approved_by=("kadis",))
    case.procedure = case.procedure.model_copy(update={"hosting": rule})
    case.takes("kabid", way, "belum ada daftar")
    assert steps_missing(case.procedure, case.decide().state) == missing


COMPLAINTS = {
    "merged_file": (
        {"blob": ""},
        Finding(
            HOSTING_CHECK,
            Outcome.FAIL,
            Bilingual("Tidak ada berkas permohonan pada head.", "There is no request file at the head."),
            Bilingual("Tambahkan berkasnya.", "Add the file."),
            Where(file="permohonan/antrean.yaml"),
            "merged_file",
        ),
    ),
    "term": (
        {"until": "2026-01-01", "expired": True},
        Finding(
            HOSTING_CHECK,
            Outcome.FAIL,
            Bilingual("berlaku_sampai 2026-01-01 sudah lewat.", "berlaku_sampai 2026-01-01 is past."),
            Bilingual("Tulis tanggal yang akan datang.", "Write a day to come."),
            Where(file="permohonan/antrean.yaml"),
            "term",
        ),
    ),
    "judged_commit": (
        {"sha": "2" * 40},
        Finding(
            HOSTING_CHECK,
            Outcome.ERROR,
            Bilingual(
                "Yang dinilai commit cccccccccccc, bukan commit yang diminta.",
                "Judged was commit cccccccccccc, not the commit asked for.",
            ),
            Bilingual(
                "Tulis sha lengkap (40 angka heksadesimal) dari cabang utama aplikasi.",
                "Write the full sha (40 hex digits) from the application's default branch.",
            ),
            Where(file="permohonan/antrean.yaml"),
            "judged_commit",
        ),
    ),
}


@pytest.mark.parametrize(("changes", "complaint"), COMPLAINTS.values(), ids=COMPLAINTS)
def test_what_is_wrong_with_a_request_is_said_with_where_and_what_to_do(
    changes: dict[str, object], complaint: Finding
) -> None:
    case = ready_for_hosting()
    case.asks(**changes)
    assert [one for one in verdict(case).findings if not one.holds] == [complaint]


def test_a_merge_request_without_a_request_file_is_not_told_that_its_file_is_gone() -> None:
    case = ready_for_hosting()
    case.asks(path="", blob="")
    assert "merged_file" not in {one.key for one in verdict(case).findings}


def test_code_that_cannot_be_read_is_an_error_of_the_floor_and_of_no_commit() -> None:
    case = ready_for_hosting()
    case.content["code"] = BROKEN
    failing = {(one.check, one.key, one.outcome) for one in verdict(case).findings if not one.holds}
    assert failing == {(check, "code", Outcome.ERROR) for check in FLOOR}


def test_what_the_checks_of_the_request_ask_for_is_asked_in_one_round() -> None:
    def asks(name: str) -> FakeCheck:
        return FakeCheck(name, answer=lambda view, subjects: (view.get(f"ask:{name}"), ())[1])

    case = ready_for_hosting()
    case.checks |= {name: asks(name) for name in (HOSTING_CHECK, *FLOOR)}
    with pytest.raises(NotCollected) as question:
        verdict(case)
    assert question.value.ids == {f"ask:{name}" for name in (HOSTING_CHECK, *FLOOR)}


def test_missing_evidence_is_asked_for_before_judging() -> None:
    case = ready_for_hosting()
    view = case.view()
    left_out = ("scan", "hosting", "doc:uat_skenario", "doc:uat_hasil")
    collected = {name: one for name, one in view.collected.items() if name not in left_out}
    decision = case.decide()
    with pytest.raises(NotCollected) as question:
        judge_hosting(
            case.procedure,
            decision.state,
            verdict(case).facts,
            type(view)(collected, view.policy, view.documents, view.roles),
            decision.memory,
            case.checks,
        )
    assert question.value.ids == set(left_out)


def test_a_refusal_is_no_approval_and_an_approval_no_refusal() -> None:
    case = ready_for_hosting()
    refused = case.pastes_hosting("teknis-2", refuse="nama menyesatkan")
    case.settle()
    found = verdict(case)
    assert found.refusal is not None
    assert (found.approval, found.refusal.act) == (None, refused)
    case, act = approved()
    found = verdict(case)
    assert found.approval is not None
    assert (found.approval.act, found.refusal) == (act, None)


def test_a_removal_needs_no_step_of_a_case_that_is_under_way_either() -> None:
    case = small_case()
    case.asks(blob="", sha="", removes=True)
    found = verdict(case)
    assert (found.steps_missing, found.approvable, found.facts.removes) == ((), True, True)


def test_why_a_case_does_not_run_holds_up_everything_but_a_removal() -> None:
    stop = finding("kasus_berjalan", Outcome.FAIL)
    case = ready_for_hosting()
    decision = case.decide()
    for removes in (False, True):
        facts = replace(verdict(case).facts, removes=removes)
        judged = judge_hosting(
            case.procedure, decision.state, facts, case.view(), decision.memory, case.checks, (stop,)
        )
        assert (stop in judged.findings) is not removes
        assert judged.evidence_holds is removes


def test_a_verdict_on_nothing_holds_nothing() -> None:
    found = verdict(ready_for_hosting())
    assert found.evidence_holds
    assert not replace(found, findings=()).evidence_holds


def test_acts_on_one_request_are_not_acts_on_the_next() -> None:
    facts = verdict(ready_for_hosting()).facts
    assert (facts.step_key, replace(facts, iid=8).step_key) == ("hosting!7", "hosting!8")
