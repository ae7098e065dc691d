from __future__ import annotations

from datetime import date

from automation.bots import DUTIES, all_wishes
from automation.bots.desk import (
    answer_marker,
    answer_prefix,
    card_marker,
    indonesian_date,
    role_label,
    turn,
)
from automation.core.clock import whose_turn
from automation.core.plan import MergeHosting, Remember
from tests.core.cases import FLAWED, Case, ready_for_hosting, small_case, walk_to


def test_dates_are_written_in_indonesian() -> None:
    assert indonesian_date(date(2021, 1, 5)) == "5 Januari 2021"
    assert indonesian_date(date(2026, 12, 31)) == "31 Desember 2026"


def test_a_role_is_named_as_the_sop_labels_it() -> None:
    desk = small_case().desk()
    assert role_label(desk, "tim_teknis_diskominfo") == "Tim Teknis Diskominfo"
    assert role_label(desk, "tidak_dikenal") == "tidak_dikenal"


def test_while_evidence_is_missing_it_is_the_turn_of_those_who_work_on_it() -> None:
    case = Case()
    assert turn(case.desk()) == ("pengembang",)
    refused = small_case()
    refused.pastes("teknis-1", refuse=True)
    assert turn(refused.desk()) == ("pengembang",)


def test_with_the_evidence_there_it_is_the_turn_of_those_who_decide() -> None:
    case = walk_to(small_case(), "sajikan")
    assert turn(case.desk()) == ("kepala_diskominfo",)
    case.content["naskah"] = FLAWED
    assert turn(case.desk()) == ("pengembang",)


def test_after_the_disposition_it_is_the_turn_of_those_who_approve_the_request() -> None:
    case = ready_for_hosting()
    state = case.decide().state.open
    assert state is not None
    assert whose_turn(state) == ("kepala_diskominfo",)
    assert turn(case.desk()) == ("tim_teknis_diskominfo",)


def test_while_laik_serves_and_once_finished_it_is_nobodys_turn() -> None:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-1")
    for _ in range(2):
        case.carry_out(case.plan())
    case.read_back = False
    assert case.memory.admitted is not None
    assert turn(case.desk()) == ()
    case.read_back = True
    case.settle()
    assert turn(case.desk()) == ()


def test_the_name_of_an_application_is_its_requests_or_the_issues_title() -> None:
    case = small_case()
    assert (case.desk().application_name, case.desk().key) == ("Antrean", "PA-2026-0042")
    case.request = None
    assert case.desk().application_name == "Permohonan"


def test_markers_are_comments_that_readers_do_not_see() -> None:
    assert card_marker("PA-2026-0042") == "<!-- laik:kartu:PA-2026-0042 -->"
    assert answer_marker("issue/1/0").startswith(answer_prefix())
    assert answer_marker("issue/1/0") != answer_marker("issue/1/1")


def test_every_bot_wishes_at_the_desk() -> None:
    case = ready_for_hosting()
    wished = all_wishes(case.desk())
    assert len(wished) >= len(DUTIES)
    assert not [change for change in wished if isinstance(change, MergeHosting | Remember)]
