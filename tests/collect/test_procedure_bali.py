"""The SOP of the province of Bali as data: seven steps, after which its source is cut off."""

from __future__ import annotations

import re
from datetime import date

import pytest

import checks
from automation.collect.procedures import bundled
from automation.core.procedure import Procedure
from automation.core.requestform import FIELDS
from automation.core.soplint import remarks


@pytest.fixture(scope="module")
def bali() -> Procedure:
    return bundled()["bali"]


def test_it_has_its_seven_steps_in_order(bali: Procedure) -> None:
    assert [step.number for step in bali.steps] == list(range(1, 8))
    assert bali.steps[1].activity.verbatim == (
        "Kasubag TU melalui Sekretaris atau melalui Sistem Eoffice "
        "untuk mendapatkan disposisi dari Kepala Dinas"
    )


def test_its_durations_sum_to_28_days_and_two_or_three_hours(bali: Procedure) -> None:
    durations = [step.duration for step in bali.steps]
    assert [one.iso for one in durations] == [None, "PT1H", "PT1H", "P7D", "P7D", "P7D", "P7D"]
    assert [one.iso_max for one in durations] == [None, "PT2H", None, None, None, None, None]
    assert (durations[0].raw, durations[1].raw) == (None, "1- 2 Jam")


def test_the_stated_ways_are_marked_stated_and_only_those(bali: Procedure) -> None:
    read = {
        (step.number, branch.on)
        for step in bali.steps
        for branch in step.flow.branches
        if branch.basis != "stated"
    }
    assert read == {(4, "completed"), (6, "refused"), (7, "completed")}
    assert bali.step("diskusi-awal").back == "diskusi-awal"


def test_the_source_stops_without_an_end_so_the_end_is_a_reading(bali: Procedure) -> None:
    last = bali.steps[-1]
    assert last.next is None
    assert "tanpa kapsul Selesai" in (last.flow.note or "")


def test_one_of_the_two_last_documents_is_enough(bali: Procedure) -> None:
    last = bali.steps[-1]
    assert last.judging.any_of == (("berita_acara", "surat_tugas"),)
    assert bali.documents["berita_acara"].signatures == "each"
    assert bali.documents["berita_acara"].signed_by == ("ka_dinas", "kepala_pd")
    assert bali.documents["surat_tugas"].signed_by == ("ka_dinas",)


def test_both_parties_approve_the_same_agreement(bali: Procedure) -> None:
    act = bali.step("diskusi-final").act
    assert act is not None
    assert (act.by, act.agree, act.units, act.persons) == (("kasi_ai", "pd"), "each", True, 2)


def test_both_heads_approve_a_berita_acara_and_the_head_alone_a_surat_tugas(bali: Procedure) -> None:
    last = bali.steps[-1]
    for there, by, agree in (("isi", ("ka_dinas", "kepala_pd"), "each"), ("", ("ka_dinas",), "any")):
        act = last.applied_to({"kesepakatan": "isi", "berita_acara": there, "surat_tugas": "isi"}).act
        assert act is not None
        assert (act.by, act.agree, act.persons) == (by, agree, len(by))


def test_the_business_process_passes_through_its_four_states_in_files_of_their_own(bali: Procedure) -> None:
    """The source calls it 'Dokumen awal', 'Dokumen lanjutan' and 'Dokumen/Laporan kesepakatan'."""
    whole = bali.documents["dokumen_proses_bisnis"]
    assert whole.states == ("usulan", "awal", "lanjutan", "kesepakatan")
    files = {name: one.state_of for name, one in bali.documents.items() if one.state_of is not None}
    assert {one.document for one in files.values()} == {"dokumen_proses_bisnis"}
    given = {
        output.state or (files[output.document].state if output.document in files else None): step.number
        for step in bali.steps
        for output in step.outputs
    }
    assert [given[state] for state in whole.states] == [1, 4, 5, 6]
    assert not [said for _, said in remarks(bali) if "keadaan" in said.id.lower()]


def test_the_business_process_has_the_six_parts_of_the_source(bali: Procedure) -> None:
    assert len(bali.documents["dokumen_awal"].sections) == 6
    assert bali.documents["kesepakatan"].sections == ("Proses bisnis", "Lingkup", "Timeline")


def test_no_state_of_the_business_process_is_written_over_by_a_later_step(bali: Procedure) -> None:
    subjects = [set(step.judging.subjects) & set(bali.documents) for step in bali.steps]
    written = [{output.document for output in step.outputs} for step in bali.steps]
    for index, judged in enumerate(subjects):
        assert not judged & set().union(*written[index + 1 :])


def test_it_neither_builds_nor_hosts(bali: Procedure) -> None:
    assert bali.hosting is None
    assert not [step for step in bali.steps if step.provisions]


def test_every_document_a_check_asks_for_is_declared(bali: Procedure) -> None:
    known = checks.discover()
    needs = {
        need.removeprefix("doc:")
        for step in bali.steps
        for check in step.judging.checks
        for need in known[check].needs
        if need.startswith("doc:")
    }
    assert needs <= set(bali.documents)


def test_its_header_is_as_printed(bali: Procedure) -> None:
    identity = bali.identity
    assert identity.number == "050/313/SOP/IAI/D.KOMINFOS/2021"
    assert (identity.created_on, identity.revised_on) == (date(2021, 1, 5), None)
    assert (identity.legal_basis[5].text or "").endswith("Nomenkaltur")
    assert "initegrasi" in identity.warnings[0]
    assert identity.related == ()


def test_no_person_is_named(bali: Procedure) -> None:
    text = bali.model_dump_json()
    assert "NIP" not in text
    assert not re.search(r"\d{18}", text)


def test_the_continuation_is_a_sop_of_its_own_marked_as_not_from_the_source(bali: Procedure) -> None:
    more = bundled()["bali-lanjutan"]
    assert more.continues == "bali"
    assert [step.number for step in more.steps] == list(range(1, 17))
    assert more.steps[:6] == bali.steps[:6]
    assert more.steps[6].next == more.steps[7].key
    added = [branch.basis for step in more.steps[7:] for branch in step.flow.branches]
    assert set(added) == {"extension"}
    assert all(step.duration.raw is None for step in more.steps[7:])


def test_the_continuation_builds_tests_and_hosts(bali: Procedure) -> None:
    more = bundled()["bali-lanjutan"]
    assert [step.key for step in more.steps if step.provisions] == ["siapkan-repositori"]
    assert more.hosting is not None
    assert more.hosting.completes == "hosting"
    assert {"mockup", "uat_skenario", "uat_hasil"} <= set(more.documents)
    assert not [step.key for step in more.steps if step.act and "tim_spbe" in step.act.by]
    assert [step.key for step in more.steps if step.completion == "attested"] == ["pelatihan"]


def test_the_continuation_is_never_offered_by_itself() -> None:
    offered = next(field.options for field in FIELDS if field.id == "sop")
    assert "bali" in offered
    assert "bali-lanjutan" not in offered
