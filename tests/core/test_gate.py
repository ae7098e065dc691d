from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from automation.core.gate import (
    FLOOR,
    HOSTING_CHECK,
    GateState,
    HostingVerdict,
    Light,
    gates,
    steps_missing,
)
from automation.core.plan import MergeHosting
from tests.core.branching import BRANCHING, branching_case
from tests.core.cases import (
    BROKEN,
    FLAWED,
    HEAD,
    IDS,
    REQUEST,
    ROLES,
    UNKNOWN,
    Case,
    FakeCheck,
    finding,
    ready_for_hosting,
    small_case,
    walk_to,
)


def verdict(case: Case) -> HostingVerdict:
    found = case.decide().hosting
    assert found is not None
    return found


def lights(case: Case) -> dict[str, Light]:
    return {gate.name: gate.light for gate in case.decide().gates}


def merges(case: Case) -> bool:
    return any(isinstance(change, MergeHosting) for change in case.plan())


def approved() -> tuple[Case, str]:
    """A hosting request whose approval was ruled on, just before laik merges."""
    case = ready_for_hosting()
    act = case.pastes_hosting("teknis-1")
    case.carry_out(tuple(change for change in case.plan() if not isinstance(change, MergeHosting)))
    return case, act


def test_a_gate_is_green_only_when_all_its_steps_are_complete() -> None:
    case = small_case()
    assert lights(case)["naskah"] is Light.PENDING
    case.pastes("teknis-1")
    assert lights(case) == {"naskah": Light.SUCCESS, "keamanan": Light.PENDING, "hosting": Light.PENDING}


@pytest.mark.parametrize(
    ("content", "light"), [(FLAWED, Light.FAILED), (BROKEN, Light.FAILED), (UNKNOWN, Light.FAILED)]
)
def test_a_gate_is_red_on_what_fails_or_cannot_be_judged(content: str, light: Light) -> None:
    assert lights(small_case(naskah=content))["naskah"] is light


def test_a_gate_is_red_while_a_refusal_stands() -> None:
    case = small_case()
    case.pastes("teknis-1", refuse=True)
    assert lights(case)["naskah"] is Light.FAILED


def test_a_gate_shows_its_steps_and_which_of_them_is_open() -> None:
    case = small_case()
    state = case.decide().state
    write, check, secure, serve = case.procedure.steps
    assert gates(state) == (
        GateState("naskah", Light.PENDING, (write, check), state.open),
        GateState("keamanan", Light.PENDING, (secure,), None),
        GateState("hosting", Light.PENDING, (serve,), None),
    )
    case.pastes("teknis-1")
    assert gates(case.decide().state)[0] == GateState("naskah", Light.SUCCESS, (write, check), None)


def test_a_gate_waits_for_its_steps_that_lie_behind_those_of_another() -> None:
    case = small_case()
    moved = case.procedure.step("amankan").model_copy(update={"gate": "naskah"})
    between = case.procedure.step("periksa").model_copy(update={"gate": "keamanan"})
    steps = (case.procedure.steps[0], between, moved, case.procedure.steps[3])
    case.procedure = case.procedure.model_copy(update={"steps": steps})
    assert case.open_step == "periksa"
    assert lights(case)["naskah"] is Light.PENDING


def test_a_gate_that_is_passed_by_judged_nothing_and_is_not_green() -> None:
    own = BRANCHING.replace(
        "number: 2\n    phase: awal\n    gate: kebutuhan", "number: 2\n    phase: awal\n    gate: usul"
    )
    case = branching_case(text=own)
    case.takes("kabid", "lengkap")
    passed = next(gate for gate in case.decide().gates if gate.name == "usul")
    assert (passed.light, passed.steps, passed.open) == (Light.PENDING, (), None)


def test_a_gate_is_green_when_the_steps_its_way_needs_are_complete() -> None:
    case = branching_case()
    case.takes("kabid", "lengkap")
    gate = case.decide().gates[0]
    assert (gate.light, [step.key for step in gate.steps]) == (Light.SUCCESS, ["periksa"])


def test_a_gate_whose_step_only_wants_its_act_is_not_red() -> None:
    case = walk_to(small_case(), "sajikan")
    assert case.decide().state.steps[-1].findings == ()
    assert lights(case)["hosting"] is Light.PENDING


def test_a_request_opened_before_its_time_names_the_steps_that_are_missing() -> None:
    case = small_case()
    case.asks()
    assert verdict(case).steps_missing == ("tulis", "periksa", "amankan", "sajikan")[1:]
    assert not verdict(case).approvable


