from __future__ import annotations

from automation.bots import host
from automation.core.plan import MergeHosting, Remember, ServeHosting
from tests.core.cases import COMMIT, HEAD, Case, ready_for_hosting, small_case


def merging() -> Case:
    """An approved request that laik has not merged yet."""
    case = ready_for_hosting()
    case.pastes_hosting("teknis-1")
    return case


def test_nothing_is_merged_without_an_approval() -> None:
    assert host.wishes(ready_for_hosting().desk()) == []
    assert host.wishes(small_case().desk()) == []


def test_an_approved_request_is_merged_pinned_to_its_head() -> None:
    (merge,) = host.wishes(merging().desk())
    assert isinstance(merge, MergeHosting)
    assert merge.head_sha == merge.intent["head"] == HEAD
    assert merge.intent["sha"] == COMMIT
    assert merge.message.startswith("PA-2026-0042: permohonan/antrean.yaml")


def test_the_decision_that_is_remembered_is_the_digest_that_was_approved() -> None:
    desk = merging().desk()
    (merge,) = host.wishes(desk)
    assert isinstance(merge, MergeHosting)
    assert desk.decision.hosting is not None
    approval = desk.decision.hosting.approval
    assert approval is not None
    assert merge.intent["decision"] == approval.digest == desk.decision.hosting.digest


def test_what_laik_merged_is_admitted_exactly_as_it_was_intended() -> None:
    case = merging()
    case.carry_out(case.plan())
    (admission,) = host.wishes(case.desk())
    assert isinstance(admission, Remember)
    assert admission.kind == "admitted"
    assert admission.body == {
        "path": "permohonan/antrean.yaml",
        "blob": "b" * 40,
        "sha": COMMIT,
        "decision": case.memory.intended[7]["decision"],
        "merge_request": 7,
        "merge_sha": "9" * 40,
        "removed": False,
    }


def test_what_was_admitted_is_served_until_it_was_read_back() -> None:
    case = merging()
    case.read_back = False
    for _ in range(3):
        case.carry_out(case.plan())
    (serve,) = host.wishes(case.desk())
    assert isinstance(serve, ServeHosting)
    assert (serve.name, serve.sha) == ("permohonan/antrean.yaml", COMMIT)
    case.read_back = True
    case.carry_out(case.plan())
    assert host.wishes(case.desk()) == []


def test_a_merge_that_was_admitted_before_is_not_admitted_again() -> None:
    case = merging()
    case.settle()
    assert case.merged == {7: "9" * 40}
    assert host.wishes(case.desk()) == []
