"""laik's own security scan (architecture, decision 10)."""

from __future__ import annotations

from automation.scan.cache import ScanCache
from automation.scan.catalogue import ruleset_digest
from automation.scan.limits import DEFAULT, Limits
from automation.scan.output import to_json, to_sarif
from automation.scan.scanner import closes_gate, scan_commit
from automation.scan.tree import resolve_commit

__all__ = [
    "DEFAULT",
    "Limits",
    "ScanCache",
    "closes_gate",
    "resolve_commit",
    "ruleset_digest",
    "scan_commit",
    "to_json",
    "to_sarif",
]
