"""One file of the tree made ready: copies for the runners, own rules applied, or the reason it cannot be.

Copies get generated names (``000012.php``), so that no name of the repository reaches a tool's command line,
configuration look-up or ignore rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from automation.scan import bladetext, envrules, markup, phptext, secretrules, sources
from automation.scan.astgrep import SUFFIX
from automation.scan.catalogue import catalogue
from automation.scan.limits import Limits
from automation.scan.records import Copy, RawFlaw
from automation.scan.suppress import neutralise

CODING = re.compile(r"\A(?:[^\n]*\n)?[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")
PLAIN_CODINGS = frozenset(
    {"utf-8", "utf8", "ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1", "utf-8-sig"}
)
PHP_IN_MEDIA = re.compile(rb"<\?php\s", re.IGNORECASE)
SERVER_SETTING = re.compile(
    r"(?im)^[ \t]*(?:(?:AddType|AddHandler|SetHandler|ForceType)\b.*php.*"
    r"|(?:php_value[ \t]+)?auto_(?:ap|pre)pend_file\b.*)$"
)
LOCK_FILES = frozenset(
    {"composer.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock"}
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """One file: is it source, what to scan, what was found already, why it cannot be scanned."""

    is_source: bool = False
    copies: tuple[Copy, ...] = ()
    flaws: tuple[RawFlaw, ...] = ()
    suppressions: tuple[tuple[int, str], ...] = ()
    unscanned: str = ""


def prepare(path: str, content: bytes, number: int, limits: Limits) -> Prepared:
    """The file ``path`` with ``content``; ``number`` makes its copies' names."""
    kind = sources.kind_of(path, content)
    if kind.unscannable:
        return Prepared(is_source=True, unscanned=kind.unscannable)
    if not kind.language:
        return _data(path, content)
    if b"\0" in content:
        return Prepared(is_source=True, unscanned="berisi byte NUL (UTF-16 atau bukan teks)")
    if content.count(b"\n") > limits.file_lines:
        return Prepared(is_source=True, unscanned=f"lebih dari {limits.file_lines} baris")
    return _source(path, kind.language, content, number)


def decode(content: bytes) -> str:
    """The text: UTF-8, else Latin-1 so that no byte is lost."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _data(path: str, content: bytes) -> Prepared:
    if b"\0" in content[:8000] or sources.extension(path) in sources.MEDIA:
        return Prepared(flaws=(_flaw("php-in-media", path, 1),) if PHP_IN_MEDIA.search(content) else ())
    text = decode(content)
    flaws = _own_rules(path, text)
    server = path.rpartition("/")[2].lower()
    if server.endswith((".htaccess", ".user.ini", "php.ini", "httpd.conf")):
        flaws += tuple(
            _flaw("server-runs-data", path, text.count("\n", 0, match.start()) + 1)
            for match in SERVER_SETTING.finditer(text)
        )
    marks = () if sources.extension(path) in sources.PROSE else neutralise(text)[1]
    return Prepared(flaws=flaws, suppressions=marks)


def _own_rules(path: str, text: str) -> tuple[RawFlaw, ...]:
    if envrules.is_env(path):
        return envrules.find(path, text)
    if path.rpartition("/")[2].lower() in LOCK_FILES:
        return ()  # hashes by the thousand, written by the package manager
    return secretrules.find(path, sources.extension(path), text)


def _source(path: str, language: str, content: bytes, number: int) -> Prepared:
    original = decode(content)
    own = _own_rules(path, original)
    text, marks = neutralise(original)
    try:
        copies = _copies(path, language, text, content, f"{number:06d}")
    except phptext.NotReadable as problem:
        return Prepared(is_source=True, flaws=own, suppressions=marks, unscanned=problem.reason)
    if language == sources.VUE:
        own += tuple(_flaw("vue-raw-html", path, line) for line in markup.raw_vue_lines(text))
    return Prepared(is_source=True, copies=copies, flaws=own, suppressions=marks)


def _copies(path: str, language: str, text: str, content: bytes, name: str) -> tuple[Copy, ...]:
    if language == sources.PYTHON:
        return (_python(path, content, name),)
    if language in {sources.PHP, sources.BLADE}:
        code, html = (phptext if language == sources.PHP else bladetext).to_code(text)
        return (_copy(name, path, sources.PHP, code), *_scripts(path, html, name, strict=False))
    if language in {sources.HTML, sources.VUE}:
        return _scripts(path, text, name, strict=True)
    return (_copy(name, path, language, text),)


def _scripts(path: str, html: str, name: str, *, strict: bool) -> tuple[Copy, ...]:
    text, language = markup.scripts(html)
    return (_copy(f"{name}-script", path, language, text, strict=strict),) if text else ()


def _copy(name: str, path: str, language: str, text: str, *, strict: bool = True) -> Copy:
    return Copy(f"{name}.{SUFFIX[language]}", path, language, text, strict)


def _python(path: str, content: bytes, name: str) -> Copy:
    """Python's own bytes: the coding line decides what they mean, so only plain codings are accepted.

    ``# coding: utf-7`` or ``rot13`` turns what looks like a comment into code.
    """
    text, _ = neutralise(content.decode("latin-1"))
    coding = CODING.match(text)
    if coding and coding[1].lower() not in PLAIN_CODINGS:
        raise phptext.NotReadable("memakai penyandian teks yang tidak lazim (coding)")
    return Copy(f"{name}.py", path, sources.PYTHON, text)


def _flaw(rule: str, path: str, line: int) -> RawFlaw:
    about = catalogue()[rule]
    return RawFlaw(rule, about.severity, path, line, "", about.message_id, about.message_en)
