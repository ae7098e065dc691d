"""Who is let in: each proof a forge can give, and every way to come near one without having it."""

from __future__ import annotations

import ast
import base64
import hmac
import json
import logging
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from automation.web import seals
from automation.web.seals import UnusableSecret, github_seal, gitlab_seal
from tests.web.site import (
    KEY,
    NOW,
    SECRET,
    SIGNING,
    Site,
    github_issue,
    github_signature,
    gitlab_headers,
    gitlab_signature,
    issue,
)

OTHER = "whsec_" + base64.b64encode(b"kunci lain, juga tiga puluh dua b").decode()
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A door that knows a secret and no signing token."""
    made = Site(tmp_path_factory.mktemp("polos"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A door where a signing token was set up, beside the secret of before."""
    made = Site(tmp_path_factory.mktemp("bertanda"), secrets=[SECRET, SIGNING])
    yield made
    made.close()


@pytest.fixture(autouse=True)
def fresh(site: Site, signed: Site) -> None:
    for one in (site, signed):
        one.located.clear()
        one.waiting()


def refused(site: Site, answer: object) -> None:
    """401, nothing read, nothing queued."""
    assert getattr(answer, "status_code", None) == 401
    assert site.located == []
    assert site.waiting() == []


# -- GitLab's signing token ---------------------------------------------------------------------------


def test_a_signed_delivery_queues_its_case(signed: Site) -> None:
    assert signed.signed(issue(42), name="t-1").status_code == 202
    assert signed.waiting() == ["PA-2026-0042"]


def test_a_published_example_of_standard_webhooks_is_accepted() -> None:
    """The example of the specification's reference libraries (github.com/standard-webhooks)."""
    seal = gitlab_seal(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert seal.holds(headers, b'{"test": 2432232314}')
    assert not seal.holds(headers, b'{"test":2432232314}')


def test_once_a_signing_token_is_set_up_the_plain_secret_alone_opens_nothing(signed: Site) -> None:
    refused(signed, signed.send(issue(1)))


def test_with_both_sent_the_signature_decides(signed: Site) -> None:
    headers = {"X-Gitlab-Token": SECRET}
    assert signed.post("gitlab", issue(2), {**gitlab_headers(issue(2), name="t-2"), **headers}).ok
    forged = {**gitlab_headers(issue(2), name="t-3", key=b"tebakan" * 5), **headers}
    signed.located.clear()
    signed.waiting()
    refused(signed, signed.post("gitlab", issue(2), forged))


def test_one_right_signature_among_several_is_enough(signed: Site) -> None:
    stamp = str(int(NOW.timestamp()))
    right = gitlab_signature("t-4", stamp, issue(3))
    wrong = gitlab_signature("t-4", stamp, issue(3), b"x" * 32)
    for text in (f"{wrong} {right}", f"{right} {wrong}", f"v1a,abc v2,{wrong[3:]}  {right}", f"v1, {right}"):
        assert signed.signed(issue(3), name="t-4", signature=text).status_code == 202


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "v1",
        "v1,",
        "v1,====",
        "v1,bukan base64",
        "v2," + "A" * 43 + "=",
        "v1,\u00e9",
        "sha256=" + "0" * 64,
        " ".join(["v1," + "A" * 43 + "="] * 400),
    ],
)
def test_a_signature_that_is_none_is_refused(signed: Site, signature: str) -> None:
    refused(signed, signed.signed(issue(1), signature=signature.encode().decode("latin-1")))


@pytest.mark.parametrize("key", [b"", b"x" * 32, SIGNING.encode(), KEY[:-1]])
def test_a_signature_with_another_key_is_refused(signed: Site, key: bytes) -> None:
    refused(signed, signed.signed(issue(1), key=key))


def test_a_signature_of_a_body_written_anew_is_refused(signed: Site) -> None:
    body = issue(1, title="Aplikasi é")
    again = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()
    assert json.loads(again) == json.loads(body)
    refused(signed, signed.post("gitlab", again, gitlab_headers(body)))


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp"])
def test_id_and_time_stand_under_the_signature(signed: Site, header: str) -> None:
    headers = gitlab_headers(issue(1))
    headers[header] = {"webhook-id": "d-2", "webhook-timestamp": str(int(NOW.timestamp()) + 1)}[header]
    refused(signed, signed.post("gitlab", issue(1), headers))
    del headers[header]
    refused(signed, signed.post("gitlab", issue(1), headers))


@pytest.mark.parametrize("age", [6 * MINUTE, -6 * MINUTE, 400 * 24 * 60 * MINUTE])
def test_a_delivery_of_another_time_is_refused(signed: Site, age: timedelta) -> None:
    refused(signed, signed.signed(issue(1), at=NOW - age))


@pytest.mark.parametrize("age", [4 * MINUTE, -4 * MINUTE])
def test_clocks_may_differ_by_minutes(signed: Site, age: timedelta) -> None:
    assert signed.signed(issue(1), name=f"t-5-{age}", at=NOW - age).status_code == 202


