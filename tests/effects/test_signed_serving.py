"""With keys, what is served is what was signed: an unsigned admission waits, a tampered ledger is alarmed."""

from __future__ import annotations

import json
import shlex
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from automation.core.errors import CheckFailed
from automation.demo import organisation as org
from automation.reconciler import SERVING
from automation.serving import BELL, LedgerBroken, Serving
from automation.signer import sign_pending
from automation.signing.keyfiles import (
    MEMORY,
    RING,
    ROOT,
    SIGNING,
    load_private,
    load_ring,
    make_keys,
    rotate,
)
from automation.witness import Witness, journal_of
from tests.effects.world import World, running_world

PATH = "permohonan/bertanda.yaml"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """laik signs under its own account from its first entry on."""
    folder: Path = tmp_path_factory.mktemp("bertanda")
    keys = folder / "kunci"
    make_keys(keys)
    with running_world(folder, signing_key=keys / SIGNING, keyring=keys / RING) as running:
        yield running


@pytest.fixture(scope="module")
def case(world: World) -> str:
    """One case served from signed entries, its name ``bertanda``."""
    key, _ = world.approved("bertanda")
    world.settle(key)
    assert world.memory(key).finished
    world.laik.witness.sign()
    return key


def alarms(world: World) -> list[str]:
    issues = world.project(org.CONTROL).issues.list(get_all=True, state="opened")
    found = [one.iid for one in issues if one.title == BELL.title]
    return [card for iid in found for card in world.cards(org.CONTROL, iid)]


def test_a_case_runs_to_its_end_with_every_entry_signed(world: World, case: str) -> None:
    assert world.laik.store.signatures.counts() == (len(world.laik.store.ledger.all_links()),) * 2
    assert json.loads((world.laik.settings.out / MEMORY).read_text())["serial"] > 0
    assert b"bertanda" in b"".join(world.served().values())
    assert alarms(world) == []


def test_apply_refuses_to_go_on_without_the_ring_it_has_served_by(world: World, case: str) -> None:
    """A stolen laik account hands apply no ring, or another ledger's."""
    for keyring in (None, make_other_ring(world)):
        serving = _with(world, keyring=keyring)
        with pytest.raises(LedgerBroken):
            serving.check()
        assert alarms(world)
    world.settle(SERVING)
    assert alarms(world) == []


def make_other_ring(world: World) -> Path:
    folder = world.folder / "kunci-lain"
    make_keys(folder)
    return folder / RING


def test_what_a_stolen_key_signed_stays_served_until_somebody_has_looked_at_it(
    world: World, case: str
) -> None:
    """The root takes back the key's whole turn; no name goes out of service for want of a signature."""
    before, keys = world.served(), world.folder / "kunci"
    rotate(keys, first=1, root=keys / ROOT)
    with pytest.raises(LedgerBroken) as refusal:
        world.settle(SERVING)
    assert f"kasus {case} entri" in refusal.value.explain("id")
    assert world.served() == before
    assert case in alarms(world)[0]
    done = sign_pending(
        world.laik.store,
        load_private(keys / SIGNING),
        load_ring(keys / RING),
        memory=keys / MEMORY,
        vouched=None,
    )
    assert done.refused == ()
    world.settle(SERVING)
    assert alarms(world) == []
    assert world.served() == before


def test_a_signer_of_another_account_gets_what_laik_vouches_for_and_no_secret(
    world: World, case: str, tmp_path: Path
) -> None:
    keys = world.folder / "kunci"
    given = tmp_path / "diberi.json"
    program = tmp_path / "tanda.py"
    command = [sys.executable, "-m", "automation", "ledger", "sign"]
    command += ["--key", str(keys / SIGNING), "--keyring", str(keys / RING)]
    program.write_text(
        "import json, os, subprocess, sys\n"
        "text = sys.stdin.buffer.read()\n"
        f"json.dump([sys.argv[1:], sorted(os.environ), text.decode()], open({str(given)!r}, 'w'))\n"
        f"sys.exit(subprocess.run([*{command!r}, *sys.argv[1:]], input=text).returncode)\n"
    )
    settings = replace(
        world.laik.settings, signing_key=None, sign=tuple(shlex.split(f"{sys.executable} {program}"))
    )
    ledger = world.laik.store.ledger
    entry = ledger.append(
        case, "forged_status", {"project": 2}, at=world.laik.serving._now(), expect=ledger.last_seq(case)
    )
    witness = Witness(settings, world.laik.store, journal_of(settings))
    witness.sign()
    arguments, environment, vouched = json.loads(given.read_text())
    assert arguments == ["--json"]
    assert f"{case} {entry.seq} {entry.digest}" in vouched
    assert {name for name in environment if name.startswith("LAIK")} <= {"LAIK_STORE", "LAIK_FORBID_SKIPS"}
    assert world.laik.store.signatures.rows(case)[-1].seq == entry.seq
    assert journal_of(settings).vouched() == ()


