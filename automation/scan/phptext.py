"""PHP files made ready for a parser that only knows PHP code.

The PHP grammar in ast-grep has no HTML in it. :func:`to_code` walks the file as PHP's own lexer does
(strings, interpolation, heredocs, comments, ``?>``), blanks the HTML and the comments, and turns tags into
statements. Lines never move. Where the walk could part ways with PHP (short tags, which a setting turns on
and off; a script in another encoding) the file is refused rather than guessed at: a scanner that takes code
for HTML is a way to hide code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

OPEN = re.compile(r"<\?(?:php(?=[ \t\r\n]|\Z)|=)", re.IGNORECASE)
AMBIGUOUS = re.compile(
    r"<\?(?!xml(?:[ \t\r\n]+[\w:-]+=(?:\"[^\"$<>?]*\"|'[^'$<>?]*'))*[ \t\r\n]*\?>)", re.IGNORECASE
)
LANGUAGE_TAG = re.compile(r"<script[^>]{0,200}language\s*=\s*[\"']?php", re.IGNORECASE)
ENCODING = re.compile(r"declare\s*\(\s*encoding\b", re.IGNORECASE)
INTERESTING = re.compile(
    r"\?>|/\*|//|#(?!\[)|['\"`{}]|<<<[ \t]*(?P<quote>['\"]?)(?P<label>[A-Za-z_]\w*)(?P=quote)\r?\n"
)
LINE_COMMENT_END = re.compile(r"\r?\n|\r|\?>")
SINGLE = re.compile(r"'[^'\\]*(?:\\.[^'\\]*)*'", re.DOTALL)
CONTINUES = re.compile(r"\s*(?:else|elseif|catch|finally|while)\b", re.IGNORECASE)
NOT_NEWLINE = re.compile(r"[^\n]")

MAX_DEPTH = 20  # texts inside texts; a hostile file nests thousands


class NotReadable(Exception):
    """The file cannot be split into PHP and HTML with certainty; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(slots=True)
class _Walk:
    text: str
    position: int = 0
    out: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    last: str = ""

    def copy(self, end: int) -> None:
        """Code up to ``end`` goes out as it is; ``last`` keeps its last visible character."""
        self.last = self.text[self.position : end].rstrip()[-1:] or self.last
        self.out.append(self.text[self.position : end])
        self.html.append(blank(self.text[self.position : end]))
        self.position = end

    def skip(self, end: int, instead: str = "") -> None:
        """Text up to ``end`` is blanked, ``instead`` written before it."""
        self.out.append(instead + blank(self.text[self.position : end]))
        self.html.append(blank(self.text[self.position : end]))
        self.position = end

    def markup(self, end: int) -> None:
        """HTML up to ``end``: out of the code, into the HTML side."""
        self.out.append(blank(self.text[self.position : end]))
        self.html.append(self.text[self.position : end])
        self.position = end


def blank(text: str) -> str:
    """As many spaces as ``text`` has characters, its line ends kept."""
    return NOT_NEWLINE.sub(" ", text)


def to_code(text: str) -> tuple[str, str]:
    """The file as PHP code alone, and its HTML alone, both with lines where they were.

    Raises:
        NotReadable: short tags, a ``declare(encoding)``, or a string or comment that never ends.
    """
    if ENCODING.search(text) or LANGUAGE_TAG.search(text):
        raise NotReadable("memakai declare(encoding) atau <script language=php>")
    walk = _Walk(text)
    while walk.position < len(text):
        opening = OPEN.search(text, walk.position)
        end = opening.start() if opening else len(text)
        if AMBIGUOUS.search(text[walk.position : end]):
            raise NotReadable(
                "memakai tag pendek <? yang artinya bergantung pada setelan server; tulis <?php"
            )
        walk.markup(end)
        if opening:
            walk.skip(opening.end(), " echo " if opening[0] == "<?=" else " ")
            walk.last = "echo" if opening[0] == "<?=" else ""
            _code(walk)
    return "<?php " + "".join(walk.out), "".join(walk.html)


def end_of_code(text: str, start: int) -> int:
    """Where the PHP code that begins at ``start`` (after its opening tag) ends, its ``?>`` included."""
    walk = _Walk(text, position=start)
    _code(walk)
    return walk.position


