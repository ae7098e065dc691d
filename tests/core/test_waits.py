"""Waits that a SOP does not count as steps: whose turn it is meanwhile, and that no time of a step runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from automation.core.clock import visits
from automation.core.errors import InvalidProcedure
from automation.core.finding import Outcome
from automation.core.memory import Turn
from tests.checks.worlds import judged, world
from tests.core.cases import FLAWED, SMALL, UNKNOWN, Case, lombok_case, small_procedure, walk_to

WITHIN = SMALL.replace(
    "      branches:\n        - {when: aman,",
    "      wait: {key: alat, text: {id: Menunggu alat, en: Waiting for tools}, until: penyedia}\n"
    "      branches:\n        - {when: aman,",
)


def handing_over() -> Case:
    """Lombok Tengah at step 9, before the signed KAK and the vendor are there."""
    case = lombok_case()
    for name in ("kak_sah", "penyedia"):
        del case.content[name]
    return walk_to(case, "penyerahan-kak-sah")


def turn(case: Case) -> Turn:
    found = case.decide().turn
    assert found is not None
    return found


def test_procurement_takes_none_of_the_day_for_handing_over_the_kak() -> None:
    case = handing_over()
    assert (turn(case).turn, {"giliran::tim_teknis_pd"} <= case.labels) == ("tim_teknis_pd", True)
    case.now += timedelta(hours=2)
    case.content["kak_sah"] = "isi"
    case.settle()
    assert (turn(case).turn, turn(case).due) == ("wait:pengadaan", None)
    assert "giliran **Kepala PD**" in case.card()
    assert "jam berhenti: Menunggu pengadaan" in case.card()
    assert {"giliran::kepala_pd"} <= case.labels
    case.now += timedelta(days=60)
    case.settle()
    assert "tenggat::lewat" not in case.labels
    assert case.reminders == []
    case.content["penyedia"] = "isi"
    case.settle()
    due = turn(case).due
    assert turn(case).turn == "tim_teknis_diskominfo"
    assert due is not None
    assert due > case.now
    assert len(visits(case.memory.turns)[-1]) == 3  # one visit, with the procurement given back


def test_the_wait_is_over_with_the_step_it_lies_in() -> None:
    case = handing_over()
    case.content |= {"kak_sah": "isi", "penyedia": "isi"}
    del case.content["mockup"]
    case.pastes("teknis-1")
    assert (case.open_step, turn(case).turn) == ("presentasi-awal", "pengembang")
    assert turn(case).due is not None


@pytest.mark.parametrize("penyedia", [FLAWED, "rusak"])
def test_a_vendor_that_is_named_wrongly_is_not_waited_for(penyedia: str) -> None:
    case = handing_over()
    case.content |= {"kak_sah": "isi", "penyedia": penyedia}
    case.settle()
    assert turn(case).turn == "tim_teknis_pd"


def test_a_kak_that_is_not_right_is_its_writers_turn_although_the_vendor_is_missing() -> None:
    case = handing_over()
    case.content["kak_sah"] = FLAWED
    case.settle()
    assert turn(case).turn == "tim_teknis_pd"


def test_a_forge_that_does_not_answer_begins_no_wait() -> None:
    case = handing_over()
    before = turn(case)
    case.content |= {"kak_sah": "isi", "penyedia": UNKNOWN}
    assert turn(case) == before


def test_the_check_of_the_vendor_says_what_is_waited_for() -> None:
    """The wait is told from the findings, so that of an absent document must name it and be pending."""
    missing = judged("vendor_is_named", world({}))
    assert [(one.outcome, one.key) for one in missing] == [(Outcome.PENDING, "penyedia")]


def test_while_the_vendor_builds_it_is_the_vendors_turn() -> None:
    case = lombok_case()
    del case.content["presentasi_akhir"]
    walk_to(case, "presentasi-akhir")
    assert turn(case).turn == "wait:pembangunan"
    assert "giliran **Pengembang aplikasi" in case.card()


def test_what_is_waited_for_within_a_step_must_be_judged_there() -> None:
    with pytest.raises(InvalidProcedure, match="penyedia"):
        small_procedure(WITHIN)
