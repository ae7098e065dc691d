from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from automation.store import Store
from automation.store.links import Link, LinkTaken

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CASE, LATER = "PA-2026-0001", "PA-2026-0002"


def test_a_link_is_written_once_and_found_both_ways(store: Store) -> None:
    assert store.links.set(CASE, "issue", 10, 1) is True
    assert store.links.set(CASE, "issue", 10, 1) is False
    assert store.links.set(CASE, "berkas", 20) is True
    assert store.links.get(CASE, "berkas") == Link(CASE, "berkas", 20)
    assert store.links.get(CASE, "aplikasi") is None
    assert store.links.of_case(CASE) == (Link(CASE, "berkas", 20), Link(CASE, "issue", 10, 1))
    assert store.links.case_of(20) == CASE
    assert store.links.case_of(10, 1) == CASE


def test_an_event_in_a_shared_project_finds_only_the_case_of_its_number(store: Store) -> None:
    store.links.set(CASE, "issue", 10, 1)
    store.links.set(LATER, "issue", 10, 2)
    assert store.links.case_of(10, 2) == LATER
    assert store.links.case_of(10, 3) is None
    assert store.links.case_of(10) is None


def test_a_merge_request_inside_an_application_belongs_to_its_case(store: Store) -> None:
    store.links.set(CASE, "aplikasi", 30)
    assert store.links.case_of(30, 5) == CASE


def test_an_adopted_application_belongs_to_both_cases(store: Store) -> None:
    store.links.set(CASE, "aplikasi", 30)
    store.links.set(LATER, "aplikasi", 30)
    assert store.links.cases_of(30) == (LATER, CASE)


def test_a_case_file_is_never_linked_to_a_second_case(store: Store) -> None:
    store.links.set(CASE, "berkas", 20)
    store.links.set(LATER, "berkas", 21)
    with pytest.raises(LinkTaken):
        store.links.set(LATER, "berkas", 20)
    assert store.links.get(LATER, "berkas") == Link(LATER, "berkas", 21)


def test_a_new_hosting_merge_request_takes_the_place_of_the_former(store: Store) -> None:
    store.links.set(CASE, "hosting_mr", 40, 1)
    assert store.links.set(CASE, "hosting_mr", 40, 2) is True
    assert store.links.case_of(40, 1) is None
    assert store.links.case_of(40, 2) == CASE


def test_links_of_a_kind_are_listed_and_taken_away(store: Store) -> None:
    store.links.set(LATER, "hosting_mr", 40, 2)
    store.links.set(CASE, "hosting_mr", 40, 1)
    store.links.set(CASE, "berkas", 20)
    assert store.links.of_kind("hosting_mr") == (
        Link(CASE, "hosting_mr", 40, 1),
        Link(LATER, "hosting_mr", 40, 2),
    )
    store.links.remove(CASE, "hosting_mr")
    store.links.remove(CASE, "hosting_mr")
    assert store.links.of_kind("hosting_mr") == (Link(LATER, "hosting_mr", 40, 2),)
    assert store.links.get(CASE, "berkas") == Link(CASE, "berkas", 20)


def test_a_delivery_is_new_only_once(store: Store) -> None:
    assert not store.deliveries.known("one")
    assert store.deliveries.remember("one", at=AT) is True
    assert store.deliveries.known("one")
    assert store.deliveries.remember("one", at=AT) is False
    assert store.deliveries.remember("two", at=AT) is True


def test_deliveries_are_forgotten_after_seven_days_not_before(store: Store) -> None:
    store.deliveries.remember("old", at=AT)
    store.deliveries.remember("x", at=AT + timedelta(days=7))
    assert store.deliveries.known("old")
    store.deliveries.remember("y", at=AT + timedelta(days=7, seconds=1))
    assert not store.deliveries.known("old")
