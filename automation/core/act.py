"""Acts: what people tell laik in comments, ``@laik <verb> <about> <code> [reason]``.

Markdown is parsed before anything is looked for: text that a reader sees as code, quotation, link,
heading, list or HTML is speech *about* a command and never the command itself. A command stands at the
start of a line of a plain paragraph. Parsing decides nothing: who may act, and whether the code is the
one shown, is judged from the record later.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from automation.core.verbs import VERBS

Source = Literal["issue", "merge_request"]

MAX_COMMANDS = 20
MAX_REASON = 1000
MAX_BODY = 100_000  # characters; a longer comment is a pasted file, no act


@dataclass(frozen=True, slots=True)
class Command:
    """One command as written.

    Attributes:
        verb: with underscores and in Indonesian where known (``approve`` reads as ``setuju``); an
            unknown verb stays as typed, empty when there was none.
        about: what it speaks of (``kak``), lower case; empty when there was none.
        code: 4 to 40 lower-case hex digits, or empty when none was given.
        reason: the rest of the line, at most ``MAX_REASON`` characters; hostile text.
        line: the comment's line, from 1.
    """

    verb: str
    about: str
    code: str
    reason: str
    line: int

    @property
    def known(self) -> bool:
        """Whether the verb is one of :data:`VERBS`."""
        return self.verb in VERBS

    @property
    def lacks_reason(self) -> bool:
        """Whether this verb needs a reason and none was given."""
        return self.known and VERBS[self.verb].needs_reason and not self.reason


@dataclass(frozen=True, slots=True)
class Said:
    """A comment in neutral words: what :func:`acts_of` reads. ``created_at`` is the server's, aware."""

    id: int
    account: str
    account_id: int
    bot: bool
    body: str
    created_at: datetime
    edited: bool
    source: Source
    place: str


@dataclass(frozen=True, slots=True)
class Act:
    """One command with who gave it, when and where.

    Attributes:
        id: ``<source>/<comment id>/<position in the comment>``; stable and unique within a case.
        command: what was said.
        account: the forge user name; never used for authority without ``account_id``.
        account_id: the forge's immutable number of the account.
        bot: always False in what :func:`acts_of` gives; kept for acts from elsewhere.
        at: the server's creation time.
        source: where comments of that kind live.
        place: for people: ``issue 12``, ``merge request 3``.
        edited: the comment had been edited when first seen, so the act never counts.
        body_digest: hex SHA-256 of the whole comment, to notice a later edit.
    """

    id: str
    command: Command
    account: str
    account_id: int
    bot: bool
    at: datetime
    source: Source
    place: str
    edited: bool
    body_digest: str


def canonical(verb: str) -> str:
    """The Indonesian name of a verb as typed (hyphens, case, English alias); unknown ones cleaned only."""
    word = verb.casefold().replace("-", "_")
    return VERBS[word].name if word in VERBS else word


def nearest(verb: str, known: Iterable[str] = ()) -> str | None:
    """The known verb closest to a mistyped one, in Indonesian; None when nothing is near.

    ``known`` adds verbs that a procedure declares beyond :data:`VERBS`.
    """
    matches = difflib.get_close_matches(canonical(verb)[:60], [*VERBS, *known], n=1, cutoff=0.6)
    return canonical(matches[0]) if matches else None


def acts_of(said: Iterable[Said]) -> tuple[Act, ...]:
    """The acts in comments, ordered by (server's creation time, source, id); bots' comments never count."""
    spoken = sorted(said, key=lambda one: (one.created_at, one.source, one.id))
    return tuple(act for one in spoken if not one.bot for act in _acts_in(one))


def _acts_in(one: Said) -> Iterator[Act]:
    digest = hashlib.sha256(one.body.encode("utf-8", "surrogatepass")).hexdigest()
    for position, command in enumerate(parse_comment(one.body)):
        yield Act(
            id=f"{one.source}/{one.id}/{position}",
            command=command,
            account=one.account,
            account_id=one.account_id,
            bot=one.bot,
            at=one.created_at,
            source=one.source,
            place=one.place,
            edited=one.edited,
            body_digest=digest,
        )


