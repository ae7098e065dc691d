"""The journal: which entries laik itself appended and nobody has signed yet, in a file of laik's account.

Why not simply sign whatever lies in the database: then whoever can write there, and has neither laik's
account nor a key, could have his own entries signed. The signer signs what laik vouches for, and laik vouches
for what is in this file. A line is written before its entry is committed, so none is kept untold; a line
whose entry never came to be is harmless.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

Vouched = tuple[str, int, str]
"""(case, seq, digest) of an entry."""

FILE = "belum-bertanda.txt"
_LINE = re.compile(r"(\S{1,100}) ([1-9][0-9]{0,9}) ([0-9a-f]{64})", re.ASCII)


class JournalFile:
    """The journal at ``path``; safe between processes of one machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, case: str, seq: int, digest: str) -> None:
        """Vouch for an entry that is about to be kept."""
        with self._locked() as file:
            os.lseek(file, 0, os.SEEK_END)
            os.write(file, f"{case} {seq} {digest}\n".encode())
            os.fsync(file)

    def vouched(self) -> tuple[Vouched, ...]:
        """What is waiting to be signed, in the order in which it was written."""
        if not self.path.exists():
            return ()
        with self._locked() as file:
            return read_vouched(_content(file))

    def settle(self, done: Iterable[Vouched]) -> None:
        """Take out what needs no signature any more."""
        gone = set(done)
        if not gone:
            return
        with self._locked() as file:
            kept = [one for one in read_vouched(_content(file)) if one not in gone]
            # In place, under the lock: a new file by rename would be another one than others wait for.
            text = write_vouched(kept).encode()
            os.ftruncate(file, 0)
            os.pwrite(file, text, 0)
            os.fsync(file)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def read_vouched(text: str) -> tuple[Vouched, ...]:
    """The entries that lines name; a line that names none is left out (a write that was cut off)."""
    found = (_LINE.fullmatch(line) for line in text.splitlines())
    return tuple((one[1], int(one[2]), one[3]) for one in found if one)


def write_vouched(entries: Iterable[Vouched]) -> str:
    """One line an entry."""
    return "".join(f"{case} {seq} {digest}\n" for case, seq, digest in entries)


def _content(file: int) -> str:
    size = os.fstat(file).st_size
    return os.pread(file, size, 0).decode("utf-8", "replace")
