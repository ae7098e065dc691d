from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from automation.core.life import hands_over, leads_on, life_of
from automation.core.memory import Memory
from tests.core.cases import (
    IDS,
    ISSUE,
    KEY,
    REQUEST,
    Case,
    lombok_case,
    ready_for_hosting,
    small_case,
    walk_to,
)

OTHER = "PA-2026-0007"
HEAD, OWNER, TEAM = "kepala-diskominfo", "kepala-dinkes", "teknis-1"


def said(case: Case, account: str, text: str) -> str:
    """Say it, let laik settle; how it was ruled."""
    act = case.says(account, text)
    case.settle()
    return case.ruling(act)


def finished() -> Case:
    case = ready_for_hosting()
    case.pastes_hosting(TEAM)
    case.settle()
    assert case.memory.finished
    return case


# withdrawing


@pytest.mark.parametrize("account", [OWNER, "tim-dinkes", HEAD])
def test_a_case_is_withdrawn_by_its_agency_or_the_ict_head_and_its_issue_is_closed(account: str) -> None:
    case = walk_to(lombok_case(), "penunjukan-anggota")
    assert said(case, account, "@laik tarik kasus anggaran dialihkan") == "noted"
    assert life_of(case.memory).state == "ditarik"
    assert not case.issue_open
    assert "fase::ditarik" in case.labels
    assert [label for label in case.labels if label.startswith("giliran::")] == []
    assert "Ditarik" in case.cards[ISSUE][1]
    assert "anggaran dialihkan" in case.cards[ISSUE][1]
    assert case.settle() == 0


@pytest.mark.parametrize("account", [TEAM, "vendor-maju", "orang-lain"])
def test_nobody_else_withdraws_a_case(account: str) -> None:
    case = walk_to(lombok_case(), "penunjukan-anggota")
    assert said(case, account, "@laik tarik kasus tidak jadi") == "void"
    assert life_of(case.memory).running
    assert case.issue_open


def test_a_withdrawal_needs_its_reason() -> None:
    case = walk_to(lombok_case(), "penunjukan-anggota")
    act = case.says(OWNER, "@laik tarik kasus")
    case.settle()
    assert case.ruling(act) == "void"
    assert "@laik tarik kasus <alasan>" in case.answer(act)


def test_the_agency_withdraws_no_case_whose_name_is_served() -> None:
    case = ready_for_hosting()
    case.read_back = False  # admitted, and not answered yet: the case is still open
    case.pastes_hosting(TEAM)
    for _ in range(4):
        case.carry_out(case.plan())
    assert case.memory.names
    owner = case.procedure.roles[0].model_copy(update={"id": "kepala_pd", "archetype": "owner_head"})
    case.procedure = case.procedure.model_copy(update={"roles": (*case.procedure.roles, owner)})
    case.read_back = True
    first = case.says(OWNER, "@laik tarik kasus tidak jadi")
    second = case.says(HEAD, "@laik tarik kasus tidak jadi")
    case.carry_out(case.plan())
    assert (case.ruling(first), case.ruling(second)) == ("void", "noted")
    assert case.memory.names  # what is served stays served until it is removed or revoked


def test_what_is_withdrawn_takes_no_decision_and_says_how_it_is_opened_again() -> None:
    case = small_case()
    case.settle()
    line = f"@laik setuju naskah {case.memory.shown[-1].digest[:4]}"
    said(case, HEAD, "@laik tarik kasus tidak jadi")
    act = case.says(TEAM, line)
    case.settle()
    assert case.ruling(act) == "void"
    assert "@laik buka kasus" in case.answer(act)


def test_a_withdrawn_case_goes_on_where_it_stopped_once_it_is_opened_again() -> None:
    case = walk_to(lombok_case(), "undangan-analisis")
    done = case.done
    said(case, OWNER, "@laik tarik kasus anggaran dialihkan")
    assert said(case, TEAM, "@laik buka kasus anggaran ada") == "void"
    assert said(case, OWNER, "@laik buka kasus anggaran ada") == "noted"
    assert (case.issue_open, case.done, case.open_step) == (True, done, "undangan-analisis")
    assert "fase::ditarik" not in case.labels
    assert case.settle() == 0


