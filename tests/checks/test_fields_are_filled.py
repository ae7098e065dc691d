from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import document, down, judged, keys, outcomes, without, world

ID = "fields_are_filled"
FIELDS = ("nama", "jadwal.mulai", "kebutuhan.pengusul")
DOCUMENTS = {
    "rencana": document("yaml", "rencana.yaml", fields=FIELDS),
    "lain": document("yaml", "lain.yaml"),
}
GOOD = """\
format: laik/rencana/1
nama: Antrean
jadwal: {mulai: 2026-01-05}
kebutuhan:
  - {id: KBT-01, pengusul: Dinas Kesehatan}
  - {id: KBT-02, pengusul: RSUD}
"""


def findings_for(text: str):
    return judged(ID, world({"rencana.yaml": text}, documents=DOCUMENTS), "rencana", "lain", "form")


def test_a_document_with_all_its_fields_passes():
    assert outcomes(findings_for(GOOD)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "place", "line"),
    [
        ("nama: Antrean\n", "", "nama", 1),
        ("nama: Antrean", "nama:", "nama", 2),
        ("nama: Antrean", "nama: ISI DI SINI", "nama", 2),
        ("nama: Antrean", "nama: '...'", "nama", 2),
        ("{mulai: 2026-01-05}", "{}", "jadwal.mulai", 3),
        ("{mulai: 2026-01-05}", "segera", "jadwal.mulai", 3),
        ("{id: KBT-02, pengusul: RSUD}", "{id: KBT-02}", "kebutuhan.1.pengusul", 6),
        ("{id: KBT-01, pengusul: Dinas Kesehatan}", "KBT-01", "kebutuhan.0.pengusul", 5),
    ],
)
def test_a_missing_or_blank_field_fails_at_its_place(old, new, place, line):
    assert GOOD.count(old) == 1
    (blank,) = findings_for(GOOD.replace(old, new))
    assert (blank.outcome, blank.key, blank.where.line) == (Outcome.FAIL, f"rencana.{place}", line)


def test_a_list_without_items_has_no_field_filled():
    text = GOOD[: GOOD.index("kebutuhan:")] + "kebutuhan: []\n"
    assert keys(findings_for(text)) == {"rencana.kebutuhan.pengusul"}


def test_numbers_dates_and_no_are_answers():
    text = GOOD.replace("nama: Antrean", "nama: 7").replace("Dinas Kesehatan", "false")
    assert outcomes(findings_for(text)) == {Outcome.PASS}


def test_a_hostile_list_is_told_of_in_part():
    rows = "".join(f"  - {{id: K{number}}}\n" for number in range(300))
    text = GOOD[: GOOD.index("  - {id")] + rows
    assert len(findings_for(text)) == 50


def test_an_absent_document_waits_and_an_unknown_one_is_an_error():
    view = world({}, documents=DOCUMENTS)
    assert outcomes(judged(ID, view, "rencana")) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(view, down("doc:rencana")), "rencana")) == {Outcome.ERROR}


def test_a_step_without_declared_fields_is_an_error():
    assert outcomes(judged(ID, world({}, documents=DOCUMENTS), "lain", "form")) == {Outcome.ERROR}
