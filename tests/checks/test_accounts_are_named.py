from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import document, down, judged, keys, outcomes, role, without, world

ID = "accounts_are_named"
DOCUMENTS = {
    "tim": document("yaml", "tim.yaml"),
    "analis": document("yaml", "analis.yaml"),
    "lain": document("yaml", "lain.yaml"),
}
DECLARED = (
    role("tim_pengembang", "builder_internal", scope="kasus", named_by="tim"),
    role("system_analyst", "analyst", scope="kasus", named_by="analis"),
    role("staff_egov", "staff"),
    role("tim_teknis", "technical_reviewer"),
)
ROLES = {
    "tim_pengembang": frozenset({"budi", "sari"}),
    "staff_egov": frozenset({"sari"}),
    "tim_teknis": frozenset({"teknis-1", "teknis-2"}),
}
GOOD = "format: laik/tim/1\nakun: [budi, sari]\n"


def findings_for(text: str, name: str = "tim", **options):
    options = {"declared": DECLARED, "roles": ROLES, "documents": DOCUMENTS, **options}
    return judged(ID, world({f"{name}.yaml": text}, **options), name, "form")


def test_accounts_written_once_each_pass_also_where_one_works_elsewhere_too():
    assert outcomes(findings_for(GOOD)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("accounts", "place"),
    [
        ("[]", "akun"),
        ("budi", "akun"),
        ("", "akun"),
        ("{budi: 1}", "akun"),
        ("['@all', sari]", "akun.0"),
        ("[budi, 7]", "akun.1"),
        ("[budi, ISI DI SINI]", "akun.1"),
        ("[budi, Budi]", "akun.1"),
        ("[budi, Teknis-2]", "akun.1"),
    ],
)
def test_a_wrong_list_fails_at_its_place(accounts, place):
    (fault,) = findings_for(f"format: laik/tim/1\nakun: {accounts}\n")
    assert (fault.outcome, fault.key, fault.where.line) == (Outcome.FAIL, f"tim.{place}", 2)


def test_a_list_that_is_not_there_fails():
    assert keys(findings_for("format: laik/tim/1\n")) == {"tim.akun"}


def test_a_hostile_list_is_refused_whole():
    assert keys(findings_for(f"akun: [{', '.join(f'a{n}' for n in range(51))}]\n")) == {"tim.akun"}


def test_the_judging_role_of_a_builder_is_named():
    (fault,) = findings_for("akun: [teknis-1]\n")
    assert "tim_teknis" in fault.seen.id


def test_who_does_not_build_may_hold_another_role():
    assert outcomes(findings_for("akun: [teknis-1]\n", "analis")) == {Outcome.PASS}


def test_a_document_that_declares_the_list_is_judged_without_roles():
    documents = {"lain": document("yaml", "lain.yaml", fields=("akun",))}
    assert keys(findings_for("akun: [a, a]\n", "lain", documents=documents, declared=())) == {"lain.akun.1"}


def test_an_absent_document_waits_and_an_unknown_one_is_an_error():
    view = world({}, documents=DOCUMENTS, declared=DECLARED)
    assert outcomes(judged(ID, view, "tim")) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(view, down("doc:tim")), "tim")) == {Outcome.ERROR}


def test_a_step_that_names_nobody_is_an_error():
    assert outcomes(findings_for("akun: [a]\n", "lain")) == {Outcome.ERROR}
