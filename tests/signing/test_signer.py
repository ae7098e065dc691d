"""The signer signs what laik vouches for and what follows; what was signed stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.core.attest import BadSignature
from automation.core.errors import LedgerConflict
from automation.core.verified import SignatureRow, admitted_by, waiting
from automation.signer import sign_pending
from automation.signing.ed25519 import PrivateKey
from automation.signing.keyfiles import (
    MEMORY,
    RING,
    ROOT,
    SIGNING,
    load_mark,
    load_private,
    make_keys,
    rotate,
)
from tests.signedworld import BLOB, CASE, DECISION, OTHER, SignedWorld, admission, intent, signed_world

PATH = "permohonan/pajak.yaml"


def forge(world: SignedWorld, kind: str, body: str, *, case: str = CASE, seq: int) -> None:
    """Append an entry as somebody with write access to the database could: well chained, and not laik."""
    from automation.core.chain import link_digest

    links = world.store.ledger.links(case)
    previous = links[-1].digest if links else ""
    at = "2026-03-02T08:00:00.000000Z"
    digest = link_digest(case, seq, kind, body, at, previous)
    world.sql(
        "INSERT INTO ledger (case_key, seq, kind, body, at, previous, digest) VALUES"
        f" ('{case}', {seq}, '{kind}', '{body}', '{at}', '{previous}', '{digest}')"
    )


def test_a_case_is_signed_whole_and_verifies(world: SignedWorld) -> None:
    world.tell(CASE, PATH)
    done = world.sign()
    assert (done.signed, done.refused, done.waiting) == (5, (), 0)
    verified = world.verified()
    assert [link.seq for link in verified.signed] == [1, 2, 3, 4, 5]
    assert [(one.path, one.case) for one in admitted_by(verified.signed)] == [(PATH, CASE)]
    assert world.journal.vouched() == ()
    assert world.sign().signed == 0


def test_signing_goes_on_where_it_stopped(world: SignedWorld) -> None:
    world.append(CASE, "accepted", {})
    world.sign()
    world.append(OTHER, "accepted", {})
    world.append(CASE, "linked", {"kind": "berkas", "project": 3})
    assert world.sign().signed == 2
    assert [(row.serial, row.case, row.seq) for row in world.store.signatures.rows()] == [
        (1, CASE, 1),
        (2, OTHER, 1),
        (3, CASE, 2),
    ]
    assert world.verified().mark.serial == 3


def test_an_entry_that_laik_has_not_recorded_is_not_signed_nor_what_comes_after_it(
    world: SignedWorld,
) -> None:
    """The attack: write access to the database, without laik's account and without a key."""
    world.append(CASE, "accepted", {})
    world.sign()
    forge(world, "act", "{}", seq=2)
    world.append(CASE, "linked", {"kind": "berkas", "project": 3})
    world.append(OTHER, "accepted", {})
    done = world.sign()
    assert [(one.case, one.seq) for one in done.refused] == [(CASE, 2)]
    assert "jurnal" in done.refused[0].reason.id
    assert done.signed == 1, "the other case goes on"
    assert world.verified().numbers() == {(CASE, 1), (OTHER, 1)}


def test_a_person_may_vouch_for_everything_that_is_there(world: SignedWorld) -> None:
    """A ledger from before signing was switched on."""
    world.tell(CASE, PATH)
    world.journal.path.unlink()
    assert world.sign().signed == 0
    assert world.sign(everything=True).signed == 5


@pytest.mark.parametrize(
    ("kind", "body", "named"),
    [
        ("admitted", admission(PATH), "tidak pernah dinyatakan"),
        ("admitted", admission(PATH, removed=True), "tidak dipegang"),
        ("merge_intended", intent(PATH), "tidak ada persetujuan"),
        ("act", {"ruling": "approved", "step": "x", "digest": DECISION}, "tidak pernah tampil"),
        ("applied", {"decision": DECISION}, "bukan putusan terakhir"),
        ("accepted", {}, "sudah diterima"),
    ],
)
def test_what_does_not_follow_from_the_story_so_far_is_not_signed(
    world: SignedWorld, kind: str, body: dict[str, object], named: str
) -> None:
    world.append(CASE, "accepted", {})
    world.append(CASE, kind, body)
    done = world.sign(everything=True)
    assert [(one.seq, named in one.reason.id) for one in done.refused] == [(2, True)]
    assert done.signed == 1


