from __future__ import annotations

import pytest

from automation.bots import reporter
from automation.core.authority import Acting
from automation.core.certificates import CertificatePair
from automation.core.finding import Finding, Outcome
from automation.core.plan import Answer, Remember, WriteCard
from automation.core.procedure import load_procedure
from tests.core.cases import (
    FLAWED,
    GOOD,
    ISSUE,
    REQUEST,
    ROLES,
    SMALL,
    UNKNOWN,
    Case,
    FakeCheck,
    finding,
    ready_for_hosting,
    small_case,
    small_procedure,
    walk_to,
)


def test_the_card_says_the_step_the_turn_and_the_deadline() -> None:
    case = small_case()
    case.settle()
    assert (
        "**Langkah 2 dari 4** · giliran **Tim Teknis Diskominfo** · tenggat **3 Maret 2026**" in case.card()
    )
    assert "| 1 | tulis | selesai |" in case.card()
    assert "| 2 | periksa | **terbuka** |" in case.card()
    assert "| 3 | amankan | menunggu |" in case.card()


def test_the_card_gives_the_lines_to_approve_and_to_send_back() -> None:
    case = small_case()
    case.settle()
    assert case.card().count("@laik setuju naskah ") == 1
    assert "<alasan>" in case.card()


@pytest.mark.parametrize("content", [FLAWED, UNKNOWN])
def test_no_line_is_given_while_the_evidence_does_not_hold(content: str) -> None:
    case = walk_to(small_case(), "amankan")
    case.content["scan"] = content
    assert "@laik" not in case.card()
    assert "scan_is_clean" in case.card()


def judging_a_test(scan: str) -> Case:
    """The small SOP, its second step judging a test that is mended at the first."""
    case = small_case(scan=scan)
    judging = case.procedure.steps[1].judging.model_copy(
        update={"subjects": ("naskah", "scan"), "checks": ("naskah_is_filled", "scan_is_clean")}
    )
    tested = case.procedure.steps[1].model_copy(update={"judging": judging})
    steps = (case.procedure.steps[0], tested, *case.procedure.steps[2:])
    case.procedure = case.procedure.model_copy(update={"steps": steps})
    case.settle()
    return case


def test_what_was_handed_in_whole_and_fails_can_be_sent_back_to_where_it_is_mended() -> None:
    case = judging_a_test(FLAWED)
    assert "@laik revisi naskah" in case.card()
    assert "@laik setuju" not in case.card()
    case.pastes("teknis-1", refuse=True)
    assert case.open_step == "tulis"


def test_what_could_not_be_judged_is_not_sent_back() -> None:
    assert "@laik" not in judging_a_test(UNKNOWN).card()


def told(found: tuple[Finding, ...]) -> list[str]:
    case = small_case()
    case.checks["naskah_is_filled"] = FakeCheck("naskah_is_filled", answer=lambda view, subjects: found)
    return [line for line in case.card().splitlines() if line.startswith("- ")]


def many(count: int, outcome: Outcome) -> tuple[Finding, ...]:
    return tuple(
        finding("naskah_is_filled", outcome, key=str(at), seen=f"Butir {at}.") for at in range(count)
    )


def test_what_does_not_hold_is_named_one_by_one_and_a_long_list_is_counted() -> None:
    lines = told(many(61, Outcome.FAIL))
    assert lines[0] == "- ✘ belum `naskah_is_filled` Butir 0. Perbaiki."
    assert lines[-1] == "- … dan 21 temuan lain"


def test_what_holds_takes_one_line_a_check() -> None:
    assert told(many(13, Outcome.PASS)) == ["- ✔ terpenuhi `naskah_is_filled` 13 hal"]
    assert told(many(1, Outcome.PASS)) == ["- ✔ terpenuhi `naskah_is_filled` Butir 0."]


def test_a_check_that_fails_anywhere_is_never_shown_as_holding_too() -> None:
    lines = told((*many(5, Outcome.PASS), finding("naskah_is_filled", Outcome.FAIL, key="z", seen="Kurang.")))
    assert lines == ["- ✘ belum `naskah_is_filled` Kurang. Perbaiki."]


def test_a_step_that_a_region_adds_says_that_it_is_not_from_the_source() -> None:
    text = SMALL.replace(
        "Securing}\n    actors: {responsible: [{role: tim_teknis_diskominfo, basis: stated}]}",
        "Securing}\n    actors: {responsible: [{role: tim_teknis_diskominfo, basis: extension}]}",
    )
    case = Case(procedure=small_procedure(text), content=dict(GOOD))
    case.settle()
    assert "tambahan daerah" not in case.card()
    walk_to(case, "amankan")
    assert "Langkah ini **tambahan daerah**: bukan isi SOP sumbernya." in case.card()


