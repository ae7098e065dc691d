"""The comparison is fair (the same bytes from all three), and its promise holds with room to spare."""

from __future__ import annotations

import json

import pytest

from tests.bench import __main__ as bench
from tests.bench import scaffold
from tests.bench.timing import Measure, against, medians

PROMISE = 10  # times faster than cookiecutter


@pytest.mark.filterwarnings("ignore")  # the peers' own deprecations
def test_rendering_is_ten_times_faster_than_cookiecutter_for_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scaffold, "ROUNDS", 3)
    first = next(scaffold.render())
    assert (first.name, first.peer) == ("render_30_files", "cookiecutter")
    assert first.ratio is not None
    assert first.ratio >= PROMISE


def test_a_line_has_the_keys_the_report_promises() -> None:
    line = json.loads(json.dumps(against("x", 0.0012345, "lain", 0.5).line()))
    assert list(line) == ["name", "value", "unit", "peer", "peer_value", "ratio"]
    assert (line["value"], line["unit"], line["ratio"]) == (1.234, "ms", 405.0)
    assert Measure("x", 1, "calls").line()["peer"] is None


def test_pieces_of_work_take_turns() -> None:
    order: list[str] = []
    medians(2, a=lambda: order.append("a"), b=lambda: order.append("b"))
    assert order == ["a", "b", "a", "b"]


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["tiada"]) == 2
    assert "tiada" in capsys.readouterr().err