def test_an_admission_with_another_content_than_was_intended_is_not_signed(world: SignedWorld) -> None:
    world.tell(CASE, PATH)
    world.append(CASE, "merge_intended", intent(PATH))
    world.append(CASE, "admitted", admission(PATH, blob="a" * 40))
    assert [one.seq for one in world.sign().refused] == [7]


def test_a_name_that_another_case_holds_is_not_signed_away(world: SignedWorld) -> None:
    world.tell(CASE, PATH)
    world.sign()
    world.tell(OTHER, "permohonan/lain.yaml")
    world.append(OTHER, "merge_intended", intent(PATH))
    body = str(admission(PATH)).replace("'", '"').replace("False", "false").replace(" ", "")
    forge(world, "admitted", body, case=OTHER, seq=7)
    done = world.sign(everything=True)
    assert [(one.case, one.seq, CASE in one.reason.id) for one in done.refused] == [(OTHER, 7, True)]


def test_of_two_signers_at_once_one_loses_and_nothing_is_signed_twice(world: SignedWorld) -> None:
    """A stalled signer wakes up with what it read before; it must lose, whatever it has prepared."""
    world.append(CASE, "accepted", {})
    key = load_private(world.keys / SIGNING)
    payload = b"{}"
    stalled = (SignatureRow(1, CASE, 1, key.envelope(payload).text()), key.id)
    world.sign()
    with pytest.raises(LedgerConflict):
        world.store.signatures.append([stalled])
    late = (SignatureRow(2, CASE, 1, key.envelope(payload).text()), key.id)
    with pytest.raises(LedgerConflict):
        world.store.signatures.append([late])
    assert len(world.store.signatures.rows()) == 1


def test_a_batch_that_loses_keeps_none_of_it(world: SignedWorld) -> None:
    world.append(CASE, "accepted", {})
    rows = [(SignatureRow(serial, CASE, serial, "x"), "k") for serial in (1, 2)]
    with pytest.raises(LedgerConflict):
        world.store.signatures.append(rows)  # entry 2 is not there
    assert world.store.signatures.rows() == ()


MINE, THEIRS = "case_key = 'PA-2026-0001'", "case_key = 'PA-2026-0002'"
COPIED = "(SELECT envelope FROM signatures WHERE serial = 2)"


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (
            [
                f"DELETE FROM signatures WHERE {THEIRS} AND seq = 2",
                f"UPDATE signatures SET {THEIRS}, seq = 2 WHERE serial = 2",
            ],
            "bukan entri ini",
        ),
        ([f"UPDATE signatures SET envelope = {COPIED} WHERE serial = 3"], "bukan entri ini"),
        (["DELETE FROM signatures WHERE serial = 2"], "Tanda 2 hilang"),
        ([f"UPDATE ledger SET body = '{{\"x\":1}}' WHERE {MINE} AND seq = 2"], "Rantai putus"),
        ([f"DELETE FROM ledger WHERE {MINE} AND seq = 5"], "entri yang ditandatanganinya"),
        (["UPDATE signatures SET envelope = '{}' WHERE serial = 4"], "Amplop"),
    ],
    ids=["other_case", "other_seq", "left_out", "changed", "cut_off", "no_envelope"],
)
def test_a_change_behind_laiks_back_is_named(world: SignedWorld, statements: list[str], named: str) -> None:
    world.tell(CASE, PATH)
    world.tell(OTHER, "permohonan/lain.yaml")
    world.sign()
    world.sql(*statements)
    with pytest.raises(BadSignature) as refusal:
        world.verified()
    assert named in refusal.value.explain("id")
    assert "PA-2026-000" in str(refusal.value.where)


def test_a_changed_entry_with_its_chain_mended_is_still_found(world: SignedWorld) -> None:
    """Without a key the chain can be written anew from the change on; the signatures cannot."""
    from automation.core.chain import link_digest

    world.tell(CASE, PATH)
    world.sign()
    links = world.store.ledger.links(CASE)
    previous, statements = links[0].digest, []
    for link in links[1:]:
        body = link.body.replace(BLOB, "a" * 40)
        digest = link_digest(CASE, link.seq, link.kind, body, link.at, previous)
        statements.append(
            f"UPDATE ledger SET body = '{body}', previous = '{previous}', digest = '{digest}'"
            f" WHERE seq = {link.seq}"
        )
        previous = digest
    world.sql(*statements)
    assert world.store.ledger.verify(CASE) is None, "the chain alone holds"
    with pytest.raises(BadSignature, match="bukan entri ini"):
        world.verified()


