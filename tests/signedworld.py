"""A ledger with keys: the story of one case, entry by entry, and somebody who signs it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from automation.core.keyring import KeyRing
from automation.core.verified import Verified, verify_ledger
from automation.signer import Outcome, sign_pending
from automation.signing.ed25519 import check
from automation.signing.keyfiles import MEMORY, RING, SIGNING, load_private, load_ring, make_keys
from automation.store import Store, open_store
from automation.store.journal import JournalFile

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CASE, OTHER = "PA-2026-0001", "PA-2026-0002"
DECISION, BLOB, SHA = "d" * 64, "b" * 40, "c" * 40
STEP = "tindak-lanjut-hosting"


def admission(
    path: str, *, decision: str = DECISION, blob: str = BLOB, removed: bool = False
) -> dict[str, Any]:
    """The body of an ``admitted`` entry."""
    return {
        "path": path,
        "blob": blob,
        "sha": SHA,
        "decision": decision,
        "merge_request": 7,
        "merge_sha": SHA,
        "removed": removed,
    }


def intent(path: str, *, decision: str = DECISION, blob: str = BLOB) -> dict[str, Any]:
    return {"path": path, "blob": blob, "sha": SHA, "decision": decision, "merge_request": 7, "head": SHA}


def story(path: str, *, decision: str = DECISION, blob: str = BLOB) -> list[tuple[str, dict[str, Any]]]:
    """What leads to an admission, as laik records it."""
    act = {
        "act": "merge_request/9/0",
        "step": STEP,
        "ruling": "approved",
        "digest": decision,
        "subjects": {},
        "account": 5,
        "body": "e" * 64,
    }
    return [
        ("accepted", {"form": "f" * 64, "agency": "dinkes", "procedure": "ringkas", "version": "1"}),
        ("shown", {"step": STEP, "digest": decision, "subjects": {}}),
        ("act", act),
        ("merge_intended", intent(path, decision=decision, blob=blob)),
        ("admitted", admission(path, decision=decision, blob=blob)),
    ]


@dataclass
class SignedWorld:
    """A store whose journal is kept, the keys in ``keys``, and the ring that checkers trust."""

    store: Store
    journal: JournalFile
    keys: Path
    url: str

    @property
    def ring(self) -> KeyRing:
        return load_ring(self.keys / RING)

    def append(self, case: str, kind: str, body: dict[str, Any]) -> None:
        self.store.ledger.append(case, kind, body, at=AT, expect=self.store.ledger.last_seq(case))

    def tell(self, case: str, path: str, **more: str) -> None:
        """A whole case up to its admission."""
        for kind, body in story(path, **more):
            self.append(case, kind, body)

    def sign(self, *, everything: bool = False) -> Outcome:
        """One run of the signer, as laik has it run."""
        done = sign_pending(
            self.store,
            load_private(self.keys / SIGNING),
            self.ring,
            memory=self.keys / MEMORY,
            vouched=None if everything else self.journal.vouched(),
        )
        self.journal.settle(done.settled)
        return done

    def verified(self, **more: Any) -> Verified:
        links, rows = self.store.ledger.all_links(), self.store.signatures.rows()
        return verify_ledger(links, rows, self.ring, check, **more)

    def sql(self, *statements: str) -> None:
        """Change the database as somebody who may write there, and drop its triggers, could."""
        with sqlite3.connect(self.url.removeprefix("sqlite:///")) as connection:
            named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for one in [*(f"DROP TRIGGER {name}" for (name,) in named), *statements]:
                connection.execute(one)
        connection.close()


@contextmanager
def signed_world(folder: Path, url: str = "") -> Iterator[SignedWorld]:
    """A fresh one, in SQLite where no address is given; the store is closed at the end."""
    url = url or f"sqlite:///{folder / 'laik.db'}"
    make_keys(folder / "kunci")
    journal = JournalFile(folder / "jurnal.txt")
    store = open_store(url, journal=journal)
    try:
        yield SignedWorld(store, journal, folder / "kunci", url)
    finally:
        store.close()
