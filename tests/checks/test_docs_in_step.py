"""Every check has a documentation entry and a test, and the README is what they generate."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.collect.checkdocs import load_entries, read_entries, render_readme
from automation.core.errors import UnreadableDocument
from automation.core.evidence import CODE, FORM, HOSTING, REGISTRY, SCAN, Evidence, State
from checks import discover
from tests.checks.worlds import world

ROOT = Path(__file__).resolve().parents[2]


def test_every_check_has_an_entry_and_every_entry_a_check():
    assert set(load_entries()) == set(discover())


def test_every_check_has_a_test_file_and_every_test_file_a_check():
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests/checks").glob("test_*.py")}
    assert tested - {"docs_in_step"} == set(discover())


def test_the_readme_equals_a_fresh_generation():
    fresh = render_readme(load_entries(), discover())
    written = (ROOT / "checks/README.md").read_text(encoding="utf-8")
    assert written == fresh, "run: laik check docs --write"


def test_a_check_without_entry_is_refused_by_name():
    with pytest.raises(UnreadableDocument, match="lama_sekali"):
        render_readme(load_entries(), [*discover(), "lama_sekali"])


def test_an_entry_with_an_unknown_or_missing_part_is_refused():
    text = "format: laik/pemeriksaan/1\npemeriksaan:\n  a_b:\n    judul: {id: a, en: b}\n    lain: c\n"
    with pytest.raises(UnreadableDocument, match="mengapa"):
        read_entries(text)


def test_every_judge_answers_for_an_empty_world_and_none_lets_a_gate_open():
    names = {FORM, HOSTING, REGISTRY, SCAN, CODE}.union(*(check.needs for check in discover().values()))
    view = world({}, extra=tuple(Evidence(name, State.ABSENT) for name in names))
    for check in discover().values():
        findings = check.judge(view, ())
        assert findings
        assert not all(finding.holds for finding in findings), check.id
