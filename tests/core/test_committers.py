"""Commit addresses bar the accounts they point to, and give nobody anything."""

from __future__ import annotations

import pytest

from automation.core.committers import stands_behind


@pytest.mark.parametrize(
    "address",
    [
        "teknis-2@contoh.go.id",
        "Teknis-2@Contoh.go.id",
        " ketua.tim@contoh.go.id ",
        "17-siapa-saja@users.noreply.git.contoh.go.id",
        "99+teknis-2@users.noreply.github.com",
    ],
)
def test_an_account_that_an_address_points_to_stands_behind_the_commit(address: str) -> None:
    assert stands_behind(17, "teknis-2", "ketua.tim@contoh.go.id", ["lain@contoh.go.id", address])


@pytest.mark.parametrize(
    "address",
    [
        "",
        "teknis-1@contoh.go.id",
        "xteknis-2@contoh.go.id",
        "170-lain@users.noreply.git.contoh.go.id",
        "teknis-20@x",
    ],
)
def test_other_addresses_bar_nobody(address: str) -> None:
    assert not stands_behind(17, "teknis-2", "ketua.tim@contoh.go.id", [address])


def test_an_account_without_a_shown_address_is_not_matched_by_an_empty_one() -> None:
    assert not stands_behind(17, "teknis-2", "", ["", " "])
