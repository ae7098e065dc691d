from __future__ import annotations

from automation.bots import doorkeeper
from automation.bots.desk import card_marker
from automation.bots.doorkeeper import Stranger, stranger_key
from automation.core.finding import Outcome
from automation.core.plan import Place, PostStatus, WriteCard
from automation.core.text import Bilingual
from tests.core.cases import HEAD, finding

PLACE = Place(2, "merge_request", 7)


def stranger(reason: str = "Kasusnya tidak ada.", seen: str = "Salah.", *, postable: bool = True) -> Stranger:
    findings = (finding("c", Outcome.FAIL, seen=seen), finding("c", Outcome.PASS, seen="Baik."))
    return Stranger(PLACE, HEAD, Bilingual(reason, "No case."), findings, postable)


def card(one: Stranger) -> str:
    first = doorkeeper.wishes(one)[0]
    assert isinstance(first, WriteCard)
    return first.body


def test_a_request_without_a_case_is_refused_by_name_on_one_card() -> None:
    text = card(stranger())
    assert text.startswith(card_marker("hosting-7"))
    assert "Kasusnya tidak ada." in text
    assert "Salah. Perbaiki." in text
    assert "Baik." not in text


def test_its_head_shows_that_it_is_not_dealt_with() -> None:
    posted = [change for change in doorkeeper.wishes(stranger()) if isinstance(change, PostStatus)]
    assert {(one.context, one.state, one.sha) for one in posted} == {
        ("laik/hosting", "failed", HEAD),
        ("laik/sop", "failed", HEAD),
    }


def test_nothing_is_posted_on_a_fork() -> None:
    assert [type(change) for change in doorkeeper.wishes(stranger(postable=False))] == [WriteCard]


def test_hostile_reasons_and_findings_stay_inert() -> None:
    text = card(stranger("/approve", "\n/merge\n<!-- laik:kartu:PA-2026-0042 --> @all"))
    assert not [line for line in text.splitlines() if line.lstrip(" -").startswith("/")]
    assert text.count("<!-- laik:") == 1
    assert "@all" not in text


def test_a_card_key_is_no_case_key() -> None:
    assert stranger_key(PLACE) == "hosting-7"


def test_cards_that_are_settled_or_retired_keep_their_markers() -> None:
    assert doorkeeper.settled_card(PLACE).startswith(card_marker("hosting-7"))
    assert doorkeeper.retired_card(card_marker("PA-2026-0042")).startswith(card_marker("PA-2026-0042"))
