"""A policy under which some case could never go on is found before it counts."""

from __future__ import annotations

import re
from datetime import date

import pytest

from automation.core.policy import load_policy
from automation.core.policylint import cautions, lockouts
from automation.core.procedure import Procedure, load_procedure
from automation.core.yamltext import load_mapping
from tests.core.cases import POLICY, SMALL

TODAY = date(2026, 3, 2)
AGREED = SMALL.replace(
    "act: {verb: disposisi, about: tindak-lanjut, by: [kepala_diskominfo]}",
    "act: {verb: disposisi, about: tindak-lanjut, by: [kepala_diskominfo, kepala_pd], agree: each}",
).replace(
    "phases:\n",
    "  - {id: kepala_pd, label: K, en: H, archetype: owner_head, scope: perangkat_daerah}\nphases:\n",
)
IN_HOUSE = SMALL.replace(
    "en: Builder, archetype: builder_external}", "en: Builder, archetype: builder_internal, scope: dinas}"
)
VENDOR = SMALL.replace("archetype: builder_external}", "archetype: builder_external, scope: kasus}")


def as_read(text: str) -> Procedure:
    """The SOP as its file says it; nothing is confirmed."""
    known = set(re.findall(r"checks: \[(\w+)\]", text))
    return load_procedure(text, path="kecil.yaml", checks=frozenset(known))


def locked(policy: str, sop: str = VENDOR) -> list[tuple[int, str]]:
    """Line and English text of every lock-out."""
    document = load_mapping(policy, path="laik.yaml")
    found = lockouts(load_policy(policy), {"kecil": as_read(sop)}, TODAY)
    assert all(said.id and said.id != said.en for _, said in found)
    return [(document.mark(place)[0], said.en) for place, said in found]


def changed(old: str, new: str, policy: str = POLICY) -> str:
    assert policy.count(old) == 1, old
    return policy.replace(old, new)


def line_of(needle: str) -> int:
    return POLICY[: POLICY.index(needle)].count("\n") + 1


def test_a_policy_under_which_every_step_can_be_decided_has_no_fault() -> None:
    assert locked(POLICY) == []


def test_a_deciding_role_without_a_holder_is_named_once_with_all_that_it_locks() -> None:
    (fault,) = locked(changed("tim_teknis_diskominfo: [teknis-1, teknis-2]", "tim_teknis_diskominfo: []"))
    assert fault[0] == line_of("  tim_teknis_diskominfo:")
    assert "Nobody holds the role tim_teknis_diskominfo" in fault[1]
    assert "Locked: step 2 (periksa) of SOP kecil, step 3 (amankan) of SOP kecil, the approval of" in fault[1]


def test_a_role_that_is_not_there_at_all_is_placed_at_the_roles() -> None:
    (fault,) = locked(changed("  kepala_diskominfo: [kepala-diskominfo]\n", ""))
    assert fault[0] == line_of("peran:")
    assert "step 4 (sajikan)" in fault[1]


def test_an_agency_without_a_holder_is_named_and_the_others_are_not() -> None:
    both = changed(
        "hosting:\n  induk",
        "  dinsos: {nama: Dinas Sosial, peran: {tim_teknis_pd: [tim-dinsos]}}\nhosting:\n  induk",
    )
    (fault,) = locked(
        both, AGREED.replace("archetype: builder_external", "archetype: builder_external, scope: kasus")
    )
    assert "role kepala_pd (dinsos)" in fault[1]
    assert fault[0] == line_of("hosting:\n  induk")


def test_laiks_own_account_holds_no_role() -> None:
    found = locked(changed("[kepala-diskominfo]", "[kepala-diskominfo, Laik-Bot]"))
    assert found == [(line_of("  kepala_diskominfo:"), found[0][1])]
    assert "must not hold the role 'kepala_diskominfo'" in found[0][1]


def test_a_role_held_by_laik_alone_locks_its_steps() -> None:
    texts = [text for _, text in locked(changed("[kepala-diskominfo]", "[laik-bot]"))]
    assert any("held by laik-bot alone" in text and "step 4 (sajikan)" in text for text in texts)


def test_the_sole_reviewer_who_also_builds_may_not_decide() -> None:
    policy = changed("[teknis-1, teknis-2]", "[teknis-1]\n  tim_pengembang: [teknis-1]")
    (fault,) = locked(policy, _in_house())
    assert fault[0] == line_of("  tim_teknis_diskominfo:")
    assert "held by teknis-1 alone, who may not decide" in fault[1]
    assert "step 2 (periksa)" in fault[1]


