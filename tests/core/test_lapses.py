"""What the card says of approvals that do not count any more: which they were, and why."""

from __future__ import annotations

import pytest

from tests.core.branching import BRANCHING, agreed, branching_case
from tests.core.cases import UNKNOWN, Case, small_case, walk_to


def half_agreed() -> Case:
    """An agreement of two that one side has given."""
    case = branching_case()
    case.takes("kabid", "lengkap")
    return case


def forfeited(case: Case) -> tuple[str, ...]:
    state = case.decide().state.open
    assert state is not None
    return state.forfeited


def test_the_first_of_two_sides_is_told_that_new_content_took_its_approval() -> None:
    case = half_agreed()
    case.takes("kabid", "setuju")
    assert "gugur" not in case.card()
    case.content["proses"] = "lain"
    case.settle()
    assert "Persetujuan yang sudah diberikan gugur: isi Proses berubah." in case.card()
    case.takes("kabid", "setuju")
    assert "gugur" not in case.card()


def test_the_first_of_two_sides_is_told_that_its_comment_was_changed() -> None:
    case = half_agreed()
    case.edits(case.takes("kabid", "setuju"), "tidak jadi")
    case.settle()
    assert (
        "Persetujuan yang sudah diberikan gugur: komentar persetujuannya disunting atau dihapus."
        in case.card()
    )


def test_the_first_of_two_sides_is_told_that_its_giver_lost_the_role() -> None:
    case = half_agreed()
    case.takes("kabid", "setuju")
    case.roles = {**case.roles, "kabid": frozenset({"dua-topi"})}
    case.settle()
    assert (
        "Persetujuan yang sudah diberikan gugur: pemberinya tidak lagi memegang peran yang memutuskannya."
        in case.card()
    )
    case.takes("tim-dinkes", "setuju")  # whose own approval counts, while the other's stays lost
    assert forfeited(case) == ("peran",)
    assert "Sudah disetujui 1 dari 2 orang" in case.card()


def test_reasons_are_said_once_each_and_an_unknown_subject_is_none() -> None:
    case = half_agreed()
    case.takes("kabid", "setuju")
    case.content["proses"] = "lain"
    case.takes("dua-topi", "setuju")
    case.content["proses"] = "lain lagi"
    assert forfeited(case) == ("proses",)
    case.content["proses"] = UNKNOWN
    assert forfeited(case) == ()


def test_content_that_comes_back_gives_the_approval_back() -> None:
    case = half_agreed()
    case.takes("kabid", "setuju")
    before, case.content["proses"] = case.content["proses"], "lain"
    case.settle()
    case.content["proses"] = before
    case.settle()
    assert forfeited(case) == ()
    assert "Sudah disetujui 1 dari 2 orang" in case.card()


def test_an_approval_that_waits_for_the_served_name_says_why_it_counts_no_more() -> None:
    case = small_case()
    walk_to(case, "sajikan")
    case.pastes("kepala-diskominfo")
    case.content["surat"] = "surat kedua"
    case.settle()
    assert "Persetujuan yang sudah diberikan gugur: isi Surat berubah." in case.card()


def test_what_another_decided_anew_is_not_missed_any_more() -> None:
    case = small_case()
    case.roles = {**case.roles, "kepala_diskominfo": frozenset({"kepala-diskominfo", "orang-lain"})}
    walk_to(case, "sajikan")
    case.pastes("kepala-diskominfo")
    case.content["surat"] = "surat kedua"
    case.pastes("orang-lain")
    assert forfeited(case) == ()
    assert "gugur" not in case.card()


def test_a_decision_that_completed_its_step_is_told_as_a_decision() -> None:
    case = walk_to(small_case(), "amankan")
    case.content["naskah"] = "naskah kedua"
    assert forfeited(case) == ()
    assert "Keputusan sebelumnya gugur: isi Naskah berubah." in case.card()


def test_where_units_must_differ_the_card_says_that_another_unit_is_needed() -> None:
    text = BRANCHING.replace("[kadis, kabid], quorum: 2}", "[kadis, kabid], quorum: 2, units: true}")
    case = agreed(branching_case(text=text))
    case.takes("kabid", "tersedia")
    case.takes("kasi", "buat-project")
    case.takes("kabid", "disposisi")
    assert "masih diperlukan: satu orang lagi, dari unit lain." in case.card()
    case.takes("kepala-diskominfo", "disposisi")  # of the ICT agency as well: still one unit
    assert case.open_step == "tugaskan"
    assert "masih diperlukan: satu orang lagi, dari unit lain." in case.card()


def test_whoever_speaks_for_both_sides_is_told_that_another_person_is_needed() -> None:
    case = half_agreed()
    case.takes("dua-topi", "setuju")
    again = case.takes("dua-topi", "setuju")
    assert "Anda sudah menyetujui isi ini" in case.answer(again)
    assert "orang lain" in case.answer(again)
    assert case.open_step == "sepakati"


ALWAYS = BRANCHING.replace("    binding: {content: until_closed}\n", "")


def test_a_step_that_was_closed_on_something_else_counts_only_roles_that_are_held_now() -> None:
    case = branching_case(text=ALWAYS)
    case.takes("kabid", "lengkap")
    case.takes("kabid", "setuju")
    case.takes("tim-dinkes", "setuju")
    case.content["proses"] = "isi lain"
    case.takes("dua-topi", "setuju")  # of both sides, so that either is still missing
    case.roles = {**case.roles, "kabid": frozenset({"kabid"})}
    case.takes("tim-dinkes", "setuju")
    assert case.open_step == "sepakati"  # both speak for the agency now
    case.takes("kabid", "setuju")
    assert case.open_step == "sediakan"


@pytest.mark.parametrize("how", ["role", "comment"])
def test_taken_up_again_a_step_counts_no_word_that_is_gone_for_having_been_closed_once(how: str) -> None:
    both = "by: [kabid, kasi], agree: each, detour: tidak_tersedia}"
    text = BRANCHING.replace("by: [kabid], detour: tidak_tersedia}", both)
    case = agreed(branching_case(text=text, ketersediaan="tidak ada"))
    case.takes("kabid", "tidak-tersedia")
    case.takes("kasi", "tidak-tersedia")
    case.takes("kabid", "ajukan")
    case.takes("kabid", "lanjut")
    again = case.takes("kabid", "tidak-tersedia")
    if how == "role":
        case.roles = {**case.roles, "kabid": frozenset({"dua-topi"})}
    else:
        case.deletes(again)
    case.takes("kasi", "tidak-tersedia")
    assert case.open_step == "sediakan"
