"""Blade templates as PHP code, as far as own rules need it.

Blade's compiler turns ``{{ x }}`` into an escaped echo, ``{!! x !!}`` into a raw one, and directives into
PHP. Here each becomes a call with a name of laik's own, so that the PHP rules see what is inside:
``laik_raw_echo(x);``, ``laik_echo(x);``, ``laik_directive(x);``. Lines never move. What stands in
``<?php ?>`` is code as ever. Source of the forms: laravel.com/docs, "Blade Templates". Not looked at: PHP
inside the bound attributes of components (``<x-a :b="...">``) and the arguments of custom directives.
"""
# ruff: noqa: SIM905 - word lists read best as words

from __future__ import annotations

import re
from dataclasses import dataclass, field

from automation.scan import phptext
from automation.scan.phptext import NotReadable, blank

LOOPS = {"foreach": "foreach", "forelse": "foreach", "for": "for"}
KNOWN = frozenset(
    "if elseif unless isset empty auth guest env session context error can cannot canany elsecan elsecannot "
    "elsecanany elseauth elseguest switch case while php json class style checked selected disabled readonly "
    "required include includeIf "
    "includeWhen includeUnless includeFirst each extends extendsFirst section yield "
    "hasSection sectionMissing push pushIf pushOnce prepend prependOnce stack component componentFirst slot "
    "props aware inject lang choice method vite livewire dd dump js use fragment break continue".split()
)
OPENER = re.compile(
    r"<\?(?:php(?=[ \t\r\n]|\Z)|=)|@verbatim\b|@php\b(?![ \t]*\()|@@|@?\{\{--|@?\{!!|@?\{\{\{|@?\{\{"
    r"|(?<!\w)@(?P<name>\w+)[ \t]*\(",
    re.IGNORECASE,
)
ENCLOSED = {"{!!": ("!!}", "laik_raw_echo"), "{{{": ("}}}", "laik_echo"), "{{": ("}}", "laik_echo")}
PARENTHESES = re.compile(r"'[^'\\]*(?:\\.[^'\\]*)*'|\"[^\"\\]*(?:\\.[^\"\\]*)*\"|[()]", re.DOTALL)


@dataclass(slots=True)
class _Template:
    text: str
    tagged: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)

    def both(self, text: str) -> None:
        """The same on the PHP side and on the HTML side."""
        self.tagged.append(text)
        self.html.append(text)

    def php(self, code: str, *, html: str = "") -> None:
        """PHP on one side, ``html`` and the same number of lines on the other."""
        self.tagged.append(f"<?php {code} ?>")
        self.html.append(html + "\n" * code.count("\n"))


def to_code(text: str) -> tuple[str, str]:
    """The template as PHP code, and as HTML whose echoes are replaced by ``0``; lines where they were.

    Raises:
        NotReadable: as in :func:`automation.scan.phptext.to_code`, or a directive that is never closed.
    """
    template = _Template(text)
    position = 0
    while match := OPENER.search(text, position):
        template.both(text[position : match.start()])
        position = _one(template, match)
    template.both(text[position:])
    code, _ = phptext.to_code("".join(template.tagged))
    _, html = phptext.to_code("".join(template.html))
    return code, html


def _one(template: _Template, match: re.Match[str]) -> int:
    """Turn the construct at ``match`` into PHP; where the search goes on."""
    word, text = match[0], template.text
    if word.startswith("<?"):
        end = phptext.end_of_code(text, match.end())
        template.both(text[match.start() : end])
        return end
    if match["name"]:
        return _directive(template, match)
    if word == "@@" or (word.startswith("@") and "{" in word):
        template.both(blank(word))  # written for the browser: Blade only takes the @ away
        return match.end()
    if word.lower() == "@verbatim":
        return _blanked(template, match, "@endverbatim")
    if word.lower() == "@php":
        end = _find(text, "@endphp", match.end())
        template.php(text[match.end() : end])
        return end + len("@endphp")
    return _echo(template, match)


def _echo(template: _Template, match: re.Match[str]) -> int:
    if match[0] == "{{--":
        return _blanked(template, match, "--}}")
    closing, call = ENCLOSED[match[0]]
    end = template.text.find(closing, match.end())
    if end < 0:
        raise NotReadable(f"{match[0]} tidak ditutup")
    template.php(f";{call}({template.text[match.end() : end]});", html="0")
    return end + len(closing)


def _blanked(template: _Template, match: re.Match[str], closing: str) -> int:
    end = _find(template.text, closing, match.end()) + len(closing)
    template.both(blank(template.text[match.start() : end]))
    return end


def _directive(template: _Template, match: re.Match[str]) -> int:
    name = match["name"]
    if name not in KNOWN and name not in LOOPS:
        template.both(match[0])  # @media (...), @param (...): not Blade's
        return match.end()
    end = _closing_parenthesis(template.text, match.end())
    inside = template.text[match.end() : end]
    call = LOOPS.get(name, "laik_directive")
    template.php(
        f";{call} ({inside});" if inside.strip() else f";{blank(inside)}",
        html="0" if name in {"json", "js"} else "",
    )
    return end + 1


def _closing_parenthesis(text: str, start: int) -> int:
    depth = 1
    for match in PARENTHESES.finditer(text, start):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return match.start()
    raise NotReadable("kurung arahan Blade tidak ditutup")


def _find(text: str, what: str, start: int) -> int:
    found = text.find(what, start)
    if found < 0:
        raise NotReadable(f"tidak ada penutup {what}")
    return found