def test_a_ledger_that_was_put_back_is_refused_by_whoever_has_seen_more(world: SignedWorld) -> None:
    world.append(CASE, "accepted", {})
    world.sign()
    world.append(CASE, "linked", {"kind": "berkas", "project": 3})
    world.sign()
    seen = world.verified().mark
    world.sql("DELETE FROM signatures WHERE serial = 2", "DELETE FROM ledger WHERE seq = 2")
    assert world.verified().mark.serial == 1, "in itself it is whole"
    with pytest.raises(BadSignature, match="pernah terlihat sampai tanda 2"):
        world.verified(seen=seen)
    world.append(CASE, "finished", {})
    with pytest.raises(BadSignature, match="pernah terlihat sampai tanda 2"):
        world.sign()  # the signer remembers for himself, and does not sign a second history


def test_the_envelopes_of_another_ledger_with_the_same_entries_are_refused(
    world: SignedWorld, tmp_path: Path
) -> None:
    """Replay: a trial beside the real ledger, whose signatures are carried over."""
    (tmp_path / "lain").mkdir()
    with signed_world(tmp_path / "lain") as other:
        for one in (world, other):
            one.append(CASE, "accepted", {})
        other.sign()
        world.store.signatures.append([(row, "k") for row in other.store.signatures.rows()])
    with pytest.raises(BadSignature, match="bukan entri ini"):
        world.verified()


def test_keys_change_in_order_and_both_turns_verify(world: SignedWorld) -> None:
    world.append(CASE, "accepted", {})
    world.sign()
    old = load_private(world.keys / SIGNING)
    rotate(world.keys, first=2)
    world.append(CASE, "linked", {"kind": "berkas", "project": 3})
    assert world.sign().signed == 1
    assert len(world.verified().signed) == 2
    assert load_private(world.keys / "tanda-1.pem").id == old.id
    world.append(CASE, "finished", {})
    with pytest.raises(BadSignature, match="tidak berhak"):
        sign_pending(world.store, old, world.ring, memory=world.keys / MEMORY, vouched=None)


def test_what_a_stolen_key_signed_counts_as_unsigned_until_it_is_signed_again(world: SignedWorld) -> None:
    world.append(CASE, "accepted", {})
    world.sign()
    world.tell(OTHER, PATH)  # signed while the key was in a thief's hands
    world.sign()
    (world.keys / SIGNING).unlink()
    rotate(world.keys, first=2, root=world.keys / ROOT)
    verified = world.verified()
    assert verified.numbers() == {(CASE, 1)}
    assert verified.out_of_turn == {(OTHER, seq) for seq in range(1, 6)}
    assert [link.case for link in waiting(world.store.ledger.all_links(), verified)] == [OTHER]
    assert world.sign(everything=True).signed == 5
    assert len(world.verified().signed) == 6


def test_a_key_outside_the_ring_signs_nothing(world: SignedWorld) -> None:
    world.append(CASE, "accepted", {})
    stranger = PrivateKey.make()
    with pytest.raises(BadSignature, match="tidak berhak"):
        sign_pending(world.store, stranger, world.ring, memory=world.keys / MEMORY, vouched=None)
    assert world.store.signatures.rows() == ()


def test_what_was_seen_is_not_checked_twice_and_what_came_since_is(world: SignedWorld) -> None:
    world.tell(CASE, PATH)
    world.sign()
    asked: list[bytes] = []

    def counting(public: bytes, signature: bytes, message: bytes) -> bool:
        asked.append(message)
        return True

    from automation.core.verified import verify_ledger

    links, rows = world.store.ledger.all_links(), world.store.signatures.rows()
    seen = load_mark(world.keys / MEMORY)
    verify_ledger(links, rows, world.ring, counting, seen=seen, whole=False)
    assert asked == []
    verify_ledger(links, rows, world.ring, counting, seen=seen)
    assert len(asked) == 5


