from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.test_vendor_is_named import GOOD as VENDOR
from tests.checks.worlds import down, judged, keys, outcomes, without, world

ID = "vendor_staff_is_appointed"
GOOD = """\
format: laik/personel/1
system_analyst: [vendor-maju]
programmer: [Vendor-Maju-2]
"""


def findings_for(text: str, vendor: str = VENDOR):
    return judged(ID, world({"penugasan/personel.yaml": text, "pengadaan/penyedia.yaml": vendor}))


def test_an_analyst_and_programmers_of_the_vendor_pass():
    assert outcomes(findings_for(GOOD)) == {Outcome.PASS}


def test_one_account_may_do_both():
    both = GOOD.replace("[Vendor-Maju-2]", "[vendor-maju, vendor-maju-2]")
    assert outcomes(findings_for(both)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("[vendor-maju]", "[orang-lain]", {"system_analyst.0", "akun.vendor-maju"}),
        ("[vendor-maju]", "[]", {"system_analyst"}),
        ("programmer: [Vendor-Maju-2]\n", "", {"programmer"}),
        ("[Vendor-Maju-2]", "[vendor-maju]", {"akun.vendor-maju-2"}),
        ("[Vendor-Maju-2]", "[Vendor-Maju-2, ISI DI SINI]", {"programmer.1"}),
    ],
)
def test_a_stranger_or_an_account_left_unnamed_fails_at_its_key(old, new, found):
    assert keys(findings_for(GOOD.replace(old, new))) == found


def test_a_broken_vendor_record_is_no_yes():
    assert keys(findings_for(GOOD, VENDOR.replace("nama: PT Vendor Maju\n", ""))) == {"nama"}


def test_missing_documents_wait_and_unknown_ones_are_an_error():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
    view = without(world({"penugasan/personel.yaml": GOOD}), down("doc:penyedia"))
    assert outcomes(judged(ID, view)) == {Outcome.ERROR}
