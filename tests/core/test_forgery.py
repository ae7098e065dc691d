"""Statuses in laik's name by others: written over, remembered once, told on the card, bounded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from automation.bots.desk import Desk, answer_marker, answered_by
from automation.bots.reporter import case_card
from automation.core.forgery import MOST_FORGED, ForeignStatus, forgeries, in_our_name
from automation.core.memory import Forged, Memory, remember
from automation.core.reconcile import decide, remembers, with_shown
from automation.store.ledger import KINDS
from tests.core.cases import COMMIT, Case, Entry, small_case

GREEN = ForeignStatus(3, COMMIT, "laik/sop", "success", 17)


def card_of(case: Case, *foreign: ForeignStatus) -> str:
    observation = case.observation()
    shown = replace(observation.shown, foreign=foreign)
    decision = decide(replace(observation, shown=shown), case.view(), case.checks)
    return case_card(Desk(with_shown(decision), case.policy, case.request))


def test_a_forged_status_is_remembered_with_ids_and_told_on_the_card_at_once() -> None:
    case = small_case()
    observation = case.observation()
    seen = replace(observation, shown=replace(observation.shown, foreign=(GREEN,)))
    decision = decide(seen, case.view(), case.checks)
    entries = [one for one in remembers(decision) if one.kind == "forged_status"]
    body = {"project": 3, "sha": COMMIT, "context": "laik/sop", "account": 17, "state": "success"}
    assert [dict(one.body) for one in entries] == [body]
    assert "1 status atas nama laik dipasang akun lain (nomor akun 17)" in card_of(case, GREEN)
    assert "status atas nama laik" not in card_of(case)


def test_what_the_ledger_says_of_forgeries_is_read_back_and_written_no_second_time() -> None:
    (entry,) = forgeries([GREEN], Memory())
    memory = remember([Entry(entry.kind, 1, entry.body, datetime(2026, 3, 2, tzinfo=UTC))])
    assert memory.forged == (Forged(3, COMMIT, "laik/sop", 17),)
    assert forgeries([GREEN, replace(GREEN, state="failed")], memory) == []
    assert entry.kind in KINDS


@pytest.mark.parametrize(
    "change", [{"sha": "f" * 40}, {"context": "laik/uat"}, {"account": 18}, {"project_id": 4}]
)
def test_another_commit_context_account_or_project_is_another_forgery(change: dict[str, object]) -> None:
    assert len(forgeries([GREEN, replace(GREEN, **change), GREEN], Memory())) == 2  # type: ignore[arg-type]


def test_a_name_that_is_no_gate_is_kept_as_a_hash() -> None:
    (entry,) = forgeries([replace(GREEN, context="laik/Budi <b@x.example>\n/close")], Memory())
    assert str(entry.body["context"]).startswith("sha256:")
    assert "Budi" not in str(entry.body)


def test_posting_without_end_fills_no_ledger_and_no_card() -> None:
    many = [replace(GREEN, context=f"laik/g{number}", account=number) for number in range(3 * MOST_FORGED)]
    entries = forgeries(many, Memory())
    assert len(entries) == MOST_FORGED
    memory = Memory(forged=tuple(one.forged for one in many[:MOST_FORGED]))
    assert forgeries(many, memory) == []
    assert len(card_of(small_case(), *many)) < len(card_of(small_case())) + 300


@pytest.mark.parametrize("context", ["laik/sop", "laik/apa saja", "LAIK/sop", " laik/sop", "laik/"])
def test_names_that_people_would_take_for_laiks_are_its_own(context: str) -> None:
    assert in_our_name(context)


@pytest.mark.parametrize("context", ["ci/build", "laiknya/sop", "build laik/sop", ""])
def test_other_names_are_everybodys(context: str) -> None:
    assert not in_our_name(context)


@pytest.mark.parametrize("about", ["issue/12/0", "merge_request/3/1", "selesai:PA-2026-0042"])
def test_what_was_answered_is_read_from_the_marker_and_back(about: str) -> None:
    assert answered_by(answer_marker(about)) == about
    entries = [Entry("answered", 1, {"about": about}, datetime(2026, 3, 2, tzinfo=UTC))]
    assert remember(entries).answered == {about}