def test_the_disposition_is_needed_and_its_read_back_is_not() -> None:
    case = walk_to(small_case(), "sajikan")
    assert steps_missing(case.procedure, case.decide().state) == ("sajikan",)
    case.pastes("kepala-diskominfo")
    assert steps_missing(case.procedure, case.decide().state) == ()


def test_a_sop_without_a_hosting_rule_lets_nothing_through() -> None:
    case = small_case()
    bare = case.procedure.model_copy(update={"hosting": None})
    assert steps_missing(bare, case.decide().state) == tuple(step.key for step in bare.steps)


@pytest.mark.parametrize("check", [HOSTING_CHECK, *FLOOR])
@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.PENDING, Outcome.ERROR, None])
def test_the_floor_lets_nothing_through_that_does_not_hold(check: str, outcome: Outcome | None) -> None:
    case, _ = approved()
    assert merges(case)
    found = (finding(check, outcome),) if outcome else ()
    case.checks[check] = FakeCheck(check, answer=lambda view, subjects: found)
    assert not verdict(case).evidence_holds
    assert not merges(case)


@pytest.mark.parametrize("check", [HOSTING_CHECK, *FLOOR])
def test_no_sop_can_make_the_floor_not_applicable(check: str) -> None:
    case, _ = approved()
    found = (finding(check, Outcome.NOT_APPLICABLE),)
    case.checks[check] = FakeCheck(check, answer=lambda view, subjects: found)
    assert not verdict(case).evidence_holds


def test_evidence_of_another_commit_than_the_one_asked_for_never_counts() -> None:
    case, _ = approved()
    case.judged_commit = "a" * 40
    assert not verdict(case).evidence_holds


def test_a_request_whose_file_is_gone_is_not_merged() -> None:
    case = ready_for_hosting()
    case.asks(blob="", sha="")
    keys = {one.key for one in verdict(case).findings if not one.holds}
    assert "merged_file" in keys


def test_an_approved_request_is_merged_at_the_head_that_was_judged() -> None:
    case, _ = approved()
    (merge,) = [change for change in case.plan() if isinstance(change, MergeHosting)]
    assert (merge.head_sha, merge.intent["blob"]) == (HEAD, "b" * 40)


