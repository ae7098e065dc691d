"""``laik ledger``: keys, signing and verifying from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.cli import run
from automation.signing.keyfiles import MEMORY, RING, ROOT, SIGNING
from automation.store.journal import write_vouched
from tests.signedworld import CASE, SignedWorld, signed_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SignedWorld]:
    with signed_world(tmp_path) as made:
        yield made


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def test_new_keys_are_told_with_what_to_do_with_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ledger", "key", "new", str(tmp_path / "k")]) == 0
    out = capsys.readouterr().out
    assert str(tmp_path / "k" / ROOT) in out
    assert "luring" in out
    assert "PRIVATE" not in out
    assert run(["ledger", "key", "new", str(tmp_path / "k")]) == 1
    assert "sudah ada" in capsys.readouterr().err


def test_signing_reads_what_laik_vouches_for_and_tells_what_it_refused(
    world: SignedWorld, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    world.append(CASE, "accepted", {})
    world.append(CASE, "applied", {"decision": "x"})
    options = ["--ledger", world.url, "--key", str(world.keys / SIGNING), "--keyring", str(world.keys / RING)]
    monkeypatch.setattr("sys.stdin", io.StringIO(write_vouched(world.journal.vouched())))
    assert run(["ledger", "sign", *options, "--json"]) == 1
    answer = said(capsys)
    assert (answer["signed"], answer["waiting"]) == (1, 1)
    assert [(one["case"], one["seq"]) for one in answer["refused"]] == [(CASE, 2)]  # type: ignore[attr-defined]
    assert run(["ledger", "sign", *options, "--all"]) == 1
    assert "bukan putusan terakhir" in capsys.readouterr().err
    assert (world.keys / MEMORY).exists()


def test_verifying_says_what_was_looked_at(world: SignedWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world.append(CASE, "accepted", {})
    assert run(["ledger", "verify", "--ledger", world.url]) == 0
    assert "Tanda tangan tidak diperiksa" in capsys.readouterr().out
    ring = ["--keyring", str(world.keys / RING)]
    assert run(["ledger", "verify", "--ledger", world.url, *ring]) == 1, "an entry is not signed"
    world.sign()
    capsys.readouterr()
    assert run(["ledger", "verify", "--ledger", world.url, *ring, "--json"]) == 0
    assert said(capsys) == {"ok": True, "entries": 1, "signed": 1, "trusted": True}
    world.sql("UPDATE ledger SET body = '{}x'")
    for more in ([], ring):
        assert run(["ledger", "verify", "--ledger", world.url, *more]) == 1
        told = capsys.readouterr().err
        assert f"{CASE} entri 1" in told
        assert "The chain breaks at entry 1" in told


def test_keys_are_changed_from_the_last_signature_on(
    world: SignedWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    rotate = ["ledger", "key", "rotate", str(world.keys)]
    assert run(rotate) == 2, "nothing was signed here yet"
    world.append(CASE, "accepted", {})
    world.sign()
    capsys.readouterr()
    assert run([*rotate, "--json"]) == 0
    keys = said(capsys)["keys"]
    assert [(one["first"], one["last"]) for one in keys] == [(1, 1), (2, None)]  # type: ignore[attr-defined]
    assert run([*rotate, "--first", "2", "--root", str(world.keys / ROOT)]) == 0
    assert world.ring.current.by_root


@pytest.mark.parametrize("verb", [("verify",), ("sign", "--all", "--key", "k", "--keyring", "r")])
def test_a_mistyped_address_is_no_whole_ledger(
    world: SignedWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: tuple[str, ...]
) -> None:
    keys = {"k": str(world.keys / SIGNING), "r": str(world.keys / RING)}
    missing = tmp_path / "salah-ketik.sqlite3"
    command = ["ledger", *(keys.get(one, one) for one in verb), "--ledger", f"sqlite:///{missing}"]
    assert run(command) == 1
    assert "Tidak ada buku besar pada alamat itu" in capsys.readouterr().err
    assert not missing.exists()
