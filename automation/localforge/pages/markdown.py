"""What people wrote, as HTML that does nothing: no HTML of theirs, no scheme but http(s), no image, no load.

HTML comments (laik's own markers among them) are left out, as on the real forges; any other HTML is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup

LONGEST_TEXT = 200_000
LONGEST_LINE = 20_000  # inline parsing is not linear in the length of one line
_SCHEME = re.compile(r"[^/?#]*:")
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_FIRST_LEVEL, _LAST_LEVEL = 3, 6


def harmless_link(address: str) -> bool:
    r"""Whether a link may be one: http(s), or relative to this server.

    The attack is ``javascript:`` and its kin in a link that someone clicks, also written with entities or
    capitals; and ``//host`` or ``/\host``, which look like paths and lead elsewhere.
    """
    if any(ord(character) <= 0x20 or character in "\\\x7f" for character in address):
        return False
    if _HTTP.match(address):
        return True
    return not _SCHEME.match(address) and not address.startswith("//")


def to_html(text: str, *, base: str = "") -> Markup:
    """Markdown as inert HTML; headings begin at level 3, below the page's own.

    Args:
        text: hostile; one too long to parse in good time is shown as plain text, cut.
        base: the address that relative links of a file start from; empty leaves them as they are.
    """
    if len(text) > LONGEST_TEXT or any(len(line) > LONGEST_LINE for line in text.splitlines()):
        return Markup('<pre class="plain">{}</pre>').format(without_comments(text)[:LONGEST_TEXT])
    parser = _Parser()
    env: dict[str, Any] = {}
    tokens = parser.parse(text, env)
    _move_headings(tokens)
    for token in tokens:
        _make_inert(token.children or [], base)
    return Markup(parser.renderer.render(tokens, parser.options, env))  # noqa: S704 - the renderer escapes


def without_comments(text: str) -> str:
    """The text without closed HTML comments, in linear time."""
    kept, at = [], 0
    last = text.rfind("-->")
    while (start := text.find("<!--", at)) >= 0 and start + 4 <= last:
        kept.append(text[at:start])
        at = text.index("-->", start + 4) + 3
    return "".join([*kept, text[at:]])


class _Parser(MarkdownIt):
    """CommonMark with tables, without HTML, with our own rule for links."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False})
        self.enable(["table", "strikethrough"])
        self.inline.ruler.before("autolink", "comment", _swallow_comment)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's own name
        return harmless_link(url)


def _swallow_comment(state: StateInline, _silent: bool) -> bool:
    """Leave a closed comment out; what is in code never comes here."""
    if not state.src.startswith("<!--", state.pos) or _last_close(state) < state.pos + 4:
        return False
    state.pos = state.src.index("-->", state.pos + 4) + 3
    return True


def _last_close(state: StateInline) -> int:
    """Where the last comment of this text ends; looked up once, or many openings would cost a search each."""
    known = state.env.get("last_close")
    if known is None or known[0] is not state.src:
        known = state.env["last_close"] = (state.src, state.src.rfind("-->", 0, state.posMax))
    place: int = known[1]
    return place


def _move_headings(tokens: Iterable[Token]) -> None:
    """Let the highest heading of the text be one below the page's own, so that levels stay in order."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    top = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(_LAST_LEVEL, _FIRST_LEVEL + int(token.tag[1]) - top)}"


def _make_inert(children: Iterable[Token], base: str) -> None:
    for child in children:
        if child.type == "image":
            # An image would be a request to wherever its writer likes.
            child.type, child.content, child.children = "text", f"[gambar: {child.content}]", None
        elif child.type == "link_open":
            address = str(child.attrs.get("href", ""))
            if base and not address.startswith("#"):
                joined = urljoin(base, address)
                # "../..//host" would be joined to "//host".
                child.attrs["href"] = joined if harmless_link(joined) else base
            child.attrs["rel"] = "nofollow noopener noreferrer"
