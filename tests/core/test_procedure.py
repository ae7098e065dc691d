from __future__ import annotations

import pytest

from automation.core.errors import InvalidProcedure, LaikError, UnreadableDocument
from automation.core.procedure import Procedure, load_procedure

SMALL = """\
format: laik/sop/1
id: kecil
version: "2026.1"
title: {id: SOP kecil, en: Small SOP}
identity:
  government: Pemerintah Daerah
  agency: Dinas
  timezone: Asia/Jakarta
  number: null
  created_on: null
  revised_on: null
  effective_on: null
  signed: null
  authorised_by: Kepala Dinas
  title: SOP kecil
  legal_basis: [{number: 1, text: null}]
  qualifications: []
  related: []
  equipment: []
  warnings: []
  records: []
roles:
  - {id: kepala, label: Kepala, en: Head, archetype: ict_head}
phases:
  - {key: awal, label: Awal, en: Start}
documents:
  surat: {name: Surat, en: Letter, kind: letter, home: berkas, path: surat/surat.pdf, signed_by: [kepala]}
  naskah: {name: Naskah, en: Draft, kind: markdown, home: berkas, path: naskah.md, states: [draf]}
steps:
  - key: tulis
    number: 1
    phase: awal
    gate: tulis
    activity: {verbatim: Menulis, id: Menulis, en: Writing}
    actors: {responsible: [{role: kepala, basis: stated}]}
    duration: {raw: null, iso: null}
    outputs: [{document: naskah, state: draf, basis: source}]
    flow: {kind: linear, branches: [{when: selesai, on: completed, to: setujui, basis: stated}]}
    judging: {subjects: [naskah], checks: [letter_agrees_with_sidecar]}
    completion: auto
  - key: setujui
    number: 2
    phase: awal
    gate: setujui
    activity: {verbatim: Menyetujui, id: Menyetujui, en: Approving}
    actors: {responsible: [{role: kepala, basis: inferred, confidence: high}]}
    duration: {raw: 1 Hari, iso: P1D}
    flow:
      kind: decision
      branches:
        - {when: ya, on: completed, to: null, basis: stated}
        - {when: tidak, on: refused, to: tulis, basis: inferred}
    judging: {subjects: [naskah, surat], checks: []}
    completion: human_gate
    act: {verb: setuju, about: naskah, by: [kepala], refuse: tolak}
hosting: {after: [tulis], completes: setujui, approved_by: [kepala]}
"""

CHECKS = frozenset({"letter_agrees_with_sidecar"})


def load(text: str) -> Procedure:
    return load_procedure(text, path="kecil.yaml", checks=CHECKS)


def changed(old: str, new: str) -> tuple[str, int]:
    """The small SOP with one place changed, and the line of that place."""
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new), SMALL[: SMALL.index(old)].count("\n") + 1


def refusal(text: str) -> LaikError:
    with pytest.raises(InvalidProcedure) as caught:
        load(text)
    return caught.value


def test_a_sound_sop_loads() -> None:
    procedure = load(SMALL)
    assert [step.key for step in procedure.steps] == ["tulis", "setujui"]
    assert procedure.step("setujui").back == "tulis"
    assert procedure.step("tulis").next == "setujui"
    assert procedure.step("setujui").next is None
    assert procedure.gates() == ("tulis", "setujui")


def test_blank_durations_stay_blank() -> None:
    duration = load(SMALL).step("tulis").duration
    assert (duration.raw, duration.iso) == (None, None)


def test_a_typo_in_a_key_is_refused_with_file_line_and_column() -> None:
    text, line = changed("    completion: auto", "    complection: auto")
    error = refusal(text)
    places = {error.where.line, *(int(part) for part in _lines_named(error))}
    assert error.where.file == "kecil.yaml"
    assert line in places
    assert "complection" in error.message.id


def test_a_typo_alone_is_placed_exactly() -> None:
    text, line = changed("  agency: Dinas\n", "  agency: Dinas\n  agencyy: Dinas\n")
    error = refusal(text)
    assert str(error.where) == f"kecil.yaml:{line + 1}:3"