CHANGES = {
    "head": {"head_sha": "f" * 40},
    "path": {"path": "permohonan/lain.yaml"},
    "blob": {"blob": "1" * 40},
    "sha": {"sha": "2" * 40},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_in_the_request_voids_its_approval(change: dict[str, str]) -> None:
    case, _ = approved()
    case.asks(**change)
    assert verdict(case).approval is None
    assert not merges(case)


@pytest.mark.parametrize("name", ["uat_hasil", "scan", "mockup", "code", "naskah", "surat"])
def test_whatever_changes_in_the_evidence_voids_the_approval(name: str) -> None:
    case, _ = approved()
    case.content[name] = "lain"
    assert verdict(case).approval is None
    assert not merges(case)


def test_the_policy_that_the_hosting_checks_read_is_part_of_what_is_approved() -> None:
    case = ready_for_hosting()
    case.checks[HOSTING_CHECK] = FakeCheck(HOSTING_CHECK, policy=("perangkat_daerah",))
    case.slice["perangkat_daerah"] = {"dinkes": "Dinas Kesehatan"}
    before = verdict(case).digest
    case.slice["lain"] = 1
    assert verdict(case).digest == before
    case.slice["perangkat_daerah"] = {}
    assert verdict(case).digest != before


def test_an_approver_who_lost_the_role_before_the_merge_approves_nothing() -> None:
    case, _ = approved()
    case.roles = {**ROLES, "tim_teknis_diskominfo": frozenset({"teknis-2"})}
    assert verdict(case).approval is None


def test_an_approver_who_then_pushed_to_the_request_approves_nothing() -> None:
    case, _ = approved()
    case.asks(barred=frozenset({IDS["teknis-1"]}))
    assert verdict(case).approval is None


def test_an_approval_whose_comment_was_edited_or_deleted_before_the_merge_is_void() -> None:
    for gone in ("edits", "deletes"):
        case, act = approved()
        case.edits(act, "sudah tidak setuju") if gone == "edits" else case.deletes(act)
        assert not merges(case), gone


def test_a_disposition_withdrawn_before_the_merge_stops_it() -> None:
    case, _ = approved()
    disposition = next(one.act for one in case.memory.acts if one.step == "sajikan")
    case.deletes(disposition)
    assert verdict(case).steps_missing == ("sajikan",)
    assert not merges(case)


def test_deleting_the_comment_of_a_closed_step_reopens_nothing() -> None:
    case = ready_for_hosting()
    case.deletes(next(one.act for one in case.memory.acts if one.step == "periksa"))
    assert case.open_step == "sajikan"


def test_a_refusal_by_one_outweighs_the_approval_of_another() -> None:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-2", refuse="nama menyesatkan")
    case.pastes_hosting("teknis-1")
    case.settle()
    assert verdict(case).refusal is not None
    assert not case.memory.intended


def test_deleting_a_refusal_does_not_take_it_back() -> None:
    case = ready_for_hosting()
    act = case.pastes_hosting("teknis-2", refuse="nama menyesatkan")
    case.settle()
    case.deletes(act)
    case.pastes_hosting("teknis-1")
    case.settle()
    assert not case.memory.intended


@pytest.mark.parametrize("moved", ["uat_hasil", "surat", "head"])
def test_a_refusal_of_a_request_outlives_whatever_else_moves(moved: str) -> None:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-2", refuse="nama menyesatkan")
    case.settle()
    if moved == "head":
        case.asks(head_sha="f" * 40)
    else:
        case.content[moved] = "lain"
    assert verdict(case).refusal is not None


def test_a_refusal_ends_with_a_new_request_file_or_with_its_givers_approval() -> None:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-2", refuse="nama menyesatkan")
    case.settle()
    case.asks(blob="1" * 40)
    assert verdict(case).refusal is None
    case.asks()
    assert verdict(case).refusal is not None
    case.pastes_hosting("teknis-2")
    case.settle()
    assert case.memory.finished


def finished() -> Case:
    case, _ = approved()
    case.settle()
    assert case.memory.finished
    return case


def test_a_finished_case_may_change_its_name_by_the_floor_and_an_approval_of_its_own() -> None:
    case = finished()
    first = case.memory.admitted
    case.content["naskah"] = (
        FLAWED  # a step that no longer holds: it was complete once, and nobody can act on it
    )
    case.asks(iid=8, blob="1" * 40)
    assert verdict(case).approvable
    assert verdict(case).approval is None
    case.pastes_hosting("teknis-1")
    case.settle()
    assert case.memory.admitted is not None
    assert (case.memory.admitted.blob, case.memory.admitted.merge_request) == ("1" * 40, 8)
    assert first is not None
    assert first.merge_request == 7
    assert case.memory.finished


@pytest.mark.parametrize("lost", ["mockup", "uat_hasil", "scan"])
def test_a_change_of_a_finished_case_needs_the_floor_for_its_commit(lost: str) -> None:
    case = finished()
    case.content[lost] = FLAWED
    case.asks(iid=8, blob="1" * 40)
    assert not verdict(case).approvable
    act = case.says("teknis-1", f"@laik setuju hosting {verdict(case).digest[:4]}", REQUEST)
    case.settle()
    assert case.ruling(act) == "void"
    assert 8 not in case.memory.intended


def test_a_removal_needs_no_floor_but_an_approval_of_the_team() -> None:
    case = finished()
    for name in ("mockup", "uat_hasil", "scan", "code"):
        case.content[name] = FLAWED
    case.asks(iid=8, blob="", sha="", removes=True)
    assert verdict(case).approvable
    assert not verdict(case).ready
    case.pastes_hosting("teknis-1")
    case.settle()
    assert (case.memory.admitted, dict(case.memory.names), dict(case.memory.down)) == (None, {}, {})
    assert case.memory.finished


def test_a_removal_of_what_the_case_does_not_hold_is_not_approvable() -> None:
    case = finished()
    case.content["hosting"] = FLAWED
    case.asks(iid=8, blob="", sha="", removes=True)
    assert not verdict(case).approvable


def test_whose_term_is_past_already_is_not_admitted() -> None:
    case = ready_for_hosting()
    case.asks(until="2026-01-01", expired=True)
    (failing,) = [one for one in verdict(case).findings if not one.holds]
    assert (failing.key, "2026-01-01" in failing.seen.id) == ("term", True)


def test_the_term_of_a_name_is_remembered_with_its_admission() -> None:
    case = ready_for_hosting()
    case.asks(until="2027-03-01")
    case.pastes_hosting("teknis-1")
    case.settle()
    assert case.memory.admitted is not None
    assert case.memory.admitted.until == "2027-03-01"