def test_a_second_reviewer_who_does_not_build_opens_the_lock() -> None:
    policy = changed("[teknis-1, teknis-2]", "[teknis-1, teknis-2]\n  tim_pengembang: [teknis-1]")
    assert locked(policy, _in_house()) == []


def _in_house() -> str:
    return IN_HOUSE.replace("{id: pengembang,", "{id: tim_pengembang,").replace(
        "{role: pengembang,", "{role: tim_pengembang,"
    )


def test_an_agreement_of_two_roles_needs_two_persons() -> None:
    sop = AGREED.replace("archetype: builder_external", "archetype: builder_external, scope: kasus")
    assert locked(POLICY, sop) == []
    (fault,) = locked(changed("[kepala-dinkes]", "[kepala-diskominfo]"), sop)
    assert "It takes 2 different persons; 1 missing" in fault[1]


def test_one_person_cannot_be_the_only_one_to_dispose_and_to_approve() -> None:
    alone = changed("[teknis-1, teknis-2]", "[kepala-diskominfo]")
    (fault,) = locked(alone)
    assert fault[0] == line_of("  tim_teknis_diskominfo:")
    assert "there is nobody besides kepala-diskominfo. Name another holder" in fault[1]
    assert fault[1].endswith("Locked: the approval of hosting in kecil.")
    assert locked(changed("tim_teknis_diskominfo: [", "tim_teknis_diskominfo: [sekretaris, ", alone)) == []
    assert locked(changed("[kepala-diskominfo]\n  tim", "[teknis-1]\n  tim")) == []


def test_a_disposition_of_two_wants_a_third_for_the_approval() -> None:
    two = VENDOR.replace("by: [kepala_diskominfo]}", "by: [kepala_diskominfo], quorum: 2}")
    pair = changed("[kepala-diskominfo]", "[teknis-1, teknis-2]")
    (fault,) = locked(pair, two)
    assert "nobody besides teknis-1, teknis-2" in fault[1]
    assert (
        locked(changed("[teknis-1, teknis-2]\nperangkat", "[teknis-1, teknis-3]\nperangkat", pair), two) == []
    )


def test_the_seat_of_an_agreement_that_is_only_a_reading_may_be_another_candidates() -> None:
    role = "  - {id: kasi, label: K, en: S, archetype: section_head, scope: dinas}\nphases:\n"
    sop = AGREED.replace("archetype: builder_external", "archetype: builder_external, scope: kasus")
    sop = sop.replace("phases:\n", role, 1).replace(
        HEAD, READING.replace("role: tim_teknis_diskominfo", "role: kasi")
    )
    policy = changed("kepala_diskominfo: [kepala-diskominfo]", "kasi: [kasi]")
    assert locked(policy, sop) == []
    (fault,) = locked(policy + "penegakan: {kecil: {pelaksana: semua}}\n", sop)
    assert "Nobody holds the role kepala_diskominfo" in fault[1]
    assert locked(changed("kasi: [kasi]", "kasi: [kepala-dinkes]", policy), sop)[0][1].startswith(
        "It takes 2"
    )


ANALYST = "  - {id: analis, label: A, en: A, archetype: analyst, scope: kasus}\nphases:\n"


def test_a_seat_that_somebody_of_the_case_may_fill_is_not_asked_of_the_policy() -> None:
    sop = AGREED.replace("archetype: builder_external", "archetype: builder_external, scope: kasus")
    sop = sop.replace("phases:\n", ANALYST, 1).replace(
        HEAD, READING.replace("role: tim_teknis_diskominfo", "role: analis")
    )
    assert locked(changed("  kepala_diskominfo: [kepala-diskominfo]\n", ""), sop) == []


@pytest.mark.parametrize(
    "act",
    ["by: [analis, analis2], agree: each, units: true", "by: [analis], quorum: 2", "by: [analis], quorum: 3"],
)
def test_an_agreement_of_the_cases_own_people_is_not_asked_of_the_policy(act: str) -> None:
    roles = ANALYST.replace(
        "phases", ANALYST.replace("analis", "analis2").replace("phases:\n", "") + "phases"
    )
    sop = VENDOR.replace("phases:\n", roles, 1).replace(
        "about: keamanan, by: [tim_teknis_diskominfo]", f"about: keamanan, {act}"
    )
    assert locked(POLICY, sop) == []


def test_hosting_that_hangs_on_one_person_beside_who_disposes_is_remarked() -> None:
    head = changed("[kepala-diskominfo]", "[teknis-1]")
    ((_, said),) = cautions(load_policy(head), {"kecil": as_read(VENDOR)}, TODAY)
    assert "hangs on teknis-2 alone" in said.en
    assert cautions(load_policy(POLICY), {"kecil": as_read(VENDOR)}, TODAY) == ()


