"""Is a zone file one that BIND will load, without a word of warning?"""

from __future__ import annotations

from pathlib import Path

import dns.exception
import dns.zone

from automation.targets.checkers import Checkers, refused, run_checker


def check_zone(origin: str, file: Path, *, checkers: Checkers) -> str:
    """Check one zone file; the answer is the name of the checker used.

    ``named-checkzone`` fails the zone on every line beyond its two words of success: its exit code is 0
    for many warnings. ``-i local`` keeps it from asking the network.

    Raises:
        CheckFailed: naming the file and the reason.
    """
    if checkers.named_checkzone is None:
        return _load(origin, file)
    code, output = run_checker(
        [
            checkers.named_checkzone,
            *("-i", "local", "-k", "fail", "-n", "fail", "-m", "fail", "-r", "fail", "-M", "fail"),
            *("-S", "fail", "-W", "warn", origin, file.name),
        ],
        cwd=file.parent,  # so that its messages name the file and not this machine's folders
    )
    warnings = [line for line in output.splitlines() if line.strip() and not _is_success(line, origin)]
    if code != 0 or warnings:
        raise refused(file.name, "named-checkzone", "\n".join(warnings) or output)
    return "named-checkzone"


def _is_success(line: str, origin: str) -> bool:
    return line == "OK" or line.startswith(f"zone {origin}/IN: loaded serial ")


def _load(origin: str, file: Path) -> str:
    """The text loader of dnspython refuses a CNAME beside other records; its zone API does not."""
    try:
        dns.zone.from_text(file.read_text(encoding="ascii"), origin=origin, relativize=False)
    except (dns.exception.DNSException, ValueError) as problem:
        raise refused(file.name, "dnspython", f"{type(problem).__name__}: {problem}") from problem
    return "dnspython"
