from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from checks.analysis_covers_seven_aspects import ASPECTS
from tests.checks.worlds import down, judged, keys, outcomes, sections, without, world

ID = "analysis_covers_seven_aspects"
PATH = "analisis/laporan-hasil-analisis.md"
TITLES = [aspect.titles[0] for aspect in ASPECTS]


def test_a_report_with_all_seven_aspects_passes():
    assert outcomes(judged(ID, world({PATH: sections(*TITLES)}))) == {Outcome.PASS}


@pytest.mark.parametrize("aspect", ASPECTS, ids=lambda aspect: aspect.key)
def test_each_aspect_left_out_is_named(aspect):
    text = sections(*[title for title in TITLES if title != aspect.titles[0]])
    assert keys(judged(ID, world({PATH: text}))) == {aspect.key}


def test_the_untouched_template_fails_in_every_aspect():
    text = sections(*TITLES, text="ISI DI SINI: tuliskan hasil analisis untuk aspek ini dengan lengkap.")
    assert keys(judged(ID, world({PATH: text}))) == {aspect.key for aspect in ASPECTS}


def test_numbered_and_shouted_headings_are_recognised():
    text = sections(*[f"{number}. {title.upper()}" for number, title in enumerate(TITLES, 1)])
    assert outcomes(judged(ID, world({PATH: text}))) == {Outcome.PASS}


def test_headings_inside_a_code_block_are_no_aspects():
    text = "```\n" + sections(*TITLES) + "```\n"
    assert len(keys(judged(ID, world({PATH: text})))) == 7


def test_content_inside_a_comment_is_no_content():
    text = sections(*TITLES, text="<!-- " + "isi panjang sekali yang tersembunyi " * 5 + "-->")
    assert len(keys(judged(ID, world({PATH: text})))) == 7


def test_a_report_that_is_not_there_waits_and_an_unknown_one_is_an_error():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
    view = without(world({}), down("doc:laporan_hasil_analisis"))
    assert outcomes(judged(ID, view)) == {Outcome.ERROR}


def test_a_report_in_another_encoding_fails_with_the_line():
    (finding,) = judged(ID, world({PATH: b"# Judul\n\nIsi \xff\xfe\n"}))
    assert (finding.outcome, finding.where.line) == (Outcome.FAIL, 3)
