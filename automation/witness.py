"""The witness: has the signer sign what laik has recorded, by the journal of what laik itself recorded.

Without ``LAIK_SIGN`` and ``LAIK_SIGNING_KEY_FILE`` there is nothing to do, and entries stay unsigned.
"""

from __future__ import annotations

import json
from typing import Any

from automation.childprocess import ran, scrubbed
from automation.core.errors import CheckFailed, LaikError, LedgerConflict, Where
from automation.core.text import Bilingual
from automation.settings import Settings
from automation.signer import NotSigned, sign_pending
from automation.signing.keyfiles import MEMORY, load_private, load_ring
from automation.store.journal import FILE, JournalFile, Vouched, write_vouched
from automation.store.open import Store

SIGN_SECONDS = 300
TRIES = 3  # another signer (a second laik, a person) may be first


def journal_of(settings: Settings) -> JournalFile | None:
    """The journal, where somebody signs; else nobody would ever empty it."""
    signs = bool(settings.sign) or settings.signing_key is not None
    return JournalFile(settings.state / FILE) if signs else None


class Witness:
    """Has entries signed; safe to call at any time, and again after any failure."""

    def __init__(self, settings: Settings, store: Store, journal: JournalFile | None) -> None:
        self._settings = settings
        self._store = store
        self._journal = journal

    def sign(self) -> None:
        """Have everything signed that waits.

        Raises:
            LaikError: it could not be signed, or not all of it; nothing is lost, and later runs try again.
        """
        if self._journal is None:
            return
        vouched = self._journal.vouched()
        if not vouched:
            return
        settled, refused = self._signed(vouched)
        self._journal.settle(settled)
        if refused:
            raise _not_all(refused)

    def _signed(self, vouched: tuple[Vouched, ...]) -> tuple[tuple[Vouched, ...], tuple[NotSigned, ...]]:
        if self._settings.sign:
            return self._by_program(vouched)
        for _ in range(TRIES - 1):
            try:
                return self._by_itself(vouched)
            except LedgerConflict:
                continue
        return self._by_itself(vouched)

    def _by_itself(self, vouched: tuple[Vouched, ...]) -> tuple[tuple[Vouched, ...], tuple[NotSigned, ...]]:
        key_file, ring_file = self._settings.signing_key, self._settings.keyring
        if key_file is None or ring_file is None:
            raise _refused("LAIK_KEYRING belum diisi / is not set")
        key, ring = load_private(key_file), load_ring(ring_file)
        done = sign_pending(self._store, key, ring, memory=key_file.parent / MEMORY, vouched=vouched)
        return done.settled, done.refused

    def _by_program(self, vouched: tuple[Vouched, ...]) -> tuple[tuple[Vouched, ...], tuple[NotSigned, ...]]:
        # The database URL may hold a password: everybody on the machine can read arguments.
        environment = {**scrubbed(), "LAIK_STORE": self._settings.store_url}
        given = write_vouched(vouched).encode()
        done = ran([*self._settings.sign, "--json"], SIGN_SECONDS, environment, _refused, given=given)
        lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
        answer = _answer(lines[-1]) if lines else None
        if answer is None:
            raise _refused(done.stderr.decode("utf-8", "replace"))
        return answer


def _answer(line: str) -> tuple[tuple[Vouched, ...], tuple[NotSigned, ...]] | None:
    try:
        said: Any = json.loads(line)
        settled = tuple((str(case), int(seq), str(digest)) for case, seq, digest in said["settled"])
        refused = tuple(
            NotSigned(str(one["case"]), int(one["seq"]), Bilingual(str(one["id"]), str(one["en"])))
            for one in said["refused"]
        )
    except (ValueError, TypeError, KeyError):
        return None
    return settled, refused


def _not_all(refused: tuple[NotSigned, ...]) -> LaikError:
    first = refused[0]
    more = f" (+{len(refused) - 1})" if len(refused) > 1 else ""
    return CheckFailed(
        Bilingual(
            f"Entri {first.seq} tidak ditandatangani: {first.reason.id}{more}.",
            f"Entry {first.seq} was not signed: {first.reason.en}{more}.",
        ),
        remedy=Bilingual(
            "Periksa siapa yang mencatatnya (`laik case timeline`); entri sesudahnya menunggu.",
            "Find out who recorded it (`laik case timeline`); the entries after it wait.",
        ),
        where=Where(case=first.case),
    )


def _refused(errors: str) -> CheckFailed:
    last = " ".join(errors.split())[-600:]
    return CheckFailed(
        Bilingual(f"Penandatanganan ditolak: {last}", f"Signing was refused: {last}"),
        remedy=Bilingual(
            "Tidak ada yang hilang; perbaiki penyebabnya, lalu jalankan laik reconcile --all.",
            "Nothing is lost; mend the cause, then run laik reconcile --all.",
        ),
        where=Where(file="laik ledger sign"),
    )
