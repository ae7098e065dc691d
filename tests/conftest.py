"""What all tests share: the specification gate, and with LAIK_FORBID_SKIPS set (as in CI) no skips."""

from __future__ import annotations

import os

import pytest

from tests.specgate import plugin


def pytest_configure(config: pytest.Config) -> None:
    plugin.install(config)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if not os.environ.get("LAIK_FORBID_SKIPS") or hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped:
        names = ", ".join(report.nodeid for report in skipped[:10])
        reporter.write_line(f"skipping is forbidden here, but {len(skipped)} skipped: {names}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
