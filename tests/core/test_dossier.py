"""A dossier is verified from its bytes alone: what was changed is found, the first broken link named."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest

from automation.core.archive import BrokenArchive, Member, decode, differs, encode
from automation.core.attest import entry_statement, key_statement
from automation.core.canonical import canonical
from automation.core.chain import link_digest
from automation.core.dossier import INDEX, PAGE, RING, SEAL, assemble, entry_text, seal_text, sha256
from automation.core.dossier_check import Verdict, verify
from automation.core.errors import Where
from automation.core.keyring import make_ring
from automation.core.memory import LIFE, REVOKED, Ruling
from automation.core.verified import SignatureRow
from automation.signing.ed25519 import check
from tests.core.filed import (
    CASE,
    HOSTILE,
    LETTER,
    ROOT,
    SIGNER,
    STRANGER,
    case_file,
    filed,
    links_of,
    ring_of,
    signatures_of,
)

FLIPS = 100


def sealed(*, capacity: str = "", **changed: object) -> bytes:
    return assemble(case_file(capacity=capacity, **changed), SIGNER.envelope)


def resealed(data: bytes, change: Callable[[dict], None]) -> bytes:
    """The archive with its index changed and sealed again by the office's own signer."""

    def mend(contents: dict[str, bytes]) -> None:
        facts = json.loads(contents[INDEX])
        change(facts)
        contents[INDEX] = (canonical(facts) + "\n").encode()
        contents[SEAL] = seal_text(contents[INDEX], CASE, SIGNER.envelope).encode()

    return rebuilt(data, mend)


def look(data: bytes, *, trusted: bool = True) -> Verdict:
    return verify(data, check, ring=ring_of() if trusted else None)


