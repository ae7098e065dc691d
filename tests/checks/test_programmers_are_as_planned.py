from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.test_programmers_are_planned import GOOD as PLAN
from tests.checks.worlds import down, judged, keys, outcomes, without, world

ID = "programmers_are_as_planned"


def appointed(accounts: str, plan: str = PLAN):
    files = {"rencana/kebutuhan-programmer.yaml": plan, "penugasan/programmer.yaml": f"akun: {accounts}\n"}
    return judged(ID, world(files))


def test_as_many_accounts_as_planned_pass():
    assert outcomes(appointed("[prog-1, prog-2]")) == {Outcome.PASS}


@pytest.mark.parametrize("accounts", ["[prog-1]", "[prog-1, PROG-1]", "[a, b, c]", "[]", "prog-1", "[1, 2]"])
def test_another_number_of_programmers_fails_and_says_both(accounts):
    (finding,) = appointed(accounts)
    assert (finding.outcome, finding.key) == (Outcome.FAIL, "akun")
    assert "rencana meminta 2" in finding.seen.id


def test_a_changed_plan_allows_another_number():
    assert outcomes(appointed("[prog-1]", PLAN.replace("jumlah: 2", "jumlah: 1"))) == {Outcome.PASS}


def test_a_broken_plan_is_no_yes():
    assert keys(appointed("[prog-1, prog-2]", PLAN.replace("jumlah: 2\n", ""))) == {"jumlah"}


def test_missing_documents_wait_and_unknown_ones_are_an_error():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
    view = without(world({"rencana/kebutuhan-programmer.yaml": PLAN}), down("doc:penunjukan_programmer"))
    assert outcomes(judged(ID, view)) == {Outcome.ERROR}
