from __future__ import annotations

from automation.bots import registrar
from automation.core.plan import Answer, CloseIssue, Remember
from tests.core.cases import COMMIT, Case, ready_for_hosting


def served() -> Case:
    """Everything done and read back; the registrar has not acted yet."""
    case = ready_for_hosting()
    case.pastes_hosting("teknis-1")
    for _ in range(3):
        case.carry_out(case.plan())
    assert case.open_step is None
    return case


def kinds(case: Case) -> list[type]:
    return [type(change) for change in registrar.wishes(case.desk())]


def test_an_unfinished_case_is_left_alone() -> None:
    assert kinds(ready_for_hosting()) == []


def test_the_applicant_is_answered_before_the_case_is_closed() -> None:
    case = served()
    assert kinds(case) == [Answer, CloseIssue]
    (answer, _) = registrar.wishes(case.desk())
    assert isinstance(answer, Answer)
    assert "4 langkah SOP terpenuhi" in answer.body
    assert COMMIT in answer.body


def test_a_case_is_finished_only_once_the_answer_stands_and_the_issue_is_closed() -> None:
    case = served()
    case.issue_open = False  # somebody closed it: the answer is still owed
    assert kinds(case) == [Answer, CloseIssue]
    case.carry_out(case.plan())
    assert kinds(case) == [Remember]
    case.settle()
    assert case.memory.finished
    assert kinds(case) == []
