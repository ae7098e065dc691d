"""The parts laik runs with: the adapter of the forge in use, and a scanner that keeps finished scans only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.routing import Route

from automation import wiring
from automation.core.documents import ScanReport
from automation.forges.github import GitHubForge
from automation.forges.gitlab import GitLabForge
from automation.scan import ScanCache
from automation.settings import AppIdentity, ForgeKind, Settings

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


def test_the_adapter_is_that_of_the_forge_in_use(tmp_path: Path) -> None:
    settings = Settings("https://git.contoh.go.id", "t", "d/kendali", tmp_path, tmp_path, "sqlite://")
    gitlab = wiring.connect(settings)
    assert (type(gitlab), gitlab.url, gitlab.git_username) == (GitLabForge, settings.url, "oauth2")
    github = wiring.connect(replace(settings, forge="github"))
    assert (type(github), github.url) == (GitHubForge, settings.url)
    assert (github.git_username, github.git_token()) == ("x-access-token", "t")


def test_an_app_signs_in_as_itself_and_asks_for_nothing_before_it_is_needed(tmp_path: Path) -> None:
    settings = Settings("https://github.invalid", "", "d/kendali", tmp_path, tmp_path, "sqlite://")
    app = AppIdentity(7, "kunci", 9)
    forge = wiring.connect(replace(settings, forge="github", app=app))
    assert isinstance(forge, GitHubForge)
    assert forge.calls == 0
    assert "kunci" not in repr(forge)


@pytest.mark.parametrize(("forge", "usual"), [("gitlab", 0.0), ("github", 1.0)])
def test_writes_are_spaced_as_the_forge_asks_unless_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forge: ForgeKind, usual: float
) -> None:
    seen: list[float] = []

    def adapter(*_: object, write_spacing: float, ca_file: str | None) -> None:
        seen.append(write_spacing)

    monkeypatch.setattr(wiring, "GitLabForge", adapter)
    monkeypatch.setattr(wiring, "GitHubForge", adapter)
    settings = Settings("http://forge", "t", "d/kendali", tmp_path, tmp_path, "sqlite://", forge=forge)
    wiring.connect(settings)
    wiring.connect(replace(settings, write_spacing=0.25))
    assert seen == [usual, 0.25]


def test_laik_on_github_opens_githubs_door_and_makes_githubs_files(tmp_path: Path) -> None:
    settings = Settings(
        "http://forge", "t", "dinas/kendali", tmp_path, tmp_path, f"sqlite:///{tmp_path}/x", forge="github"
    )
    laik = wiring.build(settings)
    try:
        paths = {route.path for route in laik.web.routes if isinstance(route, Route)}
        assert paths == {"/webhook/github", "/sehat"}
        assert laik.forge.calls == 0
    finally:
        laik.close()
