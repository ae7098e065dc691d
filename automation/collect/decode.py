"""Bytes to text, and the refusals that all readers share."""

from __future__ import annotations

from automation.core.errors import UnreadableDocument, Where
from automation.core.text import Bilingual

MEGABYTE = 1_000_000

_MEND = Bilingual(
    "Perbaiki berkas pada tempat itu, lalu kirim lagi.", "Mend the file at that place, then send it again."
)


def refused(
    path: str, message: Bilingual, *, line: int = 1, column: int = 1, remedy: Bilingual = _MEND
) -> UnreadableDocument:
    """The refusal of one file at one place."""
    return UnreadableDocument(
        message, remedy=remedy, where=Where(file=path, line=line, column=column if line else 0)
    )


def too_large(path: str, size: int, limit: int) -> UnreadableDocument:
    """The refusal of a file over its limit; both in bytes."""
    return refused(
        path,
        Bilingual(
            f"Berkas terlalu besar: {size} bita, paling banyak {limit}.",
            f"The file is too large: {size} bytes, at most {limit}.",
        ),
        remedy=Bilingual(
            "Ringkas isinya atau pecah lampirannya, lalu kirim lagi.",
            "Shorten it or split off its attachments, then send it again.",
        ),
    )


def utf8(content: bytes, *, path: str, limit: int) -> str:
    """``content`` as text, without its byte order mark.

    Raises:
        UnreadableDocument: over ``limit`` bytes, not UTF-8 (with the line), or holding NUL.
    """
    if len(content) > limit:
        raise too_large(path, len(content), limit)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = content[: failure.start].count(b"\n") + 1
        raise refused(
            path,
            Bilingual("Berkas bukan teks UTF-8.", "The file is not UTF-8 text."),
            line=line,
            remedy=Bilingual(
                "Simpan ulang sebagai teks UTF-8, lalu kirim lagi.",
                "Save it as UTF-8 text, then send it again.",
            ),
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise refused(path, Bilingual("Berkas berisi bita nol.", "The file holds a zero byte."), line=line)
    return text
