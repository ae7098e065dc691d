from __future__ import annotations

import pytest

from automation.core.case import CaseState, judge_step, replay
from automation.core.evidence import EvidenceView, NotCollected
from automation.core.finding import Finding, Outcome
from automation.core.judging import CheckLike
from automation.core.memory import Memory
from tests.core.branching import branching_case
from tests.core.cases import (
    BROKEN,
    FLAWED,
    SMALL,
    UNKNOWN,
    Case,
    FakeCheck,
    finding,
    lombok_case,
    small_case,
    small_procedure,
    walk_to,
)


def saying(name: str, *outcomes: Outcome) -> FakeCheck:
    findings = tuple(finding(name, outcome) for outcome in outcomes)
    return FakeCheck(name, answer=lambda view, subjects: findings)


def test_a_case_without_documents_is_at_its_first_step() -> None:
    case = Case()
    assert (case.done, case.open_step) == (0, "tulis")


def test_steps_behind_the_open_one_are_not_looked_at() -> None:
    case = small_case()
    assert [state.step.key for state in case.decide().state.steps] == ["tulis", "periksa"]


@pytest.mark.parametrize("content", [FLAWED, BROKEN, UNKNOWN])
def test_what_is_flawed_broken_or_unknown_completes_nothing(content: str) -> None:
    assert small_case(naskah=content).done == 0


def test_evidence_that_was_not_collected_is_asked_for_in_one_round() -> None:
    case = small_case()
    with pytest.raises(NotCollected) as question:
        replay(case.procedure, EvidenceView(), Memory(), case.checks)
    assert question.value.ids == {"doc:naskah"}


def test_questions_of_several_checks_are_put_together() -> None:
    def asks(name: str) -> FakeCheck:
        return FakeCheck(name, answer=lambda view, subjects: (view.get(f"doc:{name}"), ())[1])

    procedure = small_procedure(SMALL.replace("checks: [scan_is_clean]", "checks: [satu]"))
    step = procedure.step("amankan")
    judging = step.judging.model_copy(update={"checks": ("satu", "dua")})
    checks: dict[str, CheckLike] = {"satu": asks("satu"), "dua": asks("dua")}
    with pytest.raises(NotCollected) as question:
        judge_step(
            procedure, step.model_copy(update={"judging": judging}), small_case().view(), Memory(), checks
        )
    assert question.value.ids == {"doc:satu", "doc:dua"}


def test_a_step_whose_checks_say_nothing_is_an_error() -> None:
    case = small_case()
    case.checks["naskah_is_filled"] = saying("naskah_is_filled")
    (found,) = case.decide().state.steps[0].findings
    assert found.outcome is Outcome.ERROR
    assert case.done == 0


def test_a_check_that_says_nothing_is_an_error_beside_others_that_hold() -> None:
    case = small_case()
    step = case.procedure.steps[0]
    judging = step.judging.model_copy(update={"checks": ("naskah_is_filled", "diam")})
    case.checks["diam"] = saying("diam")
    state = judge_step(
        case.procedure,
        step.model_copy(update={"judging": judging}),
        case.view(),
        Memory(),
        case.checks,
    )
    assert not state.complete


def test_a_step_without_a_person_does_not_complete_on_nothing_applicable() -> None:
    case = small_case()
    case.checks["naskah_is_filled"] = saying("naskah_is_filled", Outcome.NOT_APPLICABLE)
    assert case.done == 0


@pytest.mark.parametrize("outcome", list(Outcome))
def test_one_finding_that_does_not_hold_keeps_a_step_open(outcome: Outcome) -> None:
    case = small_case()
    case.checks["naskah_is_filled"] = saying("naskah_is_filled", Outcome.PASS, outcome)
    assert case.done == (1 if outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.WAIVED} else 0)


@pytest.mark.parametrize("content", [UNKNOWN, BROKEN, None])
def test_a_subject_that_no_check_covers_is_not_approved_unread(content: str | None) -> None:
    case = walk_to(small_case(), "sajikan")
    if content is None:
        del case.content["surat"]
    else:
        case.content["surat"] = content
    assert not case.decide().state.steps[-1].evidence_holds
    assert "@laik disposisi" not in case.card()


def test_an_approval_completes_exactly_its_own_step() -> None:
    case = small_case()
    act = case.pastes("teknis-1")
    assert case.ruling(act) == "approved"
    assert case.open_step == "amankan"


