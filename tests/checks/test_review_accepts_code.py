from __future__ import annotations

import pytest

from automation.core.evidence import CODE, Evidence, State
from automation.core.finding import Outcome
from tests.checks.requirements import REVIEW, findings_for, needs_world
from tests.checks.worlds import CODE_DIGEST, down, judged, keys, outcomes, without

ID = "review_accepts_code"


@pytest.mark.parametrize("digest", [CODE_DIGEST[:32], CODE_DIGEST])
def test_an_accepting_review_of_this_code_passes(digest):
    text = REVIEW.replace(CODE_DIGEST[:32], digest)
    assert outcomes(findings_for(ID, laporan_hasil_review=text)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (CODE_DIGEST[:32], "a" * 32, "digest_kode"),
        (CODE_DIGEST[:32], CODE_DIGEST[:31], "digest_kode"),
        (CODE_DIGEST[:32], "ISI DI SINI", "digest_kode"),
        ("diterima_dengan_catatan", "perlu_perbaikan", "simpulan"),
        ("diterima_dengan_catatan", "bagus", "simpulan"),
    ],
)
def test_a_review_of_other_code_or_one_that_asks_for_repairs_fails(old, new, key):
    assert keys(findings_for(ID, laporan_hasil_review=REVIEW.replace(old, new))) == {key}


def test_the_remedy_gives_the_line_to_write():
    (finding,) = findings_for(ID, laporan_hasil_review=REVIEW.replace(CODE_DIGEST[:32], "a" * 32))
    assert f'digest_kode: "{CODE_DIGEST}"' in finding.remedy.id


def test_code_or_report_that_is_not_there_waits_and_unknown_code_is_an_error():
    assert outcomes(findings_for(ID, "laporan_hasil_review")) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(needs_world(), Evidence(CODE, State.ABSENT)))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(needs_world(), down(CODE)))) == {Outcome.ERROR}
