"""Suppression comments: made powerless in the scanned copy, and reported.

A builder can write ``// ast-grep-ignore`` over a flaw. The words are replaced by as many ``x`` in the copy,
so that no line or column moves and the scanner sees an ordinary comment.
"""

from __future__ import annotations

import re

MARK = re.compile(
    r"ast-grep-ignore|\bnosemgrep\b|#\s*nosec\b|\bnoqa:\s*S\d*|\bphpcs:(?:ignore|disable)\w*"
    r"|@phpcsSuppress|@codingStandardsIgnore\w*|@psalm-suppress\s+Tainted\w*|\bgitleaks:allow\b"
    r"|\bpragma:\s*allowlist\s+secret\b|\bNOSONAR\b",
    re.IGNORECASE,
)


def neutralise(text: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """``text`` with every suppression made powerless, and each as (line, the words), lines from 1."""
    found: list[tuple[int, str]] = []
    line, last = 1, 0
    for match in MARK.finditer(text):
        line += text.count("\n", last, match.start())
        last = match.start()
        found.append((line, " ".join(match[0].split())))
    if not found:
        return text, ()
    return MARK.sub(lambda match: re.sub(r"[^\s#]", "x", match[0]), text), tuple(found)
