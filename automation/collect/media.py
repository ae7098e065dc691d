"""What a file is by its content, never by its ending."""

from __future__ import annotations

from automation.collect.markdown import visible_html

PLACEHOLDER = "isi di sini"
_LOOKED_AT = 200_000
_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"PK\x03\x04", "office"),
    (b"version https://git-lfs.github.com/spec/", "pointer"),
)


def media_of(content: bytes) -> str:
    """One of the words of ``FileFact.media``; empty content is ``blank``."""
    for magic, name in _MAGIC:
        if content.startswith(magic):
            return name
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return _text_media(content[:_LOOKED_AT])


def _text_media(content: bytes) -> str:
    text = content.decode("utf-8-sig", "replace")
    # A cut in the middle of a character leaves one replacement at the end; more of them is binary data.
    if "\0" in text or "\ufffd" in text[:-1]:
        return "unknown"
    # One more "<" would make the parser see a comment in Markdown; both kinds hide their comments alike.
    visible = visible_html(text)
    start = text.lstrip()[:300].casefold()
    if "<svg" in start:
        return "svg"
    if not _says_something(visible):
        return "blank"
    return "html" if start.startswith(("<!doctype html", "<html", "<head", "<body")) else "text"


def _says_something(visible: str) -> bool:
    words = " ".join(visible.casefold().split()).replace(PLACEHOLDER, " ")
    return sum(ch.isalnum() for ch in words) >= 10
