"""The check on the open hosting merge request."""

from __future__ import annotations

from automation.core.evidence import HOSTING, Evidence, EvidenceView, State
from automation.core.finding import Outcome, worst
from automation.core.hosting import FileChange, HostingEvidence, Registry
from checks.hosting_request_is_valid import NEEDS, POLICY, judge
from tests.targets.world import make_policy, request_text


def view(state: State, value: object = None, policy: object = None) -> EvidenceView:
    sliced = make_policy().slice() if policy is None else policy
    return EvidenceView(collected={HOSTING: Evidence(HOSTING, state, value=value)}, policy=sliced)  # type: ignore[arg-type]


def evidence(text: str) -> HostingEvidence:
    change = FileChange("permohonan/simpus.yaml", "added")
    return HostingEvidence((change,), Registry(), text.encode(), "PA-2026-0042", "dinkes", True, False)


def test_a_valid_request_passes() -> None:
    assert worst(judge(view(State.PRESENT, evidence(request_text())), ())) is Outcome.PASS


def test_a_request_under_a_foreign_parent_fails() -> None:
    findings = judge(view(State.PRESENT, evidence(request_text(induk="evil.example"))), ())
    assert worst(findings) is Outcome.FAIL


def test_no_merge_request_yet_is_pending() -> None:
    assert [one.outcome for one in judge(view(State.ABSENT), ())] == [Outcome.PENDING]


def test_what_could_not_be_found_out_is_an_error_and_never_green() -> None:
    assert worst(judge(view(State.UNKNOWN), ())) is Outcome.ERROR
    assert worst(judge(view(State.PRESENT, "bukan catatan"), ())) is Outcome.ERROR


def test_a_policy_slice_without_parents_is_an_error() -> None:
    assert worst(judge(view(State.PRESENT, evidence(request_text()), {}), ())) is Outcome.ERROR


def test_the_check_names_what_it_reads() -> None:
    assert (HOSTING,) == NEEDS
    assert set(POLICY) <= set(make_policy().slice())
