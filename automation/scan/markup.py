"""The scripts inside HTML and Vue files, as JavaScript or TypeScript with lines where they were."""

from __future__ import annotations

import re

from automation.scan.phptext import blank
from automation.scan.sources import JAVASCRIPT, TYPESCRIPT

OPENING = re.compile(r"<script\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
CLOSING = re.compile(r"</script[\s/>]", re.IGNORECASE)
TYPE = re.compile(r"\btype\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
TYPESCRIPT_MARK = re.compile(r"\blang\s*=\s*[\"']?tsx?\b", re.IGNORECASE)
RUN_BY_BROWSER = re.compile(
    r"(text|application)/(x-)?(java|ecma)script|module|text/babel|text/jsx", re.IGNORECASE
)
RAW_VUE_HTML = re.compile(r"\sv-html\s*=")


def scripts(text: str) -> tuple[str, str]:
    """All scripts of a page in one text, and its language; empty when there are none.

    Data blocks (``application/json``, ``text/template``) are no scripts. A comment may hide a script from the
    browser, never one from this function: scripts inside comments are taken too.
    """
    out: list[str] = []
    position, language, found = 0, JAVASCRIPT, False
    while opening := OPENING.search(text, position):
        closing = CLOSING.search(text, opening.end())
        end = closing.start() if closing else len(text)
        out.append(blank(text[position : opening.end()]))
        if _is_run(opening[1]) and text[opening.end() : end].strip():
            found = True
            language = TYPESCRIPT if TYPESCRIPT_MARK.search(opening[1]) else language
            out.append(text[opening.end() : end] + ";")
        else:
            out.append(blank(text[opening.end() : end]))
        position = end
    return ("".join(out), language) if found else ("", "")


def raw_vue_lines(text: str) -> tuple[int, ...]:
    """Lines with ``v-html``, which prints raw HTML."""
    return tuple(number for number, line in enumerate(text.split("\n"), 1) if RAW_VUE_HTML.search(line))


def _is_run(attributes: str) -> bool:
    kind = TYPE.search(attributes)
    return kind is None or RUN_BY_BROWSER.fullmatch(kind[1]) is not None
