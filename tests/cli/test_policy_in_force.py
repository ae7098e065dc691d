"""``laik policy show`` and ``laik policy admit`` on laik's machine, against a running forge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from automation import cli
from automation.core.errors import InvalidPolicy
from automation.core.policyadmission import operator_entry, standing_policy
from automation.demo import organisation as org
from automation.inforce import change_to
from automation.keys import POLICY
from automation.signing.keyfiles import RING, SIGNING, make_keys
from tests.effects.neutral import Neutral, neutral_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neutral]:
    with neutral_world(tmp_path_factory.mktemp("kebijakan"), "gitlab") as made:
        yield made


@pytest.fixture(autouse=True)
def machine(world: Neutral, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings of the machine laik runs on; afterwards the branch has what is in force."""
    settings = world.laik.settings
    token = settings.state / "token"
    token.touch(mode=0o600)
    token.write_text(settings.token)
    for name, value in {
        "LAIK_FORGE": "gitlab",
        "LAIK_URL": settings.url,
        "LAIK_KENDALI": settings.control_path,
        "LAIK_STATE": str(settings.state),
        "LAIK_STORE": settings.store_url,
        "LAIK_OUT": str(settings.out),
        "LAIK_TOKEN_FILE": str(token),
        "LAIK_WRITE_SPACING": "0",
    }.items():
        monkeypatch.setenv(name, value)
    yield
    office = world.laik.office.read(secret=False)
    if office.policy_differs:
        pushed(world, office.policy_text)


def in_force(world: Neutral) -> bytes:
    return world.laik.office.read(secret=False).policy_text


def pushed(world: Neutral, text: bytes | None) -> None:
    world.who(org.OWNER).push(org.CONTROL, {"laik.yaml": text}, "Uji")


def changed(world: Neutral, value: int) -> bytes:
    return in_force(world).replace(b"ttl: 3600", b"ttl: %d" % value)


def entries(world: Neutral) -> list[Any]:
    return [one for one in world.laik.store.ledger.entries(POLICY) if one.kind == "policy"]


def asked(monkeypatch: pytest.MonkeyPatch, answer: bool) -> list[str]:
    """Whoever sits there answers so; what was asked."""
    questions: list[str] = []

    def confirm(question: str, **_: object) -> bool:
        questions.append(question)
        return answer

    monkeypatch.setattr("click.confirm", confirm)
    return questions


def shown(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    capsys.readouterr()
    assert cli.run(["policy", "show", *options]) == 0
    return capsys.readouterr().out


def test_before_laik_ran_none_is_in_force_and_looking_takes_none(
    world: Neutral, capsys: pytest.CaptureFixture[str]
) -> None:
    if not entries(world):
        assert "Belum ada kebijakan yang berlaku" in shown(capsys)
        told = json.loads(shown(capsys, "--json"))
        assert (told["in_force"], told["differs"], told["problems"]) == (None, True, [])
        assert entries(world) == []
    in_force(world)
    assert len(entries(world)) == 1


def test_the_policy_in_force_is_shown_with_its_entry_and_owners(
    world: Neutral, capsys: pytest.CaptureFixture[str]
) -> None:
    in_force(world)
    told = shown(capsys)
    standing = standing_policy(world.laik.store.ledger.entries(POLICY))
    assert standing is not None
    assert "kebijakan pertama yang dikenal buku besar" in told
    assert f"entri {standing.seq}" in told
    assert standing.digest in told
    assert f"Pemilik: {', '.join((org.ICT_HEAD, *org.REVIEWERS))}" in told
    assert told.rstrip().endswith("diskominfo/kendali/laik.yaml: sama.")
    data = json.loads(shown(capsys, "--json"))
    assert (data["differs"], data["differences"], data["problems"]) == (False, [], [])
    assert data["in_force"]["sha256"] == standing.digest
    assert (data["in_force"]["way"], data["in_force"]["merge_request"]) == ("first", 0)


def test_what_differs_on_the_branch_is_shown_key_by_key(
    world: Neutral, capsys: pytest.CaptureFixture[str]
) -> None:
    pushed(world, changed(world, 7200))
    told = shown(capsys)
    assert "lain daripada yang berlaku" in told
    assert "  hosting.ttl: 3600 -> 7200" in told
    assert "tidak dapat berlaku" not in told
    data = json.loads(shown(capsys, "--json"))
    assert data["differences"] == [{"key": "hosting.ttl", "before": "3600", "after": "7200"}]
    assert b"ttl: 3600" in in_force(world)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"format: [", "tidak dapat berlaku"),
        (b"format: laik/kebijakan/1\nbot: \x1b[2J\n", "tidak dapat berlaku"),
        (None, "dihapus"),
    ],
)
def test_one_that_cannot_be_in_force_is_shown_with_why_and_is_not_admitted(
    world: Neutral,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    text: bytes | None,
    why: str,
) -> None:
    before = in_force(world)
    pushed(world, text)
    told = shown(capsys)
    assert why in told
    assert "\x1b" not in told
    assert json.loads(shown(capsys, "--json"))["problems"]
    questions, count = asked(monkeypatch, answer=True), len(entries(world))
    assert cli.run(["policy", "admit", "--yes"]) == 1
    assert cli.run(["policy", "admit"]) == 1
    said = capsys.readouterr().err
    assert "Perbaiki laik.yaml pada cabang utama" in said
    assert "Mend laik.yaml" in said
    assert (questions, len(entries(world)), in_force(world)) == ([], count, before)


