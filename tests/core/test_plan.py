from __future__ import annotations

import typing
from datetime import date

import pytest

from automation.core.plan import (
    ORDER,
    Answer,
    Change,
    CloseIssue,
    MergeHosting,
    Place,
    PlaceOnBoard,
    PostStatus,
    ProposeFile,
    Provision,
    Relabel,
    Remember,
    Remind,
    ReopenIssue,
    RepositoryWish,
    RevokeOrphan,
    ServeHosting,
    WriteCard,
    describe,
    ordered,
)

PLACE = Place(1, "issue", 42)
WISH = RepositoryWish("berkas", "berkas", "pa-2026-0042", "Berkas", "PA-2026-0042", "berkas", {})
CHANGES: list[Change] = [
    ProposeFile(1, "inventaris/a", "inventaris/a.yaml", "a: 1", "Inventaris", {}),
    CloseIssue(PLACE),
    RevokeOrphan("PA-2026-0001", "permohonan/a.yaml", {}),
    ServeHosting("d", "permohonan/a.yaml", "c" * 40),
    ReopenIssue(PLACE),
    MergeHosting(2, 7, "e" * 40, "pesan"),
    Remind(PLACE, "m", "b", {}),
    Answer(PLACE, "m", "b"),
    PostStatus(3, "c" * 40, "laik/sop", "pending", "Belum", ""),
    WriteCard(PLACE, "kartu /approve", None),
    PlaceOnBoard(PLACE, "fase::awal", date(2026, 3, 3)),
    Relabel(PLACE, ("fase::awal",), ("fase::akhir",)),
    Provision(WISH, "w"),
    Remember("closed", {"step": "kak"}),
]


def test_memory_comes_first_and_what_cannot_be_taken_back_last() -> None:
    kinds = [type(change) for change in ordered(CHANGES)]
    assert kinds == list(ORDER)
    assert kinds[0] is Remember
    assert kinds.index(MergeHosting) > kinds.index(Answer)


def test_every_kind_of_change_has_its_place_in_the_order() -> None:
    assert set(ORDER) == set(typing.get_args(Change))


def test_changes_of_one_kind_keep_their_order() -> None:
    entries = [Remember("act", {"act": str(number)}) for number in range(5)]
    assert [change for change in ordered([*entries, CHANGES[0]]) if isinstance(change, Remember)] == entries


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
def test_every_change_is_told_in_one_line_without_text_from_requests(change: Change) -> None:
    line = describe(change)
    assert line
    assert "\n" not in line
    assert "/approve" not in line


def test_a_repository_has_its_full_path() -> None:
    assert WISH.path == "berkas/pa-2026-0042"