@pytest.mark.parametrize(
    "stamp", ["", "sekarang", "1e9", "-1", "+1772438400", "9" * 13, "\u0661772438400", "1.5"]
)
def test_a_time_that_is_no_number_is_refused(signed: Site, stamp: str) -> None:
    sent = stamp.encode().decode("latin-1")
    headers = {**gitlab_headers(issue(1)), "webhook-timestamp": sent}
    headers["webhook-signature"] = gitlab_signature("d-1", stamp, issue(1))
    refused(signed, signed.post("gitlab", issue(1), headers))


def test_a_captured_delivery_sent_again_is_worked_once_whatever_other_name_it_is_given(signed: Site) -> None:
    headers = gitlab_headers(issue(9), name="t-6")
    for key in ("a", "b", "c"):
        assert signed.post("gitlab", issue(9), {**headers, "Idempotency-Key": key}).status_code == 202
    assert len(signed.located) == 1


def test_while_a_signing_token_is_exchanged_both_open(tmp_path: Path) -> None:
    site = Site(tmp_path, secrets=[OTHER, SIGNING])
    try:
        other = base64.b64decode(OTHER.removeprefix("whsec_"))
        assert site.signed(issue(1), name="a").status_code == 202
        assert site.signed(issue(2), name="b", key=other).status_code == 202
        assert site.signed(issue(3), name="c", key=b"x" * 32).status_code == 401
        assert site.waiting() == ["PA-2026-0001", "PA-2026-0002"]
    finally:
        site.close()


@pytest.mark.parametrize(
    "token", ["whsec_", "whsec_pendek", "whsec_" + "A" * 20, "whsec_bukan base64!" + "A" * 40]
)
def test_a_signing_token_that_is_none_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(UnusableSecret) as refusal:
        gitlab_seal([token])
    told = f"{refusal.value} {refusal.value.explain('id')} {refusal.value.explain('en')} {refusal.value!r}"
    assert token.removeprefix("whsec_") not in told or not token.removeprefix("whsec_")


# -- GitLab's secret token ----------------------------------------------------------------------------


def test_while_a_secret_is_exchanged_both_open(tmp_path: Path) -> None:
    site = Site(tmp_path, secrets=["baru", "lama", ""])
    try:
        codes = [site.send(issue(1), secret=one).status_code for one in ("baru", "lama", "", "barulama")]
        assert codes == [202, 202, 401, 401]
        codes = [site.github(github_issue(1), secret=one).status_code for one in ("baru", "lama", "")]
        assert codes == [202, 202, 401]
    finally:
        site.close()


