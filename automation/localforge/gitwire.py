"""The wire under git over HTTP: request bodies, the head of a push, and running a git service."""

from __future__ import annotations

import os
import re
import subprocess
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from starlette.requests import Request

from automation.localforge.gitprogram import clean_environment, git_program
from automation.localforge.gitrecords import ZERO

__all__ = [
    "MAX_BODY_BYTES",
    "BodyTooLarge",
    "MalformedBody",
    "Update",
    "parse_updates",
    "run_service",
    "spool",
]

MAX_BODY_BYTES = 2 * 1024**3
_CHUNK = 64 * 1024
_UPDATE = re.compile(r"([0-9a-f]{40}) ([0-9a-f]{40}) (\S+)")


class BodyTooLarge(Exception):
    """The body is larger than allowed, after unpacking."""


class MalformedBody(Exception):
    """The body is not what git would send."""


@dataclass(frozen=True, slots=True)
class Update:
    """One ref update of a push; ZERO stands for "absent"."""

    old: str
    new: str
    ref: str

    @property
    def deleted(self) -> bool:
        """Whether the ref goes away."""
        return self.new == ZERO


async def spool(request: Request, body: IO[bytes]) -> None:
    """Write the request's body to ``body``, unpacked, and rewind it.

    The limit holds for the unpacked size: a small gzip bomb would otherwise fill the disk.
    """
    size = 0
    async for piece in _unpacked(request):
        size += len(piece)
        if size > MAX_BODY_BYTES:
            raise BodyTooLarge
        body.write(piece)
    body.flush()
    body.seek(0)


async def _unpacked(request: Request) -> AsyncIterator[bytes]:
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding == "identity":
        async for piece in request.stream():
            yield piece
    elif encoding in {"gzip", "x-gzip"}:
        async for piece in _gunzipped(request):
            yield piece
    else:
        raise MalformedBody


async def _gunzipped(request: Request) -> AsyncIterator[bytes]:
    unpack = zlib.decompressobj(wbits=31)
    try:
        async for piece in request.stream():
            rest = piece
            while rest and not unpack.eof:
                yield unpack.decompress(rest, _CHUNK * 16)
                rest = unpack.unconsumed_tail
        yield unpack.flush()
    except zlib.error:
        raise MalformedBody from None
    if not unpack.eof:
        raise MalformedBody


def parse_updates(body: IO[bytes]) -> Sequence[Update]:
    """The ref updates at the head of a receive-pack request (gitprotocol-pack, "Reference Update Request").

    Raises:
        MalformedBody: the head is no list of updates (also for signed pushes, which are not offered).
    """
    updates: list[Update] = []
    while line := _packet(body):
        text = line.partition(b"\0")[0].rstrip(b"\n").decode("utf-8", "replace")
        if text.startswith("shallow "):
            continue
        found = _UPDATE.fullmatch(text)
        if found is None:
            raise MalformedBody
        updates.append(Update(*found.groups()))
    return updates


def _packet(body: IO[bytes]) -> bytes:
    """The next pkt-line's content; empty for a flush packet."""
    head = body.read(4)
    if not re.fullmatch(rb"[0-9a-fA-F]{4}", head):
        raise MalformedBody
    length = int(head, 16)
    if length == 0:
        return b""
    line = body.read(length - 4) if length > 4 else b""
    if not line or len(line) != length - 4:
        raise MalformedBody
    return line


def run_service(
    repository: Path,
    body: IO[bytes],
    service: str,
    protocol: str,
    push: Path | None = None,
    *,
    advertise: bool = False,
) -> Iterator[bytes]:
    """Run one git service with ``body`` as its input, yielding its output as it comes."""
    environment = {"GIT_PROTOCOL": protocol} if protocol else {}
    if push is not None:
        environment["LAIK_PUSH"] = str(push)
    flags = ["--http-backend-info-refs"] if advertise else []
    hooks = str(push) if push is not None else os.devnull
    command = [git_program(), "-c", f"core.hooksPath={hooks}", service, "--stateless-rpc", *flags]
    with (
        body,
        subprocess.Popen(  # noqa: S603 - argument list, no shell; the path is the engine's own
            [*command, str(repository)],
            stdin=body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=clean_environment(environment),
        ) as process,
    ):
        try:
            yield from _output(process)
        finally:
            # A reader who hung up ends the reading. A push is let finish, for its refs may be moving: a
            # broken pipe would kill receive-pack between the refs and the note of what it did.
            if push is None and process.poll() is None:
                process.kill()
            for _ in _output(process):
                pass


def _output(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    assert process.stdout is not None  # noqa: S101 - Popen was given a pipe
    # read1 answers as soon as anything is there, so progress is seen while it happens.
    while chunk := process.stdout.read1(_CHUNK):  # type: ignore[attr-defined]
        yield chunk
