"""What all tests share: the specification gate, no time limit for a generated example, and no skips.

With LAIK_FORBID_SKIPS set (as in CI) a skipped test is a failure.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.specgate import plugin

# How long one example takes says how busy the machine is, not whether the code is right. In CI the examples
# are the same in every run, so that a change is judged by itself; everywhere else each run looks at others.
settings.register_profile("laik", deadline=None, derandomize=bool(os.environ.get("CI")))


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("laik")
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
