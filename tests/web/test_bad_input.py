"""Payloads that no forge sends, and more of them than anyone needs: a status, and no case touched."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.web import app
from automation.web.app import BODY_LIMIT, Silence
from automation.web.githubhooks import read_github_hint
from automation.web.hooks import LARGEST_ID, NotAnEvent, WebhookHint, read_hint
from tests.web.site import (
    LIMIT,
    NOW,
    SECRET,
    SIGNING,
    Site,
    github_issue,
    github_signature,
    gitlab_headers,
    issue,
)

PROJECT = {"id": 5}
GITLAB: list[dict[str, Any]] = [
    {"object_kind": "push", "project_id": 5, "ref": "refs/heads/main", "commits": []},
    {"object_kind": "issue", "project": PROJECT, "object_attributes": {"iid": 3, "title": "a"}},
    {"object_kind": "merge_request", "project": PROJECT, "object_attributes": {"iid": 3}},
    {
        "object_kind": "note",
        "project": PROJECT,
        "object_attributes": {"noteable_type": "Issue", "note": "a"},
        "issue": {"iid": 3},
    },
    {
        "object_kind": "note",
        "project": PROJECT,
        "object_attributes": {"noteable_type": "MergeRequest"},
        "merge_request": {"iid": 3},
    },
    {"object_kind": "pipeline", "project": PROJECT, "object_attributes": {"id": 9}},
]
GITHUB: list[tuple[str, dict[str, Any]]] = [
    ("push", {"repository": PROJECT, "ref": "refs/heads/main"}),
    ("issues", {"repository": PROJECT, "issue": {"number": 3}}),
    ("issue_comment", {"repository": PROJECT, "issue": {"number": 3, "pull_request": {}}}),
    ("pull_request", {"repository": PROJECT, "pull_request": {"number": 3}}),
    ("status", {"repository": PROJECT}),
    ("repository", {"repository": PROJECT, "action": "renamed"}),
]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every key of an event, as a path."""
    if not isinstance(value, dict):
        return []
    return [place for key in value for place in [(*above, key), *places(value[key], (*above, key))]]


@st.composite
def broken(draw: st.DrawFn, whole: dict[str, Any]) -> dict[str, Any]:
    """An event with fields taken out, put in, or of another type."""
    event: dict[str, Any] = json.loads(json.dumps(whole))
    for _ in range(draw(st.integers(1, 3))):
        known = places(event)
        if not known:
            break
        *above, last = draw(st.sampled_from(known))
        target = event
        for key in above:
            target = target[key]
        match draw(st.sampled_from(["missing", "other", "extra"])):
            case "missing":
                del target[last]
            case "other":
                target[last] = draw(anything)
            case _:
                target[draw(st.text(max_size=8))] = draw(anything)
    return event


def sound(hint: WebhookHint | None) -> bool:
    numbers = [] if hint is None else [hint.project_id, *([hint.iid] if hint.iid is not None else [])]
    return all(type(one) is int and 0 < one <= LARGEST_ID for one in numbers)


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(GITLAB).flatmap(broken))
def test_a_broken_event_of_gitlab_is_read_soundly_or_refused(event: dict[str, Any]) -> None:
    with contextlib.suppress(NotAnEvent):
        assert sound(read_hint(json.dumps(event).encode()))


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(GITHUB).flatmap(lambda one: st.tuples(st.just(one[0]), broken(one[1]))))
def test_a_broken_event_of_github_is_read_soundly_or_refused(event: tuple[str, dict[str, Any]]) -> None:
    with contextlib.suppress(NotAnEvent):
        assert sound(read_github_hint(event[0], json.dumps(event[1]).encode()))


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_soundly_or_refused(body: bytes) -> None:
    for read in (read_hint, lambda text: read_github_hint("issues", text)):
        with contextlib.suppress(NotAnEvent):
            assert sound(read(body))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("buruk"))
    yield made
    made.close()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(GITLAB).flatmap(broken),
    st.sampled_from(GITHUB).flatmap(lambda one: st.tuples(st.just(one[0]), broken(one[1]))),
)
def test_the_door_answers_a_broken_event_with_yes_or_bad_request(
    site: Site, gitlab: dict[str, Any], github: tuple[str, dict[str, Any]]
) -> None:
    site.located.clear()
    answers = [site.send(json.dumps(gitlab).encode())]
    answers.append(site.github(json.dumps(github[1]).encode(), event=github[0]))
    assert {answer.status_code for answer in answers} <= {202, 400}
    followed = [answer for answer in answers if answer.status_code == 202]
    assert len(site.located) <= len(followed)
    assert len(site.waiting()) <= len(followed)


