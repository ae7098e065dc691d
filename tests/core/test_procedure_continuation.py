"""A continuation adds steps after the end of another SOP and changes nothing of it."""

from __future__ import annotations

import pytest

from automation.core.errors import InvalidProcedure
from automation.core.procedure import Procedure, load_procedure
from automation.core.procedure_continuation import in_continuation, load_continuation
from automation.core.soplint import remarks
from tests.core.test_procedure import CHECKS, SMALL

MORE = """\
format: laik/sop-lanjutan/1
id: kecil-lanjutan
version: "2026.2"
continues: kecil
title: {id: SOP kecil dengan lanjutan, en: Small SOP continued}
phases:
  - {key: akhir, label: Akhir, en: End}
documents:
  arsip: {name: Arsip, en: Archive, kind: letter, home: berkas, path: arsip.pdf}
steps:
  - key: arsipkan
    number: 3
    phase: akhir
    gate: arsip
    activity: {verbatim: Mengarsipkan, id: Mengarsipkan, en: Filing}
    actors: {responsible: [{role: kepala, basis: extension}]}
    duration: {raw: null, iso: null}
    outputs: [{document: arsip, basis: extension}]
    flow: {kind: terminal, branches: [{when: selesai, on: completed, to: null, basis: extension}]}
    judging: {subjects: [arsip], checks: [letter_agrees_with_sidecar]}
    completion: auto
"""


@pytest.fixture(scope="module")
def small() -> Procedure:
    return load_procedure(SMALL, path="kecil.yaml", checks=CHECKS)


def load(text: str, small: Procedure) -> Procedure:
    return load_continuation(text, path="lanjut.yaml", checks=CHECKS, bases={small.id: small})


def test_the_steps_of_both_are_one_sop_that_leads_on_where_the_base_ended(small: Procedure) -> None:
    whole = load(MORE, small)
    assert (whole.id, whole.version, whole.continues) == ("kecil-lanjutan", "2026.2", "kecil")
    assert [step.key for step in whole.steps] == ["tulis", "setujui", "arsipkan"]
    assert whole.step("setujui").next == "arsipkan"
    assert whole.step("setujui").back == "tulis"
    assert set(whole.documents) == {*small.documents, "arsip"}
    assert whole.identity == small.identity
    assert whole.hosting == small.hosting


def test_a_column_that_the_base_does_not_have_stays_missing_and_is_the_bases_remark(small: Procedure) -> None:
    base = small.model_copy(update={"missing_columns": ("inputs",)})
    whole = load(MORE, base)
    assert whole.missing_columns == ("inputs",)
    (remark,) = [one for one in remarks(whole) if one[0] == "missing_columns"]
    assert in_continuation(base, remark) is None


def test_the_way_beyond_the_end_is_an_extension_and_all_else_of_the_base_stays(small: Procedure) -> None:
    whole = load(MORE, small)
    done = whole.step("setujui").way("completed")
    assert done is not None
    assert done.basis == "extension"
    assert whole.steps[0] == small.steps[0]
    assert whole.step("setujui").judging == small.step("setujui").judging
    assert small.step("setujui").next is None


@pytest.mark.parametrize(
    ("old", "new", "line", "named"),
    [
        ("continues: kecil", "continues: besar", 4, "besar"),
        ("  arsip: {name", "  surat: {name", 9, "surat"),
        ("{role: kepala, basis: extension}", "{role: kepala, basis: stated}", 16, "extension"),
        ("{document: arsip, basis: extension}", "{document: arsip, basis: source}", 18, "extension"),
        ("role: kepala", "role: camat", 16, "camat"),
        ("key: arsipkan", "key: tulis", 11, "tulis"),
        ("number: 3", "number: 2", 11, "2"),
        ("phase: akhir", "phase: tengah", 13, "tengah"),
        ("to: null, basis", "to: tulis, basis", 19, "maju"),
        ("  - {key: akhir,", "  - {key: awal,", 7, "awal"),
        ("version:", "versi:", 3, "versi"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_line(
    small: Procedure, old: str, new: str, line: int, named: str
) -> None:
    assert MORE.count(old) == 1
    with pytest.raises(InvalidProcedure) as caught:
        load(MORE.replace(old, new), small)
    assert named in caught.value.message.id
    assert f"(baris {line})" in caught.value.message.id or caught.value.where.line == line
