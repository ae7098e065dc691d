"""The small Jinja: what it does, and everything it refuses with file and line."""

from __future__ import annotations

import pytest

from automation.core.errors import RenderFailed
from automation.core.sandbox import MAX_OUTPUT, compile_text, render_text


def rendered(source: str, **values: object) -> str:
    return render_text(source, values, place="uji/berkas.jinja")


@pytest.mark.parametrize(
    "escape",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ nama|attr('__class__') }}",
        "{{ cycler('a', 'b').next() }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum(n=10000) }}",
        "{{ namespace(a=1) }}",
        "{{ self }}",
        "{{ self._TemplateReference__context }}",
        "{{ nama.upper() }}",
        "{{ nama.format(1) }}",
        "{{ '%c' % 65 }}",
        "{{ _purse }}",
        "{{ nama|_paid(0) }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'base' %}",
        "{% macro a() %}{% endmacro %}",
        "{% set a = 1 %}",
        "{% filter upper %}a{% endfilter %}",
        "{% block a %}{% endblock %}",
        "{% with a = 1 %}{% endwith %}",
        "{% autoescape true %}{% endautoescape %}",
        "{% for a in daftar recursive %}{{ loop(a) }}{% endfor %}",
        "{% for a in daftar %}{{ loop.__class__ }}{% endfor %}",
    ],
)
def test_a_way_out_of_the_sandbox_is_refused_by_name_and_line(escape: str) -> None:
    with pytest.raises(RenderFailed) as refusal:
        rendered("baris satu\n" + escape, nama="x", daftar=("a",))
    assert (refusal.value.where.file, refusal.value.where.line) == ("uji/berkas.jinja", 2)


@pytest.mark.parametrize(
    "bomb",
    [
        "{% for a in range(999999999) %}{% endfor %}",
        "{{ 'a' * 999999999 }}",
        "{{ 9 ** 999999 }}",
        "{{ 'a' ~ 'a' }}",
        "{{ 'a'|center(999999999) }}",
        "{{ 'a'|replace('a', 'aa') }}",
        "{{ 'a'|indent(999999999) }}",
        "{{ '%999999999d'|format(1) }}",
        "{% for a in banyak %}{% for b in banyak %}{% for c in banyak %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in banyak %}{% for b in banyak %}{% if a %}{% endif %}{% endfor %}{% endfor %}",
        "{% for a in banyak %}{{ panjang }}{% endfor %}",
        "{{ banyak|join(panjang) }}",
    ],
)
def test_a_bomb_of_time_or_memory_is_refused(bomb: str) -> None:
    with pytest.raises(RenderFailed):
        rendered(bomb, banyak=("x",) * 2000, panjang="x" * 20_000)


def test_deep_nesting_is_an_error_and_not_a_crash() -> None:
    with pytest.raises(RenderFailed):
        rendered("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}")


def test_long_output_stops_at_the_limit() -> None:
    part = "x" * 10_000
    with pytest.raises(RenderFailed, match="lebih dari"):
        rendered("{{ a }}" * (MAX_OUTPUT // 10_000 + 1), a=part)


def test_a_loop_runs_only_over_lists() -> None:
    with pytest.raises(RenderFailed, match="daftar"):
        rendered("{% for satu in nama %}{{ satu }}{% endfor %}", nama="teks")


def test_a_value_is_never_rendered_a_second_time() -> None:
    title = "{{ 7*7 }} {% for x in y %} {# #} ${x}"
    assert rendered("a {{ nama }} b", nama=title) == f"a {title} b"


def test_an_unknown_name_is_refused_with_its_line() -> None:
    with pytest.raises(RenderFailed, match="belum_ada") as refusal:
        rendered("satu\ndua\n{{ belum_ada }}\n")
    assert refusal.value.where.line == 3


def test_an_unknown_name_in_a_filter_or_condition_is_refused() -> None:
    for source in ("{{ tak_ada|yaml }}", "{{ tak_ada|md }}", "{% if tak_ada %}{% endif %}"):
        with pytest.raises(RenderFailed, match="tak_ada"):
            rendered(source)


def test_broken_syntax_names_its_line() -> None:
    with pytest.raises(RenderFailed) as refusal:
        rendered("satu\n{% if %}\n")
    assert refusal.value.where.line == 2


def test_conditions_loops_and_loop_facts_work() -> None:
    source = "{% for a in d %}{{ loop.index }}:{{ a|upper }}{% if not loop.last %},{% endif %}{% endfor %}"
    assert rendered(source, d=("x", "y")) == "1:X,2:Y"


def test_the_last_line_break_is_kept() -> None:
    assert rendered("a\n") == "a\n"


def test_filters_quote_for_their_language() -> None:
    hostile = "a'b\"c\\d\n<x> [l](u) @all `r` */ --> ?>"
    assert rendered("{{ n|php }}", n="it's \\ $x") == "'it\\'s \\\\ $x'"
    assert rendered("{{ n|yaml }}", n='a: "b"') == '"a: \\"b\\""'
    assert "\n" not in rendered("{{ n|komentar }}", n=hostile)
    assert "*/" not in rendered("{{ n|komentar }}", n=hostile)
    assert "-->" not in rendered("{{ n|komentar }}", n=hostile)
    for mark in ("<x>", "[l]", " @all", "`r`"):
        assert mark not in rendered("{{ n|md }}", n=hostile)
    assert rendered("{{ n|md }}", n="/approve") == "\\/approve"


def test_the_same_source_is_compiled_once() -> None:
    assert compile_text("{{ a }}", "x") is compile_text("{{ a }}", "x")
