"""Programs a test needs: skipped with the line that installs them, or failed where skipping is forbidden."""

from __future__ import annotations

import os

import pytest

from automation.targets.checkers import find_program


def require_nginx() -> str:
    """The path of nginx."""
    return _require("nginx", "apt-get install nginx-light")


def require_bind() -> tuple[str, str]:
    """The paths of named and named-checkzone."""
    line = "apt-get install bind9 bind9-utils"
    return _require("named", line), _require("named-checkzone", line)


def _require(name: str, install: str) -> str:
    path = find_program(name)
    if path is None:
        message = f"{name} is not installed; on Debian: {install}"
        if os.environ.get("LAIK_FORBID_SKIPS"):
            pytest.fail(message)
        pytest.skip(message)
    return path
