from __future__ import annotations

import re
from pathlib import Path

import pytest

from automation.collect.procedures import bundled
from automation.core.procedure import Procedure, procedure_of
from automation.core.soplint import inferred, remarks
from automation.core.yamltext import load_mapping
from checks import discover

SOPS = Path(__file__).parents[2] / "checks/sop"
SOURCE = (SOPS / "lombok-tengah.yaml").read_text(encoding="utf-8")
BOLMUT = (SOPS / "bolmut.yaml").read_text(encoding="utf-8")
WITH_COLUMN = re.sub(r"^missing_columns:.*\n", "", SOURCE, flags=re.MULTILINE)
"""The SOP as if its table had the column Kelengkapan, with every cell blank."""
CHECKS = frozenset(discover())


def said(text: str = SOURCE) -> list[tuple[int, str]]:
    """Line and English text of every remark."""
    document = load_mapping(text, path="lombok-tengah.yaml")
    found = remarks(procedure_of(document, checks=CHECKS))
    assert all(one.id and one.id != one.en for _, one in found)
    return [(document.mark(place)[0], one.en) for place, one in found]


def changed(old: str, new: str) -> str:
    assert SOURCE.count(old) == 1, (SOURCE.count(old), old)
    return SOURCE.replace(old, new)


def line_of(needle: str, text: str = SOURCE) -> int:
    return text[: text.index(needle)].count("\n") + 1


def lombok() -> Procedure:
    return procedure_of(load_mapping(SOURCE, path="lombok-tengah.yaml"), checks=CHECKS)


def test_blank_cells_of_the_identity_are_remarked_each_at_its_line() -> None:
    blank = {text.split("'")[1]: line for line, text in said() if text.startswith("The cell")}
    assert blank == {
        "SOP number": line_of("  number: null"),
        "date of creation": line_of("  created_on: null"),
        "effective date": line_of("  effective_on: null"),
        "records kept": line_of("  records: []"),
    }


def test_a_date_with_its_month_alone_is_remarked_and_no_blank_cell() -> None:
    text = changed("  effective_on: null", '  effective_on: "2021-01"')
    dates = [(line, one) for line, one in said(text) if "effective date" in one]
    assert dates == [
        (
            line_of("  effective_on: null"),
            "The effective date gives the month only (2021-01); add the day before it is legalised again.",
        )
    ]


def test_the_two_numbers_six_and_the_blank_four_are_remarked() -> None:
    lines = {text.split(";")[0]: line for line, text in said() if "legal basis" in text}
    second = SOURCE.index("{number: 6", SOURCE.index("{number: 6") + 1)
    assert lines == {
        "Entry 4 of the legal basis is blank": line_of("{number: 4"),
        "Number 6 of the legal basis is used more than once": SOURCE[:second].count("\n") + 1,
    }


def test_the_neighbours_name_is_found_in_the_sources_own_words() -> None:
    foreign = [line for line, text in said() if text.startswith("Names 'Lombok Timur'")]
    verbatims = [at for at, row in enumerate(SOURCE.splitlines(), 1) if "verbatim" in row and "Timur" in row]
    assert foreign == verbatims
    assert len(verbatims) == 2


@pytest.mark.parametrize(
    "words",
    [
        "Kabupaten Lombok Tengah Nomor 7 Tahun 2020",
        "Provinsi Nusa Tenggara Barat",
        "Pemerintah Provinsi dan Kabupaten/Kota",
        "Kota",
    ],
)
def test_the_own_region_its_province_and_regions_in_general_are_not_foreign(words: str) -> None:
    text = changed('"Keterlambatan Penanganan"', f'"Keterlambatan {words}"')
    assert len([1 for _, one in said(text) if one.startswith("Names")]) == 2


def test_another_city_is_foreign_to_a_regency() -> None:
    text = changed('"Keterlambatan Penanganan"', '"Keterlambatan di Kota Mataram"')
    assert (line_of("Kota Mataram", text), True) in [(line, "'Mataram'" in one) for line, one in said(text)]


def standards(text: str = SOURCE) -> list[str]:
    """The remarks on the quality standard."""
    return [one for _, one in said(text) if "quality standard" in one]


def test_the_cells_that_the_source_leaves_blank_are_remarked_with_their_steps() -> None:
    text = SOURCE.replace('{raw: "7 Hari", iso: P7D}', "{raw: null, iso: null}")
    assert "Blank in the source's quality standard: time, so no deadline, steps 3, 6." in standards(text)


def test_a_column_that_the_table_does_not_have_is_one_remark_at_its_line() -> None:
    missing = "The source's table has no column of the quality standard: requirements;"
    assert [(line, one.split("; ")[0] + ";") for line, one in said() if "quality standard" in one] == [
        (line_of("missing_columns:"), missing)
    ]


