from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import down, judged, keys, outcomes, without, world

ID = "schedule_has_milestones"
PATH = "rencana/jadwal.yaml"
GOOD = """\
format: laik/jadwal/1
mulai: 2026-02-16
selesai: 2026-06-30
tonggak:
  - {nama: Basis data, target: 2026-03-16}
  - {nama: Prototype pertama, target: 2026-06-30}
"""


def test_a_schedule_with_milestones_in_order_passes():
    assert outcomes(judged(ID, world({PATH: GOOD}))) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("selesai: 2026-06-30", "selesai: '2026-06-31'", {"selesai"}),
        ("selesai: 2026-06-30", "selesai: 2026-01-01", {"selesai", "tonggak.0.target", "tonggak.1.target"}),
        ("mulai: 2026-02-16", "mulai: 2026-03-20", {"tonggak.0.target"}),
        ("target: 2026-03-16", "target: 2026-07-01", {"tonggak.0.target", "tonggak.1.target"}),
        ("Prototype pertama", "basis data", {"tonggak.0.nama", "tonggak.1.nama"}),
        ("Prototype pertama", "ISI DI SINI", {"tonggak.1.nama"}),
        ("mulai: 2026-02-16\n", "", {"mulai"}),
    ],
)
def test_a_schedule_that_does_not_run_forward_fails_at_its_key(old, new, found):
    assert keys(judged(ID, world({PATH: GOOD.replace(old, new)}))) == found


def test_a_schedule_without_milestones_fails():
    text = GOOD[: GOOD.index("tonggak")] + "tonggak: []\n"
    assert keys(judged(ID, world({PATH: text}))) == {"tonggak"}


def test_no_schedule_waits_and_an_unknown_one_is_an_error():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(world({}), down("doc:jadwal_pelaksanaan")))) == {Outcome.ERROR}
