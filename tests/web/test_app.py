"""The application behind a real server and a real client, over loopback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from automation.web.app import WebhookHint
from tests.web.site import LIMIT, SECRET, Site, issue


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


def test_an_event_queues_its_case_and_is_answered_at_once(site: Site) -> None:
    answer = site.send(issue(42))
    assert answer.status_code == 202
    assert site.located == [WebhookHint(5, "issue", 42)]
    assert site.waiting() == ["PA-2026-0042"]


@pytest.mark.parametrize("secret", [None, "", "salah", SECRET + "x", SECRET.upper(), "räksasa"])
def test_without_the_secret_nothing_is_queued(site: Site, secret: str | None) -> None:
    answer = site.send(secret=secret.encode().decode("latin-1") if secret else secret)
    assert answer.status_code == 401
    assert site.located == []
    assert site.waiting() == []


@pytest.mark.parametrize("given", ["", "apa saja", None])
def test_a_site_without_a_secret_accepts_nobody(tmp_path: Path, given: str | None) -> None:
    site = Site(tmp_path, secrets=[""])
    try:
        assert site.send(secret=given).status_code == 401
        assert site.waiting() == []
    finally:
        site.close()


def test_the_same_delivery_is_worked_once_however_often_it_comes(site: Site) -> None:
    for _ in range(2):
        assert site.send(**{"Idempotency-Key": "d-1", "X-Gitlab-Event-UUID": "u-1"}).status_code == 202
    assert len(site.located) == 1
    assert site.send(**{"webhook-id": "d-2", "X-Gitlab-Event-UUID": "u-1"}).status_code == 202
    assert site.send(**{"X-Gitlab-Event-UUID": "u-2"}).status_code == 202
    assert site.send(**{"X-Gitlab-Event-UUID": "u-2"}).status_code == 202
    assert len(site.located) == 3


def test_events_without_a_name_of_their_own_are_never_taken_for_repeats(site: Site) -> None:
    site.send()
    site.send()
    assert len(site.located) == 2


def test_a_broken_event_is_not_remembered_so_that_its_repair_comes_through(site: Site) -> None:
    assert site.send(b"{", **{"Idempotency-Key": "d-1"}).status_code == 400
    assert site.send(**{"Idempotency-Key": "d-1"}).status_code == 202
    assert site.waiting() == ["PA-2026-0001"]


def test_an_event_about_nobodys_case_is_accepted_and_forgotten(site: Site) -> None:
    assert site.send(b'{"object_kind": "push", "project_id": 5}').status_code == 202
    assert site.send(b'{"object_kind": "deployment"}').status_code == 202
    assert site.waiting() == []


def test_a_body_over_the_limit_is_refused_announced_or_not(site: Site) -> None:
    large = issue(1, padding="x" * LIMIT)
    assert site.send(large).status_code == 413
    headers = {"X-Gitlab-Token": SECRET}
    chunks = (large[at : at + 1000] for at in range(0, len(large), 1000))
    answer = requests.post(f"{site.url}/webhook/gitlab", data=chunks, headers=headers, timeout=10)
    assert answer.status_code == 413
    assert site.waiting() == []


def test_other_methods_and_places_are_not_served(site: Site) -> None:
    assert requests.get(f"{site.url}/webhook/gitlab", timeout=10).status_code == 405
    assert requests.get(f"{site.url}/docs", timeout=10).status_code == 404


def test_health_tells_the_queue_the_last_event_and_what_is_stuck(site: Site) -> None:
    assert requests.get(f"{site.url}/sehat", timeout=10).json() == {
        "sehat": True,
        "antrean": {"menunggu": 0, "ditunda": 0, "dikerjakan": 0},
        "kejadian_terakhir": None,
        "sunyi": False,
        "gagal": [],
        "macet": [],
    }
    site.send(issue(7))
    site.send(issue(8))
    site.queue.done(site.queue.get(0) or "", give_up=True)
    assert requests.get(f"{site.url}/sehat", timeout=10).json() == {
        "sehat": False,
        "antrean": {"menunggu": 1, "ditunda": 0, "dikerjakan": 0},
        "kejadian_terakhir": "2026-03-02T08:00:00+00:00",
        "sunyi": False,
        "gagal": [],
        "macet": ["PA-2026-0007"],
    }


def test_health_tells_what_keeps_failing_before_it_is_given_up(site: Site) -> None:
    site.send(issue(7))
    site.queue.done(site.queue.get(0) or "", failed=True)
    told = requests.get(f"{site.url}/sehat", timeout=10).json()
    assert (told["sehat"], told["gagal"], told["macet"]) == (False, ["PA-2026-0007"], [])


def test_a_stopping_site_asks_the_forge_to_send_again(site: Site) -> None:
    site.queue.close()
    assert site.send(**{"Idempotency-Key": "d-1"}).status_code == 503
    assert not site.store.deliveries.known("d-1")


def test_neither_secret_nor_payload_stand_in_answers_or_logs(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [
        site.send(issue(1, title="Isi-Permohonan")),
        site.send(b"Isi-Permohonan"),
        site.send(secret="Tebakan-Rahasia"),
        site.send(issue(1, project=66, title="Isi-Permohonan")),
    ]
    assert [answer.status_code for answer in answers] == [202, 400, 401, 503]
    told = caplog.text + "".join(answer.text for answer in answers)
    assert "PA-2026-0001" in told
    for hidden in (SECRET, "Isi-Permohonan", "Tebakan-Rahasia", "sandi-basis-data"):
        assert hidden not in told