def test_a_wrong_secret_is_refused_before_the_body_is_read(site: Site) -> None:
    """The body never ends; only who looks at it would wait for it."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=5) as line:
        line.sendall(
            b"POST /webhook/gitlab HTTP/1.1\r\nHost: laik\r\nX-Gitlab-Token: salah\r\n"
            b"Content-Length: 1000\r\n\r\n{"
        )
        assert b" 401 " in line.recv(1000)


# -- GitHub's signature -------------------------------------------------------------------------------


def test_a_signed_delivery_of_github_queues_its_case(site: Site) -> None:
    assert site.github(github_issue(42), delivery="g-1").status_code == 202
    assert site.waiting() == ["PA-2026-0042"]


def test_the_published_example_of_github_is_accepted() -> None:
    """docs.github.com, Validating webhook deliveries: testing the webhook payload validation."""
    seal = github_seal(["It's a Secret to Everybody"])
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert seal.holds({"x-hub-signature-256": signature}, b"Hello, World!")
    assert not seal.holds({"x-hub-signature-256": signature}, b"Hello, World! ")


def test_a_ping_is_answered_and_looks_at_nothing(site: Site) -> None:
    answer = site.github(b'{"zen": "Keep it simple.", "hook_id": 1}', event="ping")
    assert (answer.status_code, answer.json()) == (200, {"pesan": "pong"})
    assert site.located == []
    refused(site, site.github(b"{}", event="ping", secret="salah"))


def test_a_redelivery_of_github_is_worked_once(site: Site) -> None:
    for _ in range(3):
        assert site.github(github_issue(7), delivery="g-2").status_code == 202
    assert len(site.located) == 1


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sha256=",
        "sha1=" + "0" * 40,
        "sha256=" + "0" * 64,
        "sha256=" + "0" * 63,
        "sha256=" + "g" * 64,
        "SHA256=" + github_signature(github_issue(1))[7:],
        github_signature(github_issue(1)).upper(),
        github_signature(github_issue(1)) + "," + "0" * 64,
        github_signature(github_issue(1))[7:],
        github_signature(github_issue(1), "salah"),
        github_signature(github_issue(1), ""),
        github_signature(github_issue(2)),
        github_signature(b""),
        "sha256=" + "\u0661" * 64,
    ],
)
def test_a_wrong_signature_of_github_is_refused(site: Site, signature: str) -> None:
    headers = {"X-GitHub-Event": "issues", "X-Hub-Signature-256": signature.encode().decode("latin-1")}
    refused(site, site.post("github", github_issue(1), headers))


def test_a_body_without_any_signature_or_with_the_old_one_alone_is_refused(site: Site) -> None:
    old = "sha1=" + hmac.new(SECRET.encode(), github_issue(1), "sha1").hexdigest()
    refused(site, site.post("github", github_issue(1), {"X-GitHub-Event": "issues"}))
    refused(site, site.post("github", github_issue(1), {"X-GitHub-Event": "issues", "X-Hub-Signature": old}))
    refused(
        site, site.post("github", github_issue(1), {"X-GitHub-Event": "issues", "X-Gitlab-Token": SECRET})
    )


def test_a_github_signature_of_a_body_written_anew_is_refused(site: Site) -> None:
    body = github_issue(1, title="é")
    again = json.dumps(json.loads(body), ensure_ascii=False).encode()
    headers = {"X-GitHub-Event": "issues", "X-Hub-Signature-256": github_signature(body)}
    refused(site, site.post("github", again, headers))


def test_a_site_without_secrets_lets_github_in_neither(tmp_path: Path) -> None:
    site = Site(tmp_path, secrets=[""])
    try:
        refused(site, site.github(github_issue(1), secret=""))
    finally:
        site.close()


# -- how it is compared -------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [True, False])
def test_nothing_but_the_constant_time_comparison_decides(
    monkeypatch: pytest.MonkeyPatch, answer: bool
) -> None:
    """With a comparison that always says the same, right and wrong are let in or kept out alike."""
    asked: list[tuple[int, int]] = []

    def compare(one: bytes, other: bytes) -> bool:
        asked.append((len(one), len(other)))
        return answer

    monkeypatch.setattr(seals.hmac, "compare_digest", compare)
    plain, signed, github = gitlab_seal([SECRET]), gitlab_seal([SIGNING]), github_seal([SECRET])
    for secret in (SECRET, "", "salah", SECRET + "x", "x" * 5000):
        assert plain.may_read({"x-gitlab-token": secret}, NOW) is answer
    for key in (KEY, b"x" * 32):
        assert signed.holds(gitlab_headers(b"{}", key=key), b"{}") is answer
    for secret in (SECRET, "salah"):
        assert github.holds({"x-hub-signature-256": github_signature(b"{}", secret)}, b"{}") is answer
    assert set(asked) == {(32, 32)}  # of one length, whatever was sent: not even that can be measured
    assert len(asked) == 9


def test_every_secret_is_compared_also_after_one_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    real = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        asked.append(other)
        return real(one, other)

    monkeypatch.setattr(seals.hmac, "compare_digest", compare)
    assert gitlab_seal(["a", "b", "c"]).may_read({"x-gitlab-token": "a"}, NOW)
    assert len(asked) == 3


def test_no_secret_is_compared_with_an_operator() -> None:
    """``==`` and ``in`` stop at the first byte that differs; none stands where a secret is at hand."""
    tree = ast.parse(Path(seals.__file__).read_text(encoding="utf-8"))
    watched = {"may_read", "holds", "_one_of"}
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name in watched]
    assert len(functions) == 7  # two in the protocol, two in each seal, and the comparison itself
    for function in functions:
        for compare in (one for one in ast.walk(function) if isinstance(one, ast.Compare)):
            operators = {type(operator) for operator in compare.ops}
            assert operators <= {ast.LtE, ast.IsNot}, ast.unparse(compare)


def test_seals_show_nothing_of_what_they_hold() -> None:
    told = f"{gitlab_seal([SECRET])!r} {gitlab_seal([SIGNING])!r} {github_seal([SECRET])!r}"
    for hidden in (SECRET, SIGNING, KEY.decode()):
        assert hidden not in told


def test_refusals_leave_no_trace_of_what_was_sent_or_wanted(
    site: Site, signed: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    right = github_signature(github_issue(1))
    answers = [
        site.send(secret="Tebakan-Rahasia"),
        signed.signed(issue(1), key=b"Tebakan-Kunci" * 3),
        site.github(github_issue(1), secret="Tebakan-Rahasia"),
        site.post(
            "github", github_issue(2, title="Isi"), {"X-Hub-Signature-256": right, "X-GitHub-Event": "x"}
        ),
    ]
    assert [answer.status_code for answer in answers] == [401] * 4
    told = caplog.text + "".join(answer.text + str(answer.headers) for answer in answers)
    forged = github_signature(github_issue(1), "Tebakan-Rahasia")
    for hidden in (SECRET, SIGNING, KEY.decode(), "Tebakan", right, right[7:], forged[7:], "Isi"):
        assert hidden not in told
    assert len({answer.text for answer in answers}) == 1  # whoever guesses learns nothing from the words