def test_new_keys_are_the_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    make_keys(tmp_path / "k")
    modes = {name: (tmp_path / "k" / name).stat().st_mode & 0o777 for name in (ROOT, SIGNING, RING)}
    assert modes == {ROOT: 0o600, SIGNING: 0o600, RING: 0o644}
    before = (tmp_path / "k" / ROOT).read_bytes()
    from automation.signing.keyfiles import KeyFileUnusable

    with pytest.raises(KeyFileUnusable, match="sudah ada"):
        make_keys(tmp_path / "k")
    assert (tmp_path / "k" / ROOT).read_bytes() == before


def test_a_private_key_that_others_may_read_is_refused_without_its_content(world: SignedWorld) -> None:
    from automation.signing.keyfiles import KeyFileUnusable

    file = world.keys / SIGNING
    file.chmod(0o640)
    with pytest.raises(KeyFileUnusable, match="chmod 0600") as refusal:
        load_private(file)
    assert "PRIVATE KEY" not in str(refusal.value)
    file.chmod(0o600)
    file.write_text("-----BEGIN PRIVATE KEY-----\nrahasia\n-----END PRIVATE KEY-----\n")
    with pytest.raises(KeyFileUnusable, match="bukan kunci privat") as refusal:
        load_private(file)
    assert "rahasia" not in str(refusal.value)


def test_a_memory_that_cannot_be_read_is_not_taken_for_none(world: SignedWorld) -> None:
    from automation.signing.keyfiles import KeyFileUnusable

    (world.keys / MEMORY).write_text("{}")
    with pytest.raises(KeyFileUnusable):
        world.sign()


def test_the_journal_keeps_what_was_cut_off_out_and_what_waits_in(world: SignedWorld) -> None:
    world.append(CASE, "accepted", {})
    with world.journal.path.open("a") as file:
        file.write("PA-2026-0009 1 abc")  # a write that was cut off
    (waits,) = world.journal.vouched()
    assert waits[:2] == (CASE, 1)
    world.journal.settle([waits])
    assert world.journal.vouched() == ()
    assert world.journal.path.read_text() == ""


def test_a_signer_at_rest_looks_at_the_cases_with_something_to_sign_and_at_what_came_since(
    world: SignedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it each entry of an office would cost more than the one before."""
    world.tell(OTHER, PATH)
    world.append(CASE, "accepted", {})
    world.sign()
    monkeypatch.setattr(type(world.store.ledger), "all_links", lambda self: pytest.fail("the whole ledger"))
    world.append(CASE, "linked", {"kind": "berkas", "project": 3})
    assert world.sign().signed == 1
    assert world.sign().signed == 0
    monkeypatch.undo()
    assert len(world.verified().signed) == 7


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE signatures SET envelope = '{}' WHERE serial = 2", "Amplop"),
        ("DELETE FROM signatures WHERE serial = 2", "pernah terlihat"),
        ("UPDATE ledger SET body = '{}x' WHERE seq = 1", "Rantai putus"),
    ],
)
def test_looking_at_some_cases_alone_finds_what_was_done_to_them(
    world: SignedWorld, statement: str, named: str
) -> None:
    world.append(CASE, "accepted", {})
    world.append(CASE, "linked", {"kind": "berkas", "project": 3})
    world.sign()
    world.sql(statement)
    world.append(CASE, "linked", {"kind": "aplikasi", "project": 4})
    try:
        told = " ".join(one.reason.id for one in world.sign().refused)
    except BadSignature as refusal:
        told = refusal.explain("id")
    assert named in told


def test_signatures_that_somebody_put_behind_the_last_are_not_built_upon(world: SignedWorld) -> None:
    world.append(CASE, "accepted", {})
    world.append(OTHER, "accepted", {})
    done = [one for one in world.journal.vouched() if one[0] == CASE]
    key = load_private(world.keys / SIGNING)
    sign_pending(world.store, key, world.ring, memory=world.keys / MEMORY, vouched=done)
    stranger = PrivateKey.make()
    forged = stranger.envelope(b"{}").text()
    world.store.signatures.append([(SignatureRow(2, CASE, 1, forged), stranger.id)])
    with pytest.raises(BadSignature, match="Tanda 2"):
        world.sign()
