"""Every forge that laik has an adapter for runs the contract suite; today the GitLab dialect."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from automation.localforge.server import start

from .world import GitLabWorld


@pytest.fixture(scope="module", params=["gitlab"])
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitLabWorld]:
    folder = tmp_path_factory.mktemp("forge")
    with start(folder / "data") as running:
        made = GitLabWorld(running, folder)
        yield made
        made.close()
