"""A small, total Jinja: templates can place values, choose and loop over answers, and nothing else.

Three walls, each holding alone:

1. The syntax tree may hold only the nodes, filters and tests named here. No calls (so no ``range``,
   ``cycler``, ``namespace`` or methods), no arithmetic or joining operators, no ``set``, macros,
   includes or imports. What is left always ends.
2. Jinja's :class:`ImmutableSandboxedEnvironment` with ``StrictUndefined`` and no loader.
3. Every loop pays entries times body size into a budget, and output is counted while it is made:
   limits of work and size that need no clock, so the same template always ends the same way.

Text is rendered once. A value holding ``{{ }}`` comes out as those characters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import TracebackType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, Undefined, nodes, pass_context
from jinja2.exceptions import TemplateError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from automation.core.errors import RenderFailed, Where
from automation.core.text import Bilingual

MAX_SOURCE = 256_000  # characters of one template file
MAX_OUTPUT = 1_000_000  # characters one template may give
MAX_VALUE = 100_000  # characters one filter may give
MAX_LOOP_DEPTH = 2
WORK_BUDGET = 2_000_000  # syntax nodes visited inside loops, one rendering

_ALLOWED_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Test,
    nodes.Filter,
    nodes.Getattr,
)
_ALLOWED_TESTS = frozenset({"true", "false", "equalto", "eq", "ne", "in", "string", "sequence"})
_LOOP_FACTS = frozenset({"index", "index0", "first", "last", "length"})


class _TooMuch(Exception):
    """A limit was passed; ``args`` are the Indonesian and the English text."""


def _bounded(text: str) -> str:
    if len(text) > MAX_VALUE:
        raise _TooMuch(f"nilai lebih dari {MAX_VALUE} karakter", f"a value has over {MAX_VALUE} characters")
    return text


def _text(value: object) -> str:
    if isinstance(value, Undefined):
        return str(value)  # raises, naming the variable
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _quoted(value: object) -> str:
    """A JSON value, which is a YAML 1.2 flow value too."""
    if isinstance(value, Undefined):
        return str(value)
    return _bounded(json.dumps(value, ensure_ascii=False))


_PHP_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'"})


def _php(value: object) -> str:
    """A PHP string in single quotes, where only the quote and the backslash mean something."""
    return _bounded("'" + _text(value).translate(_PHP_ESCAPES) + "'")


_MARKDOWN_ESCAPES = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|~&!@"})


def _markdown(value: object) -> str:
    """Text that Markdown shows as it is: no HTML, link, mention, quick action or heading."""
    lines = _text(value).translate(_MARKDOWN_ESCAPES).splitlines()
    return _bounded("\n".join(f"\\{line}" if line[:1] in "/+-=" and line else line for line in lines))


def _comment(value: object) -> str:
    """One line that cannot end a ``#``, ``--``, ``/* */`` or ``<!-- -->`` comment."""
    one_line = " ".join(_text(value).split())
    return _bounded(one_line.replace("*/", "* /").replace("-->", "-- >").replace("?>", "? >"))


def _joined(value: Iterable[object], between: str = ", ") -> str:
    return _bounded(_bounded(between).join(_text(one) for one in value))


_FILTERS: Mapping[str, Callable[..., Any]] = {
    "yaml": _quoted,
    "json": _quoted,
    "php": _php,
    "md": _markdown,
    "komentar": _comment,
    "lower": lambda value: _bounded(_text(value).lower()),
    "upper": lambda value: _bounded(_text(value).upper()),
    "trim": lambda value: _text(value).strip(),
    "join": _joined,
    "length": len,
    "sort": sorted,
}


@pass_context
def _paid(context: Context, items: Iterable[object], price: int) -> list[object]:
    """The entries of a loop, after paying for them."""
    if isinstance(items, str | bytes | Mapping) or not isinstance(items, list | tuple):
        raise _TooMuch("'for' hanya untuk daftar", "'for' takes lists only")
    purse: list[int] = context["_purse"]
    purse[0] -= len(items) * price
    if purse[0] < 0:
        raise _TooMuch("perulangan terlalu banyak", "too many rounds of a loop")
    return list(items)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # the output is code and plain text; the filters above quote by context
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_text,
        cache_size=0,
        loader=None,
    )
    environment.globals.clear()
    environment.filters.clear()
    environment.filters.update({**_FILTERS, "_paid": _paid})
    return environment


_ENVIRONMENT = _environment()


