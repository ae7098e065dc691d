"""The SOP of Bolaang Mongondow Utara as data: what its source states, what is a reading, what stays blank."""

from __future__ import annotations

import re

import pytest

import checks
from automation.collect.procedures import bundled
from automation.core.procedure import Procedure


@pytest.fixture(scope="module")
def bolmut() -> Procedure:
    return bundled()["bolmut"]


def test_it_has_its_eighteen_steps_in_order(bolmut: Procedure) -> None:
    assert [step.number for step in bolmut.steps] == list(range(1, 19))
    assert bolmut.steps[0].activity.verbatim == (
        "Kadis Kominfo mengeluarkan surat perintah pengembangan aplikasi kepada Bidang Aptika"
    )
    assert bolmut.steps[-1].activity.verbatim == "Kadis Kominfo menyetujui aplikasi yang dibangun"


def test_the_slips_of_the_source_stand_in_its_words_alone(bolmut: Procedure) -> None:
    assert "ketidakterediaan" in bolmut.step("laporan-ketidaktersediaan").activity.verbatim
    assert "<i>surcecode repository</i>" in bolmut.step("siapkan-project").activity.verbatim
    read = [f"{step.activity.id} {step.activity.en}" for step in bolmut.steps]
    assert not [text for text in read if "surcecode" in text or "keterediaan" in text]
    assert {"ketidakterediaan", "surcecode repository"} <= {one.found for one in bolmut.errata}


def test_every_duration_is_blank_as_in_the_source(bolmut: Procedure) -> None:
    assert {(step.duration.raw, step.duration.iso, step.duration.iso_max) for step in bolmut.steps} == {
        (None, None, None)
    }
    assert not [step.number for step in bolmut.steps for output in step.outputs if output.raw]


def test_its_only_stated_branching_is_the_response_to_the_plan(bolmut: Procedure) -> None:
    branching = {
        (step.number, branch.on)
        for step in bolmut.steps
        for branch in step.flow.branches
        if len(step.flow.branches) > 1 and branch.basis == "stated"
    }
    assert branching == {(11, "completed"), (11, "refused"), (18, "completed")}


def test_its_ways_lead_where_the_reading_says(bolmut: Procedure) -> None:
    number: dict[str | None, int] = {step.key: step.number for step in bolmut.steps}
    ways = {
        (step.number, branch.on): number.get(branch.to, 0)
        for step in bolmut.steps
        for branch in step.flow.branches
        if len(step.flow.branches) > 1
    }
    assert ways == {
        (2, "completed"): 4,
        (2, "detour"): 3,
        (6, "completed"): 8,
        (6, "detour"): 7,
        (7, "completed"): 0,
        (7, "resumed"): 6,
        (11, "completed"): 12,
        (11, "refused"): 9,
        (15, "completed"): 16,
        (15, "refused"): 12,
        (18, "completed"): 0,
        (18, "refused"): 17,
    }


def test_the_unavailable_never_leads_on_to_a_project(bolmut: Procedure) -> None:
    report = bolmut.step("laporan-ketidaktersediaan")
    assert report.suspends
    assert report.next is None
    checked = bolmut.step("periksa-ketersediaan")
    assert {branch.on: branch.checks for branch in checked.flow.branches} == {
        "completed": ("resources_are_available",),
        "detour": ("unavailability_is_explained",),
    }


def test_a_complete_list_is_only_claimed_where_there_is_one(bolmut: Procedure) -> None:
    step = bolmut.step("periksa-daftar-kebutuhan")
    assert [branch.checks for branch in step.flow.branches] == [("needs_list_is_sound",), ()]
    assert step.binding.content == "until_closed"


def test_the_actors_of_steps_without_a_subject_are_readings(bolmut: Procedure) -> None:
    inferred = [
        step.number
        for step in bolmut.steps
        if any(actor.basis != "stated" for actor in step.actors.responsible)
    ]
    assert inferred == [3, 4]
    assert {actor.role for actor in bolmut.step("daftar-kebutuhan").actors.involved} == {"kasie_egov"}


