"""The official document of a SOP, read back from the PDF."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import cache

import pypdf
import pytest

from automation.collect.procedures import bundled
from automation.core.errors import RenderFailed
from automation.core.flowchart import chart_of
from automation.core.policy import Organisation
from automation.core.procedure import Procedure, Words
from automation.core.sopdocument import breakable, document_of
from automation.letters.sopdocument import sop_document

PROCEDURES = bundled()
BOLMUT = PROCEDURES["bolmut"]
EACH = pytest.mark.parametrize("sop", PROCEDURES.values(), ids=list(PROCEDURES))


@cache
def printed(sop: str) -> bytes:
    """A shipped SOP's document, made once for all tests that only read it."""
    return sop_document(PROCEDURES[sop])


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without the marks that only guide line breaks."""
    read = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return [re.sub("[\u200b\u2060\u00ad]", "", page.extract_text()) for page in read]


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


def with_steps(procedure: Procedure, changes: Mapping[str, object], *, only: int | None = None) -> Procedure:
    steps = [
        step.model_copy(update=changes) if only is None or at == only else step
        for at, step in enumerate(procedure.steps)
    ]
    return procedure.model_copy(update={"steps": tuple(steps)})


def written(procedure: Procedure, text: str, *, only: int | None = None) -> Procedure:
    """The SOP with ``text`` as what its steps do."""
    activity = procedure.steps[0].activity.model_copy(update={"id": text})
    return with_steps(procedure, {"activity": activity}, only=only)


def test_a_month_without_its_day_is_printed_as_the_month_and_dates_the_pdf() -> None:
    first = flat(pages(printed("bolmut"))[0])
    assert flat("Tanggal Pembuatan Januari 2021") in first
    assert flat("Tanggal Efektif Januari 2021") in first
    read = pypdf.PdfReader(io.BytesIO(printed("bolmut"))).metadata
    assert read is not None
    assert str(read.creation_date).startswith("2021-01-01")


def test_the_application_itself_is_an_output_without_being_a_document() -> None:
    chart = chart_of(PROCEDURES["bolmut"])
    rows = document_of(PROCEDURES["bolmut"], chart, None)["langkah"]
    assert isinstance(rows, list)
    assert rows[11]["output"] == [{"text": "Aplikasi", "inferred": True}]


def cells(procedure: Procedure, column: str) -> list[dict[str, object]]:
    """Every paragraph of a column, in the order of the steps."""
    rows = document_of(procedure, chart_of(procedure), None)["langkah"]
    assert isinstance(rows, list)
    return [one for row in rows for one in row[column]]


@EACH
def test_no_cell_of_mutu_baku_passes_for_the_sources_that_the_source_leaves_blank(sop: Procedure) -> None:
    needs = [one.text for step in sop.steps for one in step.inputs if one.basis == "source"]
    outputs = [one.raw for step in sop.steps for one in step.outputs if one.basis == "source"]
    for column, given in (("kelengkapan", needs), ("output", outputs)):
        unmarked = [one["text"] for one in cells(sop, column) if not one["inferred"]]
        assert set(unmarked) == {breakable(text) for text in given if text}


def test_outputs_and_requirements_that_only_the_activity_names_are_marked_on_the_page() -> None:
    assert all(one["inferred"] for column in ("kelengkapan", "output") for one in cells(BOLMUT, column))
    table = flat("".join(pages(printed("bolmut"))[1:]))
    assert flat("Rencana pengembangan aplikasi*") in table  # the output of step 9
    assert flat("Standardisasi TIK Pemkab*") in table  # and what it needs
    assert flat("tidak tertulis di tempat itu pada SOP sumber") in table


def test_a_column_that_the_sources_table_does_not_have_is_marked_in_the_head() -> None:
    for sop, head in (("lombok-tengah", "Kelengkapan*"), ("bolmut", "Kelengkapan")):
        table = flat(pages(printed(sop))[1])
        assert re.findall(r"Kelengkapan\*?", table)[0] == head
        assert "Waktu*" not in table


def test_a_numbered_entry_that_the_source_leaves_blank_keeps_its_number_and_says_so() -> None:
    first = flat(pages(printed("bolmut"))[0])
    assert flat("3. SOP Inventarisasi Aplikasi 4. (kosong pada sumber)*") in first


@pytest.mark.parametrize(
    ("sop", "number", "said"),
    [
        ("bolmut", 7, "ditangguhkan; laporan kepada Kadis (ditangguhkan)"),
        ("bali", 7, "berita acara dan/atau surat tugas terbit (selesai)"),
    ],
)
def test_an_end_that_the_source_does_not_draw_is_remarked_as_a_reading(
    sop: str, number: int, said: str
) -> None:
    rows = document_of(PROCEDURES[sop], chart_of(PROCEDURES[sop]), None)["langkah"]
    assert isinstance(rows, list)
    remarks = {
        re.sub("[\u200b\u2060]", "", one["text"]): one["inferred"] for one in rows[number - 1]["keterangan"]
    }
    assert remarks[said] is True


@EACH
def test_the_identity_page_has_the_parts_of_the_regulation(sop: Procedure) -> None:
    first = pages(printed(sop.id))[0]
    for part in (
        "Nomor SOP", "Tanggal Pembuatan", "Tanggal Revisi", "Tanggal Efektif", "Disahkan oleh", "Nama SOP",
        "Dasar Hukum", "Kualifikasi Pelaksana", "Keterkaitan", "Peralatan/Perlengkapan", "Peringatan",
        "Pencatatan dan Pendataan",
    ):  # fmt: skip
        assert part in first
    assert flat(sop.identity.government.upper()) in flat(first)
    assert flat(sop.identity.authorised_by) in flat(first)


@EACH
def test_every_step_stands_in_the_table_with_its_words_and_times(sop: Procedure) -> None:
    text = flat("".join(pages(printed(sop.id))[1:]))
    for step in sop.steps:
        assert flat(step.activity.id)[:40] in text, step.key
        assert step.duration.raw is None or flat(step.duration.raw) in text, step.key


@EACH
def test_the_head_of_the_table_is_repeated_on_every_page(sop: Procedure) -> None:
    for page in pages(printed(sop.id))[1:]:
        assert {"Uraian Prosedur", "Pelaksana", "Mutu Baku", "Kelengkapan", "Keterangan"} <= {
            name
            for name in ("Uraian Prosedur", "Pelaksana", "Mutu Baku", "Kelengkapan", "Keterangan")
            if flat(name) in flat(page)
        }


@EACH
def test_it_is_landscape_and_says_which_sop_and_page_it_is(sop: Procedure) -> None:
    read = pypdf.PdfReader(io.BytesIO(printed(sop.id)))
    for number, page in enumerate(read.pages, 1):
        assert page.mediabox.width > page.mediabox.height
        text = re.sub(r"\s+", " ", page.extract_text())
        assert f"Halaman {number} dari {len(read.pages)}" in text
        assert f"SOP {sop.id} versi {sop.version}" in text


@EACH
def test_the_same_sop_gives_the_same_bytes(sop: Procedure) -> None:
    assert sop_document(sop) == printed(sop.id)


def test_a_flow_over_several_pages_leaves_and_comes_in_by_the_same_numbers() -> None:
    _, *table = pages(printed("lombok-tengah"))
    assert len(table) >= 2
    # the edge rows hold nothing but a connector's number
    assert all(re.search(r"^\s*1\s*$", page, re.MULTILINE) for page in table[:2])


def test_blank_cells_say_so_and_readings_are_marked() -> None:
    first, *table = pages(printed("lombok-tengah"))
    assert first.count("(kosong pada sumber)*") == 6  # number, three dates, law 4, records
    assert "bacaan atau tambahan, tidak tertulis di tempat itu pada SOP sumber" in re.sub(
        r"\s+", " ", table[0]
    )
    assert flat("Draf KAK disetujui?") in flat("".join(table))
    assert flat("tidak: tidak disetujui (ke 7)*") in flat("".join(table))
    assert flat("ya: disetujui (ke 9)") in flat("".join(table))
    assert flat("ya: disetujui (ke 9)*") not in flat("".join(table))


def test_actors_without_a_column_in_the_source_are_marked() -> None:
    head = flat(pages(printed("lombok-tengah"))[1])
    assert "TimTeknisPD*" in head
    assert "KepalaPD*" not in head


def test_who_applies_it_is_named_when_a_policy_is_given() -> None:
    organisation = Organisation(
        pemerintah="Kabupaten Contoh", instansi="Diskominfo Contoh", zona_waktu="Asia/Makassar"
    )
    sop = PROCEDURES["bali"]
    assert "Diterapkan oleh" not in pages(printed(sop.id))[0]
    first = pages(sop_document(sop, adopted_by=organisation))[0]
    assert "Diterapkan oleh Diskominfo Contoh, Kabupaten Contoh" in re.sub(r"\s+", " ", first)


HOSTILE = (
    '#read("/etc/passwd") *tebal* $x$ @rujukan <label> `kode` \\ // https://contoh.id "kutip" </i>'
    " \u202ebalik"
)


def test_hostile_words_are_printed_and_never_obeyed() -> None:
    sop = PROCEDURES["lombok-tengah"]
    hostile = written(sop, HOSTILE).model_copy(
        update={
            "title": Words(id=HOSTILE, en=HOSTILE),
            "identity": sop.identity.model_copy(update={"agency": HOSTILE, "warnings": (HOSTILE,)}),
            "roles": tuple(role.model_copy(update={"label": HOSTILE[:40]}) for role in sop.roles),
        }
    )
    pdf = sop_document(hostile)
    text = flat("".join(pages(pdf)))
    assert text.count(flat('#read("/etc/passwd") *tebal* $x$ @rujukan <label> `kode`')) >= 15
    assert "root:" not in text
    assert "\u202e" not in text
    assert b"/URI" not in pdf


def test_a_long_word_is_broken_and_not_run_over_the_next_column() -> None:
    sop = written(PROCEDURES["bali"], "x" * 120, only=2)
    text = pages(sop_document(sop))[1]
    runs = [len(run) for run in re.findall("x+", text)]
    assert sum(runs) == 120
    assert max(runs) < 45


def test_long_steps_are_set_in_smaller_letters_and_too_long_ones_refused_by_number() -> None:
    sop = PROCEDURES["bali"]
    long = written(sop, "kata " * 300, only=3)
    assert flat("".join(pages(sop_document(long))[1:])).count("kata") >= 300
    with pytest.raises(RenderFailed) as caught:
        sop_document(written(sop, "kata " * 1500, only=3))
    assert "langkah 4 lebih tinggi" in caught.value.message.id
    assert caught.value.where.step == "4"


def test_the_pdf_carries_the_date_of_the_sop_and_no_author() -> None:
    details = pypdf.PdfReader(io.BytesIO(printed("bali"))).metadata
    assert details is not None
    assert details.author is None
    assert "Pengembangan Aplikasi" in str(details.title)
    assert details.creation_date is None or details.creation_date.year == 2021


def test_a_step_that_a_region_added_is_marked_and_a_step_of_the_source_is_not() -> None:
    text = flat("".join(pages(printed("bali-lanjutan"))[1:]))
    assert flat("Tim SPBE melatih pengguna PD.*") in text
    assert flat("Kabid IAI dan Kasi AI menindaklanjuti disposisi.*") not in text
