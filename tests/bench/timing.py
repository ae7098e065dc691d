"""How a benchmark is measured and told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the report. ``ratio`` is how many times better than the peer (None without one)."""

    name: str
    value: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    ratio: float | None = None

    def line(self) -> dict[str, object]:
        """The JSON object, numbers cut to what they are worth."""
        return {key: _short(value) for key, value in asdict(self).items()}


Bench = Callable[[], Iterator[Measure]]


def against(name: str, seconds: float, peer: str, peer_seconds: float) -> Measure:
    """A duration beside a peer's, in milliseconds."""
    return Measure(name, seconds * 1000, "ms", peer, peer_seconds * 1000, peer_seconds / seconds)


def medians(rounds: int, **work: Callable[[], object]) -> dict[str, float]:
    """Median seconds of each piece of work; the pieces take turns, so that noise meets all alike."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, run in work.items():
            start = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - start)
    return {name: median(values) for name, values in taken.items()}


def _short(value: object) -> object:
    return float(f"{value:.4g}") if isinstance(value, float) else value
