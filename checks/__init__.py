"""The checks: one file each, its name a sentence that is true or false.

A check module holds

- ``NEEDS``: the evidence ids it asks for beyond the step's subjects,
- ``POLICY``: the keys of the policy slice it reads,
- ``judge(view, subjects)``: pure; the findings, never empty, never raising for bad content.

``subjects`` are the evidence words of the step being judged (``Judging.subjects``), for checks that
judge whatever letters or folders a step has. Adding a check costs one file here, one entry in
``checks.yml`` and one test; nothing is registered by hand.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from automation.core.evidence import EvidenceView
from automation.core.finding import Finding

Judge = Callable[[EvidenceView, tuple[str, ...]], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check, as discovered."""

    id: str
    judge: Judge
    needs: tuple[str, ...]
    policy: tuple[str, ...]


def discover() -> Mapping[str, Check]:
    """All checks by id; a new mapping at every call. Modules starting with ``_`` are helpers."""
    found: dict[str, Check] = {}
    for module_info in pkgutil.iter_modules(__path__):
        name = module_info.name
        if name.startswith("_") or module_info.ispkg:
            continue
        module = importlib.import_module(f"{__name__}.{name}")
        found[name] = Check(id=name, judge=module.judge, needs=module.NEEDS, policy=module.POLICY)
    return found