def test_an_approval_lapses_when_what_it_was_given_for_changes() -> None:
    case = walk_to(small_case(), "amankan")
    case.content["naskah"] = "naskah lain"
    state = case.decide().state
    assert state.open is not None
    assert (state.open.step.key, state.open.lapsed, state.open.approval) == ("periksa", ("naskah",), None)


def test_an_approval_lapses_when_the_policy_its_check_reads_changes() -> None:
    case = small_case()
    case.checks["naskah_is_filled"] = FakeCheck("naskah_is_filled", policy=("induk_domain",))
    walk_to(case, "amankan")
    case.slice["lain"] = "tidak dibaca"
    assert case.open_step == "amankan"
    case.slice["induk_domain"] = ("contoh.go.id",)
    state = case.decide().state.open
    assert state is not None
    assert (state.step.key, state.lapsed) == ("periksa", ("aturan",))


def test_what_could_not_be_looked_for_is_not_told_as_changed() -> None:
    case = walk_to(small_case(), "amankan")
    case.content["naskah"] = UNKNOWN
    state = case.decide().state.open
    assert state is not None
    assert (state.step.key, state.lapsed) == ("tulis", ())


def test_a_refusal_goes_back_and_holds_both_steps_until_the_content_changes() -> None:
    case = small_case()
    case.pastes("teknis-1", refuse=True)
    assert case.open_step == "tulis"
    case.content["naskah"] = "naskah kedua"
    assert case.open_step == "periksa"
    case.pastes("teknis-2")
    assert case.open_step == "amankan"


def test_a_refusal_stands_again_when_the_refused_content_comes_back() -> None:
    case = small_case()
    case.pastes("teknis-1", refuse=True)
    case.content["naskah"] = "naskah kedua"
    case.pastes("teknis-2")
    case.content["naskah"] = "naskah"
    assert case.open_step == "tulis"


def test_a_forge_that_does_not_answer_lifts_no_refusal() -> None:
    case = small_case()
    case.pastes("teknis-1", refuse=True)
    case.content["naskah"] = UNKNOWN
    assert case.decide().state.steps[0].held is not None


def test_a_step_that_is_refused_back_to_itself_stays_open_until_its_content_changes() -> None:
    case = walk_to(small_case(), "amankan")
    case.pastes("teknis-1", refuse=True, reason="injeksi SQL")
    state = case.decide().state.open
    assert state is not None
    assert (state.step.key, state.evidence_holds) == ("amankan", False)
    case.content["scan"] = "bersih kembali"
    case.pastes("teknis-2")
    assert case.open_step == "sajikan"


def test_the_last_step_is_complete_only_when_the_name_was_read_back() -> None:
    case = walk_to(small_case(), "sajikan")
    case.pastes("kepala-diskominfo")
    state = case.decide().state.open
    assert state is not None
    assert (state.given, state.complete) == (True, False)


@pytest.mark.parametrize(
    ("decision", "applied", "complete"), [("d", "d", True), ("d", "lama", False), ("", "", False)]
)
def test_read_back_means_of_the_decision_that_stands(decision: str, applied: str, complete: bool) -> None:
    case = walk_to(small_case(), "sajikan")
    case.pastes("kepala-diskominfo")
    body = {"path": "p", "blob": "b", "sha": "c", "decision": decision, "merge_request": 7}
    case._append("admitted", {**body, "merge_sha": "m", "removed": False})
    case._append("applied", {"decision": applied})
    assert (case.open_step is None) == complete


LOOPS = [
    ("koreksi-kak", "draft-kak", "kak"),
    ("persetujuan-kak", "koreksi-kak", "kak"),
    ("tanggapan-rencana", "presentasi-awal", "mockup"),
    ("uji-keamanan", "uji-keamanan", "scan"),
]


@pytest.mark.parametrize(("at", "back", "subject"), LOOPS)
def test_the_loops_of_lombok_tengah_go_back_and_come_through_once_the_content_changed(
    at: str, back: str, subject: str
) -> None:
    case = walk_to(lombok_case(), at)
    case.pastes("teknis-1", refuse=True)
    assert case.open_step == back
    assert case.settle() == 0
    case.content[subject] = "isi yang diperbaiki"
    walk_to(case, at)
    case.pastes("teknis-2")
    assert case.decide().state.state(at) is not None
    assert at in case.memory.closed


@pytest.mark.parametrize(("at", "back", "subject"), LOOPS)
def test_whoever_refused_in_lombok_tengah_can_take_it_back(at: str, back: str, subject: str) -> None:
    case = walk_to(lombok_case(), at)
    case.pastes("teknis-1", refuse=True)
    case.pastes("teknis-1")
    state = case.decide().state.state(at)
    assert state is not None
    assert state.complete