def test_a_decision_that_lapsed_says_what_changed() -> None:
    case = walk_to(small_case(), "amankan")
    case.content["naskah"] = "naskah kedua"
    assert "Keputusan sebelumnya gugur: isi Naskah berubah." in case.card()


def test_a_forge_that_does_not_answer_is_not_told_as_a_change() -> None:
    case = walk_to(small_case(), "amankan")
    case.content["naskah"] = UNKNOWN
    assert "gugur" not in case.card()


def test_a_case_that_was_sent_back_says_who_why_and_how_that_is_taken_back() -> None:
    case = small_case()
    case.settle()
    case.pastes("teknis-1", refuse=True, reason="ruang lingkup kabur")
    assert "Alasan teknis-1: ruang lingkup kabur" in case.card()
    assert case.card().count("@laik setuju naskah ") == 1
    assert "giliran **Pengembang**" in case.card()


def test_the_reason_of_a_deleted_or_rewritten_refusal_is_not_shown() -> None:
    case = small_case()
    act = case.pastes("teknis-1", refuse=True, reason="ruang lingkup kabur")
    case.edits(act, "@laik revisi naskah abcd alasan lain")
    assert "Dikembalikan" in case.card()
    assert "Alasan" not in case.card()


def test_while_the_name_is_awaited_the_card_says_what_it_waits_for() -> None:
    case = walk_to(small_case(), "sajikan")
    case.pastes("kepala-diskominfo")
    assert "Buka merge request berisi satu berkas" in case.card()
    case.asks()
    assert "Menunggu permintaan hosting disetujui" in case.card()
    case.read_back = False
    case.pastes_hosting("teknis-1")
    for _ in range(3):
        case.carry_out(case.plan())
    assert "menunggu nama terbukti tersaji" in case.card()
    assert "giliran **laik**" in case.card()


def test_a_finished_case_stays_finished_on_its_card_and_says_what_changed_since() -> None:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-1")
    case.settle()
    assert "**Selesai**: 4 dari 4 langkah." in case.card()
    case.content["naskah"] = "diubah sesudah selesai"
    assert "**Selesai**: 4 dari 4 langkah." in case.card()
    assert "yang dinilai pada langkah 2 (periksa) berubah" in case.card()
    assert "@laik" not in case.card()
    assert "terbuka" not in case.card()


def test_the_hosting_card_gives_the_line_only_when_nothing_else_is_missing() -> None:
    early = small_case()
    early.asks()
    assert "- langkah 2: periksa" in early.hosting_card()
    assert "@laik" not in early.hosting_card()
    assert "@laik setuju hosting " in ready_for_hosting().hosting_card()


@pytest.mark.parametrize("capacity", ["plh", ""])
def test_a_hosting_request_refused_by_an_acting_official_says_as_what(capacity: str) -> None:
    case, role = ready_for_hosting(), "tim_teknis_diskominfo"
    day = case.now.date()
    if capacity:
        case.acting = (Acting(role, "Sekretaris", "plh", day, day),)
    else:
        case.roles = {**case.roles, role: case.roles[role] | {"sekretaris"}}
    act = case.pastes_hosting("sekretaris", refuse="nama menyesatkan")
    case.settle()
    (ruled,) = (one for one in case.memory.acts if one.act == act)
    assert (ruled.ruling, ruled.capacity) == ("refused", capacity)
    assert f"Alasan sekretaris{' (Plh.)' if capacity else ''}: nama menyesatkan" in case.hosting_card()


def test_a_refused_hosting_request_says_why_and_how_that_is_taken_back() -> None:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-2", refuse="nama menyesatkan")
    case.settle()
    text = case.hosting_card()
    assert "Alasan teknis-2: nama menyesatkan" in text
    assert "Yang menolak dapat menariknya" in text
    assert "Semua syarat terpenuhi. Tim Teknis menyetujui" not in text


PAIR = CertificatePair(sertifikat="/etc/a.pem", kunci="/etc/a.key")
PLAIN_HTTP = "Disajikan **HTTP saja**"


def hosting_card(parent: str, *parents: str, **hosting: object) -> str:
    """The card of a request for a name below ``parent``, under a policy with these parents."""
    case = small_case()
    changed = case.policy.hosting.model_copy(update={"induk_domain": parents, **hosting})
    case.policy = case.policy.model_copy(update={"hosting": changed})
    case.asks(parent=parent)
    return case.hosting_card()


