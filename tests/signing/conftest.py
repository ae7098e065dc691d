from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.signedworld import SignedWorld, signed_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SignedWorld]:
    with signed_world(tmp_path) as made:
        yield made
