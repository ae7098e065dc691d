from __future__ import annotations

from dataclasses import dataclass

from automation.core.evidence import FORM, Evidence, State
from automation.core.finding import Outcome
from automation.core.text import Bilingual
from tests.checks.worlds import down, judged, keys, outcomes, without, world

ID = "request_form_is_complete"


@dataclass(frozen=True)
class Problem:
    field: str
    label: str
    line: int
    message: Bilingual = Bilingual("belum diisi", "is missing")
    remedy: Bilingual = Bilingual("Isi kolom ini.", "Fill this field.")


@dataclass(frozen=True)
class Form:
    problems: tuple[Problem, ...] = ()


def view_with(*problems: Problem):
    return world({}, extra=(Evidence(FORM, State.PRESENT, digest="a", value=Form(problems)),))


def test_a_form_without_problems_passes():
    assert outcomes(judged(ID, view_with())) == {Outcome.PASS}


def test_every_missing_field_is_named_with_its_line():
    findings = judged(ID, view_with(Problem("nama", "Nama aplikasi", 4), Problem("pagu", "Pagu", 9)))
    assert [(one.key, one.where.line, one.outcome) for one in findings] == [
        ("nama", 4, Outcome.FAIL),
        ("pagu", 9, Outcome.FAIL),
    ]


def test_a_label_with_a_terminal_escape_is_shown_without_it():
    (finding,) = judged(ID, view_with(Problem("nama", "Nama\x1b[2J", 1)))
    assert "\x1b" not in finding.seen.id


def test_a_value_that_is_no_form_is_an_error_and_never_a_pass():
    view = world({}, extra=(Evidence(FORM, State.PRESENT, digest="a", value="teks"),))
    assert outcomes(judged(ID, view)) == {Outcome.ERROR}


def test_no_form_waits_and_an_unreachable_forge_is_an_error():
    view = world({}, extra=(Evidence(FORM, State.ABSENT),))
    assert outcomes(judged(ID, view)) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(view, down(FORM)))) == {Outcome.ERROR}


def test_an_unreadable_form_fails_with_its_reason():
    evidence = Evidence(FORM, State.UNREADABLE, problem=Bilingual("Bukan formulir.", "No form."))
    findings = judged(ID, world({}, extra=(evidence,)))
    assert keys(findings) == {"form"}
    assert findings[0].seen.en == "No form."
