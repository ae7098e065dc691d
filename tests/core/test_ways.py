"""Ways out of a step: decided the other way, suspended, taken up again, agreed by two, kept, provisioned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from automation.core.authority import Acting, Voice, missing_voices
from automation.core.case import StepState
from automation.core.confirmation import confirm
from automation.core.memory import remember
from automation.core.procedure import HumanAct
from tests.core.branching import BRANCHING, agreed, branching_case, finished
from tests.core.cases import EVERYTHING, FLAWED, Case


def open_state(case: Case) -> StepState:
    state = case.decide().state.open
    assert state is not None
    return state


# ways forward


def test_a_step_decided_the_other_way_leads_through_the_steps_that_are_passed_by_otherwise() -> None:
    case = branching_case(usulan="")
    del case.content["usulan"]
    case.takes("kabid", "belum-lengkap", "belum ada daftar")
    assert case.open_step == "usulkan"
    case.content["usulan"] = "isi"
    assert case.open_step == "sepakati"
    assert case.decide().state.passed_by == frozenset()


def test_steps_that_the_way_does_not_need_are_passed_by_and_the_card_says_so() -> None:
    case = branching_case()
    case.takes("kabid", "lengkap")
    assert case.open_step == "sepakati"
    assert case.decide().state.passed_by == {"usulkan"}
    assert "| 2 | usulkan | dilewati |" in case.card()


def test_a_decision_the_other_way_carries_its_reason() -> None:
    case = branching_case()
    case.settle()
    line = next(line for line in case.card().splitlines() if line.startswith("@laik belum-lengkap"))
    act = case.says("kabid", line.removesuffix(" <alasan>"))
    case.settle()
    assert case.ruling(act) == "void"
    assert "Sertakan alasannya" in case.answer(act)


def test_a_reading_that_is_not_confirmed_does_not_move_the_case_and_is_recorded() -> None:
    case = branching_case(confirmed=False)
    act = case.takes("kabid", "belum-lengkap", "belum ada daftar")
    assert case.ruling(act) == "refused"
    assert case.open_step == "periksa"
    assert "belum dikonfirmasi" in case.answer(act)
    assert "Bacaan laik yang belum dikonfirmasi daerah" in case.card()


def test_a_region_that_confirms_a_reading_later_is_not_moved_by_what_was_said_before() -> None:
    case = branching_case(confirmed=False)
    case.takes("kabid", "belum-lengkap", "belum ada daftar")
    case.procedure = branching_case().procedure
    assert case.open_step == "periksa"


@pytest.mark.parametrize(
    ("there", "open_way", "shut"),
    [("ada", "tersedia", "tidak-tersedia"), ("tidak ada", "tidak-tersedia", "tersedia")],
)
def test_only_the_way_whose_own_checks_hold_can_be_taken(there: str, open_way: str, shut: str) -> None:
    case = agreed(branching_case(ketersediaan=there))
    case.settle()
    assert f"@laik {open_way} sumber-daya" in case.card()
    assert f"@laik {shut} sumber-daya" not in case.card()
    code = open_state(case).digest[:6]
    act = case.says("kabid", f"@laik {shut} sumber-daya {code} dicoba juga")
    case.settle()
    assert case.ruling(act) == "void"
    assert "pemeriksaan ini belum terpenuhi" in case.answer(act)


# suspension


def suspended() -> Case:
    case = agreed(branching_case(ketersediaan="tidak ada"))
    case.takes("kabid", "tidak-tersedia", "anggaran habis")
    case.takes("kabid", "ajukan")
    assert case.decide().state.suspended
    return case


def test_a_suspended_case_stands_still_says_so_and_is_not_finished() -> None:
    case = suspended()
    assert case.open_step == "lapor"
    assert "Ditangguhkan pada langkah 5" in case.card()
    assert not case.memory.finished
    assert case.issue_open
    assert "lapor" in case.memory.closed


def test_a_suspended_case_takes_nothing_but_being_taken_up_again() -> None:
    case = suspended()
    code = open_state(case).digest[:6]
    act = case.says("kabid", f"@laik ajukan laporan {code}")
    case.settle()
    assert case.ruling(act) == "void"
    assert "ditangguhkan" in case.answer(act)


def test_a_case_taken_up_again_is_decided_anew_and_never_goes_past_the_check() -> None:
    case = suspended()
    case.takes("kabid", "lanjut")
    assert case.open_step == "sediakan"
    assert "@laik tersedia" not in case.card()  # still not there: the way past it stays shut
    case.content["ketersediaan"] = "ada"
    case.takes("kabid", "tersedia")
    assert case.open_step == "buat"


def test_resources_that_come_back_open_the_question_again_without_a_word() -> None:
    case = suspended()
    case.content["ketersediaan"] = "ada"
    assert case.open_step == "sediakan"
    case.takes("kabid", "tersedia")
    assert case.open_step == "buat"


def test_a_case_can_be_suspended_and_taken_up_again_more_than_once() -> None:
    case = suspended()
    for _ in range(2):
        case.takes("kabid", "lanjut")
        assert case.open_step == "sediakan"
        case.takes("kabid", "tidak-tersedia", "masih habis")
        assert case.decide().state.suspended
    case.takes("kabid", "lanjut")
    case.content["ketersediaan"] = "ada"
    case.takes("kabid", "tersedia")
    assert case.open_step == "buat"


# agreement


def at_agreement(**more: str) -> Case:
    case = branching_case(**more)
    case.takes("kabid", "lengkap")
    return case


def test_an_agreement_wants_both_sides_on_the_same_content() -> None:
    case = at_agreement()
    case.takes("kabid", "setuju")
    assert case.open_step == "sepakati"
    assert "Sudah disetujui 1 dari 2 orang; masih diperlukan: PD" in case.card()
    assert case.labels >= {"giliran::pd"}
    case.takes("tim-dinkes", "setuju")
    assert case.open_step == "sediakan"


def test_content_that_changes_between_two_sides_voids_the_first() -> None:
    case = at_agreement()
    case.takes("kabid", "setuju")
    case.content["proses"] = "lain"
    case.takes("tim-dinkes", "setuju")
    assert case.open_step == "sepakati"
    case.takes("kabid", "setuju")
    assert case.open_step == "sediakan"


def test_one_person_with_both_roles_is_one_side() -> None:
    case = at_agreement()
    case.takes("dua-topi", "setuju")
    case.takes("dua-topi", "setuju")
    assert case.open_step == "sepakati"
    case.takes("kabid", "setuju")  # the one with both roles now speaks for the agency
    assert case.open_step == "sediakan"


def test_a_side_whose_role_is_lost_before_the_other_agreed_counts_no_more() -> None:
    case = at_agreement()
    case.takes("kabid", "setuju")
    case.roles = {**case.roles, "kabid": frozenset({"dua-topi"})}
    case.takes("tim-dinkes", "setuju")
    assert case.open_step == "sepakati"


def test_a_comment_withdrawn_before_the_other_side_agreed_counts_no_more() -> None:
    case = at_agreement()
    act = case.takes("kabid", "setuju")
    case.deletes(act)
    case.takes("tim-dinkes", "setuju")
    assert case.open_step == "sepakati"


def test_an_agreement_reached_stays_when_a_side_loses_its_role_later() -> None:
    case = agreed(branching_case())
    case.roles = {**case.roles, "pd": frozenset()}
    assert case.open_step == "sediakan"


def test_a_step_may_bind_an_agreement_to_the_role_for_good() -> None:
    strict = BRANCHING.replace("binding: {content: until_closed}", "binding: {role: always}")
    case = agreed(branching_case(text=strict))
    case.roles = {**case.roles, "pd": frozenset()}
    assert case.open_step == "sepakati"
    assert open_state(case).lapsed == ("peran",)


def test_a_step_may_bind_an_agreement_to_its_comments_for_good() -> None:
    strict = BRANCHING.replace("binding: {content: until_closed}", "binding: {comment: always}")
    case = at_agreement(text=strict)
    case.takes("kabid", "setuju")
    act = case.takes("tim-dinkes", "setuju")
    assert case.open_step == "sediakan"
    case.edits(act, "tidak jadi")
    assert case.open_step == "sepakati"
    assert "Keputusan sebelumnya gugur: komentar persetujuannya disunting atau dihapus." in case.card()


def test_a_quorum_counts_persons() -> None:
    case = agreed(branching_case())
    case.takes("kabid", "tersedia")
    case.takes("kasi", "buat-project")
    case.takes("kabid", "disposisi")
    case.takes("kabid", "disposisi")
    assert case.open_step == "tugaskan"
    assert "masih diperlukan: satu orang lagi" in case.card()
    case.takes("dua-topi", "disposisi")
    assert case.open_step == "latih"


def test_whoever_sits_in_the_only_seat_of_another_makes_room() -> None:
    act = HumanAct(verb="setuju", about="x", by=("a", "b"), agree="each")
    both, only_a = Voice(1, frozenset({"a", "b"}), "dinas"), Voice(2, frozenset({"a"}), "dinas")
    assert missing_voices(act, [both, only_a]) == missing_voices(act, [only_a, both]) == ()
    assert missing_voices(act, [only_a]) == ("b",)


def test_two_of_one_unit_are_one_where_units_must_differ() -> None:
    act = HumanAct(verb="setuju", about="x", by=("a",), quorum=2, units=True)
    one, same = Voice(1, frozenset({"a"}), "dinkes"), Voice(2, frozenset({"a"}), "dinkes")
    other = Voice(3, frozenset({"a"}), "dinsos")
    assert missing_voices(act, [one, same]) == ("",)
    assert missing_voices(act, [one, same, other]) == ()


# loops and rounds


def test_a_step_sent_back_tells_its_round_and_whose_turn_it_is() -> None:
    case = at_agreement()
    case.takes("kabid", "revisi", "lingkup kabur")
    assert "Putaran ke-2." in case.card()
    assert "lingkup kabur" in case.card()
    assert {"giliran::pd"} <= case.labels
    case.content["proses"] = "diperbaiki"
    case.takes("kabid", "revisi", "masih kabur")
    assert "Putaran ke-3." in case.card()


# what stays


def test_a_step_that_keeps_its_completion_is_not_reopened_by_later_content() -> None:
    case = agreed(branching_case())
    case.content["proses"] = "dikembangkan lagi"
    assert case.open_step == "sediakan"
    assert "gugur" not in case.card()


def test_a_step_that_was_never_complete_is_not_kept() -> None:
    case = at_agreement()
    case.takes("kabid", "setuju")
    case.content["proses"] = FLAWED
    assert case.open_step == "sepakati"


# provisioning, alternatives, attested


def test_a_step_that_provides_the_repository_is_complete_once_it_stands() -> None:
    case = agreed(branching_case())
    case.takes("kabid", "tersedia")
    line = next(line for line in case.card().splitlines() if line.startswith("@laik buat-project"))
    case.says("kasi", line)
    before = case.decide().state.open
    assert before is not None
    assert before.waiting_for_provision
    case.settle()
    assert case.open_step == "tugaskan"


@pytest.mark.parametrize("left", ["surat_tugas", "berita_acara"])
def test_of_two_alternatives_one_is_enough(left: str) -> None:
    case = agreed(branching_case())
    case.content.pop("surat_tugas")
    case.content[left] = "isi"
    case.takes("kabid", "tersedia")
    case.takes("kasi", "buat-project")
    assert open_state(case).evidence_holds


def test_of_two_alternatives_none_is_too_few_and_a_flawed_one_is_not_overlooked() -> None:
    case = agreed(branching_case())
    case.takes("kabid", "tersedia")
    case.takes("kasi", "buat-project")
    case.content["berita_acara"] = FLAWED
    assert not open_state(case).evidence_holds
    del case.content["berita_acara"], case.content["surat_tugas"]
    assert not open_state(case).evidence_holds


def test_a_whole_case_runs_to_its_end_and_marks_what_was_only_attested() -> None:
    case = finished(agreed(branching_case()))
    assert case.memory.finished
    assert "| 8 | latih | selesai (dinyatakan, tidak dibuktikan laik) |" in case.card()
    assert "| 2 | usulkan | dilewati |" in case.card()
    assert "Keadaan dokumen: Proses: sepakat" in case.card()


def test_what_is_remembered_replays_to_the_same() -> None:
    case = finished(agreed(branching_case()))
    assert remember(case.entries) == remember(list(case.entries))
    assert case.plan() == ()


# who acts


def test_other_candidates_may_act_until_the_region_confirms_who_does() -> None:
    case = branching_case(confirmed=False)
    assert case.ruling(case.takes("kasi", "lengkap")) == "approved"
    confirmed = branching_case()
    assert confirmed.ruling(confirmed.takes("kasi", "lengkap")) == "void"


def test_the_card_says_who_may_act_besides_while_the_actor_is_only_a_reading() -> None:
    said = "Yang memutuskan menurut bacaan laik: Kabid; selama belum dikonfirmasi daerah pada kebijakan"
    for confirmed in (False, True):
        case = branching_case(confirmed=confirmed)
        case.settle()
        assert (said in case.card()) is not confirmed


BY_READING = BRANCHING.replace(
    "    actors: {responsible: [{role: kadis, basis: stated}]}",
    "    actors: {responsible: [{role: kadis, basis: inferred}, {role: kabid, basis: stated}],"
    " involved: [{role: kasi, basis: inferred, candidate: true}]}",
)


def test_a_region_that_confirms_the_actor_takes_the_say_from_the_other_candidate() -> None:
    case = agreed(branching_case(confirmed=False, text=BY_READING))
    case.takes("kabid", "tersedia")
    case.takes("kasi", "buat-project")
    act = case.takes("kasi", "disposisi")
    assert case.ruling(act) == "approved"
    assert "Sudah disetujui 1 dari 2 orang" in case.card()
    case.procedure = confirm(case.procedure, EVERYTHING)
    case.settle()
    assert "gugur: pemberinya tidak lagi memegang peran yang memutuskannya" in case.card()
    case.takes("kabid", "disposisi")
    assert "Sudah disetujui 1 dari 2 orang" in case.card()


STATED = "    actors: {responsible: [{role: kabid, basis: stated}]}\n"
READ = (
    "    actors:\n      responsible: [{role: kabid, basis: inferred}]\n"
    "      involved: [{role: pd, basis: stated}, {role: kasi, basis: inferred, candidate: true}]\n"
)
OUTPUTS = "    duration: {raw: null, iso: null}\n    outputs:"
AGREED_BY_READING = (
    BRANCHING.replace(STATED + OUTPUTS, READ + OUTPUTS)
    .replace("on: completed, to: sepakati, basis: inferred", "on: completed, to: sepakati, basis: stated")
    .replace("basis: inferred, checks", "basis: stated, checks")
)
"""The agreement's seat of the division is a reading, which kasi may fill."""