def rebuilt(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The archive with members changed and its form put right: what somebody who knows ZIP would do."""
    members = {member.name: member.content for member in decode(data)}
    change(members)
    return encode([Member(name, content) for name, content in members.items()])


def with_index(data: bytes, change: Callable[[dict], None], *, members: bool = True) -> bytes:
    """As :func:`rebuilt`, with index and (unsigned) seal made to fit: only signatures can tell then."""

    def mend(contents: dict[str, bytes]) -> None:
        facts = json.loads(contents[INDEX])
        change(facts)
        if members:
            for one in facts["members"]:
                one["sha256"], one["size"] = sha256(contents[one["name"]]), len(contents[one["name"]])
        contents[INDEX] = (canonical(facts) + "\n").encode()
        contents[SEAL] = seal_text(contents[INDEX], CASE, None).encode()

    return rebuilt(data, mend)


def test_a_whole_dossier_is_proven_with_the_offices_ring() -> None:
    verdict = look(sealed())
    assert verdict.broken is None
    assert verdict.proven
    assert (verdict.case, verdict.entries, verdict.signed, verdict.left_out) == (CASE, 4, 4, 1)
    assert verdict.withdrawn == (3,), "the comment behind the approval was edited"
    assert verdict.changed == ()


def test_with_the_ring_of_the_archive_alone_it_is_whole_and_not_proven() -> None:
    """An attacker makes a whole dossier with keys of his own: with his ring everything fits."""
    verdict = look(sealed(), trusted=False)
    assert verdict.broken is None
    assert verdict.signed == 4
    assert not verdict.proven
    forged_ring = ring_of(root=STRANGER, signer=STRANGER)
    links = links_of()
    rows = signatures_of(links, key=STRANGER, ledger=STRANGER.id)
    forged = assemble(case_file(signatures=rows, ring=forged_ring.text()), STRANGER.envelope)
    assert look(forged, trusted=False).broken is None
    broken = look(forged).broken
    assert broken is not None
    assert broken.where == SEAL


def test_without_signatures_or_seal_it_is_whole_and_not_proven() -> None:
    unsigned = look(assemble(case_file(signatures=[], ring="")))
    assert unsigned.broken is None
    assert (unsigned.signed, unsigned.sealed, unsigned.proven) == (0, False, False)
    assert not look(assemble(case_file())).proven


def test_every_byte_that_is_flipped_anywhere_is_found() -> None:
    """Also without a ring: where ZIP itself would not mind, the archive's one spelling does."""
    data = sealed()
    chance = random.Random(20260302)
    found = 0
    for at in range(0, len(data), max(1, len(data) // 3000)):
        changed = bytearray(data)
        changed[at] ^= chance.randrange(1, 256)
        verdict = look(bytes(changed), trusted=bool(at % 2))
        assert verdict.broken is not None, at
        assert verdict.broken.where
        found += 1
    assert found >= 3000


def test_one_byte_flipped_at_each_of_a_hundred_random_places_is_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    data, chance, found = sealed(), random.Random(), 0
    for _ in range(FLIPS):
        at, by = chance.randrange(len(data)), chance.randrange(1, 256)
        changed = bytes([*data[:at], data[at] ^ by, *data[at + 1 :]])
        found += look(changed).broken is not None
    with capsys.disabled():
        print(f"\ndossier: {found} of {FLIPS} flipped bytes found in {len(data)} bytes")
    assert found == FLIPS


@pytest.mark.parametrize("cut", [0, 1, 21, 500, -1, -22])
def test_a_cut_or_lengthened_archive_is_refused(cut: int) -> None:
    data = sealed()
    assert look(data[:cut]).broken is not None
    assert look(data + b"\0").broken is not None
    assert look(b"PK").broken is not None


def test_the_first_broken_link_is_named_with_what_was_expected_and_found() -> None:
    data = sealed()
    letter = next(one.name for one in decode(data) if one.content == LETTER)
    changed = rebuilt(data, lambda members: members.update({letter: b"%PDF-1.7 lain"}))
    broken = look(changed).broken
    assert broken is not None
    assert broken.where == letter
    assert sha256(LETTER) in broken.expected.id
    assert sha256(b"%PDF-1.7 lain") in broken.found.en


@pytest.mark.parametrize("name", ["dokumen/aplikasi/00003-tambahan.txt", "zz"])
def test_an_added_or_missing_or_doubled_member_is_named(name: str) -> None:
    data = sealed()
    added = rebuilt(data, lambda members: members.update({name: b"x"}))
    assert look(added).broken is not None
    letter = next(one.name for one in decode(data) if one.content == LETTER)
    gone = look(rebuilt(data, lambda members: members.pop(letter))).broken
    assert gone is not None
    assert gone.where == letter
    members = list(decode(data))
    with pytest.raises(ValueError, match="doubled"):
        encode([*members, members[-1]])


def test_an_entry_changed_with_index_and_seal_mended_breaks_its_chain() -> None:
    def change(facts: dict) -> None:
        return None

    link = links_of()[1]
    member = "catatan/000002.json"
    data = rebuilt(sealed(), lambda members: members.update({member: entry_text(replace(link, body="{}"))}))
    broken = look(with_index(data, change)).broken
    assert broken is not None
    assert broken.where == member


def test_a_history_written_anew_has_no_signatures_that_fit() -> None:
    """The chain is mended from the change on; index and seal too. Only the keys are not there."""
    links, previous = [], ""
    for link in links_of():
        body = link.body.replace("approved", "refused")
        digest = link_digest(CASE, link.seq, link.kind, body, link.at, previous)
        links.append(replace(link, body=body, previous=previous, digest=digest))
        previous = digest
    data = sealed()
    entries = {f"catatan/{link.seq:06d}.json": entry_text(link) for link in links}
    forged = with_index(rebuilt(data, lambda members: members.update(entries)), lambda facts: None)
    broken = look(forged).broken
    assert broken is not None
    assert broken.where == "tanda/000000011.json" or broken.where.startswith("tanda/")


def test_an_envelope_of_another_case_is_refused() -> None:
    other = links_of("PA-2026-0008")
    rows = signatures_of(other)
    broken = look(sealed(signatures=rows)).broken
    assert broken is not None
    assert broken.where.startswith("tanda/")


def test_a_signature_by_a_key_outside_its_turn_does_not_count() -> None:
    links = links_of()
    early = SIGNER.envelope(entry_statement(links[0], ledger=ring_of().ledger, serial=0, before=""))
    rows = [SignatureRow(0, CASE, 1, early.text())]
    verdict = look(sealed(signatures=rows))
    assert verdict.broken is None
    assert verdict.signed == 0
    assert not verdict.proven


def test_a_seal_by_a_key_that_is_not_in_the_ring_is_refused() -> None:
    broken = look(assemble(case_file(), STRANGER.envelope)).broken
    assert broken is not None
    assert broken.where == SEAL


def test_a_seal_by_a_key_that_the_root_had_to_replace_proves_nothing_any_more() -> None:
    old = ring_of()
    said = {"ledger": old.ledger, "number": 2, "first": 100, "before": old.statements[-1].digest}
    payload = key_statement(STRANGER.public, **said)  # type: ignore[arg-type]
    for namer, sealed_still in ((SIGNER, True), (ROOT, False)):
        statements = (*old.statements, namer.envelope(payload))
        grown = make_ring(ROOT.public, statements, check, where=Where(file="uji"))
        verdict = verify(sealed(), check, ring=grown)
        assert verdict.broken is None
        assert (verdict.sealed, verdict.proven) == (sealed_still, sealed_still)


def test_an_index_that_tells_otherwise_than_the_entries_is_found_even_when_sealed() -> None:
    changes: list[Callable[[dict], None]] = [
        lambda facts: facts["steps"][0].update(closed="2026-03-01T00:00:00.000000Z"),
        lambda facts: facts["acts"][0].update(account=99),
        lambda facts: facts["acts"][0].update(capacity="plh"),
        lambda facts: facts["acts"].pop(),
        lambda facts: facts["documents"][0]["bound"][0].update(same=False),
        lambda facts: facts["documents"][0].update(digest="0" * 64),
        lambda facts: facts["files"][0].update(blob="0" * 40),
        lambda facts: facts.update(entries=3),
        lambda facts: facts.update(signatures=3),
    ]
    for change in changes:
        assert look(resealed(sealed(), change)).broken is not None


def test_the_page_and_the_index_say_as_what_an_acting_official_decided() -> None:
    for capacity, word in (("plt", "Plt."), ("plh", "Plh."), ("pj", "Pj."), ("an", "a.n.")):
        data = sealed(capacity=capacity)
        members = {member.name: member.content for member in decode(data)}
        assert f"<td>disetujui</td><td>3 ({word})</td>" in members[PAGE].decode()
        assert [one["capacity"] for one in json.loads(members[INDEX])["acts"]] == [capacity]
        assert look(data).proven


def test_who_decided_in_their_own_right_is_told_as_before() -> None:
    members = {member.name: member.content for member in decode(sealed())}
    assert "<td>disetujui</td><td>3</td>" in members[PAGE].decode()
    assert ["capacity" in one for one in json.loads(members[INDEX])["acts"]] == [False]


def test_a_dossier_from_before_acting_officials_were_told_is_still_proven_and_a_wrong_word_is_not() -> None:
    data = sealed(capacity="plh")
    assert look(resealed(data, lambda facts: facts["acts"][0].pop("capacity"))).proven
    for wrong in ("plt", "", None):
        changed = resealed(data, lambda facts, wrong=wrong: facts["acts"][0].update(capacity=wrong))
        broken = look(changed).broken
        assert broken is not None
        assert broken.where == f"{INDEX}: acts"


def test_a_document_that_is_not_what_was_judged_is_told() -> None:
    files = [filed("berkas", "surat/permohonan.pdf", b"%PDF-1.7 diganti")]
    verdict = look(sealed(files=files))
    assert verdict.broken is None
    assert verdict.changed == ("surat (langkah-satu)",)


def test_an_ordinary_program_opens_the_archive_and_no_name_leaves_its_folder() -> None:
    with zipfile.ZipFile(io.BytesIO(sealed())) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert names[:3] == [PAGE, INDEX, SEAL]
    assert RING in names
    assert not [name for name in names if name.startswith("/") or ".." in name or "\\" in name]
    assert all(name == name.lower() and name.isascii() and name.isprintable() for name in names)


def test_hostile_names_stand_escaped_in_the_page_and_true_in_the_index() -> None:
    members = {member.name: member.content for member in decode(sealed())}
    page = members[PAGE].decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\x1b" not in page
    assert "<b>ada</b>" not in page
    assert "default-src" in page
    assert HOSTILE in [one["path"] for one in json.loads(members[INDEX])["files"]]


def test_the_page_tells_of_an_edited_comment_and_of_what_is_left_out() -> None:
    page = decode(sealed())[0].content.decode()
    assert "DISUNTING sesudah diputuskan" in page
    assert "hanya digest (rahasia)" in page
    assert "terlambat" in page


def test_the_page_names_every_ruling_and_place_in_words_for_people() -> None:
    one = case_file().acts[0]
    acts = [replace(one, act=replace(one.act, ruling=ruling)) for ruling in get_args(Ruling)]
    acts += [replace(one, act=replace(one.act, step=step)) for step in (LIFE, REVOKED, "hosting!12")]
    page = decode(sealed(acts=acts))[0].content.decode()
    for word in (*get_args(Ruling), LIFE, REVOKED):
        assert f"<td>{word}</td>" not in page
    assert "(pencabutan nama)" in page
    assert "permintaan hosting 12" in page
    assert "dikecualikan" in page


def test_confidential_contents_are_not_in_the_archive_unless_asked_for() -> None:
    secret = filed("rahasia", "pa-2026-0007/keamanan/laporan.sarif", b"celah rahasia", told=False)
    assert b"celah rahasia" not in sealed(files=[secret])
    told = replace(secret, content=b"celah rahasia")
    assert b"celah rahasia" in sealed(files=[told])


def test_the_same_case_gives_the_same_bytes() -> None:
    assert assemble(case_file()) == assemble(case_file())


@pytest.mark.parametrize("name", ["../x", "/x", "A", "a/.b", "a//b", "", "x" * 101, "a\\b", "é"])
def test_a_name_that_is_not_plain_never_becomes_a_member(name: str) -> None:
    with pytest.raises(ValueError, match="plain"):
        encode([Member(name, b"")])


def test_an_archive_in_another_form_is_told_apart() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", "isi")
    other = buffer.getvalue()
    problem = differs(decode(other), other)
    assert isinstance(problem, BrokenArchive)
    assert problem.place == "a"
    assert differs((), encode([])) is None


@pytest.mark.parametrize(
    "index",
    [
        b"", b"{}", b"[]", b"\xff", b'{"format":"laik/berkas/1"}',
        b'{"acts":1,"case":"x","entries":0,"files":[],"format":"laik/berkas/1","members":[],"steps":[]}\n',
    ],
)  # fmt: skip
def test_an_index_that_is_none_is_refused_and_never_ends_in_a_crash(index: bytes) -> None:
    def put(members: dict[str, bytes]) -> None:
        members[INDEX] = index
        members[SEAL] = seal_text(index, CASE, None).encode()

    broken = look(rebuilt(sealed(), put)).broken
    assert broken is not None
    assert broken.where == INDEX
