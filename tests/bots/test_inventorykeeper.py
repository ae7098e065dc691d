from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.core.inventory import Facts, Proposed, Record, asking, attestation_due, read_record, written
from automation.core.yamltext import load_mapping
from tests.core.cases import KEY, START, Case, ready_for_hosting

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
    assert not due(b"status: nonaktif\nditegaskan_pada: 2020-01-01\n")
    assert due(b"status: aktif\nditegaskan_pada: 2020-01-01\n")


@pytest.mark.parametrize(
    "day", ["", "null", "1 Maret 2026", "2026-3-1", "2026-03-01 10:00", "2062-03-01", "[2026-03-01]"]
)
def test_without_a_day_that_tells_anything_an_attestation_is_due_at_once(day: str) -> None:
    assert due(f"status: aktif\nditegaskan_pada: {day}\n".encode())
    assert due(b"status: aktif\n")


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=364), TODAY + timedelta(days=1)])
def test_a_day_within_the_year_is_one(day: date) -> None:
    assert not due(f"status: aktif\nditegaskan_pada: {day}\n".encode())


def due(text: bytes) -> bool:
    record = read_record(text)
    assert record is not None
    return attestation_due(record, TODAY)


def asked(case: Case) -> list[str]:
    return [text for marker, text in case.answers.items() if "tegas:" in marker]


@pytest.mark.parametrize("written_there", ["", "besok", "2099-01-01"])
def test_a_case_whose_attestation_has_no_readable_day_is_asked_at_once_and_every_year(
    written_there: str,
) -> None:
    case = finished()
    whole = case.proposed[PATH]
    case.inventory = whole.replace(f"ditegaskan_pada: {TODAY}", f"ditegaskan_pada: {written_there}").encode()
    for days in (0, 1, 200, 364):
        case.now = START + timedelta(days=days)
        case.settle()
    (said,) = asked(case)
    assert "kosong, bukan tanggal, atau di masa depan" in said
    case.now = START + timedelta(days=366)
    case.settle()
    assert len(asked(case)) == 2
    assert case.settle() == 0


# ---- a proposal that nobody merged

AGAIN = "@laik ajukan inventaris"


def days_later(case: Case, *days: int) -> Case:
    for one in days:
        case.now = START + timedelta(days=one)
        case.settle()
    return case


def test_a_proposal_that_is_not_merged_in_a_month_is_told_of_with_the_line_to_have_it_again() -> None:
    case = days_later(finished(), 1, 29)
    assert asked(case) == []
    (said,) = asked(days_later(case, 30, 31, 200))
    assert f"`{PATH}` belum ada pada cabang utama" in said
    assert "2 Maret 2026" in said
    assert f"`{AGAIN}`" in said
    assert len(asked(days_later(case, 394))) == 1
    assert len(asked(days_later(case, 396, 397))) == 2, "once a year, as long as it is so"


def test_a_request_that_people_closed_comes_back_on_their_word_alone_and_once_each_time() -> None:
    case = days_later(finished(), 1, 40, 400, 800)
    assert len(case.branches) == 1
    for times in (2, 3):
        case.says("teknis-1", AGAIN)
        case.settle()
        assert len(case.branches) == len(set(case.branches)) == times
    days_later(case, 801, 900)
    assert len(case.branches) == 3
    assert case.settle() == 0


@pytest.mark.parametrize(("account", "ruling"), [("kepala-diskominfo", "noted"), ("vendor-maju", "void")])
def test_office_roles_may_ask_for_it_and_the_builder_may_not(account: str, ruling: str) -> None:
    case = finished()
    case.settle()
    said = case.says(account, AGAIN)
    case.settle()
    assert case.ruling(said) == ruling
    assert len(case.branches) == (2 if ruling == "noted" else 1)


def test_before_a_case_is_finished_nobody_can_ask_for_it() -> None:
    case = ready_for_hosting()
    said = case.says("teknis-1", AGAIN)
    case.settle()
    assert case.ruling(said) == "void"
    case.pastes_hosting("teknis-1")
    case.settle()
    assert len(case.branches) == 1


def test_another_case_that_took_the_application_over_is_where_it_is_asked_for() -> None:
    case = finished()
    case.settle()
    case.passed_on = True
    said = case.says("teknis-1", AGAIN)
    case.settle()
    assert case.ruling(said) == "void"
    assert "dari kasus itu" in case.answer(said)
    assert len(case.branches) == 1


def test_what_is_merged_already_is_not_proposed_again() -> None:
    case = finished()
    case.inventory = case.proposed[PATH].encode()
    case.says("teknis-1", AGAIN)
    case.settle()
    assert len(case.branches) == 1
    case.inventory = case.inventory.replace(b"Antrean", b"Lain")
    assert case.settle() == 0, "the wish was answered"


def test_a_file_that_people_broke_is_told_of_at_once() -> None:
    case = finished()
    case.inventory = b"a: ["
    (said,) = asked(days_later(case, 1, 2, 300))
    assert "tidak dapat dibaca sebagai YAML" in said


def test_a_name_that_is_gone_and_still_called_active_a_month_later_is_told_of() -> None:
    case = finished()
    case.inventory = case.proposed[PATH].encode()
    case.says("kepala-diskominfo", "@laik cabut antrean disusupi")
    case.settle()
    assert asked(days_later(case, 29)) == []
    (said,) = asked(days_later(case, 31, 60))
    assert "masih menyebut aplikasi ini aktif" in said
    assert AGAIN in said


def test_a_name_that_comes_back_is_proposed_as_active_anew_though_it_was_merged_before() -> None:
    case = finished()
    case.inventory = first = case.proposed[PATH].encode()
    case.says("kepala-diskominfo", "@laik cabut antrean disusupi")
    case.settle()
    case.inventory = case.proposed[PATH].encode()
    case.asks(iid=8, blob="1" * 40)
    case.settle()
    case.pastes_hosting("teknis-2")
    case.settle()
    assert case.proposed[PATH].encode() == first
    assert len(set(case.branches)) == 3


# ---- which cases a sweep looks at


@pytest.mark.parametrize(
    ("record", "days", "nameless", "found"),
    [
        (None, 29, False, False),
        (None, 30, False, True),
        (Record(KEY, True, TODAY), 100, False, False),
        (Record(KEY, True, None), 0, False, True),
        (Record(KEY, True, TODAY), 29, True, False),
        (Record(KEY, True, TODAY), 30, True, True),
        (Record(KEY, False, TODAY), 900, True, False),
    ],
)
def test_a_sweep_looks_at_cases_whose_record_asks_something_of_people(
    record: Record | None, days: int, nameless: bool, found: bool
) -> None:
    proposed = Proposed(KEY, PATH, TODAY - timedelta(days=days))
    names = frozenset({KEY} if nameless else ())
    assert asking({PATH: record}, [proposed], names, TODAY) == ({KEY} if found else set())
    if record is None:
        assert (KEY in asking({}, [proposed], names, TODAY)) == found