@pytest.mark.parametrize("kept", [True, False])
def test_an_agreement_that_was_closed_with_another_candidate_stays_when_the_region_confirms(
    *, kept: bool
) -> None:
    text = (
        AGREED_BY_READING if kept else AGREED_BY_READING.replace("    binding: {content: until_closed}\n", "")
    )
    case = branching_case(confirmed=False, text=text)
    case.takes("kabid", "lengkap")
    case.takes("kasi", "setuju")
    case.takes("tim-dinkes", "setuju")
    assert case.open_step == "sediakan"
    case.procedure = confirm(case.procedure, EVERYTHING)
    case.settle()
    assert case.open_step == "sediakan"
    if not kept:  # what comes after is held to the reading
        case.content["proses"] = "lain"
        case.settle()
        assert case.open_step == "sepakati"
        assert case.ruling(case.takes("kasi", "setuju")) == "void"


def test_where_both_sides_are_readings_a_candidate_sits_for_neither() -> None:
    """Else two of the office would be both sides of an agreement."""
    both = READ.replace("inferred}]", "inferred}, {role: pd, basis: inferred}]").replace(
        "{role: pd, basis: stated}, ", ""
    )
    text = AGREED_BY_READING.replace(READ, both)
    assert text != AGREED_BY_READING
    case = branching_case(confirmed=False, text=text)
    case.takes("kabid", "lengkap")
    assert case.ruling(case.takes("kasi", "setuju")) == "void"