@pytest.mark.parametrize(
    "body",
    [b"[" * (LIMIT - 1), b'{"a":' * (LIMIT // 6), b"\x00" * 9, b'"' + b"\xed\xa0\x80" * 9, b"1e999", b""],
)
def test_what_is_no_json_or_too_deep_is_a_bad_request(site: Site, body: bytes) -> None:
    site.located.clear()
    assert site.send(body).status_code == 400
    assert site.github(body).status_code == 400
    assert (site.located, site.waiting()) == ([], [])


def test_an_event_of_a_project_that_is_nobodys_is_accepted_and_touches_no_case(site: Site) -> None:
    assert site.github(b'{"repository": {"id": 99}}', event="push").status_code == 202
    assert site.waiting() == []


def test_a_refused_delivery_is_not_remembered_so_that_the_true_one_comes_through(site: Site) -> None:
    assert site.github(b"{}", delivery="sama").status_code == 400
    assert site.github(github_issue(5), secret="salah", delivery="sama").status_code == 401
    assert site.github(github_issue(5), delivery="sama").status_code == 202
    assert site.waiting() == ["PA-2026-0005"]


def test_a_form_in_place_of_json_is_refused_and_the_log_says_why(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    assert site.github(b"payload=%7B%7D").status_code == 400
    assert "application/json" in caplog.text


@pytest.fixture
def wide(tmp_path: Path) -> Iterator[Site]:
    """A door with the limit laik really has."""
    made = Site(tmp_path, secrets=[SECRET], body_limit=BODY_LIMIT)
    yield made
    made.close()


def padded(event: bytes, size: int) -> bytes:
    """The event with blanks up to a size; JSON all the same."""
    return event + b" " * (size - len(event))


def test_a_body_of_25_megabytes_is_read_and_one_byte_more_is_not(wide: Site) -> None:
    whole, over = padded(issue(1), BODY_LIMIT), padded(issue(1), BODY_LIMIT + 1)
    assert wide.send(whole).status_code == 202
    assert wide.send(over).status_code == 413
    chunks = (over[at : at + 2**20] for at in range(0, len(over), 2**20))
    assert wide.post("gitlab", chunks, {"X-Gitlab-Token": SECRET}).status_code == 413
    assert wide.waiting() == ["PA-2026-0001"]


def test_the_limit_holds_before_a_signature_can_be_judged(tmp_path: Path, wide: Site) -> None:
    whole, over = padded(github_issue(1), BODY_LIMIT), padded(github_issue(1), BODY_LIMIT + 1)
    assert wide.github(whole).status_code == 202
    assert wide.github(whole, secret="salah").status_code == 401
    assert wide.github(over).status_code == 413
    assert wide.github(over, secret="salah").status_code == 413
    signed = Site(tmp_path / "dua", secrets=[SIGNING], body_limit=BODY_LIMIT)
    try:
        assert signed.signed(padded(issue(1), BODY_LIMIT)).status_code == 202
        assert signed.signed(padded(issue(1), BODY_LIMIT + 1)).status_code == 413
    finally:
        signed.close()


def unfinished(port: int, body: bytes) -> socket.socket:
    """A delivery of GitHub whose body stops before its announced end."""
    line = socket.create_connection(("127.0.0.1", port), timeout=10)
    head = f"POST /webhook/github HTTP/1.1\r\nHost: laik\r\nX-Hub-Signature-256: {github_signature(b'')}\r\n"
    line.sendall(f"{head}Content-Length: {len(body) + 1}\r\n\r\n".encode() + body)
    return line


def test_bodies_that_nobody_vouches_for_take_bounded_memory_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "MOST_WAITING", 3 * LIMIT)
    site = Site(tmp_path, body_seconds=1.0)
    lines = []
    try:
        lines = [unfinished(site.port, b"x" * (LIMIT - 1)) for _ in range(5)]
        answers = [line.recv(1000)[:12] for line in lines]
        assert answers.count(b"HTTP/1.1 503") == 2
        assert answers.count(b"HTTP/1.1 408") == 3  # and none of them holds its place for ever
        assert site.github(padded(github_issue(1), LIMIT)).status_code == 202
    finally:
        for line in lines:
            line.close()
        site.close()


def test_a_sender_who_leaves_gives_his_memory_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MOST_WAITING", LIMIT)
    site = Site(tmp_path)
    try:
        for _ in range(4):
            unfinished(site.port, b"x" * (LIMIT // 2)).close()
        assert site.github(b"x" * LIMIT, secret="salah").status_code in {401, 503}
        answers = [site.github(padded(github_issue(1), LIMIT)).status_code for _ in range(20)]
        assert answers[-1] == 202
    finally:
        site.close()


def test_headers_without_end_or_sense_break_nothing(site: Site) -> None:
    site.located.clear()
    for headers in (
        {"X-Hub-Signature-256": "x" * 30_000},
        {"webhook-signature": "v1," * 9_000},
        {"X-Gitlab-Token": "\xff" * 5_000},
        {"X-GitHub-Event": "issues", "Content-Length": "9" * 30},
    ):
        for forge in ("gitlab", "github"):
            assert site.post(forge, b"{}", dict(headers)).status_code in {400, 401, 413}
    assert site.located == []


def test_neither_secret_nor_payload_stand_in_what_the_new_doors_tell(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site = Site(tmp_path, secrets=[SECRET])
    signed = Site(tmp_path / "dua", secrets=[SIGNING])
    try:
        answers = [
            site.github(github_issue(1, title="Isi-Permohonan")),
            site.github(b"Isi-Permohonan"),
            site.github(github_issue(1, repository=66, title="Isi-Permohonan")),
            signed.signed(issue(1, title="Isi-Permohonan")),
            signed.signed(issue(1, project=66, title="Isi-Permohonan"), name="d-2"),
        ]
        assert [answer.status_code for answer in answers] == [202, 400, 503, 202, 503]
        told = caplog.text + "".join(answer.text for answer in answers) + str(site.health())
        for hidden in (SECRET, SIGNING, SIGNING[6:], "Isi-Permohonan", "sandi-basis-data"):
            assert hidden not in told
        assert gitlab_headers(issue(1))["webhook-signature"] not in told
    finally:
        site.close()
        signed.close()


# -- silence ------------------------------------------------------------------------------------------


def test_silence_is_told_once_and_ends_with_the_next_event(caplog: pytest.LogCaptureFixture) -> None:
    now = [NOW]
    silence = Silence(after=timedelta(hours=24), clock=lambda: now[0])
    silence.tell()
    assert not silence.is_remarkable()
    now[0] += timedelta(hours=30)
    silence.tell()
    silence.tell()
    assert silence.is_remarkable()
    assert caplog.text.count("no event of the forge for 30 hours") == 1
    silence.heard()
    assert (silence.is_remarkable(), silence.last_event) == (False, now[0])
    now[0] += timedelta(hours=24)
    silence.tell()
    assert caplog.text.count("no event of the forge") == 2


def test_an_installation_without_webhooks_is_never_remarkably_silent() -> None:
    now = [NOW]
    silence = Silence(after=None, clock=lambda: now[0])
    now[0] += timedelta(days=400)
    assert not silence.is_remarkable()


def test_health_tells_of_silence_and_stays_well(tmp_path: Path) -> None:
    now = [NOW]
    silence = Silence(after=timedelta(hours=24), clock=lambda: now[0])
    site = Site(tmp_path, silence=silence)
    try:
        now[0] += timedelta(hours=25)
        assert (site.health()["sunyi"], site.health()["sehat"]) == (True, True)
        assert site.send(secret="salah").status_code == 401
        assert site.health()["sunyi"] is True  # who cannot prove himself is no event
        site.send()
        assert site.health()["sunyi"] is False
    finally:
        site.close()