def test_an_issue_closed_by_hand_after_a_reopening_is_left_closed() -> None:
    case = walk_to(lombok_case(), "penunjukan-anggota")
    said(case, OWNER, "@laik tarik kasus tidak jadi")
    said(case, OWNER, "@laik buka kasus jadi lagi")
    case.issue_open = False
    case.settle()
    assert not case.issue_open
    assert life_of(case.memory).state == "berjalan"


def test_a_withdrawn_issue_that_is_opened_by_hand_is_closed_again_without_another_word() -> None:
    case = walk_to(lombok_case(), "penunjukan-anggota")
    said(case, OWNER, "@laik tarik kasus tidak jadi")
    answers = len(case.answers)
    case.issue_open = True
    case.settle()
    assert (case.issue_open, len(case.answers)) == (False, answers)


def test_a_comment_changed_afterwards_undoes_no_withdrawal() -> None:
    case = walk_to(lombok_case(), "penunjukan-anggota")
    act = case.says(OWNER, "@laik tarik kasus tidak jadi")
    case.settle()
    case.edits(act, "tidak jadi ditarik")
    case.settle()
    assert life_of(case.memory).state == "ditarik"
    assert "tidak jadi ditarik" not in case.cards[ISSUE][1]


# duplicates


def test_a_duplicate_names_a_case_that_exists_and_is_closed() -> None:
    case = walk_to(lombok_case(), "penunjukan-anggota")
    assert said(case, TEAM, f"@laik duplikat {OTHER} sama") == "void"
    case.other_cases = frozenset({OTHER})
    assert said(case, OWNER, f"@laik duplikat {OTHER} sama") == "void"
    assert said(case, TEAM, f"@laik duplikat {OTHER.lower()} permohonan yang sama") == "noted"
    assert (life_of(case.memory).state, life_of(case.memory).other) == ("duplikat", OTHER)
    assert OTHER in case.cards[ISSUE][1]
    assert "fase::duplikat" in case.labels
    assert not case.issue_open


def test_the_agency_cannot_undo_what_the_office_called_a_duplicate() -> None:
    case = walk_to(lombok_case(), "penunjukan-anggota")
    case.other_cases = frozenset({OTHER})
    said(case, TEAM, f"@laik duplikat {OTHER} sama")
    assert said(case, OWNER, "@laik buka kasus berbeda") == "void"
    assert said(case, TEAM, "@laik buka kasus ternyata berbeda") == "noted"
    assert life_of(case.memory).state == "berjalan"


# suspending


def test_a_suspended_case_waits_without_a_due_date_until_it_is_resumed() -> None:
    case = small_case()
    case.settle()
    assert case.placed[1] is not None
    assert said(case, TEAM, "@laik tunda kasus menunggu") == "void"
    assert said(case, HEAD, "@laik tunda kasus menunggu anggaran") == "noted"
    assert case.placed == ("fase::ditunda", None)
    assert case.issue_open
    assert said(case, HEAD, "@laik tunda kasus lagi") == "void"
    assert said(case, HEAD, "@laik lanjut kasus") == "noted"
    assert case.placed[1] is not None
    assert case.placed[0] == "fase::awal"


def test_nothing_is_merged_while_a_case_is_suspended_and_the_request_says_why() -> None:
    case = ready_for_hosting()
    said(case, HEAD, "@laik tunda kasus menunggu audit")
    assert "ditunda" in case.hosting_card()
    verdict = case.decide().hosting
    assert verdict is not None
    assert not verdict.approvable
    said(case, HEAD, "@laik lanjut kasus")
    verdict = case.decide().hosting
    assert verdict is not None
    assert verdict.approvable


# closed by hand


def test_an_issue_closed_by_hand_pauses_the_case_and_whoever_opens_it_goes_on() -> None:
    case = small_case()
    case.settle()
    line = f"@laik setuju naskah {case.memory.shown[-1].digest[:4]}"
    case.issue_open = False
    act = case.says(TEAM, line)
    case.settle()
    assert case.ruling(act) == "void"
    assert "issue ditutup" in case.cards[ISSUE][1]
    assert case.settle() == 0
    case.issue_open = True
    assert said(case, TEAM, line) == "approved"


def test_nothing_is_merged_for_a_case_whose_issue_was_closed_by_hand() -> None:
    case = ready_for_hosting()
    case.pastes_hosting(TEAM)
    case.issue_open = False
    case.settle()
    assert not case.memory.intended


