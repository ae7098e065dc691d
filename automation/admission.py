"""What apply may serve: the admitted set of the ledger; with a key ring, of its signed entries alone.

Apply remembers in its own output folder which ledger it serves and how far it has seen its signatures. From
then on it wants the key ring: whoever runs it, but may not write there, cannot leave the ring out, hand in
another ledger's, or put the ledger back to an earlier state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from automation.core.attest import BadSignature
from automation.core.chain import Link
from automation.core.errors import CheckFailed, Where
from automation.core.heldnames import AdmittedRow, ReleasedRow
from automation.core.policyadmission import KIND
from automation.core.text import Bilingual
from automation.core.verified import Mark, names_by, verify_ledger, waiting
from automation.keys import POLICY
from automation.signing.ed25519 import check
from automation.signing.keyfiles import MEMORY, load_mark, load_ring, save_mark
from automation.store.open import Store
from automation.targets.release import read_manifest


@dataclass(frozen=True, slots=True)
class Admissions:
    """What may be served, and what was taken away on purpose.

    ``waiting``: admissions and revocations that nobody has signed, in neither ``rows`` nor ``released``.
    ``policy`` is the SHA-256 of the policy in force, empty where none was admitted (with a key ring: signed).

    ``mark`` is None without a key ring.
    """

    rows: Sequence[AdmittedRow]
    released: Sequence[ReleasedRow] = ()
    waiting: tuple[Link, ...] = ()
    mark: Mark | None = None
    policy: str = ""


def read_admissions(store: Store, keyring: Path | None, *, out: Path) -> Admissions:
    """The admissions that count.

    Args:
        store: the database with the ledger.
        keyring: the key ring that apply trusts; None where entries are not signed.
        out: apply's output folder.

    Raises:
        BadSignature: naming the entry that does not hold; nothing may be served from such a ledger.
    """
    seen = load_mark(out / MEMORY)
    if keyring is None:
        if seen is not None:
            raise _ring_left_out(out / MEMORY)
        policy = _policy_of(store.ledger.links(POLICY))
        return Admissions(store.ledger.admitted(), store.ledger.released(), policy=policy)
    links = store.ledger.all_links()
    ring = load_ring(keyring)
    verified = verify_ledger(links, store.signatures.rows(), ring, check, seen=seen, whole=False)
    names = names_by(verified.signed)
    policy = _policy_of(verified.signed)
    found = Admissions(names.admitted, names.released, waiting(links, verified), verified.mark, policy)
    _hold_served(found, out)
    return found


def hold_policy(admissions: Admissions, text: bytes, file: Path) -> None:
    """Refuse another policy than the one in force: it says to which addresses names lead.

    The attack: whoever may start apply, and no more, hands it a policy of his own. A ledger without keys from
    before policy was admitted knows none to hold it to; with keys an admission must be signed.

    Raises:
        CheckFailed: nothing may be served by it.
    """
    signed = admissions.mark is not None
    if admissions.policy == hashlib.sha256(text).hexdigest() or not (admissions.policy or signed):
        return
    raise CheckFailed(
        Bilingual(
            "Kebijakan ini bukan yang berlaku menurut buku besar, atau entrinya belum bertanda tangan.",
            "This policy is not the one in force by the ledger, or its entry is not signed yet.",
        ),
        remedy=Bilingual(
            "Lihat `laik policy show`. Putusan dengan tangan ditandatangani dengan `laik ledger sign --all`.",
            "See `laik policy show`. An admission by hand is signed with `laik ledger sign --all`.",
        ),
        where=Where(file=str(file)),
    )


def _policy_of(links: Iterable[Link]) -> str:
    told = [link.content for link in links if link.case == POLICY and link.kind == KIND]
    return str(told[-1].get("digest", "")) if told else ""


def _hold_served(found: Admissions, out: Path) -> None:
    """A name is taken out of service by a signed entry, never for want of a signature.

    So it is for a ledger from before there were keys, and for what a stolen key has signed.
    """
    manifest = read_manifest(out)
    served = {one.path for one in manifest.names} if manifest else set()
    lost = served - {row.path for row in found.rows}
    for link in found.waiting:
        if str(link.content.get("path", "")) in lost:
            raise BadSignature(
                unsigned_reason(link),
                remedy=Bilingual(
                    "Periksa entri itu, lalu tandatangani dengan `laik ledger sign --all`.",
                    "Look at that entry, then have it signed with `laik ledger sign --all`.",
                ),
                where=Where(case=f"{link.case} entri {link.seq}"),
            )


def remember(admissions: Admissions, *, out: Path) -> None:
    """Keep how far the signatures were seen; apply's account alone may write there."""
    if admissions.mark is not None:
        out.mkdir(parents=True, exist_ok=True)
        save_mark(out / MEMORY, admissions.mark)


def unsigned_reason(link: Link) -> Bilingual:
    """Why an admission is not served."""
    return Bilingual(
        f"entri {link.seq} kasus {link.case} belum bertanda tangan sah; keadaan sebelumnya tetap disajikan.",
        f"entry {link.seq} of case {link.case} has no valid signature yet; the state before stays served.",
    )


def _ring_left_out(memory: Path) -> BadSignature:
    return BadSignature(
        Bilingual(
            "Yang disajikan di sini berasal dari entri bertanda tangan, tetapi gelang kunci tidak disebut.",
            "What is served here comes of signed entries, but no key ring was named.",
        ),
        remedy=Bilingual(
            "Sebutkan --keyring. Bila tanda tangan memang ditinggalkan, hapus berkas itu dengan tangan.",
            "Name it with --keyring. Where signing is given up on purpose, delete that file by hand.",
        ),
        where=Where(file=str(memory)),
    )
