"""The one output port: every text laik writes on a forge passes :func:`outgoing`.

Trusted template text and :class:`Untrusted` values are kept apart until here, where untrusted ones become
one line of inert text. What a hostile text could do otherwise, and the guard against it:

- run a GitLab quick action: ``/approve`` at a line's start runs with the bot's rights, also in notes sent
  through the API. Slashes before a word are escaped, all line separators become spaces.
- call people (``@all``), close issues (``Closes #1``, ``Closes GH-1``, also by address) or leave traces of
  laik's on them. Forges look for references, and GitLab for check boxes, contents and coloured differences
  too, in the *rendered* text, where an escape or entity is gone again: a zero-width space parts them.
  Left alone: commit ids, which people copy from here and which lead to a commit at most.
- pose as laik: a marker ``<!-- laik``, a heading, a table row or a list item of its own. Markup is escaped
  and the marker is parted, so that a plain search of the raw text does not find it either.
- leave the page: images and links that fetch or lead elsewhere. Brackets and addresses are made inert.
- read otherwise than it is written: bidirectional overrides and control characters are taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_UNTRUSTED = 1000  # characters of one untrusted value in a comment

_PART = "\u200b"
_LINE_BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# What shows nothing: controls, soft hyphen, zero-width space and joiner, marks that turn the reading order.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKUP = re.compile(r"[\\`*_\[\]{}<>|~$^&]")
_CALLS = re.compile(r"@")
_REFERENCES = re.compile(r"[#!%~$^&](?=\w|[\"':]|$)", re.MULTILINE)
_NUMBERED = re.compile(r"\bG[HL]-(?=\d|$)", re.IGNORECASE | re.MULTILINE)
_BRACKETS = re.compile(r"[\[{]|\*(?=\w+:)")  # ``[issue:1]``, ``[ ]``, ``{+ +}``, ``*iteration:1``
_ADDRESSES = re.compile(r":(?=//)|www(?=\.|$)", re.IGNORECASE | re.MULTILINE)
_MARKERS = re.compile(r"<(?=!)")
_SLASHES = re.compile(r"(?<![\w/])/(?=\w)")
_LINE_STARTS = re.compile(r"^(?:[#+=:-]|(?P<number>\d+)(?=[.)]))", re.MULTILINE)
_MARGINS = re.compile(r"^[^\S\n]+|[^\S\n]+$", re.MULTILINE)
_QUICK_ACTION = re.compile(r"(?:[>*+\s-]|\d+[.)])*/[^\W\d_]")


class UnsafeOutput(Exception):
    """Outgoing text would run a forge command: a defect of a template, never written."""


@dataclass(frozen=True, slots=True)
class Untrusted:
    """Text from outside (request, document, account name) for :func:`compose`; cut to ``limit``."""

    text: str
    limit: int = MAX_UNTRUSTED


def outgoing(parts: Iterable[str | Untrusted]) -> str:
    """The finished text of a comment, description or answer.

    Raises:
        UnsafeOutput: a line would start with a forge command all the same.
    """
    text = compose(parts)
    for line in _LINE_BREAKS.split(text):
        if _QUICK_ACTION.match(line):
            raise UnsafeOutput(f"a line starts with a forge command: {line[:60]!r}")
    return text


def compose(parts: Iterable[str | Untrusted]) -> str:
    """Trusted text as it is, :class:`Untrusted` values as one inert line each."""
    return "".join(
        neutralise(_cut(_flat(part.text), part.limit)) if isinstance(part, Untrusted) else part
        for part in parts
    )


def one_line(text: str, limit: int) -> str:
    """Untrusted text as one line of at most ``limit`` characters, for titles and statuses.

    Calls and references are inert; markup is left, since these places show it as plain text.
    """
    # The parting characters come on top of what people see, so the text is shortened until all fits.
    room = limit
    while len(result := _parted(_cut(_flat(text), room))) > limit:
        room -= 1
    return result


def neutralise(text: str) -> str:
    """Untrusted text, of one or more lines, that a forge renders as nothing but itself."""
    lines = _LINE_BREAKS.sub("\n", _clean(text))
    inert = _MARKUP.sub(r"\\\g<0>", _parted(_MARGINS.sub("", lines)))
    inert = _SLASHES.sub(r"\\/", inert)
    return _LINE_STARTS.sub(
        lambda found: f"{found['number'] or ''}\\" + ("" if found["number"] else found[0]), inert
    )


def _parted(text: str) -> str:
    """Put a zero-width space into whatever a forge would take for a call, reference, address or marker."""
    for pattern in (_CALLS, _REFERENCES, _NUMBERED, _BRACKETS, _ADDRESSES, _MARKERS):
        text = pattern.sub(rf"\g<0>{_PART}", text)
    return text


def _clean(text: str) -> str:
    return _INVISIBLE.sub("", _SURROGATE.sub("\ufffd", _LINE_BREAKS.sub("\n", text)))


def _flat(text: str) -> str:
    return " ".join(_clean(text).split())


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + "…"[:limit]