def test_a_finished_case_that_is_opened_again_is_closed_again_and_told_why_once() -> None:
    case = finished()
    for _ in range(3):
        case.issue_open = True
        case.settle()
        assert not case.issue_open
    told = [text for text in case.answers.values() if "tetap selesai" in text]
    assert len(told) == 1
    assert case.memory.finished


@pytest.mark.parametrize("verb", ["tarik", "tunda", "buka", "lanjut"])
def test_a_finished_case_stays_finished_whatever_is_said_of_it(verb: str) -> None:
    case = finished()
    assert said(case, HEAD, f"@laik {verb} kasus alasan") == "void"
    assert case.memory.finished
    assert life_of(case.memory).running


# revoking a name


def test_the_ict_head_takes_a_name_down_at_once_also_of_a_finished_case() -> None:
    case = finished()
    assert said(case, HEAD, "@laik cabut antrean disusupi") == "noted"
    assert (dict(case.memory.names), case.memory.admitted, dict(case.memory.down)) == ({}, None, {})
    assert "Nama dicabut" in case.cards[ISSUE][1]
    assert "disusupi" in case.cards[ISSUE][1]
    assert "Sudah terbukti tidak tersaji" in case.cards[ISSUE][1]
    assert case.settle() == 0


def test_until_the_name_is_seen_gone_laik_tries_again_and_the_card_says_so() -> None:
    case = finished()
    case.read_back = False
    case.says(HEAD, "@laik cabut antrean disusupi")
    for _ in range(3):
        case.carry_out(case.plan())
    assert case.memory.down
    assert "Sedang diturunkan" in case.cards[ISSUE][1]
    case.read_back = True
    case.settle()
    assert not case.memory.down


@pytest.mark.parametrize("account", [TEAM, OWNER, "tim-dinkes", "vendor-maju", "orang-lain"])
def test_nobody_else_takes_a_name_down(account: str) -> None:
    case = finished()
    assert said(case, account, "@laik cabut antrean disusupi") == "void"
    assert case.memory.names


@pytest.mark.parametrize("name", ["lain", "../antrean", "an_trean", ""])
def test_a_name_that_the_case_does_not_hold_is_not_its_to_take_down(name: str) -> None:
    case = finished()
    act = case.says(HEAD, f"@laik cabut {name} disusupi")
    case.settle()
    assert case.ruling(act) == "void"
    assert "antrean" in case.answer(act)
    assert case.memory.names


def test_the_full_name_may_be_given_and_a_reason_must_be() -> None:
    case = finished()
    assert said(case, HEAD, "@laik cabut antrean") == "void"
    assert said(case, HEAD, "@laik cabut antrean.contoh.go.id disusupi") == "noted"
    assert not case.memory.names


def test_a_revocation_stands_whatever_happens_to_its_comment() -> None:
    case = finished()
    act = case.says(HEAD, "@laik cabut antrean disusupi")
    case.settle()
    case.deletes(act)
    case.settle()
    assert not case.memory.names


def test_a_request_approved_before_the_revocation_must_be_approved_anew() -> None:
    case = finished()
    case.asks(iid=8, blob="1" * 40)
    case.settle()
    old = case.decide().hosting
    assert old is not None
    said(case, HEAD, "@laik cabut antrean disusupi")
    new = case.decide().hosting
    assert new is not None
    assert new.digest != old.digest
    act = case.says("teknis-2", f"@laik setuju hosting {old.digest[:8]}", REQUEST)
    case.settle()
    assert case.ruling(act) == "void"
    assert not case.memory.names
    case.pastes_hosting("teknis-2")
    case.settle()
    assert case.memory.names["permohonan/antrean.yaml"].blob == "1" * 40


def test_a_merge_in_flight_is_overtaken_by_a_revocation() -> None:
    case = ready_for_hosting()
    case.pastes_hosting(TEAM)
    while not case.merged:
        case.carry_out(case.plan())
    assert not case.memory.names  # merged by laik, and not admitted yet
    said(case, HEAD, "@laik cabut antrean disusupi")
    assert not case.memory.names
    assert case.settle() == 0


# every interleaving

STEPS = ("buka", "setuju", "setuju_lama", "cabut", "hapus", "tunda", "lanjut", "satu_putaran", "tenang")