def test_a_signer_that_fails_is_told_and_what_waits_stays(world: World, case: str) -> None:
    settings = replace(world.laik.settings, signing_key=None, sign=("/tiada/program",))
    ledger = world.laik.store.ledger
    ledger.append(
        case, "forged_status", {"project": 3}, at=world.laik.serving._now(), expect=ledger.last_seq(case)
    )
    journal = journal_of(settings)
    for program in (("/tiada/program",), (sys.executable, "-c", "print('bukan json')")):
        witness = Witness(replace(settings, sign=program), world.laik.store, journal)
        with pytest.raises(CheckFailed, match="Penandatanganan ditolak"):
            witness.sign()
    assert len(journal.vouched()) == 1
    world.laik.witness.sign()
    assert journal.vouched() == ()


def test_an_admission_by_whoever_can_write_to_the_database_alone_is_not_served_but_alarmed(
    world: World, case: str
) -> None:
    """He can chain it well and laik itself believes it; nobody signs it, so apply leaves it out."""
    before = world.served()
    other = world.laik.store.ledger
    journal, other._journal = other._journal, None  # written past laik: no journal, the same database
    try:
        seq = other.last_seq("PA-2026-9999")
        body = {
            "path": "permohonan/gelap.yaml",
            "blob": "a" * 40,
            "sha": "c" * 40,
            "decision": "d" * 64,
            "merge_request": 99,
            "merge_sha": "c" * 40,
            "removed": False,
        }
        other.append("PA-2026-9999", "admitted", body, at=world.laik.serving._now(), expect=seq)
    finally:
        other._journal = journal
    world.settle(SERVING)
    assert world.served() == before
    assert "PA-2026-9999" in alarms(world)[0]
    assert "belum bertanda tangan" in alarms(world)[0]
    other.append(
        case, "forged_status", {"project": 1}, at=world.laik.serving._now(), expect=other.last_seq(case)
    )
    with pytest.raises(CheckFailed, match="PA-2026-9999"):
        world.laik.witness.sign()  # that case is told, the rest of the ledger goes on
    total, signed = world.laik.store.signatures.counts()
    assert total - signed == 1


def test_a_ledger_changed_behind_laiks_back_keeps_the_last_good_state_and_names_the_entry(
    world: World, case: str
) -> None:
    before = world.served()
    database = sqlite3.connect(world.laik.settings.store_url.removeprefix("sqlite:///"))
    (seq, body) = database.execute(
        "SELECT seq, body FROM ledger WHERE case_key = ? AND kind = 'admitted'", (case,)
    ).fetchone()
    with database:
        database.execute("DROP TRIGGER ledger_no_update")
        blob = json.loads(body)["blob"]
        changed = body.replace(blob, "a" * 40)
        database.execute("UPDATE ledger SET body = ? WHERE case_key = ? AND seq = ?", (changed, case, seq))
    with pytest.raises(LedgerBroken) as refusal:
        world.settle(SERVING)
    assert f"{case} entri {seq}" in refusal.value.explain("id")
    assert world.served() == before
    assert f"{case} entri {seq}" in alarms(world)[0]
    with database:
        database.execute("UPDATE ledger SET body = ? WHERE case_key = ? AND seq = ?", (body, case, seq))
    database.close()
    world.settle(SERVING)
    assert f"{case} entri {seq}" not in "".join(alarms(world))


def _with(world: World, **changed: object) -> Serving:
    laik = world.laik
    settings = replace(laik.settings, **changed)  # type: ignore[arg-type]
    return Serving(settings, laik.forge, laik.store, laik.office, now=laik.serving._now)