def _lines_named(error: LaikError) -> list[str]:
    return [part.split(")")[0] for part in error.message.id.split("(baris ")[1:]]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("{role: kepala, basis: stated}", "{role: kepla, basis: stated}", "kepla"),
        ("by: [kepala], refuse", "by: [kepla], refuse", "kepla"),
        ("approved_by: [kepala]", "approved_by: [kepla]", "kepla"),
        ("signed_by: [kepala]", "signed_by: [kepla]", "kepla"),
        ("to: setujui", "to: setuju", "setuju"),
        ("after: [tulis]", "after: [menulis]", "menulis"),
        ("verb: setuju", "verb: setujui", "setujui"),
        ("verb: setuju", "verb: approve", "approve"),
        ("verb: setuju", "verb: revisi", "revisi"),
        ("refuse: tolak", "refuse: setuju", "setuju"),
        ("completes: setujui", "completes: setuju", "setuju"),
        ("checks: [letter_agrees_with_sidecar]", "checks: [leter_agrees]", "leter_agrees"),
        ("subjects: [naskah, surat]", "subjects: [naskah, srat]", "srat"),
        ("{document: naskah, state: draf", "{document: nskah, state: draf", "nskah"),
        ("{document: naskah, state: draf", "{document: naskah, state: dfar", "dfar"),
        ("{document: naskah, state: draf", "{document: scan, state: draf", "scan"),
    ],
)
def test_an_unknown_name_is_refused_and_named_with_its_line(old: str, new: str, named: str) -> None:
    text, line = changed(old, new)
    error = refusal(text)
    assert f"'{named}'" in error.message.id
    assert error.where.line == line


STATE_OF = "surat.pdf, state_of: {document: naskah, state: draf}, signed_by"


def test_a_file_may_hold_another_document_in_one_of_its_states() -> None:
    whole = load(changed("surat.pdf, signed_by", STATE_OF)[0]).documents["surat"].state_of
    assert whole is not None
    assert (whole.document, whole.state) == ("naskah", "draf")


@pytest.mark.parametrize(
    ("document", "state", "named"),
    [("nskah", "draf", "nskah"), ("surat", "draf", "surat"), ("naskah", "dfar", "dfar")],
)
def test_a_state_of_nothing_is_refused_and_named_with_its_line(document: str, state: str, named: str) -> None:
    wrong = STATE_OF.replace("naskah", document).replace("draf", state)
    text, line = changed("surat.pdf, signed_by", wrong)
    error = refusal(text)
    assert f"'{named}'" in error.message.id
    assert error.where.line == line


def test_a_step_may_give_the_application_itself() -> None:
    text, _ = changed("{document: naskah, state: draf, basis: source}", "{document: code, basis: source}")
    assert [output.document for output in load(text).step("tulis").outputs] == ["code"]


@pytest.mark.parametrize(
    ("column", "place"),
    [
        ("outputs", "outputs: [{document: naskah"),
        ("duration", "duration: {raw: 1 Hari"),
    ],
)
def test_a_cell_in_a_column_that_the_source_does_not_have_is_refused(column: str, place: str) -> None:
    text = SMALL.replace("steps:\n", f"missing_columns: [{column}]\nsteps:\n", 1)
    error = refusal(text)
    assert error.where.line == text[: text.index(place)].count("\n") + 1
    assert "missing_columns" in error.message.en


def test_a_column_that_the_source_does_not_have_may_hold_what_its_activities_name() -> None:
    stated, _ = changed("state: draf, basis: source}", "state: draf, basis: stated}")
    text = stated.replace("steps:\n", "missing_columns: [inputs, outputs]\nsteps:\n", 1)
    assert load(text).missing_columns == ("inputs", "outputs")


def test_what_a_sop_leaves_out_is_left_out_of_its_data_so_that_offers_of_a_migration_stay() -> None:
    """An offer binds to the whole SOP: a new optional part, spelled out as blank, would lapse what stands."""
    whole = load(SMALL).model_dump(mode="json")
    assert "missing_columns" not in whole
    assert whole["steps"][0]["outputs"] == [
        {"document": "naskah", "state": "draf", "raw": None, "basis": "source"}
    ]


