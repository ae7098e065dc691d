from __future__ import annotations

from dataclasses import replace

from automation.bots import doorkeeper, gatekeeper
from automation.bots.doorkeeper import Stranger
from automation.bots.explainer import MAX_REMARK, MAX_REMARKS, MAX_SUMMARY, remarks, stranger_summary
from automation.core.errors import Where
from automation.core.evidence import EvidenceView
from automation.core.finding import Finding, Outcome
from automation.core.gate import HOSTING_CHECK
from automation.core.plan import Place, PostStatus, Remark
from automation.core.reconcile import Target
from automation.core.text import Bilingual
from tests.core.cases import COMMIT, FLAWED, HEAD, Case, FakeCheck, ready_for_hosting, small_case

PATH = "permohonan/antrean.yaml"
HOSTILE = "/approve\n<!-- laik:kartu --> @semua closes #1 ![x](https://jahat.example/a.png) <b>"
ANY = Bilingual("Tidak ada.", "None.")


def fault(
    seen: str = "Kunci salah.", *, line: int = 5, path: str = PATH, check: str = HOSTING_CHECK
) -> Finding:
    remedy = Bilingual("Perbaiki kuncinya.", "Mend the key.")
    where = Where(file=path, line=line, column=3 if line else 0)
    return Finding(check, Outcome.FAIL, Bilingual(seen, "Wrong key."), remedy, where)


def asked_with(*findings: Finding) -> Case:
    """A case whose hosting request, at the very end, has these findings."""
    case = ready_for_hosting()

    def answer(_view: EvidenceView, _subjects: tuple[str, ...]) -> tuple[Finding, ...]:
        return findings

    case.checks[HOSTING_CHECK] = FakeCheck(HOSTING_CHECK, answer=answer)
    return case


def posted(case: Case, context: str, sha: str) -> PostStatus:
    wished = [one for one in gatekeeper.wishes(case.desk()) if isinstance(one, PostStatus)]
    return next(one for one in wished if (one.context, one.sha) == (context, sha))


def test_a_fault_with_a_line_is_a_remark_on_that_line_with_its_remedy() -> None:
    assert remarks([fault()], PATH) == (
        Remark(PATH, 5, "Baris 5, kolom 3: Kunci salah. Perbaiki kuncinya.", HOSTING_CHECK),
    )


def test_only_faults_of_the_request_file_that_have_a_line_are_remarked_on() -> None:
    elsewhere = [fault(line=0), fault(path="permohonan/lain.yaml"), fault(check="uat_is_attached")]
    holding = replace(fault(), outcome=Outcome.PASS)
    assert remarks([*elsewhere, holding], PATH) == ()


def test_nothing_is_remarked_on_a_file_that_is_not_at_the_head() -> None:
    assert remarks([fault(path="")], "") == ()
    case = asked_with(fault())
    assert case.hosting is not None
    assert posted(case, "laik/hosting", HEAD).remarks
    case.hosting = replace(case.hosting, blob="")
    assert posted(case, "laik/hosting", HEAD).remarks == ()


def test_hostile_text_is_one_inert_line_in_a_remark() -> None:
    (said,) = remarks([fault(HOSTILE)], PATH)
    assert "\n" not in said.text
    for alive in ("<!--", "@semua", "#1", "https://"):
        assert alive not in said.text


def test_hostile_text_is_inert_in_a_summary() -> None:
    summary = posted(asked_with(fault(HOSTILE)), "laik/hosting", HEAD).summary
    assert not [line for line in summary.splitlines() if line.lstrip(" -").startswith("/")]
    for alive in ("<!--", "@semua", "#1", "![x]", "https://jahat", "<b>"):
        assert alive not in summary


def test_faults_without_end_leave_room_for_who_acts() -> None:
    many = [fault("\U0001f600*" * 2000, line=at) for at in range(1, 500)]
    status = posted(asked_with(*many), "laik/hosting", HEAD)
    assert len(status.summary.encode()) <= MAX_SUMMARY
    assert "temuan lain" in status.summary
    assert "pembuat permintaan" in status.summary
    assert len(status.remarks) == MAX_REMARKS
    assert all(len(one.text) <= MAX_REMARK for one in status.remarks)
    assert len(stranger_summary(ANY, many).encode()) <= MAX_SUMMARY


