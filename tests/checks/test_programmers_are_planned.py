from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import down, judged, keys, outcomes, without, world

ID = "programmers_are_planned"
PATH = "rencana/kebutuhan-programmer.yaml"
GOOD = """\
format: laik/kebutuhan-programmer/1
jumlah: 2
keahlian: [PHP Laravel, PostgreSQL]
alasan: Dua modul dikerjakan bersamaan
"""


def test_a_number_with_skills_and_a_reason_passes():
    assert outcomes(judged(ID, world({PATH: GOOD}))) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("jumlah: 2", "jumlah: 0", "jumlah"),
        ("jumlah: 2", "jumlah: dua", "jumlah"),
        ("jumlah: 2", "jumlah: 2.5", "jumlah"),
        ("[PHP Laravel, PostgreSQL]", "[]", "keahlian"),
        ("PostgreSQL", "ISI DI SINI", "keahlian.1"),
        ("Dua modul dikerjakan bersamaan", "Ya", "alasan"),
        ("alasan: Dua modul dikerjakan bersamaan\n", "", "alasan"),
    ],
)
def test_a_plan_without_number_skills_or_reason_fails_at_its_key(old, new, key):
    assert keys(judged(ID, world({PATH: GOOD.replace(old, new)}))) == {key}


def test_no_plan_waits_and_an_unknown_one_is_an_error():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(world({}), down("doc:kebutuhan_programmer")))) == {Outcome.ERROR}
