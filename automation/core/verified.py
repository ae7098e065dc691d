"""The signed part of a ledger: every signature held against its entry, its key and the one before.

Two different things can be wrong. A signature that is there and does not fit its entry is tampering, or a
damaged database: :class:`BadSignature` names the entry and nothing is taken from such a ledger. An entry
without a signature that counts is only not decided yet for whoever asks for signatures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from automation.core.attest import (
    ENTRY_TYPE,
    BadSignature,
    Envelope,
    bad,
    entry_statement,
    predicate_of,
    read_envelope,
)
from automation.core.chain import Link, first_break
from automation.core.errors import Where
from automation.core.keyring import Check, KeyRing, SigningKey
from automation.core.text import Bilingual


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """One envelope as it is kept: ``serial`` counts from 1 over all cases."""

    serial: int
    case: str
    seq: int
    envelope: str


@dataclass(frozen=True, slots=True)
class Mark:
    """How far somebody has seen a ledger's signatures: the last serial and its payload's digest."""

    ledger: str
    serial: int = 0
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """What is signed.

    Attributes:
        signed: entries with a signature that counts, in the order in which they were signed.
        out_of_turn: entries that only a key outside its turn signed; they count as unsigned.
        mark: the last signature there is.
    """

    signed: tuple[Link, ...] = ()
    out_of_turn: frozenset[tuple[str, int]] = field(default_factory=frozenset)
    mark: Mark = Mark("")

    def numbers(self) -> frozenset[tuple[str, int]]:
        """(case, seq) of all that is signed."""
        return frozenset((link.case, link.seq) for link in self.signed)


def verify_ledger(
    links: Sequence[Link],
    rows: Sequence[SignatureRow],
    ring: KeyRing,
    check: Check,
    *,
    seen: Mark | None = None,
    whole: bool = True,
) -> Verified:
    """Hold a whole ledger against its signatures.

    Args:
        links: all entries of all cases, in any order.
        rows: all signatures, by serial.
        ring: the key ring that the caller trusts.
        check: Ed25519.
        seen: how far the caller has seen this ledger before. A ledger that was put back to an earlier state,
            or forked, is a valid ledger in itself; only a memory of its own tells the caller.
        whole: check every signature anew. Else those up to ``seen`` are not: each payload names the digest of
            the one before, so that what was seen vouches for all before it.

    Raises:
        BadSignature: naming the first entry that does not hold.
    """
    hold_chains(links)
    by_number = {(link.case, link.seq): link for link in links}
    signed: dict[tuple[str, int], Link] = {}
    outside: set[tuple[str, int]] = set()
    digests = [""]
    known = 0 if whole or seen is None else seen.serial
    for serial, row in enumerate(rows, start=1):
        number = (row.case, row.seq)
        link = by_number.get(number)
        if row.serial != serial or link is None:
            raise _gap(serial, row)
        envelope, key = _said(row, link, digests[-1], ring)
        if serial > known:
            hold_signature(row, envelope, key, check)
        if key.covers(serial):
            signed.setdefault(number, link)
        else:
            outside.add(number)
        digests.append(envelope.digest)
    _hold_to_memory(seen, dict(enumerate(digests)), ring.ledger)
    mark = Mark(ring.ledger, len(rows), digests[-1])
    return Verified(tuple(signed.values()), frozenset(outside - signed.keys()), mark)


def verify_cases(
    links: Sequence[Link],
    rows: Sequence[SignatureRow],
    recent: Sequence[SignatureRow],
    ring: KeyRing,
    check: Check,
    *,
    seen: Mark,
) -> Verified:
    """Hold some cases against their last signatures, and the signatures since ``seen`` against each other.

    Much less work than a whole ledger. An entry's digest covers all before it in its case, and a signer signs
    none whose earlier ones are not signed: so the last signature in turn vouches for its case up to there.
    What this cannot see is a change in other cases, or in older envelopes; nothing that hangs on those may be
    decided on it.

    Args:
        links: the entries of the cases, whole.
        rows: their signatures.
        recent: all signatures from number ``seen.serial`` on, of whatever case.
        ring: the key ring that the caller trusts.
        check: Ed25519.
        seen: how far the caller has seen the ledger before.

    Raises:
        BadSignature: naming the first that does not hold.
    """
    hold_chains(links)
    mark = _hold_recent(recent, ring, check, seen)
    by_number = {(link.case, link.seq): link for link in links}
    last: dict[str, int] = {}
    outside: set[tuple[str, int]] = set()
    for row in sorted(rows, key=lambda one: (one.seq, one.serial), reverse=True):
        if row.case in last:
            continue
        link = by_number.get((row.case, row.seq))
        if link is None:
            raise _gap(row.serial, row)
        # Its place among all is vouched for by its own signature here, not by the one before.
        said = predicate_of(read_envelope(row.envelope, where=_place(row)), ENTRY_TYPE)
        _, key = verify_row(row, link, str(said.get("before")), ring, check)
        if key.covers(row.serial):
            last[row.case] = row.seq
        else:
            outside.add((row.case, row.seq))
    signed = tuple(link for link in links if link.seq <= last.get(link.case, 0))
    return Verified(signed, frozenset(outside), mark)


def _hold_recent(recent: Sequence[SignatureRow], ring: KeyRing, check: Check, seen: Mark) -> Mark:
    """The signatures since ``seen`` follow it and each other."""
    mark = seen
    for number, row in enumerate(recent, start=seen.serial):
        envelope = read_envelope(row.envelope, where=_place(row))
        if row.serial == seen.serial:
            _hold_to_memory(seen, {row.serial: envelope.digest}, ring.ledger)
            continue
        said = predicate_of(envelope, ENTRY_TYPE)
        wanted = {"ledger": ring.ledger, "serial": number, "before": mark.payload}
        key = ring.find(envelope.key)
        if row.serial != number or {name: said.get(name) for name in wanted} != wanted or key is None:
            raise _gap(number, row)
        hold_signature(row, envelope, key, check)
        mark = Mark(ring.ledger, number, envelope.digest)
    if not recent:
        _hold_to_memory(seen, {}, ring.ledger)
    return mark


def verify_row(
    row: SignatureRow, link: Link, before: str, ring: KeyRing, check: Check
) -> tuple[Envelope, SigningKey]:
    """One envelope against the entry it must speak of; whether its key is in turn is the caller's to ask.

    Raises:
        BadSignature: it speaks of something else, or no key of the ring has signed it.
    """
    envelope, key = _said(row, link, before, ring)
    hold_signature(row, envelope, key, check)
    return envelope, key


def _said(row: SignatureRow, link: Link, before: str, ring: KeyRing) -> tuple[Envelope, SigningKey]:
    where = _place(row)
    envelope = read_envelope(row.envelope, where=where)
    try:
        wanted = entry_statement(link, ledger=ring.ledger, serial=row.serial, before=before)
    except ValueError:
        wanted = b""
    if envelope.payload != wanted:
        raise bad(
            Bilingual(
                "Yang ditandatangani bukan entri ini pada tempat ini.",
                "What was signed is not this entry at this place.",
            ),
            where,
        )
    key = ring.find(envelope.key)
    if key is None:
        raise bad(
            Bilingual(
                f"Kunci {envelope.key[:16]} tidak ada pada gelang kunci.",
                f"The key {envelope.key[:16]} is not in the key ring.",
            ),
            where,
        )
    return envelope, key


def hold_signature(row: SignatureRow, envelope: Envelope, key: SigningKey, check: Check) -> None:
    """Refuse an envelope that the key it names has not signed.

    Raises:
        BadSignature: naming the entry.
    """
    if not check(key.public, envelope.signature, envelope.signed_bytes):
        raise bad(Bilingual("Tanda tangannya tidak sah.", "The signature is not valid."), _place(row))


def _place(row: SignatureRow) -> Where:
    return Where(file=f"tanda {row.serial}", case=f"{row.case} entri {row.seq}")


def hold_chains(links: Iterable[Link]) -> None:
    """Refuse a ledger with a broken chain, naming the entry.

    Raises:
        BadSignature: the first that breaks, by case.
    """
    cases: dict[str, list[Link]] = {}
    for link in links:
        cases.setdefault(link.case, []).append(link)
    for case, listed in cases.items():
        broken = first_break(sorted(listed, key=lambda link: link.seq), case)
        if broken is not None:
            raise bad(
                Bilingual(
                    f"Rantai putus pada entri {broken}: isinya diubah, atau ada yang hilang.",
                    f"The chain breaks at entry {broken}: it was changed, or one is missing.",
                ),
                Where(case=f"{case} entri {broken}"),
            )


@dataclass(frozen=True, slots=True)
class AdmittedFile:
    """One file that is admitted by signed entries."""

    path: str
    blob: str
    case: str
    decision: str
    seq: int


def admitted_by(links: Iterable[Link]) -> tuple[AdmittedFile, ...]:
    """The admitted set that entries amount to, in their order; a path stays with the case that holds it."""
    current: dict[str, AdmittedFile] = {}
    for link in links:
        if link.kind != "admitted":
            continue
        body = link.content
        path = str(body.get("path", ""))
        held = current.get(path)
        if held is not None and held.case != link.case:
            continue
        current.pop(path, None)
        if not body.get("removed"):
            current[path] = AdmittedFile(
                path, str(body.get("blob", "")), link.case, str(body.get("decision", "")), link.seq
            )
    return tuple(current.values())


def waiting(links: Iterable[Link], verified: Verified) -> tuple[Link, ...]:
    """The admissions that nobody has signed, in order."""
    known = verified.numbers()
    return tuple(link for link in links if link.kind == "admitted" and (link.case, link.seq) not in known)


def _hold_to_memory(seen: Mark | None, digests: Mapping[int, str], ledger: str) -> None:
    if seen is None or not seen.serial:
        return
    same = seen.ledger == ledger and digests.get(seen.serial) == seen.payload
    if not same:
        raise BadSignature(
            Bilingual(
                f"Buku besar ini pernah terlihat sampai tanda {seen.serial}; kini itu tidak ada atau lain.",
                f"This ledger was seen up to signature {seen.serial}; that is gone now, or another.",
            ),
            remedy=Bilingual(
                "Basis data diputar mundur atau ditukar. Bila memang dipulihkan dari cadangan: periksa dahulu"
                " apa yang hilang, lalu hapus berkas ingatan puncak.json (lihat panduan) dengan tangan.",
                "The database was put back or exchanged. Where it was restored from a backup on purpose: look"
                " at what is lost first, then delete the memory puncak.json (see the guide) by hand.",
            ),
            where=Where(file=f"tanda {seen.serial}"),
        )


def _gap(serial: int, row: SignatureRow) -> BadSignature:
    return bad(
        Bilingual(
            f"Tanda {serial} hilang, atau entri yang ditandatanganinya tidak ada.",
            f"Signature {serial} is missing, or the entry that it signs is not there.",
        ),
        Where(file=f"tanda {serial}", case=f"{row.case} entri {row.seq}"),
    )


def memory_of(value: object) -> Mark:
    """A mark read back from a file.

    Raises:
        ValueError: it is no mark.
    """
    match value:
        case {"ledger": str(name), "serial": int(serial), "payload": str(payload)}:
            return Mark(name, serial, payload)
    raise ValueError("no mark")
