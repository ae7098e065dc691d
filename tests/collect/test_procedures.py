from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from automation.collect.procedures import bundled, load_file
from automation.core.errors import InvalidProcedure, UnreadableDocument
from automation.core.procedure import Procedure

NAMED = frozenset(
    {
        "request_form_is_complete",
        "letter_agrees_with_sidecar",
        "analysis_covers_seven_aspects",
        "kak_has_required_sections",
        "kak_is_legalised",
        "vendor_is_named",
        "mockup_is_presented",
        "similar_applications_are_presented",
        "process_flow_is_presented",
        "minutes_have_attendance_and_decision",
        "final_presentation_is_attached",
        "test_documentation_is_attached",
        "uat_is_attached",
        "uat_covers_scenarios",
        "uat_passed_for_code",
        "security_scan_passed",
        "security_report_has_three_views",
        "hosting_form_is_valid",
    }
)


@pytest.fixture(scope="module")
def lombok() -> Procedure:
    return bundled()["lombok-tengah"]


def test_the_lombok_tengah_sop_has_its_fifteen_steps_in_order(lombok: Procedure) -> None:
    assert [step.number for step in lombok.steps] == list(range(1, 16))
    assert lombok.steps[0].key == "permohonan-bantuan-teknis"
    assert lombok.steps[-1].key == "tindak-lanjut-hosting"
    assert lombok.steps[-1].next is None


def test_its_loops_go_back_where_the_reading_says(lombok: Procedure) -> None:
    number = {step.key: step.number for step in lombok.steps}
    loops = {step.number: number[step.back] for step in lombok.steps if step.back}
    assert loops == {7: 6, 8: 7, 11: 10, 13: 13}


def test_only_the_security_loop_is_stated_by_the_source(lombok: Procedure) -> None:
    stated = [
        step.number
        for step in lombok.steps
        for branch in step.flow.branches
        if branch.on == "refused" and branch.basis == "stated"
    ]
    assert stated == [13]


def test_its_durations_sum_to_the_27_days_of_the_source(lombok: Procedure) -> None:
    days = [int((step.duration.iso or "P0D")[1:-1]) for step in lombok.steps]
    assert sum(days) == 27
    assert [step.number for step in lombok.steps if step.duration.iso == "P7D"] == [3, 6]


def test_the_gates_stand_in_order(lombok: Procedure) -> None:
    assert lombok.gates() == (
        "permohonan",
        "penugasan",
        "tim",
        "undangan",
        "analisis",
        "kak",
        "rencana",
        "uat",
        "keamanan",
        "hosting",
    )


def test_the_acts_are_those_of_the_reading(lombok: Procedure) -> None:
    said = {step.number: f"{step.act.verb} {step.act.about}" for step in lombok.steps if step.act}
    assert said[1] == "ajukan permohonan"
    assert said[13] == "nyatakan_aman keamanan"
    assert said[15] == "disposisi hosting-tindak-lanjut"
    assert [step.number for step in lombok.steps if step.completion == "auto"] == [6, 10, 12]


def test_the_application_is_provisioned_by_step_nine(lombok: Procedure) -> None:
    assert [step.number for step in lombok.steps if step.provisions] == [9]


def test_the_waits_follow_the_steps_nine_and_eleven(lombok: Procedure) -> None:
    waits = {step.number: step.flow.wait.key for step in lombok.steps if step.flow.wait}
    assert waits == {9: "pengadaan", 11: "pembangunan"}


def test_blank_cells_of_the_header_stay_blank(lombok: Procedure) -> None:
    identity = lombok.identity
    blank: list[str | date | None] = [identity.number, identity.created_on, identity.effective_on]
    assert blank == [None, None, None]
    assert [entry.number for entry in identity.legal_basis] == [1, 2, 3, 4, 5, 6, 6]
    assert identity.legal_basis[3].text is None


def test_another_regency_is_named_only_in_verbatim_text_and_errata(lombok: Procedure) -> None:
    foreign = "Lombok Timur"
    steps = [step.model_dump_json(exclude={"activity": {"verbatim"}}) for step in lombok.steps]
    assert not [text for text in steps if foreign in text]
    assert [one.number for one in lombok.steps if foreign in one.activity.verbatim] == [14, 15]
    assert any(foreign in erratum.found for erratum in lombok.errata)


def test_no_person_is_named(lombok: Procedure) -> None:
    text = lombok.model_dump_json()
    assert "NIP" not in text
    assert "Drs." not in text


def test_every_check_is_used_by_a_step(lombok: Procedure) -> None:
    assert {check for step in lombok.steps for check in step.judging.checks} == NAMED


def test_a_file_named_unlike_its_id_is_refused(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "checks/sop/lombok-tengah.yaml"
    copy = tmp_path / "lain.yaml"
    copy.write_bytes(source.read_bytes())
    with pytest.raises(InvalidProcedure, match="lombok-tengah"):
        load_file(copy, known_checks=NAMED)


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        load_file(tmp_path / "tiada.yaml", known_checks=NAMED)
    assert caught.value.where.file.endswith("tiada.yaml")


def test_a_fifty_megabyte_file_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "besar.yaml"
    with large.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(UnreadableDocument, match="terlalu besar"):
        load_file(large, known_checks=NAMED)
