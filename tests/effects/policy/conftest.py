"""An office on each forge whose policy is changed; every test begins with what is in force on the branch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.effects.neutral import Neutral
from tests.effects.policy.changes import policy_world, put_back


@pytest.fixture(scope="module", params=["gitlab", "github"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neutral]:
    with policy_world(tmp_path_factory.mktemp("kebijakan"), request.param) as made:
        yield made


@pytest.fixture(autouse=True)
def in_force_again(world: Neutral) -> Iterator[None]:
    yield
    put_back(world)
