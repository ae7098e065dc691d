from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from checks.security_report_has_three_views import VIEWS
from tests.checks.worlds import judged, keys, outcomes, sections, world

ID = "security_report_has_three_views"
PATH = "keamanan/laporan-hasil-pengujian.md"
TITLES = [one.titles[0] for one in VIEWS]


def findings_for(text: str):
    return judged(ID, world({PATH: text}))


def test_a_report_with_three_views_and_a_conclusion_passes():
    assert outcomes(findings_for(sections(*TITLES))) == {Outcome.PASS}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.key)
def test_each_view_left_out_is_named(view):
    text = sections(*[title for title in TITLES if title != view.titles[0]])
    assert keys(findings_for(text)) == {view.key}


def test_the_untouched_template_fails_in_every_view():
    assert len(keys(findings_for(sections(*TITLES, text="ISI DI SINI")))) == len(VIEWS)


def test_findings_never_quote_the_confidential_report():
    findings = findings_for(sections(*TITLES[:-1], text="Celah rahasia pada halaman masuk administrator."))
    assert not any("rahasia" in one.seen.id + one.remedy.id for one in findings)


def test_no_report_waits():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