def test_where_nothing_differs_nothing_is_admitted(
    world: Neutral, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(world)
    questions, count = asked(monkeypatch, answer=True), len(entries(world))
    assert cli.run(["policy", "admit"]) == 0
    assert "sama." in capsys.readouterr().out
    assert (questions, len(entries(world))) == ([], count)


def test_who_answers_no_changes_nothing(
    world: Neutral, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed(world, changed(world, 7200))
    questions, count = asked(monkeypatch, answer=False), len(entries(world))
    assert cli.run(["policy", "admit"]) == 1
    told = capsys.readouterr().out
    assert "hosting.ttl: 3600 -> 7200" in told
    assert "Tidak ada yang berubah." in told
    assert (len(questions), len(entries(world))) == (1, count)


def test_without_a_person_to_ask_nothing_changes(
    world: Neutral, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    pushed(world, changed(world, 7200))
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    count = len(entries(world))
    assert cli.run(["policy", "admit"]) == 130
    assert len(entries(world)) == count


def test_a_policy_is_admitted_by_hand_and_back(
    world: Neutral, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = in_force(world)
    pushed(world, changed(world, 7200))
    questions = asked(monkeypatch, answer=True)
    assert cli.run(["policy", "admit"]) == 0
    told = capsys.readouterr().out
    assert len(questions) == 1
    assert "laik reconcile --all" in told
    assert "laik ledger sign" not in told
    last = entries(world)[-1]
    assert (last.body["way"], last.body["agreed"], f"entri {last.seq}" in told) == ("operator", [], True)
    assert b"ttl: 7200" in in_force(world)
    assert "diputuskan dengan tangan" in shown(capsys)
    pushed(world, old)
    assert cli.run(["policy", "admit", "--yes"]) == 0
    assert len(questions) == 1
    assert in_force(world) == old


def test_with_keys_it_says_that_a_hand_signs_it(
    world: Neutral, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = world.laik.settings.state / "kunci"
    make_keys(keys)
    monkeypatch.setenv("LAIK_SIGNING_KEY_FILE", str(keys / SIGNING))
    monkeypatch.setenv("LAIK_KEYRING", str(keys / RING))
    old = in_force(world)
    pushed(world, changed(world, 5400))
    assert cli.run(["policy", "admit", "--yes"]) == 0
    assert "laik ledger sign --all" in capsys.readouterr().out
    monkeypatch.delenv("LAIK_SIGNING_KEY_FILE")
    monkeypatch.delenv("LAIK_KEYRING")
    pushed(world, old)
    assert cli.run(["policy", "admit", "--yes"]) == 0


def test_a_lost_text_is_told_and_the_branch_is_admitted_by_hand(
    world: Neutral, capsys: pytest.CaptureFixture[str]
) -> None:
    in_force(world)
    standing = standing_policy(world.laik.store.ledger.entries(POLICY))
    assert standing is not None
    lost = {**entries(world)[-1].body, "digest": "9" * 64, "blob": "9" * 40, "before": standing.digest}
    ledger = world.laik.store.ledger
    ledger.append(POLICY, "policy", lost, at=standing.at, expect=ledger.last_seq(POLICY))
    told = shown(capsys)
    assert "Pemilik: -" in told
    assert "lain daripada yang berlaku" in told
    assert json.loads(shown(capsys, "--json"))["in_force"]["owners"] is None
    assert cli.run(["policy", "admit", "--yes"]) == 0
    assert b"ttl: 3600" in in_force(world)


def test_a_policy_in_force_that_is_refused_since_says_how_another_one_gets_there(
    world: Neutral, capsys: pytest.CaptureFixture[str]
) -> None:
    """Admitted by an older laik with half a certificate pair, which is refused when it is read now."""
    good, keeper = in_force(world), world.laik.office.in_force
    half = good.replace(b"  ttl: 3600", b"  ttl: 3600\n  sertifikat: /etc/a.pem")
    standing = keeper.standing()
    keeper.admit(half, operator_entry(change_to(half, ()), standing), over=standing)
    with pytest.raises(InvalidPolicy) as refusal:
        in_force(world)
    assert "hosting.kunci_sertifikat" in refusal.value.message.id
    for remedy in (refusal.value.remedy.id, refusal.value.remedy.en):
        assert "`laik policy admit`" in remedy
    assert cli.run(["policy", "admit", "--yes"]) == 0
    assert in_force(world) == good
