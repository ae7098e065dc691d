"""What counts as source code, by name and content. The lists are explicit; each says what follows.

- ``LANGUAGES``: scanned with laik's rules.
- ``NO_RULES``: source code in a language laik has no rules for, and compiled code: *unscanned*, so the
  gate stays closed. Unknown is not yes (architecture, decision 4).
- everything else (images, style sheets, Markdown, YAML, JSON, lock files, SQL dumps, fonts, archives) is
  data: searched for secrets when it is text, never parsed. Two exceptions, because a web server or an
  ``include`` runs them whatever they are called: ``<?php`` in a file that is no prose makes it PHP, and
  ``#!`` names the interpreter.

There is no exception for ``vendor/``, ``node_modules/`` or ``*.min.js``: what is committed is served.
"""
# ruff: noqa: SIM905 - word lists read best as words

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

PHP, BLADE, JAVASCRIPT, TYPESCRIPT, TSX, PYTHON, BASH, HTML, VUE = (
    "php",
    "blade",
    "javascript",
    "typescript",
    "tsx",
    "python",
    "bash",
    "html",
    "vue",
)

LANGUAGES = {
    **dict.fromkeys(
        "php php3 php4 php5 php7 php8 phps phtml pht phpt inc module install theme ctp".split(), PHP
    ),
    **dict.fromkeys("js mjs cjs jsx es6".split(), JAVASCRIPT),
    **dict.fromkeys("ts mts cts".split(), TYPESCRIPT),
    "tsx": TSX,
    **dict.fromkeys("py pyw pyi".split(), PYTHON),
    **dict.fromkeys("sh bash".split(), BASH),
    **dict.fromkeys("html htm xhtml svg".split(), HTML),
    "vue": VUE,
}

NO_RULES = {
    **dict.fromkeys("java jsp jspx groovy gradle".split(), "Java/Groovy"),
    **dict.fromkeys("kt kts".split(), "Kotlin"),
    "scala": "Scala",
    "go": "Go",
    **dict.fromkeys("rb erb rake ru".split(), "Ruby"),
    **dict.fromkeys("cs cshtml aspx ascx asmx ashx razor vb".split(), ".NET"),
    "asp": "ASP",
    **dict.fromkeys("c h cc cpp cxx hpp hh m mm".split(), "C/C++/Objective-C"),
    "rs": "Rust",
    "swift": "Swift",
    "dart": "Dart",
    **dict.fromkeys("pl pm cgi".split(), "Perl"),
    "lua": "Lua",
    **dict.fromkeys("ex exs".split(), "Elixir"),
    **dict.fromkeys("erl hrl".split(), "Erlang"),
    **dict.fromkeys("clj cljs".split(), "Clojure"),
    **dict.fromkeys("hs lhs".split(), "Haskell"),
    **dict.fromkeys("ps1 psm1".split(), "PowerShell"),
    **dict.fromkeys("bat cmd vbs".split(), "Windows script"),
    **dict.fromkeys("zsh ksh fish".split(), "shell selain sh/bash"),
    **dict.fromkeys("cfm cfc".split(), "ColdFusion"),
    **dict.fromkeys("r jl".split(), "R/Julia"),
    **dict.fromkeys("coffee ls".split(), "CoffeeScript"),
    "svelte": "Svelte",
    "astro": "Astro",
    "ipynb": "Jupyter",
    "twig": "Twig",
    "latte": "Latte",
    "ejs": "EJS",
    **dict.fromkeys("pas dpr".split(), "Pascal"),
    **dict.fromkeys(
        "phar jar war ear class pyc pyo exe dll so dylib a o node wasm swf".split(), "kode terkompilasi"
    ),
}

PROSE = frozenset("md markdown rst adoc txt tex po pot csv tsv".split())
MEDIA = frozenset(
    "png jpg jpeg gif webp avif ico bmp tif tiff pdf doc docx xls xlsx ppt pptx odt ods odp zip gz tgz bz2 "
    "xz 7z rar tar woff woff2 ttf otf eot mp3 mp4 webm ogg wav mov avi sqlite db".split()
)
PHP_ENDINGS = frozenset("php php3 php4 php5 php7 php8 phps phtml pht phpt".split())
INTERPRETERS = {
    "php": PHP,
    "python": PYTHON,
    "node": JAVASCRIPT,
    "nodejs": JAVASCRIPT,
    "deno": TYPESCRIPT,
    "bun": TYPESCRIPT,
    "sh": BASH,
    "bash": BASH,
    "dash": BASH,
}

SHEBANG = re.compile(rb"#![ \t]*(?:\S*/)?(?:env[ \t]+(?:-S[ \t]+)?(?:\w+=\S*[ \t]+)*)?([A-Za-z]+)[\d.]*")
PHP_TAG = re.compile(rb"<\?(?:php(?=\s)|=)", re.IGNORECASE)
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is: ``language`` to scan it as, or ``unscannable`` with the reason, or neither (data)."""

    language: str = ""
    unscannable: str = ""


DATA = Kind()


def extension(path: str) -> str:
    """The last ending without its dot, lower case. A trailing dot or space does not hide it."""
    return PurePosixPath(path).name.lower().rstrip(". ").rpartition(".")[2] if "." in path else ""


def kind_by_name(path: str) -> Kind:
    """What the name alone says."""
    name = PurePosixPath(path).name.lower().rstrip(". ")
    if name.endswith(".blade.php"):
        return Kind(BLADE)
    ending = extension(path)
    if ending in LANGUAGES:
        return Kind(LANGUAGES[ending])
    if ending in NO_RULES:
        return Kind(unscannable=_no_rules(NO_RULES[ending]))
    return _double_ending(name)


def _double_ending(name: str) -> Kind:
    """``shell.php.jpg``: Apache with AddHandler runs it as PHP, so a PHP ending inside the name counts."""
    inner = name.split(".")[1:-1]
    return Kind(PHP) if any(LANGUAGES.get(part) == PHP and part.startswith("ph") for part in inner) else DATA


def kind_of(path: str, content: bytes) -> Kind:
    """What a file is, by name, then by ``#!`` and ``<?php``."""
    named = kind_by_name(path)
    ending = extension(path)
    if content.startswith(LFS_POINTER):
        hidden = bool(named.language or named.unscannable) or ending not in MEDIA | PROSE
        return Kind(unscannable="penunjuk Git LFS: isinya tidak ada di commit ini") if hidden else DATA
    if named.unscannable:
        return named
    if named.language:
        return _proven(named, ending, content)
    return _by_content(ending, content)


def _proven(named: Kind, ending: str, content: bytes) -> Kind:
    """A named source file; Qt's ``.ts`` translations are XML."""
    if ending == "ts" and content.lstrip().startswith(b"<?xml"):
        return DATA
    if named.language == HTML and PHP_TAG.search(content):
        return Kind(PHP)
    if (
        ending not in PHP_ENDINGS
        and named.language == PHP
        and not PHP_TAG.search(content)
        and b"\0" not in content
    ):
        return DATA
    return named


def _by_content(ending: str, content: bytes) -> Kind:
    shebang = SHEBANG.match(content)
    if shebang:
        interpreter = shebang[1].decode().lower()
        if interpreter in INTERPRETERS:
            return Kind(INTERPRETERS[interpreter])
        return Kind(unscannable=_no_rules(interpreter))
    if ending not in PROSE | MEDIA and b"\0" not in content and PHP_TAG.search(content):
        return Kind(PHP)
    return DATA


def _no_rules(language: str) -> str:
    return f"laik belum punya aturan untuk {language} (laik has no rules for {language})"