def test_in_the_plan_loop_new_minutes_alone_do_not_lift_a_refusal() -> None:
    case = walk_to(lombok_case(), "tanggapan-rencana")
    case.pastes("teknis-1", refuse=True)
    case.content["notulen_rapat"] = "notulen baru"
    assert case.open_step == "presentasi-awal"


def test_judging_twice_gives_the_same() -> None:
    case = walk_to(lombok_case(), "uji-keamanan")
    assert case.decide() == case.decide()


def test_findings_are_in_one_order_whatever_the_check_gives() -> None:
    def judged(*keys: str) -> str:
        case = small_case()
        found: tuple[Finding, ...] = tuple(finding("naskah_is_filled", Outcome.PASS, key=k) for k in keys)
        case.checks["naskah_is_filled"] = FakeCheck("naskah_is_filled", answer=lambda v, s: found)
        return case.decide().state.steps[0].digest

    assert judged("a", "b") == judged("b", "a") != judged("a")


def test_all_that_a_step_its_checks_and_its_ways_need_is_asked_for_in_one_round() -> None:
    case = branching_case()
    for name in ("dokumen_ada", "tersedia", "tidak_tersedia"):
        case.checks[name] = FakeCheck(name, needs=(f"ask:{name}",))
    with pytest.raises(NotCollected) as question:
        judge_step(case.procedure, case.procedure.step("sediakan"), EvidenceView(), Memory(), case.checks)
    asked = {"doc:ketersediaan", "ask:dokumen_ada", "ask:tersedia", "ask:tidak_tersedia"}
    assert question.value.ids == asked


def test_of_several_subjects_those_that_changed_are_named_in_one_order() -> None:
    case = walk_to(small_case(), "amankan")
    step = case.procedure.step("periksa")
    judging = step.judging.model_copy(update={"subjects": ("surat", "naskah", "scan")})
    wide = step.model_copy(update={"judging": judging})
    steps = tuple(wide if one.key == "periksa" else one for one in case.procedure.steps)
    case.procedure = case.procedure.model_copy(update={"steps": steps})
    case.pastes("teknis-1")
    assert case.open_step == "amankan"
    case.content |= {"surat": "surat lain", "naskah": "naskah lain"}
    state = case.decide().state.open
    assert state is not None
    assert (state.step.key, state.lapsed) == ("periksa", ("naskah", "surat"))


def test_a_step_that_was_not_looked_at_has_no_state() -> None:
    state = small_case().decide().state
    assert state.state("sajikan") is None
    found = state.state("tulis")
    assert found is not None
    assert found.step.key == "tulis"


def test_only_the_step_that_the_read_back_completes_waits_for_it() -> None:
    case = walk_to(small_case(), "sajikan")
    waiting = {one.step.key: one.waiting_for_service for one in case.decide().state.steps}
    assert waiting == {"tulis": False, "periksa": False, "amankan": False, "sajikan": True}
    bare = case.procedure.model_copy(update={"hosting": None})
    last = judge_step(bare, bare.step("sajikan"), case.view(), case.memory, case.checks)
    assert not last.waiting_for_service


def test_a_step_that_provisions_waits_only_where_it_is_complete_once_the_repository_stands() -> None:
    case = small_case()
    tulis = case.procedure.step("tulis")
    later = tulis.model_copy(update={"complete_when": "provided"})
    for step, waits in ((tulis, False), (later, True)):
        state = judge_step(case.procedure, step, case.view(), Memory(), case.checks)
        assert (state.waiting_for_provision, state.complete) == (waits, not waits)
    there = Memory(provisioned={"aplikasi": "w"})
    assert judge_step(case.procedure, later, case.view(), there, case.checks).complete


def test_what_lies_before_the_open_step_and_was_not_walked_is_passed_by() -> None:
    case = branching_case()
    assert case.decide().state.passed_by == frozenset()
    case.takes("kabid", "lengkap")
    state = case.decide().state
    assert (state.passed_by, state.done, state.suspended) == ({"usulkan"}, 1, False)
    assert CaseState(case.procedure, ()).passed_by == frozenset()
    assert CaseState(case.procedure, ()).open is None
    ended = CaseState(case.procedure, state.steps[:1])
    keys = [step.key for step in case.procedure.steps]
    assert (ended.open, ended.passed_by) == (None, frozenset(keys[1:]))