def test_what_only_the_activity_names_or_a_reading_gives_fills_no_cell() -> None:
    assert "basis: stated, document: laporan_hasil_analisis" in WITH_COLUMN
    assert standards(WITH_COLUMN) == ["Blank in the source's quality standard: requirements, all steps."]


def test_a_cell_of_the_source_fills_its_step_alone() -> None:
    stated = "basis: stated, document: laporan_hasil_analisis"
    (blank,) = standards(WITH_COLUMN.replace(stated, stated.replace("stated", "source")))
    assert blank.endswith("requirements, steps 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15.")


def test_a_source_without_any_cell_is_blank_in_all_three_columns() -> None:
    assert standards(BOLMUT) == [
        "Blank in the source's quality standard: requirements, all steps.",
        "Blank in the source's quality standard: time, so no deadline, all steps.",
        "Blank in the source's quality standard: output, all steps.",
    ]


def test_what_a_region_adds_has_no_cell_that_the_source_left_blank() -> None:
    longer = bundled()["bali-lanjutan"]
    places = [place for place, one in remarks(longer) if "quality standard" in one.en]
    assert places == ["steps.0.duration"]  # the source's own blank time, and none of the steps 8 to 16


def test_a_blank_entry_of_the_related_sops_is_remarked_at_its_line() -> None:
    lines = [(line, one) for line, one in said(BOLMUT) if "related SOPs" in one]
    assert lines == [
        (
            line_of("  related: [", BOLMUT),
            "Entry 4 of the related SOPs is blank; fill it in or take it out.",
        )
    ]


def test_an_approval_that_the_sops_own_course_takes_away_is_remarked() -> None:
    traps = [text for _, text in said() if "lapses" in text]
    assert traps[0].startswith("'kak', judged by step 7, is also given by step 8, 9")
    assert "until_closed" in traps[0]


def test_an_approval_bound_until_the_step_was_complete_does_not_lapse() -> None:
    act = "{verb: koreksi, about: kak,"
    assert act in SOURCE
    at = SOURCE.index("\n", SOURCE.index(act))
    text = SOURCE[:at] + "\n    binding: {content: until_closed}" + SOURCE[at:]
    assert not [one for _, one in said(text) if "judged by step 7," in one]


def test_a_state_that_no_step_gives_is_remarked() -> None:
    text = changed("states: [draft, draft_hasil", "states: [rencana, draft, draft_hasil")
    assert (line_of("states: [rencana", text), "No step gives 'kak' the state 'rencana'.") in said(text)


def test_roles_and_documents_that_play_no_part_are_remarked() -> None:
    text = changed(
        "phases:\n", "  - {id: penonton, label: Penonton, en: Onlooker, archetype: staff}\n\nphases:\n"
    )
    text = text.replace(
        "documents:\n", "documents:\n  kertas: {name: K, en: P, kind: csv, home: berkas, path: k.csv}\n", 1
    )
    found = said(text)
    assert (line_of("- {id: penonton", text), "Role 'penonton' is not used.") in found
    assert (line_of("  kertas:", text), "Document 'kertas' is not used.") in found
    assert not [1 for _, one in said() if "is not used" in one]


def test_a_decision_with_one_way_and_a_decider_without_a_part_are_remarked() -> None:
    act = "by: [kepala_pd]}"
    text = SOURCE.replace(act, "by: [tim_teknis_gabungan]}", 1).replace("kind: linear", "kind: decision", 1)
    found = [one for _, one in said(text)]
    assert "Step 1 is a decision with one branch only; write the other one." in found
    assert "Role 'tim_teknis_gabungan' decides step 1 without being named under 'actors'." in found


def test_a_reading_of_who_acts_without_another_candidate_is_remarked() -> None:
    sole = "Who acts in step 11 is only a reading, with no other candidate"
    assert not [one for _, one in said() if one.startswith(sole)]
    candidate = "role: kepala_diskominfo, basis: inferred, confidence: low, candidate: true,"
    assert SOURCE.count(candidate) == 1
    without = SOURCE.replace(
        candidate, candidate.replace("candidate: true, ", "").replace("candidate: true,", "")
    )
    assert [one for _, one in said(without) if one.startswith(sole)]


def test_readings_are_counted_and_their_steps_named() -> None:
    (readings,) = [text for _, text in said() if "are readings" in text]
    assert readings.startswith("36 items")
    (readings,) = [text for _, text in said(BOLMUT) if "are readings" in text]
    assert readings.startswith("44 items")


def test_only_what_the_source_does_not_state_counts_as_a_reading() -> None:
    assert inferred(lombok().step("koreksi-kak")) == 1