def test_a_decider_whom_the_source_states_has_no_stand_in_for_what_else_is_a_reading() -> None:
    text = BRANCHING.replace(
        "responsible: [{role: kabid, basis: inferred}]",
        "responsible: [{role: kabid, basis: stated}, {role: programmer, basis: inferred}]",
    )
    assert text != BRANCHING
    case = branching_case(confirmed=False, text=text)
    assert case.ruling(case.takes("kasi", "lengkap")) == "void"


def test_a_refuser_who_may_not_decide_any_more_is_not_asked_to_take_it_back() -> None:
    case = branching_case(confirmed=False, text=AGREED_BY_READING)
    case.takes("kabid", "lengkap")
    case.takes("kasi", "revisi")
    assert "Yang mengembalikan dapat menariknya" in case.card()
    case.procedure = confirm(case.procedure, EVERYTHING)
    assert "Yang mengembalikan tidak lagi memegang peran yang memutuskannya" in case.card()
    assert "dapat menariknya" not in case.card()
    case.content["proses"] = "diperbaiki"
    case.settle()
    assert "mengembalikan" not in case.card().split("| Langkah")[0].replace("Untuk mengembalikan", "")


def test_somebody_only_involved_is_no_candidate() -> None:
    case = branching_case(confirmed=False)
    assert case.ruling(case.takes("tim-dinkes", "lengkap")) == "void"


