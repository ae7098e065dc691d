"""Moving a case to another version of its SOP: what is taken along, who says so, and what binds it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from automation.core.authority import Acting, highest
from automation.core.catalogue import Catalogue
from automation.core.errors import InvalidProcedure
from automation.core.migration import plan_migration
from automation.core.procedure import Procedure
from tests.core.cases import GOOD, KEY, SMALL, Case, small_case, small_procedure, walk_to
from tests.core.test_scenarios import case_of, walked

HEAD = "kepala-diskominfo"


def newer(*changes: tuple[str, str]) -> Procedure:
    text = SMALL.replace('version: "2026.1"', 'version: "2026.2"')
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return small_procedure(text)


OTHER_REVIEW = ("by: [tim_teknis_diskominfo], refuse: revisi", "by: [kepala_diskominfo], refuse: revisi")


def offered(case: Case, new: Procedure) -> Case:
    """What ``laik case migrate`` writes."""
    case.settle()
    case.successor = new
    planned = plan_migration(KEY, case.procedure, new, case.memory)
    case._append("offered", {"version": planned.version, "digest": planned.digest})
    return case


def migrated(case: Case) -> Case:
    """The case after laik has read it again under its new version."""
    assert case.successor is not None
    assert case.memory.version == case.successor.version
    case.procedure, case.successor = case.successor, None
    return case


def test_steps_defined_alike_take_their_approvals_along() -> None:
    case = offered(walk_to(small_case(), "sajikan"), newer())
    case.takes(HEAD, "migrasi")
    assert migrated(case).open_step == "sajikan"
    assert case.plan() == () or case.settle() >= 0
    assert case.open_step == "sajikan"


def test_a_step_that_is_decided_otherwise_now_is_done_anew() -> None:
    case = offered(walk_to(small_case(), "sajikan"), newer(OTHER_REVIEW))
    card = (case.settle(), case.card())[1]
    assert "Tetap selesai: tulis, amankan. Diulang: periksa." in card
    case.takes(HEAD, "migrasi")
    assert migrated(case).open_step == "periksa"
    case.takes(HEAD, "setuju")
    assert case.open_step == "sajikan"  # what was decided behind it had been taken along


def test_what_is_taken_along_still_lapses_when_its_content_changes() -> None:
    case = offered(walk_to(small_case(), "sajikan"), newer())
    case.takes(HEAD, "migrasi")
    migrated(case).content["scan"] = "lain"
    assert case.open_step == "amankan"


def test_a_step_that_does_not_hold_when_the_word_is_given_is_not_taken_along() -> None:
    case = offered(walk_to(small_case(), "sajikan"), newer())
    case.settle()
    case.content["scan"] = "berubah"
    case.takes(HEAD, "migrasi")
    assert migrated(case).open_step == "amankan"


@pytest.mark.parametrize("account", ["teknis-1", "kepala-dinkes", "vendor-maju", "orang-lain"])
def test_only_the_head_of_the_ict_agency_accepts(account: str) -> None:
    case = offered(walk_to(small_case(), "amankan"), newer())
    act = case.takes(account, "migrasi")
    assert case.ruling(act) == "void"
    assert case.memory.version == "2026.1"


def test_an_offer_that_changed_since_it_was_shown_is_not_accepted() -> None:
    case = offered(walk_to(small_case(), "amankan"), newer())
    case.settle()
    line = next(line for line in case.card().splitlines() if line.startswith("@laik migrasi"))
    case.successor = newer(OTHER_REVIEW)
    act = case.says(HEAD, line)
    case.settle()
    assert case.ruling(act) == "void"
    assert "usang" in case.answer(act)


def test_without_an_offer_there_is_nothing_to_accept() -> None:
    case = walk_to(small_case(), "amankan")
    act = case.says(HEAD, "@laik migrasi sop 0123")
    case.settle()
    assert (case.ruling(act), case.memory.version) == ("void", "2026.1")


def test_an_acceptance_whose_entry_was_lost_is_made_good() -> None:
    case = offered(walk_to(small_case(), "amankan"), newer())
    case.takes(HEAD, "migrasi")
    lost = [entry for entry in case.entries if entry.kind != "migrated"]
    assert len(lost) == len(case.entries) - 1
    case.entries = lost
    case.settle()
    assert case.memory.version == "2026.2"


def test_a_refusal_holds_under_the_new_version_too() -> None:
    case = walk_to(small_case(), "periksa")
    case.pastes("teknis-1", refuse=True)
    offered(case, newer())
    case.takes(HEAD, "migrasi")
    assert migrated(case).decide().state.steps[0].held is not None


def test_the_newest_version_is_by_number_and_every_version_stays_there() -> None:
    versions = [small_procedure(SMALL.replace('"2026.1"', f'"{one}"')) for one in ("2026.9", "2026.10")]
    catalogue = Catalogue.of([*versions, small_procedure()])
    assert catalogue.newest["kecil"].version == "2026.10"
    assert catalogue.get("kecil", "2026.1") == small_procedure()
    assert catalogue.get("kecil", "2027.1") is None


def test_one_version_with_two_contents_is_refused() -> None:
    other = small_procedure(SMALL.replace("SOP kecil", "SOP lain"))
    with pytest.raises(InvalidProcedure, match=r"2026\.1"):
        Catalogue.of([small_procedure(), other])


def test_a_sop_that_names_no_head_is_moved_by_its_head_of_division_and_the_card_names_him() -> None:
    case = walked(case_of("muara-enim-mandiri"), "review-spesifikasi")
    offered(case, case.procedure.model_copy(update={"version": f"{case.procedure.version}.1"}))
    case.settle()
    assert "KABID E-Government menyetujuinya dengan" in case.card()
    assert case.ruling(case.takes("kasi", "migrasi")) == "void"
    assert case.ruling(case.takes("kabid", "migrasi")) == "migrated"
    assert highest(small_procedure()) == ("kepala_diskominfo",)


def test_the_ledger_says_as_what_an_acting_official_accepted_another_version() -> None:
    case = walked(case_of("muara-enim-mandiri"), "review-spesifikasi")
    offered(case, case.procedure.model_copy(update={"version": f"{case.procedure.version}.1"}))
    day = case.now.date()
    case.acting = (Acting("kabid_egov", "Sekretaris", "plt", day, day + timedelta(days=1)),)
    act = case.takes("sekretaris", "migrasi")
    (ruled,) = (one for one in case.memory.acts if one.act == act)
    assert (ruled.ruling, ruled.roles, ruled.capacity) == ("migrated", ("kabid_egov",), "plt")


def test_a_step_that_stays_complete_once_it_was_is_done_anew_too_where_its_rule_changed() -> None:
    kept = SMALL.replace(
        "by: [tim_teknis_diskominfo], refuse: revisi}",
        "by: [tim_teknis_diskominfo], refuse: revisi}\n    binding: {content: until_closed}",
    )
    assert kept != SMALL
    case = walk_to(Case(procedure=small_procedure(kept), content=dict(GOOD)), "sajikan")
    text = kept.replace('version: "2026.1"', 'version: "2026.2"').replace(*OTHER_REVIEW)
    offered(case, small_procedure(text))
    assert "Diulang: periksa" in (case.settle(), case.card())[1]
    case.says(HEAD, next(line for line in case.card().splitlines() if line.startswith("@laik migrasi")))
    while case.memory.version == "2026.1":
        case.carry_out(case.plan())  # and what comes after that is read under the new version
    assert migrated(case).open_step == "periksa"