@dataclass
class Ghost:
    """What may be served, worked out by hand beside laik: only what was approved after the last revocation.

    ``approved`` are the blobs of requests that somebody of the team approved and no revocation overtook.
    """

    approved: set[str] = field(default_factory=set)
    revoked: int = 0


def play(case: Case, ghost: Ghost, step: str, number: int) -> None:
    match step:
        case "buka":
            case.asks(iid=100 + number, blob=f"{number:040x}")
        case "hapus":
            case.asks(iid=100 + number, blob="", sha="", removes=True)
        case "setuju" | "setuju_lama" if case.hosting is not None:
            shown = [one for one in case.memory.shown if one.step == case.hosting.step_key]
            if shown:
                one = shown[-1] if step == "setuju" else shown[0]
                case.says("teknis-2", f"@laik setuju hosting {one.digest[:12]}", REQUEST)
                ghost.approved.add(case.hosting.blob)
        case "cabut":
            case.says(HEAD, "@laik cabut antrean disusupi")
            # Laik reads both in one look and in their order, so what was said before is overtaken.
            ghost.approved.clear()
            ghost.revoked += 1
        case "tunda" | "lanjut":
            case.says(HEAD, f"@laik {step} kasus alasan")
        case "satu_putaran":
            case.carry_out(case.plan())
        case _:
            case.settle()


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=14), finish=st.booleans())
def test_no_interleaving_serves_a_revoked_or_never_approved_blob(steps: list[str], finish: bool) -> None:
    case, ghost = ready_for_hosting(), Ghost()
    if finish:
        case.pastes_hosting(TEAM)
        case.settle()
        ghost.approved.add("b" * 40)
    for number, step in enumerate(steps):
        play(case, ghost, step, number)
        if step in {"satu_putaran", "tenang"}:
            assert served(case.memory) <= ghost.approved, step
    case.settle()
    assert served(case.memory) <= ghost.approved
    event(f"revocations {min(ghost.revoked, 3)}, served {len(served(case.memory))}")


def served(memory: Memory) -> set[str]:
    return {one.blob for one in memory.names.values()}


def test_the_ledger_keeps_ids_and_hashes_of_what_was_said_and_no_words() -> None:
    case = finished()
    said(case, HEAD, "@laik cabut antrean disusupi orang")
    (entry,) = [one for one in case.entries if one.kind == "revoked"]
    assert set(entry.body) == {"act", "account", "body", "path", "blob", "decision"}
    assert "disusupi" not in str(entry.body)
    assert entry.body["account"] == IDS[HEAD]
    assert KEY not in str(entry.body)


@pytest.mark.parametrize(
    ("memory", "over"),
    [
        (Memory(agency="dinkes", finished=True), True),
        (Memory(agency="dukcapil", finished=True), False),
        (Memory(agency="dinkes"), False),
        (Memory(agency="dinkes", issue_gone=True), True),
        (Memory(agency="dukcapil", issue_gone=True), False),
    ],
)
def test_only_an_application_of_the_same_agency_whose_case_is_over_is_handed_over(
    memory: Memory, over: bool
) -> None:
    assert hands_over(memory, "dinkes") is over


def test_a_case_that_leads_nowhere_itself_is_no_case_to_be_a_duplicate_of() -> None:
    case = walk_to(lombok_case(), "penunjukan-anggota")
    assert leads_on(case.memory)
    assert leads_on(replace(case.memory, finished=True))
    assert not leads_on(replace(case.memory, issue_gone=True))
    assert not leads_on(Memory())
    case.other_cases = frozenset({OTHER})
    said(case, TEAM, f"@laik duplikat {OTHER} sama")
    assert not leads_on(case.memory)
    said(case, TEAM, "@laik buka kasus berbeda")
    assert leads_on(case.memory)
    said(case, HEAD, "@laik tarik kasus batal")
    assert not leads_on(case.memory)


def test_the_reason_is_a_sentence_of_its_own_in_the_answer() -> None:
    case = walk_to(lombok_case(), "penunjukan-anggota")
    act = case.says(HEAD, "@laik tarik kasus anggaran dialihkan")
    case.settle()
    assert f"Alasan {HEAD}: anggaran dialihkan. Dibuka lagi dengan" in case.answer(act)
