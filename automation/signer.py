"""The signer: signs ledger entries that laik vouches for and that follow from the signed ones before them.

It holds the signing key, reads the ledger, and speaks to no forge. Run under an account of its own it is the
second look that a stolen laik account cannot leave out: what was signed cannot be changed, reordered or cut
off any more, since the signer and apply each remember how far they have seen (``puncak.json``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from automation.core.attest import BadSignature, entry_statement
from automation.core.chain import Link
from automation.core.errors import Where
from automation.core.heldnames import ADMITTED, REVOKED
from automation.core.keyring import KeyRing
from automation.core.signingrules import may_not_sign
from automation.core.text import Bilingual
from automation.core.verified import Mark, SignatureRow, Verified, names_by, verify_cases, verify_ledger
from automation.signing.ed25519 import PrivateKey, check
from automation.signing.keyfiles import load_mark, save_mark
from automation.store.journal import Vouched
from automation.store.open import Store

BATCH = 500  # entries kept in one transaction


@dataclass(frozen=True, slots=True)
class NotSigned:
    """An entry that was left unsigned, and why. Later ones of its case wait for it."""

    case: str
    seq: int
    reason: Bilingual


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did: entries signed now, what needs no vouching any more, what was left and why."""

    signed: int
    settled: tuple[Vouched, ...]
    refused: tuple[NotSigned, ...]
    waiting: int


def sign_pending(
    store: Store, key: PrivateKey, ring: KeyRing, *, memory: Path, vouched: Sequence[Vouched] | None
) -> Outcome:
    """Sign what is not signed yet, in each case in the order in which it was appended.

    Args:
        store: the database with the ledger.
        key: the signing key.
        ring: the ledger's key ring.
        memory: file with what this signer has signed so far; made by the first run.
        vouched: the entries that laik vouches for; None when a person vouches for everything there is.

    Raises:
        BadSignature: the ledger is not what was signed before, or the key is not in its turn.
        LedgerConflict: another signer was first; run again.
    """
    seen = load_mark(memory)
    links, verified = _looked_at(store, ring, seen, vouched)
    _hold_turn(key, ring, verified.mark.serial + 1)
    chosen = _Choice(links, verified, None if vouched is None else frozenset(vouched))
    ready = chosen.ready()
    mark = verified.mark
    for start in range(0, len(ready), BATCH):
        batch, mark = _envelopes(ready[start : start + BATCH], key, mark)
        store.signatures.append(batch)
        save_mark(
            memory, mark
        )  # after they are kept: a memory ahead of the ledger would look like a rollback
    if not ready and seen != mark:
        save_mark(memory, mark)
    signed = {*verified.numbers(), *((link.case, link.seq) for link in ready)}
    return Outcome(
        len(ready), _settled(links, vouched or (), signed), chosen.refused, len(links) - len(signed)
    )


def _looked_at(
    store: Store, ring: KeyRing, seen: Mark | None, vouched: Sequence[Vouched] | None
) -> tuple[Sequence[Link], Verified]:
    """The entries to choose from, held against their signatures.

    An admission hangs on what other cases hold, so the whole ledger is looked at before one is signed; else
    the cases with something to sign are enough, or each entry of an office would cost more than the last.
    """
    waiting = store.signatures.unsigned()
    if vouched is None or seen is None or any(kind == "admitted" for _, kind in waiting):
        links = store.ledger.all_links()
        rows = store.signatures.rows()
        return links, verify_ledger(links, rows, ring, check, seen=seen, whole=False)
    cases = tuple(dict.fromkeys([*(case for case, _ in waiting), *(case for case, _, _ in vouched)]))
    links = tuple(link for case in cases for link in store.ledger.links(case))
    rows = tuple(row for case in cases for row in store.signatures.rows(case))
    recent = store.signatures.since(seen.serial)
    return links, verify_cases(links, rows, recent, ring, check, seen=seen)


def _envelopes(
    links: Sequence[Link], key: PrivateKey, mark: Mark
) -> tuple[list[tuple[SignatureRow, str]], Mark]:
    rows: list[tuple[SignatureRow, str]] = []
    for link in links:
        serial = mark.serial + 1
        payload = entry_statement(link, ledger=mark.ledger, serial=serial, before=mark.payload)
        envelope = key.envelope(payload)
        rows.append((SignatureRow(serial, link.case, link.seq, envelope.text()), key.id))
        mark = Mark(mark.ledger, serial, envelope.digest)
    return rows, mark


class _Choice:
    """Chooses what to sign; a case stops at its first entry that may not be signed."""

    def __init__(self, links: Sequence[Link], verified: Verified, vouched: frozenset[Vouched] | None) -> None:
        self._links = links
        self._vouched = vouched
        self._signed = verified.numbers()
        self._counted = list(verified.signed)
        self._stopped: dict[str, NotSigned] = {}
        self._earlier: dict[str, list[Link]] = {}

    @property
    def refused(self) -> tuple[NotSigned, ...]:
        return tuple(self._stopped.values())

    def ready(self) -> list[Link]:
        chosen = []
        holders = names_by(self._counted).holders()
        for link in self._links:
            earlier = self._earlier.setdefault(link.case, [])
            if (link.case, link.seq) not in self._signed and self._may(link, earlier, holders):
                chosen.append(link)
                _hold(link, holders)
            earlier.append(link)
        return chosen

    def _may(self, link: Link, earlier: Sequence[Link], holders: Mapping[str, str]) -> bool:
        if link.case in self._stopped:
            return False
        by_hand = self._vouched is None
        reason = self._unvouched(link) or may_not_sign(link, earlier, holders, by_hand=by_hand)
        if reason is not None:
            self._stopped[link.case] = NotSigned(link.case, link.seq, reason)
        return reason is None

    def _unvouched(self, link: Link) -> Bilingual | None:
        if self._vouched is None or (link.case, link.seq, link.digest) in self._vouched:
            return None
        return Bilingual(
            "bukan laik ini yang mencatatnya, atau jurnalnya hilang; bila memang benar, jalankan"
            " `laik ledger sign --all`",
            "this laik has not recorded it, or its journal is lost; if it is right all the same, run"
            " `laik ledger sign --all`",
        )


def _hold(link: Link, holders: dict[str, str]) -> None:
    if link.kind in {ADMITTED, REVOKED}:
        path = str(link.content.get("path", ""))
        holders[path] = "" if link.content.get("removed") else link.case


def _settled(
    links: Sequence[Link], vouched: Sequence[Vouched], signed: set[tuple[str, int]]
) -> tuple[Vouched, ...]:
    """Signed, or never kept (another entry has that number)."""
    kept = {(link.case, link.seq): link.digest for link in links}
    return tuple(
        one for one in vouched if (one[0], one[1]) in signed or kept.get((one[0], one[1]), one[2]) != one[2]
    )


def _hold_turn(key: PrivateKey, ring: KeyRing, serial: int) -> None:
    found = ring.find(key.id)
    if found is None or not found.covers(serial):
        raise BadSignature(
            Bilingual(
                f"Kunci {key.id[:16]} tidak berhak menandatangani tanda {serial}.",
                f"The key {key.id[:16]} may not sign signature {serial}.",
            ),
            remedy=Bilingual(
                "Pakai kunci yang gilirannya menurut gelang kunci (tanda.pem di samping kunci.json).",
                "Use the key whose turn it is by the key ring (tanda.pem beside kunci.json).",
            ),
            where=Where(file=f"tanda {serial}"),
        )
