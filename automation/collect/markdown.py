"""Markdown -> headings and the plain text a reader would see.

Parsed with a CommonMark parser, never searched: a heading inside a code block or a comment is none, and
a comment is no content, however long. Raw HTML counts by its visible text only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from string import ascii_lowercase, ascii_uppercase

from markdown_it import MarkdownIt
from markdown_it.token import Token

from automation.collect.decode import MEGABYTE, refused, utf8
from automation.core.documents import MarkdownDocument, Section
from automation.core.text import Bilingual

MAX_BYTES = 2 * MEGABYTE
# Inline parsing is not linear in the length of one paragraph; people's paragraphs are far below this.
MAX_PARAGRAPH = 20_000
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_HIDDEN_ELEMENTS = ("script", "style", "template", "title")


@dataclass(slots=True)
class _Piece:
    """Text of one block; ``heading`` is its level when it is one, else 0. ``label`` heads a column."""

    text: str
    line: int
    heading: int = 0
    label: bool = False
    links: list[tuple[str, int]] = field(default_factory=list)


def read_markdown(content: bytes, *, path: str) -> MarkdownDocument:
    """A Markdown file of at most 2 MB as a typed document.

    Raises:
        UnreadableDocument: too large, not UTF-8, or with a paragraph no person writes.
    """
    text = utf8(content, path=path, limit=MAX_BYTES)
    _refuse_endless_paragraphs(text, path)
    pieces = list(_pieces(MarkdownIt("commonmark").enable("table").parse(text)))
    return MarkdownDocument(
        path=path,
        sections=tuple(_sections(pieces)),
        text=_joined(pieces),
        links=tuple(link for piece in pieces for link in piece.links),
    )


def _refuse_endless_paragraphs(text: str, path: str) -> None:
    length = 0
    for number, line in enumerate(text.splitlines(), start=1):
        length = length + len(line) if line.strip() else 0
        if len(line) > MAX_PARAGRAPH or length > MAX_PARAGRAPH * 10:
            raise refused(
                path,
                Bilingual(
                    f"Baris atau paragraf terlalu panjang (lebih dari {MAX_PARAGRAPH} karakter sebaris).",
                    f"A line or paragraph is too long (over {MAX_PARAGRAPH} characters a line).",
                ),
                line=number,
            )


def _pieces(tokens: list[Token]) -> Iterator[_Piece]:
    heading, line, label = 0, 1, False
    for token in tokens:
        if token.map:
            line = token.map[0] + 1
        if token.type == "heading_open":
            # A heading inside a quote or a list is part of that quote, not of the document's outline.
            heading = int(token.tag[1]) if token.level == 0 else 0
        elif token.type == "heading_close":
            heading = 0
        elif token.type in {"th_open", "th_close"}:
            label = token.type == "th_open"
        elif token.type == "inline":
            yield _inline(token, line, heading, label)
        elif token.type in {"fence", "code_block"}:
            yield _Piece(token.content.strip(), line)
        elif token.type == "html_block":
            yield _Piece(visible_html(token.content), line)


def _inline(token: Token, line: int, heading: int, label: bool) -> _Piece:
    piece = _Piece("", line, heading, label)
    words: list[str] = []
    for child in token.children or []:
        if child.type in {"text", "code_inline"}:
            words.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            words.append("\n")
            line += 1
        elif child.type == "image":
            words.append(child.content)
            piece.links.append((str(child.attrs.get("src", "")), line))
        elif child.type == "link_open":
            piece.links.append((str(child.attrs.get("href", "")), line))
    piece.text = "".join(words).strip()
    return piece


def _sections(pieces: list[_Piece]) -> Iterator[Section]:
    for index, piece in enumerate(pieces):
        if not piece.heading:
            continue
        end = index + 1
        while end < len(pieces) and not 0 < pieces[end].heading <= piece.heading:
            end += 1
        text = _joined(pieces[index + 1 : end])
        yield Section(title=piece.text, level=piece.heading, line=piece.line, text=text)


def _joined(pieces: list[_Piece]) -> str:
    """Titles and column heads are no content: a skeleton of headings and tables must not look filled."""
    return "\n".join(piece.text for piece in pieces if piece.text and not piece.heading and not piece.label)


def visible_html(source: str) -> str:
    """The text a browser would show of an HTML fragment; comments, also unclosed ones, are dropped.

    One pass in linear time. Python's HTMLParser is quadratic on unclosed tags: 200 kB of ``<a <a <a`` in a
    mockup would hold a worker for minutes.
    """
    lowered = source.translate(_LOWER)  # unlike casefold it keeps every place where it was
    words: list[str] = []
    at = 0
    while (start := source.find("<", at)) >= 0:
        words.append(source[at:start])
        at = _after_markup(source, lowered, start)
        if at == start:  # a "<" that opens nothing is text
            words.append("<")
            at += 1
    words.append(source[at:])
    return " ".join(unescape("".join(words)).split())


def _after_markup(source: str, lowered: str, start: int) -> int:
    """Where the markup that begins at ``start`` ends; ``start`` itself when it is none."""
    if source.startswith("<!--", start):
        return _past(source, "-->", start + 4)
    following = source[start + 1 : start + 2]
    if not (following.isalpha() or following in {"/", "!", "?"}):
        return start
    hidden = next((name for name in _HIDDEN_ELEMENTS if lowered.startswith(name, start + 1)), None)
    if hidden and not lowered[start + 1 + len(hidden) : start + 2 + len(hidden)].isalnum():
        return _past(source, ">", _past(lowered, f"</{hidden}", start))
    return _past(source, ">", start)


def _past(source: str, end: str, start: int) -> int:
    """The place after the next ``end``; the end of the text when there is none, so nothing rereads it."""
    found = source.find(end, start)
    return len(source) if found < 0 else found + len(end)