def test_step_eight_provisions_and_waits_for_the_repository(bolmut: Procedure) -> None:
    assert [step.number for step in bolmut.steps if step.provisions] == [8]
    step = bolmut.step("siapkan-project")
    assert (step.complete_when, step.act and step.act.verb) == ("provided", "buat_project")
    (builder,) = [role for role in bolmut.roles if role.builds]
    assert (builder.id, builder.scope, builder.named_by) == ("tim_pengembang", "kasus", "tim_proyek")


def test_the_result_is_handed_in_as_six_documents_of_their_own(bolmut: Procedure) -> None:
    step = bolmut.step("presentasi-hasil")
    paths = {bolmut.documents[name].path for name in step.judging.subjects if name not in {"code", "scan"}}
    assert len(paths) == 7  # the UAT is its scenarios and its results
    assert bolmut.documents["penetration_testing"].home == "rahasia"
    assert "documents_are_attached" in step.judging.checks


def test_hosting_is_only_recommended_so_no_step_waits_for_it(bolmut: Procedure) -> None:
    assert bolmut.hosting is not None
    assert (bolmut.hosting.after, bolmut.hosting.completes) == (("rekomendasi",), None)
    assert {"mockup", "uat_skenario", "uat_hasil"} <= set(bolmut.documents)


def test_the_builders_approve_nothing(bolmut: Procedure) -> None:
    assert not [step.number for step in bolmut.steps if step.act and "tim_pengembang" in step.act.by]


def test_every_document_a_check_asks_for_is_declared(bolmut: Procedure) -> None:
    known = checks.discover()
    asked = {
        need.removeprefix("doc:")
        for step in bolmut.steps
        for check in (*step.judging.checks, *(one for way in step.flow.branches for one in way.checks))
        for need in known[check].needs
        if need.startswith("doc:")
    }
    assert asked <= set(bolmut.documents)


def test_blank_cells_of_the_header_stay_blank_and_bare_months_stay_months(bolmut: Procedure) -> None:
    identity = bolmut.identity
    assert (identity.number, identity.revised_on, identity.signed) == (None, None, None)
    assert (identity.created_on, identity.effective_on) == ("2021-01", "2021-01")
    assert [entry.number for entry in identity.legal_basis] == [1, 2, 3, 4, 5, 6, 7]
    assert identity.title == "PENGEMBANGAN APLIKASI OLEH DISKOMIFO"
    assert (len(identity.related), identity.related[3]) == (4, None)


def test_no_cell_is_claimed_of_a_source_whose_cells_are_all_blank(bolmut: Procedure) -> None:
    given = [one for step in bolmut.steps for one in (*step.inputs, *step.outputs)]
    assert {one.basis for one in given} == {"stated", "inferred"}
    assert not [one for step in bolmut.steps for one in step.outputs if one.raw]


def test_an_output_is_stated_exactly_where_its_step_names_it_as_what_it_gives(bolmut: Procedure) -> None:
    read = [
        (step.number, one.document) for step in bolmut.steps for one in step.outputs if one.basis != "stated"
    ]
    assert read == [
        (2, "hasil_pemeriksaan_kebutuhan"),
        (5, "laporan_analisis"),
        (6, "hasil_pemeriksaan_sumber_daya"),
        (13, "uat_skenario"),
        (14, "laporan_instalasi_pengujian"),
        (16, "formulir_hosting"),
        (18, "persetujuan"),
    ]


def test_how_sure_a_reading_of_an_output_is_stands_with_it(bolmut: Procedure) -> None:
    sure = {step.number: one.confidence for step in bolmut.steps for one in step.outputs if one.confidence}
    assert sure == {2: "medium", 5: "high", 6: "high", 14: "high", 18: "medium"}


def test_what_a_step_needs_is_stated_exactly_where_its_activity_names_it(bolmut: Procedure) -> None:
    stated = {step.number: one.text for step in bolmut.steps for one in step.inputs if one.basis == "stated"}
    assert stated == {
        2: "Daftar kebutuhan aplikasi (bila ada)",
        9: "Standardisasi TIK Pemkab",
        10: "Rencana pengembangan",
        13: "Aplikasi yang sudah dibangun",
        14: "Hasil presentasi sebelumnya",
    }


def test_no_person_is_named(bolmut: Procedure) -> None:
    text = bolmut.model_dump_json()
    assert "NIP" not in text
    assert not re.search(r"\d{8} \d{6}", text)
