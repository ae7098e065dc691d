"""What is proved of a SOP: it ends, nothing goes round a gate, the floor stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.core.errors import Fault, InvalidProcedure
from automation.core.floor import FLOOR
from automation.core.procedure import load_procedure
from automation.core.procedure_proofs import guards
from checks import discover

LOMBOK = (Path(__file__).parents[2] / "checks/sop/lombok-tengah.yaml").read_text(encoding="utf-8")
CHECKS = frozenset(discover())


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(InvalidProcedure) as caught:
        load_procedure(text, path="lombok-tengah.yaml", checks=CHECKS)
    assert all(fault.where.file == "lombok-tengah.yaml" for fault in caught.value.faults)
    return caught.value.faults


def planted(*changes: tuple[str, str]) -> tuple[str, int]:
    """Lombok Tengah's SOP with faults planted in it, and the line of the last one."""
    text = LOMBOK
    for old, new in changes:
        assert text.count(old) == 1, (text.count(old), old)
        text = text.replace(old, new)
    return text, text[: text.index(changes[-1][1])].count("\n") + 1


def only(text: str, english: str) -> Fault:
    found = [fault for fault in faults(text) if english in fault.message.en]
    assert len(found) == 1, [fault.message.en for fault in faults(text)]
    return found[0]


STEP_11 = (
    '        - {when: "diterima", on: completed, to: presentasi-akhir, basis: inferred, confidence: high}'
)
STEP_11_ACT = "    act: {verb: setuju, about: rencana, by: [tim_teknis_diskominfo], refuse: revisi}"


def detour(to: str) -> tuple[tuple[str, str], ...]:
    """Step 11 may also be left another way."""
    branch = f'        - {{when: "lain", on: detour, to: {to}, basis: inferred}}'
    return (
        (STEP_11_ACT, STEP_11_ACT[:-1] + ", detour: tidak_tersedia}"),
        (STEP_11, f"{STEP_11}\n{branch}"),
    )


def test_lombok_tengah_is_proved() -> None:
    load_procedure(LOMBOK, path="lombok-tengah.yaml", checks=CHECKS)


def test_the_guards_are_the_floor_the_heads_decisions_and_what_hosting_needs() -> None:
    procedure = load_procedure(LOMBOK, path="lombok-tengah.yaml", checks=CHECKS)
    assert [guard.steps for guard in guards(procedure)] == [
        ("permohonan-bantuan-teknis",),
        ("penunjukan-anggota",),
        ("pembentukan-tim-teknis",),
        ("presentasi-awal",),  # mockup
        ("presentasi-akhir",),  # UAT attached
        ("presentasi-akhir",),  # UAT passed
        ("uji-keamanan",),  # scan
        ("permohonan-hosting",),  # hosting.after
        ("tindak-lanjut-hosting",),  # the head's disposition
        ("tindak-lanjut-hosting",),  # hosting.completes
    ]


def test_a_detour_round_the_security_test_is_refused_at_the_place_it_leads_to() -> None:
    text, line = planted(*detour("permohonan-hosting"))
    found = [fault for fault in faults(text) if "goes round" in fault.message.en]
    named = " ".join(fault.message.en for fault in found)
    assert "goes round 'uji-keamanan', though the floor's 'security_scan_passed'" in named
    assert "goes round 'presentasi-akhir', though the floor's 'uat_passed_for_code'" in named
    assert "memutari 'uji-keamanan'" in " ".join(fault.message.id for fault in found)
    assert "Lead it to 'uji-keamanan' or a step before it" in named
    column = text.splitlines()[line].index("to: permohonan-hosting") + 1
    assert {(fault.where.line, fault.where.column) for fault in found} == {(line + 1, column)}


STEP_2_DETOUR = "{when: lain, on: detour, to: pembentukan-tim-teknis, basis: inferred}"
STEP_2_END = "\n    judging:\n      subjects: [surat_tugas]"


