"""``python -m tests.bench [name ...]``: one JSON object a line; see ``BENCHES`` for the names."""

from __future__ import annotations

import json
import sys

from tests.bench import acts, calls, clocks, effects, ledger, reading, scaffold
from tests.bench.timing import Bench

# One entry a benchmark: a function that yields measures. Add a module here and an entry below.
BENCHES: dict[str, Bench] = {
    "render": scaffold.render,
    "render_to_disk": scaffold.render_to_disk,
    "render_and_commit": scaffold.render_and_commit,
    "yaml_strict": reading.yaml_strict,
    "due_times": clocks.due_times,
    "replay": effects.replay,
    "ledger": ledger.ledger,
    "acts": acts.acts,
    "forge_calls": effects.forge_calls,
    "gitlab_calls": calls.gitlab_calls,
    "github_calls": calls.github_calls,
    "demo": effects.demo,
}


def main(names: list[str]) -> int:
    """Run the named benchmarks, all without names."""
    unknown = sorted(set(names) - set(BENCHES))
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in names or list(BENCHES):
        for measure in BENCHES[name]():
            print(json.dumps(measure.line(), ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
