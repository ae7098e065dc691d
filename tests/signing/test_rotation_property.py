"""Any history of signing, rotation, theft and recovery: what counts is signed by a key in its turn."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automation.core.attest import BadSignature
from automation.core.verified import admitted_by
from automation.signing.keyfiles import ROOT, rotate
from tests.signedworld import SignedWorld, signed_world

EXAMPLES = 40
STEPS = st.sampled_from(["append", "admit", "sign", "forge", "rotate", "recover", "vouch"])
FOLDERS = itertools.count()


def play(world: SignedWorld, steps: list[str]) -> None:
    cases = itertools.count(1)
    for step in steps:
        last = world.verified().mark.serial
        if step == "append":
            world.append("PA-2026-0500", "linked", {"kind": "berkas", "project": 3})
        elif step == "admit":
            number = next(cases)
            world.tell(f"PA-2026-{number:04d}", f"permohonan/nama{number}.yaml")
        elif step == "sign":
            world.sign()
        elif step == "forge":
            world.store.ledger._journal = None  # somebody who can write to the database alone
            world.append(f"PA-2026-9{next(cases):03d}", "admitted", _body(next(cases)))
            world.store.ledger._journal = world.journal
        elif step == "rotate" and last >= world.ring.current.first:
            rotate(world.keys, first=last + 1)
        elif step == "recover":
            rotate(world.keys, first=max(1, last - 2), root=world.keys / ROOT)
        elif step == "vouch":
            world.sign(everything=True)


def _body(number: int) -> dict[str, object]:
    from tests.signedworld import admission

    return admission(f"permohonan/gelap{number}.yaml")


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=12))
def test_whatever_happens_nothing_counts_that_no_key_in_turn_has_signed(
    tmp_path: Path, steps: list[str]
) -> None:
    folder = tmp_path / str(next(FOLDERS))
    folder.mkdir()
    with signed_world(folder) as world:
        play(world, steps)
        verified, ring = world.verified(), world.ring
        rows = world.store.signatures.rows()
        in_turn = {
            (row.case, row.seq)
            for row in rows
            for key in ring.keys
            if f'"{key.id}"' in row.envelope and key.covers(row.serial)
        }
        assert verified.numbers() == in_turn
        for case in world.store.ledger.cases():
            counted = sorted(seq for name, seq in in_turn if name == case)
            assert counted == list(range(1, len(counted) + 1)), "a case is signed from its first entry on"
        served = admitted_by(verified.signed)
        assert not [one for one in served if "gelap" in one.path]
        assert all((one.case, one.seq) in in_turn for one in served)
        if rows:
            world.sql("DELETE FROM signatures WHERE serial = (SELECT MAX(serial) FROM signatures)")
            with pytest.raises(BadSignature):
                world.verified(seen=verified.mark)


def test_the_number_of_histories_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nledger: {EXAMPLES} histories of signing, rotation, theft and recovery")
    assert EXAMPLES >= 40
