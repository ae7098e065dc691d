from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import down, judged, keys, outcomes, without, world

ID = "vendor_is_named"
GOOD = """\
format: laik/penyedia/1
nama: PT Vendor Maju
nomor_kontrak: "027/15/SPK/2026"
tanggal_kontrak: 2026-03-02
akun: [vendor-maju, vendor-maju-2]
"""


def findings_for(text: str):
    return judged(ID, world({"pengadaan/penyedia.yaml": text}))


def test_a_vendor_with_contract_and_accounts_passes():
    assert outcomes(findings_for(GOOD)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("PT Vendor Maju", "ISI DI SINI", "nama"),
        ("2026-03-02", "'2026-13-02'", "tanggal_kontrak"),
        ("[vendor-maju, vendor-maju-2]", "[]", "akun"),
        ("[vendor-maju, vendor-maju-2]", "['@all']", "akun.0"),
        ("[vendor-maju, vendor-maju-2]", "[ISI DI SINI]", "akun.0"),
        ("[vendor-maju, vendor-maju-2]", "[vendor-maju, Teknis-1]", "akun.1"),
        ('"027/15/SPK/2026"', "27", "nomor_kontrak"),
    ],
)
def test_a_wrong_value_fails_at_its_key(old, new, key):
    assert keys(findings_for(GOOD.replace(old, new))) == {key}


def test_an_account_of_a_judge_is_told_with_its_role():
    (finding,) = findings_for(GOOD.replace("vendor-maju-2", "teknis-2"))
    assert "tim_teknis_diskominfo" in finding.seen.id
    assert finding.where.line == 5


def test_a_double_key_fails_with_its_line():
    (finding,) = findings_for(GOOD + "nama: PT Lain\n")
    assert (finding.outcome, finding.where.line) == (Outcome.FAIL, 6)


def test_no_vendor_waits_and_an_unknown_one_is_an_error():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(world({}), down("doc:penyedia")))) == {Outcome.ERROR}