def test_the_builder_may_not_judge_whatever_other_role_he_holds() -> None:
    case = branching_case()
    case.roles = {**case.roles, "kabid": frozenset({"vendor-maju"})}
    act = case.takes("vendor-maju", "lengkap")
    assert case.ruling(act) == "void"
    assert "tidak boleh menilai pekerjaannya sendiri" in case.answer(act)


def acting(case: Case, since: int, until: int) -> Acting:
    day = case.now.date()
    return Acting("kabid", "Sekretaris", "plh", day + timedelta(days=since), day + timedelta(days=until))


def test_an_acting_official_acts_within_the_term_and_the_ledger_says_as_what() -> None:
    case = branching_case()
    case.acting = (acting(case, 0, 1),)
    act = case.takes("sekretaris", "lengkap")
    assert case.ruling(act) == "approved"
    (ruled,) = (one for one in case.memory.acts if one.act == act)
    assert (ruled.capacity, ruled.roles) == ("plh", ("kabid",))


@pytest.mark.parametrize("capacity", ["plh", ""])
def test_the_card_says_as_what_an_acting_official_sent_the_case_back(capacity: str) -> None:
    case = branching_case()
    case.acting = (acting(case, 0, 1),) if capacity else ()
    case.roles = case.roles if capacity else {**case.roles, "kabid": frozenset({"sekretaris"})}
    case.takes("sekretaris", "lengkap")
    case.takes("sekretaris", "revisi", "anggaran kurang")
    assert f"Alasan sekretaris{' (Plh.)' if capacity else ''}: anggaran kurang" in case.card()


