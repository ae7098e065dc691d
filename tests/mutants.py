"""``make mutants``: changes the decisions one by one and asks whether a test notices.

The settings are in ``pyproject.toml`` (``tool.mutmut``). Prints what nobody noticed, then one JSON line, and
fails below ``FLOOR``. What changes no behaviour at all is in ``EQUIVALENT``, each with its reason, and is
not counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

FLOOR = 0.9
NOTICED = frozenset({"killed", "timeout", "segfault", "caught by type check"})
UNTOLD = frozenset({"skipped"})
_WORKING = "Working days are whatever is not ``kalender``, and the type admits no other word."
_BEYOND = "Stands for a duration that was not read: anything beyond ``MAX_DAYS`` is refused alike."
EQUIVALENT: dict[str, str] = {
    "automation.core.deadline.x_parse_duration__mutmut_11": _BEYOND,
    "automation.core.deadline.x_parse_duration__mutmut_12": _BEYOND,
    "automation.core.deadline.x_parse_duration__mutmut_13": _BEYOND,
    "automation.core.deadline.x_due_moment__mutmut_1": _WORKING,
    "automation.core.deadline.x_due_moment__mutmut_2": _WORKING,
    "automation.core.deadline.x_due_of__mutmut_1": _WORKING,
    "automation.core.deadline.x_due_of__mutmut_2": _WORKING,
    "automation.core.deadline.x_phase_dues__mutmut_1": _WORKING,
    "automation.core.deadline.x_phase_dues__mutmut_2": _WORKING,
    "automation.core.deadline.x_share_left__mutmut_1": _WORKING,
    "automation.core.deadline.x_share_left__mutmut_2": _WORKING,
    "automation.core.gate.x_steps_missing__mutmut_18": "Asks for the step ``None``; no step has that key.",
}
"""Name of a mutant as ``mutmut results`` gives it, and why it does what the original does."""


def outcomes(listing: str) -> dict[str, str]:
    """Every mutant and what became of it, from ``mutmut results --all true``."""
    rows = (line.strip().rpartition(": ") for line in listing.splitlines() if ": " in line)
    return {name: status for name, _, status in rows if name and status not in UNTOLD}


def judged(found: dict[str, str]) -> tuple[dict[str, object], list[str]]:
    """The line to print, and who survived. ``modules``: of each module how many were killed, of how many."""
    counted = {name: status for name, status in found.items() if name not in EQUIVALENT}
    killed = Counter(_module(name) for name, status in counted.items() if status in NOTICED)
    tried = Counter(map(_module, counted))
    ratio = round(killed.total() / len(counted), 4) if counted else 0.0
    left = sorted(f"{status}: {name}" for name, status in counted.items() if status not in NOTICED)
    modules = {name: [killed[name], tried[name]] for name in sorted(tried)}
    return {"mutants": len(counted), "killed": killed.total(), "ratio": ratio, "modules": modules}, left


def _module(mutant: str) -> str:
    """``automation.core.gate.x_gates__mutmut_1`` -> ``automation.core.gate``."""
    return mutant.rpartition(".")[0]


def main() -> int:
    """Run all mutants; 0 when enough of them were noticed. Arguments go to ``mutmut run``."""
    program = str(Path(sys.executable).with_name("mutmut"))
    run = subprocess.run([program, "run", *sys.argv[1:]], stdout=subprocess.DEVNULL, check=False)
    told = subprocess.run([program, "results", "--all", "true"], capture_output=True, text=True, check=True)
    found = outcomes(told.stdout)
    line, left = judged(found)
    print("\n".join(left))
    print(json.dumps(line))
    unchecked = Counter(found.values())["not checked"]
    return 0 if run.returncode == 0 and not unchecked and float(str(line["ratio"])) >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
