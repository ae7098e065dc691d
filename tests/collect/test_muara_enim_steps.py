"""The steps of both Muara Enim charts, judged by the real checks over a whole case of files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.collect.documents import collect_document
from automation.collect.templates import bundled
from automation.core.evidence import CODE, Evidence, EvidenceView, State
from automation.core.finding import HOLDS, worst
from automation.core.procedure import RESERVED_SUBJECTS, Procedure
from automation.core.render import render_tree
from checks import discover
from tests.checks import requirements
from tests.checks.test_release_names_code import GOOD as RELEASE
from tests.checks.worlds import CODE_DIGEST, MemoryTree
from tests.collect.muara_enim import (
    ACCOUNTS,
    MANDIRI,
    PENGEMBANG,
    RESULTS,
    case,
    faults,
    findings,
    open_steps,
    procedure,
)

OTHER = "9" * 64


@pytest.fixture(scope="module")
def mandiri() -> Procedure:
    return procedure(MANDIRI)


@pytest.fixture(scope="module")
def pengembang() -> Procedure:
    return procedure(PENGEMBANG)


def judging_steps(sop: Procedure, name: str) -> list[int]:
    return [step.number for step in sop.steps if name in step.judging.subjects]


@pytest.mark.parametrize("name", [MANDIRI, PENGEMBANG])
def test_a_case_with_every_document_filled_holds_at_every_step(name: str) -> None:
    sop = procedure(name)
    assert open_steps(sop, case(sop)) == []


@pytest.mark.parametrize(
    ("name", "document"),
    [(name, document) for name in (MANDIRI, PENGEMBANG) for document in sorted(procedure(name).documents)],
)
def test_a_document_that_is_missing_holds_up_every_step_that_judges_it(name: str, document: str) -> None:
    sop = procedure(name)
    assert set(judging_steps(sop, document)) <= set(open_steps(sop, case(sop, document)))


@pytest.mark.parametrize("name", [MANDIRI, PENGEMBANG])
def test_an_empty_case_holds_at_no_step(name: str) -> None:
    sop = procedure(name)
    view = case(sop, *sop.documents)
    documents = [step.number for step in sop.steps if set(step.judging.subjects) - RESERVED_SUBJECTS]
    assert set(documents) <= set(open_steps(sop, view))


# the needs


def test_a_need_that_no_requirement_answers_holds_up_the_specification(mandiri: Procedure) -> None:
    view = case(mandiri, register_kebutuhan=requirements.REGISTER.replace("[IDN-01]", "[IDN-02]"))
    assert open_steps(mandiri, view) == [2, 3]


def test_a_modification_left_open_holds_up_the_joint_review(mandiri: Procedure) -> None:
    view = case(mandiri, permintaan_modifikasi=requirements.ASKED.replace("dipenuhi", "belum"))
    assert faults(mandiri, 3, view) == {("modification_requests_are_met", "fail")}
    assert open_steps(mandiri, view) == [3]


# mandiri: those who are appointed


def test_fewer_programmers_than_planned_are_not_appointed(mandiri: Procedure) -> None:
    view = case(mandiri, penunjukan_programmer="akun: [prog-1]\n")
    assert faults(mandiri, 6, view) == {("programmers_are_as_planned", "fail")}


def test_a_judge_is_not_appointed_as_programmer(mandiri: Procedure) -> None:
    view = case(mandiri, penunjukan_programmer="akun: [prog-1, kabid-egov]\n")
    assert faults(mandiri, 6, view) == {("accounts_are_named", "fail")}


def test_an_analyst_without_account_is_not_appointed(mandiri: Procedure) -> None:
    view = case(mandiri, penunjukan_system_analyst="akun: []\n")
    assert faults(mandiri, 4, view) == {("accounts_are_named", "fail")}


# mandiri: the tests


def test_a_compulsory_requirement_without_scenario_holds_up_the_prototype(mandiri: Procedure) -> None:
    wanted = requirements.REGISTER.replace("prioritas: tambahan", "prioritas: wajib")
    view = case(mandiri, register_kebutuhan=wanted)
    assert faults(mandiri, 8, view) == {("scenarios_cover_requirements", "fail")}
    assert 9 not in open_steps(mandiri, view)  # 8 alone is what is missing, and 9 comes after it


def test_a_programmer_who_tests_is_refused(mandiri: Procedure) -> None:
    view = case(mandiri, uat_hasil=RESULTS.replace("akun: tim-dinkes", "akun: prog-1"))
    assert faults(mandiri, 10, view) == {("uat_is_attached", "fail")}


def test_a_failed_scenario_holds_up_the_uat(mandiri: Procedure) -> None:
    view = case(mandiri, uat_hasil=RESULTS.replace("status: lulus}", "status: gagal}"))
    assert faults(mandiri, 10, view) == {("uat_passed_for_code", "fail")}


def test_code_changed_after_the_uat_goes_live_only_after_another(mandiri: Procedure) -> None:
    view = case(mandiri, digest=OTHER)
    assert open_steps(mandiri, view) == [10, 12, 14]
    assert ("uat_passed_for_code", "fail") in faults(mandiri, 14, view)


def test_a_release_of_other_code_does_not_finish_the_case(mandiri: Procedure) -> None:
    view = case(mandiri, catatan_rilis=RELEASE.replace(CODE_DIGEST[:32], OTHER[:32]))
    assert faults(mandiri, 14, view) == {("release_names_code", "fail")}


# pengembang


def test_a_stranger_is_not_appointed_for_the_developer(pengembang: Procedure) -> None:
    staff = (
        "format: laik/personel/1\nsystem_analyst: [orang-lain]\nprogrammer: [vendor-maju, vendor-maju-2]\n"
    )
    view = case(pengembang, personel_pengembang=staff)
    assert faults(pengembang, 4, view) == {("vendor_staff_is_appointed", "fail")}


def test_code_changed_after_the_review_goes_live_only_after_another(pengembang: Procedure) -> None:
    view = case(pengembang, digest=OTHER)
    assert open_steps(pengembang, view) == [6, 8]
    assert ("review_accepts_code", "fail") in faults(pengembang, 8, view)


def test_a_requirement_without_status_holds_up_the_joint_review(pengembang: Procedure) -> None:
    text = requirements.REVIEW.replace("  - {id: KBT-001, status: diterima}\n", "")
    view = case(pengembang, laporan_review=text)
    assert faults(pengembang, 6, view) == {("review_covers_requirements", "fail")}


def test_contracts_stay_unquoted_in_what_is_told_about_them(pengembang: Procedure) -> None:
    view = case(pengembang, kontrak_kerja=b"%PDF-1.7 rahasia sekali")
    told = " ".join(one.seen.id + one.remedy.id for one in findings(pengembang, 4, view))
    assert "rahasia sekali" not in told


# the templates


@pytest.fixture(scope="module", params=[MANDIRI, PENGEMBANG])
def untouched(request: pytest.FixtureRequest) -> tuple[Procedure, EvidenceView]:
    """A case whose documents are as the templates leave them."""
    sop = procedure(request.param)
    given = {home: rendered(home, request.param) for home in ("berkas", "base")}
    trees = {"berkas": given["berkas"], "aplikasi": given["base"], "rahasia": MemoryTree({})}
    found = [collect_document(name, one, trees[one.home]) for name, one in sop.documents.items()]
    collected = {one.id: one for one in found} | {CODE: Evidence(CODE, State.ABSENT)}
    return sop, EvidenceView(collected=collected, documents=sop.documents, roles=ACCOUNTS, declared=sop.roles)


def rendered(template: str, sop: str) -> MemoryTree:
    source = bundled()[template]
    files = render_tree(source, {**source.manifest.examples(), "sop": sop})
    return MemoryTree({file.path: file.content for file in files})


def test_untouched_templates_pass_no_check(untouched: tuple[Procedure, EvidenceView]) -> None:
    sop, view = untouched
    for step in sop.steps:
        for check in set(step.judging.checks) - {"request_form_is_complete"}:
            found = discover()[check].judge(view, step.judging.subjects)
            assert worst(found) not in HOLDS, (step.key, check)


def test_every_document_that_people_write_has_a_template(untouched: tuple[Procedure, EvidenceView]) -> None:
    sop, view = untouched
    there = {name for name in sop.documents if view.collected[f"doc:{name}"].state is State.PRESENT}
    written = {name for name, one in sop.documents.items() if one.kind not in {"letter", "folder"}}
    assert there - {"dfd_erd"} == written


def test_a_folder_with_only_its_readme_holds_no_diagram(mandiri: Procedure) -> None:
    tree = rendered("base", MANDIRI)
    folder = collect_document("dfd_erd", mandiri.documents["dfd_erd"], tree)
    view = replace(case(mandiri), collected={**case(mandiri).collected, folder.id: folder})
    assert faults(mandiri, 7, view) == {("dfd_and_erd_are_drawn", "fail")}


@pytest.mark.parametrize("sop", [MANDIRI, PENGEMBANG])
def test_the_templates_of_other_sops_stay_away(sop: str) -> None:
    paths = {*rendered("berkas", sop).contents, *rendered("base", sop).contents}
    assert not [path for path in paths if path.startswith(("kak/", "hosting/", "dokumen/presentasi"))]


def test_a_sop_of_the_organisations_own_gets_the_general_templates() -> None:
    assert set(rendered("berkas", "sop-dinas").contents) == set(rendered("berkas", "lombok-tengah").contents)
