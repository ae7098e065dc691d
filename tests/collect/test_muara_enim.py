"""The two charts of the Muara Enim SOP, held to what the source says and to how it is read."""

from __future__ import annotations

import re
from datetime import date

import pytest

from automation.collect.procedures import bundled
from automation.core.deadline import WorkingTime, parse_duration
from automation.core.procedure import RESERVED_SUBJECTS, Procedure, Step

MANDIRI, PENGEMBANG = "muara-enim-mandiri", "muara-enim-pengembang"
BOTH = (MANDIRI, PENGEMBANG)


@pytest.fixture(scope="module")
def procedures() -> dict[str, Procedure]:
    return {name: bundled()[name] for name in BOTH}


@pytest.fixture
def sop(procedures: dict[str, Procedure], request: pytest.FixtureRequest) -> Procedure:
    return procedures[request.param]


@pytest.fixture
def mandiri(procedures: dict[str, Procedure]) -> Procedure:
    return procedures[MANDIRI]


@pytest.fixture
def pengembang(procedures: dict[str, Procedure]) -> Procedure:
    return procedures[PENGEMBANG]


both = pytest.mark.parametrize("sop", BOTH, indirect=True)


def numbered(procedure: Procedure, number: int) -> Step:
    return next(step for step in procedure.steps if step.number == number)


def total(procedure: Procedure) -> WorkingTime:
    times = [parse_duration(step.duration.iso) for step in procedure.steps]
    return WorkingTime(sum(one.days for one in times if one), sum(one.minutes for one in times if one))


def refusals(procedure: Procedure) -> dict[int, tuple[int, str, str | None]]:
    """Where each step is sent back to, on which basis and with which confidence."""
    number = {step.key: step.number for step in procedure.steps}
    return {
        step.number: (number[way.to or ""], way.basis, way.confidence)
        for step in procedure.steps
        if (way := step.way("refused"))
    }


def completions(procedure: Procedure) -> dict[int, tuple[str, str | None]]:
    """Basis and confidence of the way forward out of each decision."""
    return {
        step.number: (way.basis, way.confidence)
        for step in procedure.steps
        if step.back and (way := step.way("completed"))
    }


def bases_of(procedure: Procedure) -> list[set[str]]:
    """On what the responsible actors of each step rest."""
    return [{one.basis for one in step.actors.responsible} for step in procedure.steps]


# the steps as the source has them


@pytest.mark.parametrize(("sop", "count"), [(MANDIRI, 14), (PENGEMBANG, 8)], indirect=["sop"])
def test_the_steps_stand_in_the_order_of_the_source(sop: Procedure, count: int) -> None:
    assert [step.number for step in sop.steps] == list(range(1, count + 1))
    assert [step.next for step in sop.steps] == [*[step.key for step in sop.steps[1:]], None]


@pytest.mark.parametrize(
    ("sop", "days", "minutes"), [(MANDIRI, 112, 450), (PENGEMBANG, 100, 240)], indirect=["sop"]
)
def test_the_times_add_up_to_those_of_the_source(sop: Procedure, days: int, minutes: int) -> None:
    assert total(sop) == WorkingTime(days, minutes)


@both
def test_only_the_last_step_has_no_time_and_none_is_made_up(sop: Procedure) -> None:
    blank = [step.number for step in sop.steps if step.duration.iso is None]
    assert blank == [sop.steps[-1].number]
    assert sop.steps[-1].duration.raw is None


@both
def test_the_words_of_the_source_agree_with_the_time_that_is_counted(sop: Procedure) -> None:
    units = {"hari": "P{}D", "menit": "PT{}M"}
    for step in sop.steps[:-1]:
        amount, unit = (step.duration.raw or "").split()
        assert step.duration.iso == units[unit].format(amount), step.key


def test_what_both_charts_call_the_same_is_read_the_same(mandiri: Procedure, pengembang: Procedure) -> None:
    for one, other in ((1, 1), (2, 2), (3, 3), (13, 7), (14, 8)):
        left, right = numbered(mandiri, one), numbered(pengembang, other)
        assert (left.key, left.activity, left.duration) == (right.key, right.activity, right.duration)
        assert left.outputs == right.outputs


