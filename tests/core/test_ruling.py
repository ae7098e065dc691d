from __future__ import annotations

import pytest

from automation.core.codes import code_for, line_to_paste
from automation.core.memory import Memory, Shown
from tests.core.cases import (
    FLAWED,
    IDS,
    REQUEST,
    ROLES,
    Case,
    lombok_case,
    ready_for_hosting,
    small_case,
    small_procedure,
    walk_to,
)


def code(case: Case) -> str:
    """The code on the card of the open step."""
    case.settle()
    open_state = case.decide().state.open
    assert open_state is not None
    return code_for(case.memory, open_state.step.key, open_state.digest)


def ruled(case: Case, account: str, text: str, **more: bool) -> tuple[str, str]:
    """Say something, let laik settle: the ruling and the answer, empty where the card says it all."""
    act = case.says(account, text, **more)
    case.settle()
    return case.ruling(act), next((one for marker, one in case.answers.items() if f":{act} " in marker), "")


def test_the_line_on_the_card_approves() -> None:
    case = small_case()
    assert ruled(case, "teknis-1", f"@laik setuju naskah {code(case)}") == ("approved", "")


@pytest.mark.parametrize("given", ["", "7f3", "0000", "zzzz", "tujuh"])
def test_without_the_code_shown_nothing_is_recorded_and_the_line_to_paste_is_answered(given: str) -> None:
    case = small_case()
    right = code(case)
    ruling, answer = ruled(case, "teknis-1", f"@laik setuju naskah {given}")
    assert ruling == "void"
    assert f"`@laik setuju naskah {right}`" in answer
    assert case.done == 1


def test_a_code_that_was_never_shown_binds_nothing_even_if_it_would_fit() -> None:
    case = small_case()
    open_state = case.decide().state.open  # before any card was written
    assert open_state is not None
    act = case.says("teknis-1", f"@laik setuju naskah {open_state.digest[:8]}")
    case.settle()
    assert case.ruling(act) == "void"


def test_a_code_of_content_that_changed_since_is_stale_for_ever() -> None:
    case = small_case()
    old = code(case)
    case.content["naskah"] = "naskah kedua"
    new = code(case)
    ruling, answer = ruled(case, "teknis-1", f"@laik setuju naskah {old}")
    assert ruling == "void"
    assert "berubah" in answer
    assert new in answer
    case.content["naskah"] = "naskah"
    case.settle()
    assert case.open_step == "periksa", "an act that did not count must not come to life"


def test_a_code_shown_for_two_contents_binds_to_neither() -> None:
    case = small_case()
    right = code(case)
    case._append("shown", {"step": "periksa", "digest": right + "0" * 60, "subjects": {}})
    ruling, answer = ruled(case, "teknis-1", f"@laik setuju naskah {right}")
    assert ruling == "void"
    assert "dua isi" in answer
    longer = code(case)
    assert longer.startswith(right)
    assert len(longer) > len(right)
    assert longer in answer
    assert ruled(case, "teknis-1", f"@laik setuju naskah {longer}")[0] == "approved"


def test_a_code_is_as_short_as_it_can_be_and_never_shared() -> None:
    shown = tuple(Shown("periksa", digest, {}) for digest in ("ab12" + "0" * 60, "ab120" + "1" * 59))
    memory = Memory(shown=shown)
    assert code_for(memory, "periksa", "ab12" + "0" * 60) == "ab1200"
    assert code_for(memory, "periksa", "cd34" + "0" * 60) == "cd34"
    assert code_for(memory, "amankan", "ab12" + "0" * 60) == "ab12"


def test_verbs_are_typed_with_hyphens_and_refusals_ask_for_a_reason() -> None:
    step = small_procedure().step("amankan")
    assert line_to_paste(Memory(), step, "ab12ff") == "@laik nyatakan-aman keamanan ab12"
    assert line_to_paste(Memory(), step, "ab12ff", "refused") == "@laik temuan keamanan ab12 <alasan>"
    assert line_to_paste(Memory(), small_procedure().step("tulis"), "ab12ff") == ""


@pytest.mark.parametrize("account", ["orang-lain", "vendor-maju", "kepala-diskominfo", "tim-dinkes"])
def test_only_a_holder_of_the_role_decides(account: str) -> None:
    case = small_case()
    ruling, answer = ruled(case, account, f"@laik setuju naskah {code(case)}")
    assert ruling == "void"
    assert "Tim Teknis Diskominfo" in answer


