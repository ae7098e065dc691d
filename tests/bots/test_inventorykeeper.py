from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.core.inventory import Facts, attestation_due, written
from automation.core.yamltext import load_mapping
from tests.core.cases import START, Case, ready_for_hosting

PATH = "inventaris/antrean.yaml"
TODAY = date(2026, 3, 2)
FACTS = Facts(
    slug="antrean",
    nama="Antrean",
    perangkat_daerah="dinkes",
    penanggung_jawab="Sekretaris",
    fungsi="Ringkas",
    kasus="PA-2026-0042",
    sop="kecil",
    tahun=2026,
    status="aktif",
    url="antrean.contoh.go.id",
    lokasi_hosting="app",
    sha="c" * 40,
)


def finished() -> Case:
    case = ready_for_hosting()
    case.pastes_hosting("teknis-1")
    case.settle()
    assert case.memory.finished
    return case


def test_nothing_is_written_before_a_case_is_finished() -> None:
    assert ready_for_hosting().proposed == {}


def test_a_finished_case_proposes_its_application_once() -> None:
    case = finished()
    data = load_mapping(case.proposed[PATH], path=PATH).data
    assert (data["kasus"], data["status"], data["nama"]) == ("PA-2026-0042", "aktif", "Antrean")
    assert data["ditegaskan_pada"] == TODAY
    assert data["jenis"] is None
    case.proposed.clear()
    assert case.settle() == 0


def test_a_name_that_was_taken_down_is_proposed_as_no_longer_active() -> None:
    case = finished()
    case.inventory = case.proposed.pop(PATH).encode()
    case.says("kepala-diskominfo", "@laik cabut antrean disusupi")
    case.settle()
    assert load_mapping(case.proposed[PATH], path=PATH).data["status"] == "nonaktif"


def test_what_people_wrote_and_their_comments_stay() -> None:
    first = written(None, FACTS, TODAY)
    assert first is not None
    edited = first.replace("jenis:", "jenis: umum  # keputusan rapat") + "catatan: 'milik bersama'\n"
    moved = Facts(**{**{name: getattr(FACTS, name) for name in Facts.__dataclass_fields__}, "sha": "d" * 40})
    again = written(edited.encode(), moved, TODAY + timedelta(days=90))
    assert again == edited.replace("c" * 40, "d" * 40)


def test_a_file_that_says_so_already_is_left_as_it_is_byte_for_byte() -> None:
    first = written(None, FACTS, TODAY)
    assert first is not None
    assert written(first.encode(), FACTS, TODAY + timedelta(days=400)) == first


@pytest.mark.parametrize("broken", [b"a: [", b"a: &x 1\nb: *x\n", b"\x00", b"- satu\n"])
def test_a_file_that_people_broke_is_not_written_over(broken: bytes) -> None:
    assert written(broken, FACTS, TODAY) is None


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
def test_no_text_of_a_request_becomes_anything_but_its_own_value(text: str) -> None:
    facts = Facts(**{**{name: getattr(FACTS, name) for name in Facts.__dataclass_fields__}, "fungsi": text})
    made = written(None, facts, TODAY)
    assert made is not None
    data = load_mapping(made, path=PATH).data
    assert data["fungsi"] == (text or None)
    assert data["sha"] == "c" * 40


def test_a_year_after_the_last_attestation_its_case_is_told_once() -> None:
    case = finished()
    case.inventory = case.proposed[PATH].encode()
    case.now = START + timedelta(days=364)
    case.settle()
    assert [text for text in case.answers.values() if "ditegaskan" in text] == []
    for days in (365, 366, 400):
        case.now = START + timedelta(days=days)
        case.settle()
    assert len([text for text in case.answers.values() if "ditegaskan" in text]) == 1


def test_an_application_that_is_off_needs_no_attestation() -> None:
    text = b"kasus: PA-2026-0042\nstatus: nonaktif\nditegaskan_pada: 2020-01-01\n"
    assert attestation_due(text, TODAY) is None
    assert attestation_due(text.replace(b"nonaktif", b"aktif"), TODAY) == ("PA-2026-0042", date(2020, 1, 1))