def test_a_detour_round_the_heads_decision_is_refused() -> None:
    text, _ = planted(
        ("{when: selesai, on: completed, to: pembentukan-tim-teknis, basis: stated}",
         "{when: selesai, on: completed, to: undangan-analisis, basis: stated}"),
        ("    act: {verb: setuju, about: penugasan, by: [kepala_diskominfo]}",
         "    act: {verb: setuju, about: penugasan, by: [kepala_diskominfo], detour: tidak_tersedia}"),
        (STEP_2_END, f"\n        - {STEP_2_DETOUR}{STEP_2_END}"),
    )  # fmt: skip
    fault = only(text, "goes round 'pembentukan-tim-teknis'")
    assert "The 'completed' branch of 'penunjukan-anggota'" in fault.message.en
    assert "a head decides there" in fault.message.en


def test_a_detour_round_a_step_that_nobody_guards_is_allowed() -> None:
    text, _ = planted(*_invitation_or_none())
    procedure = load_procedure(text, path="lombok-tengah.yaml", checks=CHECKS)
    assert procedure.step("pembentukan-tim-teknis").way("detour") is not None


def _invitation_or_none() -> tuple[tuple[str, str], ...]:
    """After step 3 the invitation of step 4 may be left out."""
    step = "{when: selesai, on: completed, to: undangan-analisis, basis: stated}"
    act = "    act: {verb: setuju, about: tim, by: [kepala_pd]}"
    return (
        (act, act[:-1] + ", detour: tidak_tersedia}"),
        (step, f"{step}\n        - {{when: tanpa undangan, on: detour, to: analisis, basis: inferred}}"),
    )


def test_a_refusal_back_to_a_step_that_was_passed_by_is_no_way_round() -> None:
    """Who is sent back comes by the same gates again."""
    text = LOMBOK.replace(
        "on: refused, to: presentasi-awal, basis: inferred, confidence: medium}",
        "on: refused, to: tanggapan-rencana, basis: inferred, confidence: medium}",
    )
    load_procedure(text, path="lombok-tengah.yaml", checks=CHECKS)


def test_a_loop_without_exit_is_named_with_its_steps_and_place() -> None:
    text, line = planted(
        ("{when: selesai, on: completed, to: uji-keamanan, basis: stated}",
         "{when: berputar, on: completed, to: tanggapan-rencana, basis: stated}"),
    )  # fmt: skip
    fault = only(text, "loop without exit")
    assert "tanggapan-rencana -> presentasi-akhir -> tanggapan-rencana" in fault.message.en
    assert "Lingkaran tanpa jalan keluar" in fault.message.id
    place = next(at for at, row in enumerate(text.splitlines(), 1) if row.endswith("key: tanggapan-rencana"))
    assert place < fault.where.line < line
    assert fault.where.column == 7
    assert any("must go forward" in one.message.en for one in faults(text))


def test_a_suspension_that_nothing_takes_up_again_is_a_dead_end() -> None:
    text, _ = planted(
        ("      kind: terminal\n", "      kind: suspension\n"),
        ("        - {when: selesai, on: completed, to: null, basis: source}",
         "        - {when: tertunda, on: completed, to: null, basis: source}"),
    )  # fmt: skip
    fault = only(text, "Step 'tindak-lanjut-hosting' is a dead end")
    assert "jalan buntu" in fault.message.id


def test_a_suspension_taken_up_only_into_itself_is_a_loop_without_exit() -> None:
    ending = "        - {when: selesai, on: completed, to: null, basis: source}"
    text, _ = planted(
        ("      kind: terminal\n", "      kind: suspension\n"),
        ("about: hosting-tindak-lanjut, by: [kepala_diskominfo]}",
         "about: hosting-tindak-lanjut, by: [kepala_diskominfo], resume: lanjut}"),
        (ending, ending + "\n        - {when: ya, on: resumed, to: tindak-lanjut-hosting, basis: inferred}"),
    )  # fmt: skip
    assert "tindak-lanjut-hosting -> tindak-lanjut-hosting" in only(text, "loop without exit").message.en


@pytest.mark.parametrize("check", FLOOR)
def test_a_floor_lowered_by_leaving_out_a_check_is_refused(check: str) -> None:
    text, _ = planted((f"        - {check}\n", ""))
    fault = only(text, f"floor is lowered: '{check}'")
    assert "Lantai organisasi diturunkan" in fault.message.id
    assert "Add it to 'judging.checks' of step 'permohonan-hosting'" in fault.message.en
    line = next(at for at, row in enumerate(text.splitlines(), 1) if row.startswith("  after:"))
    assert (fault.where.line, fault.where.column) == (line, 3)


