from __future__ import annotations

from dataclasses import replace
from datetime import date

from automation.bots import provisioner
from automation.collect.procedures import bundled
from automation.core.plan import Provision, RepositoryWish
from automation.core.policy import load_policy
from tests.core.cases import APPLICATION, POLICY, ROLES, Case, lombok_case, small_case, walk_to


def wished(case: Case) -> dict[str, RepositoryWish]:
    changes = provisioner.wishes(case.desk())
    assert all(isinstance(change, Provision) for change in changes)
    return {change.wish.kind: change.wish for change in changes if isinstance(change, Provision)}


def test_the_case_file_is_wished_for_from_acceptance_on() -> None:
    wish = wished(Case())["berkas"]
    assert (wish.path, wish.key, wish.template) == ("berkas/pa-2026-0042", "PA-2026-0042", "berkas")
    assert wish.protect == (("main", 30, 30),)


def test_the_builder_never_gets_into_the_case_file() -> None:
    case = small_case()
    case.roles = {**ROLES, "pengembang": frozenset({"vendor-maju", "teknis-2"})}
    members = {account for account, _ in wished(case)["berkas"].members}
    assert members == {"kepala-diskominfo", "teknis-1"}


def test_the_application_comes_with_the_step_that_provisions_it_and_not_before() -> None:
    case = walk_to(lombok_case(), "penyerahan-kak-sah")
    assert "aplikasi" not in case.memory.provisioned
    assert not provisioner.application_is_due(case.desk())
    case.pastes("teknis-1")
    assert "aplikasi" in case.memory.provisioned


def test_a_later_lapse_takes_no_repository_away() -> None:
    case = walk_to(lombok_case(), "tanggapan-rencana")
    case.content["kak"] = "diubah"
    assert case.open_step == "koreksi-kak"
    assert provisioner.application_is_due(case.desk())


def test_builders_are_at_most_developers_whatever_else_they_are() -> None:
    case = small_case()
    case.roles = {**ROLES, "pengembang": frozenset({"vendor-maju", "teknis-2", "tim-dinkes"})}
    members = dict(wished(case)["aplikasi"].members)
    assert members == {"vendor-maju": 30, "teknis-2": 30, "tim-dinkes": 30, "teknis-1": 40}
    assert wished(case)["aplikasi"].protect == (("main", 40, 40),)


def test_the_application_has_labels_a_board_and_milestones_with_due_dates() -> None:
    wish = wished(small_case())["aplikasi"]
    assert {label.name for label in wish.labels} >= {"fase::awal", "fase::akhir", "giliran::pengembang"}
    assert wish.board == ("fase::awal", "fase::akhir")
    dues = {one.title: one.due for one in wish.milestones}
    assert dues == {"Fase: Awal": date(2026, 3, 3), "Fase: Akhir": date(2026, 3, 6)}
    assert (wish.path, wish.template, wish.answers["slug"]) == ("aplikasi/antrean", "base", "antrean")


def test_the_calendar_that_gave_the_milestones_their_days_is_kept_with_them() -> None:
    case = small_case()
    case.settle()
    bodies = {str(one.body["kind"]): one.body for one in case.entries if one.kind == "provisioned"}
    assert "calendar" not in bodies["berkas"]
    assert bodies["aplikasi"]["calendar"] == case.rules().calendar.digest
    case.policy = load_policy(POLICY + "kalender: {libur: {2026-03-03: HUT Kabupaten}}\n")
    case.settle()
    last = [one.body for one in case.entries if one.kind == "provisioned"][-1]
    assert (last["kind"], last["calendar"]) == ("aplikasi", case.rules().calendar.digest)
    assert last["calendar"] != bodies["aplikasi"]["calendar"]


def test_a_calendar_that_moves_no_milestone_asks_for_nothing_and_nor_does_an_entry_without_one() -> None:
    case = small_case()
    case.settle()
    case.policy = load_policy(POLICY + "kalender: {libur: {2028-03-01: HUT Kabupaten}}\n")
    assert provisioner.wishes(case.desk()) == []
    case.entries = [
        replace(one, body={name: value for name, value in one.body.items() if name != "calendar"})
        if one.kind == "provisioned"
        else one
        for one in case.entries
    ]
    assert provisioner.wishes(case.desk()) == []


def test_what_is_known_to_be_there_is_not_wished_for_again() -> None:
    case = small_case()
    case.settle()
    assert provisioner.wishes(case.desk()) == []


def test_a_repository_is_looked_for_again_when_its_people_change() -> None:
    case = small_case()
    case.settle()
    case.roles = {**ROLES, "tim_teknis_diskominfo": frozenset({"teknis-1"})}
    (berkas, aplikasi) = provisioner.wishes(case.desk())
    assert isinstance(berkas, Provision)
    assert isinstance(aplikasi, Provision)
    assert (berkas.project_id, aplikasi.project_id) == (3, 3)


def test_a_form_that_cannot_be_read_any_more_makes_nothing() -> None:
    case = small_case()
    case.request = None
    assert provisioner.wishes(case.desk()) == []


def test_the_answers_name_the_agency_and_the_organisation() -> None:
    case = small_case()
    case.policy = load_policy(POLICY.replace("Dinas Kesehatan", "Dinas Lain"))
    case.request = replace(APPLICATION, nama_aplikasi="Lain")
    answers = wished(case)["berkas"].answers
    assert (answers["perangkat_daerah"], answers["nama_aplikasi"]) == ("Dinas Lain", "Lain")


def test_a_repository_lists_the_documents_its_sop_keeps_there_by_step() -> None:
    bolmut = bundled()["bolmut"]
    case_file, application = (
        provisioner.documents_of(bolmut, "berkas"),
        provisioner.documents_of(bolmut, "aplikasi"),
    )
    assert case_file[0] == "Langkah 1: Surat perintah pengembangan aplikasi, perintah/surat-perintah.pdf"
    assert application[0] == (
        "Langkah 9: Rencana pengembangan aplikasi, dokumen/rencana/rencana-pengembangan.md; "
        "bagian: Lingkup; Arsitektur; Kepatuhan standar; Risiko; Jadwal; Tim"
    )
    named = [*case_file, *application, *provisioner.documents_of(bolmut, "rahasia")]
    assert len(named) == len(set(named)) == len(bolmut.documents)