def test_a_builder_who_also_holds_the_role_does_not_judge_his_own_work() -> None:
    case = small_case()
    case.roles = {**ROLES, "pengembang": frozenset({"teknis-1"})}
    ruling, answer = ruled(case, "teknis-1", f"@laik setuju naskah {code(case)}")
    assert ruling == "void"
    assert "tidak boleh menilai pekerjaannya sendiri" in answer


def test_an_act_refused_for_its_role_does_not_come_to_life_with_the_role() -> None:
    case = small_case()
    ruled(case, "orang-lain", f"@laik setuju naskah {code(case)}")
    case.roles = {**ROLES, "tim_teknis_diskominfo": frozenset({"orang-lain"})}
    case.settle()
    assert case.open_step == "periksa"


def test_the_role_is_compared_without_case(monkeypatch: pytest.MonkeyPatch) -> None:
    case = small_case()
    right = code(case)
    monkeypatch.setitem(IDS, "Teknis-1", IDS["teknis-1"])
    assert ruled(case, "Teknis-1", f"@laik setuju naskah {right}")[0] == "approved"


def test_a_comment_edited_before_it_was_read_never_counts() -> None:
    case = small_case()
    ruling, answer = ruled(case, "teknis-1", f"@laik setuju naskah {code(case)}", edited=True)
    assert ruling == "void"
    assert "Tulis komentar baru" in answer


def test_a_command_added_to_a_comment_later_does_not_count() -> None:
    case = small_case()
    act = case.pastes("teknis-1")
    case.edits(act, f"{case.said[-1].body}\n@laik nyatakan-aman keamanan {code(case)}")
    case.settle()
    assert case.open_step == "amankan"


def test_nothing_is_approved_before_its_turn() -> None:
    case = small_case()
    right = code(case)
    ruling, answer = ruled(case, "teknis-1", f"@laik nyatakan-aman keamanan {right}")
    assert ruling == "void"
    assert "langkah 2 (periksa)" in answer


def test_what_fails_its_checks_is_not_approved_and_the_checks_are_named() -> None:
    case = walk_to(small_case(), "amankan")
    case.content["scan"] = FLAWED
    ruling, answer = ruled(case, "teknis-1", f"@laik nyatakan-aman keamanan {code(case)}")
    assert ruling == "void"
    assert "scan_is_clean" in answer


def test_what_fails_its_checks_may_still_be_refused() -> None:
    case = walk_to(small_case(), "amankan")
    case.content["scan"] = FLAWED
    assert ruled(case, "teknis-1", f"@laik temuan keamanan {code(case)} injeksi")[0] == "refused"


def test_a_refusal_without_a_reason_sends_nothing_back() -> None:
    case = small_case()
    right = code(case)
    ruling, answer = ruled(case, "teknis-1", f"@laik revisi naskah {right}")
    assert ruling == "void"
    assert f"`@laik revisi naskah {right} <alasan>`" in answer


def test_one_reviewer_does_not_take_back_the_refusal_of_another() -> None:
    case = small_case()
    right = code(case)
    case.pastes("teknis-1", refuse=True)
    assert ruled(case, "teknis-2", f"@laik setuju naskah {right}")[0] == "void"
    assert case.open_step == "tulis"


def test_whoever_refused_takes_it_back_by_approving_the_very_same_content() -> None:
    case = small_case()
    right = code(case)
    case.pastes("teknis-1", refuse=True)
    assert ruled(case, "teknis-1", f"@laik setuju naskah {right}")[0] == "approved"
    assert case.open_step == "amankan"


@pytest.mark.parametrize("now", ["tanpa peran", "pengembang"])
def test_a_refusal_is_not_taken_back_without_the_role_or_by_the_builder(now: str) -> None:
    case = small_case()
    right = code(case)
    case.pastes("teknis-1", refuse=True)
    lost = {"tim_teknis_diskominfo": frozenset({"teknis-2"})}
    case.roles = {**ROLES, **(lost if now == "tanpa peran" else {"pengembang": frozenset({"teknis-1"})})}
    assert ruled(case, "teknis-1", f"@laik setuju naskah {right}")[0] == "void"
    assert case.open_step == "tulis"


def test_a_refusal_of_old_content_gives_no_approval_in_advance() -> None:
    case = small_case()
    right = code(case)
    case.pastes("teknis-1", refuse=True)
    case.content["naskah"] = "naskah kedua"
    case.settle()
    assert ruled(case, "teknis-1", f"@laik setuju naskah {right}")[0] == "void"
    case.content["naskah"] = "naskah"
    assert case.open_step == "tulis"


