"""What happens in the regencies: scenarios of the bundled SOPs, on evidence that is there or not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from automation.collect.procedures import bundled
from automation.core.confirmation import confirm
from automation.core.evidence import EvidenceView
from automation.core.finding import Finding, Outcome
from automation.core.memory import remember
from automation.core.procedure import Procedure
from tests.core.cases import EVERYTHING, GOOD, Case, FakeCheck, finding

PEOPLE: Mapping[str, Mapping[str, str]] = {
    "bolmut": {
        "kadis_kominfo": "kepala-diskominfo",
        "kabid_aptika": "kabid",
        "kasie_egov": "kasi",
        "tim_teknis_kominfo": "teknis-1",
        "tim_pengembang": "vendor-maju",
    },
    "bali": {
        "ka_dinas": "kepala-diskominfo",
        "kabid_iai": "kabid",
        "kasi_ai": "kasi",
        "pd": "tim-dinkes",
        "kepala_pd": "kepala-dinkes",
        "tim_spbe": "vendor-maju",
        "sekretaris": "sekretaris",
    },
    "muara-enim-mandiri": {
        "kasi_pengembangan_aplikasi": "kasi",
        "kabid_egov": "kabid",
        "instansi_pengguna": "tim-dinkes",
        "staff_egov": "sekretaris",
        "programmer": "vendor-maju",
        "system_analyst": "teknis-2",
    },
    "muara-enim-pengembang": {
        "kasi_pengembangan_aplikasi": "kasi",
        "kabid_egov": "kabid",
        "instansi_pengguna": "tim-dinkes",
        "staff_egov": "sekretaris",
        "pengembang": "vendor-maju",
        "system_analyst": "teknis-2",
    },
    "lombok-tengah": {
        "kepala_pd": "kepala-dinkes",
        "kepala_diskominfo": "kepala-diskominfo",
        "tim_teknis_diskominfo": "teknis-1",
        "tim_teknis_pd": "tim-dinkes",
        "pengembang": "vendor-maju",
    },
}


def case_of(sop: str, *, confirmed: bool = True) -> Case:
    """A case with every document there, under the SOP as a region that confirmed all readings has it."""
    procedure = bundled()[sop]
    names = {subject for step in procedure.steps for subject in step.judging.subjects}
    people = PEOPLE[procedure.continues or sop]
    roles = {role: frozenset({name}) for role, name in people.items()}
    return Case(
        procedure=confirm(procedure, EVERYTHING) if confirmed else procedure,
        content={**GOOD, **dict.fromkeys(names, "isi"), "hasil_pemeriksaan_sumber_daya": "ada"},
        roles=roles,
        checks=_checks(procedure),
    )


def _checks(procedure: Procedure) -> dict[str, FakeCheck]:
    own = {check for step in procedure.steps for check in step.judging.checks}
    ways = {check for step in procedure.steps for way in step.flow.branches for check in way.checks}
    floor = Case(procedure=procedure).checks if not ways else {}
    made = {name: FakeCheck(name) for name in sorted(own | ways)} | {
        "resources_are_available": FakeCheck("resources_are_available", answer=_says("ada")),
        "unavailability_is_explained": FakeCheck("unavailability_is_explained", answer=_says("tidak ada")),
    }
    return {**{name: FakeCheck(name) for name in FLOOR_AND_REQUEST}, **floor, **made}


FLOOR_AND_REQUEST = (
    "hosting_request_is_valid",
    "mockup_is_presented",
    "security_scan_passed",
    "uat_is_attached",
    "uat_passed_for_code",
)


def _says(wanted: str) -> Callable[[EvidenceView, tuple[str, ...]], tuple[Finding, ...]]:
    def answer(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
        there = view.get("doc:hasil_pemeriksaan_sumber_daya").value == wanted
        return (finding("sumber_daya", Outcome.PASS if there else Outcome.FAIL),)

    return answer


def walked(case: Case, key: str) -> Case:
    """Every approval that the card asks for, by whoever may, until the step is open."""
    people = PEOPLE[case.procedure.continues or case.procedure.id]
    for _ in range(40):
        case.settle()
        state = case.decide().state.open
        if state is None or state.step.key == key:
            break
        assert state.step.act is not None, (state.step.key, state.findings)
        who = [role for role in state.standing.missing if role] or [state.step.act.by[0]]
        case.takes(people[who[0]], state.step.act.verb.replace("_", "-"))
    assert case.open_step == key, case.open_step
    return case


def card_line(case: Case, verb: str) -> str:
    case.settle()
    found = re.findall(rf"^@laik {verb} .*$", case.card(), re.MULTILINE)
    assert found, case.card()
    return str(found[0]).replace("<alasan>", "belum cukup")


# Lombok Tengah


def test_lombok_tengah_13_three_rounds_with_a_finding_that_comes_back() -> None:
    case = walked(case_of("lombok-tengah"), "uji-keamanan")
    first = case.content["scan"]
    case.takes("teknis-1", "temuan", "XSS pada pencarian")
    assert "Putaran ke-2." in case.card()
    case.content["scan"] = "bersih setelah perbaikan"
    case.takes("teknis-1", "temuan", "izin berkas terlalu longgar")
    assert "Putaran ke-3." in case.card()
    case.content["scan"] = "bersih setelah perbaikan kedua"
    case.settle()
    approved = card_line(case, "nyatakan-aman")
    case.content["scan"] = first  # the finding of the first round is back, with the code of that time
    stale = case.says("teknis-1", approved)
    case.settle()
    assert case.ruling(stale) == "void"
    state = case.decide().state.open
    assert state is not None
    assert state.held is not None
    assert case.open_step == "uji-keamanan"
    case.content["scan"] = "bersih setelah perbaikan kedua"
    case.takes("teknis-1", "nyatakan-aman")
    assert case.open_step == "permohonan-hosting"


def test_a_role_that_changes_between_the_approval_and_its_reading_does_not_count() -> None:
    case = walked(case_of("lombok-tengah"), "penunjukan-anggota")
    act = case.says("kepala-diskominfo", card_line(case, "setuju"))
    case.roles = {**case.roles, "kepala_diskominfo": frozenset({"sekretaris"})}
    case.settle()
    assert case.ruling(act) == "void"
    assert case.open_step == "penunjukan-anggota"
    case.roles = {**case.roles, "kepala_diskominfo": frozenset({"kepala-diskominfo"})}
    case.settle()
    assert case.open_step == "penunjukan-anggota"  # getting the role back brings nothing to life
    case.takes("kepala-diskominfo", "setuju")
    assert case.open_step == "pembentukan-tim-teknis"


def test_two_contradictory_acts_of_one_second_have_one_outcome_whichever_is_read_first() -> None:
    case = walked(case_of("lombok-tengah"), "koreksi-kak")
    approve, refuse = card_line(case, "koreksi"), card_line(case, "revisi")
    first, second = case.says("teknis-1", approve), case.says("teknis-1", refuse)
    same = case.said[-1].created_at
    case.said[-2:] = [replace(one, created_at=same) for one in case.said[-2:]]
    other = case.said[::-1]
    case.settle()
    assert (case.ruling(first), case.ruling(second)) == ("approved", "void")
    assert case.open_step == "persetujuan-kak"
    case.said = other  # the forge lists them the other way round
    assert case.plan() == ()


def test_after_an_outage_of_two_days_the_case_stands_as_if_laik_had_been_there() -> None:
    there, away = (walked(case_of("lombok-tengah"), "analisis") for _ in range(2))
    deeds = (
        lambda case: case.says("teknis-1", card_line(case, "setuju")),
        lambda case: case.says("orang-lain", "@laik setuju kak 1234"),
        lambda case: case.says("kepala-dinkes", "@laik monev berjalan"),
        lambda case: case.says("teknis-1", "@laik status"),
    )
    lines = card_line(away, "setuju")
    for number, deed in enumerate(deeds):
        deed(there)
        there.settle()
        there.now += timedelta(hours=12)
        text = (lines, "@laik setuju kak 1234", "@laik monev berjalan", "@laik status")[number]
        away.says(("teknis-1", "orang-lain", "kepala-dinkes", "teknis-1")[number], text)
        away.now += timedelta(hours=12)
    away.settle()
    rulings = [[(act.act, act.ruling, act.step) for act in case.memory.acts] for case in (there, away)]
    assert rulings[0] == rulings[1]
    closed = [{key: one.digest for key, one in case.memory.closed.items()} for case in (there, away)]
    assert closed[0] == closed[1]
    assert there.open_step == away.open_step
    assert remember(away.entries) == away.memory
    assert away.plan() == ()


# Bolaang Mongondow Utara


def out_of_resources() -> Case:
    case = walked(case_of("bolmut"), "periksa-ketersediaan")
    case.content["hasil_pemeriksaan_sumber_daya"] = "tidak ada"
    case.takes("kabid", "tidak-tersedia", "anggaran tidak tersedia")
    return case


def test_bolmut_6_without_a_budget_the_case_is_suspended_and_taken_up_again() -> None:
    case = out_of_resources()
    assert case.open_step == "laporan-ketidaktersediaan"
    case.takes("kabid", "ajukan")
    assert case.decide().state.suspended
    assert "Ditangguhkan pada langkah 7" in case.card()
    assert not case.memory.finished
    assert case.issue_open
    case.takes("kabid", "lanjut")
    assert case.open_step == "periksa-ketersediaan"
    assert "@laik tersedia" not in case.card()  # still no budget
    case.content["hasil_pemeriksaan_sumber_daya"] = "ada"
    case.takes("kabid", "tersedia")
    assert case.open_step == "siapkan-project"


def test_bolmut_6_nobody_but_its_head_of_division_takes_it_up_again() -> None:
    case = out_of_resources()
    case.takes("kabid", "ajukan")
    act = case.says("kasi", card_line(case, "lanjut"))
    case.settle()
    assert case.ruling(act) == "void"
    assert case.decide().state.suspended


def test_bolmut_11_a_plan_rejected_twice_is_approved_when_changed_and_the_old_approval_is_void() -> None:
    case = walked(case_of("bolmut"), "tanggapan-rencana")
    old = card_line(case, "setuju")
    for version in ("rencana kedua", "rencana ketiga"):
        case.takes("teknis-1", "tolak", "jadwal tidak masuk akal")
        assert case.open_step == "susun-rencana"
        case.content["rencana_pengembangan"] = version
        assert case.open_step == "tanggapan-rencana"
    act = case.says("teknis-1", old)
    case.settle()
    assert case.ruling(act) == "void"
    assert case.open_step == "tanggapan-rencana"
    assert "Putaran ke-3." in case.card()
    case.takes("teknis-1", "setuju")
    assert case.open_step in {"pengembangan", "instalasi-testing"}
    case.content["rencana_pengembangan"] = "isi"  # the first plan, which was rejected
    assert case.open_step == "susun-rencana"


@pytest.mark.parametrize("who", ["kabid", "kasi", "teknis-1", "vendor-maju", "orang-lain"])
def test_bolmut_18_is_approved_by_the_head_of_the_agency_alone(who: str) -> None:
    case = walked(case_of("bolmut"), "persetujuan-kadis")
    act = case.says(who, card_line(case, "setuju"))
    case.settle()
    assert case.ruling(act) == "void"
    assert not case.memory.finished
    case.takes("kepala-diskominfo", "setuju")
    assert case.memory.finished


# Bali


def test_bali_4_the_turn_goes_to_the_applicant_and_back_with_every_round() -> None:
    case = walked(case_of("bali"), "diskusi-awal")
    assert any("kasi" in label for label in case.labels if label.startswith("giliran::"))
    for version in ("versi kedua", "versi ketiga"):
        case.takes("kasi", "belum-lengkap", "aktor proses belum disebut")
        assert "giliran::pd" in case.labels
        assert not any("kasi" in label for label in case.labels if label.startswith("giliran::"))
        case.content["dokumen_awal"] = version
        case.settle()
        assert "giliran::pd" not in case.labels
    assert "Putaran ke-3." in case.card()
    case.takes("kasi", "lengkap")
    assert case.open_step == "diskusi-lanjutan"


# Muara Enim


def test_muara_enim_3_the_applicant_alone_does_not_agree() -> None:
    case = walked(case_of("muara-enim-mandiri"), "review-spesifikasi")
    case.takes("tim-dinkes", "setuju")
    assert case.open_step == "review-spesifikasi"
    assert "Sudah disetujui 1 dari 2 orang" in case.card()
    case.takes("tim-dinkes", "setuju")
    assert case.open_step == "review-spesifikasi"
    case.takes("kabid", "setuju")
    assert case.open_step == "penunjukan-system-analyst"


def test_muara_enim_3_one_side_refuses_after_the_other_agreed() -> None:
    case = walked(case_of("muara-enim-mandiri"), "review-spesifikasi")
    case.takes("tim-dinkes", "setuju")
    case.takes("kabid", "revisi", "register tidak lengkap")
    assert case.open_step == "spesifikasi-kebutuhan"
    case.content["register_kebutuhan"] = "lengkap"
    case.takes("kabid", "setuju")
    assert case.open_step == "review-spesifikasi"  # what the applicant agreed to is not there any more
    case.takes("tim-dinkes", "setuju")
    assert case.open_step == "penunjukan-system-analyst"


# refusals that are read late


def test_a_refusal_holds_its_content_although_it_was_pushed_away_before_laik_read_it() -> None:
    """The attack: push something else right after a refusal, let laik read, and push back."""
    case = walked(case_of("lombok-tengah"), "uji-keamanan")
    act = case.says("teknis-1", card_line(case, "temuan"))
    before = case.content["scan"]
    case.content["scan"] = "lain"
    case.settle()
    assert case.ruling(act) == "refused"
    assert "tetap tertahan" in case.answer(act)
    state = case.decide().state.open
    assert state is not None
    assert state.held is None  # the new content is judged on its own
    case.content["scan"] = before
    case.roles = {**case.roles, "tim_teknis_diskominfo": frozenset({"teknis-1", "teknis-2"})}
    case.settle()
    state = case.decide().state.open
    assert state is not None
    assert state.held is not None
    other = case.says("teknis-2", f"@laik nyatakan-aman keamanan {state.digest[:8]}")
    case.settle()
    assert case.ruling(other) == "void"
    case.says("teknis-1", f"@laik nyatakan-aman keamanan {state.digest[:8]}")  # he takes it back himself
    case.settle()
    assert case.open_step == "permohonan-hosting"


def test_a_refusal_whose_rules_changed_meanwhile_holds_the_same_content() -> None:
    case = walked(case_of("muara-enim-mandiri"), "review-spesifikasi")
    line = card_line(case, "revisi")
    check = case.procedure.step("review-spesifikasi").judging.checks[0]
    case.checks[check] = FakeCheck(check, policy=("ambang",))
    act = case.says("kabid", line)
    case.slice["ambang"] = 2  # the digest is another one, what was refused is not
    case.settle()
    assert case.ruling(act) == "refused"
    assert case.open_step == "spesifikasi-kebutuhan"


def test_a_step_that_was_decided_on_is_not_refused_by_an_old_code() -> None:
    case = walked(case_of("lombok-tengah"), "koreksi-kak")
    refuse = card_line(case, "revisi")
    case.takes("teknis-1", "koreksi")
    act = case.says("teknis-1", refuse)
    case.settle()
    assert case.ruling(act) == "void"
    assert case.open_step == "persetujuan-kak"


# documents that pass through states


def states(case: Case) -> str:
    """What the card says of the states of documents."""
    case.settle()
    found = re.findall(r"^Keadaan dokumen: (.*)$", case.card(), re.MULTILINE)
    return str(found[0]) if found else ""


def test_the_card_follows_balis_business_process_through_its_four_states() -> None:
    case = case_of("bali")
    seen = [states(case)]
    for step in case.procedure.steps[1:]:
        walked(case, step.key)
        seen.append(states(case))
    named = "Dokumen Proses Bisnis: "
    assert seen == [
        "",
        f"{named}usulan",
        f"{named}usulan",
        f"{named}usulan",
        f"{named}awal",
        f"{named}lanjutan",
        f"{named}kesepakatan",
    ]


def test_balis_business_process_falls_back_to_the_state_that_still_holds() -> None:
    case = walked(case_of("bali"), "diskusi-final")
    case.content["dokumen_awal"] = "lain"
    assert states(case) == "Dokumen Proses Bisnis: usulan"


def test_the_card_follows_lombok_tengahs_terms_of_reference_through_their_four_states() -> None:
    case = case_of("lombok-tengah")
    for later in ("kak", "kak_sah", "penyedia"):
        case.content.pop(later)
    walked(case, "draft-kak")
    seen = [states(case)]
    case.content["kak"] = "isi"
    seen.append(states(case))
    for step, verb in (("koreksi-kak", "koreksi"), ("persetujuan-kak", "setuju")):
        assert case.open_step == step
        case.takes("teknis-1", verb)
        seen.append(states(case))
    case.content |= {"kak_sah": "isi", "penyedia": "isi"}
    case.takes("teknis-1", "terima")
    seen.append(states(case))
    named = "Kerangka Acuan Kerja (KAK): "
    assert seen == [
        "",
        f"{named}draft",
        f"{named}draft hasil koreksi",
        f"{named}disetujui",
        f"{named}disahkan",
    ]