def test_the_request_says_what_is_missing_who_acts_and_where_the_card_is() -> None:
    case = asked_with(fault())
    desk = case.desk()
    links = replace(desk.decision.observation.links, issue="https://forge.example/i/42")
    observation = replace(desk.decision.observation, links=links)
    desk = replace(desk, decision=replace(desk.decision, observation=observation))
    wished = [one for one in gatekeeper.wishes(desk) if isinstance(one, PostStatus) and one.sha == HEAD]
    summary = next(one.summary for one in wished if one.context == "laik/hosting")
    assert "Kunci salah. Perbaiki kuncinya." in summary.replace("\\", "")
    assert "diperbaiki **pembuat permintaan**" in summary
    assert "[kartu kasus PA-2026-0042](https://forge.example/i/42)" in summary


def test_a_sound_request_has_no_remarks_and_names_who_approves_it() -> None:
    case = ready_for_hosting()
    waiting = posted(case, "laik/hosting", HEAD)
    assert (waiting.state, waiting.remarks) == ("pending", ())
    assert "menunggu persetujuan **Tim Teknis Diskominfo**" in waiting.summary
    case.pastes_hosting("teknis-1")
    through = posted(case, "laik/hosting", HEAD)
    assert (through.state, through.remarks) == ("success", ())
    assert "laik menggabungkan" in through.summary


def test_remarks_stand_on_the_request_alone() -> None:
    case = asked_with(fault())
    wished = [one for one in gatekeeper.wishes(case.desk()) if isinstance(one, PostStatus)]
    assert [(one.context, one.sha) for one in wished if one.remarks] == [("laik/hosting", HEAD)]


def test_a_gate_names_its_steps_and_who_acts_but_nothing_that_was_seen() -> None:
    summary = posted(small_case(naskah=FLAWED), "laik/naskah", COMMIT).summary
    assert "ada yang belum terpenuhi" in summary
    assert "- langkah 1 (tulis): Pengembang" in summary
    assert "- langkah 2 (periksa): Tim Teknis Diskominfo" in summary
    assert "Dilihat" not in summary


def test_gates_say_whether_they_are_done() -> None:
    assert "belum selesai" in posted(small_case(), "laik/keamanan", COMMIT).summary
    assert "Semua langkah" in posted(ready_for_hosting(), "laik/keamanan", COMMIT).summary


def test_the_next_step_changes_no_summary_of_a_light_that_stays() -> None:
    case = small_case(naskah="")
    before = {one: posted(case, one, COMMIT) for one in ("laik/hosting", "laik/keamanan", "laik/sop")}
    case.pastes("teknis-1")
    assert case.open_step == "amankan"
    for context, status in before.items():
        assert posted(case, context, COMMIT) == status


def test_a_request_before_its_time_says_that_steps_come_first_until_they_did() -> None:
    case = small_case()
    case.asks()
    assert "masih ada langkah SOP" in posted(case, "laik/hosting", HEAD).summary
    assert "masih ada langkah SOP" not in posted(ready_for_hosting(), "laik/hosting", HEAD).summary


def test_the_aggregate_says_whether_all_that_comes_before_hosting_holds() -> None:
    assert "Belum semua gerbang" in posted(small_case(), "laik/sop", COMMIT).summary
    case = ready_for_hosting()
    case.pastes_hosting("teknis-1")
    assert "Semua yang mendahului hosting" in posted(case, "laik/sop", COMMIT).summary


def test_a_commit_that_was_not_judged_says_so() -> None:
    case = ready_for_hosting()
    newer = "f" * 40
    desk = case.desk()
    targets = (*desk.decision.observation.targets, Target(3, newer))
    observation = replace(desk.decision.observation, targets=targets)
    desk = replace(desk, decision=replace(desk.decision, observation=observation))
    wished = [one for one in gatekeeper.wishes(desk) if isinstance(one, PostStatus) and one.sha == newer]
    told = {one.context: "bukan commit yang dinilai" in one.summary for one in wished}
    assert told == {"laik/naskah": False, "laik/keamanan": True, "laik/hosting": False, "laik/sop": True}


def test_a_stranger_is_told_why_and_where_on_its_line() -> None:
    place = Place(2, "merge_request", 7)
    stranger = Stranger(place, HEAD, Bilingual("Tidak ada kasus @semua.", ""), (fault(),), True, PATH)
    shown = {one.context: one for one in doorkeeper.wishes(stranger) if isinstance(one, PostStatus)}
    assert [(one.path, one.line) for one in shown["laik/hosting"].remarks] == [(PATH, 5)]
    assert shown["laik/sop"].remarks == ()
    assert "Tidak ada kasus" in shown["laik/sop"].summary
    assert "@semua" not in shown["laik/sop"].summary