def test_hosting_before_the_security_test_is_refused() -> None:
    text, _ = planted(("  after: [permohonan-hosting]", "  after: [presentasi-akhir]"))
    assert "'security_scan_passed' is not judged before hosting" in only(text, "floor is lowered").message.en


def test_a_floor_document_under_another_name_is_refused() -> None:
    text = LOMBOK.replace("uat_hasil", "uat_hasilnya")
    fault = only(text, "Document 'uat_hasil' is not declared")
    assert "'documents'" in fault.message.id


def test_hosting_approved_by_the_builder_is_refused() -> None:
    text, line = planted(("  approved_by: [tim_teknis_diskominfo]", "  approved_by: [pengembang]"))
    fault = only(text, "may not approve its hosting")
    assert (fault.where.line, fault.where.column) == (line, 3)


@pytest.mark.parametrize("by", ["[pengembang]", "[tim_teknis_diskominfo, pengembang]"])
def test_a_builder_who_may_declare_his_own_work_safe_is_refused(by: str) -> None:
    act = "about: keamanan, by: [tim_teknis_diskominfo]"
    text, line = planted((act, act.replace("[tim_teknis_diskominfo]", by)))
    fault = only(text, "may not decide step 13, which judges it")
    assert fault.where.line == line
    assert "tidak boleh memutuskan langkah 13" in fault.message.id


def test_a_builder_who_may_act_at_a_step_that_hosting_needs_is_refused_as_a_candidate_too() -> None:
    actor = "        - {role: kepala_diskominfo, basis: inferred, confidence: medium,"
    actor += ' part: "menerbitkan disposisi"}'
    builder = "        - {role: pengembang, basis: column, candidate: true}"
    text, _ = planted((actor, f"{actor}\n{builder}"))
    assert "Role 'pengembang'" in only(text, "may not decide step 15").message.en


def test_what_a_step_presupposes_is_declared_like_what_it_needs() -> None:
    old = '      - {text: "Kegiatan sudah dianggarkan dalam DPA", basis: stated}'
    text, line = planted((old, old.replace("basis: stated", "basis: stated, document: dpa_asli")))
    assert only(text, "Document 'dpa_asli' is not declared").where.line == line


def test_a_missing_actor_is_named_with_the_nearest_role() -> None:
    text, line = planted(
        ("about: penugasan, by: [kepala_diskominfo]}", "about: penugasan, by: [kepala_diskominf]}")
    )
    fault = only(text, "Role 'kepala_diskominf' is not declared")
    assert "perhaps 'kepala_diskominfo' was meant" in fault.message.en
    assert "mungkin maksudnya 'kepala_diskominfo'" in fault.message.id
    assert fault.where.line == line
    assert text.splitlines()[line - 1][fault.where.column - 1 :].startswith("by:")


def test_a_misspelt_key_is_named_with_the_one_that_was_meant() -> None:
    old = '    completion: auto\n    notes:\n      - "Sel output'
    text, line = planted((old, old.replace("completion", "complettion")))
    fault = only(text, "this key is unknown; perhaps 'completion' was meant")
    assert (fault.where.line, fault.where.column) == (line, 5)
    assert "kunci ini tidak dikenal; mungkin maksudnya 'completion'" in fault.message.id


def test_a_document_state_that_is_read_but_not_declared_is_refused() -> None:
    old = 'document: kak, state: disahkan}\n      - {text: "Penyedia'
    text, _ = planted((old, old.replace("disahkan", "sah")))
    assert "Document state 'sah' is not declared" in only(text, "Document state 'sah'").message.en


def test_every_fault_is_named_in_the_order_of_the_file() -> None:
    text, _ = planted(
        *detour("permohonan-hosting"),
        ("about: penugasan, by: [kepala_diskominfo]}", "about: penugasan, by: [kepla]}"),
    )
    lines = [fault.where.line for fault in faults(text)]
    assert lines == sorted(lines)
    assert len(lines) >= 3
