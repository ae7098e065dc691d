"""The scanner laik runs with: finished scans are kept, unfinished ones for a while only."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from automation import wiring
from automation.core.documents import ScanReport
from automation.scan import ScanCache
from automation.settings import Settings

COMMIT = "c" * 40


def report(unscanned: tuple[tuple[str, str], ...]) -> ScanReport:
    return ScanReport(COMMIT, "d" * 40, "e" * 64, (), unscanned, files_scanned=1)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A scanner over a cache whose scans are counted, and a clock to turn."""
    seen = SimpleNamespace(scans=0, now=1000.0, answer=report((("A.java", "laik has no rules for Java"),)))

    def scan(self: ScanCache, repository: Path, commit: str) -> ScanReport:
        seen.scans += 1
        return cast(ScanReport, seen.answer)

    monkeypatch.setattr(ScanCache, "scan", scan)
    monkeypatch.setattr(wiring.time, "monotonic", lambda: seen.now)
    settings = Settings("http://forge", "t", "d/kendali", tmp_path, tmp_path, f"sqlite:///{tmp_path}/x")
    scanner = wiring._scanner(settings)
    mirror: Any = SimpleNamespace(folder=tmp_path)
    seen.scan = lambda: scanner(mirror, COMMIT)
    return seen


def test_an_unfinished_scan_is_not_repeated_at_every_event(world: SimpleNamespace) -> None:
    assert world.scan() == world.scan() == world.answer
    assert world.scans == 1


def test_an_unfinished_scan_is_tried_again_by_the_next_sweep(world: SimpleNamespace) -> None:
    world.scan()
    world.now += wiring.SWEEP_SECONDS
    world.answer = report(())
    assert world.scan().unscanned == ()
    assert world.scans == 2
