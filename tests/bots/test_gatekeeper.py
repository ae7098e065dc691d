from __future__ import annotations

from dataclasses import replace

from automation.bots import gatekeeper
from automation.core.plan import PostStatus
from automation.core.reconcile import Target
from tests.core.cases import COMMIT, FLAWED, HEAD, Case, ready_for_hosting, small_case


def statuses(case: Case, sha: str = COMMIT) -> dict[str, str]:
    wished = [change for change in gatekeeper.wishes(case.desk()) if isinstance(change, PostStatus)]
    contexts = [change.context for change in wished if change.sha == sha]
    assert len(contexts) == len(set(contexts)), "one status a gate"
    return {change.context: change.state for change in wished if change.sha == sha}


def test_every_gate_and_the_aggregate_are_shown() -> None:
    assert statuses(small_case()) == {
        "laik/naskah": "pending",
        "laik/keamanan": "pending",
        "laik/hosting": "pending",
        "laik/sop": "pending",
    }


def test_a_failing_gate_makes_the_aggregate_fail() -> None:
    shown = statuses(small_case(naskah=FLAWED))
    assert (shown["laik/naskah"], shown["laik/sop"]) == ("failed", "failed")


def test_a_request_before_its_time_is_shown_as_failed_on_its_own_head() -> None:
    case = small_case()
    case.asks()
    assert statuses(case, HEAD)["laik/hosting"] == "failed"
    assert statuses(case)["laik/hosting"] == "pending"


def test_a_request_waits_for_its_approval_and_is_then_let_through() -> None:
    case = ready_for_hosting()
    assert (statuses(case, HEAD)["laik/hosting"], statuses(case)["laik/sop"]) == ("pending", "pending")
    case.pastes_hosting("teknis-1")
    assert statuses(case, HEAD) == {
        "laik/naskah": "success",
        "laik/keamanan": "success",
        "laik/hosting": "success",
        "laik/sop": "success",
    }


def test_a_refused_request_is_shown_as_failed() -> None:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-1", refuse="nama menyesatkan")
    assert statuses(case, HEAD)["laik/hosting"] == "failed"


def test_a_forged_status_is_written_over_and_a_true_one_left_alone() -> None:
    case = small_case(naskah=FLAWED)
    case.settle()
    case.statuses[3, COMMIT, "laik/sop"] = ("success", "Terpenuhi", False)
    (change,) = case.plan()
    assert isinstance(change, PostStatus)
    assert (change.context, change.state) == ("laik/sop", "failed")


def test_a_finished_case_shows_its_aggregate_as_fulfilled() -> None:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-1")
    case.settle()
    case.content["naskah"] = "diubah sesudah selesai"
    assert statuses(case)["laik/sop"] == "success"


def test_a_commit_that_was_not_judged_never_wears_the_green_of_the_one_that_was() -> None:
    case = ready_for_hosting()
    newer = "f" * 40
    desk = case.desk()
    observation = replace(
        desk.decision.observation, targets=(*desk.decision.observation.targets, Target(3, newer))
    )
    desk = replace(desk, decision=replace(desk.decision, observation=observation))
    shown = {one.context: one.state for one in gatekeeper.wishes(desk) if one.sha == newer}
    assert shown["laik/keamanan"] == shown["laik/sop"] == "pending"
    assert shown["laik/naskah"] == "success"
    assert statuses(case)["laik/keamanan"] == "success"