def test_how_sure_a_reading_of_an_output_is_can_be_said() -> None:
    text, _ = changed("state: draf, basis: source}", "state: draf, basis: inferred, confidence: low}")
    (output,) = load(text).step("tulis").outputs
    assert output.confidence == "low"
    assert output.model_dump()["confidence"] == "low"


def test_an_unknown_phase_is_refused() -> None:
    assert "'akhir'" in refusal(SMALL.replace("phase: awal", "phase: akhir", 1)).message.en


def test_a_duplicate_yaml_key_is_refused_with_both_lines() -> None:
    text, line = changed("id: kecil\n", "id: kecil\nid: besar\n")
    with pytest.raises(UnreadableDocument) as caught:
        load(text)
    assert (caught.value.where.line, caught.value.where.column) == (line + 1, 1)
    assert f"baris {line})" in caught.value.message.id


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("  - key: setujui", "  - key: tulis", "tulis"),
        ("    number: 2", "    number: 1", "1"),
        (
            "phases:\n",
            "phases:\n  - {key: awal, label: A, en: A}\n",
            "awal",
        ),
    ],
)
def test_a_name_used_twice_is_refused(old: str, new: str, named: str) -> None:
    text, _ = changed(old, new)
    assert f"'{named}' is used twice" in refusal(text).message.en


def test_one_command_for_two_steps_is_refused() -> None:
    human = "completion: human_gate\n    act: {verb: setuju, about: naskah, by: [kepala]}"
    text, _ = changed("completion: auto", human)
    assert "'setuju naskah' is used twice" in refusal(text).message.en


def test_a_refusal_that_goes_forward_is_refused() -> None:
    old = "branches: [{when: selesai, on: completed, to: setujui, basis: stated}]"
    text, _ = changed(old, old[:-1] + ", {when: tidak, on: refused, to: setujui, basis: stated}]")
    assert "must go back" in refusal(text).message.en


def test_a_completion_that_goes_back_is_refused() -> None:
    text, line = changed(
        "{when: ya, on: completed, to: null, basis: stated}",
        "{when: ya, on: completed, to: tulis, basis: stated}",
    )
    error = refusal(text)
    assert "must go forward" in error.message.en
    assert error.where.line == line


def test_two_completions_are_refused() -> None:
    text, _ = changed("on: refused, to: tulis", "on: completed, to: null")
    assert "exactly one 'completed'" in refusal(text).message.en


def test_a_loop_whose_refusal_would_not_bind_the_content_is_refused() -> None:
    text, _ = changed("subjects: [naskah, surat]", "subjects: [surat]")
    assert "Must hold all that 'tulis' judges" in refusal(text).message.en


def test_an_unreachable_step_is_refused() -> None:
    text, _ = changed("to: setujui, basis: stated", "to: null, basis: stated")
    assert "'setujui' is never reached" in refusal(text).message.en


def test_a_human_gate_without_an_act_is_refused() -> None:
    text, _ = changed("    act: {verb: setuju, about: naskah, by: [kepala], refuse: tolak}\n", "")
    assert "must have an 'act'" in refusal(text).message.en


def test_a_gate_with_the_name_of_the_aggregate_status_is_refused() -> None:
    with pytest.raises(InvalidProcedure, match="status gabungan"):
        load(SMALL.replace("gate: setujui", "gate: sop"))


def test_an_automatic_step_without_checks_is_refused() -> None:
    text, _ = changed("checks: [letter_agrees_with_sidecar]", "checks: []")
    assert "without evidence" in refusal(text).message.en


def test_a_refused_branch_without_a_verb_is_refused() -> None:
    text, _ = changed(", refuse: tolak", "")
    assert "go together" in refusal(text).message.en


@pytest.mark.parametrize("path", ["a/../b.pdf", "a//b.pdf", "./a.pdf", "surat/", "../a.pdf", "/a.pdf"])
def test_a_document_path_that_leaves_its_folder_is_refused(path: str) -> None:
    text, line = changed("path: surat/surat.pdf", f"path: {path}")
    assert refusal(text).where.line == line


def test_every_problem_is_named_at_once() -> None:
    text = SMALL.replace("by: [kepala], refuse", "by: [x], refuse").replace("after: [tulis]", "after: [y]")
    message = refusal(text).message.id
    assert "'x'" in message
    assert "'y'" in message