@pytest.mark.parametrize("order", [("teknis-1", "teknis-2"), ("teknis-2", "teknis-1")])
def test_two_refusals_of_one_content_are_taken_back_in_any_order(order: tuple[str, str]) -> None:
    case = walk_to(small_case(), "amankan")
    right = code(case)
    for account in ("teknis-1", "teknis-2"):
        assert ruled(case, account, f"@laik temuan keamanan {right} injeksi")[0] == "refused"
    assert ruled(case, order[0], f"@laik nyatakan-aman keamanan {right}")[0] == "approved"
    assert case.open_step == "amankan"
    assert ruled(case, order[1], f"@laik nyatakan-aman keamanan {right}")[0] == "approved"
    assert case.open_step == "sajikan"


def test_who_refused_at_one_step_approves_nothing_at_the_step_it_went_back_to() -> None:
    case = walk_to(lombok_case(), "persetujuan-kak")
    case.pastes("teknis-1", refuse=True)
    ruling, answer = ruled(case, "teknis-1", f"@laik koreksi kak {code(case)}")
    assert ruling == "void"
    assert "menarik keputusannya" in answer


def test_a_mistyped_verb_gets_the_nearest_one_told() -> None:
    ruling, answer = ruled(small_case(), "teknis-1", "@laik setju naskah abcd")
    assert ruling == "void"
    assert "Maksud Anda `setuju`?" in answer


def test_a_command_for_no_step_gets_all_commands_told() -> None:
    ruling, answer = ruled(small_case(), "teknis-1", "@laik setuju anggaran abcd")
    assert ruling == "void"
    assert "@laik nyatakan-aman keamanan" in answer


def test_a_question_is_answered_and_decides_nothing() -> None:
    case = small_case()
    right = code(case)
    ruling, answer = ruled(case, "orang-lain", "@laik status")
    assert ruling == "told"
    assert f"`@laik setuju naskah {right}`" in answer


def test_a_finished_case_takes_no_more_acts() -> None:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-1")
    case.settle()
    ruling, answer = ruled(case, "teknis-1", "@laik setuju naskah abcd")
    assert (case.memory.finished, ruling) == (True, "void")
    assert "ajukan permohonan baru" in answer


# hosting merge requests


def hosting_ruled(case: Case, account: str, text: str) -> tuple[str, str]:
    act = case.says(account, text, REQUEST)
    case.settle()
    return case.ruling(act), next((one for marker, one in case.answers.items() if f":{act} " in marker), "")


def hosting_code(case: Case) -> str:
    return case.hosting_card().split("@laik setuju hosting ")[1].split()[0]


def test_the_author_of_a_hosting_request_does_not_approve_it() -> None:
    case = ready_for_hosting()
    case.asks(barred=frozenset({IDS["teknis-1"]}))
    case.settle()
    ruling, answer = hosting_ruled(case, "teknis-1", f"@laik setuju hosting {hosting_code(case)}")
    assert ruling == "void"
    assert "mintalah anggota Tim Teknis lain" in answer


@pytest.mark.parametrize("text", ["@laik setuju hosting", "@laik setuju hosting 0000"])
def test_a_hosting_approval_without_its_code_answers_with_the_line(text: str) -> None:
    case = ready_for_hosting()
    ruling, answer = hosting_ruled(case, "teknis-1", text)
    assert ruling == "void"
    assert f"`@laik setuju hosting {hosting_code(case)}`" in answer


@pytest.mark.parametrize("account", ["orang-lain", "vendor-maju", "kepala-diskominfo"])
def test_only_the_role_of_the_sop_approves_hosting(account: str) -> None:
    case = ready_for_hosting()
    assert hosting_ruled(case, account, f"@laik setuju hosting {hosting_code(case)}")[0] == "void"


def test_a_hosting_request_before_its_time_is_not_approved() -> None:
    case = small_case()
    case.asks()
    case.settle()
    digest = case.decide().hosting
    assert digest is not None
    ruling, answer = hosting_ruled(case, "teknis-1", f"@laik setuju hosting {digest.digest[:6]}")
    assert ruling == "void"
    assert "belum terpenuhi" in answer


def test_hosting_is_decided_on_its_merge_request_and_steps_on_the_issue() -> None:
    case = ready_for_hosting()
    ruling, answer = ruled(case, "teknis-1", f"@laik setuju hosting {hosting_code(case)}")
    assert ruling == "void"
    assert "pada merge request-nya" in answer
    ruling, answer = hosting_ruled(case, "teknis-1", "@laik setuju naskah abcd")
    assert ruling == "void"
    assert "Di sini hanya" in answer


def test_a_question_on_the_merge_request_is_answered_with_its_own_line() -> None:
    case = ready_for_hosting()
    assert (
        f"`@laik setuju hosting {hosting_code(case)}`" in hosting_ruled(case, "teknis-1", "@laik status")[1]
    )
