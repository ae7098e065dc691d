"""Every forge that laik has an adapter for runs the contract suite, over its dialect of our own forge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest

from automation.localforge.server import start

from .world import GitHubWorld, GitLabWorld


@pytest.fixture(scope="module", params=["gitlab", "github"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GitLabWorld | GitHubWorld]:
    dialect: Literal["gitlab", "github"] = request.param
    folder = tmp_path_factory.mktemp("forge")
    with start(folder / "data", dialect=dialect) as running:
        made = GitHubWorld(running, folder) if dialect == "github" else GitLabWorld(running, folder)
        yield made
        made.close()
