"""What the card of a hosting request says of an approval that counts no more before laik merged: and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from automation.core.finding import Outcome
from automation.core.gate import FLOOR, HEAD, HOSTING_CHECK, STEPS
from automation.core.memory import REVOKED
from automation.core.plan import MergeHosting
from tests.core.cases import (
    IDS,
    REQUEST,
    ROLES,
    UNKNOWN,
    Case,
    FakeCheck,
    finding,
    lombok_case,
    ready_for_hosting,
    walk_to,
)
from tests.core.test_gate import approved, verdict
from tests.core.test_two_persons import holding_both

FIRST, SECOND, HEAD_OF_OFFICE = "teknis-1", "teknis-2", "kepala-diskominfo"
TOLD = "Persetujuan yang sudah diberikan gugur: "


def told(case: Case) -> str:
    """Why approvals lapsed, as the card of the request says it; empty where it says nothing."""
    lines = [line for line in case.hosting_card().splitlines() if line.startswith(TOLD)]
    return "; ".join(line.removeprefix(TOLD).removesuffix(".") for line in lines)


def without_word_of(case: Case, *names: str) -> None:
    """As a ledger of an older laik is, which remembered less beside what was judged."""
    for at, entry in enumerate(case.entries):
        if isinstance(subjects := entry.body.get("subjects"), dict):
            left = {name: digest for name, digest in subjects.items() if name not in names}
            case.entries[at] = replace(entry, body={**entry.body, "subjects": left})


def until_the_merge(case: Case) -> None:
    """laik rules on what was said, and does not merge yet."""
    case.carry_out(tuple(change for change in case.plan() if not isinstance(change, MergeHosting)))


def disposes_anew(case: Case) -> None:
    case.roles = holding_both(FIRST)
    case.deletes(next(one.act for one in case.memory.acts if one.step == "sajikan"))
    case.takes(FIRST, "disposisi")


def is_revoked(case: Case) -> None:
    entry = {"act": "issue/99/0", "account": IDS[HEAD_OF_OFFICE], "body": "", "path": "permohonan/x.yaml"}
    case._append("revoked", {**entry, "blob": "", "decision": ""})
    assert case.memory.acts[-1].step == REVOKED


def reads_another_policy(case: Case) -> None:
    case.checks[HOSTING_CHECK] = FakeCheck(HOSTING_CHECK, policy=("perangkat_daerah",))


def finds_something_else(case: Case) -> None:
    found = (finding(FLOOR[0], Outcome.PASS, key="bagian baru"),)
    case.checks[FLOOR[0]] = FakeCheck(FLOOR[0], answer=lambda view, subjects: found)


COMMENT = "komentar persetujuannya disunting atau dihapus"
PUSHED = "pemberinya kini termasuk yang mendorong atau menulis commit permintaan ini"
RULES = "aturan atau hasil pemeriksaannya berubah"
CAUSES: dict[str, tuple[Callable[[Case, str], object], str]] = {
    "a new request file": (
        lambda case, _: case.asks(head_sha="f" * 40, blob="1" * 40),
        "berkas permohonannya berubah",
    ),
    "a request file of another name": (
        lambda case, _: case.asks(head_sha="f" * 40, path="permohonan/lain.yaml"),
        "berkas permohonannya berubah",
    ),
    "a push that leaves the file": (
        lambda case, _: case.asks(head_sha="f" * 40),
        "commit terakhir permintaan ini berganti",
    ),
    "an edited comment": (lambda case, act: case.edits(act, "tidak jadi"), COMMENT),
    "a deleted comment": (lambda case, act: case.deletes(act), COMMENT),
    "a lost role": (
        lambda case, _: setattr(case, "roles", {**ROLES, "tim_teknis_diskominfo": frozenset({SECOND})}),
        "pemberinya tidak lagi memegang peran yang menyetujuinya, atau kini pengembang aplikasi ini",
    ),
    "a push by the approver": (
        lambda case, _: case.asks(head_sha="f" * 40, barred=frozenset({IDS[FIRST]})),
        f"{PUSHED}; commit terakhir permintaan ini berganti",
    ),
    "a disposition of the approver": (
        lambda case, _: disposes_anew(case),
        "disposisi kasus ini dari pemberinya",
    ),
    "a new scan": (lambda case, _: case.content.update(scan="lain"), "hasil pemindaian berubah"),
    "other code": (lambda case, _: case.content.update(code="lain"), "kode aplikasi berubah"),
    "a document of a step": (
        lambda case, _: case.content.update(surat="surat kedua"),
        "langkah SOP, atau yang dinilainya, berubah",
    ),
    "a policy that is read": (lambda case, _: reads_another_policy(case), RULES),
    "another finding": (lambda case, _: finds_something_else(case), RULES),
    "a revocation": (lambda case, _: is_revoked(case), "sesudahnya nama pada kasus ini dicabut"),
}


@pytest.mark.parametrize(("happens", "why"), CAUSES.values(), ids=CAUSES)
def test_the_card_says_why_an_approval_counts_no_more_until_another_is_given(
    happens: Callable[[Case, str], object], why: str
) -> None:
    case, act = approved()
    assert told(case) == ""
    happens(case, act)
    assert told(case) == why
    assert not any(isinstance(change, MergeHosting) for change in case.plan())
    while verdict(case).steps_missing:
        case.pastes({"amankan": SECOND}.get(case.open_step or "", HEAD_OF_OFFICE))
    assert told(case) == why
    again = case.pastes_hosting(SECOND)
    until_the_merge(case)
    assert case.ruling(again) == "approved"
    assert told(case) == ""
    case.settle()
    assert case.memory.intended


@pytest.mark.parametrize("moved", [{"head_sha": "f" * 40}, {"blob": "1" * 40}], ids=["head", "file"])
def test_a_request_that_is_again_as_it_was_approved_has_lost_nothing(moved: dict[str, str]) -> None:
    case, act = approved()
    case.asks(**moved)
    until_the_merge(case)
    assert told(case) != ""
    case.asks()
    found = verdict(case).approval
    assert found is not None
    assert (found.act, told(case)) == (act, "")


def test_a_refusal_and_what_took_it_back_are_no_approvals_that_lapse() -> None:
    case = ready_for_hosting()
    case.roles = holding_both(HEAD_OF_OFFICE)
    case.pastes_hosting(HEAD_OF_OFFICE, refuse="nama menyesatkan")
    case.settle()
    case.asks(blob="1" * 40)
    assert told(case) == ""
    case.asks()
    back = case.pastes_hosting(HEAD_OF_OFFICE)  # who disposed, so that it only takes the refusal back
    case.settle()
    assert case.ruling(back) == "noted"
    case.asks(blob="1" * 40)
    assert told(case) == ""


def test_what_was_never_counted_does_not_lapse() -> None:
    case = ready_for_hosting()
    act = case.pastes_hosting("orang-lain")
    case.settle()
    assert case.ruling(act) == "void"
    case.asks(blob="1" * 40)
    assert told(case) == ""


def test_whoever_refused_after_approving_has_no_approval_to_lose() -> None:
    case, _ = approved()
    code = verdict(case).digest[:12]
    refused = case.says(FIRST, f"@laik tolak hosting {code} alamat keliru", REQUEST)
    case.settle()
    assert case.ruling(refused) == "refused"
    case.asks(blob="1" * 40)
    assert (verdict(case).refusal, told(case)) == (None, "")


def test_a_refusal_by_one_hides_no_lapse_of_anothers_approval() -> None:
    case = ready_for_hosting()
    for who, verb in ((FIRST, "tolak hosting CODE keliru"), (SECOND, "setuju hosting CODE")):
        act = case.says(who, f"@laik {verb.replace('CODE', verdict(case).digest[:12])}", REQUEST)
        case.settle()
    case.deletes(act)
    case.settle()
    assert told(case) == COMMENT


def test_a_void_act_after_it_leaves_an_approval_its_givers_last_word() -> None:
    case, _ = approved()
    void = case.says(FIRST, "@laik setuju hosting 0000", REQUEST)
    until_the_merge(case)
    assert case.ruling(void) == "void"
    case.asks(blob="1" * 40)
    assert told(case) == "berkas permohonannya berubah"


def test_an_act_on_another_request_is_none_on_this() -> None:
    case, _ = approved()
    case.asks(iid=8, blob="1" * 40)
    assert told(case) == ""


def test_nothing_is_told_of_one_approval_while_another_counts() -> None:
    case, act = approved()
    case.says(SECOND, f"@laik setuju hosting {verdict(case).digest[:12]}", REQUEST)
    until_the_merge(case)
    case.deletes(act)
    assert told(case) == ""
    assert verdict(case).approval is not None


def test_reasons_of_several_are_said_once_each_and_of_everyones_newest_approval() -> None:
    case, first = approved()
    case.says(SECOND, f"@laik setuju hosting {verdict(case).digest[:12]}", REQUEST)
    until_the_merge(case)
    case.asks(head_sha="f" * 40)
    assert told(case) == "commit terakhir permintaan ini berganti"
    newest = case.pastes_hosting(FIRST)
    until_the_merge(case)
    case.deletes(first)
    assert told(case) == ""
    case.deletes(newest)
    assert told(case) == f"{COMMENT}; commit terakhir permintaan ini berganti"


def test_whose_comment_is_gone_is_not_said_to_have_lost_the_role() -> None:
    """The roles are asked of those who speak at the request; nobody says it of who is not there any more."""
    case, act = approved()
    case.deletes(act)
    case.roles = {**ROLES, "tim_teknis_diskominfo": frozenset({SECOND})}
    assert told(case) == COMMENT


def test_a_push_that_laik_learns_of_late_is_told_without_a_new_commit() -> None:
    case, _ = approved()
    case.asks(barred=frozenset({IDS[FIRST]}))
    assert told(case) == PUSHED


@pytest.mark.parametrize("name", ["scan", "naskah"])
def test_what_could_not_be_looked_for_is_not_said_to_have_changed(name: str) -> None:
    case, _ = approved()
    case.content[name] = UNKNOWN
    assert verdict(case).approval is None
    assert told(case) == ""
    case.asks(blob="1" * 40)
    assert told(case) == "berkas permohonannya berubah"
    case.asks(head_sha="f" * 40)
    assert told(case) == "commit terakhir permintaan ini berganti"


def test_an_approval_of_a_case_that_stands_still_is_not_said_to_be_lost() -> None:
    case, _ = approved()
    case.says(HEAD_OF_OFFICE, "@laik tunda kasus menunggu anggaran")
    until_the_merge(case)
    assert "ditunda" in case.hosting_card()
    assert (verdict(case).approval, told(case)) == (None, "")
    case.asks(blob="1" * 40)
    assert told(case) == "berkas permohonannya berubah"


def test_a_revocation_before_the_approval_is_no_reason() -> None:
    case = ready_for_hosting()
    is_revoked(case)
    case.pastes_hosting(FIRST)
    until_the_merge(case)
    case.asks(head_sha="f" * 40)
    assert told(case) == "commit terakhir permintaan ini berganti"


def test_a_document_that_was_judged_is_called_by_its_name_in_the_sop() -> None:
    case = walk_to(lombok_case(), "tindak-lanjut-hosting")
    case.pastes(HEAD_OF_OFFICE)
    case.asks()
    case.pastes_hosting(FIRST)
    until_the_merge(case)
    case.content["uat_hasil"] = "hasil kedua"
    assert verdict(case).lapsed == ("uat_hasil",)
    assert told(case) == f"isi {case.procedure.documents['uat_hasil'].name} berubah"


def test_an_approved_removal_is_told_what_changed_of_it() -> None:
    case = ready_for_hosting()
    case.asks(blob="", sha="", removes=True)
    case.pastes_hosting(FIRST)
    until_the_merge(case)
    case.asks(blob="", sha="", removes=True, head_sha="f" * 40)
    assert told(case) == "commit terakhir permintaan ini berganti"
    case.asks()  # no removal any more
    assert told(case) == "berkas permohonannya berubah"


def test_a_case_that_stands_still_holds_up_no_removal_and_explains_nothing_of_it() -> None:
    case = ready_for_hosting()
    case.asks(blob="", sha="", removes=True)
    case.says(HEAD_OF_OFFICE, "@laik tunda kasus menunggu anggaran")
    case.pastes_hosting(FIRST)
    until_the_merge(case)
    assert verdict(case).approval is not None
    reads_another_policy(case)
    assert told(case) == RULES


def test_of_an_approval_that_remembers_less_no_cause_is_claimed_that_is_not_known() -> None:
    case, _ = approved()
    without_word_of(case, HEAD, STEPS)
    assert verdict(case).approval is not None
    case.asks(head_sha="f" * 40)
    assert told(case) == "commit permintaan, langkah SOP, aturan, atau hasil pemeriksaannya berubah"
    case.content["scan"] = "lain"
    assert told(case) == "hasil pemindaian berubah"


def test_what_is_merged_has_lost_nothing() -> None:
    case, _ = approved()
    case.settle()
    assert case.memory.admitted is not None
    case.asks()  # a forge that still lists it as open
    assert (verdict(case).approval, told(case)) == (None, "")


def test_the_ledger_remembers_what_it_takes_to_tell_a_cause() -> None:
    case, act = approved()
    (ruled,) = [one for one in case.memory.acts if one.act == act]
    assert ruled.subjects == verdict(case).remembered
    assert {HEAD, STEPS} == ruled.subjects.keys() - verdict(case).subjects.keys()
