"""The gate in the test session: a test in which something forbidden went over the wire fails.

A test that sends wrong requests on purpose says so: ``@pytest.mark.off_spec("why")``. Its requests that the
forge refuses are not held, nor webhooks that it makes up; all answers are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest

from tests.specgate import packages
from tests.specgate.gate import Gate, Tally
from tests.specgate.watcher import Watcher

MOST_TOLD = 12
_KEY = "specgate"


class SpecGate:
    """The plugin; one a process."""

    def __init__(self) -> None:
        self.watcher, self.gate = Watcher(), Gate()
        self._patch = pytest.MonkeyPatch()
        self._others: list[Any] = []

    def begin(self) -> None:
        self.watcher.install(self._patch)

    def pytest_unconfigure(self) -> None:
        self._patch.undo()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        try:
            result = yield
        except BaseException as problem:
            for text in self._told(item):
                problem.add_note(text)
            raise
        self._raise(item)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, Any]:
        result = yield
        self._raise(item)
        return result

    def _raise(self, item: pytest.Item) -> None:
        if told := self._told(item):
            pytest.fail("\n".join(["the vendors' specifications do not allow this:", *told]), pytrace=False)

    def _told(self, item: pytest.Item) -> list[str]:
        off = item.get_closest_marker("off_spec") is not None
        seen = self.watcher.take()
        found = self.gate.hold(seen, refused_may_be_wrong=off) if seen else []
        return list(dict.fromkeys(str(violation) for violation in found))[:MOST_TOLD]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_KEY] = dumped(self.gate.tally)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        self._others.append(getattr(node, "workeroutput", {}).get(_KEY))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        tallies = [json.loads(one) for one in (dumped(self.gate.tally), *filter(None, self._others))]
        for line in summary(tallies):
            terminalreporter.write_line(line)


def dumped(tally: Tally) -> str:
    """The counts as text, for the way from a worker to the terminal."""
    return json.dumps(
        {
            "exchanges": tally.exchanges,
            "operations": {source: sorted(names) for source, names in tally.operations.items()},
            "letters": tally.letters,
            "allowed": tally.allowed,
            "unheld": tally.unheld,
        }
    )


def summary(tallies: list[Any]) -> list[str]:
    """What was held, in a line or two; nothing where nothing was seen."""
    exchanges, letters, allowed = Counter[str](), Counter[str](), Counter[str]()
    operations: dict[str, set[str]] = {}
    for one in tallies:
        exchanges.update(one["exchanges"])
        letters.update(one["letters"])
        allowed.update(one["allowed"])
        for source, names in one["operations"].items():
            operations.setdefault(source, set()).update(names)
    unheld = sum(one["unheld"] for one in tallies)
    lines = []
    if exchanges or letters:
        parts = [
            f"{source} {len(operations[source])} operations in {count} exchanges"
            for source, count in sorted(exchanges.items())
        ]
        hooks = ", ".join(f"{forge} {count}" for forge, count in sorted(letters.items())) or "0"
        pardons = f"{len(allowed)} entries used {allowed.total()} times"
        held = "; ".join(parts) or "no exchanges"
        lines.append(f"spec gate: {held}; webhooks: {hooks}; allow-list: {pardons}")
    if unheld:
        lines.append(f"spec gate: {unheld} exchanges in GitHub's dialect not held; `make specs` fetches them")
    return lines


def install(config: pytest.Config) -> None:
    """Called by ``tests/conftest.py``."""
    config.addinivalue_line(
        "markers", "off_spec(why): sends wrong requests on purpose; those that the forge refuses are not held"
    )
    if not hasattr(config, "workerinput"):
        packages.refresh()
    plugin = SpecGate()
    config.pluginmanager.register(plugin, _KEY)
    plugin.begin()
