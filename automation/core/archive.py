"""A ZIP archive in its one spelling: the same members always give the same bytes, on every machine.

Members are stored as they are, without times, owners, extra fields or comments, in the given order. Whoever
reads one encodes what was read again and compares: so not a byte of it can change without being found, also
where ZIP itself would not mind (a time, an attribute, a version, a flag). Any program can open it.

Source: PKWARE's APPNOTE 6.3, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

MAX_MEMBERS = 60_000  # ZIP counts them in 16 bits
MAX_BYTES = 1024**3
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_HEADER = struct.Struct("<4sHHHHHIIIHH")
_ENTRY = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LAST = struct.Struct("<4sHHHHIIH")
_VERSION, _MADE_BY, _DATE, _MODE = 20, 0x0314, 0x0021, 0o100644 << 16
# No way out of the folder it is unpacked into, no name that a file system reads otherwise.
_NAME = re.compile(r"(?!.*(?:^|/)\.)[a-z0-9._-]{1,100}(?:/[a-z0-9._-]{1,100}){0,4}", re.ASCII)


class BrokenArchive(ValueError):
    """Bytes that are no such archive; ``place`` names the member, or the part of the file."""

    def __init__(self, place: str, offset: int) -> None:
        self.place = place
        self.offset = offset
        super().__init__(f"{place}: {offset}")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive."""

    name: str
    content: bytes


def encode(members: Sequence[Member]) -> bytes:
    """The archive's bytes.

    Raises:
        ValueError: too many or too large members, a name twice, or a name that is not plain (a defect of the
            caller: names from documents never become names of members).
    """
    names = [member.name for member in members]
    if len(names) != len(set(names)) or len(names) > MAX_MEMBERS:
        raise ValueError("doubled or too many members")
    if not all(_NAME.fullmatch(name) for name in names):
        raise ValueError("a member's name is not plain")
    if sum(len(member.content) for member in members) > MAX_BYTES:
        raise ValueError("the archive is too large")
    parts, directory, offset = [], [], 0
    for member in members:
        local = _local(member)
        directory.append(_central(member, offset))
        parts += [local, member.content]
        offset += len(local) + len(member.content)
    central = b"".join(directory)
    count = len(members)
    end = _LAST.pack(_END, 0, 0, count, count, len(central), offset, 0)
    return b"".join([*parts, central, end])


def decode(data: bytes) -> tuple[Member, ...]:
    """The members in order; their bytes are not compared with the checksums here, :func:`differs` does.

    Raises:
        BrokenArchive: the bytes cannot be taken apart.
    """
    members: list[Member] = []
    at = 0
    while data[at : at + 4] == _LOCAL:
        member, at = _read(data, at, len(members))
        members.append(member)
    if data[at : at + 4] != (_CENTRAL if members else _END):
        raise BrokenArchive(f"anggota ke-{len(members) + 1}", at)
    return tuple(members)


def differs(members: Sequence[Member], data: bytes) -> BrokenArchive | None:
    """Where the archive's bytes are not the one spelling of its members; None when they are."""
    try:
        wanted = encode(members)
    except ValueError:
        return BrokenArchive("nama anggota / member names", 0)
    if wanted == data:
        return None
    shorter = min(len(wanted), len(data))
    offset = next((at for at in range(shorter) if wanted[at] != data[at]), shorter)
    return BrokenArchive(_place(members, offset), offset)


def _read(data: bytes, at: int, number: int) -> tuple[Member, int]:
    place = f"anggota ke-{number + 1}"
    if number >= MAX_MEMBERS or at + _HEADER.size > len(data):
        raise BrokenArchive(place, at)
    fields = _HEADER.unpack_from(data, at)
    size, name_size, extra = fields[8], fields[9], fields[10]
    start = at + _HEADER.size
    end = start + name_size + extra + size
    name = data[start : start + name_size].decode("ascii", "replace")
    if end > len(data) or not _NAME.fullmatch(name):
        raise BrokenArchive(place, at)
    return Member(name, data[start + name_size + extra : end]), end


def _local(member: Member) -> bytes:
    name, size = member.name.encode("ascii"), len(member.content)
    checksum = zlib.crc32(member.content)
    return _HEADER.pack(_LOCAL, _VERSION, 0, 0, 0, _DATE, checksum, size, size, len(name), 0) + name


def _central(member: Member, offset: int) -> bytes:
    name, size = member.name.encode("ascii"), len(member.content)
    checksum = zlib.crc32(member.content)
    return (
        _ENTRY.pack(
            _CENTRAL,
            _MADE_BY,
            _VERSION,
            0,
            0,
            0,
            _DATE,
            checksum,
            size,
            size,
            len(name),
            0,
            0,
            0,
            0,
            _MODE,
            offset,
        )
        + name
    )


def _place(members: Sequence[Member], offset: int) -> str:
    """The member in whose part of the file an offset lies."""
    at = 0
    for member in members:
        at += _HEADER.size + len(member.name) + len(member.content)
        if offset < at:
            return member.name
    return "daftar isi arsip / archive directory"