def _code(walk: _Walk) -> None:
    """PHP code up to its ``?>`` or the end of the file."""
    while True:
        match = INTERESTING.search(walk.text, walk.position)
        if match is None:
            walk.copy(len(walk.text))
            return
        walk.copy(match.start())
        if match[0] == "?>":
            _close(walk)
            return
        _one(walk, match)


def _close(walk: _Walk) -> None:
    """``?>`` ends a statement, unless it stands after one that needs no end."""
    walk.skip(walk.position + 2, _ending(walk.text, walk.position + 2, walk.last))


def _ending(text: str, after: int, before: str) -> str:
    if before in {"", ";", "{", ":"}:
        return " "
    following = OPEN.search(text, after)
    if before == "}" and following and CONTINUES.match(text, following.end()):
        return " "
    return ";"


def _one(walk: _Walk, match: re.Match[str]) -> None:
    """One string, comment, heredoc or brace at the walk's position."""
    sign = match[0]
    if sign in {"//", "#"}:
        end = LINE_COMMENT_END.search(walk.text, match.end())
        walk.skip(end.start() if end else len(walk.text))
    elif sign == "/*":
        walk.skip(_find(walk.text, "*/", match.end()) + 2)
    elif sign == "'":
        whole = SINGLE.match(walk.text, match.start())
        if whole is None:
            raise NotReadable("teks yang dibuka dengan ' tidak ditutup")
        walk.copy(whole.end())
    elif sign in {'"', "`"}:
        walk.copy(_interpolated(walk.text, match.end(), sign))
    elif match["label"]:
        walk.copy(_heredoc(walk.text, match))
    else:
        walk.copy(match.end())


def _find(text: str, what: str, start: int) -> int:
    found = text.find(what, start)
    if found < 0:
        raise NotReadable(f"tidak ada penutup {what}")
    return found


def _heredoc(text: str, match: re.Match[str]) -> int:
    """The end of the heredoc or nowdoc that ``match`` opens (PHP 7.3: the label may be indented)."""
    closing = re.compile(rf"^[ \t]*{match['label']}(?!\w)", re.MULTILINE)
    if match["quote"] == "'":
        found = closing.search(text, match.end())
        if found is None:
            raise NotReadable("heredoc tidak ditutup")
        return found.end()
    return _interpolated(text, match.end(), "", closing)


def _interpolated(
    text: str, start: int, quote: str, closing: re.Pattern[str] | None = None, *, depth: int = 0
) -> int:
    r"""The end of a text with variables: inside ``{$...}`` and ``${...}`` quotes nest, as in ``"{$a["b"]}"``.

    A plain search for the closing quote would lose step there, and lost step hides code.
    """
    if depth > MAX_DEPTH:
        raise NotReadable("teks bersarang terlalu dalam")
    position = start
    special = re.compile(rf"\\.|\{{\$|\$\{{{'|' + quote if quote else ''}", re.DOTALL)
    end = closing.search(text, position) if closing else None
    while True:
        if closing and end and end.start() < position:
            end = closing.search(text, position)
        match = special.search(text, position)
        if end and (match is None or end.start() <= match.start()):
            return end.end()
        if match is None or (closing and end is None):
            raise NotReadable("teks dengan variabel tidak ditutup")
        if match[0] == quote:
            return match.end()
        position = match.end() if match[0].startswith("\\") else _braces(text, match.end(), depth)


def _braces(text: str, start: int, nested: int) -> int:
    """The position after the ``}`` that closes an interpolation; strings inside are skipped whole."""
    position, depth = start, 1
    while depth:
        match = INTERESTING.search(text, position)
        if match is None:
            raise NotReadable("kurung kurawal di dalam teks tidak ditutup")
        position = match.end()
        if match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
        elif match[0] == "'":
            whole = SINGLE.match(text, match.start())
            if whole is None:
                raise NotReadable("teks yang dibuka dengan ' tidak ditutup")
            position = whole.end()
        elif match[0] in {'"', "`"}:
            position = _interpolated(text, position, match[0], depth=nested + 1)
        elif match[0] in {"//", "#", "/*", "?>"} or match["label"]:
            raise NotReadable("komentar atau heredoc di dalam interpolasi teks")
    return position
