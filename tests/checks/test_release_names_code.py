from __future__ import annotations

import pytest

from automation.core.evidence import CODE, Evidence, State
from automation.core.finding import Outcome
from tests.checks.worlds import CODE_DIGEST, down, judged, keys, outcomes, without, world

ID = "release_names_code"
PATH = "implementasi/rilis.yaml"
GOOD = f"""\
format: laik/rilis/1
versi: "1.0.0"
tanggal: 2026-07-01
digest_kode: "{CODE_DIGEST[:32]}"
lokasi: https://antrean.contoh.go.id
"""


@pytest.mark.parametrize("version", ["1.0.0", "v1.0", "2", "1.0.0-rc.1"])
def test_a_release_of_this_code_passes(version):
    assert outcomes(judged(ID, world({PATH: GOOD.replace("1.0.0", version)}))) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (CODE_DIGEST[:32], "b" * 32, "digest_kode"),
        ('"1.0.0"', "terbaru", "versi"),
        ('"1.0.0"', "1.0", "versi"),
        ("https://antrean.contoh.go.id", "ISI DI SINI", "lokasi"),
        ("2026-07-01", "besok", "tanggal"),
    ],
)
def test_a_release_of_other_code_or_left_open_fails_at_its_key(old, new, key):
    assert keys(judged(ID, world({PATH: GOOD.replace(old, new)}))) == {key}


def test_no_record_and_no_code_wait_and_unknown_code_is_an_error():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
    view = world({PATH: GOOD})
    assert outcomes(judged(ID, without(view, Evidence(CODE, State.ABSENT)))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(view, down(CODE)))) == {Outcome.ERROR}