@both
def test_every_output_cell_of_the_source_is_there(sop: Procedure) -> None:
    for step in sop.steps:
        stated = [output.raw for output in step.outputs if output.basis == "source"]
        assert stated, step.key
        assert all(stated), step.key
        assert all(output.basis == "inferred" for output in step.outputs if output.raw is None), step.key


# what is stated, and what is read into it


def test_the_ways_of_mandiri_are_those_of_the_analysis(mandiri: Procedure) -> None:
    assert refusals(mandiri) == {
        3: (2, "inferred", "medium"),
        10: (9, "inferred", "medium"),
        11: (9, "inferred", "low"),
        12: (9, "inferred", "medium"),
    }
    assert completions(mandiri) == {
        3: ("inferred", "high"),
        10: ("inferred", "high"),
        11: ("stated", None),
        12: ("inferred", "high"),
    }


def test_the_ways_of_pengembang_are_those_of_the_analysis(pengembang: Procedure) -> None:
    assert refusals(pengembang) == {3: (2, "inferred", "medium"), 6: (5, "inferred", "medium")}
    assert completions(pengembang) == {3: ("inferred", "high"), 6: ("inferred", "high")}


def test_mandiri_has_lost_all_its_shapes_and_pengembang_the_last_two(
    mandiri: Procedure, pengembang: Procedure
) -> None:
    assert bases_of(mandiri) == [{"inferred"}] * 14
    assert bases_of(pengembang) == [{"column"}] * 6 + [{"inferred"}] * 2


@both
def test_every_reading_says_how_sure_it_is(sop: Procedure) -> None:
    for step in sop.steps:
        read = (*step.actors.responsible, *step.actors.involved, *step.inputs, *step.flow.branches)
        assert all(one.confidence for one in read if one.basis == "inferred"), step.key
        assert not any(one.confidence for one in read if one.basis != "inferred"), step.key


@both
def test_an_output_written_as_its_own_input_is_not_asked_for_beforehand(sop: Procedure) -> None:
    for step in sop.steps:
        given = {output.document for output in step.outputs}
        assert not given & {needed.document for needed in step.inputs if needed.document}, step.key
    assert any("Kelengkapan = Output" in erratum.found for erratum in sop.errata)


@both
def test_an_input_that_is_a_document_was_given_by_an_earlier_step(sop: Procedure) -> None:
    given: set[str] = {"kontrak_kerja"}
    for step in sop.steps:
        assert {needed.document for needed in step.inputs if needed.document} <= given, step.key
        given |= {output.document for output in step.outputs}


# who acts


def test_the_acts_of_mandiri(mandiri: Procedure) -> None:
    assert {step.number: f"{step.act.verb} {step.act.about}" for step in mandiri.steps if step.act} == {
        3: "setuju spesifikasi",
        4: "tunjuk system-analyst",
        6: "tunjuk programmer",
        10: "setuju uat",
        11: "setuju review-internal",
        12: "setuju review",
        13: "catat pelatihan",
    }


def test_the_acts_of_pengembang(pengembang: Procedure) -> None:
    assert {step.number: f"{step.act.verb} {step.act.about}" for step in pengembang.steps if step.act} == {
        3: "setuju spesifikasi",
        4: "tunjuk pengembang",
        5: "setuju monev",
        6: "setuju review",
        7: "catat pelatihan",
    }


@pytest.mark.parametrize(("sop", "numbers"), [(MANDIRI, [3, 12]), (PENGEMBANG, [3, 6])], indirect=["sop"])
def test_the_joint_reviews_want_a_person_of_either_party(sop: Procedure, numbers: list[int]) -> None:
    agreed = [step for step in sop.steps if step.act and step.act.agree == "each"]
    assert [step.number for step in agreed] == numbers
    for step in agreed:
        assert step.act is not None
        assert step.act.by == ("kabid_egov", "instansi_pengguna")
        assert step.act.persons == 2


@both
def test_the_training_is_a_persons_word(sop: Procedure) -> None:
    attested = [step.key for step in sop.steps if step.completion == "attested"]
    assert attested == ["pelatihan"]


def test_who_is_appointed_in_a_case_stands_in_a_document_of_its_file(
    mandiri: Procedure, pengembang: Procedure
) -> None:
    named = {role.id: role.named_by for role in mandiri.roles if role.scope == "kasus"}
    assert named == {
        "system_analyst": "penunjukan_system_analyst",
        "programmer": "penunjukan_programmer",
    }
    named = {role.id: role.named_by for role in pengembang.roles if role.scope == "kasus"}
    assert named == {"system_analyst": None, "pengembang": "penyedia"}


