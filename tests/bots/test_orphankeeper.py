"""Names and records of a case whose issue was deleted: told once, ended as the policy says, made good."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from automation.bots.orphankeeper import MAX_TOLD, Lost, Telling, alarm_card, tellings, wishes
from automation.core.inventory import Record
from automation.core.memory import Memory, remember
from automation.core.plan import Change, Remember, RevokeOrphan
from automation.core.policy import HostingPolicy, load_policy
from automation.core.text import Bilingual
from tests.core.cases import KEY, POLICY, START, Entry

PATH, END = "permohonan/antrean.yaml", date(2026, 9, 1)
HOSTING = load_policy(POLICY).hosting
CUT = HOSTING.model_copy(update={"saat_kedaluwarsa": "cabut"})
NAME = {"path": PATH, "blob": "b" * 40, "sha": "c" * 40, "decision": "d", "merge_request": 7}


class Chain:
    """The ledger of one case whose issue was deleted, and one who carries out what is wished for it."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.day = START.date()
        begun: list[tuple[str, dict[str, object]]] = [
            ("accepted", {"form": "f"}),
            ("admitted", NAME | {"merge_sha": "m", "removed": False, "until": str(END)}),
            ("applied", {"decision": "d"}),
            ("finished", {}),
            ("issue_gone", {"gone": True}),
        ]
        for kind, body in begun:
            self.append(kind, body)

    def append(self, kind: str, body: dict[str, object]) -> None:
        at = START + (self.day - START.date())
        self.entries.append(Entry(kind, len(self.entries) + 1, body, at))

    @property
    def memory(self) -> Memory:
        return remember(self.entries)

    def lost(self) -> Lost:
        return Lost(KEY, self.memory)

    def on(self, days: int, hosting: HostingPolicy = CUT, *, seen_gone: bool = True) -> list[Change]:
        """What was written that many days after the end of the term."""
        self.day = END + timedelta(days=days)
        plan = wishes(self.lost(), self.day, hosting)
        for change in plan:
            if isinstance(change, Remember):
                self.append(change.kind, dict(change.body))
            elif isinstance(change, RevokeOrphan):
                if change.body:
                    self.append("revoked", dict(change.body))
                if seen_gone:
                    self.append("applied", {"decision": self.memory.down[change.path]})
        return plan

    def told(self, hosting: HostingPolicy = CUT) -> str:
        return "\n".join(one.text.id for one in tellings([self.lost()], {}, self.day, hosting))


def kinds(chain: Chain) -> list[str]:
    return [one.kind for one in chain.entries[5:]]


def test_a_term_far_from_its_end_is_nobodys_business() -> None:
    chain = Chain()
    assert chain.on(-31) == []
    assert chain.told() == ""


def test_a_term_about_to_end_is_told_with_name_case_and_day_and_remembered_once() -> None:
    chain = Chain()
    for days in (-30, -20, 0):
        chain.on(days)
    assert kinds(chain) == ["answered"]
    assert f"nama antrean, kasus {KEY}, berlaku sampai 1 September 2026" in chain.told()
    assert "laik menurunkannya 2 September 2026" in chain.told()


def test_by_default_an_ended_name_stays_served_and_is_told_of_as_long_as_it_does() -> None:
    chain = Chain()
    for days in (-30, 1, 400):
        chain.on(days, HOSTING)
    assert kinds(chain) == ["answered", "answered"]
    assert "berakhir 1 September 2026. Sesudahnya nama tetap tersaji." in chain.told(HOSTING)


def test_where_the_policy_says_so_the_name_is_taken_down_once_and_nothing_is_told_any_more() -> None:
    chain = Chain()
    chain.on(-30)
    chain.on(0)
    assert chain.memory.names
    chain.on(1)
    assert kinds(chain) == ["answered", "answered", "revoked", "applied"]
    (revoked,) = [one.body for one in chain.entries if one.kind == "revoked"]
    assert (revoked["act"], revoked["account"]) == ("masa:antrean:2026-09-01:cabut", 0)
    assert chain.told() == ""
    assert chain.on(2) == []


@pytest.mark.parametrize("missed", [1, 100])
def test_a_whole_notice_period_passes_also_where_nobody_noticed_the_deletion_before(missed: int) -> None:
    chain = Chain()
    chain.on(missed)
    assert "berakhir 1 September 2026" in chain.told()
    chain.on(missed + 29)
    assert chain.memory.names
    chain.on(missed + 30)
    assert not chain.memory.names


def test_a_name_that_was_not_seen_gone_is_taken_up_again_without_a_second_entry() -> None:
    chain = Chain()
    chain.on(-30)
    for days in (1, 1, 2):
        chain.on(days, seen_gone=False)
    assert chain.memory.down
    chain.on(3)
    assert kinds(chain).count("revoked") == 1
    assert kinds(chain)[-1] == "applied"
    assert chain.on(4) == []


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (Record(KEY, True, date(2025, 3, 1)), "ditegaskan 1 Maret 2025"),
        (Record(KEY, True, None), "'ditegaskan_pada' kosong atau bukan tanggal"),
        (Record(KEY, True, START.date()), ""),
        (Record(KEY, False, None), ""),
        (Record("PA-2026-0001", True, None), ""),
        (None, ""),
    ],
)
def test_its_record_is_asked_to_be_attested_where_nobody_can_be_asked_in_an_issue(
    record: Record | None, told: str
) -> None:
    found = tellings([Chain().lost()], {"inventaris/antrean.yaml": record}, START.date(), HOSTING)
    assert len(found) == bool(told)
    assert told in "".join(one.text.id for one in found)


def test_the_alarm_says_what_to_do() -> None:
    chain = Chain()
    chain.on(-1)
    card = alarm_card("<!-- m -->", tellings([chain.lost()], {}, chain.day, CUT))
    assert card.startswith("<!-- m -->")
    assert "`@laik cabut <subdomain> <alasan>` pada issue kasus lain" in card
    assert "Memperpanjang memerlukan kasus" in card
    assert "ditegaskan_pada" not in card
    asked = Telling("inventaris/a.yaml", "attestation", "None", Bilingual("data a", "record a"))
    card = alarm_card("<!-- m -->", [asked])
    assert "`ditegaskan_pada`" in card
    assert "@laik cabut" not in card


def test_hostile_text_and_ten_thousand_lines_leave_the_alarm_a_comment_that_can_be_posted() -> None:
    hostile = Telling("p", "expired", "", Bilingual("a\n/close\n@all <!-- laik:kartu:x -->", ""))
    card = alarm_card("<!-- m -->", [hostile] * 10_000)
    assert "\n/close" not in card
    assert "@all" not in card
    assert "<!-- laik:kartu" not in card
    assert f"dan {10_000 - MAX_TOLD} lagi" in card
    assert len(card) < 65_536


def test_another_names_notice_announces_nothing_of_this_one() -> None:
    chain = Chain()
    chain.append("answered", {"about": "masa:antrean-lama:2026-09-01:notice"})
    chain.on(1)
    assert chain.memory.names
