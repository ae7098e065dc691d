"""The comparison is fair (the same bytes from all three) and every line is well formed.

How fast things are is ``make bench``'s to say: a test that asserts a time fails on a busy machine.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench import clocks, effects, scaffold
from tests.bench.timing import Measure, against, medians
from tests.bench.world import expected, found

KEYS = ["name", "value", "unit", "peer", "peer_value", "ratio"]


@pytest.mark.filterwarnings("ignore")  # the peers' own deprecations
def test_the_three_renderers_write_identical_bytes(tmp_path: Path) -> None:
    stage = scaffold._Stage(tmp_path)
    trees = [found(run()) for run in (stage.laik, stage.laik_first, stage.cookiecutter, stage.copier)]
    assert len(trees[0]) == 30
    assert all(tree == expected() for tree in trees)


@pytest.mark.filterwarnings("ignore")
def test_the_benchmark_prints_well_formed_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scaffold, "ROUNDS", 1)
    assert bench.main(["render", "yaml_strict"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["name"] for line in lines][:2] == ["render_30_files", "render_30_files"]
    assert {line["peer"] for line in lines} >= {"cookiecutter", "copier"}
    for line in lines:
        assert list(line) == KEYS
        assert line["value"] > 0
        assert line["ratio"] > 0


def test_counts_on_the_forge_are_lines_without_a_peer_and_nothing_is_written_at_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(effects, "SWEPT", 2)
    lines = {measure.name: measure.line() for measure in effects.forge_calls()}
    assert all(list(line) == KEYS for line in lines.values())
    assert {line["peer"] for line in lines.values()} == {None}
    assert lines["forge_writes_event_at_rest"]["value"] == 0
    assert lines["forge_writes_sweep_of_2_cases"]["value"] == 0
    assert lines["forge_calls_event_at_rest"]["value"] > 0  # type: ignore[operator]
    assert lines["forge_writes_act_with_application"]["value"] > 0  # type: ignore[operator]


def test_due_times_are_measured_where_both_name_the_same_days() -> None:
    lines = [measure.line() for measure in clocks.due_times()]
    assert [line["name"] for line in lines] == ["due_in_7_days", "due_in_120_minutes", "due_in_90_days"]
    assert [line["peer"] for line in lines] == ["holidays.get_nth_working_day", None, None]
    assert all(line["value"] > 0 for line in lines)  # type: ignore[operator]


def test_a_line_has_the_keys_the_report_promises() -> None:
    line = json.loads(json.dumps(against("x", 0.0012345, "lain", 0.5).line()))
    assert list(line) == KEYS
    assert (line["value"], line["unit"], line["ratio"]) == (1.234, "ms", 405.0)
    assert Measure("x", 1, "calls").line()["peer"] is None


def test_pieces_of_work_take_turns() -> None:
    order: list[str] = []
    medians(2, a=lambda: order.append("a"), b=lambda: order.append("b"))
    assert order == ["a", "b", "a", "b"]


def test_the_last_line_of_the_demonstration_is_its_report() -> None:
    assert effects._report('maju\n{"seconds": 1.5, "forge_calls": 3}\n') == {"seconds": 1.5, "forge_calls": 3}
    assert effects._report("") is None
    assert effects._report("bukan laporan") is None


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["tiada"]) == 2
    assert "tiada" in capsys.readouterr().err