@both
def test_those_who_build_decide_nothing(sop: Procedure) -> None:
    builders = {role.id for role in sop.roles if role.builds}
    assert builders
    assert not [step.key for step in sop.steps if step.act and builders & set(step.act.by)]


# what is judged


@pytest.mark.parametrize(("sop", "number"), [(MANDIRI, 6), (PENGEMBANG, 4)], indirect=["sop"])
def test_the_application_is_provisioned_once_its_builders_are_appointed(sop: Procedure, number: int) -> None:
    assert [step.number for step in sop.steps if step.provisions] == [number]


@both
def test_no_step_looks_into_the_application_before_it_is_there(sop: Procedure) -> None:
    provisioned = next(step.number for step in sop.steps if step.provisions)
    for step in sop.steps:
        homes = {sop.documents[one].home for one in step.judging.subjects if one not in RESERVED_SUBJECTS}
        looks = "aplikasi" in homes or "code" in step.judging.subjects
        assert not looks or step.number > provisioned, step.key


@both
def test_the_source_has_no_hosting_so_there_is_no_hosting_rule(sop: Procedure) -> None:
    assert sop.hosting is None
    assert not [step.key for step in sop.steps if {"scan", "hosting"} & set(step.judging.subjects)]


@both
def test_every_document_is_judged_by_a_step(sop: Procedure) -> None:
    judged = {subject for step in sop.steps for subject in step.judging.subjects}
    assert judged - RESERVED_SUBJECTS == set(sop.documents)


def test_contracts_are_kept_from_the_developer_and_the_applicant(pengembang: Procedure) -> None:
    hidden = {name for name, document in pengembang.documents.items() if document.home == "rahasia"}
    assert hidden == {"kontrak_kerja", "perjanjian_kerjasama"}


def test_builders_cannot_write_what_judges_them(mandiri: Procedure, pengembang: Procedure) -> None:
    for procedure, theirs in (
        (mandiri, {"dfd_erd"}),
        (pengembang, {"rencana_implementasi", "jadwal_pelaksanaan"}),
    ):
        found = {name for name, document in procedure.documents.items() if document.home == "aplikasi"}
        assert found == theirs


def test_what_goes_live_is_the_code_that_was_accepted(mandiri: Procedure, pengembang: Procedure) -> None:
    last = mandiri.step("implementasi").judging
    assert {"code", "uat_hasil"} <= set(last.subjects)
    assert last.checks == ("release_names_code", "uat_passed_for_code")
    last = pengembang.step("implementasi").judging
    assert {"code", "laporan_review"} <= set(last.subjects)
    assert last.checks == ("release_names_code", "review_accepts_code")


# its head


@both
def test_the_header_is_that_of_the_one_sop(sop: Procedure) -> None:
    identity = sop.identity
    assert identity.number == "800 /38.a/DISKOMINFO-III/2021"
    assert identity.created_on == date(2021, 1, 25)
    assert (identity.revised_on, identity.effective_on) == (None, None)
    assert [entry.number for entry in identity.legal_basis] == list(range(1, 9))
    assert identity.timezone == "Asia/Jakarta"
    assert identity.records == ("Indikator kinerja, target dan realisasi",)


def test_both_charts_share_their_header(mandiri: Procedure, pengembang: Procedure) -> None:
    assert mandiri.identity == pengembang.identity


@both
def test_no_person_is_named(sop: Procedure) -> None:
    text = sop.model_dump_json()
    assert "NIP" not in text
    assert not re.search(r"\bM\.Si\b|\bA\.P\.|\d{18}", text)


@both
def test_the_slips_of_the_source_stand_in_verbatim_text_and_errata_only(sop: Procedure) -> None:
    for step in sop.steps:
        assert "goverment" not in step.activity.id.casefold()
    assert any("E-GOVERMENT" in erratum.found for erratum in sop.errata)
    assert sop.open_questions


@both
def test_a_new_application_and_an_enhancement_can_be_asked_for_without_a_budget_document(
    sop: Procedure,
) -> None:
    assert sop.request.kinds == ("pembangunan", "pengembangan")
    assert not sop.request.budget
