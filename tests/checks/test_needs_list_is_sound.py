from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import document, down, judged, keys, outcomes, without, world

ID = "needs_list_is_sound"
PATH = "kebutuhan/daftar-kebutuhan.yaml"
DOCUMENTS = {"daftar_kebutuhan": document("yaml", PATH)}
GOOD = """\
format: laik/daftar-kebutuhan/1
kebutuhan:
  - {id: KBT-01, uraian: Mengambil antrean dari rumah, prioritas: tinggi, pengusul: Bidang Pelayanan}
  - {id: KBT-02, uraian: Laporan harian, prioritas: sedang, pengusul: Sekretariat, status: diterima}
"""


def findings_for(text: str):
    return judged(ID, world({PATH: text}, documents=DOCUMENTS))


def test_needs_with_ids_of_their_own_and_a_proposer_pass():
    assert outcomes(findings_for(GOOD)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("KBT-02", "KBT-01", "kebutuhan.1.id"),
        ("KBT-02", "kedua", "kebutuhan.1.id"),
        (", pengusul: Sekretariat", "", "kebutuhan.1.pengusul"),
        ("pengusul: Sekretariat", "pengusul: ISI DI SINI", "kebutuhan.1.pengusul"),
        ("prioritas: sedang", "prioritas: penting", "kebutuhan.1.prioritas"),
        ("uraian: Laporan harian", "uraian: ''", "kebutuhan.1.uraian"),
    ],
)
def test_a_wrong_value_fails_at_its_key(old, new, key):
    assert GOOD.count(old) == 1
    assert keys(findings_for(GOOD.replace(old, new))) == {key}


def test_an_empty_list_fails():
    assert keys(findings_for("format: laik/daftar-kebutuhan/1\nkebutuhan: []\n")) == {"kebutuhan"}


def test_no_list_waits_and_an_unknown_one_is_an_error():
    view = world({}, documents=DOCUMENTS)
    assert outcomes(judged(ID, view)) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(view, down("doc:daftar_kebutuhan")))) == {Outcome.ERROR}
