"""The ledger: appends, signed appends and verifications a second; a dossier's bytes verified a second."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from automation.core.dossier import assemble
from automation.core.dossier_check import verify
from automation.signing.ed25519 import check
from tests.bench.timing import Measure
from tests.core.filed import SIGNER, case_file, filed, ring_of
from tests.signedworld import CASE, OTHER, SignedWorld, signed_world

ENTRIES = 500
MEGABYTES = 8


def ledger() -> Iterator[Measure]:
    """On SQLite with every append kept on disk before it counts, as an installation has it.

    A signed append is one append and one run of the signer for it, in a case that grows to 100 entries beside
    another of 500; in practice several are signed at once.
    """
    with tempfile.TemporaryDirectory() as folder, signed_world(Path(folder)) as world:
        seconds = _timed(lambda: _append(world, ENTRIES))
        yield Measure("ledger_appends", ENTRIES / seconds, "entries/s")
        seconds = _timed(world.sign)
        yield Measure("ledger_signatures_in_one_run", ENTRIES / seconds, "entries/s")
        count = ENTRIES // 5
        seconds = _timed(lambda: _append(world, count, case=OTHER, sign=True))
        yield Measure("ledger_signed_appends_one_by_one", count / seconds, "entries/s")
        count = len(world.store.ledger.all_links())
        seconds = _timed(world.verified)
        yield Measure("ledger_verifications", count / seconds, "entries/s")
    data = assemble(
        case_file(files=[filed("berkas", "besar.bin", b"x" * MEGABYTES * 2**20)]), SIGNER.envelope
    )
    seconds = _timed(lambda: verify(data, check, ring=ring_of()))
    yield Measure("dossier_verified", len(data) / 2**20 / seconds, "MiB/s")


def _append(world: SignedWorld, count: int, *, case: str = CASE, sign: bool = False) -> None:
    for number in range(count):
        world.append(case, "forged_status", {"project": number, "sha": "a" * 40, "context": "laik/sop"})
        if sign:
            world.sign()


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