def test_a_quorum_needs_as_many_persons() -> None:
    sop = VENDOR.replace(
        "about: keamanan, by: [tim_teknis_diskominfo], refuse: temuan}",
        "about: keamanan, by: [tim_teknis_diskominfo], refuse: temuan, quorum: 3}",
    )
    (fault,) = locked(POLICY, sop)
    assert "It takes 3 different persons; 1 missing" in fault[1]
    assert locked(changed("teknis-2]", "teknis-2, teknis-3]"), sop) == []


def test_an_act_that_somebody_of_the_case_gives_is_not_asked_of_the_policy() -> None:
    role = "  - {id: tim_bersama, label: T, en: T, archetype: joint_team, scope: kasus}\nphases:\n"
    sop = VENDOR.replace("phases:\n", role, 1).replace(
        "about: tindak-lanjut, by: [kepala_diskominfo]", "about: tindak-lanjut, by: [tim_bersama]"
    )
    assert locked(changed("  kepala_diskominfo: [kepala-diskominfo]\n", ""), sop) == []


HEAD = "actors: {responsible: [{role: kepala_diskominfo, basis: stated}]}"
READING = (
    "actors: {responsible: [{role: kepala_diskominfo, basis: inferred}],"
    " involved: [{role: tim_teknis_diskominfo, basis: inferred, candidate: true}]}"
)


def test_a_reading_is_not_enforced_so_another_candidate_will_do_until_the_region_confirms_it() -> None:
    policy = changed("  kepala_diskominfo: [kepala-diskominfo]\n", "")
    assert locked(policy, VENDOR.replace(HEAD, READING)) == []
    assert len(locked(policy)) == 1
    confirmed = policy + "penegakan: {kecil: {pelaksana: semua}}\n"
    assert len(locked(confirmed, VENDOR.replace(HEAD, READING))) == 1


def official(account: str) -> str:
    return (
        "pejabat:\n  - {peran: kepala_diskominfo, akun: ACCOUNT, sebagai: plt, dari: 2026-01-01,"
        " sampai: 2026-06-30, dasar: Surat Perintah}\n"
    ).replace("ACCOUNT", account)


def test_an_acting_official_keeps_a_role_open_and_laik_is_none() -> None:
    vacant = changed("  kepala_diskominfo: [kepala-diskominfo]\n", "")
    assert locked(vacant + official("sekretaris")) == []
    over = official("sekretaris").replace("2026-06-30", "2026-03-01")
    assert "Nobody holds the role kepala_diskominfo" in locked(vacant + over)[0][1]
    begins = official("sekretaris").replace("2026-01-01", "2026-06-01")
    assert locked(vacant + begins) == []
    found = locked(vacant + official("laik-bot"))
    assert (vacant.count("\n") + 2, True) in [(line, "must not hold" in text) for line, text in found]


def test_persons_of_different_units_are_asked_for_where_the_sop_asks_for_units() -> None:
    sop = AGREED.replace("agree: each}", "agree: each, units: true}").replace(
        "archetype: builder_external", "archetype: builder_external, scope: kasus"
    )
    assert locked(POLICY, sop) == []
    both = changed("[kepala-dinkes]", "[teknis-1]")  # of the office too, so of no second unit
    (fault,) = locked(both, sop)
    assert "2 different persons of different units" in fault[1]


def test_hosting_that_hangs_on_one_person_is_a_caution() -> None:
    procedures: dict[str, Procedure] = {"kecil": as_read(VENDOR)}
    assert cautions(load_policy(POLICY), procedures, TODAY) == ()
    ((place, said),) = cautions(load_policy(changed("teknis-1, teknis-2", "teknis-1")), procedures, TODAY)
    assert place == "peran.tim_teknis_diskominfo"
    assert "nobody could approve a request that this person opened" in said.en


def test_a_parent_domain_without_a_certificate_beside_one_that_has_it_is_a_caution() -> None:
    two = changed("[contoh.go.id]", "[contoh.go.id, desa.contoh.id]")
    assert cautions(load_policy(two), {}, TODAY) == ()
    pair = "{sertifikat: /etc/a.pem, kunci: /etc/a.key}"
    partly = changed("  alamat: ", f"  sertifikat_induk: {{contoh.go.id: {pair}}}\n  alamat: ", two)
    ((place, said),) = cautions(load_policy(partly), {}, TODAY)
    assert (place, said.en) == (
        "hosting.induk_domain",
        "HTTP only: the policy names no certificate for desa.contoh.id.",
    )
