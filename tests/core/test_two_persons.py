"""A name takes two persons where the SOP names two officials: who disposes, and who approves the request."""

from __future__ import annotations

import re
from collections.abc import Mapping

from automation.core.confirmation import confirm
from automation.core.procedure import Procedure, load_procedure
from tests.core.cases import COMMIT, EVERYTHING, GOOD, REQUEST, ROLES, SMALL, Case, ready_for_hosting
from tests.core.test_gate import verdict

HEAD, FIRST, SECOND = "kepala-diskominfo", "teknis-1", "teknis-2"
READING = SMALL.replace(
    "actors: {responsible: [{role: kepala_diskominfo, basis: stated}]}",
    "actors: {responsible: [{role: tim_teknis_diskominfo, basis: column, candidate: true},"
    " {role: kepala_diskominfo, basis: inferred}]}",
)
"""As at Lombok Tengah 15: the source marks the team's column, and laik reads that the head disposes."""


def holding_both(*accounts: str) -> Mapping[str, frozenset[str]]:
    """Roles in which these accounts are head and technical team at once."""
    both = ("kepala_diskominfo", "tim_teknis_diskominfo")
    return {**ROLES, **{role: ROLES[role] | frozenset(accounts) for role in both}}


def read(text: str = READING) -> Procedure:
    known = frozenset(re.findall(r"checks: \[(\w+)\]", text))
    return load_procedure(text, path="kecil.yaml", checks=known)


def before_the_disposition(*team: str, text: str = READING) -> Case:
    """A case that waits for its disposition, of a region that has confirmed nothing."""
    roles = {**ROLES, "tim_teknis_diskominfo": frozenset(team)}
    case = Case(procedure=read(text), content=dict(GOOD), roles=roles)
    case.pastes(FIRST)
    case.pastes(FIRST)
    assert case.open_step == "sajikan"
    return case


def asked(case: Case) -> Case:
    case.asks()
    case.settle()
    return case


def approves(case: Case, account: str) -> str:
    """The act of pasting the card's line, once laik has settled on it."""
    act = case.pastes_hosting(account)
    case.settle()
    return act


def test_whoever_disposed_does_not_approve_the_request_as_well() -> None:
    case = ready_for_hosting()
    case.roles = holding_both(HEAD)
    act = approves(case, HEAD)
    assert case.ruling(act) == "void"
    assert "Disposisi kasus ini dari Anda" in case.answer(act)
    assert verdict(case).approval is None
    assert "Tim Teknis Diskominfo, bukan yang memberi disposisi, menyetujui" in case.hosting_card()
    approves(case, FIRST)
    assert case.memory.intended


def test_an_approver_who_then_disposes_anew_has_approved_nothing() -> None:
    case = ready_for_hosting()
    case.pastes_hosting(FIRST)
    case.carry_out(case.plan()[:1])  # ruled on, not merged yet
    case.roles = holding_both(FIRST)
    case.deletes(next(one.act for one in case.memory.acts if one.step == "sajikan"))
    assert case.ruling(case.takes(FIRST, "disposisi")) == "approved"
    assert verdict(case).approvable
    assert verdict(case).approval is None
    assert not case.memory.intended
    approves(case, SECOND)
    assert case.memory.intended


def test_whoever_disposed_may_refuse_the_request_and_take_that_back() -> None:
    case = ready_for_hosting()
    case.roles = holding_both(HEAD)
    code = verdict(case).digest[:12]
    case.says(HEAD, f"@laik tolak hosting {code} alamat keliru", REQUEST)
    case.settle()
    assert verdict(case).refusal is not None
    back = approves(case, HEAD)
    assert case.ruling(back) == "noted"
    assert "Penolakan Anda ditarik" in case.answer(back)
    assert verdict(case).refusal is None
    assert not case.memory.intended


def test_what_only_took_a_refusal_back_never_becomes_an_approval() -> None:
    case = before_the_disposition(FIRST, SECOND)
    case.takes(FIRST, "disposisi")
    asked(case)
    case.says(FIRST, f"@laik tolak hosting {verdict(case).digest[:12]} alamat keliru", REQUEST)
    case.settle()
    approves(case, FIRST)
    case.procedure = confirm(case.procedure, EVERYTHING)
    case.takes(HEAD, "disposisi")
    assert verdict(case).approvable
    assert not case.memory.intended
    assert case.ruling(approves(case, FIRST)) == "approved"
    assert case.memory.intended


def test_whoever_disposed_may_approve_that_the_name_goes() -> None:
    case = ready_for_hosting()
    case.roles = holding_both(HEAD)
    case.asks(removes=True)
    case.settle()
    assert case.ruling(approves(case, HEAD)) == "approved"


def test_one_whose_disposition_is_not_needed_is_free_to_approve() -> None:
    case = before_the_disposition(FIRST)
    case.settle()
    (line,) = re.findall(r"^@laik disposisi .*$", case.card(), re.MULTILINE)
    case.says(FIRST, line)
    case.says(HEAD, line)
    asked(case)
    assert verdict(case).disposed_by == frozenset()
    approves(case, FIRST)
    assert case.memory.intended


def test_somebody_else_can_free_the_only_approver_by_disposing_as_well() -> None:
    case = before_the_disposition(FIRST)
    assert "Yang memberi disposisi ini tidak menyetujui permintaan hostingnya" in case.card()
    case.takes(FIRST, "disposisi")
    asked(case)
    act = approves(case, FIRST)
    assert case.ruling(act) == "void"
    (line,) = re.findall(r"`(@laik disposisi [^`]*)`", case.answer(act))
    case.says(HEAD, line)
    case.settle()
    approves(case, FIRST)
    assert case.memory.intended


def test_approving_and_then_being_the_only_one_left_who_disposed_approves_nothing() -> None:
    case = before_the_disposition(FIRST, SECOND)
    case.settle()
    (line,) = re.findall(r"^@laik disposisi .*$", case.card(), re.MULTILINE)
    case.says(FIRST, line)
    other = case.says(SECOND, line)
    asked(case)
    case.pastes_hosting(FIRST)
    case.carry_out(case.plan()[:1])
    case.deletes(other)
    case.settle()
    assert not case.memory.intended


def test_in_a_finished_case_the_one_who_disposed_approves_no_other_name() -> None:
    case = ready_for_hosting()
    approves(case, FIRST)
    case._append(
        "admitted",
        {
            "path": "permohonan/antrean.yaml",
            "blob": "b" * 40,
            "decision": case.memory.intended[7]["decision"],
            "merge_request": 7,
            "merge_sha": "9" * 40,
            "sha": COMMIT,
            "until": "",
        },
    )
    case.settle()
    assert case.memory.finished
    case.roles = holding_both(HEAD)
    case.content["surat"] = "surat lain sesudah selesai"
    case.asks(path="permohonan/lain.yaml", blob="a" * 40)
    case.settle()
    act = approves(case, HEAD)
    assert case.ruling(act) == "void"
    assert "@laik disposisi" not in case.answer(act)  # nobody can act there any more
    assert case.ruling(approves(case, SECOND)) == "approved"


def test_where_one_official_gives_both_the_sop_wants_no_second() -> None:
    both = "about: tindak-lanjut, by: [kepala_diskominfo, tim_teknis_diskominfo]"
    text = SMALL.replace("about: tindak-lanjut, by: [kepala_diskominfo]", both)
    case = before_the_disposition(FIRST, text=text)
    case.pastes(FIRST)
    asked(case)
    approves(case, FIRST)
    assert case.memory.intended
