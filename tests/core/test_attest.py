"""Envelopes and key rings: one spelling each; nothing is believed that is not signed by whom it must be."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.core.attest import (
    BadSignature,
    entry_statement,
    key_statement,
    pre_authentication,
    predicate_of,
    read_envelope,
)
from automation.core.chain import Link, link_digest
from automation.core.errors import Where
from automation.core.keyring import KeyRing, make_ring, read_ring
from automation.signing.ed25519 import PrivateKey, check

HERE = Where(file="uji")
ROOT, FIRST, SECOND, THIEF = (PrivateKey.make() for _ in range(4))


def link(case: str = "PA-2026-0001", seq: int = 1, body: str = '{"n":1}', previous: str = "") -> Link:
    at = "2026-03-02T08:00:00.000000Z"
    return Link(case, seq, "act", body, at, previous, link_digest(case, seq, "act", body, at, previous))


def named(key: PrivateKey, by: PrivateKey, *, number: int, first: int, before: str = ""):
    return by.envelope(key_statement(key.public, ledger=ROOT.id, number=number, first=first, before=before))


def ring(*statements) -> KeyRing:
    return make_ring(ROOT.public, statements, check, where=HERE)


def test_the_pre_authentication_encoding_is_that_of_the_dsse_specification() -> None:
    """The specification's own example: "hello world" of type http://example.com/HelloWorld."""
    assert (
        pre_authentication("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_a_signature_of_rfc_8032_is_accepted_and_one_of_another_message_is_not() -> None:
    """RFC 8032, section 7.1, test 2."""
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert check(public, signature, b"\x72")
    assert not check(public, signature, b"\x73")
    assert not check(public, b"", b"\x72")
    assert not check(b"short", signature, b"\x72")


def test_a_statement_is_in_totos_and_names_the_entry_by_its_digest() -> None:
    one = link()
    said = json.loads(entry_statement(one, ledger=ROOT.id, serial=3, before="a"))
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["subject"] == [{"name": "PA-2026-0001/1", "digest": {"sha256": one.digest}}]
    assert said["predicateType"].startswith("https://laik.invalid/")
    assert {key: said["predicate"][key] for key in ("ledger", "serial", "before", "body")} == {
        "ledger": ROOT.id,
        "serial": 3,
        "before": "a",
        "body": '{"n":1}',
    }


def test_an_envelope_is_read_back_as_it_was_written() -> None:
    envelope = FIRST.envelope(entry_statement(link(), ledger=ROOT.id, serial=1, before=""))
    assert read_envelope(envelope.text(), where=HERE) == envelope
    assert json.loads(envelope.text())["payloadType"] == "application/vnd.in-toto+json"
    assert check(FIRST.public, envelope.signature, envelope.signed_bytes)


TRIED = settings(max_examples=400, deadline=None)


@TRIED
@given(data=st.data())
def test_a_changed_envelope_is_refused_or_does_not_verify(data: st.DataObject) -> None:
    """Also a change that decodes to the same: unused bits of base64, spaces, another order of keys."""
    text = FIRST.envelope(entry_statement(link(), ledger=ROOT.id, serial=1, before="")).text()
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="ascii").filter(lambda one: one != text[at]))
    changed = text[:at] + letter + text[at + 1 :]
    try:
        envelope = read_envelope(changed, where=HERE)
    except BadSignature:
        return
    known = {FIRST.id: FIRST.public}.get(envelope.key)
    assert known is None or not check(known, envelope.signature, envelope.signed_bytes)


@pytest.mark.parametrize(
    "other",
    [
        " {}",
        "{}",
        "[]",
        "null",
        '{"payload":1}',
        "[" * 5000,
        '{"payload":"!!","payloadType":"x","signatures":[]}',
    ],
)
def test_what_is_no_envelope_is_refused_in_both_languages(other: str) -> None:
    with pytest.raises(BadSignature) as refusal:
        read_envelope(other, where=HERE)
    assert "Amplop" in refusal.value.explain("id")
    assert "envelope" in refusal.value.explain("en")


def test_an_envelope_with_a_second_signature_is_not_laiks() -> None:
    value = json.loads(FIRST.envelope(b"{}").text())
    value["signatures"] *= 2
    with pytest.raises(BadSignature):
        read_envelope(json.dumps(value, sort_keys=True, separators=(",", ":")), where=HERE)


def test_predicates_of_another_kind_say_nothing() -> None:
    envelope = FIRST.envelope(key_statement(FIRST.public, ledger=ROOT.id, number=1, first=1, before=""))
    assert predicate_of(envelope, "https://laik.invalid/pernyataan/entri/v1") == {}
    assert predicate_of(FIRST.envelope(b"[]"), "x") == {}
    assert predicate_of(FIRST.envelope(b"\xff"), "x") == {}


def test_a_ring_gives_each_key_its_turn() -> None:
    one = named(FIRST, ROOT, number=1, first=1)
    two = named(SECOND, FIRST, number=2, first=11, before=one.digest)
    keys = ring(one, two).keys
    assert [(key.id, key.first, key.last, key.by_root) for key in keys] == [
        (FIRST.id, 1, 10, True),
        (SECOND.id, 11, None, False),
    ]
    assert keys[0].covers(10)
    assert not keys[0].covers(11)
    assert not keys[1].covers(10)


def test_after_a_theft_the_root_ends_the_thiefs_turns_at_the_first_serial_in_doubt() -> None:
    """The thief has handed over to a key of his own; the root names one from before that."""
    one = named(FIRST, ROOT, number=1, first=1)
    stolen = named(THIEF, FIRST, number=2, first=20, before=one.digest)
    three = named(SECOND, ROOT, number=3, first=15, before=stolen.digest)
    first, thief, second = ring(one, stolen, three).keys
    assert first.covers(14)
    assert not first.covers(15)
    assert not any(thief.covers(serial) for serial in range(1, 100))
    assert second.covers(15)
    assert second.covers(99)


def test_a_key_may_not_be_named_by_a_stranger_nor_take_back_what_it_signed() -> None:
    one = named(FIRST, ROOT, number=1, first=5)
    wrong = [
        (named(FIRST, THIEF, number=1, first=1),),  # the first is the root's to name
        (one, named(SECOND, THIEF, number=2, first=9, before=one.digest)),
        (one, named(SECOND, FIRST, number=2, first=5, before=one.digest)),  # takes back from itself
        (one, named(SECOND, FIRST, number=3, first=9, before=one.digest)),  # number left out
        (one, named(SECOND, FIRST, number=2, first=9)),  # not after the one before
        (named(FIRST, ROOT, number=1, first=0),),
        (ROOT.envelope(b"{}"),),
    ]
    for statements in wrong:
        with pytest.raises(BadSignature, match="Kunci nomor"):
            ring(*statements)


def test_a_ring_is_read_back_from_its_file_and_no_other_text_is_one() -> None:
    one = named(FIRST, ROOT, number=1, first=1)
    whole = ring(one)
    assert read_ring(whole.text(), check, path="kunci.json") == whole
    other = base64.b64encode(THIEF.public).decode()
    mine = base64.b64encode(ROOT.public).decode()
    for text in ("", "[]", "{}", whole.text().strip(), whole.text().replace(mine, other), "[" * 9999):
        with pytest.raises(BadSignature):
            read_ring(text, check, path="kunci.json")


def test_a_private_key_never_shows_in_its_representation() -> None:
    assert repr(FIRST) == f"PrivateKey({FIRST.id[:16]})"
