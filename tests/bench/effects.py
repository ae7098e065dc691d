"""What laik costs the forge: calls and writes by event, repository and sweep; a replay; the demonstration."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from automation.core.case import replay as replay_case
from automation.core.evidence import Evidence, EvidenceView, NotCollected
from automation.core.memory import remember
from automation.demo import organisation as org
from automation.observe.evidence import collect
from automation.reconciler import EVERYTHING
from checks import discover
from tests.bench.timing import Measure, medians
from tests.effects.world import World, running_world

SWEPT = 5  # cases in the sweep
REPLAYS = 100
DEMO_SECONDS = 600


@contextmanager
def _world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, running_world(Path(folder)) as it:
        yield it


def _spent(world: World, work: Callable[[], object]) -> tuple[int, int]:
    """(calls, writes) that ``work`` sent to the forge."""
    forge = world.laik.forge
    calls, writes = forge.calls, forge.writes
    work()
    return forge.calls - calls, forge.writes - writes


def _sweep(world: World) -> None:
    for key in world.settle(EVERYTHING).follow:
        world.settle(key)


def forge_calls() -> Iterator[Measure]:
    """Calls by event at rest (its writes must be 0), by provisioned repository, and by sweep."""
    with _world() as world:
        first = world.file("nol")
        calls, writes = _spent(world, lambda: world.settle(first))
        yield Measure("forge_calls_accepted_with_case_file", calls, "calls")
        yield Measure("forge_writes_accepted_with_case_file", writes, "writes")
        world.paste(org.HEAD, first, "ajukan permohonan")
        calls, writes = _spent(world, lambda: world.settle(first))
        yield Measure("forge_calls_act_with_application", calls, "calls")
        yield Measure("forge_writes_act_with_application", writes, "writes")
        calls, writes = _spent(world, lambda: world.settle(first))
        yield Measure("forge_calls_event_at_rest", calls, "calls")
        yield Measure("forge_writes_event_at_rest", writes, "writes")
        for number in range(1, SWEPT):
            world.accepted(f"sapu-{number}")
        calls, writes = _spent(world, lambda: _sweep(world))
        yield Measure(f"forge_calls_sweep_of_{SWEPT}_cases", calls, "calls")
        yield Measure(f"forge_writes_sweep_of_{SWEPT}_cases", writes, "writes")


def replay() -> Iterator[Measure]:
    """One whole case replayed from its ledger and evidence that was collected already."""
    with _world() as world:
        key = world.with_evidence("ulang")
        seen = world.laik.reconciler._observer.observe(key)
        if seen is None or seen.observation is None or seen.sources is None:
            raise SystemExit("the case of the benchmark was not accepted")
        entries, sources, checks = world.laik.store.ledger.entries(key), seen.sources, discover()
        procedure, roles = seen.observation.procedure, seen.observation.roles
        policy = seen.office.policy.slice(roles=roles)
        collected: dict[str, Evidence] = {}

        def view(found: Mapping[str, Evidence]) -> EvidenceView:
            documents, declared = procedure.documents, procedure.roles
            return EvidenceView(found, policy, documents, roles, declared)

        while True:
            try:
                replay_case(procedure, view(collected), remember(entries), checks)
                break
            except NotCollected as question:
                collected.update(collect(question.ids, sources))

        def run() -> None:
            for _ in range(REPLAYS):
                replay_case(procedure, view(collected), remember(entries), checks)

        seconds = medians(5, run=run)["run"] / REPLAYS
    yield Measure("replay_of_a_case", seconds * 1_000_000, "us")


def demo() -> Iterator[Measure]:
    """The whole demonstration in a process of its own, as a person starts it."""
    command = [sys.executable, "-m", "automation", "demo", "--exit"]
    done = subprocess.run(command, capture_output=True, timeout=DEMO_SECONDS, check=False)
    report = _report(done.stdout.decode())
    if done.returncode != 0 or report is None:
        raise SystemExit(f"the demonstration failed:\n{done.stderr.decode(errors='replace')[-2000:]}")
    yield Measure("demo_whole_case", float(report["seconds"]), "s")
    yield Measure("demo_forge_calls", int(report["forge_calls"]), "calls")


def _report(output: str) -> Mapping[str, Any] | None:
    """The demonstration's last line."""
    lines = output.strip().splitlines()
    try:
        report = json.loads(lines[-1]) if lines else None
    except ValueError:
        return None
    return report if isinstance(report, dict) else None