def test_a_name_without_a_certificate_is_marked_on_its_card() -> None:
    mark = f"{PLAIN_HTTP}: kebijakan tidak menyebut sertifikat bagi `contoh.go.id`."
    assert mark in hosting_card("contoh.go.id", "contoh.go.id")


def test_a_name_with_a_certificate_is_not_marked() -> None:
    plain = {"sertifikat": "/etc/a.pem", "kunci_sertifikat": "/etc/a.key"}
    assert "HTTP" not in hosting_card("contoh.go.id", "contoh.go.id", **plain)
    assert "HTTP" not in hosting_card("contoh.go.id", "contoh.go.id", sertifikat_induk={"contoh.go.id": PAIR})


def test_the_mark_is_of_the_names_own_parent() -> None:
    parents, only_one = ("contoh.go.id", "desa.contoh.id"), {"contoh.go.id": PAIR}
    assert "HTTP" not in hosting_card("contoh.go.id", *parents, sertifikat_induk=only_one)
    mark = f"{PLAIN_HTTP}: kebijakan tidak menyebut sertifikat bagi `desa.contoh.id`."
    assert mark in hosting_card("desa.contoh.id", *parents, sertifikat_induk=only_one)


@pytest.mark.parametrize("parent", ["", "evil.example", "`\n/approve @all"])
def test_of_a_parent_that_is_none_nothing_is_promised_or_repeated(parent: str) -> None:
    text = hosting_card(parent, "contoh.go.id")
    assert PLAIN_HTTP not in text
    assert not parent or parent not in text


def test_a_name_that_is_taken_down_has_no_mark() -> None:
    case = small_case()
    case.asks(removes=True)
    assert PLAIN_HTTP not in case.hosting_card()


def test_commits_that_are_newer_than_the_one_asked_for_are_counted() -> None:
    from dataclasses import replace

    case = ready_for_hosting()
    desk = case.desk()
    seen = replace(desk.decision.observation, newer_commits=3)
    desk = replace(desk, decision=replace(desk.decision, observation=seen))
    assert desk.decision.hosting is not None
    assert "(3 commit lebih baru tidak ikut)" in reporter.hosting_card(desk, desk.decision.hosting)


def test_cards_are_at_the_issue_and_at_the_merge_request() -> None:
    wished = reporter.wishes(ready_for_hosting().desk())
    assert [change.place for change in wished if isinstance(change, WriteCard)] == [ISSUE, REQUEST]


def test_an_answer_stands_where_the_act_was_given() -> None:
    case = ready_for_hosting()
    case.says("orang-lain", "@laik setuju hosting 0000", REQUEST)
    case.says("orang-lain", "@laik setuju naskah 0000")
    answers = [change for change in case.plan() if isinstance(change, Answer)]
    assert [one.place for one in answers] == [REQUEST, ISSUE]


def test_an_answer_that_never_arrived_is_given_later_and_once() -> None:
    case = small_case()
    case.says("orang-lain", "@laik setuju naskah 0000")
    case.carry_out(tuple(change for change in case.plan() if isinstance(change, Remember)))
    assert not case.answers
    case.settle()
    (text,) = case.answers.values()
    assert "tidak dihitung" in text
    assert case.settle() == 0


def test_many_commands_in_one_comment_get_one_answer() -> None:
    case = small_case()
    case.says("orang-lain", "\n\n".join(["@laik bantuan", "@laik setuju naskah 0000", "@laik bantuan"]))
    case.settle()
    (text,) = case.answers.values()
    assert "Hanya pemegang peran" in text
    assert case.settle() == 0


def test_an_act_that_counted_needs_no_answer() -> None:
    case = small_case()
    case.pastes("teknis-1")
    assert case.answers == {}


def test_a_decision_that_was_withdrawn_by_editing_is_told_so() -> None:
    case = walk_to(small_case(), "sajikan")
    act = case.pastes("kepala-diskominfo")
    case.edits(act, case.said[-1].body + " ")
    case.settle()
    assert "disunting" in case.answer(act)
    assert "@laik disposisi tindak-lanjut" in case.card()


def test_words_of_a_sop_never_become_markup_or_commands() -> None:
    text = SMALL.replace("id: Menulis,", 'id: "/approve <!-- laik:kartu:X --> @all",')
    text = text.replace("label: Pengembang,", 'label: "**/close** @all",')
    checks = frozenset({"naskah_is_filled", "scan_is_clean"})
    card = Case(procedure=load_procedure(text, path="kecil.yaml", checks=checks), roles=ROLES).card()
    assert not [line for line in card.splitlines() if line.startswith("/")]
    assert card.count("<!-- laik:") == 1
    assert "@all" not in card
