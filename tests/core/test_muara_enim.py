"""The two Muara Enim charts walked by the engine: appointments, agreements of two parties, ways back."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from automation.bots import provisioner
from automation.collect.procedures import bundled
from automation.core.confirmation import confirm
from automation.core.plan import Provision
from automation.core.procedure import Procedure
from tests.core.cases import EVERYTHING, GOOD, Case

MANDIRI, PENGEMBANG = "muara-enim-mandiri", "muara-enim-pengembang"
KABID, KASI, STAFF, OWNER, ANALYST, BUILDER = (
    "kabid", "kasi", "teknis-1", "tim-dinkes", "teknis-2", "vendor-maju",
)  # fmt: skip
ROLES: Mapping[str, frozenset[str]] = {
    "kabid_egov": frozenset({KABID, "dua-topi"}),
    "kasi_pengembangan_aplikasi": frozenset({KASI}),
    "staff_egov": frozenset({STAFF}),
    "instansi_pengguna": frozenset({OWNER, "dua-topi"}),
    "system_analyst": frozenset({ANALYST}),
    "programmer": frozenset({BUILDER}),
    "pengembang": frozenset({BUILDER}),
}


@pytest.fixture(scope="module")
def procedures() -> Mapping[str, Procedure]:
    return bundled()


def case_of(procedure: Procedure, *gone: str, confirmed: bool = True) -> Case:
    """A case with everything there but ``gone``; ``confirmed``: the region made the readings its rule."""
    held = {role.id for role in procedure.roles}
    content = {**GOOD, **dict.fromkeys(procedure.documents, "isi")}
    return Case(
        procedure=confirm(procedure, EVERYTHING) if confirmed else procedure,
        content={name: text for name, text in content.items() if name not in gone},
        roles={name: accounts for name, accounts in ROLES.items() if name in held},
    )


@pytest.fixture
def mandiri(procedures: Mapping[str, Procedure]) -> Case:
    return case_of(procedures[MANDIRI])


@pytest.fixture
def pengembang(procedures: Mapping[str, Procedure]) -> Case:
    return case_of(procedures[PENGEMBANG])


def agree(case: Case) -> None:
    case.takes(KABID, "setuju")
    case.takes(OWNER, "setuju")


def at_uat(case: Case) -> Case:
    """The Mandiri case at its UAT."""
    agree(case)
    case.takes(KASI, "tunjuk")
    case.takes(KASI, "tunjuk")
    assert case.open_step == "pelaksanaan-uat"
    return case


def at_review(case: Case) -> Case:
    """The Mandiri case at the joint review."""
    at_uat(case)
    case.takes(OWNER, "setuju")
    case.takes(KASI, "setuju")
    assert case.open_step == "review-bersama"
    return case


def test_mandiri_runs_to_its_end(mandiri: Case) -> None:
    at_review(mandiri)
    agree(mandiri)
    mandiri.takes(STAFF, "catat")
    assert mandiri.memory.finished
    assert mandiri.done == 14
    assert "| 13 | pelatihan | selesai (dinyatakan, tidak dibuktikan laik) |" in mandiri.card()


def test_pengembang_runs_to_its_end(pengembang: Case) -> None:
    agree(pengembang)
    pengembang.takes(KASI, "tunjuk")
    pengembang.takes(KABID, "setuju")
    agree(pengembang)
    pengembang.takes(STAFF, "catat")
    assert pengembang.memory.finished
    assert pengembang.done == 8


def test_another_official_speaks_for_the_division_until_the_region_confirms_who_does(
    procedures: Mapping[str, Procedure],
) -> None:
    case = case_of(procedures[MANDIRI], confirmed=False)
    case.takes(KASI, "setuju")
    case.takes(KABID, "setuju")
    assert "masih diperlukan: Instansi Pengguna" in case.card()  # two of the office are not the other side
    case.takes(OWNER, "setuju")
    assert case.open_step == "penunjukan-system-analyst"
    enforced = case_of(procedures[MANDIRI])
    assert enforced.ruling(enforced.takes(KASI, "setuju")) == "void"


@pytest.mark.parametrize("name", [MANDIRI, PENGEMBANG])
@pytest.mark.parametrize("alone", [KABID, OWNER, "dua-topi"])
def test_one_party_alone_does_not_agree(procedures: Mapping[str, Procedure], name: str, alone: str) -> None:
    case = case_of(procedures[name])
    case.takes(alone, "setuju")
    assert case.open_step == "review-spesifikasi"


def test_requirements_changed_between_the_parties_are_agreed_anew(mandiri: Case) -> None:
    mandiri.takes(KABID, "setuju")
    mandiri.content["register_kebutuhan"] = "kebutuhan lain"
    mandiri.settle()
    mandiri.takes(OWNER, "setuju")
    assert mandiri.open_step == "review-spesifikasi"
    mandiri.takes(KABID, "setuju")
    assert mandiri.open_step != "review-spesifikasi"


def test_a_modification_asked_for_goes_back_to_the_specification(mandiri: Case) -> None:
    act = mandiri.takes(OWNER, "revisi", "KBT-002 belum memuat rekap bulanan")
    assert mandiri.ruling(act) == "refused"
    assert mandiri.open_step == "spesifikasi-kebutuhan"
    mandiri.content["register_kebutuhan"] = "kebutuhan yang diubah"
    assert mandiri.open_step == "review-spesifikasi"


def test_nobody_but_the_section_head_appoints(mandiri: Case) -> None:
    agree(mandiri)
    assert mandiri.ruling(mandiri.takes(STAFF, "tunjuk")) == "void"
    assert mandiri.open_step == "penunjukan-system-analyst"


@pytest.mark.parametrize(
    ("name", "missing", "step"),
    [
        (MANDIRI, "uat_skenario", "uat-awal"),
        (MANDIRI, "dfd_erd", "dfd-erd"),
        (MANDIRI, "code", "prototype"),
        (PENGEMBANG, "code", "monitoring-evaluasi"),
    ],
)
def test_what_is_not_made_yet_holds_the_case_at_its_step(
    procedures: Mapping[str, Procedure], name: str, missing: str, step: str
) -> None:
    case = case_of(procedures[name], missing)
    agree(case)
    case.takes(KASI, "tunjuk")
    if name == MANDIRI:
        case.takes(KASI, "tunjuk")
    assert case.open_step == step


def test_a_uat_that_failed_goes_back_to_the_prototype_and_new_code_is_tested_again(mandiri: Case) -> None:
    at_uat(mandiri)
    mandiri.takes(OWNER, "revisi", "skenario UAT-01 gagal")
    assert mandiri.open_step == "prototype"
    mandiri.content["code"] = "kode yang diperbaiki"
    assert mandiri.open_step == "pelaksanaan-uat"


def test_a_programmer_accepts_no_uat(mandiri: Case) -> None:
    at_uat(mandiri)
    assert mandiri.ruling(mandiri.takes(BUILDER, "setuju")) == "void"


def test_the_joint_review_that_wants_repairs_goes_back_and_the_uat_is_repeated(mandiri: Case) -> None:
    at_review(mandiri)
    mandiri.takes(OWNER, "revisi", "tampilan laporan belum sesuai")
    assert mandiri.open_step == "prototype"
    mandiri.content["code"] = "kode yang diperbaiki"
    assert mandiri.open_step == "pelaksanaan-uat"


def test_the_internal_reviews_way_back_is_advice_until_the_region_confirms_it(
    procedures: Mapping[str, Procedure],
) -> None:
    for confirmed, step in ((True, "prototype"), (False, "review-internal")):
        case = at_uat(case_of(procedures[MANDIRI], confirmed=confirmed))
        case.takes(OWNER, "setuju")
        case.takes(KASI, "revisi", "perbaiki hak akses")
        assert case.open_step == step


def test_code_changed_after_the_review_is_reviewed_again(pengembang: Case) -> None:
    agree(pengembang)
    pengembang.takes(KASI, "tunjuk")
    pengembang.takes(KABID, "setuju")
    agree(pengembang)
    assert pengembang.open_step == "pelatihan"
    pengembang.content["code"] = "kode lain"
    assert pengembang.open_step == "monitoring-evaluasi"


def test_a_prototype_sent_back_is_the_developers_turn(pengembang: Case) -> None:
    agree(pengembang)
    pengembang.takes(KASI, "tunjuk")
    pengembang.takes(KABID, "setuju")
    pengembang.takes(OWNER, "revisi", "menu laporan belum ada")
    assert pengembang.open_step == "monitoring-evaluasi"
    assert "giliran **Pengembang" in pengembang.card()


def test_weekly_notes_on_the_developers_work_decide_nothing(pengembang: Case) -> None:
    agree(pengembang)
    pengembang.takes(KASI, "tunjuk")
    pengembang.settle()
    act = pengembang.says(KABID, "@laik monev modul antrean selesai, laporan belum")
    pengembang.settle()
    assert pengembang.ruling(act) == "noted"
    assert pengembang.open_step == "monitoring-evaluasi"


def members(case: Case) -> dict[str, dict[str, int]]:
    """The rights of everybody in the case's repositories, by kind and account."""
    wishes = [change.wish for change in provisioner.wishes(case.desk()) if isinstance(change, Provision)]
    return {wish.kind: dict(wish.members) for wish in wishes}


def test_programmers_and_analyst_work_in_the_application_and_programmers_see_no_case_file(
    mandiri: Case,
) -> None:
    at_uat(mandiri)
    changed = {"staff_egov": {STAFF, "sekretaris"}, "programmer": {BUILDER, "orang-lain"}}
    mandiri.roles = {**mandiri.roles, **{name: frozenset(held) for name, held in changed.items()}}
    found = members(mandiri)
    assert found["aplikasi"] == {
        BUILDER: 30,
        "orang-lain": 30,
        ANALYST: 30,
        KASI: 40,
        OWNER: 20,
        "dua-topi": 20,
    }
    assert BUILDER not in found["berkas"]
    assert {ANALYST, KABID, KASI, STAFF, OWNER} <= set(found["berkas"])