def test_an_acting_official_who_is_another_candidate_too_acts_as_the_official() -> None:
    case = branching_case(confirmed=False)
    case.roles = {**case.roles, "kasi": frozenset({"sekretaris"})}
    case.acting = (acting(case, 0, 1),)
    act = case.takes("sekretaris", "lengkap")
    (ruled,) = (one for one in case.memory.acts if one.act == act)
    assert (ruled.capacity, set(ruled.roles)) == ("plh", {"kabid", "kasi"})


@pytest.mark.parametrize(("since", "until"), [(1, 5), (-5, -1)])
def test_an_acting_official_has_no_say_before_or_after_the_term(since: int, until: int) -> None:
    case = branching_case()
    case.acting = (acting(case, since, until),)
    assert case.ruling(case.takes("sekretaris", "lengkap")) == "void"


def test_an_act_within_the_term_counts_when_laik_reads_it_after_the_term() -> None:
    case = branching_case()
    case.acting = (acting(case, 0, 0),)
    case.settle()
    line = next(line for line in case.card().splitlines() if line.startswith("@laik lengkap"))
    act = case.says("sekretaris", line)
    case.now += timedelta(days=2)
    case.settle()
    assert case.ruling(act) == "approved"
    assert case.open_step == "sepakati"


# notes


def test_notes_are_recorded_by_those_concerned_and_decide_nothing() -> None:
    case = branching_case()
    case.settle()
    act, stranger = (
        case.says("kasi", "@laik monev kemajuan 40 %"),
        case.says("orang-lain", "@laik hadir saya"),
    )
    case.settle()
    assert (case.ruling(act), case.ruling(stranger)) == ("noted", "void")
    assert "tidak memutuskan apa pun" in case.answer(act)
    assert case.open_step == "periksa"


def test_delegating_by_comment_is_answered_with_where_it_is_done() -> None:
    case = branching_case()
    act = case.says("kabid", "@laik delegasi @orang-lain sampai 2026-03-20")
    case.settle()
    assert case.ruling(act) == "told"
    assert "'pejabat'" in case.answer(act)


def test_dates_of_the_case_are_those_of_its_region() -> None:
    case = branching_case()
    case.acting = (Acting("kabid", "sekretaris", "plt", date(2026, 3, 3), date(2026, 3, 3)),)
    case.now = case.now.replace(hour=16, minute=30)  # 2 March in UTC, 3 March at half past midnight in WITA
    case.settle()
    line = next(line for line in case.card().splitlines() if line.startswith("@laik lengkap"))
    act = case.says("sekretaris", line)
    case.settle()
    assert case.ruling(act) == "approved"
