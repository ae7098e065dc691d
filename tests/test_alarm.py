"""An alarm: one issue while something deviates, told anew where it was taken away, and ended by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from automation.alarm import MAX_TOLD, Alarm, AlarmBell, Deviating
from automation.bots.desk import card_marker
from automation.core.outputport import outgoing
from automation.core.text import Bilingual
from automation.forges.base import Comment, Forge, Issue, User
from automation.observe.office import Office
from automation.store import Store, open_store

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ME, OTHER = User(1, "laik"), User(2, "orang")
BELL = AlarmBell("!kebijakan", "penyimpangan-kebijakan", "Kebijakan yang belum berlaku")
OFFICE = cast(Office, SimpleNamespace(me=ME, control=SimpleNamespace(id=7)))


@dataclass
class Board:
    """Issues of the control project with their comments; ``writes`` counts what was written."""

    issues: list[Issue] = field(default_factory=list)
    comments: dict[int, list[Comment]] = field(default_factory=dict)
    writes: int = 0
    listings: int = 0

    def list_issues(self, project_id: int) -> list[Issue]:
        self.listings += 1
        return [one for one in self.issues if one.open]

    def create_issue(self, project_id: int, title: str, body: str, labels: list[str]) -> Issue:
        self.writes += 1
        return self.file(title, ME)

    def file(self, title: str, who: User) -> Issue:
        made = Issue(7, len(self.issues) + 1, title, "", who, True, (), None, AT, AT, "")
        self.issues.append(made)
        return made

    def close_issue(self, issue: Issue) -> None:
        self.writes += 1
        self.closes(issue.iid)

    def closes(self, iid: int) -> None:
        self.issues = [replace(one, open=False) if one.iid == iid else one for one in self.issues]

    def list_comments(self, project_id: int, kind: str, iid: int) -> list[Comment]:
        return list(self.comments.get(iid, []))

    def add_comment(self, project_id: int, kind: str, iid: int, body: str) -> None:
        self.writes += 1
        listed = self.comments.setdefault(iid, [])
        listed.append(Comment(len(listed) + 1, ME, body, AT, AT, edited=False))

    def edit_comment(self, project_id: int, kind: str, iid: int, comment: int, body: str) -> None:
        self.writes += 1
        self.comments[iid] = [
            replace(one, body=body) if one.id == comment else one for one in self.comments[iid]
        ]

    def told(self) -> list[str]:
        """What the open alarms say."""
        return [one.body for issue in self.list_issues(7) for one in self.comments.get(issue.iid, [])]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'laik.db'}")
    yield opened
    opened.close()


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def alarm(store: Store, board: Board) -> Alarm:
    return Alarm(cast(Forge, board), store.ledger, BELL, now=lambda: AT)


def deviating(seen: str = "a", path: str = "laik.yaml") -> Deviating:
    return Deviating(path, "changed", seen, Bilingual("Lain.", "Other."))


def body(said: str) -> str:
    return outgoing([card_marker(BELL.card), "\n", said, "\n"])


def test_while_all_is_well_nothing_is_asked_nor_written(alarm: Alarm, board: Board, store: Store) -> None:
    alarm.tell(OFFICE, (), "")
    assert (board.writes, board.listings, store.ledger.last_seq(BELL.ledger_key)) == (0, 0, 0)


def test_it_is_raised_once_and_changed_where_it_says_something_else(alarm: Alarm, board: Board) -> None:
    alarm.tell(OFFICE, [deviating()], body("satu"))
    assert board.told() == [body("satu")]
    before = board.writes
    alarm.tell(OFFICE, [deviating()], body("satu"))
    assert board.writes == before
    alarm.tell(OFFICE, [deviating("b")], body("dua"))
    assert board.told() == [body("dua")]
    assert len(board.issues) == 1


def test_it_ends_by_itself_and_can_be_raised_again(alarm: Alarm, board: Board, store: Store) -> None:
    alarm.tell(OFFICE, [deviating()], body("satu"))
    alarm.tell(OFFICE, (), "")
    assert board.told() == []
    before = board.writes, board.listings, store.ledger.last_seq(BELL.ledger_key)
    alarm.tell(OFFICE, (), "")
    assert (board.writes, board.listings, store.ledger.last_seq(BELL.ledger_key)) == before
    alarm.tell(OFFICE, [deviating()], body("satu"))
    assert board.told() == [body("satu")]


def test_whoever_closes_or_edits_it_does_not_silence_it(alarm: Alarm, board: Board) -> None:
    alarm.tell(OFFICE, [deviating()], body("satu"))
    board.closes(1)
    alarm.tell(OFFICE, [deviating()], body("satu"))
    assert board.told() == [body("satu")]
    board.edit_comment(7, "issue", 2, 1, card_marker(BELL.card) + "\nsemua baik")
    alarm.tell(OFFICE, [deviating()], body("satu"))
    assert board.told() == [body("satu")]
    board.edit_comment(7, "issue", 2, 1, "semua baik")
    alarm.tell(OFFICE, [deviating()], body("satu"))
    assert board.told()[-1] == body("satu")


def test_anothers_issue_of_that_title_is_none(alarm: Alarm, board: Board) -> None:
    board.file(BELL.title, OTHER)
    alarm.tell(OFFICE, [deviating()], body("satu"))
    assert [one.author for one in board.issues] == [OTHER, ME]
    alarm.tell(OFFICE, (), "")
    assert [one.open for one in board.issues] == [True, False]


def test_a_process_that_was_cut_off_ends_what_another_raised(board: Board, store: Store) -> None:
    def anew() -> Alarm:
        return Alarm(cast(Forge, board), store.ledger, BELL, now=lambda: AT)

    anew().tell(OFFICE, [deviating()], body("satu"))
    anew().tell(OFFICE, (), "")
    assert board.told() == []


def test_other_entries_under_its_key_are_left_out(alarm: Alarm, board: Board, store: Store) -> None:
    alarm.tell(OFFICE, [deviating()], body("satu"))
    shown: dict[str, Any] = {"step": "kebijakan", "digest": "x", "subjects": {}}
    store.ledger.append(BELL.ledger_key, "shown", shown, at=AT, expect=1)
    alarm.tell(OFFICE, (), "")
    assert board.told() == []


def test_ten_thousand_deviations_do_not_silence_it_by_their_length(alarm: Alarm, store: Store) -> None:
    many = [deviating(path=f"permohonan/{'x' * 400}{at}.yaml") for at in range(10_000)]
    alarm.tell(OFFICE, many, body("banyak"))
    (entry,) = store.ledger.entries(BELL.ledger_key)
    assert entry.body["count"] == 10_000
    assert len(cast(list[Any], entry.body["paths"])) == MAX_TOLD