@lru_cache(maxsize=1024)
def compile_text(source: str, place: str) -> Template:
    """A template ready to run; the same source at the same place is compiled once.

    Args:
        source: the template's text.
        place: the file's name, which errors give.

    Raises:
        RenderFailed: wrong syntax, or something this small language leaves out; with its line.
    """
    if len(source) > MAX_SOURCE:
        raise _failed(place, 1, f"templat lebih dari {MAX_SOURCE} karakter", "the template is too long")
    try:
        tree = _ENVIRONMENT.parse(source, name=place, filename=place)
        _refuse(tree, place)
        _price_loops(tree)
        code = _ENVIRONMENT.compile(tree, name=place, filename=place)
        return Template.from_code(_ENVIRONMENT, code, {}, None)
    except TemplateSyntaxError as failure:
        problem = failure.message or "sintaks"
        raise _failed(place, failure.lineno, f"sintaks salah: {problem}", f"bad syntax: {problem}") from None
    except RecursionError:
        raise _failed(place, 1, "sarang terlalu dalam", "nested too deep") from None


def render_text(source: str, values: Mapping[str, object], *, place: str) -> str:
    """``source`` with ``values`` placed in it, once.

    Raises:
        RenderFailed: naming file and line; see :func:`compile_text` and the limits of this module.
    """
    template = compile_text(source, place)
    context = template.new_context({**values, "_purse": [WORK_BUDGET]})
    parts: list[str] = []
    size = 0
    try:
        for part in template.root_render_func(context):
            parts.append(part)
            size += len(part)
            if size > MAX_OUTPUT:
                raise _TooMuch(f"hasil lebih dari {MAX_OUTPUT} karakter", "the result is too long")
    except _TooMuch as limit:
        raise _failed(place, _line(template, limit.__traceback__), *limit.args) from None
    except (TemplateError, TypeError, ValueError, AttributeError) as failure:
        line = _line(template, failure.__traceback__)
        problem = str(failure).splitlines()[0][:300] if str(failure) else type(failure).__name__
        raise _failed(place, line, f"tidak dapat dibentuk: {problem}", f"cannot render: {problem}") from None
    return "".join(parts)


def _refuse(tree: nodes.Template, place: str) -> None:
    pending: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while pending:
        node, depth = pending.pop()
        why = _forbidden(node, depth)
        if why:
            lines = (node.lineno, *(child.lineno for child in node.find_all(nodes.Node)))
            line = next((line for line in lines if line), 1)
            raise _failed(place, line, f"{why} tidak diizinkan dalam templat", f"{why} is not allowed")
        inside = depth + isinstance(node, nodes.For)
        pending.extend((child, inside) for child in node.iter_child_nodes())


def _forbidden(node: nodes.Node, loops: int) -> str:
    """The part's name when templates may not use it, else an empty text."""
    name = str(getattr(node, "name", ""))
    if not isinstance(node, _ALLOWED_NODES):
        return f"'{type(node).__name__}'"
    if isinstance(node, nodes.Filter):
        dynamic = node.kwargs or node.dyn_args or node.dyn_kwargs
        return f"filter '{name}'" if name not in _FILTERS or dynamic else ""
    if isinstance(node, nodes.Test):
        return "" if name in _ALLOWED_TESTS else f"uji '{name}'"
    if isinstance(node, nodes.Getattr):
        known = isinstance(node.node, nodes.Name) and node.node.name == "loop" and node.attr in _LOOP_FACTS
        return "" if known else f"atribut '.{node.attr}'"
    if isinstance(node, nodes.Name):
        return f"nama '{name}'" if name.startswith("_") or name in {"self", "caller"} else ""
    if isinstance(node, nodes.For):
        return "'for' bersarang atau rekursif" if node.recursive or loops >= MAX_LOOP_DEPTH else ""
    return ""


def _price_loops(tree: nodes.Template) -> None:
    """Make every loop pay by the size of its body; see :data:`WORK_BUDGET`."""
    for loop in tree.find_all(nodes.For):
        price = 1 + sum(1 + sum(1 for _ in child.find_all(nodes.Node)) for child in loop.body)
        paid = nodes.Filter(loop.iter, "_paid", [nodes.Const(price)], [], None, None, lineno=loop.lineno)
        loop.iter = paid.set_environment(_ENVIRONMENT)


def _line(template: Template, trace: TracebackType | None) -> int:
    """The template's line that a failure came from."""
    line = 1
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__") == template.name or (
            trace.tb_frame.f_code.co_filename == template.filename
        ):
            line = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line


def _failed(place: str, line: int, indonesian: str, english: str) -> RenderFailed:
    return RenderFailed(
        Bilingual(f"Templat: {indonesian}.", f"Template: {english}."),
        remedy=Bilingual(
            "Perbaiki templat pada baris itu; tidak ada yang ditulis.",
            "Mend the template at that line; nothing was written.",
        ),
        where=Where(file=place, line=line, column=1),
    )