def parse_comment(body: str) -> tuple[Command, ...]:
    """The commands of one comment, in order; at most ``MAX_COMMANDS``, later ones are not read."""
    if len(body) > MAX_BODY:
        return ()
    lines = _UNUSABLE.sub("", body).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    candidates = [index for index, line in enumerate(lines) if _CALL.match(line)]
    if not candidates:
        return ()
    quoted = _forge_quotes(lines)
    for index in candidates:
        lines[index] = _CALL.sub(f"{_OPEN}{index + 1}{_CLOSE}", lines[index], count=1)
    paragraphs = _plain_paragraphs(MarkdownIt("commonmark").enable("table").parse("\n".join(lines)))
    found = [command for children in paragraphs for command in _commands_in(children)]
    return tuple(command for command in found if command.line - 1 not in quoted)[:MAX_COMMANDS]


# Each call is replaced by a mark made of private-use characters before parsing (the comment's own are
# taken out first), so that after parsing it is certain which source line a piece of text comes from: an
# escaped or entity-coded "@laik" and one that a code span swallowed never turn into a mark.
_OPEN, _CLOSE = "\ue000", "\ue001"
_UNUSABLE = re.compile(f"[{_OPEN}{_CLOSE}]")
_CALL = re.compile(r"^ {0,3}@laik(?=[ \t]|$)", re.IGNORECASE)
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_CODE = re.compile(r"[0-9a-f]{4,40}")
_FENCE = re.compile(r"^ {0,3}(?:>{3,}|\${2})[ \t]*$")


def _forge_quotes(lines: Sequence[str]) -> frozenset[int]:
    """Line indexes that GitLab shows as quotation, formula or front matter and CommonMark does not know.

    Everything between the first and the last ``>>>`` or ``$$`` counts, all the rest when there is one
    only: a fence hidden in a code block must not turn a quotation into an act.
    """
    fences = [index for index, line in enumerate(lines) if _FENCE.match(line)]
    end = fences[-1] if len(fences) > 1 else len(lines)
    fenced = range(fences[0], end) if fences else range(0)
    return frozenset(fenced) | frozenset(range(_front_matter_end(lines)))


def _front_matter_end(lines: Sequence[str]) -> int:
    """The number of leading lines that are front matter, which GitLab shows as a code block; mostly 0."""
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    mark = lines[first].strip()[:3]
    if mark not in {"---", "+++", ";;;"}:
        return 0
    closing = (at for at, line in enumerate(lines) if at > first and line.strip() == mark)
    return next(closing, 0)


def _plain_paragraphs(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The inline tokens of each top-level paragraph (not in quotes or lists)."""
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "paragraph_open" and opening.level == 0 and inline.children:
            yield inline.children


def _commands_in(children: Sequence[Token]) -> Iterator[Command]:
    for line in _visual_lines(children):
        first = line[0]
        mark = _MARK.match(first.content) if first.type == "text" and first.level == 0 else None
        if mark:
            yield _command(line, len(mark.group()), int(mark.group(1)))


def _visual_lines(children: Sequence[Token]) -> Iterator[list[Token]]:
    line: list[Token] = []
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            if line:
                yield line
            line = []
        else:
            line.append(child)
    if line:
        yield line


def _command(line: Sequence[Token], start: int, number: int) -> Command:
    """Verb, about and code come from the plain text alone; what follows in markup is reason at most."""
    plain = line[0].content[start:]
    verb, about, rest = _split(plain, 2)
    code, after = _split(rest, 1)
    if _CODE.fullmatch(code.casefold()):
        rest = after
    else:
        code = ""
    tail = "".join(token.content for token in line[1:] if token.type in {"text", "code_inline"})
    reason = " ".join(_MARK.sub("@laik", rest + tail).split())[:MAX_REASON]
    return Command(canonical(verb), about.casefold(), code.casefold(), reason, number)


def _split(text: str, words: int) -> list[str]:
    """``words`` words of a text and the rest, empty where there are fewer."""
    parts = text.split(None, words)
    return parts + [""] * (words + 1 - len(parts))
